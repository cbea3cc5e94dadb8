"""What is exported is read back without a difference, whatever the texts in it, and no spreadsheet runs any of them."""

import csv
import io
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mirylo.domain.registers.exports import FORMATS, READ, write
from mirylo.domain.registers.formulas import bare, guard
from mirylo.domain.registers.imports import Imported, load
from mirylo.domain.registers.models import AccessPoint, Body, Seat, Service, Territory, Variation

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 25, 9, tzinfo=UTC)
KYIV, SEVASTOPOL = "UA80000000000093317", "UA85000000000065278"
FORMULAS = ["=HYPERLINK(1)", "+380", "-1", "@SUM(A1)", "'=1", "''+", "'", '"a", b', "NULL", "000", "true", "1e5"]


@pytest.fixture
def filled() -> None:
    """Registers in which everything is there that a file may lose."""
    for code in (KYIV, SEVASTOPOL):
        Territory.objects.create(code=code, category="K", name=code, oblast=code, hromada=code)
    Body.objects.create(edrpou="00032129", name="=Міністерство", kind="ministry")
    Body.objects.create(
        edrpou="43395033", name='Рада "А"; Б, В', kind="council", parent_id="00032129", territory_id=KYIV
    )
    AccessPoint.objects.create(
        code="001", name="+Центр", kind="centre", body_id="43395033", idf="7", opened_on=date(2020, 2, 29)
    )
    second = AccessPoint.objects.create(
        code="000", name="ВРМ", kind="remote", parent=AccessPoint.objects.get(code="001"), state="closed",
        mode="relocated",
        address="вул. Кам’яна, 5", hours="пн–пт 9:00–18:00", closed_on=date(2025, 1, 1), confirmed_on=date(2026, 1, 1),
    )  # fmt: skip
    for role, since, territory in (
        ("work", None, SEVASTOPOL),
        ("work", date(2014, 3, 1), KYIV),
        ("work", date(2022, 3, 1), SEVASTOPOL),
        ("founding", date(2015, 1, 1), SEVASTOPOL),
    ):
        Seat.objects.create(access_point=second, role=role, valid_from=since, territory_id=territory)
    for number, text in enumerate(FORMULAS):
        Service.objects.create(
            code=f"{number:05}", uk=text, provider=text, life_events=[text, "дві події"], refusal_grounds=[text],
            finish="issued", deficiency="ignored", is_suspendable=False, valid_from=date(2020, 1, 1),
        )  # fmt: skip
    for code, amount, unit in (("b", 0, "working_days"), ("a", None, ""), ("0", 3, "months")):
        Variation.objects.create(
            service_id="00000", code=code, uk="=різновид", term_amount=amount, term_unit=unit,
            costs=[
                {"type": "Сума", "value": "0.5", "currency": "UAH", "verbose": "=пів; гривні"},
                {"type": "Безоплатно", "value": "", "currency": "", "verbose": ""},
            ],
        )  # fmt: skip


def content(register: str) -> list[dict[str, Any]]:
    return list(READ[register]())


def empty() -> None:
    for model in (Seat, AccessPoint, Variation, Service):
        model.objects.all()._raw_delete("default")
    Body.objects.all()._raw_delete("default")


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("format_", FORMATS)
def test_what_is_written_is_read_back_without_a_difference(tmp_path: Path, format_: str) -> None:
    before = {register: content(register) for register in READ}
    assert [len(records) for records in before.values()] == [2, 2, len(FORMULAS)]
    files = {register: tmp_path / f"{register}.{format_}" for register in READ}
    for register, path in files.items():
        path.write_bytes(write(register, format_))
        assert load(register, path, at=AT) == Imported(0, 0, len(before[register])), "nothing to change"
    empty()
    for register, path in files.items():
        assert load(register, path, at=AT) == Imported(len(before[register]), 0, 0)
        assert content(register) == before[register]


@pytest.mark.usefixtures("filled")
def test_no_cell_is_a_formula() -> None:
    rows = list(csv.reader(io.StringIO(write("services", "csv").decode("utf-8-sig"))))
    assert rows[0][:2] == ["code", "uk"]
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
    sheet = openpyxl.load_workbook(io.BytesIO(write("services", "xlsx"))).active
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} == {"s"}
    assert not [c for row in sheet.iter_rows() for c in row if str(c.value).startswith(("=", "+", "-", "@"))]


@given(st.text(alphabet="'=+-@\tab ", max_size=5))
def test_the_guard_is_taken_away_again(text: str) -> None:
    assert bare(guard(text)) == text
    assert not guard(text).startswith(("=", "+", "-", "@", "\t"))


TEXT = st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn")), max_size=30).map(
    lambda text: " ".join(text.split())
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    texts=st.lists(TEXT.filter(bool), min_size=1, max_size=4),
    term=st.sampled_from([(None, ""), (0, "working_days"), (30, "calendar_days")]),
    format_=st.sampled_from(FORMATS),
)
def test_any_texts_survive(tmp_path: Path, texts: list[str], term: tuple[int | None, str], format_: str) -> None:
    empty()
    service = Service.objects.create(code="00001", uk=texts[0], results=texts, provider=texts[-1])
    for number, text in enumerate(texts):
        Variation.objects.create(
            service=service, code=str(number), uk=text, term_amount=term[0], term_unit=term[1],
            costs=[{"type": "Сума", "value": "1", "currency": "UAH", "verbose": text.rstrip("; ")}],
        )  # fmt: skip
    before = content("services")
    path = tmp_path / f"a.{format_}"
    path.write_bytes(write("services", format_))
    empty()
    assert load("services", path, at=AT).added == 1
    assert content("services") == before


def test_an_empty_register_is_written_and_read(tmp_path: Path) -> None:
    for format_ in FORMATS:
        path = tmp_path / f"bodies.{format_}"
        path.write_bytes(write("bodies", format_))
        assert load("bodies", path, at=AT) == Imported(0, 0, 0)
    assert json.loads(write("bodies", "json")) == {"register": "bodies", "entries": []}


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown format 'pdf'"):
        write("bodies", "pdf")
