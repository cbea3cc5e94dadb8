"""The frame of a run: every unit and period that must have an answer.

A unit that was silent has no rows, and yet its place in the frame: counting alone would not return it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow as pa

from mirylo.core.periods import Grain, Period

Pair = tuple[str | None, str | None]
"""A unit and, for a cross cut, the unit within it."""


def standing_days(period: Period, as_of: date) -> tuple[date, date]:
    """Entered by the first and not left until after the second: who stands at the period's end.

    The as-of day itself is not over: in its period the stock is as of the evening before, less who left on the day.
    """
    if period.last_on < as_of:
        return period.last_on, period.last_on
    return as_of - timedelta(days=1), as_of


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


@dataclass(frozen=True)
class Frame:
    """Every unit and period that must have an answer."""

    units: Mapping[str, Units]
    ordinals: range
    periods: Mapping[Grain, tuple[Period, ...]]
