"""Holds everything that one measurement has to show, whatever shows it: cells, where they come from, what was refused.

Display knows no sources: who reads the files hands over plain counts and sentences.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from mirylo.core.methodology.model import Methodology
from mirylo.core.periods import Period
from mirylo.display.cells import NATION, Cell, Yardstick, yardsticks
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
        """What the values are held against, by code: only those that were asked for, in the methodology's order."""
        asked = {cell.indicator for cell in self.cells}
        return {code: yardstick for code, yardstick in yardsticks(self.methodology).items() if code in asked}

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
        order = [None, "year", "half-year", "quarter", "month"]
        present = {cell.grain for cell in self.cells}
        return [grain for grain in order if grain in present]

    def series(self, code: str, cut: str = NATION, grain: str | None = None) -> list[Cell]:
        """The cells of an indicator in a cut, in order of time, then as the engine returned them."""
        found = [c for c in self._by_key.get((code, cut), ()) if c.grain == grain]
        return sorted(found, key=lambda cell: Period.parse(cell.period).ordinal if cell.period else 0)

    def newest(self, code: str, cut: str, grain: str | None) -> list[Cell]:
        """The cells of an indicator in a cut, in the newest period that has a number for anyone."""
        series = self.series(code, cut, grain)
        numbered = [cell for cell in series if cell.value is not None] or series
        return [cell for cell in series if numbered and cell.period == numbered[-1].period]

    @cached_property
    def _by_key(self) -> dict[tuple[str, str], list[Cell]]:
        keyed: dict[tuple[str, str], list[Cell]] = {}
        for cell in self.cells:
            keyed.setdefault((cell.indicator, cell.cut), []).append(cell)
        return keyed
