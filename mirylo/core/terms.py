"""Works out the last day by which a case must be decided: its term, extensions, and the days the clock stood still."""

import calendar as months_of_year
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from mirylo.core.calendars import Calendar, TermUnit, TermUnitError

LONGEST = {
    TermUnit.MINUTES: 36_525 * 24 * 60,
    TermUnit.HOURS: 36_525 * 24,
    TermUnit.WORKING_DAYS: 36_525,
    TermUnit.CALENDAR_DAYS: 36_525,
    TermUnit.MONTHS: 1_200,
}
"""A hundred years: a longer term is a slip of the pen, and would run out of the calendar."""


class InvalidTermError(ValueError):
    """A term that is not a whole amount of a known unit, from 0 to a hundred years."""


class NaiveMomentError(ValueError):
    """A moment without its time zone, which could mean several moments."""


@dataclass(frozen=True, order=True)
class Term:
    """A statutory time: an amount and its unit."""

    amount: int
    unit: TermUnit

    def __post_init__(self) -> None:
        """Refuse amounts that no law can mean."""
        if not 0 <= self.amount <= LONGEST[self.unit]:
            raise InvalidTermError(f"a term of {self.amount} {self.unit}: write 0 to {LONGEST[self.unit]}")

    @classmethod
    def parse(cls, text: str) -> "Term":
        """Read "30 calendar_days"; InvalidTermError says what was expected.

        >>> Term.parse("1 months")
        Term(amount=1, unit=<TermUnit.MONTHS: 'months'>)
        >>> Term.parse("30 days")
        Traceback (most recent call last):
        mirylo.core.terms.InvalidTermError: '30 days' is no term: write an amount and one of minutes, hours, \
working_days, calendar_days, months
        """
        amount, _, unit = text.strip().partition(" ")
        if not (amount.isascii() and amount.isdigit()) or unit.strip() not in list(TermUnit):
            raise InvalidTermError(f"{text!r} is no term: write an amount and one of {', '.join(TermUnit)}")
        return cls(int(amount), TermUnit(unit.strip()))

    def __str__(self) -> str:
        """The term as `parse` reads it."""
        return f"{self.amount} {self.unit}"


@dataclass(frozen=True)
class Due:
    """The last day of a term, none while the clock stands still, and the counting days that stopped clocks took out."""

    due_on: date | None
    stopped_days: int = 0


def add_months(day: date, months: int) -> date:
    """The same day number so many months later, else that month's last day (Civil Code, art. 254, part 3).

    >>> add_months(date(2026, 1, 31), 1)
    datetime.date(2026, 2, 28)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, months_of_year.monthrange(year, month + 1)[1]))


def due_on(
    received_on: date,
    term: Term,
    calendar: Calendar,
    extended_by: int = 0,
    pauses: Iterable[tuple[date, date | None]] = (),
) -> Due:
    """The last day of a term in days or months, on local dates.

    The day of receipt is day zero. An extension adds in the term's unit. A pause from a to b takes out the counting
    days d with a < d <= b, if it begins while the term has not run out; pauses may overlap and repeat, and come in any
    order. While a pause is open there is no due date. A last day that is a day off, or suspended, gives way to the
    next working day. Months become the calendar days up to the same day number. The legal basis is art. 253 and 254
    of the Civil Code. TermUnitError for minutes and hours, which `due_at` counts.

    A term of one working day, received on a Saturday, ends on Monday:

    >>> due_on(date(2026, 8, 1), Term.parse("1 working_days"), Calendar.ukraine()).due_on
    datetime.date(2026, 8, 3)

    Ten calendar days, with the clock stopped from the 5th to the 12th, take seven days more:

    >>> due_on(date(2026, 8, 3), Term.parse("10 calendar_days"), Calendar.ukraine(),
    ...        pauses=[(date(2026, 8, 5), date(2026, 8, 12))])
    Due(due_on=datetime.date(2026, 8, 20), stopped_days=7)
    """
    amount = _days_of(term, received_on, extended_by)
    stopped, stopped_up_to = 0, received_on
    for begins_on, ends_on in sorted(pauses, key=_order):
        begins_on = max(begins_on, stopped_up_to)
        if ends_on is not None and ends_on <= begins_on:
            continue
        if calendar.counting_days(term.unit, received_on, begins_on) - stopped >= amount:
            break
        if ends_on is None:
            return Due(None, stopped)
        stopped += calendar.counting_days(term.unit, begins_on, ends_on)
        stopped_up_to = ends_on
    last = calendar.nth_counting_day(term.unit, received_on, amount + stopped)
    return Due(None if last is None else calendar.last_day_of_term(last), stopped)


def due_at(
    received_at: datetime,
    term: Term,
    extended_by: int = 0,
    pauses: Iterable[tuple[datetime, datetime | None]] = (),
) -> datetime | None:
    """The moment, in UTC, at which a term in minutes or hours ends; none while the clock stands still.

    Wall time runs day and night, and no calendar or suspension touches it. A pause that begins before the term runs
    out moves the end by its length. NaiveMomentError for a moment without a time zone, TermUnitError for days.

    Two hours, an hour of them waiting for the applicant:

    >>> noon = datetime(2026, 8, 3, 12, tzinfo=UTC)
    >>> hour = timedelta(hours=1)
    >>> due_at(noon, Term.parse("2 hours"), pauses=[(noon + hour, noon + 2 * hour)]).isoformat()
    '2026-08-03T15:00:00+00:00'
    """
    if not term.unit.is_wall_time:
        raise TermUnitError(f"a term in {term.unit} ends with a day, not at a moment")
    stopped_up_to = _in_utc(received_at)
    ends_at = stopped_up_to + _span_of(term, extended_by)
    spans = [(_in_utc(begin), None if end is None else _in_utc(end)) for begin, end in pauses]
    for begin, end in sorted(spans, key=_order):
        begin = max(begin, stopped_up_to)
        if end is not None and end <= begin:
            continue
        if begin >= ends_at:
            break
        if end is None:
            return None
        ends_at += end - begin
        stopped_up_to = end
    return ends_at


def _order(span: tuple[date, date | None]) -> tuple[date, bool, date | None]:
    """Earlier pauses first; of two that begin together the open one last."""
    return span[0], span[1] is None, span[1]


def _days_of(term: Term, received_on: date, extended_by: int) -> int:
    """The term with its extensions, in counting days; months turn into the days that they span from receipt."""
    amount = _extend(term, extended_by)
    if term.unit is TermUnit.MONTHS:
        return (add_months(received_on, amount) - received_on).days
    return amount


def _span_of(term: Term, extended_by: int) -> timedelta:
    """The term with its extensions, as wall time."""
    amount = _extend(term, extended_by)
    return timedelta(minutes=amount) if term.unit is TermUnit.MINUTES else timedelta(hours=amount)


def _extend(term: Term, extended_by: int) -> int:
    """The amount with its extensions; an extension never shortens a term."""
    if extended_by < 0:
        raise InvalidTermError(f"an extension by {extended_by} {term.unit}: write 0 or more")
    return term.amount + extended_by


def _in_utc(moment: datetime) -> datetime:
    """The moment in UTC: Python subtracts local times as if clocks were never put forward."""
    if moment.utcoffset() is None:
        raise NaiveMomentError(f"{moment.isoformat()} has no time zone")
    return moment.astimezone(UTC)
