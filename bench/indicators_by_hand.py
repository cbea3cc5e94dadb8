"""The queries that somebody who knows DuckDB well would write for this methodology, and this methodology only."""

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from indicator_counts import AS_OF, COUNTS, GRAINS, QUANTILES, STOCKS, SUMS, UNITS

from mirylo.core.periods import Grain
from mirylo.engines.tables import CUTS, FACT_TABLES

SETS = ", ".join(f"({', '.join((*units, 'p'))})" for units in CUTS.values())
NAMES = ", ".join(UNITS)
KEYS = f"grouping({NAMES}) as cut, {NAMES}, p"
NATION = 2 ** len(UNITS) - 1


def measure_by_hand(folder: Path) -> dict[str, float]:
    """Counts and sums by months, rolled up; quantiles for each length of period; stocks by a join with months' ends."""
    connection = duckdb.connect()
    connection.execute("set timezone = 'UTC'; set preserve_insertion_order = false; set enable_progress_bar = false")
    for table in FACT_TABLES:
        connection.read_parquet(str(folder / table / "*.parquet")).create_view(table)
    return {**_count(connection), **_take_quantiles(connection), **_count_stocks(connection)}


def _count(connection: duckdb.DuckDBPyConnection) -> dict[str, float]:
    found = {}
    for (table, day, rows), counts in COUNTS.items():
        sums = SUMS.get(day, {})
        flags = "".join(f", nullif({condition}, false) as {name}" for name, condition in counts.items())
        values = "".join(f", {value} as {name}" for name, value in sums.items())
        counted = "".join(f", count({name}) as {name}" for name in counts)
        summed = "".join(f", sum({name}) as {name}" for name in sums)
        month = f"year({day}) * 12 + month({day}) - 1"
        connection.execute(
            f"create or replace temp table cells as select {KEYS}{counted}{summed} from ("
            f"select {NAMES}, {month} as p{flags}{values} from {table} where {rows} and {day} <= DATE '{AS_OF}') "
            f"group by grouping sets ({SETS})"
        )
        again = "".join(f", sum({name}) as {name}" for name in (*counts, *sums))
        shares = "".join(f", {n[:-2]} / nullif({n}, 0) as {n[:-2]}_share" for n in counts if n[:-2] in counts)
        for grain in GRAINS:
            rolled = f"select cut, {NAMES}, p // {grain.months} as p{again} from cells group by all"
            answer = connection.sql(f"select *{shares} from ({rolled})").to_arrow_table()
            if day == "due_on" and grain is Grain.YEAR:
                found["on_time"] = _nation(answer, 2025)["on_time_share"]
    return found


def _take_quantiles(connection: duckdb.DuckDBPyConnection) -> dict[str, float]:
    found = {}
    for (table, day, rows), columns in QUANTILES.items():
        for grain in GRAINS:
            month = f"(year({day}) * 12 + month({day}) - 1) // {grain.months}"
            taken = "".join(f", quantile_cont({column}, {list(qs)}) as {column}" for column, qs in columns.items())
            answer = connection.sql(
                f"select {KEYS}{taken} from (select {', '.join((*UNITS, *columns))}, {month} as p from {table} "
                f"where {rows} and {day} <= DATE '{AS_OF}') group by grouping sets ({SETS})"
            ).to_arrow_table()
            if day == "ready_on" and grain is Grain.YEAR:
                found["p90"] = float(_nation(answer, 2025)["throughput_seconds"][1]) / 86_400
    return found


def _count_stocks(connection: duckdb.DuckDBPyConnection) -> dict[str, float]:
    found = {}
    connection.execute(
        "create temp table ends as select last_day(d)::DATE as e, least(last_day(d)::DATE, DATE '2025-12-30') "
        "as entered, year(d) * 12 + month(d) - 1 as p "
        "from range(DATE '2025-01-01', DATE '2026-01-01', interval 1 month) as months(d)"
    )
    for name, (enters, leaves, rows) in STOCKS.items():
        standing = f"select * from cases where {rows} and ({leaves} is null or {leaves} > {enters})"
        answer = connection.sql(
            f"select {KEYS}, count(*) as n from ({standing}) join ends "
            f"on {enters} <= entered and coalesce({leaves}, DATE '9999-12-31') > e group by grouping sets ({SETS})"
        ).to_arrow_table()
        found[name] = _nation(answer, 2025 * 12 + 11)["n"]
    return found


def _nation(answer: pa.Table, period: int) -> dict[str, float]:
    (row,) = answer.filter(pc.and_(pc.equal(answer["cut"], NATION), pc.equal(answer["p"], period))).to_pylist()
    return dict(row)
