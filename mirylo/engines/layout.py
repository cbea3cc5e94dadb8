"""Lays what queries returned out on the frame: finds the place of each unit and period, and adds up longer periods."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from mirylo.core.values import Real, Whole
from mirylo.engines.compiling import Aggregate
from mirylo.engines.frames import Pair, Places, Units

LARGEST_TABLE = 1 << 26
"""Numbers that may be looked up in a table; where there could be more, they are sorted and searched."""


@dataclass(frozen=True)
class Answer:
    """What a query returned for one cut: for each unit and period with rows, the numbers taken, in any order."""

    names: tuple[pa.ChunkedArray, ...]
    ordinals: Whole
    numbers: Mapping[Aggregate, pa.ChunkedArray]


@dataclass(frozen=True)
class Cells:
    """The same, each with the place of its unit, in order of unit and period."""

    units: Whole
    ordinals: Whole
    numbers: Mapping[Aggregate, pa.ChunkedArray]


class Ranked:
    """The distinct numbers of several columns in order, and the place of each among them; all are below `space`."""

    def __init__(self, columns: Iterable[Whole], space: int) -> None:
        self._place_of: NDArray[np.int32] | None = None
        if space <= LARGEST_TABLE:
            there = np.zeros(space, np.bool_)
            for column in columns:
                there[column] = True
            self.numbers: Whole = np.flatnonzero(there)
            self._place_of = np.cumsum(there, dtype=np.int32) - 1
        else:
            ordered = np.sort(np.concatenate(list(columns)))
            self.numbers = ordered[np.flatnonzero(np.diff(ordered, prepend=-1))]

    def places(self, numbers: Whole) -> Whole:
        """Where numbers stand that are in one of the columns."""
        if self._place_of is None:
            return np.searchsorted(self.numbers, numbers)
        return self._place_of[numbers].astype(np.int64)


@dataclass(frozen=True)
class Spots:
    """Where cells fall in a list of places: cells that share a place stand together, from each of `starts` on."""

    kept: NDArray[np.bool_]
    starts: Whole
    keys: Whole

    def sums(self, cells: Cells, aggregate: Aggregate, positions: Whole, size: int) -> Whole:
        """The sums of whole numbers at each place, 0 where there are none."""
        table = np.zeros(size, np.int64)
        if len(self.starts):
            numbers = pc.fill_null(cells.numbers[aggregate], 0).to_numpy()[self.kept]
            table[positions] = np.add.reduceat(numbers, self.starts)
        return table


def order_units(answers: Sequence[Answer], expected: Sequence[Pair], width: int) -> tuple[Units, list[Cells]]:
    """The units seen in any answer or expected, in order, and the answers with the places of their units.

    `width` is how many names a unit has: none for the nation, two for a cross cut.
    """
    if width == 0:
        none = Units.of_pairs([(None, None)])
        return none, [_sorted_cells(answer, np.zeros(len(answer.ordinals), np.int64), None) for answer in answers]
    named = [pa.array([pair[side] for pair in expected], pa.string()) for side in range(width)]
    orders = [_ordered([*(answer.names[side] for answer in answers), named[side]]) for side in range(width)]
    keys = [_keys(answer.names, orders) for answer in answers]
    seen = Ranked([_keys(named, orders), *keys], math.prod(len(order) for order in orders))
    cells = [_sorted_cells(answer, key, seen) for answer, key in zip(answers, keys, strict=True)]
    if width == 1:
        return Units(orders[0].take(seen.numbers), pa.nulls(len(seen.numbers), pa.string())), cells
    return Units(orders[0].take(seen.numbers // len(orders[1])), orders[1].take(seen.numbers % len(orders[1]))), cells


def find_spots(cells: Cells, period_of: Mapping[int, int], periods: int) -> Spots:
    """The places of cells, a key each; `period_of` maps their ordinals to places of periods, others are left out."""
    # Ordinals are months since year 0 at most, so a table of all is small.
    table = np.full(max([int(cells.ordinals.max(initial=0)), *period_of]) + 1, -1)
    table[list(period_of)] = list(period_of.values())
    period = table[cells.ordinals]
    kept = period >= 0
    keys = (cells.units * periods + period)[kept]
    starts = np.flatnonzero(np.diff(keys, prepend=-1))
    return Spots(kept, starts, keys[starts])


def seen_places(spots: Iterable[Spots], always: Sequence[int], units: int, periods: int) -> tuple[Places, Ranked]:
    """The places where anything was seen, and every period of the units that are always there."""
    expected = (np.array(always, np.int64)[:, None] * periods + np.arange(periods)).ravel()
    keys = Ranked([expected, *(some.keys for some in spots)], units * periods)
    return Places(keys.numbers // max(periods, 1), keys.numbers % max(periods, 1)), keys


def points_at(cells: Cells, aggregate: Aggregate, which: int, kept: NDArray[np.bool_]) -> Real:
    """One of the quantiles of each cell, NaN for none."""
    lists = cells.numbers[aggregate]
    there = pc.is_valid(lists).to_numpy()
    flat = pc.list_flatten(lists).to_numpy()
    points = np.full(len(lists), np.nan)
    points[there] = flat.reshape(int(there.sum()), -1)[:, which] if len(flat) else np.nan
    return points[kept]


def _sorted_cells(answer: Answer, keys: Whole, seen: Ranked | None) -> Cells:
    places = keys if seen is None else seen.places(keys)
    order = np.argsort(places * (int(answer.ordinals.max(initial=0)) + 1) + answer.ordinals)
    taken = pa.array(order)
    return Cells(
        places[order], answer.ordinals[order], {one: column.take(taken) for one, column in answer.numbers.items()}
    )


def _ordered(columns: Sequence[pa.ChunkedArray | pa.Array]) -> pa.Array:
    """The distinct names in order, none last."""
    names = {name for column in columns for name in column.unique().to_pylist()}
    return pa.array(sorted(names, key=lambda name: (name is None, name)), pa.string())


def _keys(columns: Sequence[pa.ChunkedArray | pa.Array], orders: Sequence[pa.Array]) -> Whole:
    """One whole number for each unit, or pair of units, in the order of their names."""
    key = np.zeros(len(columns[0]), np.int64)
    for column, order in zip(columns, orders, strict=True):
        key = key * len(order) + pc.index_in(column.cast(pa.string()), value_set=order).to_numpy()
    return key
