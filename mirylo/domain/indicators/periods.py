"""Knows which periods have values, and which of them are to be counted anew since something in them changed."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

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
        return [
            point.code
            for point in self.points
            if (point.opened_on is None or point.opened_on <= period.last_on)
            and (
                point.state == AccessPoint.State.ACTIVE
                if point.closed_on is None
                else point.closed_on >= period.first_on
            )
        ]

    def state(self, period: Period) -> str:
        """A text that differs from an earlier one if anything changed in the period meanwhile: versions only grow."""
        changes = sum(self.versions.get(month.code, 0) for month in period.split(Grain.MONTH))
        return f"{changes} {self._mark_of_points(period)}"

    def _mark_of_points(self, period: Period) -> str:
        expected = "\n".join(self.expected(period))
        if expected not in self._marks:
            self._marks[expected] = hashlib.sha256(expected.encode()).hexdigest()[:12]
        return self._marks[expected]

    @cached_property
    def _marks(self) -> dict[str, str]:
        return {}


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
