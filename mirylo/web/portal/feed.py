"""The feed of events: what systems send, as it comes, and back in time."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control

from mirylo.display.language import say
from mirylo.domain.intake.lines import TYPES
from mirylo.domain.intake.models import ConnectedSystem
from mirylo.web.portal.happenings import Stretch, read_stretch, say_type
from mirylo.web.portal.loading import read_loading
from mirylo.web.ui.paging import Page, with_query

ON_START, ON_PAGE = 8, 40


@dataclass(frozen=True)
class Choice:
    """What a reader of the feed chose in the address; what makes no sense is as if it were not there."""

    system: int | None
    type_: str
    before: int | None
    is_still: bool
    """Whether the reader stopped the feed."""

    @classmethod
    def of(cls, request: HttpRequest) -> "Choice":
        """Read the address."""
        type_ = request.GET.get("type", "")
        type_ = type_ if type_ in TYPES else ""
        return cls(_whole(request, "system"), type_, _whole(request, "before"), "still" in request.GET)

    def ask(self, stretch: Stretch, *, is_short: bool = False) -> str:
        """The address that gives newer rows; none where the reader looks back, or stopped the feed."""
        if self.before is not None or self.is_still:
            return ""
        words = {"seen": stretch.newest, "short": is_short or "", "system": self.system or "", "type": self.type_}
        return f"{reverse('portal:newest')}?{urlencode({name: word for name, word in words.items() if word != ''})}"


def show_feed(request: HttpRequest) -> HttpResponse:
    """The feed, newest first; `before` goes back in time, `system` and `type` choose."""
    choice = Choice.of(request)
    stretch = read_stretch(before=choice.before, system=choice.system, type_=choice.type_, size=ON_PAGE)
    context = {
        "place": "feed",
        "stretch": stretch,
        "choice": choice,
        "systems": ConnectedSystem.objects.values_list("pk", "name"),
        "types": [(name, say_type(name)) for name in TYPES],
        "ask": choice.ask(stretch),
        "page": page_of(request, stretch, choice),
        "loading": read_loading(),
        "note": note_of(stretch, choice),
    }
    return render(request, "portal/feed.html.j2", context)


def show_newest(request: HttpRequest) -> HttpResponse:
    """The rows of the feed alone, for a page that stays open; 204 while nothing new has come."""
    choice, seen = Choice.of(request), _whole(request, "seen") or 0
    size = ON_START if request.GET.get("short") else ON_PAGE
    stretch = read_stretch(system=choice.system, type_=choice.type_, size=size)
    if stretch.newest <= seen:
        response = HttpResponse(status=204)
    else:
        context = {"stretch": stretch, "seen": seen, "ask": choice.ask(stretch, is_short=size == ON_START)}
        response = render(request, "portal/feed_rows.html.j2", context)
    patch_cache_control(response, no_store=True)
    return response


def page_of(request: HttpRequest, stretch: Stretch, choice: Choice) -> Page:
    """The ways to newer and to older events."""
    return Page(
        before=with_query(request, before="") if choice.before is not None else "",
        before_said=say("the newest"),
        after=with_query(request, before=stretch.further) if stretch.further else "",
        after_said=say("older"),
    )


def note_of(stretch: Stretch, choice: Choice) -> str:
    """Why a page of the feed is empty."""
    if stretch.happenings or not stretch.newest:
        return ""
    if stretch.further:
        return say("Among the newest events there is none like this. Look further back.")
    if choice.before is not None and choice.system is None and not choice.type_:
        return say("There is nothing before this.")
    return say("There is no event like this.")


def _whole(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
