"""Tests of reading Parquet: columns keep their types, records are counted, torn files are named."""

import io
from collections.abc import Callable
from datetime import UTC, date, datetime

import pyarrow as pa
import pyarrow.parquet as pq

from tests.sources.conftest import CASES, Load

LOCAL = datetime.fromisoformat("2026-01-05T09:00:00")


def parquet(**columns: object) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer)
    return buffer.getvalue()


def test_types_are_kept(load_text: Load) -> None:
    content = parquet(
        number=pa.array([1, 2], pa.int64()),
        opened=pa.array([LOCAL, None], pa.timestamp("ms")),
        closed=pa.array([date(2026, 1, 7), None]),
        at=pa.array([datetime(2026, 1, 5, 9, tzinfo=UTC)] * 2),
        late=pa.array([True, None]),
    )
    more = 'forwarded_at = "at"\nlate_by_source = "late"\n'
    cases = load_text(content, CASES + more, "log.parquet").facts.tables["cases"].sort_by("number").to_pylist()
    assert cases[0]["registered_at"].isoformat() == "2026-01-05T07:00:00+00:00"
    assert [str(cases[0][name]) for name in ("ready_on", "forwarded_on")] == ["2026-01-07", "2026-01-05"]
    assert (cases[0]["late_by_source"], cases[1]["late_by_source"]) == (True, None)
    assert cases[1]["registered_at"] is None


def test_refused_records_are_counted_from_one(load_text: Load) -> None:
    content = parquet(number=["1", None], opened=["2026-01-05", "2026-01-06"], closed=pa.nulls(2, pa.string()))
    loaded = load_text(content, name="log.parquet")
    assert [(row.line, row.counted, row.reason) for row in loaded.refusals.rows] == [(2, "record", "missing_value")]


def test_a_torn_file_is_named(fault_of: Callable[..., str]) -> None:
    assert "the Parquet file is torn or damaged" in fault_of(parquet(number=["1"])[:-10], name="log.parquet")
