"""Names the months, quarters, half-years and years for which figures are published, and says when each is closed.

A period's code is what everybody reads and sorts by: 2014-05, 2014Q2, 2014H1, 2014. `whole` is all time that is known,
for somebody who first wants one figure for all the data at hand.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, timedelta
from enum import StrEnum
from functools import total_ordering


class Grain(StrEnum):
    """How long a period is."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half-year"
    YEAR = "year"
    WHOLE = "whole"
    """All time, from year 1 to 9999: one single period, into which every other falls."""

    @property
    def months(self) -> int:
        """How many months the period has.

        >>> [grain.months for grain in Grain]
        [1, 3, 6, 12, 120000]
        """
        return _MONTHS[self]


_MONTHS = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.HALF_YEAR: 6, Grain.YEAR: 12, Grain.WHOLE: 120_000}

_SHAPES = {
    Grain.MONTH: re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])"),
    Grain.QUARTER: re.compile(r"([0-9]{4})Q([1-4])"),
    Grain.HALF_YEAR: re.compile(r"([0-9]{4})H([12])"),
    Grain.YEAR: re.compile(r"([0-9]{4})()"),
}

_FOREIGN = (
    (re.compile(r"([0-9]{4})[-. /]?[qQ]([1-4])"), "{}Q{}"),
    (re.compile(r"([0-9]{4})[-. /]?[hHsS]([12])"), "{}H{}"),
    (re.compile(r"([0-9]{4})[-./]?(0[1-9]|1[0-2])"), "{}-{}"),
)
"""How others write a period (SDMX 2014-Q3, DHIS2 201405 and 2014S2), and how it is written here."""


class InvalidPeriodError(ValueError):
    """A text that names no period, or a period before year 1 or after year 9999."""


class GrainError(ValueError):
    """A period cannot be split into longer ones."""


@total_ordering
@dataclass(frozen=True)
class Period:
    """A month, quarter, half-year or year. `ordinal` counts periods of that grain since year 0.

    Periods sort by their first day, a shorter one before the longer that begins with it.
    """

    grain: Grain
    ordinal: int

    def __post_init__(self) -> None:
        """Refuse what no date can lie in."""
        if self.grain is Grain.WHOLE and self.ordinal == 0:
            return
        if not MINYEAR * 12 <= self._first_month < (MAXYEAR + 1) * 12:
            raise InvalidPeriodError(f"a {self.grain} in the year {self._first_month // 12}")

    @classmethod
    def parse(cls, text: str) -> "Period":
        """The period that a code names; InvalidPeriodError offers the right code for other ways of writing it.

        >>> Period.parse("2014H2")
        Period(grain=<Grain.HALF_YEAR: 'half-year'>, ordinal=4029)
        >>> Period.parse("2014S2")
        Traceback (most recent call last):
        mirylo.core.periods.InvalidPeriodError: '2014S2' is no period: write 2014H2
        """
        if text == Grain.WHOLE:
            return cls(Grain.WHOLE, 0)
        for grain, shape in _SHAPES.items():
            if found := shape.fullmatch(text):
                year, place = int(found[1]), int(found[2] or 1)
                return cls(grain, year * (12 // grain.months) + place - 1)
        for shape, ours in _FOREIGN:
            if found := shape.fullmatch(text.strip()):
                raise InvalidPeriodError(f"{text!r} is no period: write {ours.format(*found.groups())}")
        raise InvalidPeriodError(f"{text!r} is no period: write one like 2014-05, 2014Q2, 2014H1 or 2014")

    @classmethod
    def containing(cls, day: date, grain: Grain) -> "Period":
        """The period of that grain in which a day lies.

        >>> Period.containing(date(2014, 5, 31), Grain.QUARTER).code
        '2014Q2'
        """
        return cls(grain, (day.year * 12 + day.month - 1) // grain.months)

    @property
    def code(self) -> str:
        """The period's name: 2014-05, 2014Q2, 2014H1, 2014 or whole."""
        if self.grain is Grain.WHOLE:
            return Grain.WHOLE.value
        year, place = divmod(self.ordinal, 12 // self.grain.months)
        match self.grain:
            case Grain.MONTH:
                return f"{year:04}-{place + 1:02}"
            case Grain.QUARTER:
                return f"{year:04}Q{place + 1}"
            case Grain.HALF_YEAR:
                return f"{year:04}H{place + 1}"
            case _:
                return f"{year:04}"

    def __str__(self) -> str:
        """The code."""
        return self.code

    @property
    def first_on(self) -> date:
        """The first day."""
        if self.grain is Grain.WHOLE:
            return date.min
        return date(self._first_month // 12, self._first_month % 12 + 1, 1)

    @property
    def last_on(self) -> date:
        """The last day.

        >>> Period.parse("2024-02").last_on
        datetime.date(2024, 2, 29)
        """
        if self.grain is Grain.WHOLE:
            return date.max
        year, month = divmod(self._first_month + self.grain.months - 1, 12)
        return date(year, month + 1, monthrange(year, month + 1)[1])

    def next(self) -> "Period":
        """The period of the same grain that follows."""
        return Period(self.grain, self.ordinal + 1)

    def previous(self) -> "Period":
        """The period of the same grain before this one."""
        return Period(self.grain, self.ordinal - 1)

    def year_before(self) -> "Period":
        """The same period a year earlier, to compare seasons with seasons.

        >>> Period.parse("2014Q1").year_before().code
        '2013Q1'
        """
        return Period(self.grain, self.ordinal - 12 // self.grain.months)

    def split(self, grain: Grain) -> tuple["Period", ...]:
        """The periods of a shorter grain that make up this one, in order; GrainError for a longer grain.

        >>> [period.code for period in Period.parse("2014H2").split(Grain.QUARTER)]
        ['2014Q3', '2014Q4']
        """
        if grain.months > self.grain.months:
            raise GrainError(f"a {self.grain} cannot be split into periods of a {grain}")
        first = self._first_month // grain.months
        return tuple(Period(grain, first + n) for n in range(self.grain.months // grain.months))

    def closes_on(self, window_days: int) -> date:
        """The last day on which data still enters the period's first edition: so many days after its last day."""
        if self.grain is Grain.WHOLE:
            return date.max
        return self.last_on + timedelta(days=window_days)

    def is_closed(self, as_of: date, window_days: int) -> bool:
        """Whether the window is over. The as-of day itself is not over, so the closing day is still open.

        >>> may = Period.parse("2014-05")
        >>> may.is_closed(date(2014, 6, 10), window_days=10), may.is_closed(date(2014, 6, 11), window_days=10)
        (False, True)
        """
        return as_of > self.closes_on(window_days)

    def __lt__(self, other: object) -> bool:
        """Whether the period comes first."""
        if not isinstance(other, Period):
            return NotImplemented
        return (self._first_month, self.grain.months) < (other._first_month, other.grain.months)

    @property
    def _first_month(self) -> int:
        """Months from January of year 0 to the period's first month."""
        return self.ordinal * self.grain.months


def periods_between(first_on: date, last_on: date, grain: Grain) -> tuple[Period, ...]:
    """The periods in which any day from the first to the last lies, in order; none if the last comes before the first.

    >>> [str(period) for period in periods_between(date(2014, 5, 31), date(2014, 7, 1), Grain.MONTH)]
    ['2014-05', '2014-06', '2014-07']
    """
    if last_on < first_on:
        return ()
    first, last = Period.containing(first_on, grain), Period.containing(last_on, grain)
    return tuple(Period(grain, ordinal) for ordinal in range(first.ordinal, last.ordinal + 1))
