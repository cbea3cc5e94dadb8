"""Turns the record of a case or ticket into a row of facts: dates, due date, verdict, durations and flaws.

This is the definition; `engines.folding` says the same in sets for millions of cases, and generated tests hold the two
together. Nothing here depends on the present day.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from mirylo.core.calendars import TermUnit
from mirylo.core.rules import Compare, Finish, Rules, ServiceRule
from mirylo.core.terms import LONGEST, Term, due_at, due_on
from mirylo.core.timelines import MARKS, UNITS, Record

ONLINE_BY_CHANNEL = {
    **dict.fromkeys(("online", "portal", "diia", "email"), True),
    **dict.fromkeys(("office", "centre", "phone", "post"), False),
}
"""Whether a channel is online, where the source does not say `is_online` itself; of any other it is not known."""

DATED = (
    "forwarded",
    "accepted",
    "decided",
    "result_received",
    "notified",
    "issued",
    "uncollected",
    "withdrawn",
    "declined",
    "returned",
    "appeal_lodged",
    "appeal_decided",
)
"""Moments of a case that are kept in facts as local dates."""

FINISHES: Mapping[Finish, tuple[str, ...]] = {
    Finish.READY: ("result_received_at", "notified_at", "issued_at", "uncollected_at"),
    Finish.NOTIFIED: ("notified_at", "issued_at"),
    Finish.ISSUED: ("issued_at",),
}
"""By the rule of a service, the moments of which the first one finishes it: a result handed over was ready before."""

Row = dict[str, object]


def seconds_between(start_at: datetime | None, end_at: datetime | None) -> Decimal | None:
    """Seconds from one moment to another to the millisecond, half up; none where one is missing or they run backwards.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 10, 5, 12, tzinfo=UTC)
    >>> seconds_between(noon, noon + timedelta(milliseconds=1500)), seconds_between(noon, noon - timedelta(1))
    (Decimal('1.500'), None)
    """
    if start_at is None or end_at is None or end_at < start_at:
        return None
    microseconds = (end_at - start_at) // timedelta(microseconds=1)
    return Decimal((microseconds + 500) // 1000).scaleb(-3)


def counted_from(start_at: datetime | None, end_at: datetime | None, zone: ZoneInfo) -> datetime | None:
    """The moment from which to count up to an end: an end at midnight is a date without a time, and ends its day.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 10, 5, 12, tzinfo=UTC)
    >>> counted_from(noon, datetime(2026, 10, 5, tzinfo=UTC), ZoneInfo("UTC")).isoformat()
    '2026-10-05T00:00:00+00:00'
    """
    if start_at is None or end_at is None or end_at.astimezone(zone).time() != time():
        return start_at
    return datetime.combine(start_at.astimezone(zone).date(), time(), zone).astimezone(UTC)


def first_of(moments: Iterable[datetime | None]) -> datetime | None:
    """The earliest of the moments that are known."""
    return min((moment for moment in moments if moment is not None), default=None)


def moment_said(record: Record, name: str) -> datetime | None:
    """A moment as the source states it, else as the events give it."""
    said = record.said.get(name)
    return said if isinstance(said, datetime) else record.at.get(name)


def facts_of_case(record: Record, rules: Rules) -> Row:
    """The fact row of a case (columns of the table `cases`)."""
    zone = ZoneInfo(rules.timezone)
    service = record.said.get("service")
    rule = rules.of(service if isinstance(service, str) else None)
    registered_at = moment_said(record, "registered_at")
    ready_at = moment_said(record, "ready_at") or first_of(record.at.get(name) for name in FINISHES[rule.finish])
    decided_at = record.at.get("decided_at")
    from_at = {end_at: counted_from(registered_at, end_at, zone) for end_at in (ready_at, decided_at)}
    row = identity(record) | {"is_consultation": record.said.get("is_consultation", False)}
    row |= {f"{name}_on": local_date(record.at.get(f"{name}_at"), zone) for name in DATED}
    row |= {
        "registered_at": registered_at,
        "registered_on": local_date(registered_at, zone),
        "ready_at": ready_at,
        "ready_on": local_date(ready_at, zone),
        "decision": record.said.get("decision"),
        "appeal_outcome": record.said.get("appeal_outcome"),
        "late_by_source": record.said.get("late_by_source"),
        "extensions": record.extensions,
        "throughput_seconds": seconds_between(from_at[ready_at], ready_at),
        "decision_seconds": seconds_between(from_at[decided_at], decided_at),
        **owners_of_time(record, registered_at, zone),
    }
    row["closed_on"] = closed_on(row)
    row["forwarding_working_days"] = working_days(row["registered_on"], row["forwarded_on"], rules)
    row |= verdict(record, rules, rule, registered_at, ready_at)
    row["flaws"] = flaws_of_case(record, from_at[ready_at], ready_at, from_at[decided_at])
    return row


def identity(record: Record) -> Row:
    """The columns that cases and tickets share."""
    row: Row = {"source": record.source, "number": record.number}
    row |= {name: record.said.get(name) for name in UNITS}
    row |= {name: record.said.get(name, False) for name in MARKS if name != "is_consultation"}
    row["is_online"] = record.said.get("is_online", ONLINE_BY_CHANNEL.get(str(record.said.get("channel"))))
    row["events"] = record.events
    if not record.is_ticket:
        row["span_seconds"] = seconds_between(record.first_at, record.last_at)
    return row


def local_date(moment: datetime | None, zone: ZoneInfo) -> date | None:
    """The date on the wall at a moment."""
    return None if moment is None else moment.astimezone(zone).date()


def owners_of_time(record: Record, registered_at: datetime | None, zone: ZoneInfo) -> Row:
    """Time at the centre and at the provider apart, since a delay has an owner; none until all of it is known."""
    at = record.at
    forwarded_at, received_at, notified_at = (
        at.get(f"{name}_at") for name in ("forwarded", "result_received", "notified")
    )
    forwarding = seconds_between(counted_from(registered_at, forwarded_at, zone), forwarded_at)
    telling = seconds_between(counted_from(received_at, notified_at, zone), notified_at)
    taken_at = at.get("accepted_at") or forwarded_at
    return {
        "centre_seconds": None if forwarding is None or telling is None else forwarding + telling,
        "provider_seconds": seconds_between(counted_from(taken_at, received_at, zone), received_at),
    }


def closed_on(row: Row) -> date | None:
    """The day on which a case ended in any way: finished, withdrawn, declined, or closed without a decision."""
    ends = [row["ready_on"], row["withdrawn_on"], row["declined_on"]]
    if row["decision"] == "closed":
        ends.append(row["decided_on"])
    return min((end for end in ends if isinstance(end, date)), default=None)


def working_days(first_on: object, last_on: object, rules: Rules) -> int | None:
    """Working days after one date up to another; none where one is missing or they run backwards."""
    if not isinstance(first_on, date) or not isinstance(last_on, date) or last_on < first_on:
        return None
    return rules.unsuspended.counting_days(TermUnit.WORKING_DAYS, first_on, last_on)


def verdict(
    record: Record, rules: Rules, rule: ServiceRule, registered_at: datetime | None, ready_at: datetime | None
) -> Row:
    """When a case is due and whether it was finished by then.

    A due date that the source states stands. Otherwise the term of the case or its service runs from registration (or
    from the last correction, where a deficiency restarts it). Terms in days compare local dates; terms in minutes and
    hours, and due dates of sources that say so, compare moments (Law on Administrative Procedure, art. 33; counting
    rules).
    """
    zone = ZoneInfo(rules.timezone)
    due = record.said.get("due_at")
    due = due if isinstance(due, datetime) else None
    last_on, stopped_days, is_stopped = local_date(due, zone), None, False
    by_moments = rules.compare is Compare.MOMENTS and due is not None
    term = term_of(record, rule)
    start_at = record.at.get("term_from_at", registered_at)
    if due is None and term is not None and start_at is not None:
        if term.unit.is_wall_time:
            by_moments = True
            due = due_at(start_at, term, record.extended_by, [(pause.from_at, pause.to_at) for pause in record.pauses])
            last_on, is_stopped = local_date(due, zone), due is None
        else:
            start_on = start_at.astimezone(zone).date()
            pauses = [(p.from_at.astimezone(zone).date(), local_date(p.to_at, zone)) for p in record.pauses]
            found = due_on(start_on, term, rules.calendar_of(rule), record.extended_by, pauses)
            last_on, stopped_days, is_stopped = found.due_on, found.stopped_days, found.due_on is None
    if last_on is not None and not by_moments:
        due = datetime.combine(last_on + timedelta(days=1), time(), zone)
    ready_on = local_date(ready_at, zone)
    if ready_at is None or ready_on is None or due is None or last_on is None:
        is_on_time = None
    else:
        is_on_time = ready_at <= due if by_moments else ready_on <= last_on
    return {
        "due_at": due,
        "due_on": last_on,
        "is_on_time": is_on_time,
        "is_clock_stopped": is_stopped,
        "stopped_days": stopped_days,
    }


def term_of(record: Record, rule: ServiceRule) -> Term | None:
    """The term that a case brings itself, else its service's. A term that no law can mean is a flaw, and no term."""
    own = own_term(record)
    if own is None:
        return rule.term
    return Term(*own) if is_possible(*own) else None


