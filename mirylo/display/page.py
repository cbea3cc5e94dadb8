"""Writes the page of a measurement: one file that opens anywhere, needs no network and no script, and prints.

It reads from the top: what the figures say, the ruler, how it went, who stands where, then every indicator, what was
left out, how it was counted and what from.
"""

import csv
import io
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from importlib.resources import files
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, select_autoescape
from markupsafe import Markup

from mirylo.core.faults import N_
from mirylo.core.methodology.model import Indicator
from mirylo.core.methodology.wording import formula
from mirylo.core.methodology.wording import say as say_indicator
from mirylo.core.periods import Period
from mirylo.display.cells import (
    BASES,
    NATION,
    Cell,
    Yardstick,
    head_of,
    name_of,
    say_cut,
    say_left_out,
    say_reason,
    when,
)
from mirylo.display.charts import Chart, draw_ranking, draw_trend, ranked
from mirylo.display.headlines import choose_lead
from mirylo.display.language import NP_, current, say
from mirylo.display.measurement import Measurement
from mirylo.display.numbers import say_count, write_act, write_date, write_period, write_span
from mirylo.display.rows import Row, lead_of, row_of

MOST_TRENDS = 6
"""Trends beside the first one; more would bury the page, and the exports hold them all."""


MOST_DRAWN = 200
"""A longer table of units goes without rulers: each is some thousand characters of drawing."""

MOST_NAMED = 2
"""So many sources are named at the head of a page; all of them stand under what was read."""

STYLES = ("tokens.css", "sheet.css", "measured.css")
"""The page's styles, the first two of which are those of the site too."""

TABLES = {"cases": N_("Cases"), "tickets": N_("Queue tickets")}
"""What a fact table is about, as the head of its indicators."""


@dataclass(frozen=True)
class Figure:
    """A chart with the table that says the same, and the same again as CSV."""

    title: str
    chart: Chart
    head: str
    rows: Sequence[Row]
    csv: str
    note: str = ""


@dataclass(frozen=True)
class Explanation:
    """How an indicator is counted."""

    title: str
    sentence: str
    explanation: str
    formula: str
    basis: Sequence[str]


