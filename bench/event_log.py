"""Times reading a log of two million events and folding it to cases with due dates, beside pm4py on the same file.

The log is the receipt log of `../shared`, repeated 233 times with new case numbers. Ours reads the file, checks every
row, folds it and finds due dates (56 calendar days). pm4py, in an environment of its own, reads it with pyarrow and
computes case durations. Five runs each, alternated; the medians are compared.
"""

import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
LOG = ROOT.parent / "shared" / "data" / "real" / "1_event_logs" / "receipt.csv"
PM4PY = "pm4py==2.7.23.11"
COPIES, RUNS = 233, 5

MAPPING = """
rows = "events"
timezone = "Europe/Amsterdam"
[columns]
number = "case:concept:name"
activity = "concept:name"
happened_at = "time:timestamp"
registered_at = "case:startdate"
ready_at = "case:enddate"
channel = "case:channel"
provider = "case:department"
[term]
amount = 56
unit = "calendar_days"
"""

OURS = """
import sys, time
from pathlib import Path
from mirylo.sources.loading import load
from mirylo.sources.mapping_file import read_mapping
started = time.perf_counter()
loaded = load([Path(sys.argv[1])], read_mapping(Path(sys.argv[2])))
print(time.perf_counter() - started, loaded.facts.tables["cases"].num_rows)
"""

THEIRS = """
import sys, time, warnings
warnings.simplefilter("ignore")
import pandas, pm4py
started = time.perf_counter()
log = pandas.read_csv(sys.argv[1], engine="pyarrow")
log = pm4py.format_dataframe(
    log, case_id="case:concept:name", activity_key="concept:name", timestamp_key="time:timestamp")
durations = pm4py.get_all_case_durations(log)
print(time.perf_counter() - started, len(durations))
"""


def write_log(path: Path) -> None:
    """Write the log many times over, each copy with case numbers of its own."""
    head, *rows = LOG.read_text().splitlines()
    with path.open("w") as out:
        out.write(head + "\n")
        for copy in range(COPIES):
            out.writelines(row.replace(",case-", f",case-{copy}-", 1) + "\n" for row in rows)


def python_with_pm4py() -> Path:
    """The interpreter of an environment that holds pm4py, made when first asked for."""
    folder = ROOT / ".venv-bench"
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", PM4PY, "pyarrow", "pandas<3"], check=True)
    return python


def seconds(python: Path, program: str, *words: Path) -> tuple[float, int]:
    """Seconds that a program says it took, and how many cases it found."""
    said = subprocess.run(
        [python, "-W", "ignore", "-c", program, *words], check=True, capture_output=True, text=True, cwd=ROOT
    )
    took, cases = next(line for line in said.stdout.splitlines()[::-1] if line[:1].isdigit()).split()
    return float(took), int(cases)


def main() -> None:
    """Print a table of medians and their ratio."""
    if not LOG.is_file():
        print("event log: skipped, the folder ../shared is not there")
        return
    with tempfile.TemporaryDirectory() as folder:
        log, mapping = Path(folder) / "log.csv", Path(folder) / "log.toml"
        write_log(log)
        mapping.write_text(MAPPING)
        pm4py = python_with_pm4py()
        ours, theirs = [], []
        for _ in range(RUNS):
            ours.append(seconds(Path(sys.executable), OURS, log, mapping))
            theirs.append(seconds(pm4py, THEIRS, log))
    assert {cases for _, cases in ours} == {cases for _, cases in theirs}
    medians = [statistics.median(took for took, _ in runs) for runs in (ours, theirs)]
    print(f"event log of 2 million events, {ours[0][1]} cases, median of {RUNS} alternated runs")
    print(f"  mirylo: read, checked, folded, due dates   {medians[0]:6.2f} s")
    print(
        f"  pm4py:  read with pyarrow, case durations  {medians[1]:6.2f} s   {medians[1] / medians[0]:.1f} times ours"
    )


if __name__ == "__main__":
    main()
