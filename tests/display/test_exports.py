"""Exports are exact: what goes out comes back, with where it comes from."""

import io
import json

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest

from mirylo.display.exports import export

TABLE = pa.table(
    {
        "indicator": pa.array(["on_time_share", "waiting"]).dictionary_encode(),
        "unit": pa.array(["ЦНАП «Центр», №1", None]),
        "value": pa.array([1020 / 1329, None]),
        "provisional": pa.array([False, True]),
    }
)
ORIGIN = {"methodology": "2026.1", "manifest": "9f2c", "engine": "duckdb"}


def test_json_keeps_every_digit_and_the_origin() -> None:
    read = json.loads(export(TABLE, ORIGIN, "json"))
    assert read["provenance"] == ORIGIN
    assert read["values"] == TABLE.to_pylist()


def test_csv_keeps_every_digit_and_nothing_else() -> None:
    read = pyarrow.csv.read_csv(io.BytesIO(export(TABLE, ORIGIN, "csv")))
    assert read.column_names == TABLE.column_names
    assert read["value"].to_pylist() == TABLE["value"].to_pylist()
    assert read["unit"][0].as_py() == "ЦНАП «Центр», №1"


def test_parquet_keeps_types_and_the_origin() -> None:
    read = pyarrow.parquet.read_table(io.BytesIO(export(TABLE, ORIGIN, "parquet")))
    assert read.to_pylist() == TABLE.to_pylist()
    assert read.schema.metadata is not None
    assert json.loads(read.schema.metadata[b"mirylo"]) == ORIGIN


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown format"):
        export(TABLE, ORIGIN, "xml")
