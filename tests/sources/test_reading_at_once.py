"""A log folded as it is read and one read row by row are the same facts and refusals, whatever stands in it."""

import csv
import io
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mirylo.core.faults import FaultsFoundError
from mirylo.sources.loading import load
from mirylo.sources.mapping_file import parse_mapping

MAPPING = parse_mapping("""
rows = "events"
timezone = "Europe/Kyiv"
as_of = 2026-03-01
[columns]
number = "case"
happened_at = "at"
type = "what"
channel = "channel"
due_at = "due"
ready_at = "ready"
[types]
"application.registered" = ["in"]
"result.issued" = ["out"]
[term]
amount = 5
unit = "working_days"
""")
HEAD = ("case", "at", "what", "channel", "due", "ready")

usually = st.sampled_from
days = usually(["2026-01-05 09:00", "2026-01-06 10:30", " 2026-01-07", "2026-01-08T12:00:00+02:00", "09.01.2026 08:00"])
rows = st.tuples(
    usually(["1", "2", "3", " 2", "1 "]),
    days,
    usually(["in", "out", "looked at", "in "]),
    usually(["post", "post", "post", " post", "portal", ""]),
    st.just("") | days,
    st.just("") | days,
)
odd_rows = st.tuples(
    usually(["", "x\x07"]) | st.just("4"),
    usually(["soon", "1026-01-05"]) | days,
    usually(["in", ""]),
    usually(["post", "p\x1bost"]),
    usually(["", "never"]),
    usually(["", "0001-01-01"]),
)


def read(log: list[tuple[str, ...]], line_end: str) -> Any:
    """Facts, refusals and summary of a log, or its faults."""
    text = io.StringIO()
    csv.writer(text, lineterminator=line_end).writerows([HEAD, *log])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log.csv"
        path.write_bytes(text.getvalue().encode())
        try:
            loaded = load([path], MAPPING)
        except FaultsFoundError as error:
            return str(error)
    facts = {name: sorted(map(str, table.to_pylist())) for name, table in loaded.facts.tables.items()}
    return facts, loaded.refusals.rows, loaded.summary


@given(st.lists(rows, min_size=1, max_size=8), st.lists(odd_rows, max_size=1), st.booleans())
def test_a_log_is_the_same_however_it_is_read(
    good: list[tuple[str, ...]], odd: list[tuple[str, ...]], repeats: bool
) -> None:
    log = [*good, *odd, *(good[:1] if repeats else [])]
    # A log whose lines end as Windows ends them is always read row by row.
    assert read(log, "\n") == read(log, "\r\n")