def write_page(measurement: Measurement) -> str:
    """The whole page, in the current language."""
    environment = Environment(
        loader=PackageLoader("mirylo.display", "."),
        autoescape=select_autoescape(default=True, default_for_string=True),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["say"] = say
    lead = choose_lead(measurement)
    return environment.get_template("page.html.j2").render(
        language=current(),
        style=Markup("".join(files(__package__).joinpath("styles", name).read_text("utf-8") for name in STYLES)),
        scope=scope_of(measurement),
        lead=lead_of(measurement.upto(lead.code, measurement.main_grain), lead) if lead else None,
        trends=_trends(measurement, lead),
        rankings=_rankings(measurement, lead),
        groups=_groups(measurement),
        period=_period(measurement),
        absent=[yardstick.title for yardstick in measurement.not_collected],
        say_absent=say_absent(measurement),
        explanations=_explanations(measurement),
        provenance=_provenance(measurement),
        m=measurement,
    )


def scope_of(measurement: Measurement) -> list[str]:
    """What the figures are about, part by part: the source, the period, the as-of date."""
    names, as_of = measurement.sources, measurement.as_of
    if len(names) > MOST_NAMED:
        one, many = NP_("{name} and {n} file more", "{name} and {n} files more")
        names = [say_count(one, many, len(names) - 1, name=names[0])]
    parts = [", ".join(names), _period(measurement), say("as of {day}", day=write_date(as_of)) if as_of else ""]
    return [part for part in parts if part]


def say_absent(measurement: Measurement) -> str:
    """How many indicators need what the source does not collect."""
    n = len(measurement.not_collected)
    one, many = NP_("The source collects nothing for {n} more", "The source collects nothing for {n} more")
    return say_count(one, many, n)


def _trends(measurement: Measurement, lead: Yardstick | None) -> list[Figure]:
    grain = measurement.trend_grain
    if grain is None or lead is None:
        return []
    others = [yardstick for yardstick in measurement.collected if yardstick.code != lead.code]
    found: list[Figure] = []
    for yardstick in [lead, *others[:MOST_TRENDS]]:
        series = [cell for cell in measurement.series(yardstick.code, NATION, grain) if cell.kind != "pending"]
        drawn = _without_remnants(series, measurement.telling_periods(grain))
        if sum(cell.value is not None for cell in drawn) > 1:
            rows = [row_of(cell, yardstick, when(cell), series) for cell in series]
            note = "" if found else _note(drawn, grain, len(series) - len(drawn))
            chart = draw_trend(drawn, yardstick)
            found.append(Figure(yardstick.title, chart, say("Period"), rows[::-1], _csv(series), note))
    return found


GRAINS = {
    "month": N_("By month."),
    "quarter": N_("By quarter."),
    "half_year": N_("By half-year."),
    "year": N_("By year."),
}
"""How long the periods of a trend are."""


def _without_remnants(series: Sequence[Cell], telling: Collection[str]) -> Sequence[Cell]:
    """The cells from the first to the last period that tells something; old logs trail off over years."""
    places = [place for place, cell in enumerate(series) if cell.period in telling]
    return series[places[0] : places[-1] + 1] if places else series


def _note(drawn: Sequence[Cell], grain: str, remnants: int) -> str:
    parts = [say(GRAINS[grain])] if grain in GRAINS else []
    parts += [say("The last period is not over yet.")] if drawn[-1].provisional else []
    if remnants:
        one, many = NP_(
            "{n} period with few cases is only in the table.", "{n} periods with few cases are only in the table."
        )
        parts.append(say_count(one, many, remnants))
    return " ".join(parts)


def _rankings(measurement: Measurement, lead: Yardstick | None) -> list[Figure]:
    grain = measurement.main_grain
    found = []
    for cut in measurement.cuts:
        yardstick = _to_rank(measurement, cut, lead)
        if yardstick is None:
            continue
        cells = measurement.at(yardstick.code, cut, grain)
        order = ranked(cells, yardstick)
        numbered = set(map(id, order))
        like = cells if len(cells) <= MOST_DRAWN else []
        rows = [row_of(cell, yardstick, name_of(cell), like, is_drawn=bool(like)) for cell in order]
        rows += [row_of(cell, yardstick, name_of(cell)) for cell in cells if id(cell) not in numbered]
        title = f"{yardstick.title} {say_cut(cut)}"
        found.append(
            Figure(title, draw_ranking(cells, yardstick), head_of(cut), rows, _csv(cells), _period(measurement))
        )
    return found


def _to_rank(measurement: Measurement, cut: str, lead: Yardstick | None) -> Yardstick | None:
    for yardstick in [*([lead] if lead else []), *measurement.collected]:
        if any(cell.value is not None for cell in measurement.at(yardstick.code, cut, measurement.main_grain)):
            return yardstick
    return None


def _groups(measurement: Measurement) -> list[tuple[str, list[Row]]]:
    """The indicators of the nation in the longest period, by what they are about, the index first."""
    groups: dict[str, list[Row]] = {}
    for yardstick in measurement.collected:
        indicator = measurement.methodology.indicator(yardstick.code)
        group = say(TABLES.get(indicator.population.table, "")) if indicator else ""
        for cell in measurement.at(yardstick.code, NATION, measurement.main_grain):
            note = say_left_out(cell, measurement.methodology)
            groups.setdefault(group, []).append(row_of(cell, yardstick, yardstick.title, note=note))
    return list(groups.items())


def _period(measurement: Measurement) -> str:
    """The period that the page speaks of: the newest of those asked for, else all that the source tells of."""
    code = measurement.period_to_show(measurement.main_grain)
    if code:
        return write_period(Period.parse(code))
    return write_span(*measurement.span) if measurement.span else ""


def _explanations(measurement: Measurement) -> list[Explanation]:
    indicators = [measurement.methodology.indicator(yardstick.code) for yardstick in measurement.collected]
    return [explain(indicator) for indicator in indicators if indicator is not None]


def explain(indicator: Indicator) -> Explanation:
    """How an indicator is counted: a sentence, its formula, its legal basis."""
    return Explanation(
        title=indicator.title.in_(current()),
        sentence=say_indicator(indicator, current()),
        explanation=indicator.explanation.in_(current()),
        formula=formula(indicator),
        basis=[write_act(basis) for basis in indicator.legal_basis],
    )


def _provenance(measurement: Measurement) -> list[tuple[str, str]]:
    methodology, known = measurement.methodology, measurement.provenance
    basis = known.get("basis", "")
    told = [
        (say("Methodology"), f"{methodology.title.in_(current())}, {methodology.version}"),
        (say("A case belongs to a period by"), say(BASES[basis]) if basis in BASES else ""),
        (say("On time"), measurement.comparison),
        (say("Engine"), known.get("engine", "")),
        (say("Fingerprint of the facts"), known.get("manifest", "")),
    ]
    return [(name, value) for name, value in told if value]


def _csv(cells: Sequence[Cell]) -> str:
    """The cells as a link that holds them: exact numbers, as a spreadsheet reads them."""
    file = io.StringIO()
    writer = csv.writer(file)
    columns = ["indicator", "unit", "period", "numerator", "denominator", "value", "low", "high", "kind", "level"]
    writer.writerow(columns)
    writer.writerows([getattr(cell, column) for column in columns] for cell in cells)
    return "data:text/csv;charset=utf-8," + quote(file.getvalue())


__all__ = ["Explanation", "explain", "say_reason", "scope_of", "write_page"]
