"""Reads the newest events and says each in words: what happened, where, for which service, how long it took to come."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
from django.db.models import Max, QuerySet

from mirylo.core.faults import N_
from mirylo.display.language import current, say
from mirylo.domain.cases.models import Case
from mirylo.domain.intake.models import Event
from mirylo.domain.registers.models import AccessPoint, Service, Territory
from mirylo.engines.records import EVENT_TYPES_SAID
from mirylo.web.portal.words import name_territory, shorten
from mirylo.web.ui.moments import write_duration

WINDOW = 100_000
"""Events among which one page of a filtered feed is looked for: without an index on types, a rare one would cost a walk
through all of them."""

CLOCKS_DIFFER = timedelta(minutes=5)
"""So much may a system's clock be ahead of ours before its events are said to have come from the future."""

SAID_BY_CONTENT: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "decision.made": (
        "decision",
        {
            "granted": N_("the decision is made: granted"),
            "refused": N_("the decision is made: refused"),
            "closed": N_("the case is closed without a decision"),
        },
    ),
    "appeal.decided": (
        "appeal_outcome",
        {"upheld": N_("the appeal was upheld"), "dismissed": N_("the appeal was dismissed")},
    ),
    "centre.interrupted": (
        "reason",
        {
            "air_raid": N_("work was interrupted: air raid alert"),
            "power": N_("work was interrupted: no power"),
            "network": N_("work was interrupted: no network"),
            "register_down": N_("work was interrupted: a register does not answer"),
            "other": N_("work was interrupted"),
        },
    ),
}
"""Types whose words depend on what else the event says."""
PLAIN = {
    "decision.made": N_("the decision is made"),
    "term.extended": N_("the term was extended"),
    "appeal.decided": N_("the appeal was decided"),
    "centre.interrupted": N_("work was interrupted"),
    "centre.restored": N_("work goes on again"),
    "other": N_("something else happened to the case"),
}
"""Types whose words of the reference need filling in, or are not for a reader of the feed."""


@dataclass(frozen=True)
class Happening:
    """An event as it stands in the feed."""

    id: int
    said: str
    number: str
    centre: str
    centre_name: str
    hromada: str
    """The applicant's community, told where there is no access point: the case came through a portal."""
    hromada_name: str
    service: str
    service_name: str
    happened_at: datetime
    received_at: datetime
    delay: str
    """How long it took to come, in words."""
    source: str


@dataclass(frozen=True)
class Stretch:
    """A page of the feed, the newest first; `further` is where the next one begins, if there is more."""

    happenings: Sequence[Happening]
    newest: int
    further: int | None
    looked_at: int


def read_stretch(
    *, before: int | None = None, system: int | None = None, type_: str = "", after: int | None = None, size: int = 40
) -> Stretch:
    """Events by order of arrival, back from `before`, or back from the newest to `after`."""
    newest = Event.objects.aggregate(newest=Max("pk"))["newest"] or 0
    top = min(newest + 1, before) if before is not None else newest + 1
    floor = max(top - WINDOW, after + 1 if after is not None else 1)
    events = _chosen(Event.objects.filter(pk__lt=top, pk__gte=floor), system, type_)
    found = list(events.select_related("source", "batch").order_by("-pk")[: size + 1])
    further = None
    if len(found) > size:
        found.pop()
        further = found[-1].pk
    elif floor > 1 and after is None:
        further = floor
    # Within a batch events are numbered by their ids, which says nothing to a reader: the last to happen comes first.
    found.sort(key=lambda event: (event.batch_id, event.happened_at, event.pk), reverse=True)
    return Stretch(say_happenings(found), newest, further, top - floor)


def _chosen(events: QuerySet[Event], system: int | None, type_: str) -> QuerySet[Event]:
    if system is not None:
        events = events.filter(source__system=system)
    return events.filter(type=type_) if type_ else events


def say_happenings(events: Sequence[Event]) -> list[Happening]:
    """The events in words; what an event does not say of its case is known from the case."""
    cases = _cases_of(events)
    contents = {event.pk: _read(event.content) for event in events}
    known = {event.pk: _known(contents[event.pk], cases.get((event.source_id, event.number))) for event in events}
    codes = {one["centre"] for one in known.values()}
    centres = dict(AccessPoint.objects.filter(code__in=codes).values_list("code", "name"))
    territories = Territory.objects.filter(code__in={one["hromada"] for one in known.values()})
    hromadas = {territory.code: name_territory(territory) for territory in territories}
    services = names_of_services(one["service"] for one in known.values())
    return [
        Happening(
            id=event.pk,
            said=say_event(event.type, contents[event.pk]),
            number=event.number,
            centre=known[event.pk]["centre"],
            centre_name=shorten(centres.get(known[event.pk]["centre"], "")),
            hromada=known[event.pk]["hromada"],
            hromada_name=hromadas.get(known[event.pk]["hromada"], ""),
            service=known[event.pk]["service"],
            service_name=services.get(known[event.pk]["service"], ""),
            happened_at=event.happened_at,
            received_at=event.batch.received_at,
            delay=_say_delay(event),
            source=event.source.name,
        )
        for event in events
    ]


def names_of_services(codes: Iterable[str]) -> dict[str, str]:
    """Names of services in the reader's language; in English only where the register has one."""
    services = Service.objects.filter(code__in=set(codes)).values_list("code", "uk", "en")
    return {code: en if current() == "en" and en else uk for code, uk, en in services}


def say_event(type_: str, content: Mapping[str, object]) -> str:
    """What happened, in the reader's language."""
    if type_ in SAID_BY_CONTENT:
        field, words = SAID_BY_CONTENT[type_]
        if (word := words.get(str(content.get(field)))) is not None:
            return say(word)
    return say_type(type_)


def say_type(type_: str) -> str:
    """A type of event by itself."""
    if type_ in PLAIN:
        return say(PLAIN[type_])
    en, uk = EVENT_TYPES_SAID.get(type_, (type_, type_))
    return uk if current() == "uk" else en


def _read(text: str) -> dict[str, str]:
    """What stands in a text of JSON: of an event beside its columns, or of a case."""
    return dict(msgspec.json.decode(text)) if text else {}


def _known(content: Mapping[str, str], case: Case | None) -> dict[str, str]:
    """Where and which service, from the event or else from its case."""
    facts = _read(case.facts) if case else {}
    return {name: content.get(name) or facts.get(name) or "" for name in ("centre", "hromada", "service")}


def _cases_of(events: Sequence[Event]) -> dict[tuple[int, str], Case]:
    sources, numbers = {event.source_id for event in events}, {event.number for event in events if event.number}
    cases = Case.objects.filter(source__in=sources, number__in=numbers)
    return {(case.source_id, case.number): case for case in cases}


def _say_delay(event: Event) -> str:
    delay = event.batch.received_at - event.happened_at
    if delay < -CLOCKS_DIFFER:
        return say("before it happened")
    return say("at once") if delay < timedelta(seconds=1) else say("after {span}", span=write_duration(delay))
