"""The page of one access point: where it is and how it works, who reports for it, and what its figures are."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from mirylo.core.calendars import UkrainianWeek
from mirylo.display.language import say
from mirylo.display.numbers import write_date
from mirylo.domain.cases.models import Case
from mirylo.domain.intake.models import ConnectedSystem
from mirylo.domain.registers.models import AccessPoint, Seat
from mirylo.domain.registers.territories import path_of
from mirylo.web.portal.figures import read_figures
from mirylo.web.portal.interruptions import read_breaks
from mirylo.web.portal.missing import say_missing
from mirylo.web.portal.systems import Heard, read_systems
from mirylo.web.portal.words import KINDS, MODES, ROLES, STATES, name_territory, say_word


def show_centre(request: HttpRequest, code: str) -> HttpResponse:
    """An access point by its code."""
    found = AccessPoint.objects.select_related("parent", "body").filter(code=code).first()
    if found is None:
        return say_missing(request, say("There is no access point with the code {code}.", code=code), "centre", code)
    now = timezone.now()
    context = {
        "place": "registers",
        "centre": found,
        "facts": facts_of(found),
        "seats": [(say_word(ROLES, seat.role), _since(seat), path_of(seat.territory_id)) for seat in seats_of(found)],
        "name_territory": name_territory,
        "branches": found.branches.all(),
        "systems": systems_of(found, now),
        "breaks": read_breaks(code, now),
        "figures": read_figures(timezone.localdate(now), "centre", code),
    }
    return render(request, "portal/centre.html.j2", context)


def facts_of(centre: AccessPoint) -> list[tuple[str, str]]:
    """What the register says of it, name by name."""
    return [
        (say("Kind"), say_word(KINDS, centre.kind)),
        (say("State"), say_word(STATES, centre.state)),
        (say("How it works"), say_word(MODES, centre.mode)),
        (say("Address"), centre.address),
        (say("Hours"), centre.hours),
        (say("Answers for it"), centre.body.name if centre.body else ""),
        (say("Opened"), write_date(centre.opened_on) if centre.opened_on else ""),
        (say("Closed"), write_date(centre.closed_on) if centre.closed_on else ""),
        (say("Record confirmed"), write_date(centre.confirmed_on) if centre.confirmed_on else ""),
    ]


def seats_of(centre: AccessPoint) -> list[Seat]:
    """Where it belongs, from which day on."""
    return list(centre.seats.select_related("territory"))


def systems_of(centre: AccessPoint, now: timezone.datetime) -> list[Heard]:
    """The systems that report for it: those bound to it, and those whose events told of its cases."""
    bound = set(centre.systems.values_list("pk", flat=True))
    sources = Case.objects.filter(centre=centre.code).values("source")
    telling = ConnectedSystem.objects.filter(sources__in=sources).values_list("pk", flat=True)
    keys = bound | set(telling)
    return [heard for heard in read_systems(now, UkrainianWeek()) if heard.key in keys]


def _since(seat: Seat) -> str:
    return say("from {day}", day=write_date(seat.valid_from)) if seat.valid_from else ""
