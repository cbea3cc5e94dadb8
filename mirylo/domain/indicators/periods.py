"""Knows which periods have values, and which of them are to be counted anew since something in them changed."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import compress
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mirylo.core.periods import Grain, Period, periods_between
from mirylo.domain.cases.models import DirtyMonth
from mirylo.domain.registers.models import AccessPoint

GRAINS = (Grain.MONTH, Grain.QUARTER, Grain.HALF_YEAR, Grain.YEAR)
"""Lengths of the periods that are counted."""
MONTHS_AT_ONCE = 12
"""So many months' worth of periods of one length are counted together: enough to be quick, few enough for memory."""


class _Point(NamedTuple):
    """What says whether an access point is expected to have an answer in a period."""

    code: str
    state: str
    opened_on: date | None
    closed_on: date | None


@dataclass(frozen=True)
class Marks:
    """What was noted before the facts were read: how often each month changed, and the access points there are."""

    versions: Mapping[str, int]
    points: Sequence[_Point]

    @classmethod
    def note(cls) -> "Marks":
        """Read them as they are now. What changes later is counted by a later run."""
        points = AccessPoint.objects.order_by("code").values_list(*_Point._fields)
        return cls(dict(DirtyMonth.objects.values_list("month", "version")), [_Point(*row) for row in points])

    def expected(self, period: Period) -> list[str]:
        """Codes of the access points that worked in a period: they have an answer though they may have no cases."""
        return list(compress(self._lives.codes, self._lives.worked_in(period)))

    def state(self, period: Period) -> str:
        """A text that differs from an earlier one if anything changed in the period meanwhile: versions only grow."""
        changes = sum(self.versions.get(month.code, 0) for month in period.split(Grain.MONTH))
        return f"{changes} {self._mark_of_points(period)}"

    def _mark_of_points(self, period: Period) -> str:
        worked = self._lives.worked_in(period)
        key = worked.tobytes()
        if key not in self._marks:
            expected = "\n".join(compress(self._lives.codes, worked))
            self._marks[key] = hashlib.sha256(expected.encode()).hexdigest()[:12]
        return self._marks[key]

    @cached_property
    def _marks(self) -> dict[bytes, str]:
        return {}

    @cached_property
    def _lives(self) -> "_Lives":
        return _Lives.of(self.points)


class _Lives(NamedTuple):
    """From when until when access points worked, in columns of day numbers: it is asked for hundreds of periods."""

    codes: Sequence[str]
    opened: NDArray[np.int64]
    closed: NDArray[np.int64]

    @classmethod
    def of(cls, points: Sequence[_Point]) -> "_Lives":
        """Who has no day of opening worked ever; who is not active and has no day of closing never did."""
        ever, never = date.max.toordinal() + 1, 0
        closed = [
            point.closed_on.toordinal()
            if point.closed_on is not None
            else ever
            if point.state == AccessPoint.State.ACTIVE
            else never
            for point in points
        ]
        opened = [point.opened_on.toordinal() if point.opened_on is not None else 0 for point in points]
        return cls([point.code for point in points], np.array(opened, np.int64), np.array(closed, np.int64))

    def worked_in(self, period: Period) -> NDArray[np.bool_]:
        """Which of them worked on any day of a period."""
        return (self.opened <= period.last_on.toordinal()) & (self.closed >= period.first_on.toordinal())


def all_periods(first_on: date, as_of: date) -> list[Period]:
    """The periods from the first day of any fact to the as-of date."""
    return [period for grain in GRAINS for period in periods_between(first_on, as_of, grain)]


def stale_periods(periods: Sequence[Period], counted: Mapping[str, Mapping[str, Any]], marks: Marks) -> list[Period]:
    """Those that were never counted or have changed since, the longest waiting first, of equal ones the latest."""
    stale = [period for period in periods if counted.get(period.code, {}).get("state") != marks.state(period)]
    latest_first = sorted(stale, key=lambda period: (period.last_on, period.first_on), reverse=True)
    return sorted(latest_first, key=lambda period: counted.get(period.code, {}).get("counted_at", ""))


def portions(periods: Sequence[Period]) -> list[list[Period]]:
    """Periods to be counted together, in the given order: of one length, and not too many.

    >>> [[period.code for period in portion] for portion in portions([Period.parse("2026"), Period.parse("2026Q1"),
    ...     Period.parse("2025"), Period.parse("2025Q4")])]
    [['2026'], ['2026Q1', '2025Q4'], ['2025']]
    """
    made: list[list[Period]] = []
    for period in periods:
        largest = MONTHS_AT_ONCE // period.grain.months
        room = next((some for some in made if some[0].grain is period.grain and len(some) < largest), None)
        if room is None:
            made.append([period])
        else:
            room.append(period)
    return made
