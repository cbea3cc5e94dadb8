"""Joins the two sides of a case: what the centre's system tells and what the provider's system tells under its number.

A provider's system has a source of its own, so its events are a half that belongs to the one case of that number which
another system registered for one of the provider's services. A half without such a case, or with several, is kept by
itself and says so.
"""

from collections.abc import Collection
from dataclasses import dataclass

import msgspec
from django.db import connection

from mirylo.domain.intake.models import ConnectedSystem, Source
from mirylo.domain.intake.storing import Key, wanted, write_wanted

UNPAIRED, AMBIGUOUS = "unpaired_half", "ambiguous_half"
"""Flaws of a half that could not be joined."""


class _Service(msgspec.Struct):
    service: str | None = None


_service_of = msgspec.json.Decoder(_Service).decode


@dataclass(frozen=True)
class Halves:
    """Which halves belong to which case, and what is wrong with those that belong to none."""

    homes: dict[Key, Key]
    flaws: dict[Key, str]
    touched: frozenset[Key]
    """Cases that must be folded together with those asked for."""


def find_halves(keys: Collection[Key]) -> Halves:
    """The halves among these cases, or belonging to one of them."""
    services = services_of_providers()
    if not services:
        return Halves({}, {}, frozenset())
    halves = {key for key in keys if key[0] in services} | _halves_of(keys, services)
    homes: dict[Key, Key] = {}
    flaws: dict[Key, str] = {}
    touched: set[Key] = set(halves)
    by_number = _registered(halves, services)
    for half in sorted(halves):
        allowed = services[half[0]]
        found = sorted({(source, half[1]) for source, service in by_number.get(half[1], ()) if service in allowed})
        touched |= set(found)
        if len(found) == 1:
            homes[half] = found[0]
        else:
            flaws[half] = AMBIGUOUS if found else UNPAIRED
    return Halves(homes, flaws, frozenset(touched))


def services_of_providers() -> dict[int, frozenset[str]]:
    """Sources of providers' systems, with the services that they may tell of."""
    providers = Source.objects.filter(system__kind=ConnectedSystem.Kind.PROVIDER).order_by("pk")
    services: dict[int, set[str]] = {}
    for source, code in providers.values_list("pk", "system__services__code"):
        services.setdefault(source, set()).update([code] if code is not None else ())
    return {source: frozenset(codes) for source, codes in services.items()}


def _halves_of(keys: Collection[Key], services: Collection[int]) -> set[Key]:
    """Halves under the same numbers."""
    listed = ", ".join(str(int(source)) for source in sorted(services))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT e.source_id, e.number FROM {wanted('source_id', 'number')} "
            f"JOIN intake_event e ON e.number = wanted.number AND e.source_id IN ({listed})",
            [write_wanted(key for key in keys if key[0] not in services)],
        )
        return {(source, number) for source, number in cursor.fetchall()}


def _registered(halves: Collection[Key], services: Collection[int]) -> dict[str, list[tuple[int, str | None]]]:
    """By number, the sources that registered a case under it, with its service; what was corrected is left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT e.source_id, e.number, e.content FROM {wanted('source_id', 'number')} "
            "JOIN intake_event e ON e.number = wanted.number AND e.type = 'application.registered' "
            "WHERE NOT EXISTS "
            "(SELECT 1 FROM intake_event c WHERE c.source_id = e.source_id AND c.corrects = e.event_id)",
            [write_wanted({number: (0, number) for _, number in halves}.values())],
        )
        found: dict[str, list[tuple[int, str | None]]] = {}
        for source, number, content in cursor.fetchall():
            if source not in services:
                found.setdefault(number, []).append((source, _service_of(content).service))
        return found
