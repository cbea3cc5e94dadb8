"""Says in which months a changed case changes the indicators, and keeps a mark for each of those months."""

from collections.abc import Collection, Iterator
from datetime import date, datetime

from django.db import connection

from mirylo.core.faults import FaultsFoundError
from mirylo.core.methodology.model import Stock
from mirylo.core.periods import Grain, Period, periods_between
from mirylo.domain.cases.facts import Row
from mirylo.domain.cases.methodology import current_methodology
from mirylo.domain.cases.models import DirtyMonth
from mirylo.engines.tables import FACT_TABLES

BASES = tuple(dict.fromkeys(column for table in FACT_TABLES.values() for column in table.bases.values()))
"""The dates that put a row in a period."""


def months_of(old: Row | None, new: Row | None, today: date, stocks: Collection[Stock] | None = None) -> set[str]:
    """The months whose indicators may differ once a row has changed from `old` to `new`; none if they are equal.

    Those are the months of every date that puts the old or the new row in a period, and for a stock, such as cases
    that are overdue, every month in which the row stood in it: until it left, or until today. Months that are still
    to come are left out, since they are counted when they begin. Stocks are those of the methodology in force, unless
    they are given.

    >>> overdue = {"registered_on": date(2026, 1, 20), "due_on": date(2026, 2, 20)}
    >>> sorted(months_of(None, overdue, date(2026, 4, 2)))
    ['2026-01', '2026-02', '2026-03', '2026-04']
    >>> sorted(months_of(overdue, {**overdue, "closed_on": date(2026, 3, 1)}, date(2026, 3, 2)))
    ['2026-01', '2026-02', '2026-03']
    """
    rows = [{name: value for name, value in (row or {}).items() if value is not None} for row in (old, new)]
    if rows[0] == rows[1]:
        return set()
    stocks = _stocks() if stocks is None else stocks
    return {month for row in rows for month in _months(row, stocks, today)}


def mark_dirty(months: Collection[str], *, at: datetime) -> None:
    """Mark months, in order, with one statement; call it in the transaction that changes the rows."""
    if not months:
        return
    table = connection.ops.quote_name(DirtyMonth._meta.db_table)
    values = ", ".join(["(%s, 1, %s)"] * len(set(months)))
    moment = connection.ops.adapt_datetimefield_value(at)
    with connection.cursor() as cursor:
        cursor.execute(
            f"insert into {table} (month, version, marked_at) values {values} on conflict (month) do update"
            f" set version = {table}.version + 1, marked_at = excluded.marked_at",
            [part for month in sorted(set(months)) for part in (month, moment)],
        )


def _months(row: Row, stocks: Collection[Stock] | None, today: date) -> Iterator[str]:
    yield from (month_of(row[name]) for name in BASES if name in row and row[name] <= today)
    if stocks is None:
        days = [value for value in row.values() if type(value) is date]
        yield from _between(min(days), today) if days else ()
        return
    for stock in stocks:
        enters, leaves = row.get(stock.enters), row.get(stock.leaves)
        if enters is not None and (leaves is None or leaves > enters):
            yield from _between(enters, today if leaves is None else min(leaves, today))


def _stocks() -> set[Stock] | None:
    """The stocks of the methodology; none if it cannot be read, and then a row may stand in any."""
    try:
        indicators = current_methodology().indicators
    except FaultsFoundError:
        return None
    return {indicator.measure for indicator in indicators if isinstance(indicator.measure, Stock)}


def _between(first_on: date, last_on: date) -> Iterator[str]:
    yield from (period.code for period in periods_between(first_on, last_on, Grain.MONTH))


def month_of(day: date) -> str:
    """The code of the month in which a day lies."""
    return Period.containing(day, Grain.MONTH).code
