"""Holds the rows of each file after their conversion, and finds out which were refused, why, and where they stand."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from mirylo.core.faults import N_
from mirylo.core.methodology.model import Type
from mirylo.engines.records import RECORDS
from mirylo.sources.conversions import SEPARATOR, canonical_query, clean
from mirylo.sources.mapping import Mapping
from mirylo.sources.moments import LOOKS_SLASHED, find_formats
from mirylo.sources.opening import OpenedFile, fault
from mirylo.sources.raw_rows import RawRows
from mirylo.sources.refusals import DETAILED, Refusal, Refusals, shorten


@dataclass(frozen=True)
class LoadedFile:
    """A file whose rows stand in `table`, in the order of the file, refused ones too (`refused` says why)."""

    file: OpenedFile
    raw: RawRows
    table: str

    def place(self, ordinals: Sequence[int]) -> list[str]:
        """Where rows stand, in words."""
        lines = self.raw.lines_of(ordinals)
        return [f"{self.file.name}, {self.raw.counted} {line}" if line else self.file.name for line in lines]


def load_file(
    connection: duckdb.DuckDBPyConnection, file: OpenedFile, raw: RawRows, mapping: Mapping, table: str
) -> LoadedFile:
    """Convert all rows of a file; where dates with slashes turn up, find out their order and convert once more."""
    _fill(connection, raw, mapping, (), table)
    if _has_slashed_dates(connection, table):
        known = mapping.known
        cleaned = {
            ", ".join(rule.columns): clean(rule, raw, mapping, is_whole=True)
            for name, rule in mapping.columns.items()
            if known[name].type is Type.MOMENT and rule.columns and rule.format is None
        }
        _fill(connection, raw, mapping, find_formats(connection, cleaned, raw.relation, raw.name), table)
    return LoadedFile(file, raw, table)


def _fill(
    connection: duckdb.DuckDBPyConnection, raw: RawRows, mapping: Mapping, formats: Sequence[str], table: str
) -> None:
    raw.forget()
    try:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {canonical_query(raw, mapping, formats)}")
    except duckdb.Error as error:
        raise fault(
            raw.name,
            N_("the file cannot be read ({detail})"),
            N_("Export or copy it again."),
            detail=str(error).splitlines()[0],
        ) from error


def _has_slashed_dates(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    found = connection.execute(
        f"SELECT 1 FROM {table} WHERE starts_with(refused, 'unreadable_moment') "
        f"AND regexp_matches(split_part(refused, '{SEPARATOR}', 3), ?) LIMIT 1",
        [LOOKS_SLASHED],
    )
    return found.fetchone() is not None


def gather_refusals(
    connection: duckdb.DuckDBPyConnection, loaded: LoadedFile, mapping: Mapping, refusals: Refusals
) -> tuple[int, int]:
    """Take in the refusals of a file, those of its reader first; how many there are, and how many of its reader."""
    by_reader = loaded.raw.refused()
    refusals.add(by_reader)
    rows = connection.execute(
        f"SELECT rowid, refused FROM {loaded.table} WHERE refused IS NOT NULL ORDER BY rowid LIMIT {DETAILED}"
    ).fetchall()
    counts = connection.execute(
        f"SELECT split_part(refused, '{SEPARATOR}', 1) AS reason, count(*) FROM {loaded.table} "
        f"WHERE refused IS NOT NULL GROUP BY reason"
    ).fetchall()
    lines = loaded.raw.lines_of([ordinal for ordinal, _ in rows])
    told = [_told(loaded, mapping, line, refused) for (_, refused), line in zip(rows, lines, strict=True)]
    refusals.add(told, Counter(dict(counts)))
    return len(by_reader) + sum(count for _, count in counts), len(by_reader)


def _told(loaded: LoadedFile, mapping: Mapping, line: int | None, refused: str) -> Refusal:
    """A refusal as it was noted, with the name that the column has in the file: that is what people look for."""
    reason, name, value, *rest = refused.split(SEPARATOR)
    rule = mapping.columns.get(name)
    column = ", ".join(rule.columns) if rule is not None and rule.columns else name
    also_at = rest[0] if reason == "repeated_number" and rest else ""
    return Refusal(loaded.file.name, line, loaded.raw.counted, reason, column, shorten(value), also_at)


def refuse_empty(connection: duckdb.DuckDBPyConnection, files: Sequence[LoadedFile], moments: Sequence[str]) -> None:
    """Refuse rows in which nothing has a date: they are totals and signatures under a table, not cases."""
    for loaded in files:
        there = [name for name in moments if name in connection.table(loaded.table).columns]
        if there:
            mark = SEPARATOR.join(("no_dates", "number", ""))
            connection.execute(
                f"UPDATE {loaded.table} SET refused = ? || number "
                f"WHERE refused IS NULL AND coalesce({', '.join(there)}) IS NULL",
                [mark],
            )


def refuse_repeated(
    connection: duckdb.DuckDBPyConnection, files: Sequence[LoadedFile], source: str, rows_are: str
) -> None:
    """Of rows with the same number keep the first, refuse the others, each with the place of the one that was kept.

    Numbers of tickets begin anew each day, so a ticket is the same only if its moments are too.
    """
    moments = [column.name for column in RECORDS[rows_are] if column.type is Type.MOMENT]
    same = ["source", "number", *(moments if rows_are == "tickets" else [])]
    parts = []
    for at, loaded in enumerate(files):
        there = set(connection.table(loaded.table).columns)
        told = ", ".join(name if name in there else f"NULL AS {name}" for name in same[2:])
        parts.append(
            f"SELECT {at} AS file_no, rowid AS ordinal, {source} AS source, number{', ' if told else ''}{told} "
            f"FROM {loaded.table} WHERE refused IS NULL"
        )
    found = connection.execute(
        f"SELECT file_no, ordinal, number, first(file_no) OVER same, first(ordinal) OVER same "
        f"FROM ({' UNION ALL '.join(parts)}) "
        f"WINDOW same AS (PARTITION BY {', '.join(same)} ORDER BY file_no, ordinal) "
        f"QUALIFY row_number() OVER same > 1 ORDER BY 4, 5"
    ).fetchall()
    places: dict[tuple[int, int], str] = {}
    for at, loaded in enumerate(files):
        ordinals = sorted({first for _, _, _, first_at, first in found if first_at == at})
        places |= zip(((at, ordinal) for ordinal in ordinals), loaded.place(ordinals), strict=True)
    for at, loaded in enumerate(files):
        marks = [
            (ordinal, SEPARATOR.join(("repeated_number", "number", number, places[first_at, first])))
            for row_at, ordinal, number, first_at, first in found
            if row_at == at
        ]
        if marks:
            connection.execute(
                f"UPDATE {loaded.table} SET refused = mark FROM "
                f"(SELECT unnest(?) AS ordinal, unnest(?) AS mark) WHERE {loaded.table}.rowid = ordinal",
                [list(column) for column in zip(*marks, strict=True)],
            )


def numbers_in_two_files(
    connection: duckdb.DuckDBPyConnection, files: Sequence[LoadedFile], source: str
) -> tuple[int, tuple[str, ...]]:
    """How many numbers stand in more than one file, and the first few of them."""
    if len(files) < 2:
        return 0, ()
    rows = " UNION ALL ".join(
        f"SELECT DISTINCT {at} AS file_no, {source} AS source, number FROM {loaded.table} WHERE number IS NOT NULL"
        for at, loaded in enumerate(files)
    )
    twice = f"SELECT number FROM ({rows}) GROUP BY source, number HAVING count(*) > 1"
    row = connection.execute(f"SELECT count(*), min(number, 5) FROM ({twice})").fetchone()
    return (0, ()) if row is None or not row[0] else (row[0], tuple(map(shorten, row[1])))
