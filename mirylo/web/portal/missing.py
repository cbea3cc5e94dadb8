"""Answers an address that leads nowhere with the nearest that exists, and a fault of ours with what to do."""

from difflib import get_close_matches

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from mirylo.display.language import say
from mirylo.domain.registers.models import AccessPoint, Service, Territory
from mirylo.domain.registers.territories import find
from mirylo.web.portal.words import name_of

NEAREST = 5


def say_missing(request: HttpRequest, said: str, kind: str = "", code: str = "") -> HttpResponse:
    """The page for what is not there."""
    context = {"said": said, "nearest": _nearest(kind, code) if kind else []}
    return render(request, "portal/missing.html.j2", context, status=404)


def show_missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The page for an address that nobody knows."""
    return say_missing(request, say("There is no page at this address."))


def show_failure(request: HttpRequest) -> HttpResponse:
    """The page for a fault of ours; it asks nothing of the database, which may be what failed."""
    return render(request, "portal/failure.html.j2", {}, status=500)


def _nearest(kind: str, code: str) -> list[tuple[str, str]]:
    """Names and addresses of what is most like a code."""
    if kind == "territory":
        near = find(code[:9], NEAREST) if code.startswith("UA") else find(code, NEAREST)
        address = reverse("portal:territories")
        return [(f"{one.territory.name} · {one.territory.code}", f"{address}?in={one.territory.code}") for one in near]
    table = AccessPoint if kind == "centre" else Service
    near_codes = get_close_matches(code, table.objects.values_list("code", flat=True), NEAREST, 0.5)
    entries = {one.code: one for one in table.objects.filter(code__in=near_codes)}
    return [(f"{_title(entries[near])} · {near}", reverse(f"portal:{kind}", args=[near])) for near in near_codes]


def _title(entry: AccessPoint | Service | Territory) -> str:
    return name_of(entry) if isinstance(entry, Service) else entry.name
