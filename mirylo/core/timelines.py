"""Folds the events of a case, or of a ticket, into one record: what happened when, and when the clock stood.

The fold is pure and does not care in which order events arrive, nor how often: what counts is the order in which they
happened (moment, rank of type, source, id), and an event sent twice is one event.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from mirylo.core.rules import Deficiency, Rules

EVENT_TYPES: tuple[str, ...] = (
    "visit.booked",
    "visit.cancelled",
    "ticket.issued",
    "ticket.called",
    "ticket.held",
    "ticket.served",
    "ticket.left",
    "application.registered",
    "application.declined",
    "application.left_without_motion",
    "application.corrected",
    "application.returned",
    "application.forwarded",
    "application.accepted",
    "clock.paused",
    "clock.resumed",
    "term.extended",
    "decision.made",
    "result.received",
    "applicant.notified",
    "result.issued",
    "result.uncollected",
    "case.withdrawn",
    "case.voided",
    "appeal.lodged",
    "appeal.decided",
    "other",
)
"""Types in the order that events of one moment are taken in: the natural course of a case."""

RANK: Mapping[str, int] = {name: rank for rank, name in enumerate(EVENT_TYPES)}

FIRST_MOMENTS: Mapping[str, str] = {
    "application.registered": "registered_at",
    "application.declined": "declined_at",
    "application.forwarded": "forwarded_at",
    "application.accepted": "accepted_at",
    "decision.made": "decided_at",
    "result.received": "result_received_at",
    "applicant.notified": "notified_at",
    "result.issued": "issued_at",
    "result.uncollected": "uncollected_at",
    "case.withdrawn": "withdrawn_at",
    "appeal.lodged": "appeal_lodged_at",
    "appeal.decided": "appeal_decided_at",
    "ticket.issued": "issued_at",
    "ticket.called": "called_at",
    "ticket.served": "served_at",
    "ticket.left": "left_at",
}
"""Event type to the moment of the record that its first event gives; both kinds of return give `returned_at`."""

RETURNS = ("application.left_without_motion", "application.returned")
UNITS = (
    "oblast",
    "raion",
    "hromada",
    "centre",
    "provider",
    "service",
    "channel",
    "access_point_kind",
    "applicant_kind",
)
STATED = ("is_online", "registered_at", "ready_at", "due_at", "late_by_source")
"""What a source says about a whole case or ticket; like units, the latest word counts and a contradiction is a flaw."""
LATEST = (*UNITS, *STATED, "term_amount", "term_unit", "decision", "appeal_outcome")
MARKS = ("is_test", "is_voided", "is_consultation")
"""One event that says so is enough."""


@dataclass(frozen=True)
class Event:
    """Something that happened to a case or a ticket. `attributes` holds what else the source said, empty ones left out.

    An event without an id is told from others by all that it says.
    """

    source: str
    number: str
    type: str
    happened_at: datetime
    id: str | None = None
    corrects: str | None = None
    attributes: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_of_ticket(self) -> bool:
        """Tickets and visits are folded apart from cases, under numbers of their own."""
        return self.type.startswith(("ticket.", "visit."))

    def content(self) -> tuple[object, ...]:
        """All that the event says, in an order that sorts: moment, rank, then every field, empty ones first."""
        fields = (self.number, self.corrects, *(self.attributes.get(name) for name in CONTENT))
        return (self.happened_at, RANK[self.type], *((value is not None, value) for value in fields))

    def identity(self) -> tuple[object, ...]:
        """The key under which a repetition is recognised."""
        return (self.source, self.id) if self.id is not None else (self.source, None, self.content())


CONTENT = (*LATEST, *MARKS, "amount", "activity")
"""Attributes that take part in the content of an event; times of sending and receipt do not."""


@dataclass(frozen=True)
class Pause:
    """A span in which the clock stands: from a moment to a moment, or still."""

    from_at: datetime
    to_at: datetime | None


@dataclass(frozen=True)
class Record:
    """A case or a ticket after the fold: its moments by name, what the source said, and the spans the clock stood."""

    source: str
    number: str
    is_ticket: bool
    at: Mapping[str, datetime]
    said: Mapping[str, object]
    pauses: tuple[Pause, ...] = ()
    extended_by: int = 0
    extensions: int = 0
    events: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    flaws: frozenset[str] = frozenset()


def fold(events: Iterable[Event], rules: Rules) -> Iterator[Record]:
    """Fold events of any cases and tickets, in any order, into one record each, sorted by (source, number, kind).

    >>> from datetime import UTC, datetime
    >>> from mirylo.core.calendars import Calendar
    >>> at = datetime(2026, 10, 5, 9, tzinfo=UTC)
    >>> registered = Event("vulyk", "7", "application.registered", at, id="1")
    >>> mended = Event("vulyk", "7", "application.registered", at.replace(hour=8), id="2", corrects="1")
    >>> [record] = fold([mended, registered, registered], Rules(Calendar.ukraine()))
    >>> record.events, record.at["registered_at"].hour
    (1, 8)
    """
    kept, conflicting = without_repeats(events)
    corrected = {(event.source, event.corrects) for event in kept if event.corrects is not None}
    standing = [event for event in kept if (event.source, event.id) not in corrected]

    def belongs(event: Event) -> tuple[str, str, bool]:
        return (event.source, event.number, event.is_of_ticket)

    for key, group in groupby(sorted(standing, key=belongs), key=belongs):
        course = sorted(group, key=lambda event: (event.happened_at, RANK[event.type], event.id or "", event.content()))
        yield fold_one(*key, course, rules, any(event.identity() in conflicting for event in course))


def without_repeats(events: Iterable[Event]) -> tuple[list[Event], set[tuple[object, ...]]]:
    """Each event once, and the identities under which different contents came.

    Of different contents under one id the first in order of content is kept: the order of arrival must not matter.
    """
    kept: dict[tuple[object, ...], Event] = {}
    conflicting = set()
    for event in events:
        key = event.identity()
        other = kept.setdefault(key, event)
        if other.content() != event.content():
            conflicting.add(key)
            kept[key] = min(other, event, key=Event.content)
    return list(kept.values()), conflicting


def fold_one(
    source: str, number: str, is_ticket: bool, course: list[Event], rules: Rules, is_conflicting: bool
) -> Record:
    """Fold the events of one case or ticket, already in their order."""
    at: dict[str, datetime] = {}
    said: dict[str, object] = {}
    flaws = {"conflicting_repetition"} if is_conflicting else set()
    for event in course:
        moment = "returned_at" if event.type in RETURNS else FIRST_MOMENTS.get(event.type)
        if moment is not None:
            at.setdefault(moment, event.happened_at)
        flaws |= take_word(event, said)
    service = said.get("service")
    deficiency = rules.of(service if isinstance(service, str) else None).deficiency
    if deficiency is Deficiency.RESTARTS:
        corrections = [event.happened_at for event in course if event.type == "application.corrected"]
        at.update({"term_from_at": corrections[-1]} if corrections else {})
    extensions = [event for event in course if event.type == "term.extended"]
    amounts = [event.attributes.get("amount") for event in extensions]
    return Record(
        source,
        number,
        is_ticket,
        at,
        said,
        pauses=() if is_ticket else tuple(pauses_of(course, deficiency)),
        extended_by=sum(amount for amount in amounts if isinstance(amount, int) and amount > 0),
        extensions=len(extensions),
        events=len(course),
        first_at=course[0].happened_at,
        last_at=course[-1].happened_at,
        flaws=frozenset(flaws),
    )


def take_word(event: Event, said: dict[str, object]) -> set[str]:
    """Take what an event says into what was said so far; the flaws that come with it."""
    flaws: set[str] = set()
    for name, value in event.attributes.items():
        if name in MARKS:
            said[name] = bool(said.get(name)) or bool(value)
        elif name == "flaws":
            flaws.update(str(value).split())
        elif name in LATEST:
            if name in UNITS + STATED and said.get(name, value) != value:
                flaws.add("conflicting_attributes")
            said[name] = value
    if event.type == "case.voided":
        said["is_voided"] = True
    if event.type == "visit.booked":
        said["is_booked"] = True
    return flaws


def clock_changes(deficiency: Deficiency) -> Mapping[str, bool]:
    """Event types that move the clock: true stops it, false lets it run again."""
    changes = {"clock.paused": True, "clock.resumed": False}
    if deficiency is Deficiency.STOPS:
        changes |= {**dict.fromkeys(RETURNS, True), "application.corrected": False}
    return changes


def pauses_of(course: Iterable[Event], deficiency: Deficiency) -> Iterator[Pause]:
    """Spans in which the clock stood. A second pause while it stands, or a resume while it runs, changes nothing."""
    changes = clock_changes(deficiency)
    since: datetime | None = None
    for event in course:
        stops = changes.get(event.type)
        if stops is True and since is None:
            since = event.happened_at
        elif stops is False and since is not None:
            yield Pause(since, event.happened_at)
            since = None
    if since is not None:
        yield Pause(since, None)
