"""Hands the registers to the fold of cases: terms of services, and where access points belong."""

from datetime import date
from typing import NamedTuple

from mirylo.core.calendars import TermUnit
from mirylo.core.rules import Deficiency, Finish, ServiceRule
from mirylo.core.terms import Term
from mirylo.domain.registers.models import AccessPoint, Seat, Service, Territory, Variation


class Place(NamedTuple):
    """Where an access point belongs from a day on (none: since ever), and what sort of access point it is."""

    valid_from: date | None
    hromada: str | None
    raion: str | None
    oblast: str
    kind: str


def service_rules() -> dict[str, ServiceRule]:
    """The rule of each service by its code; its term is that of the first variation."""
    first: dict[str, Term | None] = {}
    for variation in Variation.objects.order_by("service_id", "pk"):
        first.setdefault(variation.service_id, _term_of(variation))
    return {
        service.code: ServiceRule(
            first.get(service.code), Finish(service.finish), Deficiency(service.deficiency), service.is_suspendable
        )
        for service in Service.objects.only("code", "finish", "deficiency", "is_suspendable")
    }


def variation_terms() -> dict[tuple[str, str], Term]:
    """The terms of variations that have one, by the codes of service and variation."""
    return {
        (variation.service_id, variation.code): term
        for variation in Variation.objects.order_by("service_id", "pk")
        if (term := _term_of(variation)) is not None
    }


def access_point_places() -> dict[str, list[Place]]:
    """Where each access point belongs, the earliest first: where it works or, where that is not known, who founded it.

    An access point without any territory has an empty list.
    """
    above = {
        code: (oblast, raion, hromada)
        for code, oblast, raion, hromada in Territory.objects.filter(seats__isnull=False).values_list(
            "code", "oblast", "raion", "hromada"
        )
    }
    seats: dict[tuple[int, str], list[tuple[date | None, str]]] = {}
    for access_point, role, valid_from, code in Seat.objects.values_list(
        "access_point_id", "role", "valid_from", "territory_id"
    ):
        seats.setdefault((access_point, role), []).append((valid_from, code))
    places: dict[str, list[Place]] = {}
    for key, code, kind in AccessPoint.objects.values_list("pk", "code", "kind"):
        held = seats.get((key, Seat.Role.WORK)) or seats.get((key, Seat.Role.FOUNDING)) or []
        places[code] = []
        for valid_from, territory in sorted(held, key=lambda seat: seat[0] or date.min):
            oblast, raion, hromada = above[territory]
            places[code].append(Place(valid_from, hromada, raion, oblast, kind))
    return places


def place_of(code: str) -> tuple[str | None, str | None, str | None]:
    """The codes of oblast, raion and community in which a territory lies; three times none for an unknown code."""
    found = Territory.objects.filter(pk=code).values_list("oblast", "raion", "hromada").first()
    return found if found is not None else (None, None, None)


def _term_of(variation: Variation) -> Term | None:
    if variation.term_amount is None:
        return None
    return Term(variation.term_amount, TermUnit(variation.term_unit))
