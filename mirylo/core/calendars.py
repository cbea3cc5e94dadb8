"""Says which days are working days and which days count towards the term of a case.

A calendar is a rule for ordinary days, with days moved by the government laid over it, and with the dated spells in
which all terms were suspended. It keeps a table for every year that it was asked about, so that asking again is cheap.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple, Protocol

import holidays
from holidays.countries.ukraine import Ukraine

DAY = timedelta(days=1)
SATURDAY = 5


class TermUnit(StrEnum):
    """The units of a term. Minutes and hours are wall time; the others are counted in days of a calendar."""

    MINUTES = "minutes"
    HOURS = "hours"
    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"
    MONTHS = "months"

    @property
    def is_wall_time(self) -> bool:
        """Whether the term ends at a moment (minutes, hours) and not with the end of a day."""
        return self in (TermUnit.MINUTES, TermUnit.HOURS)


class TermUnitError(ValueError):
    """A term in minutes or hours was asked about days, or a term in days about moments."""


class ContradictoryDayError(ValueError):
    """A day was named both as an extra working and as an extra non-working day."""


class WorkingRule(Protocol):
    """Which days are working days where nobody has moved them. A rule is frozen and can be compared."""

    def is_working(self, day: date) -> bool:
        """Whether the rule makes this day a working day."""
        ...


@dataclass(frozen=True)
class FiveDayWeek:
    """Monday to Friday, but for the holidays given."""

    holidays: frozenset[date] = frozenset()

    def is_working(self, day: date) -> bool:
        """Whether the day is one of Monday to Friday and no holiday."""
        return day.weekday() < SATURDAY and day not in self.holidays


@dataclass(frozen=True)
class MartialLaw:
    """A spell of martial law. Public holidays are working days in part of it; `ends_on` is empty while it lasts.

    Law 2136-IX of 15 March 2022, art. 6, suspended public holidays three weeks after martial law began: 8 March 2022
    was still a day off.
    """

    begins_on: date
    holidays_work_from: date
    ends_on: date | None = None

    def makes_holidays_work(self, day: date) -> bool:
        """Whether a public holiday on this day is a working day."""
        return self.holidays_work_from <= day and (self.ends_on is None or day <= self.ends_on)


MARTIAL_LAW = (MartialLaw(begins_on=date(2022, 2, 24), holidays_work_from=date(2022, 3, 15)),)


@lru_cache(maxsize=1)
def _ukrainian_days() -> holidays.HolidayBase:
    """The package's table of public holidays and transferred days, made once: it grows year by year as it is asked."""
    return Ukraine()  # type: ignore[no-untyped-call]


@dataclass(frozen=True)
class UkrainianWeek:
    """The five-day week of Ukraine: public holidays and transferred days as by law, martial law laid over them."""

    martial_law: tuple[MartialLaw, ...] = MARTIAL_LAW

    def is_working(self, day: date) -> bool:
        """Whether the day is a working day by law."""
        if any(spell.makes_holidays_work(day) for spell in self.martial_law):
            return day.weekday() < SATURDAY
        # `day in holidays` would call a working Saturday a day off: transferred days are known to is_working_day only.
        return _ukrainian_days().is_working_day(day)


@dataclass(frozen=True, order=True)
class Suspension:
    """A dated spell, both ends in it, in which no day counts towards any term; `last_on` is empty while it lasts.

    Resolution 165 of 28 February 2022 is the example: which services it covered is a matter of the service, so each
    set of suspensions makes a calendar of its own.
    """

    first_on: date
    last_on: date | None = None
    why: str = ""

    def covers(self, day: date) -> bool:
        """Whether the day lies in the spell."""
        return self.first_on <= day and (self.last_on is None or day <= self.last_on)


class CalendarDay(NamedTuple):
    """A row of the calendar as a table, for engines that count in bulk."""

    day: date
    is_working: bool
    is_suspended: bool


class _CountedYear(NamedTuple):
    """The counting days of one year, and how many there are up to and with each day of the year."""

    counting: list[date]
    up_to: list[int]


