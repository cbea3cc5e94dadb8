"""Writes thousands of rows in one statement, on SQLite and on PostgreSQL: events, and marks of stale cases.

Django's own bulk writing makes an object of every row, which costs as much as everything else together.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec
from django.db import connection


class Row(NamedTuple):
    """An event as it is written; moments are texts in UTC. Rows sort by their key, which no two of a batch share."""

    source_id: int
    event_id: str
    type: str
    number: str
    happened_at: str
    sent_at: str | None
    corrects: str | None
    content: str


EVENT_COLUMNS = {
    "source_id": "bigint",
    "event_id": "text",
    "type": "text",
    "number": "text",
    "happened_at": "timestamptz",
    "sent_at": "timestamptz",
    "corrects": "text",
    "content": "text",
}
"""Column to its type in PostgreSQL; SQLite needs none."""
_encode = msgspec.json.Encoder().encode
Key = tuple[int, str]
"""Source and id of an event, or source and number of a case."""


def write_moment(moment: datetime) -> str:
    """A moment as both databases keep it, in UTC, and as PostgreSQL writes it: no zeros at the end of a fraction."""
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    written = _encode(moment)[1:-2].decode().replace("T", " ")  # five times as quick as isoformat
    return written.rstrip("0") if moment.microsecond else written


def write_rows(
    table: str, columns: Mapping[str, str], rows: Collection[Sequence[Any]], conflict: str, **same: Any
) -> int:
    """Insert rows; `conflict` says what to do with a row that is there. Returns how many were inserted or changed.

    `columns` maps a column to its type in PostgreSQL; `same` are columns with one value for all rows.
    """
    if not rows:
        return 0
    names = ", ".join([*columns, *same])
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            arrays = ", ".join(f"%s::{type_}[]" for type_ in columns.values())
            constant = "".join(f", {value}" for value in _literals(same))
            cursor.execute(
                f"INSERT INTO {table} ({names}) SELECT *{constant} FROM unnest({arrays}) {conflict}",
                [list(column) for column in zip(*rows, strict=True)],
            )
        else:
            places = ", ".join([*["%s"] * len(columns), *_literals(same)])
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places}) {conflict}", rows)
        return int(cursor.rowcount)


def _literals(values: Mapping[str, Any]) -> list[str]:
    """Flags, whole numbers and moments of our own as SQL; nothing that anybody sent. Sessions are in UTC."""
    return [f"'{write_moment(one)}'" if isinstance(one, datetime) else str(one).lower() for one in values.values()]


def insert_events(rows: Sequence[Row], batch_id: int) -> int:
    """Insert events that are not there yet; returns how many were inserted. No key may stand twice among the rows."""
    conflict = "ON CONFLICT (source_id, event_id) DO NOTHING"
    return write_rows("intake_event", EVENT_COLUMNS, rows, conflict, batch_id=batch_id)


def mark_stale(keys: Iterable[Key], batch_id: int, at: datetime) -> None:
    """Mark cases as stale; in sorted order, so that two batches cannot block each other."""
    columns = {"source_id": "bigint", "number": "text"}
    conflict = "ON CONFLICT (source_id, number) DO UPDATE SET version = excluded.version"
    write_rows("intake_stalecase", columns, sorted(set(keys)), conflict, version=batch_id, marked_at=at)


def wanted(*names: str) -> str:
    """SQL for a relation `wanted` with these columns, to be filled by one parameter that `write_wanted` makes.

    The first column is a whole number, the others are texts.
    """
    if connection.vendor == "postgresql":
        listed = ", ".join(
            f"(value ->> {place})::{'text' if place else 'bigint'} AS {name}" for place, name in enumerate(names)
        )
        return f"(SELECT {listed} FROM json_array_elements(%s::json)) wanted"
    listed = ", ".join(f"value ->> {place} AS {name}" for place, name in enumerate(names))
    return f"(SELECT {listed} FROM json_each(%s)) wanted"


def write_wanted(rows: Iterable[Sequence[Any]]) -> str:
    """The parameter of `wanted`."""
    return msgspec.json.encode(list(rows)).decode()


class Known(NamedTuple):
    """An event that is in the database: what makes its content, and the batch that brought it."""

    content: tuple[str, str, str, str | None, str]
    batch_id: int


def moment_in_utc(column: str) -> str:
    """SQL for a moment as text in UTC, without its zone and without a fraction of zeros."""
    return f"({column} AT TIME ZONE 'UTC')::text" if connection.vendor == "postgresql" else f"{column} || ''"


def find_events(keys: Iterable[Key]) -> dict[Key, Known]:
    """The events of these keys that are there."""
    looked_for = list(keys)
    if not looked_for:
        return {}
    happened = moment_in_utc("e.happened_at")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT e.source_id, e.event_id, e.type, e.number, {happened}, e.corrects, e.content, e.batch_id "
            f"FROM {wanted('source_id', 'event_id')} "
            "JOIN intake_event e ON e.source_id = wanted.source_id AND e.event_id = wanted.event_id",
            [write_wanted(looked_for)],
        )
        return {(row[0], row[1]): Known(row[2:7], row[7]) for row in cursor.fetchall()}
