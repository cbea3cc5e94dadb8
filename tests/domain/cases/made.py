"""Makes cases as a fold keeps them, for tests that need no events."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.utils import timezone

from mirylo.domain.cases.facts import of_json, to_json
from mirylo.domain.cases.models import Case, Told
from mirylo.domain.cases.months import mark_dirty, months_of
from mirylo.domain.intake.models import ConnectedSystem, Source
from mirylo.engines.records import EVENT_TYPES_SAID

NOW = datetime(2026, 11, 25, 10, tzinfo=UTC)
FLAGS = {"is_test": False, "is_voided": False, "is_consultation": False, "is_clock_stopped": False}


def source(name: str = "system") -> Source:
    """A source of a connected system that tells everything."""
    system, _ = ConnectedSystem.objects.get_or_create(
        name=name, defaults={"kind": "centres", "key_hash": name, "key_start": name[:12], "created_at": NOW}
    )
    told = [Told(kind=Told.Kind.TYPE, name=type_) for type_ in EVENT_TYPES_SAID]
    told += [Told(kind=Told.Kind.COLUMN, name=name) for name in ("centre", "service", "channel", "term_amount")]
    Told.objects.bulk_create(told, ignore_conflicts=True)
    return Source.objects.get_or_create(name=name, defaults={"system": system})[0]


def fact(number: str, registered_on: date | None, **others: Any) -> dict[str, Any]:
    """A row of facts of a case, due after ten days."""
    due_on = registered_on + timedelta(days=10) if registered_on else None
    known = {"centre": "centre 1", "service": "00001", "extensions": 0, "events": 1, "due_on": due_on, **FLAGS}
    return {"source": "system", "number": number, "registered_on": registered_on, **known, **others}


def keep(*rows: dict[str, Any], at: datetime = NOW, kind: str = Case.Kind.CASE) -> None:
    """Keep rows as a fold does: a new version, not in the lake yet, and the months marked."""
    today, origin = timezone.localdate(at), source()
    for row in rows:
        facts = to_json(row)
        case = Case.objects.filter(source=origin, number=row["number"], kind=kind).first()
        before = case.facts if case else None
        if before == facts:
            continue
        case = case or Case(source=origin, number=row["number"], kind=kind, version=0, state=Case.State.REGISTERED)
        case.facts, case.version, case.is_in_lake = facts, case.version + 1, False
        case.save()
        mark_dirty(months_of(of_json(before) if before else None, row, today), at=at)
