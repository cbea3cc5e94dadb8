"""Tests of reading workbooks: sheets, headings below titles, and dates as dates."""

import io
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta

import openpyxl

from tests.sources.conftest import CASES, Load

HEADINGS = ("number", "opened", "closed")


def workbook(**sheets: Sequence[Sequence[object]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_dates_numbers_and_empty_rows(load_text: Load) -> None:
    content = workbook(
        Sheet=[
            HEADINGS,
            (10006, datetime.fromisoformat("2026-01-05T09:30"), date(2026, 1, 7)),
            (),
            (10007.0, "05.01.2026", None),
        ]
    )
    loaded = load_text(content, name="log.xlsx")
    cases = loaded.facts.tables["cases"].sort_by("number").to_pylist()
    assert [(case["number"], case["registered_at"].isoformat()) for case in cases] == [
        ("10006", "2026-01-05T07:30:00+00:00"),
        ("10007", "2026-01-04T22:00:00+00:00"),
    ]
    assert (str(cases[0]["ready_on"]), cases[1]["ready_on"]) == ("2026-01-07", None)


def test_headings_stand_below_a_title_and_rows_keep_their_numbers(load_text: Load) -> None:
    content = workbook(
        First=[("Report of 2026",), (), HEADINGS, (1, "2026-01-05", None), (2, "soon", None), (3, None, None, "stray")]
    )
    loaded = load_text(content, name="log.xlsx")
    assert {(row.line, row.counted, row.reason) for row in loaded.refusals.rows} == {
        (5, "row", "unreadable_moment"),
        (6, "row", "wrong_number_of_fields"),
    }


def test_a_sheet_is_chosen_by_name(load_text: Load, fault_of: Callable[..., str]) -> None:
    content = workbook(Empty=[()], Cases=[HEADINGS, (1, "2026-01-05", None)])
    loaded = load_text(content, CASES + '[file]\nsheet = "Cases"', "log.xlsx")
    assert loaded.summary.judged.cases == 1
    assert "the sheet is empty" in fault_of(content, name="log.xlsx")
    said = fault_of(content, CASES + '[file]\nsheet = "Case"', "log.xlsx")
    assert "there is no sheet «Case»" in said
    assert "The nearest are: Cases" in said


def test_times_and_durations_of_a_sheet(load_text: Load) -> None:
    mapping = """
        rows = "tickets"
        on = 2026-01-05
        [columns]
        number = "n"
        issued_at = "came"
        waiting_seconds = "waited"
    """
    content = workbook(Day=[("n", "came", "waited"), ("A1", time(9, 5), timedelta(minutes=2, seconds=5))])
    [ticket] = load_text(content, mapping, "day.xlsx").facts.tables["tickets"].to_pylist()
    assert ticket["issued_at"].isoformat() == "2026-01-05T07:05:00+00:00"
    assert ticket["waiting_seconds"] == 125


def test_doubled_headings_and_damaged_files_are_named(fault_of: Callable[..., str]) -> None:
    twice = workbook(S=[("Номер", "number", "number"), (1, 2, 3)])
    assert "row 1: the column «number» is there 2 times" in fault_of(twice, name="log.xlsx")
    whole = workbook(S=[HEADINGS, *((n, "2026-01-05", None) for n in range(500))])
    assert "no whole XLSX workbook" in fault_of(whole[: len(whole) // 2], name="log.xlsx")
    beyond = CASES + "[file]\nheader_row = 900"
    assert "there is no row 900" in fault_of(whole, beyond, "log.xlsx")
