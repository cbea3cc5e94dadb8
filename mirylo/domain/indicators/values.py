"""Gives the values of the current run to whoever shows them; readers look at the pointer once and see one run whole."""

from collections.abc import Sequence

import pyarrow as pa
from django.conf import settings

from mirylo.core.periods import Grain, Period
from mirylo.domain.cases.methodology import current_methodology
from mirylo.domain.indicators.models import Run
from mirylo.domain.indicators.running import current_run
from mirylo.domain.indicators.sheets import TooManyRowsError, read_sheets
from mirylo.engines.lake import NoLakeError, open_lake
from mirylo.engines.narrowing import narrow
from mirylo.engines.running import SCHEMA, Result
from mirylo.engines.running import run as count

__all__ = ["Result", "TooManyRowsError", "current_run", "on_demand", "values"]

ORDER = [(name, "ascending") for name in ("unit", "within", "indicator", "period")]
"""How rows are sorted."""


def values(
    *,
    cut: str,
    unit: str | None = None,
    periods: Sequence[str] | None = None,
    indicators: Sequence[str] | None = None,
    run: Run | None = None,
    most: int | None = None,
) -> pa.Table:
    """Stored values of a cut, columns as in `engines.running.SCHEMA`: of one unit or all, of some periods or all.

    Of the current run, unless a run is given: who asks several times for one page gives it the same run. A period that
    was not counted, or a unit of which nothing is known, has no rows. Cross cuts are not stored: see `on_demand`.
    TooManyRowsError if there are more than `most`.
    """
    run = run or current_run()
    if run is None:
        return SCHEMA.empty_table()
    codes = counted_periods(run) if periods is None else periods
    names = [run.sheets[f"{cut}/{code}"] for code in codes if f"{cut}/{code}" in run.sheets]
    return read_sheets(settings.RESULTS, names, unit=unit, indicators=indicators, most=most).sort_by(ORDER)


def counted_periods(run: Run, grain: Grain | None = None) -> list[str]:
    """Codes of the periods that a run has values of, in order."""
    periods = sorted(Period.parse(code) for code in run.periods)
    return [period.code for period in periods if grain is None or period.grain is grain]


def on_demand(
    *,
    cut: str = "centre_service",
    unit: str | None = None,
    periods: Sequence[str] | None = None,
    indicators: Sequence[str] | None = None,
) -> Result | None:
    """Values counted now from the lake, with where they come from; none where there is no lake yet.

    For a cross cut `unit` is the first of the two, such as the centre; without `periods` months are counted.
    """
    try:
        facts = open_lake(settings.LAKE)
    except NoLakeError:
        return None
    run = current_run()
    if unit is not None:
        facts = narrow(facts, cut, unit)
    return count(
        current_methodology(),
        facts,
        cuts=[cut],
        grains=[Grain.MONTH],
        periods=[Period.parse(code) for code in periods] if periods is not None else None,
        indicators=indicators,
        as_of=run.as_of if run else None,
    )
