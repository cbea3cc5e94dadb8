"""Runs a methodology over facts: every indicator, for every unit and period, with where the numbers come from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol, Unpack

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from mirylo.core.methodology.model import Indicator, Methodology, Stock
from mirylo.core.periods import Grain, Period
from mirylo.core.values import KINDS, LEVELS, Counted, Flags, Kind, Values, combine, value, value_absent
from mirylo.engines import reference
from mirylo.engines.backends import open_duckdb
from mirylo.engines.compiling import (
    DIALECTS,
    Query,
    Span,
    compile_flow,
    compile_points,
    compile_stock,
    points_of,
)
from mirylo.engines.facts import Facts
from mirylo.engines.frames import Frame
from mirylo.engines.gathering import Figures
from mirylo.engines.requests import ENGINES, Asked, Plan, basis_column, make_plan, standing_days

ROWS_AT_ONCE = 1 << 17
"""Rows of the result computed together: few enough to stay in the processor's cache."""

_WORD = pa.dictionary(pa.int32(), pa.string())
_WORDS = ("indicator", "cut", "unit", "within", "grain", "period")
_NUMBERS = ("numerator", "denominator", "value", "low", "high")
_COMPACT = pa.schema(
    [
        *((name, _WORD) for name in _WORDS),
        *((name, pa.float64()) for name in _NUMBERS),
        ("kind", _WORD),
        ("level", _WORD),
        ("provisional", pa.bool_()),
        ("left_out", _WORD),
    ]
)
SCHEMA = pa.schema([(field.name, pa.string() if field.type == _WORD else field.type) for field in _COMPACT])
"""Columns of a result. `within` is the second unit of a cross cut; `left_out` what the index could not include."""


@dataclass(frozen=True)
class Provenance:
    """Where the numbers of a result come from."""

    methodology: str
    manifest: str
    engine: str
    as_of: date
    basis: str | None


@dataclass(frozen=True)
class Result:
    """Values of indicators (columns as in SCHEMA, sorted by cut, grain, indicator, unit period) and origin."""

    table: pa.Table
    provenance: Provenance


class Counts(Protocol):
    """What an engine gives back, whichever it is."""

    @property
    def frame(self) -> Frame:
        """The units and periods."""

    def counted(self, indicator: Indicator, cut: str) -> dict[Grain, Counted]:
        """What was counted for an indicator, for each grain, in the order of the frame's places."""


def run(methodology: Methodology, facts: Facts, **asked: Unpack[Asked]) -> Result:
    """The values of indicators and of the index, for the cuts and periods asked for (see `Asked`).

    FaultsFoundError names every unknown word in what is asked, at once.
    """
    batches = [batch.cast(SCHEMA) for batch in measure(methodology, facts, **asked)]
    provenance = Provenance(
        methodology=methodology.version,
        manifest=facts.manifest,
        engine=asked.get("engine") or ENGINES[0],
        as_of=asked.get("as_of") or facts.as_of,
        basis=asked.get("basis"),
    )
    return Result(pa.Table.from_batches(batches, SCHEMA), provenance)


def measure(methodology: Methodology, facts: Facts, **asked: Unpack[Asked]) -> Iterator[pa.RecordBatch]:
    """The same values as `run`, piece by piece: pairs of centre and service are more than memory should hold.

    Texts are dictionaries here, so that a piece is small; rows come in the order of the table of `run`.
    """
    plan = make_plan(methodology, facts, asked)
    if (asked.get("engine") or ENGINES[0]) == "reference":
        yield from _pieces(plan, reference.Figures(facts, plan.request))
        return
    figures: Counts
    with open_duckdb(facts) as connection:
        figures = Figures(connection, plan.request)
    yield from _pieces(plan, figures)


def _pieces(plan: Plan, counts: Counts) -> Iterator[pa.RecordBatch]:
    for cut in plan.request.cuts:
        sheets = [_Sheet(cut, grain, counts.frame, plan.request.as_of) for grain in plan.request.grains]
        parts: dict[tuple[Grain, int], dict[str, Values]] = {}
        for indicator in plan.indicators:
            counted = None if indicator.code in plan.uncollected else counts.counted(indicator, cut)
            for sheet in sheets:
                for rows in sheet.portions():
                    values = _values(indicator, counted[sheet.grain] if counted else None, sheet.pending[rows], rows)
                    if indicator.code in plan.components:
                        parts.setdefault((sheet.grain, rows.start), {})[indicator.code] = values
                    if indicator.code in plan.shown:
                        yield sheet.batch(indicator.code, values, rows)
        for sheet in sheets if plan.index else ():
            for rows in sheet.portions():
                assert plan.index is not None
                values = combine(plan.index, parts.pop((sheet.grain, rows.start)), sheet.pending[rows])
                yield sheet.batch(plan.index.code, values, rows)


