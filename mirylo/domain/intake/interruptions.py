"""Tells when an access point could not work: an air raid, no power, no network, a state register down.

An interruption is no silence and no fault of the access point; waiting and liveness are shown with and without it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from mirylo.domain.intake.lines import CENTRE_TYPES, OF_CENTRE, Line
from mirylo.domain.intake.lines import decode as read_content
from mirylo.domain.intake.models import Event

INTERRUPTED, RESTORED = CENTRE_TYPES


@dataclass(frozen=True)
class Interruption:
    """A span in which an access point did not work; `to_at` is none while it lasts."""

    centre: str
    reason: str
    from_at: datetime
    to_at: datetime | None = None


def list_interruptions(centre: str) -> list[Interruption]:
    """The interruptions of an access point in order of time; events that were corrected do not count."""
    events = Event.objects.filter(number=f"{OF_CENTRE}{centre}", type__in=CENTRE_TYPES)
    corrections = Event.objects.filter(source__in=events.values("source"), corrects__in=events.values("event_id"))
    corrected = set(corrections.values_list("source_id", "corrects"))
    told = [
        (event.happened_at, event.type, read_content(event.content.encode()))
        for event in events.order_by("happened_at", "pk")
        if (event.source_id, event.event_id) not in corrected
    ]
    return list(pair(centre, told))


def pair(centre: str, told: Iterable[tuple[datetime, str, Line]]) -> Iterator[Interruption]:
    """Spans of one access point from its events in order; saying again that it stands, or works, changes nothing.

    >>> from datetime import UTC, timedelta
    >>> at = datetime(2026, 10, 5, 9, tzinfo=UTC)
    >>> raid = Line(reason="air_raid")
    >>> [span.reason for span in pair("01-0001", [(at, INTERRUPTED, raid), (at + timedelta(1), RESTORED, Line())])]
    ['air_raid']
    """
    current: Interruption | None = None
    for moment, type_, content in told:
        if type_ == INTERRUPTED and current is None:
            current = Interruption(centre, content.reason or "other", moment)
        elif type_ == RESTORED and current is not None:
            yield replace(current, to_at=moment)
            current = None
    if current is not None:
        yield current
