"""Holds everything that one measurement has to show, whatever shows it: cells, where they come from, what was refused.

Display knows no sources: who reads the files hands over plain counts and sentences.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from mirylo.core.methodology.model import Methodology
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


@dataclass(frozen=True)
class Measurement:
    """Cells with their methodology and provenance, in the order in which the engine returned them."""

    methodology: Methodology
    cells: Sequence[Cell]
    provenance: Mapping[str, str]
    as_of: date | None = None
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

    def series(self, code: str, cut: str = NATION, grain: str | None = None) -> list[Cell]:
        """The cells of an indicator in a cut, in order of time, then as the engine returned them."""
        found = [c for c in self._by_key.get((code, cut), ()) if c.grain == grain]
        return sorted(found, key=lambda cell: Period.parse(cell.period).ordinal if cell.period else 0)

    def period_to_show(self, grain: str | None) -> str | None:
        """The newest period that is over and has a number for the whole; where none is, the newest with a number.

        A period that has just begun would open the page with a figure about a handful of cases.
        """
        cells = [c for code in self.yardsticks for c in self.series(code, NATION, grain) if c.value is not None]
        over = [cell for cell in cells if not cell.provisional] or cells
        return max((cell.period for cell in over if cell.period), key=lambda code: Period.parse(code), default=None)

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
