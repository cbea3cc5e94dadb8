"""The frame of a run: every unit and period that must have an answer, whether or not anything happened there.

A unit that was silent in a period has no rows to count, and yet its place in the frame. Only a cross cut, such as
centre and service, has places just where something was seen: a service not given in a month is no silence.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from mirylo.core.periods import Grain, Period
from mirylo.core.values import Whole

Pair = tuple[str | None, str | None]
"""A unit and, for a cross cut, the unit within it."""


@dataclass(frozen=True)
class Units:
    """The units of a cut in order, those without a name last; `within` is null but for a cross cut."""

    unit: pa.Array
    within: pa.Array

    @classmethod
    def of_pairs(cls, pairs: Sequence[Pair]) -> "Units":
        """Units from a sorted list."""
        text = pa.string()
        return cls(pa.array([unit for unit, _ in pairs], text), pa.array([within for _, within in pairs], text))

    def __len__(self) -> int:
        """How many."""
        return len(self.unit)

    def places_of(self, pairs: Sequence[Pair]) -> list[int]:
        """Where some of the units stand."""
        if not pairs:
            return []
        place_of = {
            pair: place for place, pair in enumerate(zip(self.unit.to_pylist(), self.within.to_pylist(), strict=True))
        }
        return [place_of[pair] for pair in pairs]


@dataclass(frozen=True)
class Places:
    """The places of a cut and grain in order: for each, where its unit and its period stand in their lists."""

    unit: Whole
    period: Whole

    @classmethod
    def every(cls, units: int, periods: int) -> "Places":
        """Every unit in every period.

        >>> Places.every(2, 3).period.tolist()
        [0, 1, 2, 0, 1, 2]
        """
        return cls(np.repeat(np.arange(units), periods), np.tile(np.arange(periods), units))


@dataclass(frozen=True)
class Frame:
    """Every place that must have an answer."""

    units: Mapping[str, Units]
    periods: Mapping[Grain, tuple[Period, ...]]
    places: Mapping[tuple[str, Grain], Places]
