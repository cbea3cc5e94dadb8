"""Counts made-up facts month by month, for tests that ask which months a change changes."""

from datetime import date
from typing import Any

from mirylo.core.methodology.model import Methodology
from mirylo.core.periods import Grain
from mirylo.engines.running import run
from tests.engines import generated


def counted_months(methodology: Methodology, rows: list[dict[str, object]], as_of: date) -> dict[str, set[Any]]:
    """For each month all values of the units of which anything was counted in it, with the reference engine."""
    cuts = ["nation", "centre", "service"]
    values = run(
        methodology, generated.facts_of(rows), cuts=cuts, grains=[Grain.MONTH], as_of=as_of, engine="reference"
    ).table.to_pylist()
    counted = {
        (row["period"], row["cut"], row["unit"])
        for row in values
        if row["indicator"] != "index" and (row["numerator"] or row["denominator"])
    }
    months: dict[str, set[Any]] = {}
    for row in values:
        if (row["period"], row["cut"], row["unit"]) in counted:
            months.setdefault(row["period"], set()).add(tuple(row.items()))
    return months
