"""Leads through long lists page by page, by addresses that can be kept and passed on."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from mirylo.display.language import say
from mirylo.display.numbers import write_number

SIZE = 50
"""Lines on a page of a list."""


@dataclass(frozen=True)
class Page:
    """A page of a list: its lines, and the addresses of the pages before and after, empty where there are none."""

    before: str = ""
    before_said: str = ""
    after: str = ""
    after_said: str = ""
    said: str = ""
    lines: Sequence[Any] = field(default_factory=tuple)
    total: int = 0


def with_query(request: HttpRequest, **changes: object) -> str:
    """The address of this page with other words after the question mark; what is empty is left out."""
    query = request.GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value not in (None, ""):
            query[name] = str(value)
    return f"?{query.urlencode()}" if query else request.path


def turn_to(request: HttpRequest, lines: QuerySet[Any], size: int = SIZE) -> Page:
    """The page of a list that the address asks for; the nearest there is where it asks for one too far."""
    total = lines.count()
    last = max(1, -(-total // size))
    asked = request.GET.get("page", "")
    number = min(max(1, int(asked)), last) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 1
    first = (number - 1) * size
    return Page(
        before=with_query(request, page=number - 1 if number > 2 else "") if number > 1 else "",
        before_said=say("previous"),
        after=with_query(request, page=number + 1) if number < last else "",
        after_said=say("next"),
        said=say("page {number} of {last}", number=write_number(number), last=write_number(last)),
        lines=list(lines[first : first + size]),
        total=total,
    )
