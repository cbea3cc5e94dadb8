"""Holds everything that one measurement has to show, whatever shows it: cells, where they come from, what was refused.

Display knows no sources: who reads the files hands over plain counts and sentences.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from mirylo.core.methodology.model import Methodology, Stock
from mirylo.core.periods import Grain, Period
from mirylo.display.cells import COMPARISONS, NATION, Cell, Yardstick, yardsticks
from mirylo.display.language import say
from mirylo.display.numbers import write_number


@dataclass(frozen=True)
class RefusedRows:
    """Rows left out for one reason, and where the first of them stand."""

    reason: str
    n: int
    places: tuple[str, ...] = ()

    @property
    def count(self) -> str:
        """How many, as it is written."""
        return write_number(self.n)


def _n(cell: Cell) -> float:
    """How many cases or tickets a cell is about."""
    return (cell.denominator if cell.denominator is not None else cell.value) or 0.0


def ordinal_of(code: str) -> int:
    """Where a period stands among those of its length."""
    return Period.parse(code).ordinal


@dataclass(frozen=True)
class Measurement:
    """Cells with their methodology and provenance, in the order in which the engine returned them."""

    methodology: Methodology
    cells: Sequence[Cell]
    provenance: Mapping[str, str]
    as_of: date | None = None
    span: tuple[date, date] | None = None
    """The first and the last day on which something happened, where it is known."""
    sources: Sequence[str] = ()
    summary: Sequence[tuple[str, str]] = ()
    refused: Sequence[RefusedRows] = ()
    flaws: Sequence[RefusedRows] = ()

    @cached_property
    def yardsticks(self) -> dict[str, Yardstick]:
        """What the values are held against, by code: only those that were asked for.

        The index comes first, then what has a target, then the rest in the methodology's order; cases before tickets.
        """
        asked = {cell.indicator for cell in self.cells}
        tables = {i.code: i.population.table for i in self.methodology.indicators}
        found = [(code, yardstick) for code, yardstick in yardsticks(self.methodology).items() if code in asked]
        return dict(sorted(found, key=lambda item: (tables.get(item[0], ""), item[1].target is None)))

    @property
    def comparison(self) -> str:
        """How cases were judged to be on time, in words; nothing where the facts do not tell."""
        known = self.provenance.get("compare", "")
        return say(COMPARISONS[known]) if known in COMPARISONS else ""

    @property
    def emptiness(self) -> str:
        """Why there is nothing to show, in words; nothing where there is something."""
        if self.cells:
            return ""
        return say(
            "▨ Not one indicator can be counted from these data: no date puts a row into a period. "
            "Does the mapping name when a case was registered, or a ticket issued?"
        )

    @cached_property
    def cuts(self) -> list[str]:
        """The cuts there are, beside the nation, in their order."""
        return [cut for cut in dict.fromkeys(cell.cut for cell in self.cells) if cut != NATION]

    @cached_property
    def not_collected(self) -> list[Yardstick]:
        """Indicators that the sources have nothing for, in any cell."""
        present = {cell.indicator for cell in self.cells if cell.kind != "not_collected"}
        return [yardstick for code, yardstick in self.yardsticks.items() if code not in present]

    @cached_property
    def collected(self) -> list[Yardstick]:
        """Indicators with something to show."""
        absent = {yardstick.code for yardstick in self.not_collected}
        return [yardstick for code, yardstick in self.yardsticks.items() if code not in absent]

    def grains(self) -> list[str | None]:
        """The grains there are, the longest first; None is the whole range."""
        present = {cell.grain for cell in self.cells}
        return [grain for grain in (None, *reversed(Grain)) if grain in present]

    @property
    def main_grain(self) -> str | None:
        """The longest grain: the headline, the rankings and the list of indicators speak of its newest period."""
        return next(iter(self.grains()), None)

    @property
    def trend_grain(self) -> str | None:
        """The shortest grain, by which it is shown how things went."""
        return next(reversed(self.grains()), None)

    def series(self, code: str, cut: str = NATION, grain: str | None = None) -> list[Cell]:
        """The cells of an indicator in a cut, in order of time, then as the engine returned them."""
        found = [c for c in self._by_key.get((code, cut), ()) if c.grain == grain]
        return sorted(found, key=lambda cell: ordinal_of(cell.period) if cell.period else 0)

    def period_to_show(self, grain: str | None) -> str | None:
        """The newest period that is over and is no mere remnant; where none is, the newest with a number.

        A period that has just begun, or in which only the last few cases of an old log were closed, would open the
        page with a figure about a handful of cases.
        """
        cells = [c for code in self.yardsticks for c in self.series(code, NATION, grain) if c.value is not None]
        telling = self.telling_periods(grain)
        told = [cell for cell in cells if cell.period in telling] or cells
        over = [cell for cell in told if not cell.provisional] or told
        return max((cell.period for cell in over if cell.period), key=ordinal_of, default=None)

    def telling_periods(self, grain: str | None) -> frozenset[str]:
        """The periods in which most indicators have at least a tenth of the cases of their own busiest period."""
        votes: Counter[str] = Counter()
        asked = 0
        for code in self.yardsticks:
            indicator = self.methodology.indicator(code)
            if indicator is None or isinstance(indicator.measure, Stock):
                continue  # what has piled up tells nothing about how busy a period was
            n = {c.period or "": _n(c) for c in self.series(code, NATION, grain)}
            asked += any(n.values())
            votes.update(period for period, some in n.items() if 0 < max(n.values()) <= 10 * some)
        return frozenset(period for period, told in votes.items() if 2 * told >= asked)

    def at(self, code: str, cut: str, grain: str | None) -> list[Cell]:
        """The cells of an indicator in a cut, in the period to show."""
        period = self.period_to_show(grain)
        return [cell for cell in self.series(code, cut, grain) if cell.period == period]

    def upto(self, code: str, grain: str | None) -> list[Cell]:
        """The cells of an indicator for the whole, from the first to the one in the period to show."""
        series, period = self.series(code, NATION, grain), self.period_to_show(grain)
        places = [place for place, cell in enumerate(series) if cell.period == period]
        return series[: places[0] + 1] if places else []

    @cached_property
    def _by_key(self) -> dict[tuple[str, str], list[Cell]]:
        keyed: dict[tuple[str, str], list[Cell]] = {}
        for cell in self.cells:
            keyed.setdefault((cell.indicator, cell.cut), []).append(cell)
        return keyed
