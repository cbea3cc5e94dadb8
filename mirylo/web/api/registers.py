"""Shows the registers: territories, bodies, centres and other access points, services, in lists and one by one."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Path, Query, Router, Schema

from mirylo.core.faults import N_
from mirylo.display.language import say
from mirylo.domain.registers import bodies, centres, services
from mirylo.domain.registers.lookups import search_bodies, search_centres, search_services
from mirylo.domain.registers.models import AccessPoint, Body, Service, Territory
from mirylo.domain.registers.territories import MOST, children_of, find, path_of
from mirylo.web.api.problems import Problem, not_found

router = Router(tags=["registers"])

PAGE = Query(1, ge=1, le=100_000, description="Which page, from 1.")
SIZE = Query(100, ge=1, le=500, description="Records on a page.")
SEARCH = Query("", max_length=200, description="A part of the name, or the beginning of the code.")
KATOTTG = {"max_length": 19, "description": "A code of КАТОТТГ: UA and 17 digits."}


class TerritorySaid(Schema):
    """A territory of КАТОТТГ and the codes of what it lies in; `former` is the former name by which it was found."""

    code: str
    category: str
    name: str
    parent: str | None
    oblast: str
    raion: str | None
    hromada: str | None
    former: str = ""


class TerritoryPage(Schema):
    """Some territories, and how many there are in all."""

    count: int
    items: list[TerritorySaid]


class NameSaid(Schema):
    """A territory on the way from the oblast down."""

    code: str
    category: str
    name: str


class FormerNameSaid(Schema):
    """A name or a code that a territory had, and the year until which it had it, where that is certain."""

    name: str
    code: str
    until_year: int | None


class TerritoryCard(TerritorySaid):
    """A territory with the way down to it, what it was called, and how many territories lie right in it."""

    path: list[NameSaid]
    former_names: list[FormerNameSaid]
    children: int


class BodySaid(Schema):
    """A legal entity: provider, council, administration."""

    edrpou: str
    name: str
    short_name: str
    kind: str
    parent: str | None
    territory: str | None


class BodyPage(Schema):
    """Some bodies, and how many there are in all."""

    count: int
    items: list[BodySaid]


class SeatSaid(Schema):
    """A territory, and the day from which an access point belongs to it; null means since ever."""

    territory: str
    since: date | None


class CentreSaid(Schema):
    """A centre or another access point; `founding` and `work` are its territories, the earliest first."""

    code: str
    idf: str | None
    name: str
    kind: str
    parent: str | None
    body: str | None
    state: str
    mode: str
    address: str
    hours: str
    opened_on: date | None
    closed_on: date | None
    confirmed_on: date | None
    founding: list[SeatSaid]
    work: list[SeatSaid]


class CentrePage(Schema):
    """Some access points, and how many there are in all."""

    count: int
    items: list[CentreSaid]


class CostSaid(Schema):
    """What a service costs, as the register has it."""

    type: str
    value: str
    currency: str
    verbose: str


class VariationSaid(Schema):
    """A variation of a service; a term is an amount and one of minutes, hours, working_days, calendar_days, months."""

    code: str
    uk: str
    en: str
    term_amount: int | None
    term_unit: str | None
    costs: list[CostSaid]


class ServiceSaid(Schema):
    """An administrative service; the first variation holds where a case names none."""

    code: str
    uk: str
    en: str
    provider: str
    level: str
    thematic_area: str
    life_events: list[str]
    results: list[str]
    refusal_grounds: list[str]
    finish: str
    deficiency: str
    is_suspendable: bool
    valid_from: date | None
    valid_to: date | None
    variations: list[VariationSaid]


class ServicePage(Schema):
    """Some services, and how many there are in all."""

    count: int
    items: list[ServiceSaid]


@router.get(
    "/territories",
    response={200: TerritoryPage, 422: Problem},
    operation_id="list_territories",
    summary="Territories",
)
def list_territories(
    request: HttpRequest,
    search: str = Query("", max_length=200, description="A name, new or former, or a code or its beginning."),
    parent: str | None = Query(None, **KATOTTG),
    page: int = PAGE,
    size: int = SIZE,
) -> dict[str, Any]:
    """Territories by name (new or former) or code, the likeliest first and 500 at most; or what lies right in `parent`.

    Without either, the whole codifier by code.
    """
    if search.strip("\0 "):
        found = find(search, MOST)
        if parent is not None:
            found = [one for one in found if one.territory.parent_id == parent]
        some = found[(page - 1) * size : page * size]
        return {"count": len(found), "items": [_say_territory(one.territory, one.former) for one in some]}
    territories = children_of(_clean(parent)) if parent is not None else Territory.objects.order_by("code")
    count, records = _page(territories, page, size)
    return {"count": count, "items": [_say_territory(territory) for territory in records]}


@router.get(
    "/territories/{code}",
    response={200: TerritoryCard, 404: Problem, 422: Problem},
    operation_id="read_territory",
    summary="A territory",
)
def read_territory(request: HttpRequest, code: str = Path(..., **KATOTTG)) -> dict[str, Any]:
    """A territory, and what it lies in from the oblast down."""
    path = path_of(_clean(code))
    if not path:
        raise not_found(say(N_("territory {code}"), code=code))
    territory = path[-1]
    return {
        **_say_territory(territory),
        "path": [{"code": one.code, "category": one.category, "name": one.name} for one in path],
        "former_names": list(territory.former_names.order_by("name").values("name", "code", "until_year")),
        "children": territory.children.count(),
    }


@router.get("/bodies", response={200: BodyPage, 422: Problem}, operation_id="list_bodies", summary="Bodies")
def list_bodies(request: HttpRequest, search: str = SEARCH, page: int = PAGE, size: int = SIZE) -> dict[str, Any]:
    """Legal entities that take part in administrative services, by code."""
    count, records = _page(search_bodies(search), page, size)
    return {"count": count, "items": list(bodies.read(records))}


@router.get(
    "/bodies/{edrpou}",
    response={200: BodySaid, 404: Problem, 422: Problem},
    operation_id="read_body",
    summary="A body",
)
def read_body(request: HttpRequest, edrpou: str = Path(..., max_length=8)) -> dict[str, Any]:
    """A legal entity by its code of ЄДРПОУ."""
    found = list(bodies.read(Body.objects.filter(pk=_clean(edrpou))))
    if not found:
        raise not_found(say(N_("body {code}"), code=edrpou))
    return found[0]


@router.get("/centres", response={200: CentrePage, 422: Problem}, operation_id="list_centres", summary="Centres")
def list_centres(
    request: HttpRequest,
    search: str = SEARCH,
    territory: str = Query("", max_length=19, description="An oblast, raion, community or settlement, by its code."),
    page: int = PAGE,
    size: int = SIZE,
) -> dict[str, Any]:
    """Centres, their units, remote and mobile workplaces, by code."""
    count, records = _page(search_centres(search, _clean(territory)), page, size)
    return {"count": count, "items": list(centres.read(records))}


@router.get(
    "/centres/{path:code}",
    response={200: CentreSaid, 404: Problem, 422: Problem},
    operation_id="read_centre",
    summary="A centre",
)
def read_centre(request: HttpRequest, code: str = Path(..., max_length=40)) -> dict[str, Any]:
    """A centre or another access point by its code."""
    found = list(centres.read(AccessPoint.objects.select_related("parent").filter(code=_clean(code))))
    if not found:
        raise not_found(say(N_("access point {code}"), code=code))
    return found[0]


@router.get("/services", response={200: ServicePage, 422: Problem}, operation_id="list_services", summary="Services")
def list_services(request: HttpRequest, search: str = SEARCH, page: int = PAGE, size: int = SIZE) -> dict[str, Any]:
    """Administrative services with their variations, terms and costs, by code."""
    count, records = _page(search_services(search), page, size)
    return {"count": count, "items": list(services.read(records))}


@router.get(
    "/services/{code}",
    response={200: ServiceSaid, 404: Problem, 422: Problem},
    operation_id="read_service",
    summary="A service",
)
def read_service(request: HttpRequest, code: str = Path(..., max_length=5)) -> dict[str, Any]:
    """An administrative service by its code in the register."""
    found = list(services.read(Service.objects.filter(pk=_clean(code))))
    if not found:
        raise not_found(say(N_("service {code}"), code=code))
    return found[0]


def _page(records: QuerySet, page: int, size: int) -> tuple[int, list[Any]]:  # type: ignore[type-arg]
    """How many records there are, and those of a page."""
    return records.count(), list(records[(page - 1) * size : page * size])


def _clean(code: str) -> str:
    """A code without the character that no database takes."""
    return code.replace("\0", "")


def _say_territory(territory: Territory, former: str = "") -> dict[str, Any]:
    return {
        "code": territory.code,
        "category": territory.category,
        "name": territory.name,
        "parent": territory.parent_id,
        "oblast": territory.oblast,
        "raion": territory.raion,
        "hromada": territory.hromada,
        "former": former,
    }
