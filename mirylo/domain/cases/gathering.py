"""Gathers the events of cases that are to be folded, from the database into the columns that the fold reads."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import duckdb
import pyarrow as pa
from django.db import connection as database

from mirylo.core.terms import Term
from mirylo.domain.cases.halves import Halves
from mirylo.domain.intake.lines import CENTRE_TYPES
from mirylo.domain.intake.storing import Key, moment_in_utc, wanted, write_wanted
from mirylo.engines.judging import quote
from mirylo.engines.records import EVENT
from mirylo.engines.tables import DUCKDB_TYPES

HEAD = ("source", "id", "number", "type", "happened_at", "flaws")
CONTENT = {
    column.name: DUCKDB_TYPES[column.type]
    for column in EVENT
    if column.name not in (*HEAD, "sent_at", "received_at", "corrects")
}
"""What an event's content may hold of the columns of an event, with its type."""
OTHERS = {"variation": "VARCHAR", "group": "VARCHAR"}
LONGEST_EXTENSION = 10_000
"""Of all extensions of a case together, whatever the unit."""
EARLY = "10 minutes"
"""An event that happened later than that after its receipt was sent by a wrong clock."""


def read_events(keys: Collection[Key], halves: Halves) -> pa.Table:
    """Rows of events: source, id, number, type, happened_at (text, UTC), flaws, content. Corrected events are left out.

    A half comes under the source of its case, its ids with its own source in front.
    """
    corrected = _corrected(keys)
    rows = [row for row in _select(keys) if (row[0], row[1]) not in corrected]
    columns: list[list[Any]] = [list(column) for column in zip(*rows, strict=True)] if rows else [[]] * 7
    sources, ids, numbers = columns[0], columns[1], columns[2]
    flaws: list[str | None] = ["future_time" if is_future else None for is_future in columns[5]]
    if halves.homes or halves.flaws:
        for place, key in enumerate(zip(list(sources), numbers, strict=True)):
            if key in halves.homes:
                sources[place], ids[place] = halves.homes[key][0], f"{key[0]}/{ids[place]}"
            elif key in halves.flaws:
                flaws[place] = " ".join(filter(None, (flaws[place], halves.flaws[key])))
    text = pa.string()
    return pa.table(
        {
            "source": pa.array(map(str, sources), text),
            "id": pa.array(ids, text),
            "number": pa.array(numbers, text),
            "type": pa.array(columns[3], text),
            "happened_at": pa.array(columns[4], text),
            "flaws": pa.array(flaws, text),
            "content": pa.array(columns[6], text),
        }
    )


def _select(keys: Collection[Key]) -> Sequence[tuple[Any, ...]]:
    late = f"INTERVAL '{EARLY}'"
    is_future = f"e.happened_at > b.received_at + {late}"
    if database.vendor == "sqlite":
        is_future = f"julianday(e.happened_at) > julianday(b.received_at, '+{EARLY}')"
    happened = moment_in_utc("e.happened_at")
    with database.cursor() as cursor:
        cursor.execute(
            f"SELECT e.source_id, e.event_id, e.number, e.type, {happened}, {is_future}, e.content "
            f"FROM {wanted('source_id', 'number')} "
            "JOIN intake_event e ON e.number = wanted.number AND e.source_id = wanted.source_id "
            "JOIN intake_batch b ON b.id = e.batch_id",
            [write_wanted(keys)],
        )
        return cursor.fetchall()


def cases_corrected_by(keys: Collection[Key]) -> set[Key]:
    """The cases of which events of these cases correct something.

    Intake marks them too, but on PostgreSQL not where the two events come at the same moment, in two batches that do
    not see each other.
    """
    if not _has_corrections():
        return set()
    with database.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT e.source_id, e.number FROM {wanted('source_id', 'number')} "
            "JOIN intake_event c ON c.number = wanted.number AND c.source_id = wanted.source_id "
            "JOIN intake_event e ON e.source_id = c.source_id AND e.event_id = c.corrects "
            f"WHERE e.type NOT IN ({', '.join(quote(type_) for type_ in CENTRE_TYPES)})",
            [write_wanted(keys)],
        )
        return {(source, number) for source, number in cursor.fetchall()}


