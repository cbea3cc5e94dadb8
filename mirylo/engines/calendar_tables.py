"""Lays a calendar out as tables, so that due dates of millions of cases are found by looking up, not by counting.

Two tables, for each kind of day: how many counting days there are up to a day, and which day is the n-th.
"""

from collections.abc import Iterable
from datetime import date, timedelta

import duckdb
import pyarrow as pa

from mirylo.core.calendars import Calendar, TermUnit
from mirylo.core.rules import Rules

WORKING, WORKING_UNSUSPENDED, ANY, ANY_UNSUSPENDED = "working", "working_unsuspended", "any", "any_unsuspended"


def kind_of_day(unit: str, is_suspendable: str) -> str:
    """SQL for the kind of day that a term counts, from SQL for its unit and for whether suspensions touch it."""
    return (
        f"CASE WHEN {unit} IN ('{TermUnit.MINUTES}', '{TermUnit.HOURS}') THEN NULL "
        f"WHEN {unit} = '{TermUnit.WORKING_DAYS}' "
        f"THEN CASE WHEN {is_suspendable} THEN '{WORKING}' ELSE '{WORKING_UNSUSPENDED}' END "
        f"ELSE CASE WHEN {is_suspendable} THEN '{ANY}' ELSE '{ANY_UNSUSPENDED}' END END"
    )


def make_calendar_tables(connection: duckdb.DuckDBPyConnection, rules: Rules, first_on: date, last_on: date) -> None:
    """Make `calendar_days` (kind, day, counted, last_on, ends_at) and `calendar_nth` (kind, counted, last_on).

    `counted` is the number of counting days since the first day of the table; `last_on` is the day on which a term
    that ends with that counting day really ends: the day itself or the next that is working and not suspended;
    `ends_at` is the midnight after the day.
    """
    kinds: list[str] = []
    days: list[date] = []
    counted: list[int] = []
    ends: list[date | None] = []
    for kind, unit, calendar in kinds_of_days(rules):
        day_list, counts, last_days = count_days(calendar, unit, first_on, last_on)
        kinds += [kind] * len(day_list)
        days += day_list
        counted += counts
        ends += last_days
    rows = pa.table(
        {
            "kind": pa.array(kinds, pa.string()),
            "day": pa.array(days, pa.date32()),
            "counted": pa.array(counted, pa.int32()),
            "last_on": pa.array(ends, pa.date32()),
        }
    )
    connection.register("calendar_rows", rows)
    midnight = f"CAST(day + 1 AS TIMESTAMP) AT TIME ZONE '{rules.timezone}'"
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE calendar_days AS SELECT *, {midnight} AS ends_at FROM calendar_rows"
    )
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE calendar_nth AS "
        "SELECT kind, counted, arg_min(last_on, day) AS last_on FROM calendar_rows GROUP BY kind, counted"
    )
    connection.unregister("calendar_rows")


def kinds_of_days(rules: Rules) -> Iterable[tuple[str, TermUnit, Calendar]]:
    """The kinds of days by which terms are counted: working or any, with suspensions or without."""
    yield WORKING, TermUnit.WORKING_DAYS, rules.calendar
    yield WORKING_UNSUSPENDED, TermUnit.WORKING_DAYS, rules.unsuspended
    yield ANY, TermUnit.CALENDAR_DAYS, rules.calendar
    yield ANY_UNSUSPENDED, TermUnit.CALENDAR_DAYS, rules.unsuspended


def count_days(
    calendar: Calendar, unit: TermUnit, first_on: date, last_on: date
) -> tuple[list[date], list[int], list[date | None]]:
    """Days from first to last, how many of them counted so far, and the day a term ending there really ends."""
    rows = calendar.table(first_on, last_on)
    counts: list[int] = []
    total = 0
    for day, is_working, is_suspended in rows:
        total += (is_working or unit is not TermUnit.WORKING_DAYS) and not is_suspended and day > first_on
        counts.append(total)
    ends: list[date | None] = []
    following = calendar.last_day_of_term(last_on + timedelta(days=1))
    for day, is_working, is_suspended in reversed(rows):
        following = day if is_working and not is_suspended else following
        ends.append(following)
    return [row.day for row in rows], counts, ends[::-1]
