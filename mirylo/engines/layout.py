"""Lays what queries returned out on the frame: finds the place of each unit and period, and adds up longer periods."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from mirylo.core.values import Real, Whole
from mirylo.engines.compiling import Aggregate
from mirylo.engines.frames import Pair, Places, Units


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
    seen = distinct([_keys(named, orders), *keys])
    cells = [_sorted_cells(answer, key, seen) for answer, key in zip(answers, keys, strict=True)]
    if width == 1:
        return Units(orders[0].take(seen), pa.nulls(len(seen), pa.string())), cells
    return Units(orders[0].take(seen // len(orders[1])), orders[1].take(seen % len(orders[1]))), cells


def find_spots(cells: Cells, period_of: Mapping[int, int], periods: int) -> Spots:
    """The places of cells, a key each; `period_of` maps their ordinals to places of periods, others are left out."""
    ordinals, back = np.unique(cells.ordinals, return_inverse=True)
    period = np.array([period_of.get(ordinal, -1) for ordinal in ordinals.tolist()], np.int64)[back]
    kept = period >= 0
    keys = (cells.units * periods + period)[kept]
    starts = np.flatnonzero(np.diff(keys, prepend=-1))
    return Spots(kept, starts, keys[starts])


def seen_places(spots: Iterable[Spots], always: Sequence[int], periods: int) -> tuple[Places, Whole]:
    """The places where anything was seen, and every period of the units that are always there; with their keys."""
    expected = (np.array(always, np.int64)[:, None] * periods + np.arange(periods)).ravel()
    keys = distinct([expected, *(some.keys for some in spots)])
    return Places(keys // max(periods, 1), keys % max(periods, 1)), keys


def points_at(cells: Cells, aggregate: Aggregate, which: int, kept: NDArray[np.bool_]) -> Real:
    """One of the quantiles of each cell, NaN for none."""
    points: Real = pc.list_element(cells.numbers[aggregate], which).to_numpy(zero_copy_only=False)[kept]
    return points


def distinct(keys: Sequence[Whole]) -> Whole:
    """The distinct numbers in order; sorting is faster here than the hash table of NumPy's own `unique`."""
    ordered = np.sort(np.concatenate(keys))
    return ordered[np.flatnonzero(np.diff(ordered, prepend=-1))]


def _sorted_cells(answer: Answer, keys: Whole, seen: Whole | None) -> Cells:
    first = int(answer.ordinals.min(initial=0))
    span = int(answer.ordinals.max(initial=0)) - first + 1
    order = np.argsort(keys * span + (answer.ordinals - first))
    keys = keys[order]
    places = keys if seen is None else np.searchsorted(seen, keys)
    taken = pa.array(order)
    return Cells(places, answer.ordinals[order], {one: column.take(taken) for one, column in answer.numbers.items()})


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
