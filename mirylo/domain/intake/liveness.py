"""Says when each connected system was heard last, and how much of its allowance it has used."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import OuterRef, Subquery, Sum

from mirylo.domain.intake.models import Batch, ConnectedSystem

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Heard:
    """A connected system and the moment at which it sent something last; none if it never did."""

    system: ConnectedSystem
    last_at: datetime | None


def list_heard(*, is_active: bool | None = True) -> list[Heard]:
    """Every active system, those silent longest first; with `is_active` none, those that were stopped too."""
    chosen = ConnectedSystem.objects.all() if is_active is None else ConnectedSystem.objects.filter(is_active=is_active)
    # One look into the index for each system; the newest of a group would be found by reading every batch there is.
    last = Batch.objects.filter(system=OuterRef("pk")).order_by("-received_at").values("received_at")[:1]
    systems = chosen.annotate(last_at=Subquery(last))
    heard = [Heard(system, system.last_at) for system in systems]
    return sorted(
        heard, key=lambda one: (one.last_at is not None, one.last_at or one.system.created_at, one.system.name)
    )


def seconds_to_wait(system: ConnectedSystem, at: datetime) -> int:
    """Seconds until a system may send again; 0 if it may now."""
    recent = Batch.objects.filter(system=system, received_at__gt=at - MINUTE)
    lines = recent.aggregate(lines=Sum("lines"))["lines"] or 0
    if lines < system.lines_per_minute:
        return 0
    oldest = recent.order_by("received_at").values_list("received_at", flat=True).first()
    return 1 if oldest is None else max(1, int((oldest + MINUTE - at).total_seconds()) + 1)