def own_term(record: Record) -> tuple[int, TermUnit] | None:
    """Amount and unit of the term that a case brings itself, both or none."""
    amount, unit = record.said.get("term_amount"), record.said.get("term_unit")
    if isinstance(amount, int) and isinstance(unit, str) and unit in list(TermUnit):
        return amount, TermUnit(unit)
    return None


def is_possible(amount: int, unit: TermUnit) -> bool:
    """Whether a law could mean a term of that length."""
    return 0 <= amount <= LONGEST[unit]


def flaws_of_case(
    record: Record, registered_at: datetime | None, ready_at: datetime | None, decided_from_at: datetime | None
) -> str | None:
    """Codes of what is wrong with a case; it is kept, named, and left out of the durations that make no sense.

    `registered_at` and `decided_from_at` are the moments from which to count up to the finish and to the decision.
    """
    flaws = set(record.flaws)
    decided_at, own = record.at.get("decided_at"), own_term(record)
    if own is not None and not is_possible(*own):
        flaws.add("impossible_term")
    if registered_at is None:
        flaws.add("not_registered")
    elif ready_at is not None and ready_at < registered_at:
        flaws.add("closed_before_registered")
    if decided_from_at is not None and decided_at is not None and decided_at < decided_from_at:
        flaws.add("decided_before_registered")
    return " ".join(sorted(flaws)) or None


