"""Puts the good rows of all files together as records, under the names that Mirylo knows, ready to be judged."""

from collections.abc import Collection, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import duckdb

from mirylo.core.methodology.model import Type
from mirylo.engines.records import RECORDS
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
    """Make a view of the rows of these tables that were not refused, with constants and the source filled in."""
    good = [f"(SELECT * EXCLUDE (refused) FROM {table} WHERE refused IS NULL)" for table in tables]
    name_records(connection, good, mapping, view)


def name_records(connection: duckdb.DuckDBPyConnection, relations: Sequence[str], mapping: Mapping, view: str) -> None:
    """Make a view of converted rows, with constants and the source filled in.

    Only mapped columns are there: what a source does not collect must not look like something that it left empty.
    """
    filled = constant_columns(mapping) | {"source": source_of(mapping)}
    if mapping.rows == "events" and "type" not in mapping.columns:
        filled["type"] = "'other'"
    constants = ", ".join(f"{value} AS {name}" for name, value in filled.items())
    every = "* EXCLUDE (source)" if source_of(mapping).startswith("coalesce") else "*"
    rows = " UNION ALL ".join(f"SELECT {every}, {constants} FROM {relation}" for relation in relations)
    connection.execute(f"CREATE OR REPLACE TEMP VIEW {view} AS {rows}")


def moments_of(
    connection: duckdb.DuckDBPyConnection, relations: Sequence[str], names: Collection[str], timezone: str
) -> tuple[datetime | None, datetime | None]:
    """The first and the last of these moments in relations that have some of them, in local time."""
    zone = ZoneInfo(timezone)
    found: list[datetime] = []
    for relation in relations:
        there = [name for name in names if name in connection.table(relation).columns]
        # Epoch microseconds spare the detour over a time zone of Python's.
        listed = ", ".join(f"epoch_us(min({name})), epoch_us(max({name}))" for name in there) or "NULL"
        row = connection.execute(f"SELECT {listed} FROM {relation}").fetchone() or ()
        found += [datetime.fromtimestamp(us / 1e6, zone) for us in row if us is not None]
    return min(found, default=None), max(found, default=None)


def happened_moments(mapping: Mapping) -> list[str]:
    """Names of the moments at which something happened: due dates lie ahead, and sending is not happening."""
    known = RECORDS[mapping.rows]
    apart = ("due_at", "sent_at", "received_at")
    return [column.name for column in known if column.type is Type.MOMENT and column.name not in apart]
