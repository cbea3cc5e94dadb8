"""Draws the few charts there are: how a value went over time, and who stands where, each with its interval and target.

One Vega-Lite specification serves every place. In a page it becomes inline SVG whose colours are the page's own
tokens, so that it follows the reader's light or dark paper. A chart is drawn twice, wide and narrow, because lettering
that is scaled down to a telephone cannot be read.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import shorten, wrap
from typing import Any

import altair as alt
import vl_convert
from markupsafe import Markup

from mirylo.core.methodology.model import Direction, Unit
from mirylo.core.periods import Period
from mirylo.display.cells import Cell, Yardstick, name_of, reach_of, say_basis
from mirylo.display.language import current, say
from mirylo.display.numbers import POINTS, THIN, write_bound, write_period_short, write_value
from mirylo.display.ruler import scale_for

WIDE, NARROW = 860, 346
MOST_RANKED = 24
"""More units than these and the ranking shows the first and the last; the table below holds them all."""

TOKENS = {
    "ink": "#010101",
    "soft": "#020202",
    "hair": "#030303",
    "band": "#040404",
    "wheat": "#050505",
    "paper": "#060606",
}
"""Stand-ins that the drawing library accepts, replaced by the page's own colours afterwards."""

LOCALE = {
    "uk": {"decimal": ",", "thousands": THIN, "grouping": [3], "currency": ["", " ₴"]},
    "en": {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["£", ""]},
}


@dataclass(frozen=True)
class Chart:
    """A chart ready to stand in a page: both widths, and what it says to those who cannot see it."""

    wide: Markup
    narrow: Markup


def draw_trend(series: Sequence[Cell], yardstick: Yardstick) -> Chart:
    """The value period by period, with the band of its interval and the target."""
    spoken = yardstick.title
    return Chart(*(_draw(trend(series, yardstick, width), spoken) for width in (WIDE, NARROW)))


def draw_ranking(cells: Sequence[Cell], yardstick: Yardstick) -> Chart:
    """Units from best to worst, with intervals and the target."""
    spoken = yardstick.title
    return Chart(*(_draw(ranking(cells, yardstick, width), spoken) for width in (WIDE, NARROW)))


def ranked(cells: Sequence[Cell], yardstick: Yardstick) -> list[Cell]:
    """Cells with a number, the best first; volumes with the largest first."""
    sign = 1 if yardstick.direction == Direction.LOWER else -1
    return sorted((c for c in cells if c.value is not None), key=lambda c: (sign * (c.value or 0.0), c.unit or ""))


