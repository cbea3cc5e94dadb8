"""Keeps facts as files, a folder a month, so that a reader always sees one whole state while the next is being written.

    CURRENT                        the number of the manifest that counts
    manifests/000002.json          which files make up the facts, their rows and hashes, and what a run must know
    cases/2026-01/3f0c….parquet    rows registered in the month; named by content, never changed
    pins/000001                    a manifest whose files are never deleted, since an edition was made from them

A writer puts new files beside the old ones, writes the next manifest, and then switches CURRENT in one step. A reader
looks at CURRENT once; what it names does not change any more.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from pathlib import Path

import duckdb
from sqlglot import exp

from mirylo.engines.backends import open_duckdb
from mirylo.engines.facts import Facts
from mirylo.engines.tables import FACT_TABLES

MONTH_OF = {"cases": "registered_on", "tickets": "issued_on"}
ORDER = {
    "cases": ("centre", "registered_at", "source", "number"),
    "tickets": ("centre", "issued_at", "source", "number"),
}
"""In what order changed months are written: equal rows give equal files, and a centre's rows stand together."""
UNDATED = "undated"
"""Folder of the rows without the date that says their month."""


class NoLakeError(Exception):
    """A folder that holds no lake, or not the manifest that was asked for."""


class LakeBusyError(Exception):
    """Somebody else is writing to the lake: there is one writer at a time."""


class TimezoneDiffersError(Exception):
    """Facts of another time zone than the lake's: their local dates would not mean the same."""


@dataclass(frozen=True, order=True)
class File:
    """A file of facts."""

    table: str
    month: str
    name: str
    rows: int
    sha256: str

    def path_in(self, folder: Path) -> Path:
        """Where it is in a lake."""
        return folder / self.table / self.month / self.name


@dataclass(frozen=True)
class Manifest:
    """Which files make up the facts."""

    number: int
    as_of: date
    timezone: str
    collected: Mapping[str, frozenset[str]]
    files: tuple[File, ...]

    def to_json(self) -> bytes:
        """The manifest as it is written."""
        return json.dumps(
            {
                "number": self.number,
                "as_of": self.as_of.isoformat(),
                "timezone": self.timezone,
                "collected": {table: sorted(columns) for table, columns in sorted(self.collected.items())},
                "columns": {
                    table: [column.name for column in FACT_TABLES[table].columns] for table in sorted(self.collected)
                },
                "files": [asdict(file) for file in self.files],
            },
            indent=1,
        ).encode()

    @classmethod
    def of_json(cls, written: bytes) -> "Manifest":
        """The manifest that was written."""
        said = json.loads(written)
        return cls(
            number=said["number"],
            as_of=date.fromisoformat(said["as_of"]),
            timezone=said["timezone"],
            collected={table: frozenset(columns) for table, columns in said["collected"].items()},
            files=tuple(File(**file) for file in said["files"]),
        )


def open_lake(folder: Path, number: int | None = None) -> Facts:
    """The facts of a lake, as they stand now or as an earlier manifest has them; NoLakeError if there are none."""
    manifest, sha256 = _read(folder, _current(folder) if number is None else number)
    tables = {
        table: tuple(file.path_in(folder) for file in manifest.files if file.table == table)
        for table in manifest.collected
    }
    return Facts(tables, manifest.collected, manifest.as_of, manifest.timezone, sha256)


