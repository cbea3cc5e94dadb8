"""Counts with DuckDB: runs the compiled queries, a few for all indicators, cuts and periods together."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import duckdb
import numpy as np
import pyarrow.compute as pc

from mirylo.core.methodology.model import Indicator, Quantile, Stock
from mirylo.core.periods import Grain, Period
from mirylo.core.values import Counted, Real, Whole
from mirylo.engines.compiling import (
    GROUPED_AWAY,
    PERIOD,
    Aggregate,
    Query,
    Span,
    compile_first_entry,
    compile_flow,
    compile_points,
    compile_stock,
    points_of,
    top_and_whole,
)
from mirylo.engines.frames import Frame, Places
from mirylo.engines.layout import Answer, Cells, Ranked, Spots, find_spots, order_units, points_at, seen_places
from mirylo.engines.requests import Request, standing_days
from mirylo.engines.tables import CUTS

LARGEST_SORT = 80_000_000
"""Values whose quantiles are taken at once: each cut keeps every value it sees, so these are counted once a cut."""

Source = tuple[str, str | Stock]
"""A fact table, and the date column or the stock by which its rows are counted."""


class Figures:
    """All counts of a request, on its frame."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, request: Request) -> None:
        """Run all queries, then lay out what they return."""
        answers = Answers(connection, request)
        self._cuts = {cut: _CutFigures(cut, answers) for cut in request.cuts}
        self.frame = Frame(
            units={cut: figures.units for cut, figures in self._cuts.items()},
            periods=answers.periods,
            places={(cut, grain): places for cut, some in self._cuts.items() for grain, places in some.places.items()},
        )

    def counted(self, indicator: Indicator, cut: str) -> dict[Grain, Counted]:
        """What was counted for an indicator, for each grain, in the order of the frame's places."""
        return self._cuts[cut].counted(indicator)


