"""Draws the tickets taken at centres on a day, and lets each centre's queue decide who waited how long and who left."""

import numpy as np

from mirylo.simulation import country as land
from mirylo.simulation import office_time
from mirylo.simulation.catalogue import Floats, Integers
from mirylo.simulation.columns import Columns, Flags
from mirylo.simulation.country import Country, generator
from mirylo.simulation.office_time import DAY, MISSING, OfficeTime

MOMENTS = ("booked_at", "issued_at", "called_at", "held_at", "served_at", "left_at")
"""Moments of a ticket; one that is held is called before and served after."""

PER_CASE = 1.25
"""Tickets to a case applied for at a counter: results are collected and questions asked too."""
BOOKED, HELD, TESTS, PHANTOMS = 0.18, 0.02, 0.002, 0.006
SERVICE, SPREAD = 540.0, 0.6
"""Usual seconds at the counter, and how they vary."""
PATIENCE, SHORTEST = 3600.0, 300
"""Mean seconds after which a waiting person leaves, and the seconds that everybody waits."""
LUNCH_FROM, LUNCH_TO, AT_LUNCH = 12.5 * 3600, 14 * 3600, 0.6
"""At lunch only this part of the counters is open."""
A_COUNTER_SERVES = 37
"""Tickets that one well used counter serves on an ordinary day."""
NEVER_BUSY = 10 * DAY


def draw_tickets(country: Country, time: OfficeTime, day: int, per_day: float) -> Columns:
    """Tickets of a day (days since 1970) where an ordinary working day brings so many in the whole country."""
    numbers = generator(country.seed, land.TICKETS, day)
    is_working = bool(time.is_working[day - time.first])
    is_open = office_time.open_centres(country.timetables, day, is_working)
    weights = country.weights * is_open
    count = int(numbers.poisson(per_day * office_time.busyness(day) * weights.sum() / country.weights.sum()))
    chance, noise = numbers.random((7, count)), numbers.standard_normal(count)
    sums = np.cumsum(weights)
    place = np.searchsorted(sums, chance[0] * sums[-1], side="right") if count else np.zeros(0, dtype=np.int64)
    tables = office_time.timetables_on(country.timetables[place], day, is_working)
    second = office_time.draw_seconds(tables, chance[1])
    order = np.lexsort((np.arange(count), second, place))
    place, second, chance, noise = place[order], second[order], chance[:, order], noise[order]
    issued = day * DAY + second
    tickets = {
        "index": np.arange(count),
        "place": place,
        "issued_at": issued,
        "is_test": chance[5] < TESTS,
        "is_voided": chance[6] < PHANTOMS,
    }
    is_booked = chance[2] < BOOKED
    served = np.maximum(30, SERVICE * np.exp(SPREAD * noise)).astype(np.int64)
    patience = SHORTEST + (-PATIENCE * np.log1p(-chance[3])).astype(np.int64)
    tickets |= _queue(issued, counters_of(country, place, per_day, issued), place, served, patience, is_booked)
    days_ahead = 1 + (chance[3] * 9).astype(np.int64)
    tickets["booked_at"] = np.where(is_booked, (day - days_ahead) * DAY + office_time.OPENS + second // 2, MISSING)
    is_held = (tickets["called_at"] != MISSING) & (chance[4] < HELD)
    tickets["held_at"] = np.where(is_held, tickets["called_at"] + 20, MISSING)
    return _leave_out_silent(country, tickets, day)


def counters_of(country: Country, place: Integers, per_day: float, issued: Integers) -> Floats:
    """Counters open at each ticket's centre when it is taken: enough for its usual day, fewer at lunch."""
    needed = country.weights / country.weights.sum() * per_day / A_COUNTER_SERVES * country.staffing
    counters = np.maximum(1, np.round(needed))[place]
    seconds = issued % DAY
    is_lunch = (seconds >= LUNCH_FROM) & (seconds < LUNCH_TO)
    return np.asarray(np.maximum(1.0, counters * np.where(is_lunch, AT_LUNCH, 1.0)))


def _queue(
    issued: Integers, counters: Floats, place: Integers, served: Integers, patience: Integers, is_booked: Flags
) -> Columns:
    """When each ticket was called and served, or its holder left; tickets stand by centre and time.

    Each centre is taken as one counter as quick as all of its counters together. Who would wait longer than his
    patience leaves and takes nobody's time; the queue is then worked through once more without him.
    """
    work = np.where(is_booked, 0.0, served / counters)
    first = _waits(issued, place, work)
    # Where nobody left, the queue would be longer than anybody sees it: half of that is what drives people away.
    has_left = ~is_booked & (first / 2 > patience)
    waits = _waits(issued, place, np.where(has_left, 0.0, work)).astype(np.int64)
    called = issued + np.where(is_booked, np.minimum(waits, 240) + 15, waits + 5)
    return {
        "called_at": np.where(has_left, MISSING, called),
        "served_at": np.where(has_left, MISSING, called + served + 20),
        "left_at": np.where(has_left, issued + patience, MISSING),
    }


def _waits(issued: Integers, place: Integers, work: Floats) -> Floats:
    """Seconds until the work that came before each ticket, at its centre, is done (Lindley's recursion, all at once).

    >>> import numpy as np
    >>> _waits(np.array([0, 10, 300]), np.array([0, 0, 0]), np.array([60.0, 60.0, 60.0]))
    array([ 0., 50.,  0.])
    """
    if not len(issued):
        return np.zeros(0)
    # Between centres so much time passes that nobody waits there for another centre's queue.
    gaps = np.diff(issued + place * NEVER_BUSY)
    walk = np.concatenate([[0.0], np.cumsum(work[:-1] - gaps)])
    waits: Floats = walk - np.minimum.accumulate(walk)
    return waits


def _leave_out_silent(country: Country, tickets: Columns, day: int) -> Columns:
    """Without the tickets of centres whose system sends nothing on the day."""
    first, last = country.silences(land.year_of(day))
    stays = ~((first <= day) & (day <= last))[tickets["place"]]
    return {name: column[stays] for name, column in tickets.items()}


def forget_from(tickets: Columns, moment: int) -> Columns:
    """The tickets as they were known before a moment on the wall."""
    known = {
        name: np.where(column >= moment, MISSING, column) if name in MOMENTS else column
        for name, column in tickets.items()
    }
    return {name: column[known["issued_at"] != MISSING] for name, column in known.items()}
