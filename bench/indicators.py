"""Times all indicators over all cuts and periods: ours, hand-written DuckDB queries and pandas, on the same facts.

`bench/indicators.py [cases] [contestants…]`: by default 5,000,000 cases of the synthetic country in 2025 with their
tickets, and `ours duckdb pandas`. Each contestant runs in a process of its own, which also tells its peak memory. All
read the same Parquet files and take the same counts, sums and quantiles for every cut, and month, quarter, half-year
and year; a few of them are compared. Ours also gives the frame, shares, intervals, kinds, levels and the index.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from indicator_counts import AS_OF, GRAINS
from indicators_by_hand import measure_by_hand
from indicators_with_pandas import measure_with_pandas

from mirylo.core.methodology.loading import load
from mirylo.core.periods import Grain
from mirylo.engines.facts import Facts
from mirylo.engines.running import measure
from mirylo.engines.tables import CUTS, FACT_TABLES
from mirylo.simulation.country import build_country
from mirylo.simulation.generation import COLLECTED, Span, generate_facts

ROOT = Path(__file__).parent.parent


def measure_ours(folder: Path) -> dict[str, float]:
    """All indicators of the methodology, as they are published."""
    methodology = load(ROOT / "methodology", FACT_TABLES)
    tables = {name: tuple(sorted((folder / name).glob("*.parquet"))) for name in FACT_TABLES}
    facts = Facts(tables, COLLECTED, AS_OF, "Europe/Kyiv", "")
    found: dict[str, float] = {}
    names = {"on_time_share": "on_time", "throughput_days_p90": "p90", "overdue_open": "overdue"}
    for batch in measure(methodology, facts, cuts=tuple(CUTS), grains=GRAINS):
        first = batch.slice(0, 1).to_pylist()[0]
        if first["cut"] == "nation" and first["grain"] == Grain.YEAR and first["indicator"] in names:
            row = next(row for row in batch.to_pylist() if row["period"] == "2025")
            found[names[first["indicator"]]] = row["value"]
    return found


CONTESTANTS: dict[str, tuple[str, Callable[[Path], dict[str, float]]]] = {
    "ours": ("Mirylo, values with intervals, kinds and levels", measure_ours),
    "duckdb": ("hand-written DuckDB, counts, sums, shares, quantiles", measure_by_hand),
    "pandas": ("vectorised pandas, the same without stocks", measure_with_pandas),
}


def write_facts(folder: Path, cases: int) -> None:
    """Facts of the synthetic country in 2025: 2,000 centres, and tickets beside the cases."""
    span = Span(build_country(1, 2000), date(2025, 1, 1), AS_OF, cases / 274, as_of=AS_OF)
    for name in FACT_TABLES:
        (folder / name).mkdir()
    for number, (_, piece) in enumerate(generate_facts(span)):
        for name, rows in piece.items():
            pq.write_table(rows, folder / name / f"{number:04}.parquet")


def main(words: list[str]) -> None:
    """Run every contestant on the same facts, and print the table."""
    if words[:1] == ["--alone"]:
        started = time.perf_counter()
        found = CONTESTANTS[words[1]][1](Path(words[2]))
        took = time.perf_counter() - started
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        print(json.dumps({"seconds": took, "peak": peak, "found": found}))
        return
    cases = int(words[0]) if words else 5_000_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_facts(folder, cases)
        files = {table: (folder / table).glob("*") for table in FACT_TABLES}
        rows = {table: sum(pq.read_metadata(path).num_rows for path in some) for table, some in files.items()}
        size = f"{rows['cases']:,} cases and {rows['tickets']:,} tickets"
        print(f"indicators, {size}, {len(CUTS)} cuts, {len(GRAINS)} lengths of period")
        results = {who: _run(who, folder) for who in words[1:] or CONTESTANTS}
    ours = results.get("ours")
    for who, result in results.items():
        ratio = f"ours takes {ours['seconds'] / result['seconds']:5.2f} of it" if ours and who != "ours" else ""
        print(f"  {CONTESTANTS[who][0]:56} {result['seconds']:7.1f} s  {result['peak']:5.2f} GiB  {ratio}")
    for name in ("on_time", "p90", "overdue"):
        values = {who: result["found"][name] for who, result in results.items() if name in result["found"]}
        if max(values.values()) - min(values.values()) > 1e-6 * max(values.values()):
            raise SystemExit(f"{name} differs: {values}")


def _run(who: str, folder: Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, __file__, "--alone", who, folder], check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    result: dict[str, Any] = json.loads(done.stdout)
    return result


if __name__ == "__main__":
    main(sys.argv[1:])
