"""Counts in the slow and obvious way, row by row in plain Python: the definition of right for every other engine.

Nothing is compiled, shared or rolled up: each number is taken from all rows, for one unit and one period at a time.
"""

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from mirylo.core.methodology.model import (
    And,
    Arithmetic,
    ColumnValue,
    Comparison,
    Count,
    Expression,
    Indicator,
    IsNull,
    Literal,
    Mean,
    Not,
    OneOf,
    Or,
    Quantile,
    Share,
    Stock,
    Type,
)
from mirylo.core.periods import Grain, Period
from mirylo.core.values import THOUSANDTHS, Counted
from mirylo.engines.facts import Facts
from mirylo.engines.frames import Frame, Pair, Places, Units
from mirylo.engines.requests import Request, standing_days
from mirylo.engines.tables import CUTS

Row = Mapping[str, Any]

_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def evaluate(expression: Expression, row: Row, as_of: date) -> Any:
    """The value of an expression for a row; None is "empty", which is neither true nor false.

    >>> late = Comparison("<=", ColumnValue("ready_on", Type.DATE), ColumnValue("due_on", Type.DATE))
    >>> row = {"ready_on": date(2026, 1, 9), "due_on": None}
    >>> print(evaluate(late, row, date(2026, 1, 31)), evaluate(Not(late), row, date(2026, 1, 31)))
    None None
    """
    match expression:
        case ColumnValue("as_of"):
            return as_of
        case ColumnValue(name):
            return row[name]
        case Literal(value):
            return value
        case Comparison(symbol, left, right):
            one, other = evaluate(left, row, as_of), evaluate(right, row, as_of)
            return None if one is None or other is None else _COMPARISONS[symbol](one, other)
        case Arithmetic(symbol, left, right):
            one, other = evaluate(left, row, as_of), evaluate(right, row, as_of)
            if one is None or other is None:
                return None
            return one + other if symbol == "+" else one - other
        case IsNull(operand):
            return evaluate(operand, row, as_of) is None
        case OneOf(operand, values):
            one = evaluate(operand, row, as_of)
            return None if one is None else any(one == value.value for value in values)
        case Not(operand):
            one = evaluate(operand, row, as_of)
            return None if one is None else not one
        case And(operands):
            return _all([evaluate(operand, row, as_of) for operand in operands])
        case Or(operands):
            return _any([evaluate(operand, row, as_of) for operand in operands])


def _all(truths: Sequence[bool | None]) -> bool | None:
    """False if any is false; else empty if any is empty; else true."""
    if any(truth is False for truth in truths):
        return False
    return None if any(truth is None for truth in truths) else True


def _any(truths: Sequence[bool | None]) -> bool | None:
    """True if any is true; else empty if any is empty; else false."""
    if any(truth is True for truth in truths):
        return True
    return None if any(truth is None for truth in truths) else False