def trend(series: Sequence[Cell], yardstick: Yardstick, width: int) -> alt.LayerChart:
    """The specification of a trend."""
    over = [place for place, cell in enumerate(series) if cell.value is not None and not cell.provisional]
    mark = over[-1] if over else len(series) - 1
    rows = [_row(cell, yardstick) | {"marked": place == mark} for place, cell in enumerate(series)]
    labels = [row["label"] for row in rows]
    every = max(1, -(-len(rows) * 96 // width))
    shown = [label for i, label in enumerate(labels) if (len(labels) - 1 - i) % every == 0]
    x = alt.X(
        "label:O", sort=labels, axis=alt.Axis(values=shown, labelAngle=0, title=None, grid=False, labelOverlap=False)
    )
    low, high = _domain(rows, yardstick)
    y = alt.Y("value:Q", scale=alt.Scale(domain=[low, high], nice=True, zero=False), axis=_axis(yardstick))
    now = rows[mark]["value"] or 0.0
    is_low = now - low < (high - low) / 8  # below it the figure would stand on the axis
    rises = mark == 0 or is_low or now >= (rows[mark - 1]["value"] or 0)
    chart = alt.Chart(alt.InlineData(values=rows))
    layers = [
        chart.transform_filter("isValid(datum.low)")
        .mark_area(color=TOKENS["band"], line=False, interpolate="linear")
        .encode(x=x, y=alt.Y("low:Q", scale=alt.Scale(domain=[low, high], nice=True, zero=False)), y2="high:Q"),
        chart.mark_line(color=TOKENS["ink"], strokeWidth=2).encode(x=x, y=y),
        chart.mark_point(filled=True, fill=TOKENS["ink"], size=36, opacity=1)
        .encode(x=x, y=y)
        .transform_filter("!datum.marked && !datum.provisional"),
        # A period that is not over yet is a ring, not a dot.
        chart.mark_point(filled=True, fill=TOKENS["paper"], stroke=TOKENS["ink"], strokeWidth=1.5, size=44, opacity=1)
        .encode(x=x, y=y)
        .transform_filter("datum.provisional"),
        chart.mark_point(filled=True, fill=TOKENS["wheat"], stroke=TOKENS["ink"], strokeWidth=1.5, size=110, opacity=1)
        .encode(x=x, y=y)
        .transform_filter("datum.marked"),
        chart.mark_text(align="right", dy=-16 if rises else 18, dx=6, fontWeight=600, fontSize=14, color=TOKENS["ink"])
        .encode(x=x, y=y, text="said:N")
        .transform_filter("datum.marked"),
    ]
    return _finish(
        alt.LayerChart(layer=[*layers, *_target_layers(yardstick, "y", _starts_above(rows, yardstick))]),
        width,
        260 if width == WIDE else 220,
    )


def ranking(cells: Sequence[Cell], yardstick: Yardstick, width: int) -> alt.LayerChart:
    """The specification of a ranking."""
    order = ranked(cells, yardstick)
    if len(order) > MOST_RANKED:
        order = [*order[: MOST_RANKED // 2], *order[-(MOST_RANKED // 2) :]]
    rows = [_row(cell, yardstick) | {"label": _label(cell, yardstick, width)} for cell in order]
    names = [row["label"] for row in rows]
    domain = [end * _factor(yardstick) for end in scale_for(yardstick.unit, reach_of(order, yardstick))]
    # Letters are measured here by one font and shown in another, so room is kept for the wider one.
    room = min(420, 7.2 * max((len(line) for name in names for line in name.split("\n")), default=0))
    names_axis = alt.Axis(
        title=None, minExtent=room, labelLimit=420, labelPadding=10, labelExpr="split(datum.label, '\\n')", grid=True
    )
    y = alt.Y("label:O", sort=names, axis=names_axis)
    x = alt.X(
        "value:Q",
        scale=alt.Scale(domain=domain, nice=False),
        axis=_axis(yardstick, grid=False, ticks=5 if width == WIDE else 3),
    )
    chart = alt.Chart(alt.InlineData(values=rows))
    layers = [
        chart.transform_filter("isValid(datum.low)")
        .mark_bar(color=TOKENS["band"], height=12)
        .encode(x=alt.X("low:Q", scale=alt.Scale(domain=domain)), x2="high:Q", y=y),
        chart.mark_point(
            filled=True, fill=TOKENS["wheat"], stroke=TOKENS["ink"], strokeWidth=1.25, size=80, opacity=1
        ).encode(x=x, y=y),
    ]
    height = max(60, (32 if width == WIDE else 52) * len(rows))
    return _finish(alt.LayerChart(layer=[*layers, *_target_layers(yardstick, "x")]), width, height)


def _label(cell: Cell, yardstick: Yardstick, width: int) -> str:
    """The unit with what stands behind its value: three of three is 100 %, but no reason to stand first."""
    basis = say_basis(cell, yardstick)
    if width == WIDE:
        return shorten(name_of(cell), 46, placeholder="…") + (f" · {basis}" if basis else "")
    return "\n".join([*wrap(name_of(cell), 22, max_lines=2, placeholder="…"), *([basis] if basis else [])])


def _row(cell: Cell, yardstick: Yardstick) -> dict[str, Any]:
    factor = _factor(yardstick)
    scaled = {
        name: None if number is None else number * factor
        for name, number in (("value", cell.value), ("low", cell.low), ("high", cell.high))
    }
    said = write_value(cell.value, yardstick.unit, yardstick.bounds, n=cell.denominator)
    label = write_period_short(Period.parse(cell.period)) if cell.period else name_of(cell)
    return {**scaled, "label": label, "said": said, "provisional": cell.provisional}


def _domain(rows: Sequence[dict[str, Any]], yardstick: Yardstick) -> tuple[float, float]:
    """Zero for volumes and times; a share may be looked at closer, but never beyond what it can be."""
    numbers = [row[name] for row in rows for name in ("value", "low", "high") if row[name] is not None]
    if yardstick.target is not None:
        numbers.append(float(yardstick.target) * _factor(yardstick))
    low, high = min(numbers, default=0.0), max(numbers, default=1.0)
    if yardstick.unit not in (Unit.PER_CENT, POINTS):
        return 0.0, max(high * 1.1, 1.0)
    room = max((high - low) * 0.15, 1.0)
    return max(0.0, low - room), min(100.0, high + room)


def _starts_above(rows: Sequence[dict[str, Any]], yardstick: Yardstick) -> bool:
    """Whether the line begins above the target: then the target's words go below it."""
    first = [row["value"] for row in rows[: max(1, len(rows) // 3)] if row["value"] is not None]
    return bool(first) and min(first) >= float(yardstick.target or 0) * _factor(yardstick)


def _target_layers(yardstick: Yardstick, channel: str, below: bool = False) -> list[alt.Chart]:
    if yardstick.target is None:
        return []
    at = float(yardstick.target) * _factor(yardstick)
    said = say("target {bound}", bound=write_bound(yardstick.target, yardstick.unit, yardstick.direction))
    chart = alt.Chart(alt.InlineData(values=[{"at": at, "said": said}]))
    rule = chart.mark_rule(color=TOKENS["ink"], strokeDash=[2, 3], strokeWidth=1.25)
    if channel == "x":
        label = chart.mark_text(align="center", baseline="bottom", dy=-6, color=TOKENS["ink"], fontSize=13)
        return [
            rule.encode(x=alt.X("at:Q")),
            label.encode(x=alt.X("at:Q"), y=alt.value(0), text="said:N"),
        ]
    edge: dict[str, Any] = {"baseline": "top", "dy": 5} if below else {"baseline": "bottom", "dy": -4}
    label = chart.mark_text(align="left", **edge, color=TOKENS["ink"], fontSize=13)
    return [rule.encode(y=alt.Y("at:Q")), label.encode(y=alt.Y("at:Q"), x=alt.value(4), text="said:N")]


def _axis(yardstick: Yardstick, grid: bool = True, ticks: int = 5) -> alt.Axis:
    suffix = {Unit.PER_CENT: "' %'" if current() == "uk" else "'%'"}.get(yardstick.unit, "''")  # type: ignore[call-overload]
    return alt.Axis(title=None, labelExpr=f"datum.label + {suffix}", tickCount=ticks, grid=grid)


def _factor(yardstick: Yardstick) -> int:
    return 100 if yardstick.unit == Unit.PER_CENT else 1


def _finish(chart: alt.LayerChart, width: int, height: int) -> alt.LayerChart:
    axis = {
        "labelColor": TOKENS["soft"],
        "labelFontSize": 13,
        "gridColor": TOKENS["hair"],
        "domainColor": TOKENS["soft"],
        "tickColor": TOKENS["soft"],
        "labelFont": "sans-serif",
    }
    finished: alt.LayerChart = (
        chart.properties(width=width, height=height, autosize=alt.AutoSizeParams(type="fit-x", contains="padding"))
        .configure(background="transparent", font="sans-serif", padding=6)
        .configure_view(stroke=None)
        .configure_axis(**axis)
        .configure_axisX(domain=True)
        .configure_axisY(domain=False, ticks=False)
    )
    return finished


def _draw(chart: alt.LayerChart, spoken: str) -> Markup:
    svg = vl_convert.vegalite_to_svg(chart.to_dict(), format_locale=LOCALE[current()])
    for name, stand_in in TOKENS.items():
        svg = svg.replace(f'"{stand_in}"', f'"var(--{name})"')
    head, rest = svg.split(">", 1)
    box = re.search(r'viewBox="[^"]+"', head)
    assert box is not None
    width = re.search(r'width="([\d.]+)"', head)
    label = Markup.escape(spoken)
    style = f"max-width:{width[1]}px" if width else ""
    # Without its namespaces the drawing is plain HTML, and the page names no address at all.
    # It is one picture with one name, and its table says the rest: the names of its parts would only be in the way.
    rest = re.sub(r' (xmlns(:\w+)?|role|aria-[a-z]+)="[^"]*"', "", rest).replace('font-family="sans-serif"', "")
    return Markup(f'<svg class="chart" role="img" aria-label="{label}" {box[0]} width="100%" style="{style}">{rest}')
