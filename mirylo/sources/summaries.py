"""Tells what a reading came to: files, rows, refusals, what was counted and what not, and how sound the data are."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

import duckdb

from mirylo.sources.refusals import shorten

EXAMPLES = 3
"""So many numbers are named for each flaw."""


@dataclass(frozen=True)
class FileSummary:
    """One file: its name, what it was found to be, the rows that it holds, and how many of them were refused."""

    name: str
    kind: str
    encoding: str
    rows: int
    refused: int
    not_found: tuple[str, ...] = ()
    """Columns that the mapping names and this file, of JSON or XES, never has: they may just be empty, or misspelt."""


@dataclass(frozen=True)
class Spread:
    """Seconds from a case's first event to its last, over all cases of an event log."""

    mean: float
    deviation: float | None
    """Sample deviation; none for a single case."""
    least: Decimal
    most: Decimal


@dataclass(frozen=True)
class Judged:
    """What the judged facts show. Counts are of rows of facts, those included that are not counted."""

    cases: int
    tickets: int
    voided: int
    tests: int
    events: int | None
    """Events counted, repeats left out; none where rows are not events."""
    span: Spread | None
    flaws: Mapping[str, int]
    """By code of the flaw, how many cases and tickets have it."""
    expecting: int
    termed: int
    """Registered cases that count, and those of them of which it is known when they are due, or why not yet."""
    compared: int
    agreeing: int
    """Cases for which the source has a verdict of its own, and those of them where ours is the same."""
    flawed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By code of the flaw, the numbers of the first few cases and tickets that have it."""


@dataclass(frozen=True)
class Summary:
    """What a reading came to."""

    files: tuple[FileSummary, ...]
    refused: Mapping[str, int]
    """Rows by reason; `refusals.REASONS` has the sentences."""
    judged: Judged
    as_of: date
    timezone: str
    first_at: datetime | None
    last_at: datetime | None
    """First and last moment at which something happened; due dates are not among them."""
    numbers_in_two_files: int = 0
    examples_in_two_files: tuple[str, ...] = field(default=())

    @property
    def rows(self) -> int:
        """Rows read, refused ones included."""
        return sum(file.rows for file in self.files)


TERMED = (
    "SELECT count(*), count(*) FILTER (due_on IS NOT NULL OR is_clock_stopped) FROM cases "
    "WHERE registered_on IS NOT NULL AND NOT is_voided AND NOT is_test AND NOT is_consultation"
)


def sum_up(connection: duckdb.DuckDBPyConnection, has_events: bool, newest_on: date) -> Judged:
    """What the facts show that are registered on the connection as `cases` and `tickets` (either may be empty).

    `newest_on` is the newest date on which something happened in the data.
    """
    cases, case_voided, case_tests, case_events = _counts(connection, "cases")
    tickets, ticket_voided, ticket_tests, ticket_events = _counts(connection, "tickets")
    compared, agreeing = _compare_verdicts(connection, newest_on)
    expecting, termed = _row(connection, TERMED)
    flaws = _find_flaws(connection)
    return Judged(
        cases=cases,
        tickets=tickets,
        voided=case_voided + ticket_voided,
        tests=case_tests + ticket_tests,
        events=case_events + ticket_events if has_events else None,
        span=_spread(connection) if has_events else None,
        flaws={flaw: n for flaw, n, _ in flaws},
        expecting=expecting,
        termed=termed,
        compared=compared,
        agreeing=agreeing,
        flawed={flaw: tuple(map(shorten, numbers)) for flaw, _, numbers in flaws},
    )


def _row(connection: duckdb.DuckDBPyConnection, query: str, values: list[object] | None = None) -> tuple[int, ...]:
    row = connection.execute(query, values or []).fetchone()
    assert row is not None, query
    return row


def _counts(connection: duckdb.DuckDBPyConnection, table: str) -> tuple[int, ...]:
    return _row(
        connection,
        "SELECT count(*), count(*) FILTER (is_voided), count(*) FILTER (is_test), coalesce(sum(events), 0)::BIGINT "
        f"FROM {table}",
    )


def _compare_verdicts(connection: duckdb.DuckDBPyConnection, newest_on: date) -> tuple[int, ...]:
    """A case is late for us if it was finished after it was due, or is open although its last day is over.

    Over when the source spoke, that is, on the newest date of its data: it knew nothing of our as-of date.
    """
    ours = "coalesce(NOT is_on_time, ready_at IS NULL AND due_on < $1, false)"
    return _row(
        connection,
        f"SELECT count(late_by_source), count(*) FILTER (late_by_source = {ours}) FROM cases",
        [newest_on],
    )


def _spread(connection: duckdb.DuckDBPyConnection) -> Spread | None:
    """Over whole milliseconds, so that the sums are exact and come out alike however the work is shared out."""
    n, total, squares, least, most = _row(
        connection,
        "SELECT count(ms), sum(ms), sum(ms * ms), min(span_seconds), max(span_seconds) "
        "FROM (SELECT span_seconds, (span_seconds * 1000)::HUGEINT AS ms FROM cases)",
    )
    if not n:
        return None
    variance = Fraction(n * squares - total * total, n * (n - 1)) if n > 1 else None
    deviation = None if variance is None else math.sqrt(variance) / 1000
    return Spread(total / n / 1000, deviation, Decimal(least), Decimal(most))


def _find_flaws(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, int, list[str]]]:
    """Each flaw, how many cases and tickets have it, and the least of their numbers: 9 before 10."""
    return connection.execute(
        "SELECT flaw, count(*) AS n, list_transform(min((length(number), number), ?), lambda found: found[2]) "
        "FROM (SELECT number, unnest(string_split(flaws, ' ')) AS flaw FROM "
        "(SELECT number, flaws FROM cases UNION ALL SELECT number, flaws FROM tickets)) "
        "GROUP BY flaw ORDER BY n DESC, flaw",
        [EXAMPLES],
    ).fetchall()
