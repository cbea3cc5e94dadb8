"""Systems, registers and events for tests: what a centre, a provider and a portal need before they can send."""

import json
from collections.abc import Collection, Mapping
from datetime import UTC, datetime

from mirylo.domain.intake.models import ConnectedSystem
from mirylo.domain.intake.systems import connect
from mirylo.domain.intake.taking import Answer, take
from mirylo.domain.registers.models import AccessPoint, Service, Variation

AT = datetime(2026, 11, 25, 9, tzinfo=UTC)
"""The moment of receipt, where a test does not care."""

CENTRES = ("CNAP-1", "CNAP-2", "CNAP-3")
SERVICES = ("00034", "00106", "00107")


def make_registers() -> None:
    """Three centres, three services, one with two variations."""
    AccessPoint.objects.bulk_create(AccessPoint(code=code, name=code, kind="centre") for code in CENTRES)
    Service.objects.bulk_create(Service(code=code, uk=f"Послуга {code}") for code in SERVICES)
    for service, code, amount, unit in (
        ("00034", "first", 10, "working_days"),
        ("00034", "urgent", 2, "calendar_days"),
        ("00106", "only", 1, "months"),
    ):
        Variation.objects.create(service_id=service, code=code, term_amount=amount, term_unit=unit)


def make_system(
    name: str = "vulyk",
    kind: str = "centres",
    *,
    sources: Collection[str] = (),
    access_points: Collection[str] = CENTRES[:2],
    **more: object,
) -> tuple[ConnectedSystem, str]:
    """A connected system and its key; its source is called like itself, unless others are named."""
    points = access_points if kind == "centres" else ()
    return connect(name=name, kind=kind, sources=sources or [name], access_points=points, at=AT, **more)  # type: ignore[arg-type]


def event(id_: str = "1", type_: str = "application.registered", **more: object) -> dict[str, object]:
    """An event that is right; `more` adds fields or changes them, and none leaves one out."""
    said: dict[str, object] = {"id": id_, "type": type_, "number": "77", "happened_at": "2026-11-20T10:00:00+02:00"}
    if type_ in ("application.registered", "ticket.issued", "visit.booked"):
        said["centre"] = "CNAP-1"
    if type_ == "application.registered":
        said["service"] = "00034"
    return {name: value for name, value in {**said, **more}.items() if value is not None}


def write(*events: Mapping[str, object]) -> list[bytes]:
    """Events as lines."""
    return [json.dumps(one, ensure_ascii=False).encode() for one in events]


def send(system: ConnectedSystem, *events: Mapping[str, object], at: datetime = AT) -> Answer:
    """Take events in."""
    return take(system, write(*events), at=at)


def statuses(answer: Answer) -> list[str]:
    """What became of each line."""
    return [line.status for line in answer.lines]


def codes(answer: Answer) -> list[tuple[str, str]]:
    """Code and field of every fault of the answer."""
    return [(str(fault.values["_code"]), fault.place) for line in answer.lines for fault in line.faults]