@dataclass(frozen=True)
class Calendar:
    """A rule for ordinary days, days moved by the government, and suspensions of terms."""

    working: WorkingRule
    extra_working: frozenset[date] = frozenset()
    extra_non_working: frozenset[date] = frozenset()
    suspensions: tuple[Suspension, ...] = ()
    _years: dict[tuple[int, bool], _CountedYear] = field(default_factory=dict, init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Refuse a day that is said to be both."""
        if both := self.extra_working & self.extra_non_working:
            raise ContradictoryDayError(f"both extra working and extra non-working: {min(both)}")

    @classmethod
    def ukraine(
        cls,
        extra_working: Iterable[date] = (),
        extra_non_working: Iterable[date] = (),
        suspensions: Iterable[Suspension] = (),
        martial_law: tuple[MartialLaw, ...] = MARTIAL_LAW,
    ) -> "Calendar":
        """The calendar of Ukraine: Labour Code, art. 67 and 73, transfers by the government, Law 2136-IX, art. 6.

        >>> from datetime import date
        >>> calendar = Calendar.ukraine()
        >>> calendar.is_working(date(2021, 8, 24)), calendar.is_working(date(2023, 8, 24))
        (False, True)
        >>> calendar.is_working(date(2021, 8, 28))  # a Saturday, worked for Monday the 23rd
        True
        """
        return cls(
            UkrainianWeek(martial_law), frozenset(extra_working), frozenset(extra_non_working), tuple(suspensions)
        )

    @classmethod
    def week(cls, holidays: Iterable[date] = ()) -> "Calendar":
        """A plain five-day week with the holidays given."""
        return cls(FiveDayWeek(frozenset(holidays)))

    def is_working(self, day: date) -> bool:
        """Whether this is a working day. A day moved by hand beats the rule; suspensions change nothing here."""
        if day in self.extra_working:
            return True
        return day not in self.extra_non_working and self.working.is_working(day)

    def is_suspended(self, day: date) -> bool:
        """Whether terms stand still on this day."""
        return any(suspension.covers(day) for suspension in self.suspensions)

    def next_working(self, day: date) -> date:
        """The day itself if it is a working day, else the first working day after it.

        >>> Calendar.week().next_working(date(2026, 8, 1))
        datetime.date(2026, 8, 3)
        """
        while not self.is_working(day):
            day += DAY
        return day

    def counts(self, day: date, unit: TermUnit) -> bool:
        """Whether the day counts towards a term in that unit: a working day, or any day; a suspended day never.

        Months count as calendar days. Minutes and hours are not counted in days: TermUnitError.
        """
        working = _counts_working_days(unit)
        return (not working or self.is_working(day)) and not self.is_suspended(day)

    def counting_days(self, unit: TermUnit, first_on: date, last_on: date) -> int:
        """How many counting days d there are with first_on < d <= last_on; none if last_on is not the later day.

        The day of receipt is day zero (Civil Code, art. 253), which is why the first day is left out.

        >>> Calendar.week().counting_days(TermUnit.WORKING_DAYS, date(2026, 7, 31), date(2026, 8, 4))
        2
        """
        working = _counts_working_days(unit)
        if last_on <= first_on:
            return 0
        if not working and not self.suspensions:
            return (last_on - first_on).days
        between = sum(len(self._year(year, working).counting) for year in range(first_on.year, last_on.year))
        return between + self._up_to(last_on, working) - self._up_to(first_on, working)

    def nth_counting_day(self, unit: TermUnit, after: date, n: int) -> date | None:
        """The n-th counting day after a day, the day itself for 0; none where a suspension without an end comes first.

        >>> Calendar.week().nth_counting_day(TermUnit.WORKING_DAYS, date(2026, 8, 1), 1)  # a Saturday is not rolled
        datetime.date(2026, 8, 3)
        """
        working = _counts_working_days(unit)
        if n <= 0:
            return after
        if not working and not self.suspensions:
            return after + n * DAY
        year, place = after.year, self._up_to(after, working) + n
        while place > len(counting := self._year(year, working).counting):
            if self._stands_from is not None and year >= self._stands_from.year:
                return None
            year, place = year + 1, place - len(counting)
        return counting[place - 1]

    def last_day_of_term(self, day: date) -> date | None:
        """The day on which a term really ends: the day itself, or the next that is working and not suspended.

        A term whose last day is a day off ends with the next working day (Civil Code, art. 254, part 5). None where a
        suspension without an end comes first.
        """
        while self.is_suspended(day) or not self.is_working(day):
            if self._stands_from is not None and day >= self._stands_from:
                return None
            day += DAY
        return day

    def table(self, first_on: date, last_on: date) -> list[CalendarDay]:
        """The calendar as rows, one a day, both ends in it, so that an engine can load it as a table.

        >>> [tuple(row) for row in Calendar.week().table(date(2026, 8, 1), date(2026, 8, 1))]
        [(datetime.date(2026, 8, 1), False, False)]
        """
        return [
            CalendarDay(day, self.is_working(day), self.is_suspended(day)) for day in _days_between(first_on, last_on)
        ]

    @property
    def _stands_from(self) -> date | None:
        """First day of the earliest suspension that has no end."""
        return min((spell.first_on for spell in self.suspensions if spell.last_on is None), default=None)

    def _up_to(self, day: date, working: bool) -> int:
        """How many days of the day's year count, up to and with the day."""
        return self._year(day.year, working).up_to[day.timetuple().tm_yday - 1]

    def _year(self, year: int, working: bool) -> _CountedYear:
        """The year's table, made when first asked for."""
        known = self._years.get((year, working))
        if known is None:
            known = self._years[year, working] = self._count_year(year, working)
        return known

    def _count_year(self, year: int, working: bool) -> _CountedYear:
        counting: list[date] = []
        up_to: list[int] = []
        for day in _days_between(date(year, 1, 1), date(year, 12, 31)):
            if (not working or self.is_working(day)) and not self.is_suspended(day):
                counting.append(day)
            up_to.append(len(counting))
        return _CountedYear(counting, up_to)


def _counts_working_days(unit: TermUnit) -> bool:
    """Whether only working days count in that unit."""
    if unit.is_wall_time:
        raise TermUnitError(f"a term in {unit} is not counted in days")
    return unit is TermUnit.WORKING_DAYS


def _days_between(first_on: date, last_on: date) -> Iterator[date]:
    """Every day from the first to the last."""
    for ordinal in range(first_on.toordinal(), last_on.toordinal() + 1):
        yield date.fromordinal(ordinal)
