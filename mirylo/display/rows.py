"""Puts a value into words and a drawing: as the line of a table, and as the opening of a page.

The page of a measurement and the pages of the site show the same lines, through the same template `rows.html.j2`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from mirylo.display.cells import (
    LEVELS,
    NATION,
    Cell,
    Yardstick,
    ruler_of,
    say_interval,
    say_level,
    say_part,
    say_rows,
    say_target,
    say_value,
)
from mirylo.display.headlines import question_of, write_caveats, write_headline
from mirylo.display.language import say
from mirylo.display.ruler import draw_ruler


@dataclass(frozen=True)
class Row:
    """A line of a table: whom or what it is about, and everything that is said of its value."""

    title: str
    value: str
    level: str
    level_code: str
    interval: str
    target: str
    basis: str
    ruler: Markup
    is_number: bool
    note: str = ""


@dataclass(frozen=True)
class Lead:
    """What the page opens with."""

    question: str
    headline: str
    value: str
    level: str
    level_code: str
    ruler: Markup
    words: str
    caveats: str


def row_of(
    cell: Cell,
    yardstick: Yardstick,
    title: str,
    like: Sequence[Cell] = (),
    *,
    note: str = "",
    is_drawn: bool = True,
) -> Row:
    """The line of a cell under a title; `like` are the cells that share its scale."""
    ruler = ruler_of(cell, yardstick, like, with_median=cell.cut != NATION) if is_drawn else None
    return Row(
        title=title,
        value=say_value(cell, yardstick),
        level=say_level(cell),
        level_code=cell.level if cell.level in LEVELS else "",
        interval=say_interval(cell, yardstick) if cell.value is not None else "",
        target=say_target(yardstick),
        basis=say_rows(cell, yardstick),
        ruler=Markup(draw_ruler(ruler)) if ruler else Markup(""),
        is_number=cell.value is not None,
        note=note,
    )


def lead_of(upto: Sequence[Cell], yardstick: Yardstick) -> Lead:
    """The opening of a page from the cells of one unit up to the period that it speaks of, in order of time."""
    cell = upto[-1]
    ruler = ruler_of(cell, yardstick)
    interval = say_interval(cell, yardstick)
    words = [
        say_part(cell, yardstick),
        say("confidence interval {interval}", interval=interval) if interval else "",
    ]
    return Lead(
        question=question_of(yardstick),
        headline=write_headline(upto, yardstick),
        value=say_value(cell, yardstick),
        level=say_level(cell),
        level_code=cell.level if cell.level in LEVELS else "",
        ruler=Markup(draw_ruler(ruler, "headline")) if ruler else Markup(""),
        words=" · ".join(part for part in words if part).replace("–", "–\u2060"),  # an interval is not torn apart
        caveats=" ".join(write_caveats(upto)),
    )