def write_lake(folder: Path, facts: Facts, *, adds: bool = False) -> int:
    """Write facts into a lake, which is made if it is not there; returns the number of the new manifest.

    The months that the facts hold replace those of the lake, table by table; with `adds` their rows come beside those
    that are there. Other months stay. A column counts as collected when any of the facts collected it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _only_writer(folder):
        before = _read(folder, _current(folder))[0] if (folder / "CURRENT").exists() else None
        if before is not None and before.timezone != facts.timezone:
            raise TimezoneDiffersError(f"the lake is in {before.timezone}, the facts in {facts.timezone}")
        new = _write_files(folder, facts)
        replaced = set() if adds else {(file.table, file.month) for file in new}
        kept = [file for file in before.files if (file.table, file.month) not in replaced] if before else []
        collected = dict(before.collected) if before else {}
        for table in facts.tables:
            collected[table] = collected.get(table, frozenset()) | facts.collected.get(table, frozenset())
        manifest = Manifest(
            number=max([0, *_numbers(folder)]) + 1,
            as_of=max(facts.as_of, before.as_of) if before else facts.as_of,
            timezone=facts.timezone,
            collected=collected,
            files=tuple(sorted({*kept, *new})),
        )
        _switch(folder, manifest)
    return manifest.number


def change_lake(folder: Path, facts: Facts, *, former: Mapping[str, Collection[str]] | None = None) -> int:
    """Put changed rows in place of those with the same source and number; returns the number of the manifest then.

    `former` names, for each table, the months in which these rows may stand so far; those in which they stand from now
    on are seen. Only these months are written anew. Doing it twice changes nothing, and makes no new manifest.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _only_writer(folder):
        before = Manifest(0, facts.as_of, facts.timezone, {}, ())
        if (folder / "CURRENT").exists():
            before, _ = _read(folder, _current(folder))
        if before.timezone != facts.timezone:
            raise TimezoneDiffersError(f"the lake is in {before.timezone}, the facts in {facts.timezone}")
        kept, new = set(before.files), set()
        with open_duckdb(facts) as connection:
            for table in facts.tables:
                months = dict(_months(connection, table))
                for month in sorted({*months, *(former or {}).get(table, ())}):
                    stood = {file for file in before.files if (file.table, file.month) == (table, month)}
                    kept -= stood
                    rows = _merged(connection, folder, table, stood, months.get(month))
                    written = _write_file(folder, connection, table, month, rows)
                    new |= {written} if written.rows else set()
        collected = {
            table: before.collected.get(table, frozenset()) | facts.collected.get(table, frozenset())
            for table in {*before.collected, *facts.tables}
        }
        after = replace(
            before, as_of=max(facts.as_of, before.as_of), collected=collected, files=tuple(sorted({*kept, *new}))
        )
        if after == before:
            return before.number
        after = replace(after, number=max([0, *_numbers(folder)]) + 1)
        _switch(folder, after)
    return after.number


def _merged(
    connection: duckdb.DuckDBPyConnection, folder: Path, table: str, stood: Collection[File], changed: exp.Expr | None
) -> exp.Select:
    """The rows of a month: those that stood there without the changed ones, and the changed ones that belong there."""
    columns = [column.name for column in FACT_TABLES[table].columns]
    rows: exp.Query = exp.select(*columns).from_(table).where(changed if changed is not None else exp.false())
    if stood:
        connection.read_parquet([str(file.path_in(folder)) for file in stood]).create_view("stood", replace=True)
        others = exp.select(*(f"stood.{name}" for name in columns)).from_("stood")
        rows = others.join(table, using=["source", "number"], join_type="anti").union(rows, distinct=False)
    return exp.select(*columns).from_(rows.subquery("merged")).order_by(*ORDER[table])


def pin(folder: Path, number: int) -> None:
    """Keep a manifest and its files for good, because a period was closed or an edition published from them."""
    _read(folder, number)
    _write(folder / "pins" / f"{number:06}", b"")