class Answers:
    """What the queries of a request returned, apart for each cut."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, request: Request) -> None:
        """Counts and sums come first, since they tell how much there is to sort for the quantiles."""
        self.request = request
        self._connection = connection
        self.counts: dict[str, dict[Source, Answer]] = {cut: {} for cut in request.cuts}
        self.points: dict[str, dict[tuple[Source, Grain], list[Answer]]] = {cut: {} for cut in request.cuts}
        for (table, basis), indicators in request.flows.items():
            months = request.shortest.months
            query = compile_flow(table, basis, indicators, request.cuts, months, request.span, request.as_of)
            self._keep((table, basis), query)
        ordinals = request.ordinals([*self._first_flows(), *self._first_entries()])
        self.periods = {grain: request.periods_of(grain, ordinals) for grain in request.grains}
        self.ends = request.ends(self.periods)
        for (table, stock), indicators in request.stocks.items():
            if self.ends:
                query = compile_stock(table, stock, indicators, request.cuts, self.ends, request.as_of)
                self._keep((table, stock), query)
        for (table, basis), indicators in request.flows.items():
            self._take_points(table, basis, indicators)

    def _fetch(self, query: Query) -> Iterator[tuple[str, Answer]]:
        """The rows of a query, apart for each cut."""
        rows = self._connection.sql(query.sql("duckdb")).to_arrow_table()
        for cut, mark in query.cut_marks.items():
            mine = rows.filter(pc.equal(rows[GROUPED_AWAY], mark))
            numbers = {aggregate: mine[name] for aggregate, name in query.columns.items()}
            yield (
                cut,
                Answer(tuple(mine[name] for name in CUTS[cut]), mine[PERIOD].to_numpy().astype(np.int64), numbers),
            )

    def _keep(self, source: Source, query: Query) -> None:
        for cut, answer in self._fetch(query):
            self.counts[cut][source] = answer

    def _first_flows(self) -> Iterator[date]:
        """The first day of the first period in which each flow has rows."""
        for answer in self.counts[self.request.cuts[0]].values():
            if len(answer.ordinals):
                yield Period(self.request.shortest, int(answer.ordinals.min())).first_on

    def _first_entries(self) -> Iterator[date]:
        """The first day on which a row of each stock entered."""
        for (table, stock), indicators in self.request.stocks.items():
            query = compile_first_entry(table, stock, indicators, self.request.as_of)
            (first,) = self._connection.sql(query.sql("duckdb")).fetchall()[0]
            if first is not None:
                yield first

    def _take_points(self, table: str, basis: str, indicators: Sequence[Indicator]) -> None:
        request, points = self.request, list(dict.fromkeys(points_of(indicators).values()))
        for grain in request.grains if points else ():
            sizes = self._sizes((table, basis), indicators, grain)
            filled = [period for period in self.periods[grain] if sizes.get(period.ordinal)]
            for span, cuts in _portions(filled, sizes, request.cuts, LARGEST_SORT):
                within = Span(span.first_on, min(span.last_on, request.span.last_on))
                query = compile_points(table, basis, points, cuts, grain.months, within, request.as_of)
                for cut, answer in self._fetch(query):
                    self.points[cut].setdefault(((table, basis), grain), []).append(answer)

    def _sizes(self, source: Source, indicators: Sequence[Indicator], grain: Grain) -> dict[int, int]:
        """How many values there are to sort in each period."""
        answer = self.counts[self.request.cuts[0]][source]
        periods, back = np.unique(answer.ordinals // self.request.steps(grain), return_inverse=True)
        sizes = np.zeros(len(periods), np.int64)
        for whole in dict.fromkeys(top_and_whole(i)[1] for i in indicators if isinstance(i.measure, Quantile)):
            assert whole is not None
            sizes += np.bincount(back, answer.numbers[whole].to_numpy(), len(periods)).astype(np.int64)
        return dict(zip(periods.tolist(), sizes.tolist(), strict=True))


class _CutFigures:
    """The counts of one cut."""

    def __init__(self, cut: str, answers: Answers) -> None:
        request = answers.request
        # Popped, so that an answer is gone once its rows are in order: together they can be large.
        counts, points = answers.counts.pop(cut), answers.points.pop(cut)
        listed = [*counts.values(), *(answer for some in points.values() for answer in some)]
        self.units, cells = order_units(listed, request.expected.get(cut, ()), len(CUTS[cut]))
        in_order = iter(cells)
        self._counts: dict[Source, Cells] = {source: next(in_order) for source in counts}
        self._points = {key: [next(in_order) for _ in some] for key, some in points.items()}
        self._points_of = {i: p for some in request.flows.values() for i, p in points_of(some).items()}
        self._sources = request.sources
        self._periods = answers.periods
        self.places: dict[Grain, Places] = {}
        self._ranked: dict[Grain, Ranked] = {}
        self._spots: dict[tuple[Source, Grain], tuple[Spots, Whole]] = {}
        expected = self.units.places_of(request.expected.get(cut, ()))
        for grain, periods in answers.periods.items():
            spots = {
                source: find_spots(cells, _periods_of_ordinals(source, cells, grain, answers), len(periods))
                for source, cells in self._counts.items()
            }
            self.places[grain] = Places.every(len(self.units), len(periods))
            if len(CUTS[cut]) > 1:
                self.places[grain], self._ranked[grain] = seen_places(
                    spots.values(), expected, len(self.units), len(periods)
                )
            self._spots |= {(source, grain): (some, self._positions(some, grain)) for source, some in spots.items()}

    def counted(self, indicator: Indicator) -> dict[Grain, Counted]:
        top, whole = top_and_whole(indicator)
        return {
            grain: Counted(
                top=self._sums(indicator, top, grain) if top else None,
                n=self._sums(indicator, whole, grain) if whole else None,
                point=self._quantile(indicator, grain) if isinstance(indicator.measure, Quantile) else None,
            )
            for grain in self._periods
        }

    def _sums(self, indicator: Indicator, aggregate: Aggregate, grain: Grain) -> Whole:
        source, size = self._sources[indicator], len(self.places[grain].unit)
        if source not in self._counts:  # a stock, of which no period has begun
            return np.zeros(size, np.int64)
        spots, positions = self._spots[source, grain]
        return spots.sums(self._counts[source], aggregate, positions, size)

    def _quantile(self, indicator: Indicator, grain: Grain) -> Real:
        assert isinstance(indicator.measure, Quantile)
        points, periods = self._points_of[indicator], self._periods[grain]
        which = points.qs.index(indicator.measure.q)
        column = np.full(len(self.places[grain].unit), np.nan)
        for cells in self._points.get((self._sources[indicator], grain), ()):
            # A span may hold periods that were not asked for.
            spots = find_spots(cells, {period.ordinal: place for place, period in enumerate(periods)}, len(periods))
            column[self._positions(spots, grain)] = points_at(cells, points, which, spots.kept)
        return column

    def _positions(self, spots: Spots, grain: Grain) -> Whole:
        """Where the spots stand among the places of a grain; where there is every place, that is their key."""
        return self._ranked[grain].places(spots.keys) if grain in self._ranked else spots.keys


def _periods_of_ordinals(source: Source, cells: Cells, grain: Grain, answers: Answers) -> Mapping[int, int]:
    """From the ordinals in an answer to places among the periods: a stock's are numbers of ends of periods."""
    request, periods = answers.request, answers.periods[grain]
    if isinstance(source[1], Stock):
        ends = (answers.ends.get(standing_days(period, request.as_of)) for period in periods)
        return {end: place for place, end in enumerate(ends) if end is not None}
    place_of, steps = {period.ordinal: place for place, period in enumerate(periods)}, request.steps(grain)
    seen = np.unique(cells.ordinals).tolist()
    return {ordinal: place_of[ordinal // steps] for ordinal in seen if ordinal // steps in place_of}


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
