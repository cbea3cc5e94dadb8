"""The codifier of territories: every row of it, loaded twice, renamed, and refused when it is none."""

import csv
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest

from mirylo.core.faults import FaultsFoundError
from mirylo.domain.registers import codifier
from mirylo.domain.registers.codifier import load_codifier, own_workbook, read_former_names, read_workbook
from mirylo.domain.registers.models import FormerName, Territory

AT = datetime(2026, 11, 25, 9, tzinfo=UTC)
COUNTS = {"O": 25, "K": 2, "P": 136, "H": 1772, "M": 461, "X": 1979, "C": 27261, "B": 108}
KYIV, SEVASTOPOL = "UA80000000000093317", "UA85000000000065278"


@pytest.mark.django_db
def test_the_whole_codifier_is_loaded_and_loading_it_again_changes_nothing() -> None:
    begun = time.process_time()
    loaded = load_codifier(at=AT)
    took = time.process_time() - begun  # of this process: a busy machine takes longer by the clock
    assert loaded.added == Territory.objects.count() == 31_744
    assert took < 10
    assert Counter(Territory.objects.values_list("category", flat=True)) == COUNTS
    former = FormerName.objects.count()
    again = load_codifier(at=AT)
    assert (again.added, again.renamed, again.changed, again.gone) == (0, 0, 0, 0)
    assert again.unchanged == 31_744
    assert FormerName.objects.count() == former == len(list(read_former_names()))


def test_every_row_is_that_of_the_table(shared: Path) -> None:
    with (shared / "data" / "ua" / "katottg_2026-07-07.csv").open(encoding="utf-8", newline="") as file:
        table = {row["code"]: (row["parent"] or None, row["category"], row["name"]) for row in csv.DictReader(file)}
    units = read_workbook(own_workbook())
    assert len(units) == len({unit.code for unit in units})
    assert {unit.code: (unit.parent_id, unit.category, unit.name) for unit in units} == {
        code: (parent, category, " ".join(name.split())) for code, (parent, category, name) in table.items()
    }


def test_each_territory_knows_what_it_lies_in() -> None:
    units = {unit.code: unit for unit in read_workbook(own_workbook())}
    for unit in units.values():
        above = [unit]
        while above[-1].parent_id:
            above.append(units[above[-1].parent_id])
        by_category = {other.category: other.code for other in above}
        assert unit.oblast == above[-1].code
        assert unit.raion == by_category.get("P")
        assert unit.hromada == by_category.get("H", by_category.get("K"))
    assert {units[KYIV].hromada, units[SEVASTOPOL].hromada} == {KYIV, SEVASTOPOL}
    districts = [unit for unit in units.values() if unit.parent_id == KYIV]
    assert len(districts) == 10
    assert {(unit.oblast, unit.raion, unit.hromada) for unit in districts} == {(KYIV, None, KYIV)}


def test_former_names_belong_to_territories_that_bear_the_present_one() -> None:
    names = {unit.code: unit.name for unit in read_workbook(own_workbook())}
    listed = list(read_former_names())
    assert [(former, name) for former, name, code, _ in listed if names.get(code) != name] == []
    assert len({(former, code) for former, _, code, _ in listed}) == len(listed) > 50
    assert all(year is None or 1945 < year <= 2026 for _, _, _, year in listed)


def write_codifier(path: Path, rows: list[tuple[str | None, ...]]) -> Path:
    """A workbook built as the official one: notes above, the header in row 4."""
    book = openpyxl.Workbook()
    for row in [(None,) * 7, (None,) * 7, ("Кодифікатор",), ("Перший рівень",), *rows]:
        book.active.append(row)
    book.save(path)
    return path


OBLAST, RAION, HROMADA = "UA12000000000090473", "UA12100000000039307", "UA12100070000091237"
CITY = "UA12100070010038698"


def small(name_of_city: str) -> list[tuple[str | None, ...]]:
    return [
        (OBLAST, None, None, None, None, "O", "Дніпропетровська"),
        (OBLAST, RAION, None, None, None, "P", " Самарівський "),
        (OBLAST, RAION, HROMADA, None, None, "H", "Самарівська"),
        (OBLAST, RAION, HROMADA, CITY, None, "M", name_of_city),
    ]


@pytest.mark.django_db
def test_a_later_workbook_keeps_the_name_that_it_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codifier, "OF_WHOLE_COUNTRY", 3)
    load_codifier(at=AT, workbook=write_codifier(tmp_path / "a.xlsx", small("Новомосковськ  над Самарою")))
    FormerName.objects.all().delete()
    loaded = load_codifier(at=AT, workbook=write_codifier(tmp_path / "b.xlsx", small("Самар")[1:]))
    assert (loaded.added, loaded.renamed, loaded.changed, loaded.unchanged, loaded.gone) == (0, 1, 0, 2, 1)
    city = Territory.objects.get(pk=CITY)
    assert (city.name, city.search_name) == ("Самар", "самар")
    kept = city.former_names.get(name="Новомосковськ над Самарою")
    assert (kept.search_name, kept.until_year) == ("новомосковськ над самарою", 2026)
    assert Territory.objects.filter(pk=OBLAST).exists(), "a territory that others may name is never deleted"


@pytest.mark.django_db
def test_what_is_no_codifier_is_refused_with_every_mistake_and_nothing_is_loaded(tmp_path: Path) -> None:
    torn = tmp_path / "torn.xlsx"
    torn.write_bytes(own_workbook().read_bytes()[:70_000])
    with pytest.raises(FaultsFoundError, match=r"torn\.xlsx: this is no workbook of the codifier"):
        load_codifier(at=AT, workbook=torn)
    with pytest.raises(FaultsFoundError, match="only 4 territories were found"):
        load_codifier(at=AT, workbook=write_codifier(tmp_path / "short.xlsx", small("Самар")))
    rows = small("Самар")
    rows[1] = ("УА12000000000090473", "УА12100000000039307", None, None, None, "P", "Самарівський")
    rows[2] = (OBLAST, RAION, "UA121000700000", None, None, "H", "Самарівська")
    with pytest.raises(FaultsFoundError) as refused:
        load_codifier(at=AT, workbook=write_codifier(tmp_path / "slips.xlsx", rows))
    assert [fault.place for fault in refused.value.faults] == ["slips.xlsx, row 6", "slips.xlsx, row 7"]
    assert "Write UA12100000000039307." in str(refused.value)
    assert not Territory.objects.exists()
