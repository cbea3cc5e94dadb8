"""Adds to a measurement how it went over time, where nobody said by which periods: a page shows that in any case."""

from dataclasses import replace

import pyarrow as pa

from mirylo.core.methodology.model import Methodology
from mirylo.core.periods import Grain
from mirylo.engines.facts import Facts
from mirylo.engines.requests import Asked
from mirylo.engines.running import Result, run


def add_trend(result: Result, methodology: Methodology, facts: Facts, asked: Asked) -> Result:
    """The result, with the nation period by period where just one period was asked for, or none."""
    periods = asked.get("periods")
    is_one = len(periods) == 1 if periods else list(asked["grains"]) == [Grain.WHOLE]
    if not is_one or (periods and periods[0].grain is Grain.MONTH):
        return result

    def split(grain: Grain) -> pa.Table:
        parts = list(periods[0].split(grain)) if periods else None
        return run(methodology, facts, **asked | Asked(cuts=["nation"], grains=[grain], periods=parts)).table

    trend = split(Grain.MONTH)
    grain = choose_grain(len(trend["period"].unique()))
    trend = trend if grain is Grain.MONTH else split(grain)
    return replace(result, table=pa.concat_tables([result.table, trend]))


def choose_grain(months: int) -> Grain:
    """The length of period by which so many months are shown: a trend of two dozen points can still be read.

    >>> [choose_grain(months).value for months in (18, 19, 72, 73)]
    ['month', 'quarter', 'quarter', 'year']
    """
    if months <= 18:
        return Grain.MONTH
    return Grain.QUARTER if months <= 72 else Grain.YEAR