def _has_corrections() -> bool:
    """Whether any system ever corrected anything."""
    with database.cursor() as cursor:
        cursor.execute("SELECT 1 FROM intake_event WHERE corrects IS NOT NULL LIMIT 1")
        return cursor.fetchone() is not None


def _corrected(keys: Collection[Key]) -> set[Key]:
    """Which events of these cases were corrected by another, of whatever case."""
    if not _has_corrections():
        return set()
    with database.cursor() as cursor:
        cursor.execute(
            f"SELECT e.source_id, e.event_id FROM {wanted('source_id', 'number')} "
            "JOIN intake_event e ON e.number = wanted.number AND e.source_id = wanted.source_id "
            "JOIN intake_event c ON c.source_id = e.source_id AND c.corrects = e.event_id",
            [write_wanted(keys)],
        )
        return {(source, event_id) for source, event_id in cursor.fetchall()}


def show_events(
    connection: duckdb.DuckDBPyConnection, rows: pa.Table, terms: Mapping[tuple[str, str], Term]
) -> list[str]:
    """Make the view `events` for the fold, with just those columns that any event fills; returns their names.

    An event that names a variation of its service, and no term, has the term of the variation.
    """
    connection.register("event_rows", rows)
    connection.register("variation_terms", _terms(terms))
    structure = ", ".join(f'"{name}": "{type_}"' for name, type_ in (CONTENT | OTHERS).items())
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE events_said AS
        SELECT source, id, number, type, CAST(happened_at AS TIMESTAMP) AT TIME ZONE 'UTC' AS happened_at, flaws,
               said.* EXCLUDE (term_amount, term_unit),
               coalesce(said.term_amount, v.amount) AS term_amount,
               CASE WHEN said.term_amount IS NULL THEN v.unit ELSE said.term_unit END AS term_unit
        FROM (SELECT * EXCLUDE (content), from_json(content, '{{{structure}}}') AS said FROM event_rows) e
        LEFT JOIN variation_terms v ON v.service = said.service AND v.variation = said.variation
    """)
    _refuse_endless(connection)
    optional = ["flaws", *CONTENT]
    counts = connection.sql(f"SELECT {', '.join(f'count({name})' for name in optional)} FROM events_said").fetchone()
    assert counts is not None
    filled = [name for name, count in zip(optional, counts, strict=True) if count]
    columns = ["source", "id", "number", "type", "happened_at", *filled]
    connection.execute(f"CREATE OR REPLACE TEMP VIEW events AS SELECT {', '.join(columns)} FROM events_said")
    return columns


def _refuse_endless(connection: duckdb.DuckDBPyConnection) -> None:
    """Extensions that no law can mean, together, are a flaw and no extensions: a calendar has an end."""
    total = "SELECT source, number FROM events_said GROUP BY ALL HAVING sum(amount) > $most"
    if connection.execute(total, {"most": LONGEST_EXTENSION}).fetchone():
        connection.execute(
            "UPDATE events_said SET amount = NULL, flaws = concat_ws(' ', flaws, 'impossible_term') "
            f"WHERE amount > 0 AND (source, number) IN ({total})",
            {"most": LONGEST_EXTENSION},
        )


def _terms(terms: Mapping[tuple[str, str], Term]) -> pa.Table:
    text = pa.string()
    return pa.table(
        {
            "service": pa.array([service for service, _ in terms], text),
            "variation": pa.array([variation for _, variation in terms], text),
            "amount": pa.array([term.amount for term in terms.values()], pa.int32()),
            "unit": pa.array([str(term.unit) for term in terms.values()], text),
        }
    )


def groups_of(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], str]:
    """The complex services that cases belong to, by source and number."""
    found = connection.sql(
        'SELECT source, number, any_value("group") FROM events_said WHERE "group" IS NOT NULL GROUP BY ALL'
    )
    return {(source, number): group for source, number, group in found.fetchall()}
