"""Shows a connected system what became of its cases, and of itself: what its key may do and when it was heard last."""

from datetime import date, datetime
from typing import Any

import msgspec
from django.db.models import Q, Sum
from django.http import HttpRequest
from django.utils import timezone
from ninja import Path, Query, Router, Schema

from mirylo.core.faults import N_
from mirylo.display.language import say
from mirylo.domain.cases.halves import find_halves
from mirylo.domain.cases.models import Case
from mirylo.domain.intake.interruptions import list_interruptions
from mirylo.domain.intake.models import Batch, ConnectedSystem, Event
from mirylo.web.api.keys import Key
from mirylo.web.api.problems import Problem, not_found

router = Router(tags=["cases"])


class EventSaid(Schema):
    """An event of a case: when it happened, was sent and was received, and what it says beside."""

    source: str
    id: str
    type: str
    happened_at: datetime
    sent_at: datetime | None
    received_at: datetime
    corrects: str | None
    content: dict[str, Any]


class CaseSaid(Schema):
    """A case or ticket as it was folded last; `flaws` are codes of what is wrong with it, `facts` the whole row."""

    source: str
    number: str
    kind: str
    state: str
    due_on: date | None
    flaws: list[str]
    facts: dict[str, Any]


class CasePage(Schema):
    """What is known under a number: cases and tickets, and their events in the order in which they happened."""

    cases: list[CaseSaid]
    events: list[EventSaid]


@router.get(
    "/cases/{path:number}",
    auth=Key(),
    response={200: CasePage, 401: Problem, 404: Problem, 422: Problem},
    operation_id="read_case",
    summary="A case of yours",
)
def read_case(request: HttpRequest, number: str = Path(..., max_length=200)) -> CasePage:
    """What your system sent under a number, and what was folded from it. A fold follows within seconds.

    A provider's system sees the case that its events were joined to, under the source of the system that registered it.
    """
    system: ConnectedSystem = request.auth  # type: ignore[attr-defined]
    number = number.replace("\x00", "")
    events = Event.objects.filter(source__system=system, number=number).select_related("source", "batch")
    cases = Case.objects.filter(_cases_of(system, number)).select_related("source")
    page = CasePage(
        cases=[_say_case(case) for case in cases.order_by("source__name", "kind")],
        events=[_say_event(event) for event in events.order_by("happened_at", "pk")[:1000]],
    )
    if not page.events:
        detail = N_("Check the number; events that were not accepted are under /api/v1/events/rejected.")
        raise not_found(say(N_("case {number} among those that your system sent"), number=number), detail)
    return page


def _cases_of(system: ConnectedSystem, number: str) -> Q:
    """The cases of that number which a system sent, or which its half belongs to."""
    own = Q(source__system=system, number=number)
    if system.kind != ConnectedSystem.Kind.PROVIDER:
        return own
    homes = find_halves([(source.pk, number) for source in system.sources.all()]).homes.values()
    return own | Q(source__in=[source for source, _ in homes], number=number)


def _say_case(case: Case) -> CaseSaid:
    return CaseSaid(
        source=case.source.name,
        number=case.number,
        kind=case.kind,
        state=case.state,
        due_on=case.due_on,
        flaws=case.flaws.split(),
        facts=msgspec.json.decode(case.facts),
    )


def _say_event(event: Event) -> EventSaid:
    return EventSaid(
        source=event.source.name,
        id=event.event_id,
        type=event.type,
        happened_at=event.happened_at,
        sent_at=event.sent_at,
        received_at=event.batch.received_at,
        corrects=event.corrects,
        content=msgspec.json.decode(event.content),
    )


class SystemSaid(Schema):
    """A connected system: what its key may do, when it was heard last, and what it sent today."""

    name: str
    kind: str
    sources: list[str]
    has_all_centres: bool
    centres: list[str]
    services: list[str]
    number_format: str
    lines_per_minute: int
    last_received_at: datetime | None
    accepted_today: int
    duplicate_today: int
    rejected_today: int


@router.get(
    "/system",
    auth=Key(),
    response={200: SystemSaid, 401: Problem},
    operation_id="read_system",
    summary="Your system",
)
def read_system(request: HttpRequest) -> SystemSaid:
    """What your key may do, when your system was heard last, and what came of what it sent today."""
    system: ConnectedSystem = request.auth  # type: ignore[attr-defined]
    batches = Batch.objects.filter(system=system)
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    counts = ("accepted", "duplicate", "rejected")
    today = batches.filter(received_at__gte=midnight).aggregate(**{name: Sum(name) for name in counts})
    last = batches.order_by("-received_at").values_list("received_at", flat=True).first()
    return SystemSaid(
        name=system.name,
        kind=system.kind,
        sources=list(system.sources.order_by("name").values_list("name", flat=True)),
        has_all_centres=system.has_all_centres,
        centres=list(system.access_points.order_by("code").values_list("code", flat=True)),
        services=list(system.services.order_by("code").values_list("code", flat=True)),
        number_format=system.number_format,
        lines_per_minute=system.lines_per_minute,
        last_received_at=last,
        **{f"{name}_today": today[name] or 0 for name in counts},
    )


class InterruptionSaid(Schema):
    """A span in which an access point could not work; `to_at` is null while it lasts."""

    centre: str
    reason: str
    from_at: datetime
    to_at: datetime | None


@router.get(
    "/interruptions",
    response={200: list[InterruptionSaid], 422: Problem},
    operation_id="list_interruptions",
    summary="When an access point could not work",
)
def read_interruptions(
    request: HttpRequest, centre: str = Query(..., max_length=100), limit: int = Query(100, ge=1, le=1000)
) -> list[InterruptionSaid]:
    """Air raids, cuts of power and network, registers that were down, at one access point: the newest first."""
    found = list_interruptions(centre.replace("\x00", ""))[::-1][:limit]
    return [
        InterruptionSaid(centre=span.centre, reason=span.reason, from_at=span.from_at, to_at=span.to_at)
        for span in found
    ]
