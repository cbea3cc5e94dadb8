"""Puts the good rows of all files together as records, under the names that Mirylo knows, ready to be judged."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import duckdb

from mirylo.core.methodology.model import Type
from mirylo.sources.conversions import constant_columns
from mirylo.sources.mapping import Mapping
from mirylo.sources.raw_rows import literal

SOURCE = "file"
"""The source of rows whose mapping names none, whatever their files are called: a case may go on in the next file."""


def source_of(mapping: Mapping) -> str:
    """SQL of the source of a converted row."""
    rule = mapping.columns.get("source")
    if rule is None:
        return literal(SOURCE)
    return constant_columns(mapping).get("source") or f"coalesce(source, {literal(SOURCE)})"


def make_records(connection: duckdb.DuckDBPyConnection, tables: Sequence[str], mapping: Mapping, view: str) -> None:
    """Make a view of the rows that were not refused, with constants and the source filled in.

    Only mapped columns are there: what a source does not collect must not look like something that it left empty.
    """
    filled = constant_columns(mapping) | {"source": source_of(mapping)}
    if mapping.rows == "events" and "type" not in mapping.columns:
        filled["type"] = "'other'"
    constants = ", ".join(f"{value} AS {name}" for name, value in filled.items())
    left_out = ["refused"] + (["source"] if source_of(mapping).startswith("coalesce") else [])
    rows = " UNION ALL ".join(
        f"SELECT * EXCLUDE ({', '.join(left_out)}), {constants} FROM {table} WHERE refused IS NULL" for table in tables
    )
    connection.execute(f"CREATE OR REPLACE TEMP VIEW {view} AS {rows}")


def moments_of(
    connection: duckdb.DuckDBPyConnection, mapping: Mapping, view: str
) -> tuple[datetime | None, datetime | None]:
    """The first and the last moment at which something happened, in local time; due dates are left out."""
    names = [
        name
        for name, rule in mapping.columns.items()
        if mapping.known[name].type is Type.MOMENT and name not in ("due_at", "sent_at", "received_at")
    ]
    if not names:
        return None, None
    # Least and greatest leave out what is empty; epoch microseconds spare the detour over a time zone of Python's.
    row = connection.execute(
        f"SELECT epoch_us(least({', '.join(f'min({name})' for name in names)})), "
        f"epoch_us(greatest({', '.join(f'max({name})' for name in names)})) FROM {view}"
    ).fetchone()
    zone = ZoneInfo(mapping.rules.timezone)
    first, last = (None if us is None else datetime.fromtimestamp(us / 1e6, zone) for us in row or (None, None))
    return first, last
