"""Reads the values that pages show, of the nation or of one unit, month by month, and the sentence that opens them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from mirylo.core.methodology.model import Methodology
from mirylo.core.periods import Grain, Period
from mirylo.core.values import Kind
from mirylo.display.cells import NATION, Cell, read_cells, say_left_out
from mirylo.display.headlines import LEADS
from mirylo.display.measurement import Measurement
from mirylo.display.numbers import write_period
from mirylo.display.rows import Lead, Row, lead_of, row_of
from mirylo.domain.cases.methodology import current_methodology
from mirylo.domain.indicators.values import current_run, values

MONTHS = 4
"""So many months are read: the present one and those that it can be compared with."""
ENOUGH = 30
"""A month opens a page once its leading share is of so many; on the first of a month the one before still does."""


@dataclass(frozen=True)
class Figures:
    """What a page shows of a unit: the opening sentence, the lines of a month, and when they were counted."""

    lead: Lead | None
    period: str
    aimed: Sequence[Row]
    """Indicators with a target and something to count."""
    others: Sequence[Row]
    absent: Sequence[str]
    """Titles of the indicators that no source collects."""
    as_of: date
    counted_at: datetime
    methodology: str


def read_figures(today: date, cut: str = NATION, unit: str | None = None) -> Figures | None:
    """The figures of the newest month that has any; none where nothing was counted yet."""
    run = current_run()
    if run is None:
        return None
    methodology = current_methodology()
    now = Period.containing(today, Grain.MONTH).ordinal
    months = [Period(Grain.MONTH, ordinal).code for ordinal in range(now - MONTHS + 1, now + 1)]
    cells = read_cells(values(cut=cut, unit=unit, periods=months, run=run))
    measurement = Measurement(methodology, cells, {})
    period = newest_told(measurement, cut)
    aimed, others = _lines(measurement, methodology, cut, period)
    return Figures(
        lead=_lead(measurement, cut, period),
        period=write_period(Period.parse(period)) if period else "",
        aimed=aimed,
        others=others,
        absent=[yardstick.title for yardstick in measurement.not_collected],
        as_of=run.as_of,
        counted_at=run.finished_at,
        methodology=methodology.version,
    )


def newest_told(measurement: Measurement, cut: str) -> str | None:
    """The month to speak of: the newest with a leading share of enough, else the newest with any number."""
    told = [cell for code in LEADS for cell in measurement.series(code, cut, Grain.MONTH)]
    enough = [cell for cell in told if cell.value is not None and (cell.denominator or 0) >= ENOUGH]
    some = [cell for code in measurement.yardsticks for cell in measurement.series(code, cut, Grain.MONTH)]
    for cells in (enough, [cell for cell in some if cell.value is not None]):
        if cells:
            return max(cell.period or "" for cell in cells)
    return None


def _upto(measurement: Measurement, code: str, cut: str, period: str | None) -> list[Cell]:
    return [cell for cell in measurement.series(code, cut, Grain.MONTH) if (cell.period or "") <= (period or "")]


def _lead(measurement: Measurement, cut: str, period: str | None) -> Lead | None:
    for code in (*LEADS, *measurement.yardsticks):
        yardstick = measurement.yardsticks.get(code)
        upto = _upto(measurement, code, cut, period) if yardstick else []
        if yardstick and upto and upto[-1].period == period and upto[-1].value is not None:
            return lead_of(upto, yardstick)
    return None


def _lines(
    measurement: Measurement, methodology: Methodology, cut: str, period: str | None
) -> tuple[list[Row], list[Row]]:
    """The lines of a month: those with a target and something to count, and the others."""
    aimed: list[Row] = []
    others: list[Row] = []
    for yardstick in measurement.collected:
        for cell in measurement.series(yardstick.code, cut, Grain.MONTH):
            if cell.period == period:
                is_aimed = yardstick.target is not None and cell.kind != Kind.NOT_APPLICABLE
                (aimed if is_aimed else others).append(
                    row_of(cell, yardstick, yardstick.title, note=say_left_out(cell, methodology))
                )
    return aimed, others