def sweep(folder: Path, *, before: datetime | None = None) -> int:
    """Delete the files that neither the current manifest nor a pinned one names; returns how many.

    A reader that looked at CURRENT earlier may still need them: with `before`, a manifest that counted at that moment
    or later is kept too. Without it, call this while nobody reads.
    """
    _current(folder)  # where nothing was ever written there is not even a place for the lock
    with _only_writer(folder):
        kept = {_current(folder), *(int(path.name) for path in (folder / "pins").glob("*"))}
        if before is not None:
            kept |= _counted_since(folder, before.timestamp())
        needed = {file.path_in(folder) for number in kept for file in _read(folder, number)[0].files}
        needless = [path for table in FACT_TABLES for path in (folder / table).glob("*/*") if path not in needed]
        for number in set(_numbers(folder)) - kept:
            (folder / "manifests" / f"{number:06}.json").unlink()
        for path in needless:
            path.unlink()
    return len(needless)


def _counted_since(folder: Path, moment: float) -> set[int]:
    """Manifests that counted at a moment or later: a manifest counts until the next one is written."""
    numbers = sorted(_numbers(folder))
    written = [(folder / "manifests" / f"{number:06}.json").stat().st_mtime for number in numbers]
    return {number for number, next_written in zip(numbers, written[1:], strict=False) if next_written >= moment}


def _switch(folder: Path, manifest: Manifest) -> None:
    """Write a manifest, and from then on it counts."""
    _write(folder / "manifests" / f"{manifest.number:06}.json", manifest.to_json())
    _write(folder / "CURRENT", f"{manifest.number:06}\n".encode())


def _write_files(folder: Path, facts: Facts) -> list[File]:
    with open_duckdb(facts) as connection:
        return [
            _write_file(folder, connection, table, month, exp.select("*").from_(table).where(condition))
            for table in facts.tables
            for month, condition in _months(connection, table)
        ]


def _write_file(folder: Path, connection: duckdb.DuckDBPyConnection, table: str, month: str, rows: exp.Select) -> File:
    written = folder / table / month / "being-written"
    written.parent.mkdir(parents=True, exist_ok=True)
    (count,) = connection.execute(
        f"copy ({rows.sql('duckdb')}) to $path (format parquet, compression zstd)", {"path": str(written)}
    ).fetchall()[0]
    with written.open("rb") as opened:
        sha256 = hashlib.file_digest(opened, "sha256").hexdigest()
        os.fsync(opened.fileno())
    file = File(table, month, f"{sha256[:32]}.parquet", count, sha256)
    os.replace(written, file.path_in(folder))
    return file


def _months(connection: duckdb.DuckDBPyConnection, table: str) -> Iterator[tuple[str, exp.Expr]]:
    """The months of a table's rows, with the condition that picks each."""
    day = exp.column(MONTH_OF[table])
    month = exp.func("strftime", day, exp.Literal.string("%Y-%m"), dialect="duckdb")
    months = exp.select(month.as_("month")).distinct().from_(table).order_by("month")
    for (name,) in connection.sql(months.sql("duckdb")).fetchall():
        is_undated = exp.Is(this=day.copy(), expression=exp.Null())
        yield (UNDATED, is_undated) if name is None else (name, month.eq(exp.Literal.string(name)))


@contextmanager
def _only_writer(folder: Path) -> Iterator[None]:
    """Holds the lock of a lake; it is the system's, so it goes with a process that dies."""
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LakeBusyError(f"{folder}: somebody else is writing") from None
        yield


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(exist_ok=True)
    written = path.with_name(f".{path.name}")
    with written.open("wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    os.replace(written, path)


def _current(folder: Path) -> int:
    try:
        return int((folder / "CURRENT").read_text())
    except FileNotFoundError:
        raise NoLakeError(f"{folder} holds no facts: there is no file CURRENT in it") from None


def _read(folder: Path, number: int) -> tuple[Manifest, str]:
    try:
        written = (folder / "manifests" / f"{number:06}.json").read_bytes()
    except FileNotFoundError:
        raise NoLakeError(f"{folder} has no manifest {number}") from None
    return Manifest.of_json(written), hashlib.sha256(written).hexdigest()


def _numbers(folder: Path) -> list[int]:
    return [int(path.stem) for path in (folder / "manifests").glob("[0-9]*.json")]
