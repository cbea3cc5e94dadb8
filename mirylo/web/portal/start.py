"""The first page: one sentence from the numbers, then the indicators, the registers, the feed and the systems."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from mirylo.core.calendars import UkrainianWeek
from mirylo.web.portal.counts import count_registers
from mirylo.web.portal.feed import ON_START, Choice
from mirylo.web.portal.figures import read_figures
from mirylo.web.portal.happenings import read_stretch
from mirylo.web.portal.loading import read_loading
from mirylo.web.portal.systems import read_systems
from mirylo.web.portal.waiting import say_waiting


def show_start(request: HttpRequest) -> HttpResponse:
    """The start page; every part says what will stand there while it is empty."""
    now = timezone.now()
    choice = Choice.of(request)
    stretch = read_stretch(size=ON_START)
    context = {
        "place": "start",
        "loading": read_loading(),
        "figures": read_figures(timezone.localdate(now)),
        "waiting": say_waiting(now),
        "counts": count_registers(),
        "stretch": stretch,
        "ask": choice.ask(stretch, is_short=True),
        "is_still": choice.is_still,
        "systems": read_systems(now, UkrainianWeek()),
    }
    return render(request, "portal/start.html.j2", context)
