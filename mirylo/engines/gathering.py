"""Counts with DuckDB: runs the compiled queries, and lays what they return out on the frame of units and periods."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from mirylo.core.methodology.model import Indicator, Quantile, Stock
from mirylo.core.periods import Grain, Period
from mirylo.core.values import Counted, Whole
from mirylo.engines.compiling import (
    GROUPED_AWAY,
    PERIOD,
    Aggregate,
    Points,
    Query,
    Span,
    compile_first_entry,
    compile_flow,
    compile_points,
    compile_stock,
    points_of,
    top_and_whole,
)
from mirylo.engines.frames import Frame, Units, standing_days
from mirylo.engines.requests import Request
from mirylo.engines.tables import CUTS

LARGEST_SORT = 40_000_000
"""Values whose quantiles are taken at once: each cut keeps every value it sees, so these are counted once a cut."""


@dataclass
class Cells:
    """What a query returned for one cut: for each unit and period with rows, the numbers taken."""

    names: tuple[pa.ChunkedArray, ...]
    ordinals: Whole
    numbers: Mapping[Aggregate, pa.ChunkedArray]
    places: Whole = field(default_factory=lambda: np.zeros(0, np.int64))
    """Of the units, in the order of the frame."""


class Figures:
    """All counts of a request, on its frame."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, request: Request) -> None:
        """Run all queries: counts and sums first, since they tell how much there is to sort for the quantiles."""
        self.request = request
        self._connection = connection
        self._counts: dict[str, dict[object, Cells]] = {cut: {} for cut in request.cuts}
        self._points: dict[str, dict[tuple[object, Grain], list[Cells]]] = {cut: {} for cut in request.cuts}
        for (table, basis), indicators in request.flows.items():
            months = request.shortest.months
            query = compile_flow(table, basis, indicators, request.cuts, months, request.span, request.as_of)
            for cut, cells in self._fetch(query):
                self._counts[cut][table, basis] = cells
        ordinals = request.ordinals([*self._first_flows(), *self._first_entries()])
        periods = {grain: request.periods_of(grain, ordinals) for grain in request.grains}
        self._ends = request.ends(periods)
        self._count_stocks()
        for (table, basis), indicators in request.flows.items():
            self._take_points(table, basis, indicators, periods)
        self.frame = Frame({cut: self._place_units(cut) for cut in request.cuts}, ordinals, periods)

    def counted(self, indicator: Indicator, cut: str, grain: Grain) -> Counted:
        """What was counted for an indicator, for each unit and period of the frame, unit by unit."""
        top, whole = top_and_whole(indicator)
        table = indicator.population.table
        if isinstance(indicator.measure, Stock):
            assert top is not None
            return Counted(self._lay_out_stock(self._counts[cut].get((table, indicator.measure)), top, cut, grain))
        source = (table, self._basis_of[indicator])
        cells = self._counts[cut][source]
        point = None
        if isinstance(indicator.measure, Quantile):
            point = self._lay_out_points(indicator, self._points[cut].get((source, grain), []), cut, grain)
        return Counted(self._lay_out(cells, top, cut, grain), self._lay_out(cells, whole, cut, grain), point)

    @cached_property
    def _basis_of(self) -> dict[Indicator, str]:
        return {i: basis for (_, basis), indicators in self.request.flows.items() for i in indicators}

    @cached_property
    def _points_of(self) -> dict[Indicator, Points]:
        return {i: p for indicators in self.request.flows.values() for i, p in points_of(indicators).items()}

    # --- Asking ------------------------------------------------------------------------------------------------------

    def _fetch(self, query: Query) -> Iterator[tuple[str, Cells]]:
        """The rows of a query, apart for each cut."""
        answer = self._connection.sql(query.sql("duckdb")).to_arrow_table()
        for cut, mark in query.cut_marks.items():
            mine = answer.filter(pc.equal(answer[GROUPED_AWAY], mark)) if len(query.cut_marks) > 1 else answer
            numbers = {aggregate: mine[name] for aggregate, name in query.columns.items()}
            names = tuple(mine[name] for name in CUTS[cut])
            yield cut, Cells(names, mine[PERIOD].to_numpy().astype(np.int64), numbers)

    def _first_flows(self) -> Iterator[date]:
        """The first day of the first period in which each flow has rows."""
        for cells in self._counts[self.request.cuts[0]].values():
            if len(cells.ordinals):
                yield Period(self.request.shortest, int(cells.ordinals.min())).first_on

    def _first_entries(self) -> Iterator[date]:
        """The first day on which a row of each stock entered."""
        for (table, stock), indicators in self.request.stocks.items():
            query = compile_first_entry(table, stock, indicators, self.request.as_of)
            (first,) = self._connection.sql(query.sql("duckdb")).fetchall()[0]
            if first is not None:
                yield first

    def _count_stocks(self) -> None:
        for (table, stock), indicators in self.request.stocks.items():
            if self._ends:
                query = compile_stock(table, stock, indicators, self.request.cuts, self._ends, self.request.as_of)
                for cut, cells in self._fetch(query):
                    self._counts[cut][table, stock] = cells

    def _take_points(
        self, table: str, basis: str, indicators: Sequence[Indicator], periods: Mapping[Grain, Sequence[Period]]
    ) -> None:
        points = list(dict.fromkeys(points_of(indicators).values()))
        for grain in self.request.grains if points else ():
            sizes = self._sizes(table, basis, indicators, grain)
            filled = [period for period in periods[grain] if sizes.get(period.ordinal)]
            for span, cuts in _portions(filled, sizes, self.request.cuts, LARGEST_SORT):
                within = Span(span.first_on, min(span.last_on, self.request.span.last_on))
                query = compile_points(table, basis, points, cuts, grain.months, within, self.request.as_of)
                for cut, cells in self._fetch(query):
                    self._points[cut].setdefault(((table, basis), grain), []).append(cells)

    def _sizes(self, table: str, basis: str, indicators: Sequence[Indicator], grain: Grain) -> dict[int, int]:
        """How many values there are to sort in each period."""
        cells = self._counts[self.request.cuts[0]][table, basis]
        wholes = dict.fromkeys(top_and_whole(i)[1] for i in indicators if isinstance(i.measure, Quantile))
        sizes: dict[int, int] = {}
        step = grain.months // self.request.shortest.months
        for whole in wholes:
            assert whole is not None
            for ordinal, n in zip((cells.ordinals // step).tolist(), cells.numbers[whole].to_pylist(), strict=True):
                sizes[ordinal] = sizes.get(ordinal, 0) + n
        return sizes

    # --- Laying out --------------------------------------------------------------------------------------------------

    def _place_units(self, cut: str) -> Units:
        """The units seen in any answer or expected, in order; each cell learns the place of its unit."""
        every = [*self._counts[cut].values(), *(c for cells in self._points[cut].values() for c in cells)]
        expected = self.request.expected.get(cut, ())
        width = len(CUTS[cut])
        if width == 0:
            for cells in every:
                cells.places = np.zeros(len(cells.ordinals), np.int64)
            return Units.of_pairs([(None, None)])
        orders = [
            _ordered([cells.names[side] for cells in every], [pair[side] for pair in expected]) for side in range(width)
        ]
        keys = []
        for cells in every:
            cells.places = _keys(cells.names, orders)
            keys.append(cells.places)
        columns = [pa.array([pair[side] for pair in expected], pa.string()) for side in range(width)]
        seen = np.unique(np.concatenate([*keys, _keys(columns, orders)]))
        for cells in every:
            cells.places = np.searchsorted(seen, cells.places)
        if width == 1:
            return Units(orders[0].take(seen), pa.nulls(len(seen), pa.string()))
        return Units(orders[0].take(seen // len(orders[1])), orders[1].take(seen % len(orders[1])))

    def _lay_out(self, cells: Cells | None, aggregate: Aggregate | None, cut: str, grain: Grain) -> Whole | None:
        """Numbers of the shortest periods on the frame, and from them those of longer ones."""
        if aggregate is None:
            return None
        ordinals, periods = self.frame.ordinals, self.frame.periods[grain]
        table = np.zeros((len(self.frame.units[cut]), len(ordinals) + 1), np.int64)
        if cells is not None:
            numbers = pc.fill_null(cells.numbers[aggregate], 0).to_numpy()
            table[cells.places, cells.ordinals - ordinals.start + 1] = numbers
        step = grain.months // self.request.shortest.months
        if step == 1 and len(periods) == len(ordinals):
            return table[:, 1:].ravel()
        np.cumsum(table, axis=1, out=table)
        firsts = np.array([period.ordinal * step for period in periods], np.int64) - ordinals.start
        return (table[:, np.minimum(firsts + step, len(ordinals))] - table[:, np.maximum(firsts, 0)]).ravel()

    def _lay_out_stock(self, cells: Cells | None, aggregate: Aggregate, cut: str, grain: Grain) -> Whole:
        """Rows standing at the end of each period of the frame."""
        table = np.zeros((len(self.frame.units[cut]), len(self._ends) + 1), np.int64)
        if cells is not None:
            table[cells.places, cells.ordinals] = cells.numbers[aggregate].to_numpy()
        as_of = self.request.as_of
        # The last column stays empty: it is for periods that have not begun.
        ends = [self._ends.get(standing_days(period, as_of), -1) for period in self.frame.periods[grain]]
        return table[:, ends].ravel()

    def _lay_out_points(
        self, indicator: Indicator, every: Sequence[Cells], cut: str, grain: Grain
    ) -> NDArray[np.float64]:
        points = self._points_of[indicator]
        assert isinstance(indicator.measure, Quantile)
        which = points.qs.index(indicator.measure.q)
        periods = self.frame.periods[grain]
        place_of = {period.ordinal: place for place, period in enumerate(periods)}
        table = np.full((len(self.frame.units[cut]), len(periods) + 1), np.nan)
        for cells in every:
            distinct, back = np.unique(cells.ordinals, return_inverse=True)
            # A span may hold periods that were not asked for; they fall into the last column, which is dropped.
            places = np.array([place_of.get(ordinal, -1) for ordinal in distinct.tolist()], np.int64)[back]
            numbers = pc.list_element(cells.numbers[points], which)
            table[cells.places, places] = numbers.to_numpy(zero_copy_only=False)
        return table[:, :-1].ravel()


def _ordered(columns: Sequence[pa.ChunkedArray], expected: Sequence[str | None]) -> pa.Array:
    """The distinct names in order, none last."""
    names = set(expected)
    for column in columns:
        names.update(column.unique().to_pylist())
    return pa.array(sorted(names, key=lambda name: (name is None, name)), pa.string())


def _keys(columns: Sequence[pa.ChunkedArray | pa.Array], orders: Sequence[pa.Array]) -> Whole:
    """One whole number for each unit, or pair of units, in the order of their names."""
    key = np.zeros(len(columns[0]), np.int64)
    for column, order in zip(columns, orders, strict=True):
        key = key * len(order) + pc.index_in(column.cast(pa.string()), value_set=order).to_numpy()
    return key


def _portions(
    periods: Sequence[Period], sizes: Mapping[int, int], cuts: tuple[str, ...], largest: int
) -> Iterator[tuple[Span, tuple[str, ...]]]:
    """Spans of periods and cuts such that no query has more values to sort than `largest`, if it can be helped."""
    at_once: list[Period] = []
    for period in periods:
        size = sum(sizes[p.ordinal] for p in (*at_once, period)) * len(cuts)
        if at_once and size > largest:
            yield Span(at_once[0].first_on, at_once[-1].last_on), cuts
            at_once = []
        if sizes[period.ordinal] * len(cuts) > largest:
            some = max(1, largest // sizes[period.ordinal])
            for first in range(0, len(cuts), some):
                yield Span(period.first_on, period.last_on), cuts[first : first + some]
        else:
            at_once.append(period)
    if at_once:
        yield Span(at_once[0].first_on, at_once[-1].last_on), cuts
