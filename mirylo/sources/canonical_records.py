"""Puts the good rows of all files together as records, under the names that Mirylo knows, ready to be judged."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb

from mirylo.core.methodology.model import Type
from mirylo.engines.records import RECORDS
from mirylo.sources.conversions import constant_columns
from mirylo.sources.mapping import Mapping
from mirylo.sources.raw_rows import literal

SOURCE = "file"
"""The source of rows whose mapping names none, whatever their files are called: a case may go on in the next file."""


BEGINS = {"events": "happened_at", "cases": "registered_at", "tickets": "issued_at"}
"""The moment before which a row is not there at all."""
WORD_OF = {
    "decision": ("decided_at",),
    "appeal_outcome": ("appeal_decided_at",),
    "outcome": ("served_at", "left_at"),
    "waiting_seconds": ("called_at",),
    "service_seconds": ("served_at",),
}
"""What a source says in words or numbers about something that happened, and the moments of it."""


def source_of(mapping: Mapping) -> str:
    """SQL of the source of a converted row."""
    rule = mapping.columns.get("source")
    if rule is None:
        return literal(SOURCE)
    return constant_columns(mapping).get("source") or f"coalesce(source, {literal(SOURCE)})"


def make_records(
    connection: duckdb.DuckDBPyConnection,
    tables: Sequence[str],
    mapping: Mapping,
    view: str,
    until: date | None = None,
) -> None:
    """Make a view of the rows of these tables that were not refused, with constants and the source filled in.

    With `until`, as they stood at the end of that day: what happened later was not known then.
    """
    good = [f"(SELECT * EXCLUDE (refused) FROM {table} WHERE refused IS NULL)" for table in tables]
    if until is not None:
        columns = connection.table(tables[0]).columns
        good = [f"({as_known(until, relation, columns, mapping)})" for relation in good]
    name_records(connection, good, mapping, view)


def as_known(until: date, relation: str, columns: Collection[str], mapping: Mapping) -> str:
    """SQL of the converted rows that had begun by the end of a day, without what came after it."""
    night = f"TIMESTAMPTZ '{until + timedelta(days=1)}'"
    there = [name for name in happened_moments(mapping) if name in columns]
    kept = {name: f"CASE WHEN {name} < {night} THEN {name} END" for name in there}
    for word, moments in WORD_OF.items():
        told = [name for name in moments if name in columns]
        if word in columns and told:
            kept[word] = f"CASE WHEN coalesce(least({', '.join(told)}) < {night}, true) THEN {word} END"
    if "late_by_source" in columns:
        kept["late_by_source"] = "NULL::BOOLEAN"
    begun = f"coalesce({BEGINS[mapping.rows]} < {night}, true)" if BEGINS[mapping.rows] in columns else "true"
    replaced = ", ".join(f"{value} AS {name}" for name, value in kept.items())
    return f"SELECT * REPLACE ({replaced}) FROM {relation} WHERE {begun}"


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
