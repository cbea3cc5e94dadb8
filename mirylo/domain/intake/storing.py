"""Writes events and marks of stale cases into the database, thousands in one statement, on SQLite and on PostgreSQL.

Django's own bulk writing makes an object of every row, which costs as much as everything else together.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

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


COLUMNS = (*Row._fields, "batch_id")
POSTGRESQL_TYPES = ("bigint", "text", "text", "text", "timestamptz", "timestamptz", "text", "text")
AT_ONCE = 500
"""Keys looked up in one statement."""


def write_moment(moment: datetime) -> str:
    """A moment in UTC as both databases keep it."""
    return moment.isoformat(" ")[:26]


def insert_events(rows: Sequence[Row], batch_id: int) -> int:
    """Insert events that are not there yet; returns how many were inserted. No key may stand twice among the rows."""
    if not rows:
        return 0
    names = ", ".join(COLUMNS)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            arrays = ", ".join(f"%s::{type_}[]" for type_ in POSTGRESQL_TYPES)
            cursor.execute(
                f"INSERT INTO intake_event ({names}) SELECT *, {int(batch_id)} FROM unnest({arrays}) "
                "ON CONFLICT (source_id, event_id) DO NOTHING",
                [list(column) for column in zip(*rows, strict=True)],
            )
        else:
            places = ", ".join(["%s"] * len(Row._fields))
            cursor.executemany(
                f"INSERT INTO intake_event ({names}) VALUES ({places}, {int(batch_id)}) "
                "ON CONFLICT (source_id, event_id) DO NOTHING",
                rows,
            )
        return int(cursor.rowcount)


def mark_stale(keys: Iterable[tuple[int, str]], batch_id: int, at: datetime) -> None:
    """Mark cases (source and number) as stale; in sorted order, so that two batches cannot block each other."""
    ordered = sorted(set(keys))
    if not ordered:
        return
    head = "INSERT INTO intake_stalecase (source_id, number, version, marked_at)"
    tail = "ON CONFLICT (source_id, number) DO UPDATE SET version = excluded.version"
    moment = write_moment(at)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f"{head} SELECT s, n, {int(batch_id)}, %s::timestamptz "
                f"FROM unnest(%s::bigint[], %s::text[]) AS k(s, n) {tail}",
                [at, [source for source, _ in ordered], [number for _, number in ordered]],
            )
        else:
            cursor.executemany(
                f"{head} VALUES (%s, %s, {int(batch_id)}, %s) {tail}",
                [(source, number, moment) for source, number in ordered],
            )


class Known(NamedTuple):
    """An event that is in the database: what makes its content, and the batch that brought it."""

    content: tuple[str, str, str, str | None, str]
    batch_id: int


def find_events(keys: Iterable[tuple[int, str]]) -> dict[tuple[int, str], Known]:
    """The events of these keys (source and id) that are there."""
    by_source: dict[int, list[str]] = {}
    for source_id, event_id in keys:
        by_source.setdefault(source_id, []).append(event_id)
    found: dict[tuple[int, str], Known] = {}
    happened = "to_char(happened_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
    happened = happened if connection.vendor == "postgresql" else "happened_at"
    with connection.cursor() as cursor:
        for source_id, ids in by_source.items():
            for first in range(0, len(ids), AT_ONCE):
                some = ids[first : first + AT_ONCE]
                cursor.execute(
                    f"SELECT event_id, type, number, {happened}, corrects, content, batch_id FROM intake_event "
                    f"WHERE source_id = %s AND event_id IN ({', '.join(['%s'] * len(some))})",
                    [source_id, *some],
                )
                for event_id, type_, number, moment, corrects, content, batch_id in cursor.fetchall():
                    said = (type_, number, str(moment).removesuffix(".000000"), corrects, content)
                    found[source_id, event_id] = Known(said, batch_id)
    return found
