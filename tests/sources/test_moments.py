"""Tests of reading dates: what is recognised, what is ambiguous, and what an hour means that comes twice."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from tests.sources.conftest import CASES, Load


def moment(load_text: Load, text: str, mapping: str = CASES) -> datetime | None:
    """The moment of registration that a text is read as; none where its row is refused."""
    loaded = load_text(f'number,opened,closed\n1,2026-01-01,\n2,"{text}",\n', mapping)
    found = {row["number"]: row["registered_at"] for row in loaded.facts.tables["cases"].to_pylist()}
    return found.get("2")


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-01-31", "2026-01-30 22:00"),
        ("2026-01-31 9:05", "2026-01-31 07:05"),
        ("2026-07-31T09:05:07", "2026-07-31 06:05:07"),
        ("2026-01-31 09:05:07.250", "2026-01-31 07:05:07.250"),
        ("2026-01-31 09:05:07,250", "2026-01-31 07:05:07.250"),
        ("2026-01-31T09:05Z", "2026-01-31 09:05"),
        ("2026-01-31T09:05:07+01:00", "2026-01-31 08:05:07"),
        ("2026-01-31 09:05 +0100", "2026-01-31 08:05"),
        ("2026-01-31Т10:45", "2026-01-31 08:45"),  # a Cyrillic letter, as in the recommended format of open data
        ("2026/01/31", "2026-01-30 22:00"),
        ("31.01.2026", "2026-01-30 22:00"),
        ("31.01.2026 9:05", "2026-01-31 07:05"),
        (" 31.01.2026 09:05:07 ", "2026-01-31 07:05:07"),
        # The clocks go through this hour twice: the later one is meant.
        ("2025-10-26 03:30", "2025-10-26 01:30"),
        # The clocks leave this hour out: it is read as the hour after.
        ("2026-03-29 03:30", "2026-03-29 01:30"),
    ],
)
def test_what_is_recognised(load_text: Load, text: str, utc: str) -> None:
    assert moment(load_text, text) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["soon", "2026-02-30", "2026-01-31 25:00", "31.13.2026", "20260131", "46053", "9:05", "infinity", "1026-01-31",
     "epoch", "31.01.26", "2126-01-31", "2026-01-31; drop table x", "2026-01-31T"],
)  # fmt: skip
def test_what_is_refused(load_text: Load, text: str) -> None:
    assert moment(load_text, text) is None


@pytest.mark.parametrize(
    ("opened", "closed", "day"),
    [
        ("04/05/2026 09:55:45 PM", "04/18/2026 01:00:00 AM", "2026-04-05"),
        ("04/05/2026 21:55", "04/18/2026", "2026-04-05"),
        ("04/05/2026", "18/04/2026", "2026-05-04"),
        ("04-05-2026 9:55", "18-04-2026 9:55", "2026-05-04"),
    ],
)
def test_the_order_of_day_and_month_follows_from_the_file(load_text: Load, opened: str, closed: str, day: str) -> None:
    """One date that can be read in one way only tells for all; a row that is no date must not disturb."""
    rows = f"1,{opened},{closed}\n2,{closed},{opened}\n3,soon,{closed}\n"
    loaded = load_text("number,opened,closed\n" + rows)
    cases = {row["number"]: row for row in loaded.facts.tables["cases"].to_pylist()}
    assert str(cases["1"]["registered_on"]) == day
    assert str(cases["2"]["ready_on"]) == day
    assert [(row.line, row.reason) for row in loaded.refusals.rows] == [(4, "unreadable_moment")]


def test_dates_that_can_be_read_both_ways_are_a_fault_until_told(load_text: Load, fault_of: Callable[..., str]) -> None:
    content = "number,opened,closed\n1,04/05/2026,\n2,06/05/2026,\n"
    said = fault_of(content)
    assert "in the column opened it is not clear whether day or month stands first, as in 04/05/2026" in said
    assert "time_format" in said
    told = 'time_format = "%d/%m/%Y"\n' + CASES
    assert [str(day) for day in load_text(content, told).facts.tables["cases"]["registered_on"]] == [
        "2026-05-04",
        "2026-05-06",
    ]


def test_a_format_is_taken_at_its_word(load_text: Load, fault_of: Callable[..., str]) -> None:
    mapping = CASES.replace('"opened"', '{ column = "opened", format = "%Y%m%d" }')
    loaded = load_text("number,opened,closed\n1,20260131,\n2,2026-01-31,\n", mapping)
    assert [row.line for row in loaded.refusals.rows] == [3]
    assert "mapping, columns.registered_at.format" in fault_of("number,opened,closed\n", mapping.replace("%d", "%Q"))


def test_times_of_day_need_a_date(load_text: Load) -> None:
    content = "number,opened,closed\n1,9:05,17:00:30\n"
    loaded = load_text(content, "on = 2026-01-31\n" + CASES)
    [case] = loaded.facts.tables["cases"].to_pylist()
    assert case["registered_at"] == datetime(2026, 1, 31, 7, 5, tzinfo=UTC)
    assert case["throughput_seconds"] == 7 * 3600 + 55 * 60 + 30


def test_a_value_that_means_nothing_is_not_midnight(load_text: Load) -> None:
    content = "number,opened,closed\n1,9:05,0:00:00\n2,0:00:00,9:30\n3,9:05,-\n"
    mapping = 'on = 2026-01-31\nnone = ["0:00:00", "-"]\n' + CASES
    first, second, third = load_text(content, mapping).facts.tables["cases"].sort_by("number").to_pylist()
    assert (first["ready_at"], second["registered_at"], third["ready_at"]) == (None, None, None)


def test_a_date_whose_time_of_day_is_missing_is_no_midnight(load_text: Load) -> None:
    """Of tickets in a queue's export, those who left have a date, but no hour of the call."""
    mapping = """
        rows = "tickets"
        none = ["", "0:00:00"]
        [columns]
        number = "no"
        issued_at = { columns = ["day", "came"] }
        called_at = { columns = ["day", "called"] }
        served_at = { columns = ["day", "done"] }
    """
    content = "no,day,came,called,done\n1,05.01.2026,09:00,09:05,09:15\n2,05.01.2026,09:01,,0:00:00\n"
    tickets = load_text(content, mapping).facts.tables["tickets"].sort_by("number").to_pylist()
    assert [ticket["outcome"] for ticket in tickets] == ["served", None]
    assert [ticket["flaws"] for ticket in tickets] == [None, None]


def test_plausible_dates_are_what_the_mapping_says(load_text: Load) -> None:
    content = "number,opened,closed\n1,1926-01-31,1926-02-01\n2,1890-12-31,\n3,1930-12-31,\n4,1931-01-01,\n"
    loaded = load_text(content, "earliest = 1900-01-01\nlatest = 1930-12-31\n" + CASES)
    assert [(row.line, row.reason) for row in loaded.refusals.rows] == [(3, "other_century"), (5, "other_century")]
