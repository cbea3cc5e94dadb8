"""Writes a result for other programs: JSON, CSV and Parquet, exact, with all columns, in their order.

JSON and Parquet carry the provenance inside. CSV stays pure: rows and nothing else.
"""

import io
import json
from collections.abc import Mapping

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

FORMATS = ("json", "csv", "parquet")


def export(table: pa.Table, provenance: Mapping[str, str], format_: str) -> bytes:
    """The result as a file in one of FORMATS; what is no number is null in JSON and Parquet, and empty in CSV.

    >>> export(pa.table({"value": [0.1, None]}), {"engine": "duckdb"}, "csv").decode()
    '"value"\\n0.1\\n\\n'
    >>> print(export(pa.table({"value": [0.1]}), {"engine": "duckdb"}, "json").decode())
    {
     "provenance": {"engine": "duckdb"},
     "values": [
      {"value": 0.1}
     ]
    }
    <BLANKLINE>
    """
    table = _plain(table)
    match format_:
        case "json":
            return _json(table, provenance).encode()
        case "csv":
            return _csv(table)
        case "parquet":
            return _parquet(table, provenance)
        case _:
            raise ValueError(f"unknown format {format_!r}: {', '.join(FORMATS)}")


def _json(table: pa.Table, provenance: Mapping[str, str]) -> str:
    """One value a line, so that two results can be compared line by line."""
    rows = ",\n".join("  " + json.dumps(row, ensure_ascii=False, allow_nan=False) for row in table.to_pylist())
    said = json.dumps(dict(provenance), ensure_ascii=False)
    return f'{{\n "provenance": {said},\n "values": [\n{rows}\n ]\n}}\n'


def _csv(table: pa.Table) -> bytes:
    file = io.BytesIO()
    pyarrow.csv.write_csv(table, file, pyarrow.csv.WriteOptions(quoting_style="needed"))
    return file.getvalue()


def _parquet(table: pa.Table, provenance: Mapping[str, str]) -> bytes:
    file = io.BytesIO()
    said = {b"mirylo": json.dumps(dict(provenance), ensure_ascii=False).encode()}
    pyarrow.parquet.write_table(table.replace_schema_metadata(said), file, compression="zstd")
    return file.getvalue()


def _plain(table: pa.Table) -> pa.Table:
    """Dictionary columns as text: readers of CSV and JSON know no other."""
    fields = [
        field.with_type(field.type.value_type) if pa.types.is_dictionary(field.type) else field
        for field in table.schema
    ]
    return table.cast(pa.schema(fields))
