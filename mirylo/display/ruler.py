"""Draws the ruler on which every value is shown: in a page's headline, in a table's cell, and as text in a terminal.

A needle marks the value, a soft band its interval, a notch the target, a dot the median of its like. Places along
the ruler are per cent of its length, so one drawing fits a phone and a wall without its lettering growing or shrinking.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from math import floor, log10

from jinja2 import Environment, PackageLoader, Template, select_autoescape

from mirylo.core.methodology.model import Direction, Unit
from mirylo.display.language import say
from mirylo.display.numbers import POINTS, write_bound, write_value

EVEN_STEPS = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)
"""Ends of a scale, times a power of ten, that divide into ticks without odd numbers."""


@dataclass(frozen=True)
class Ruler:
    """What stands on a ruler, in the unit the value is kept in; `start` and `end` are the ends of its scale.

    `n` is what a share is taken of: it says how many digits the value is told with.
    """

    unit: str
    start: float
    end: float
    value: float | None
    low: float | None = None
    high: float | None = None
    target: Decimal | None = None
    direction: Direction = Direction.NONE
    median: float | None = None
    n: float | None = None

    def place(self, value: float | Decimal) -> float:
        """Where a value stands: 0 at the start, 100 at the end, never beyond either."""
        share = (float(value) - self.start) / (self.end - self.start)
        return round(100 * min(max(share, 0.0), 1.0), 3)


@dataclass(frozen=True)
class Tick:
    """One tick: where, and how long (1 fine, 2 middle, 3 at the ends and in the middle)."""

    at: float
    rank: int


def scale_for(unit: str, values: Iterable[float | Decimal | None]) -> tuple[float, float]:
    """The ends of a scale that holds every value, even numbers both.

    A place on a scale is read, not a length: so a scale of shares may begin at 50 or 80 % where nothing lies below, and
    end early where nothing lies above. Its ends are named, and units that are compared share one scale.

    >>> scale_for(Unit.PER_CENT, [0.959, 0.95])
    (0.8, 1.0)
    >>> scale_for(Unit.PER_CENT, [0.031])
    (0.0, 0.1)
    >>> scale_for(Unit.MINUTES, [3.1, 17.4])
    (0.0, 20.0)
    """
    reach = [float(value) for value in values if value is not None]
    if unit == POINTS:
        return 0.0, 100.0
    if unit == Unit.PER_CENT:
        low, high = min(reach, default=0.0), max(reach, default=1.0)
        start = next((start for start in (0.8, 0.5) if low >= start + 0.02), 0.0)
        return start, next((end for end in (0.1, 0.2, 0.5) if start == 0 and high <= end * 0.9), 1.0)
    most = max(reach, default=0.0)
    if most <= 0:
        return 0.0, 1.0
    most *= 1.04
    power = 10.0 ** floor(log10(most))
    return 0.0, next(step * power for step in EVEN_STEPS if step * power >= most)


def ticks(divisions: int) -> list[Tick]:
    """Ticks at even distances, the fifth ones longer, the ends and the middle the longest.

    >>> [tick.rank for tick in ticks(20)[:6]]
    [3, 1, 1, 1, 1, 2]
    """
    step = 100 / divisions
    return [
        Tick(round(i * step, 3), 3 if i * 2 % divisions == 0 else 2 if i % 5 == 0 else 1) for i in range(divisions + 1)
    ]


def draw_ruler(ruler: Ruler, size: str = "cell") -> str:
    """The ruler as inline SVG: `headline`, with its lettering, or `cell`, for a table."""
    return (
        _template()
        .render(
            ruler=ruler,
            size=size,
            ticks=ticks(50 if size == "headline" else 20),
            start=write_bound(Decimal(repr(ruler.start)), ruler.unit),
            end=write_bound(Decimal(repr(ruler.end)), ruler.unit),
            target=_say_target(ruler),
            median=_say_median(ruler),
            spoken=describe(ruler),
        )
        .replace("\n", "")
    )


def describe(ruler: Ruler) -> str:
    """The ruler in words, for those who listen to the page."""
    if ruler.value is None:
        return say("no number")
    bounds = (ruler.target,) if ruler.target is not None else ()
    parts = [write_value(ruler.value, ruler.unit, bounds, n=ruler.n), _say_target(ruler), _say_median(ruler)]
    return "; ".join(part for part in parts if part)


def write_ruler(ruler: Ruler, width: int = 24) -> str:
    """The ruler as text: `┴` ticks, `━` interval, `◆` value, `╿` target, `•` median of its like.

    Where value and target would fall on one place, the target steps aside to the side it really stands on.

    >>> write_ruler(Ruler("per_cent", 0, 1, 0.5, 0.4, 0.6, Decimal("0.95")), 21)
    '┴────┴──━━◆━━──┴───╿┴'
    """
    last = width - 1

    def column(value: float | Decimal) -> int:
        return round(ruler.place(value) / 100 * last)

    line = ["┴" if i in {round(last * q / 4) for q in range(5)} else "─" for i in range(width)]
    if ruler.value is None:
        return "".join(line)
    if ruler.low is not None and ruler.high is not None:
        line[column(ruler.low) : column(ruler.high) + 1] = "━" * (column(ruler.high) - column(ruler.low) + 1)
    if ruler.median is not None:
        line[column(ruler.median)] = "•"
    at = column(ruler.value)
    if ruler.target is not None:
        line[_aside(column(ruler.target), at, ruler, last)] = "╿"
    line[at] = "◆"
    return "".join(line)


def _aside(target_at: int, value_at: int, ruler: Ruler, last: int) -> int:
    exact, target = Decimal(repr(float(ruler.value or 0))), ruler.target or Decimal(0)
    if target_at != value_at or exact == target:
        return target_at
    return min(max(target_at + (1 if target > exact else -1), 0), last)


def _say_target(ruler: Ruler) -> str:
    if ruler.target is None:
        return ""
    return say("target {bound}", bound=write_bound(ruler.target, ruler.unit, ruler.direction))


def _say_median(ruler: Ruler) -> str:
    return "" if ruler.median is None else say("its like {median}", median=write_value(ruler.median, ruler.unit))


@lru_cache(maxsize=1)
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("mirylo.display", "."),
        autoescape=select_autoescape(["j2"], default=True),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("ruler.svg.j2")
