"""Counts time as offices live it: working days of nine hours, and moments on the wall between them.

All arrays of moments are whole seconds since 1970 by the clock on the wall in Kyiv; `MISSING` is no moment.
"""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from mirylo.core.calendars import Calendar
from mirylo.simulation.catalogue import Floats, Integers
from mirylo.simulation.country import EPOCH

MISSING = np.iinfo(np.int64).min
DAY = 86_400
OPENS, OPEN_FOR = 9 * 3600, 9 * 3600
LONGEST = 900
"""No step of a case lies more working days than this after its registration."""

KYIV = ZoneInfo("Europe/Kyiv")


class OfficeTime:
    """Working days and time zone over a span of days. Positions are office days since the morning of a given day.

    They are counted from the day asked about and not from the first of the span, so that a day gives the same numbers,
    to the last bit, in whatever span it stands.
    """

    def __init__(self, first_on: date, last_on: date) -> None:
        """Look up every day of the span, as long after it as a case may live, and the days of bookings before it."""
        first_on -= timedelta(days=31)
        rows = Calendar.ukraine().table(first_on, last_on + timedelta(days=2 * LONGEST))
        working = np.array([row.is_working for row in rows])
        self.first = first_on.toordinal() - EPOCH
        self.is_working = working
        self.worked_before: Integers = np.concatenate([[0], np.cumsum(working)[:-1]])
        self.working_days: Integers = np.flatnonzero(working) + self.first
        noons = [datetime.combine(row.day, time(12), KYIV).utcoffset() or timedelta(0) for row in rows]
        self.offsets: Integers = np.array([noon.total_seconds() for noon in noons], dtype=np.int64)

    def position(self, day: int, second: Integers) -> Floats:
        """Office days from the morning of a day to its seconds; before opening and at weekends, the next opening."""
        if not self.is_working[day - self.first]:
            return np.zeros(len(second))
        return np.clip((second - OPENS) / OPEN_FOR, 0.0, 1.0)

    def moment(self, day: int, position: Floats) -> Integers:
        """The moment on the wall of a position counted from the morning of a day."""
        position = np.minimum(position, LONGEST)
        whole = position.astype(np.int64)
        days = self.working_days[self.worked_before[day - self.first] + whole]
        moments: Integers = days * DAY + OPENS + ((position - whole) * OPEN_FOR).astype(np.int64)
        return moments

    def worked_by(self, days: Integers) -> Integers:
        """How many working days of the table there are up to and with each day."""
        counted: Integers = self.worked_before[np.clip(days - self.first, -1, len(self.worked_before) - 2) + 1]
        return counted

    def nth_working(self, count: Integers) -> Integers:
        """The day that is the table's n-th working day."""
        days: Integers = self.working_days[np.clip(count - 1, 0, len(self.working_days) - 1)]
        return days

    def next_working(self, days: Integers) -> Integers:
        """The day itself if it is a working day, else the first working day after it."""
        return self.nth_working(self.worked_by(days - 1) + 1)

    def in_utc(self, moments: Integers) -> Integers:
        """Seconds since 1970 in UTC; moments of the night in which clocks change do not occur."""
        return moments - self.offset(moments)

    def on_wall(self, moments: Integers) -> Integers:
        """Seconds since 1970 on the wall of seconds since 1970 in UTC, by night too."""
        # Clocks in Kyiv change at 1:00 UTC, so an hour earlier the date is the one by whose noon they already go.
        return moments + self.offset(moments - 3600)

    def offset(self, moments: Integers) -> Integers:
        """Seconds by which the wall's clock is ahead of UTC at noon of each moment's day; 0 for a missing moment."""
        known = moments != MISSING
        days = np.where(known, moments // DAY - self.first, 0)
        offsets: Integers = np.where(known, self.offsets[np.clip(days, 0, len(self.offsets) - 1)], 0)
        return offsets


@lru_cache(maxsize=4)
def look_up(first_on: date, last_on: date) -> OfficeTime:
    """The table of a span, kept: a country is generated in many pieces of one span."""
    return OfficeTime(first_on, last_on)


# --- When people come ------------------------------------------------------------------------------------------------

MONTHS = (1.12, 1.02, 1.02, 0.99, 0.94, 0.92, 0.80, 0.83, 1.18, 1.10, 1.05, 0.96)
"""How busy each month is: the rush of January and September, the quiet of summer."""
WEEKDAYS = (1.14, 1.08, 1.0, 0.96, 0.84, 0.9, 0.0)
"""How busy each weekday is at a centre that is open."""
ONLINE_AT_WEEKENDS = 0.4
SATURDAY_TABLE, ONLINE_TABLE = 4, 5

HALF_HOURS = {
    0: "8:1 2 3 4 5 5 4 4 3 3 4 4 4 3 3 2 2 1 1 1",
    2: "8:1 2 3 4 5 5 4 4 3 2 0 0 6 5 4 3 2 2 1 1",
    3: "10:3 4 5 5 4 3 3 2 2 1",
    4: "9:3 5 6 6 5 4 3 2 1 1",
    5: "6:1 1 2 2 3 4 5 6 6 6 5 5 4 4 4 4 4 4 4 4 4 4 4 5 5 5 5 4 4 3 3 2 2 1 1",
}
"""By timetable, the half hour at which people begin to come, and how many come in each half hour from then on."""


def arrival_curves() -> Floats:
    """For each timetable the share of the day's people who came before each half hour: six rows, 49 columns."""
    curves = np.zeros((6, 49))
    for table in range(6):
        begins, _, counts = HALF_HOURS.get(table, HALF_HOURS[0]).partition(":")
        halves = np.array([float(count) for count in counts.split()])
        start = 2 * int(begins)
        curves[table, start + 1 : start + 1 + len(halves)] = halves
    return np.asarray(np.cumsum(curves, axis=1) / curves.sum(axis=1, keepdims=True))


CURVES = arrival_curves()


def timetables_on(timetables: Integers, day: int, is_working: bool) -> Integers:
    """The timetables that hold on a day: a centre open on Saturdays has shorter hours then."""
    is_short = not is_working or (day + 3) % 7 > 4
    return np.where((timetables == 1) & is_short, SATURDAY_TABLE, timetables)


def draw_seconds(tables: Integers, chance: Floats) -> Integers:
    """Seconds of the day at which people come, by their timetables, from even chances in [0, 1)."""
    # Each timetable's curve is lifted by its number, so that one search serves all of them.
    flat = (CURVES + np.arange(len(CURVES))[:, None]).ravel()
    lifted = tables + np.minimum(chance, 1 - 1e-9)
    place = np.searchsorted(flat, lifted, side="right") - 1
    within = (lifted - flat[place]) / (flat[place + 1] - flat[place])
    return np.minimum(((place % 49 + within) * 1800).astype(np.int64), DAY - 1)


def open_centres(timetables: Integers, day: int, is_working: bool) -> npt.NDArray[np.bool_]:
    """Which centres receive people on a day (days since 1970)."""
    weekday = (day + 3) % 7
    if is_working and weekday < 5:
        return np.asarray((timetables != 3) | (weekday in (1, 3)))
    return np.asarray((timetables == 1) & ((weekday == 5) | is_working))


def busyness(day: int) -> float:
    """How busy a day is as a part of an ordinary working day, were all centres open."""
    return MONTHS[date.fromordinal(day + EPOCH).month - 1] * WEEKDAYS[(day + 3) % 7]