def _values(indicator: Indicator, counted: Counted | None, pending: Flags, rows: slice) -> Values:
    if counted is None:
        return value_absent(Kind.NOT_COLLECTED, len(pending))
    return value(indicator, counted.portion(rows), pending)


class _Sheet:
    """One cut and grain: what all its indicators share, place by place."""

    def __init__(self, cut: str, grain: Grain, frame: Frame, as_of: date) -> None:
        self.cut, self.grain = cut, grain
        periods, units, places = frame.periods[grain], frame.units[cut], frame.places[cut, grain]
        self.rows = len(places.unit)
        self.pending = np.array([period.first_on > as_of for period in periods], np.bool_)[places.period]
        # The as-of day itself is not over.
        self.provisional = np.array([period.last_on >= as_of for period in periods], np.bool_)[places.period]
        self.period = _words(places.period, [period.code for period in periods])
        of_unit = pa.array(places.unit)
        self.unit, self.within = (_take(names.dictionary_encode(), of_unit) for names in (units.unit, units.within))
        self._zeros = pa.array(np.zeros(min(self.rows, ROWS_AT_ONCE), np.int32))
        self._none = pa.nulls(len(self._zeros), _WORD)

    def portions(self) -> Iterator[slice]:
        """The rows, some at a time."""
        return (slice(first, min(first + ROWS_AT_ONCE, self.rows)) for first in range(0, self.rows, ROWS_AT_ONCE))

    def batch(self, code: str, values: Values, rows: slice) -> pa.RecordBatch:
        """The rows of the result for one indicator."""
        n = rows.stop - rows.start
        left_out = self._none[:n] if values.left_out is None else _words(values.left_out, values.left_out_texts)
        columns = [
            self._same(code, n),
            self._same(self.cut, n),
            self.unit[rows],
            self.within[rows],
            self._same(self.grain, n),
            self.period[rows],
            *(pa.array(getattr(values, name), from_pandas=True) for name in _NUMBERS),
            _words(values.kind, KINDS),
            _words(values.level, LEVELS),
            pa.array(self.provisional[rows]),
            left_out,
        ]
        return pa.RecordBatch.from_arrays(columns, schema=_COMPACT)

    def _same(self, word: str, n: int) -> pa.DictionaryArray:
        return pa.DictionaryArray.from_arrays(self._zeros[:n], pa.array([str(word)], pa.string()))


def _take(names: pa.DictionaryArray, places: pa.Array) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(names.indices.take(places), names.dictionary)


def _words(places: NDArray[np.integer[Any]], words: Sequence[str]) -> pa.DictionaryArray:
    """Words by their places; a place below 0 is no word."""
    indices = pa.array(places.astype(np.int32), mask=places < 0)
    return pa.DictionaryArray.from_arrays(indices, pa.array([str(word) for word in words], pa.string()))


def explain(
    indicator: Indicator, as_of: date, *, cuts: Sequence[str] = ("nation",), grain: Grain = Grain.MONTH
) -> dict[str, str]:
    """The queries that count one indicator, in the language of each engine.

    >>> from mirylo.core.methodology.model import Count, Direction, Population, Text, Unit
    >>> text = Text("", "")
    >>> everything = Population("everything", text, "cases", None)
    >>> registered = Indicator("registered", text, text, everything, "registered", Count(), Unit.CASES, Direction.NONE)
    >>> "COUNT(registered_numerator)" in explain(registered, date(2026, 1, 31))["spark"]
    True
    """
    queries = list(_queries(indicator, as_of, cuts, grain))
    return {dialect: ";\n\n".join(query.sql(dialect, pretty=True) for query in queries) for dialect in DIALECTS}


def _queries(indicator: Indicator, as_of: date, cuts: Sequence[str], grain: Grain) -> Iterator[Query]:
    table, span = indicator.population.table, Span(None, as_of)
    if isinstance(indicator.measure, Stock):
        end = {standing_days(Period.containing(as_of, grain), as_of): 0}
        yield compile_stock(table, indicator.measure, [indicator], cuts, end, as_of)
        return
    basis = basis_column(indicator)
    yield compile_flow(table, basis, [indicator], cuts, grain.months, span, as_of)
    for points in points_of([indicator]).values():
        yield compile_points(table, basis, [points], cuts, grain.months, span, as_of)
