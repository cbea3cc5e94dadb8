"""Dumps and lists of the Guide to administrative services are read as they come."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mirylo.core.faults import FaultsFoundError
from mirylo.domain.registers.guide import own_record
from mirylo.domain.registers.imports import Imported, load
from mirylo.domain.registers.layouts import CENTRES, SERVICES
from mirylo.domain.registers.models import AccessPoint, Body, Seat, Service, Territory

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 25, 9, tzinfo=UTC)
KYIV, SEVASTOPOL = "UA80000000000093317", "UA85000000000065278"


@pytest.fixture(autouse=True)
def territories() -> None:
    for code in (KYIV, SEVASTOPOL):
        Territory.objects.create(code=code, category="K", name=code, oblast=code, hromada=code)


def write(folder: Path, content: Any) -> Path:
    path = folder / "dump.json"
    path.write_text(json.dumps(content, ensure_ascii=False))
    return path


def variation(type_: str | None, value: object = None, verbose: str = "") -> dict[str, Any]:
    costs = [{"verbose": "Безоплатне надання", "type": "Безоплатне надання", "value": None, "currency": None}]
    return {"identifier": "00106-1", "duration": {"verbose": verbose, "type": type_, "value": value}, "costs": costs}


def entry(code: str, *variations: dict[str, Any]) -> dict[str, Any]:
    return {
        "identifier": code,
        "thematic_area": ["Бізнес"],
        "sector": "Реєстрація",
        "name": f"Послуга {code}",
        "level": "Державний",
        "owner": {"name": "Міністерство", "shortname": "М"},
        "service_provider": [{"name": "Нотаріус"}, {"name": "Рада"}, {"name": "Рада"}],
        "refusal_grounds": ["Подано не все", {"name": "Неправда"}],
        "events": [{"id": 1, "name": "Відкриття бізнесу"}],
        "produces": ["Виписка"],
        "keyword": "фоп",
        "variations": [{**one, "identifier": str(at)} for at, one in enumerate(variations, start=1)],
    }


def test_a_dump_of_services(tmp_path: Path) -> None:
    dump = {"entries": [entry("00106", variation("Години", 24)), entry("00107", variation("Робочі дні", "10"))]}
    assert load("services", write(tmp_path, dump), at=AT) == Imported(2, 0, 0)
    assert load("services", write(tmp_path, dump), at=AT) == Imported(0, 0, 2)
    service = Service.objects.get(pk="00106")
    assert (service.uk, service.level, service.thematic_area) == ("Послуга 00106", "Державний", "Бізнес")
    assert service.provider == "Нотаріус; Рада"
    assert (service.life_events, service.results) == (["Відкриття бізнесу"], ["Виписка"])
    assert service.refusal_grounds == ["Подано не все", "Неправда"]
    assert service.variations.get().costs == [
        {"type": "Безоплатне надання", "value": "", "currency": "", "verbose": "Безоплатне надання"}
    ]


@pytest.mark.parametrize(
    ("one", "amount", "unit"),
    [
        (variation("Робочі дні", 10), 10, "working_days"),
        (variation("Календарні дні", 30.0), 30, "calendar_days"),
        (variation("календарні дні", None, "До 15 календарних днів"), 15, "calendar_days"),
        (variation("У місячний строк"), 1, "months"),
        (variation("Відразу"), 0, "working_days"),
        (variation("Відразу", 1), 0, "working_days"),
        (variation("Години", "24"), 24, "hours"),
        (variation("Місяць", 2), 2, "months"),
        (variation("Місяць"), 1, "months"),
        (variation(None), None, ""),
        ({"identifier": "1", "duration": None, "costs": None}, None, ""),
    ],
)
def test_every_kind_of_duration_is_a_term(tmp_path: Path, one: dict[str, Any], amount: int | None, unit: str) -> None:
    load("services", write(tmp_path, {"entries": [entry("00106", one)]}), at=AT)
    found = Service.objects.get(pk="00106").variations.get()
    assert (found.term_amount, found.term_unit) == (amount, unit)


def test_a_page_of_a_list_of_services(tmp_path: Path) -> None:
    page = {
        "count": 1,
        "next": None,
        "previous": None,
        "results": [
            {
                "id": "0b1d",
                "identifier": "00034",
                "translations": [{"name": "Введення будинку", "short_description_plain": "…"}],
                "service_provider": [],
                "owner": {"name": "Держінспекція"},
            }
        ],
    }
    load("services", write(tmp_path, {"entries": [entry("00034", variation("Години", 24))]}), at=AT)
    assert load("services", write(tmp_path, page), at=AT) == Imported(0, 1, 0)
    service = Service.objects.get(pk="00034")
    assert (service.uk, service.provider) == ("Введення будинку", "Держінспекція")
    assert service.variations.count() == 1, "what a list does not tell is left as it is"


CENTRE = {
    "code": "07-001",
    "idf": 77,
    "name": "ЦНАП",
    "state": "Тимчасово закритий",
    "address": {
        "address_full": "м. Київ, вул. Кам’яна, 5",
        "lat": 50.4,
        "lon": 30.5,
        "postal_code": "01001",
        "locality": {"name": "Київ", "codifier": KYIV},
    },
    "timetable": "пн–пт 9:00–18:00",
    "workers_total": 20,
    "pandus": True,
}


@pytest.mark.parametrize("wrap", [lambda one: [one], lambda one: {"entries": [one]}, lambda one: {"results": [one]}])
def test_a_list_of_centres(tmp_path: Path, wrap: Any) -> None:
    assert load("centres", write(tmp_path, wrap(CENTRE)), at=AT) == Imported(1, 0, 0)
    assert load("centres", write(tmp_path, wrap(CENTRE)), at=AT) == Imported(0, 0, 1)
    centre = AccessPoint.objects.get()
    assert (centre.code, centre.idf, centre.kind, centre.state) == ("07-001", "77", "centre", "closed_for_now")
    assert (centre.address, centre.hours) == ("м. Київ, вул. Кам’яна, 5", "пн–пт 9:00–18:00")
    assert Seat.objects.values_list("role", "territory_id", "valid_from").get() == ("work", KYIV, None)
    moved = {**CENTRE, "address": {"address_full": "деінде", "locality": {"codifier": SEVASTOPOL}}}
    assert load("centres", write(tmp_path, wrap(moved)), at=AT) == Imported(0, 1, 0)
    today = datetime(2026, 11, 25, tzinfo=UTC).date()
    assert Seat.objects.filter(territory_id=SEVASTOPOL).get().valid_from == today, "known since it was read"


def test_administrations_from_a_list_of_reports(tmp_path: Path) -> None:
    page = {"results": [{"id": 1, "year": 2026, "quarter": 3, "rsa": {"name": "ОДА", "edrpou": "00022533"}}]}
    assert load("bodies", write(tmp_path, page), at=AT) == Imported(1, 0, 0)
    assert Body.objects.get().kind == "oblast_administration"


def test_mistakes_of_a_dump_name_the_record_and_the_field(tmp_path: Path) -> None:
    dump = {
        "entries": [
            entry("00106", variation("Роки", 1), variation("Робочі дні")),
            {**entry("106"), "name": None, "variations": "немає"},
            {**entry("00108"), "variations": [None]},
            "00109",
        ]
    }
    with pytest.raises(FaultsFoundError) as refused:
        load("services", write(tmp_path, dump), at=AT)
    assert [f"{fault.place}: {fault.problem.format(**fault.values)}" for fault in refused.value.faults] == [
        "dump.json, record 1, column variations[1].term_unit: «Роки» is no unit of a term",
        "dump.json, record 1, column variations[2].term_amount: the term has a unit without an amount",
        "dump.json, record 2, column variations: this is no list of objects",
        "dump.json, record 2, column code: «106» is no code of a service, which is five digits",
        "dump.json, record 2, column uk: uk is empty",
        "dump.json, record 3, column variations: this is no list of objects",
        "dump.json, record 4: this is no object with the fields of a record",
    ]
    assert not Service.objects.exists()


def test_every_field_of_the_guide_that_the_registers_have_is_taken(shared: Path) -> None:
    fields = json.loads((shared / "data" / "ua" / "services" / "guide_diia_api_fields.json").read_text())
    for type_ in fields["duration_types_seen"]:
        own, is_guide = own_record(entry("00106", variation(type_, 5)), SERVICES)
        assert is_guide
        assert own["variations"][0]["term_unit"] == type_  # type: ignore[index]
    names = {name.partition("{")[0].partition("[")[0] for name in fields["register_dump_entry"]}
    assert set(entry("00106")) <= names
    centre_names = {name.partition("{")[0] for name in fields["asc"]["keys"]}
    assert set(CENTRE) - {"idf"} <= centre_names
    for state in fields["asc"]["state_labels_seen"]:
        choices = CENTRES.by_name["state"].choices.values()
        assert state.casefold() in {word for words in choices for word in words}
