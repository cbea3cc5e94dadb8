"""The registers as lists that everyone may search and take away: territories, bodies, access points, services."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from mirylo.display.language import NP_, say
from mirylo.display.numbers import say_count
from mirylo.domain.registers.models import AccessPoint, Body, Seat, Service, Territory
from mirylo.domain.registers.names import fold_name
from mirylo.domain.registers.territories import children_of, find, path_of
from mirylo.web.portal.counts import count_registers
from mirylo.web.portal.loading import read_loading
from mirylo.web.portal.missing import say_missing
from mirylo.web.portal.words import BODIES, KINDS, kind_of_territory, name_of, name_territory, say_term
from mirylo.web.ui.paging import turn_to

FORMATS = ("csv", "xlsx", "json")
MOST_FOUND = 100
ENTRIES = NP_("{n} entry", "{n} entries")


def show_registers(request: HttpRequest) -> HttpResponse:
    """What the registers hold."""
    context = {"place": "registers", "counts": count_registers(), "formats": FORMATS, "loading": read_loading()}
    return render(request, "portal/registers.html.j2", context)


def show_territories(request: HttpRequest) -> HttpResponse:
    """The tree of territories at one of its units, or what a search by name or code finds."""
    text, code = asked_text(request), request.GET.get("in", "")
    path = path_of(code) if code else []
    if code and not path:
        return say_missing(request, say("There is no territory with the code {code}.", code=code), "territory", code)
    if text:
        found = find(text, MOST_FOUND)
        lines = [(one.territory, one.former) for one in found]
        tally = say_count("{n} found", "{n} found", len(found))
    else:
        lines = [(territory, "") for territory in children_of(code or None)]
        tally = say_count(*ENTRIES, len(lines))
    here = path[-1] if path else None
    centres = AccessPoint.objects.filter(seats__territory=here).distinct() if here else AccessPoint.objects.none()
    context = {
        "lines": lines,
        "trail": path,
        "here": here,
        "centres": centres,
        "kind_of": kind_of_territory,
        "over": _names_above([territory for territory, _ in lines]) if text else {},
    }
    return _show(request, "territories", context | {"text": text, "tally_said": tally})


def show_bodies(request: HttpRequest) -> HttpResponse:
    """Bodies by code, with how many access points each answers for."""
    bodies = _search(Body.objects.all(), request, "edrpou", Q(short_name__icontains=asked_text(request)))
    bodies = bodies.select_related("territory").annotate(points=Count("access_points"))
    return _show_list(request, "bodies", bodies, {"kinds": BODIES})


def show_centres(request: HttpRequest) -> HttpResponse:
    """Access points by code, with where they work."""
    seats = Prefetch("seats", Seat.objects.select_related("territory").order_by("valid_from"))
    centres = _search(AccessPoint.objects.prefetch_related(seats), request, "code", Q(idf=asked_text(request)))
    return _show_list(request, "centres", centres, {"kinds": KINDS})


def show_services(request: HttpRequest) -> HttpResponse:
    """Services by code, with the term of the first variation of each."""
    services = Service.objects.prefetch_related("variations")
    services = _search(services, request, "code", Q(en__icontains=asked_text(request)))
    return _show_list(request, "services", services, {"name_of": name_of, "say_term": say_term, "kinds": {}})


def asked_text(request: HttpRequest) -> str:
    """What the reader looks for."""
    return request.GET.get("q", "").replace("\0", "").strip()[:200]


def _search(rows: QuerySet[Any], request: HttpRequest, key: str, other: Q) -> QuerySet[Any]:
    """Rows with the text in their names, or with a code that begins so; only of a kind, if one is asked for."""
    text, kind = asked_text(request), request.GET.get("kind", "")
    if text:
        rows = rows.filter(Q(search_name__contains=fold_name(text)) | Q(**{f"{key}__istartswith": text}) | other)
    return rows.filter(kind=kind) if kind in {**KINDS, **BODIES} and hasattr(rows.model, "kind") else rows


def _show_list(request: HttpRequest, name: str, rows: QuerySet[Any], context: Mapping[str, Any]) -> HttpResponse:
    page = turn_to(request, rows)
    kinds = {code: say(word) for code, word in context["kinds"].items()}
    more = {"page": page, "kinds": kinds, "kind": request.GET.get("kind", ""), "text": asked_text(request)}
    return _show(request, name, {**context, **more, "tally_said": say_count(*ENTRIES, page.total)})


def _show(request: HttpRequest, name: str, context: Mapping[str, Any]) -> HttpResponse:
    register = next(one for one in count_registers() if one.name == name)
    more = {
        "place": "registers",
        "register": register,
        "formats": FORMATS,
        "loading": read_loading(),
        "name_territory": name_territory,
    }
    return render(request, f"portal/{name}.html.j2", {**more, **context})


def _names_above(territories: list[Territory]) -> dict[str, str]:
    """For each territory, what it lies in: its community, raion and oblast, in words."""
    above = {one.code: [code for code in (one.hromada, one.raion, one.oblast) if code] for one in territories}
    codes = {code for some in above.values() for code in some}
    names = {one.code: name_territory(one) for one in Territory.objects.filter(code__in=codes)}
    return {
        own: ", ".join(names[code] for code in dict.fromkeys(some) if code != own and code in names)
        for own, some in above.items()
    }
