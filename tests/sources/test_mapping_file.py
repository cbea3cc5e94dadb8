"""Tests of mappings: every mistake is told at once, with its key, and what is written is what is meant."""

from datetime import date
from pathlib import Path

import pytest

from mirylo.core.calendars import Suspension, TermUnit
from mirylo.core.faults import FaultsFoundError
from mirylo.core.rules import Compare, Deficiency, Finish
from mirylo.core.terms import Term
from mirylo.sources.mapping import ColumnRule
from mirylo.sources.mapping_file import parse_mapping, read_mapping

GOOD = """
rows = "events"
timezone = "Europe/Amsterdam"
compare = "moments"
finish = "issued"
deficiency = "restarts"
none = ["", "-"]
as_of = 2026-01-01
[file]
delimiter = ";"
[columns]
number = { columns = ["year", "no"], join = "/" }
happened_at = { column = "when", format = "%d.%m.%Y" }
type = "step"
is_voided = { column = "state", true_values = ["void"] }
due_at = "due"
centre = { constant = "ЦНАП" }
channel = { column = "how", values = { "web" = "portal" }, otherwise = "centre" }
[types]
"application.registered" = ["in", "received"]
[term]
amount = 30
unit = "calendar_days"
[terms."00034"]
amount = 1
unit = "working_days"
finish = "ready"
suspendable = false
[terms.00035]
deficiency = "ignored"
[calendar]
week = "five_days"
working = [2026-05-03]
suspensions = [{ first = 2022-02-28, last = 2022-03-31, why = "165" }, { first = 2026-01-01 }]
[checks]
not_negative = ["time"]
"""


def test_what_is_written_is_what_is_meant() -> None:
    mapping = parse_mapping(GOOD)
    assert mapping.columns["number"] == ColumnRule(columns=("year", "no"), join="/")
    assert mapping.columns["channel"].values == {"web": "portal"}
    assert mapping.types == {"in": "application.registered", "received": "application.registered"}
    assert mapping.event_types == {"application.registered", "other"}
    assert mapping.wanted["no"] == "columns.number"
    rules = mapping.rules
    assert (rules.timezone, rules.compare) == ("Europe/Amsterdam", Compare.MOMENTS)
    assert rules.default.term == Term(30, TermUnit.CALENDAR_DAYS)
    assert rules.default.deficiency is Deficiency.RESTARTS
    registration = rules.of("00034")
    assert (registration.term, registration.finish) == (Term(1, TermUnit.WORKING_DAYS), Finish.READY)
    assert not registration.is_suspendable
    assert (rules.of("00035").term, rules.of("00035").finish) == (rules.default.term, Finish.ISSUED)
    assert rules.calendar.is_working(date(2026, 5, 3))
    assert rules.calendar.is_working(date(2021, 8, 24))  # a plain week knows no public holidays
    assert rules.calendar.suspensions == (
        Suspension(date(2022, 2, 28), date(2022, 3, 31), "165"),
        Suspension(date(2026, 1, 1)),
    )


def test_every_mistake_is_told_at_once_with_its_key() -> None:
    with pytest.raises(FaultsFoundError) as found:
        parse_mapping("""
            rows = "cases"
            timezone = "Europe/Kiyv"
            colums = 1
            as_of = "2026-01-01"
            none = "-"
            earliest = 2100-01-01
            latest = 1991-01-01
            [file]
            delimiter = ";;"
            header_row = 0
            [columns]
            regstered_at = "opened"
            ready_at = { column = "closed", true_values = ["x"] }
            late_by_source = { column = "late", values = { "no" = "nein" } }
            service = { }
            centre = 7
            channel = { column = "a", constant = "b" }
            term_amount = { constant = -1 }
            [types]
            "application.registred" = ["a"]
            "decision.made" = ["b"]
            "result.issued" = ["b"]
            [term]
            amount = 30
            [terms.00034]
            amount = 30
            unit = "days"
            [calendar]
            working = [2026-05-03]
            non_working = [2026-05-03]
            suspensions = [{ last = 2026-01-01 }]
        """)
    assert [fault.place for fault in found.value.faults] == [
        f"mapping, {key}"
        for key in (
            "colums",
            "columns.regstered_at",
            "columns",
            "columns.ready_at.true_values",
            "columns.late_by_source.values.no",
            "columns.service",
            "columns.centre",
            "columns.channel",
            "columns.term_amount.constant",
            "timezone",
            "term",
            "terms.00034.unit",
            "calendar.suspensions[1].first",
            "calendar.working",
            "types.application.registred",
            "types.result.issued",
            "none",
            "as_of",
            "file.delimiter",
            "file.header_row",
            "earliest",
            "types",
        )
    ]
    assert "The nearest are: registered_at" in str(found.value)
    assert "The nearest are: Europe/Kyiv" in str(found.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rows = ", "this is no TOML"),
        ("", "it is not said what a row is"),
        ('rows = "visits"', "Write one of: events, cases, tickets"),
        ('rows = "events"\n[columns]\nnumber = "n"', "the column happened_at is not mapped"),
        ('rows = "cases"\n[columns]\nnumber = "n"\nflaws = "f"', "there is no such column"),
        ('rows = "cases"\n[columns]\nnumber = { columns = [] }', "it is not clear what fills number"),
        ('rows = "cases"\ncolumns = 1', "Write a table, such as [columns]"),
        ('rows = "cases"\n[columns]\nnumber = "n"\n[term]\namount = 99999\nunit = "months"', "write 0 to 1200"),
        ('rows = "cases"\n[columns]\nnumber = "n"\n[calendar]\nfile = "none.toml"', "none.toml cannot be read"),
    ],
)
def test_mistakes_that_stand_alone(text: str, said: str) -> None:
    with pytest.raises(FaultsFoundError) as found:
        parse_mapping(text)
    assert said in str(found.value)


def test_a_calendar_may_stand_in_a_file_beside(tmp_path: Path) -> None:
    (tmp_path / "moved.toml").write_text("non_working = [2026-05-04]\nsunday = 1\n", encoding="utf-8")
    path = tmp_path / "map.toml"
    path.write_text('rows = "cases"\n[columns]\nnumber = "n"\n[calendar]\nfile = "moved.toml"\n', encoding="utf-8")
    with pytest.raises(FaultsFoundError, match=r"moved.toml, sunday: there is no such key"):
        read_mapping(path)
    (tmp_path / "moved.toml").write_text("non_working = [2026-05-04]\n", encoding="utf-8-sig")
    calendar = read_mapping(path).rules.calendar
    assert not calendar.is_working(date(2026, 5, 4))
    assert calendar.is_working(date(2026, 5, 5))


def test_a_mapping_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FaultsFoundError, match=r"map.toml: the mapping cannot be read"):
        read_mapping(tmp_path / "map.toml")


def test_the_digest_changes_with_the_text() -> None:
    assert parse_mapping(GOOD).digest != parse_mapping(GOOD + "\n").digest
