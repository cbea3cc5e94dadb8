"""Judges the drawn cases and writes them as rows of facts, far quicker than their events can be folded.

Its rules are those of the engine, for what happens in the synthetic country: one stopped clock and one extension at
most, no suspended terms. A test folds the events of the same cases and finds the same rows.
"""

import numpy as np
import pyarrow as pa

from mirylo.engines.tables import CASES
from mirylo.simulation import columns as arrow
from mirylo.simulation.cases import APPLICANTS, CHANNELS, DECISIONS, DIIA, LEFT, MOMENTS, OUTCOMES, PAUSED
from mirylo.simulation.catalogue import Integers
from mirylo.simulation.columns import Columns, Flags, days_of
from mirylo.simulation.country import Country
from mirylo.simulation.office_time import DAY, MISSING, OfficeTime

DATED = tuple(
    name for name in MOMENTS if name not in ("registered_at", "stopped_at", "resumed_at", "extended_at", "voided_at")
)
UNITS = ("minutes", "hours", "working_days", "calendar_days", "months")
SECONDS_IN = np.array([60, 3600, 0, 0, 0])


def case_facts(country: Country, time: OfficeTime, cases: Columns) -> pa.Table:
    """The rows of the fact table `cases`."""
    registered = cases["registered_at"]
    ready = arrow.earliest(
        *(cases[name] for name in ("result_received_at", "notified_at", "issued_at", "uncollected_at"))
    )
    returned = np.where((cases["stop"] > 0) & (cases["stop"] != PAUSED), cases["stopped_at"], MISSING)
    closed = np.where(cases["decision"] == DECISIONS.index("closed"), cases["decided_at"], MISSING)
    ends = arrow.earliest(*map(days_of, (ready, cases["withdrawn_at"], cases["declined_at"], closed)))
    columns = who_and_what(country, cases) | {f"{name[:-3]}_on": arrow.dates_of(cases[name]) for name in DATED}
    columns |= verdict(country, time, cases, ready) | durations(time, cases, ready)
    columns |= {
        "registered_at": arrow.moments(time, registered),
        "registered_on": arrow.dates_of(registered),
        "ready_at": arrow.moments(time, ready),
        "ready_on": arrow.dates_of(ready),
        "returned_on": arrow.dates_of(returned),
        "closed_on": arrow.dates(ends),
        "extensions": arrow.counts(cases["extended_at"] != MISSING),
        "events": arrow.counts(count_events(cases)),
    }
    return arrow.fact_table(CASES, columns, len(registered))


def who_and_what(country: Country, cases: Columns) -> dict[str, pa.Array]:
    """Number, units, marks, and what was decided."""
    services = country.catalogue.services
    return {
        "number": arrow.numbers_of(cases["registered_at"], cases["index"]),
        **arrow.units(country, cases["place"], cases["channel"] == DIIA),
        "provider": arrow.texts((code for code, _ in country.providers), cases["provider"]),
        "service": arrow.texts((entry.code for entry in services), cases["service"]),
        "channel": arrow.texts(CHANNELS, cases["channel"]),
        "applicant_kind": arrow.texts(APPLICANTS, cases["is_business"].astype(np.int64)),
        "is_online": pa.array(cases["is_online"]),
        "is_test": pa.array(cases["is_test"]),
        "is_voided": pa.array(cases["voided_at"] != MISSING),
        "is_consultation": pa.array(cases["is_consultation"]),
        "decision": arrow.texts(DECISIONS, cases["decision"], cases["decided_at"] == MISSING),
        "appeal_outcome": arrow.texts(OUTCOMES, cases["appeal_outcome"], cases["appeal_decided_at"] == MISSING),
    }


def count_events(cases: Columns) -> Integers:
    """How many events tell of each case; leaving it without motion, and the end of that, are told by two each."""
    known = np.sum([cases[name] != MISSING for name in MOMENTS], axis=0)
    told_twice = np.sum([cases[name] != MISSING for name in ("stopped_at", "resumed_at")], axis=0)
    counted: Integers = known + np.where(cases["stop"] == LEFT, told_twice, 0)
    return counted