def facts_of_ticket(record: Record, rules: Rules) -> Row:
    """The fact row of a ticket (columns of the table `tickets`). Waiting ends with the call or with leaving."""
    zone = ZoneInfo(rules.timezone)
    at, said = record.at, record.said
    issued_at, called_at = at.get("issued_at"), at.get("called_at")
    served_at, left_at = at.get("served_at"), at.get("left_at")
    came_at = issued_at.astimezone(zone) if issued_at is not None else None
    row = identity(record) | {
        "is_booked": said.get("is_booked"),
        "issued_at": issued_at,
        "issued_on": came_at.date() if came_at is not None else None,
        "issued_hour": came_at.hour if came_at is not None else None,
        "called_at": called_at,
        "ended_at": first_of((served_at, left_at)),
        "outcome": said.get("outcome") or ("served" if served_at else "left" if left_at else None),
    }
    row["left_on"] = (local_date(left_at, zone) or row["issued_on"]) if row["outcome"] == "left" else None
    flaws = set(record.flaws)
    spans = {
        "waiting_seconds": (issued_at, called_at or left_at, "called_before_issued"),
        "service_seconds": (called_at, served_at, "served_before_called"),
    }
    for name, (start_at, end_at, flaw) in spans.items():
        stated = said.get(name)
        if isinstance(stated, Decimal):
            row[name] = stated if stated >= 0 else None
            flaws |= {"negative_time"} if stated < 0 else set()
        else:
            row[name] = seconds_between(start_at, end_at)
            flaws |= {flaw} if start_at is not None and end_at is not None and end_at < start_at else set()
    if issued_at is None:
        flaws.add("not_issued")
    row["flaws"] = " ".join(sorted(flaws)) or None
    return row