class Figures:
    """All counts of a request, on its frame."""

    def __init__(self, facts: Facts, request: Request) -> None:
        """Read all rows, and see which units and periods there are."""
        self._request = request
        self._rows = {name: _read(rows) for name, rows in facts.tables.items()}
        self._basis = {i: basis for (_, basis), indicators in request.flows.items() for i in indicators}
        self._stocks = [indicator for indicators in request.stocks.values() for indicator in indicators]
        flowing = [
            (row[basis], row)
            for i, basis in self._basis.items()
            for row in self._counted(i)
            if self._in_span(row[basis])
        ]
        ordinals = request.ordinals([*(day for day, _ in flowing), *self._days_entered()])
        periods = {grain: request.periods_of(grain, ordinals) for grain in request.grains}
        standing = [
            row
            for indicator in self._stocks
            for some in periods.values()
            for period in some
            for row in self._rows_of(indicator, period)
        ]
        rows = [*(row for _, row in flowing), *standing]
        units = {cut: _pairs(cut, rows, request.expected.get(cut, ())) for cut in request.cuts}
        self._spots = {
            (cut, grain): self._spots_of(cut, units[cut], periods[grain])
            for cut in request.cuts
            for grain in request.grains
        }
        places = {
            (cut, grain): Places(
                np.array([units[cut].index(pair) for pair, _ in spots], np.int64),
                np.array([periods[grain].index(period) for _, period in spots], np.int64),
            )
            for (cut, grain), spots in self._spots.items()
        }
        self.frame = Frame({cut: Units.of_pairs(pairs) for cut, pairs in units.items()}, periods, places)

    def _days_entered(self) -> list[date]:
        """The days, up to the as-of date, on which rows entered a stock."""
        return [
            row[i.measure.enters]
            for i in self._stocks
            if isinstance(i.measure, Stock)
            for row in self._counted(i)
            if row[i.measure.enters] is not None and row[i.measure.enters] <= self._request.as_of
        ]

    def _spots_of(self, cut: str, units: Sequence[Pair], periods: Sequence[Period]) -> list[tuple[Pair, Period]]:
        """Units and periods that get a value: all of them, but of a cross cut those expected and those seen."""
        expected = self._request.expected.get(cut, ())
        return [
            (pair, period)
            for pair in units
            for period in periods
            if len(CUTS[cut]) < 2 or pair in expected or self._is_seen(cut, pair, period)
        ]

    def counted(self, indicator: Indicator, cut: str) -> dict[Grain, Counted]:
        """What was counted for an indicator, for each grain, in the order of the frame's places."""
        return {grain: self._counted_at(indicator, cut, grain) for grain in self._request.grains}

    def _counted_at(self, indicator: Indicator, cut: str, grain: Grain) -> Counted:
        taken = []
        for pair, period in self._spots[cut, grain]:
            rows = [row for row in self._rows_of(indicator, period) if _pair_of(cut, row) == pair]
            taken.append(_take(indicator, rows, self._request.as_of))
        tops, ns, points = zip(*taken, strict=True) if taken else ((), (), ())
        return Counted(
            top=None if isinstance(indicator.measure, Quantile) else np.array(tops, np.int64),
            n=None if isinstance(indicator.measure, Count | Stock) else np.array(ns, np.int64),
            point=np.array(points, np.float64) if isinstance(indicator.measure, Quantile) else None,
        )

    def _is_seen(self, cut: str, pair: Pair, period: Period) -> bool:
        """Whether any indicator counts a row of the unit in the period."""
        return any(
            _pair_of(cut, row) == pair for i in (*self._basis, *self._stocks) for row in self._rows_of(i, period)
        )

    def _counted(self, indicator: Indicator) -> list[Row]:
        """The rows that an indicator is about, of all times."""
        return [
            row
            for row in self._rows[indicator.population.table]
            if all(evaluate(condition, row, self._request.as_of) is True for condition in indicator.conditions())
        ]

    def _in_span(self, day: date | None) -> bool:
        span = self._request.span
        return day is not None and (span.first_on is None or span.first_on <= day) and day <= span.last_on

    def _rows_of(self, indicator: Indicator, period: Period) -> list[Row]:
        """The rows that an indicator counts in a period: those that fall in it, or that stand at its end."""
        rows = self._counted(indicator)
        if not isinstance(indicator.measure, Stock):
            basis = self._basis[indicator]
            return [
                row for row in rows if self._in_span(row[basis]) and period.first_on <= row[basis] <= period.last_on
            ]
        if period.first_on > self._request.as_of:
            return []
        entered_by, left_after = standing_days(period, self._request.as_of)
        enters, leaves = indicator.measure.enters, indicator.measure.leaves
        return [
            row
            for row in rows
            if row[enters] is not None
            and row[enters] <= entered_by
            and (row[leaves] is None or row[leaves] > left_after)
        ]


def _take(indicator: Indicator, rows: Sequence[Row], as_of: date) -> tuple[int, int, float]:
    """Numerator or sum, denominator or number of values, and quantile, of the rows of one unit and period."""
    match indicator.measure:
        case Share(numerator, denominator):
            whole = [row for row in rows if denominator is None or evaluate(denominator, row, as_of) is True]
            return sum(evaluate(numerator, row, as_of) is True for row in whole), len(whole), np.nan
        case Mean(of):
            values = _values(of, rows)
            return int(sum(values)), len(values), np.nan
        case Quantile(of, q):
            values = sorted(_values(of, rows))
            return 0, len(values), _quantile(values, Fraction(q))
        case _:
            return len(rows), 0, np.nan


def _values(of: ColumnValue, rows: Sequence[Row]) -> list[Decimal | int]:
    """The values of a column where it is not empty; seconds in thousandths."""
    parts = THOUSANDTHS if of.type is Type.SECONDS else 1
    return [row[of.name] * parts for row in rows if row[of.name] is not None]


def _quantile(ordered: Sequence[Decimal | int], q: Fraction) -> float:
    """Type 7: between the two values around place (n - 1)q, linearly."""
    if not ordered:
        return float("nan")
    place = (len(ordered) - 1) * q
    below = int(place)
    low, high = Fraction(ordered[below]), Fraction(ordered[min(below + 1, len(ordered) - 1)])
    return float(low + (high - low) * (place - below))


def _pairs(cut: str, rows: Iterable[Row], expected: Sequence[Pair]) -> list[Pair]:
    """The units of a cut in order, those without a name last."""
    if not CUTS[cut]:
        return [(None, None)]
    seen = {_pair_of(cut, row) for row in rows} | set(expected)
    return sorted(seen, key=lambda pair: [(name is None, name or "") for name in pair])


def _pair_of(cut: str, row: Row) -> Pair:
    names = [row[column] for column in CUTS[cut]]
    return (names[0] if names else None, names[1] if len(names) > 1 else None)


def _read(rows: "pa.Table | tuple[Any, ...]") -> list[dict[str, Any]]:
    tables = [rows] if isinstance(rows, pa.Table) else [pq.read_table(path) for path in rows]
    return [row for table in tables for row in table.to_pylist()]