def durations(time: OfficeTime, cases: Columns, ready: Integers) -> dict[str, pa.Array]:
    """Times from step to step."""
    registered, forwarded, received = cases["registered_at"], cases["forwarded_at"], cases["result_received_at"]
    notified, accepted = cases["notified_at"], cases["accepted_at"]
    last = np.max([cases[name] for name in MOMENTS], axis=0)
    known = (forwarded != MISSING) & (received != MISSING) & (notified != MISSING)
    at_centre = time.in_utc(forwarded) - time.in_utc(registered) + time.in_utc(notified) - time.in_utc(received)
    worked = time.worked_by(forwarded // DAY) - time.worked_by(registered // DAY)
    return {
        "throughput_seconds": arrow.between(time, registered, ready),
        "decision_seconds": arrow.between(time, registered, cases["decided_at"]),
        "centre_seconds": arrow.seconds(at_centre, ~known),
        "provider_seconds": arrow.between(time, np.where(accepted == MISSING, forwarded, accepted), received),
        "forwarding_working_days": arrow.counts(np.where(forwarded == MISSING, 0, worked), forwarded == MISSING),
        "span_seconds": arrow.between(time, registered, last),
    }


def verdict(country: Country, time: OfficeTime, cases: Columns, ready: Integers) -> dict[str, pa.Array]:
    """Due dates, by dates for terms in days and by moments for minutes and hours, and whether they were met."""
    units = np.array([UNITS.index(entry.unit) for entry in country.catalogue.services])[cases["service"]]
    amounts = np.array([entry.amount for entry in country.catalogue.services])[cases["service"]]
    amounts = amounts + np.where(cases["extended_at"] != MISSING, cases["amount"], 0)
    has_term, by_moments = ~cases["is_consultation"], units < UNITS.index("working_days")
    due_day, taken, day_stands = due_days(time, cases, units, amounts)
    due_moment, moment_stands = due_moments(time, cases, amounts * SECONDS_IN[units])
    stands = has_term & np.where(by_moments, moment_stands, day_stands)
    has_due = has_term & ~stands
    # The last day ends at the next midnight, when the clock on the wall is still ahead as it was at that day's noon.
    midnight = due_day * DAY + DAY - time.offset(due_day * DAY)
    due_at = np.where(by_moments, due_moment, midnight)
    due_day = np.where(by_moments, time.on_wall(due_moment) // DAY, due_day)
    on_time = np.where(by_moments, time.in_utc(ready) <= due_moment, days_of(ready) <= due_day)
    return {
        "due_at": pa.array(due_at * 1_000_000, mask=~has_due).cast(pa.timestamp("us", tz="UTC")),
        "due_on": arrow.dates(np.where(has_due, due_day, MISSING)),
        "is_on_time": pa.array(on_time, mask=~has_due | (ready == MISSING)),
        "is_clock_stopped": pa.array(stands),
        "stopped_days": arrow.counts(taken, ~has_term | by_moments),
    }


def due_days(time: OfficeTime, cases: Columns, units: Integers, amounts: Integers) -> tuple[Integers, Integers, Flags]:
    """For terms in days: the last day, how many counting days a stopped clock took out, and whether it stands."""
    start, stop, resume = (cases[name] // DAY for name in ("registered_at", "stopped_at", "resumed_at"))
    in_months = units == UNITS.index("months")
    amounts = np.where(in_months, add_months(start, np.where(in_months, amounts, 0)) - start, amounts)
    in_working_days = units == UNITS.index("working_days")

    def counted(days: Integers) -> Integers:
        return np.where(in_working_days, time.worked_by(days), days)

    matters = (cases["stopped_at"] != MISSING) & (counted(stop) - counted(start) < amounts)
    is_open = cases["resumed_at"] == MISSING
    taken = np.where(matters & ~is_open, counted(resume) - counted(stop), 0)
    place = counted(start) + amounts + taken
    last = np.where(in_working_days, time.nth_working(place), time.next_working(place))
    return last, taken, matters & is_open


def due_moments(time: OfficeTime, cases: Columns, spans: Integers) -> tuple[Integers, Flags]:
    """For terms in minutes and hours: the last moment in UTC, and whether the clock stands."""
    start, stop, resume = (time.in_utc(cases[name]) for name in ("registered_at", "stopped_at", "resumed_at"))
    matters = (cases["stopped_at"] != MISSING) & (stop - start < spans)
    is_open = cases["resumed_at"] == MISSING
    return start + spans + np.where(matters & ~is_open, resume - stop, 0), matters & is_open


def add_months(days: Integers, months: Integers) -> Integers:
    """The same day number so many months later, else that month's last day.

    >>> import numpy as np
    >>> january = np.array(["2026-01-31"], dtype="datetime64[D]").astype(np.int64)
    >>> add_months(january, np.array([1])).astype("datetime64[D]")
    array(['2026-02-28'], dtype='datetime64[D]')
    """
    begun = days.astype("datetime64[D]").astype("datetime64[M]")
    number = days - begun.astype("datetime64[D]").astype(np.int64)
    wanted = begun + months.astype("timedelta64[M]")
    first = wanted.astype("datetime64[D]").astype(np.int64)
    last = (wanted + np.timedelta64(1, "M")).astype("datetime64[D]").astype(np.int64) - 1
    return np.asarray(np.minimum(first + number, last))
