"""Brings files to facts: every row is converted by the mapping or refused with its reason, the good ones are judged.

The facts are the same whichever kind of file held the rows. What was read, refused, left uncounted or found unsound is
told in a summary.
"""

import hashlib
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import Event, Thread

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset  # DuckDB asks for it the first time that a table in memory is registered

from mirylo.core.faults import N_, Fault, FaultsFoundError
from mirylo.engines.facts import Facts
from mirylo.engines.folding import Folded, cases_from_records, fold_events, tickets_from_records
from mirylo.engines.tables import DUCKDB_TYPES, FACT_TABLES
from mirylo.sources.canonical_records import happened_moments, make_records, moments_of, source_of
from mirylo.sources.loaded_files import (
    LoadedFile,
    gather_refusals,
    load_file,
    numbers_in_two_files,
    refuse_empty,
    refuse_repeated,
)
from mirylo.sources.mapping import Mapping
from mirylo.sources.mapping_file import REQUIRED
from mirylo.sources.moments import check_formats
from mirylo.sources.opening import fault, open_file
from mirylo.sources.raw_rows import check_columns
from mirylo.sources.reading import read_rows
from mirylo.sources.reading_at_once import read_at_once
from mirylo.sources.refusals import Refusals
from mirylo.sources.summaries import FileSummary, Summary, sum_up

Progress = Callable[[str, float | None], None]
"""Told the step (`opening`, `reading`, `judging`) and the part of it that is done, none where that is not known."""

RECORDS = "records_read"
FOLDED = ("folded_cases", "folded_tickets")
"""Where the fold leaves its records."""
TOLD_EVERY = 0.2
"""Seconds between two reports of progress."""


@dataclass(frozen=True)
class Loaded:
    """Facts, the rows that did not become facts, and what the reading came to."""

    facts: Facts
    refusals: Refusals
    summary: Summary


def load(
    paths: Sequence[Path], mapping: Mapping, *, as_of: date | None = None, progress: Progress | None = None
) -> Loaded:
    """Facts from files by one mapping; FaultsFoundError for files that cannot be read, or hold nothing to count.

    `as_of` is the local date that the figures are as of. Unless given it is the mapping's, else the newest date on
    which something happened; due dates, which lie ahead, do not count for that.
    """
    check_apart(paths)
    tell = progress or (lambda step, fraction: None)
    timezone = mapping.rules.timezone
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(1) as beside:
        hashes = beside.map(hash_of, [path for path in paths if path.is_file()])
        with connect(Path(folder), timezone) as connection:
            check_formats(connection, mapping)
            found = read(connection, paths, mapping, Path(folder), tell)
            first_at, last_at = moments_of(connection, found.happened, moments_named(mapping), timezone)
            newest = as_of or mapping.as_of or (last_at.date() if last_at is not None else None)
            if newest is not None and first_at is not None and last_at is not None and newest < first_at.date():
                raise before_all(found.files[0].name, newest, first_at.date(), last_at.date())
            if newest is not None and last_at is not None and newest < last_at.date():
                found = read(connection, paths, mapping, Path(folder), tell, until=newest)
                first_at, last_at = moments_of(connection, found.happened, moments_named(mapping), timezone)
            if newest is None:
                raise fault(found.files[0].name, N_("no date says as of when the figures are"), N_("Write as_of."))
            tables = to_arrow(connection, found.folded)
            judged = sum_up(connection, mapping.rows == "events", last_at.date() if last_at is not None else newest)
        collected = {name: without_due_dates(part.collected, tables[name]) for name, part in found.folded.items()}
        facts = Facts(tables, collected, newest, timezone, manifest_of(hashes, mapping))
        reasons, (twice, examples) = found.refusals.by_reason(), found.twice
        summary = Summary(found.files, reasons, judged, newest, timezone, first_at, last_at, twice, examples)
        return Loaded(facts, found.refusals, summary)


@dataclass(frozen=True)
class Found:
    """What files held: their summaries, refusals, numbers in two files, facts, and the relations of what happened."""

    files: tuple[FileSummary, ...]
    refusals: Refusals
    twice: tuple[int, tuple[str, ...]]
    folded: dict[str, Folded]
    happened: tuple[str, ...]


def without_due_dates(collected: frozenset[str], table: pa.Table) -> frozenset[str]:
    """The columns that are filled; if no case at all has a due date, no term fits the services, and none is known."""
    if (
        "due_on" not in collected
        or table["due_on"].null_count < len(table)
        or pc.any(table["is_clock_stopped"]).as_py()
    ):
        return collected
    return collected - {"due_at", "due_on", "is_on_time", "is_clock_stopped", "stopped_days"}


def read(
    connection: duckdb.DuckDBPyConnection,
    paths: Sequence[Path],
    mapping: Mapping,
    folder: Path,
    tell: Progress,
    until: date | None = None,
) -> Found:
    """What the files hold, folded as they are read if they are the usual log, else row by row; `until`, as of a day."""
    tell("reading", None)
    with watched(connection, tell):
        at_once = read_at_once(connection, paths, mapping, folder) if until is None else None
    if at_once is not None:
        events, file = at_once.folded, at_once.file
        told = FileSummary(file.name, file.kind, file.encoding, events.rows_read, 0)
        return Found((told,), Refusals(), (0, ()), {"cases": events.cases, "tickets": events.tickets}, FOLDED)
    files = read_files(connection, paths, mapping, folder, tell)
    twice = numbers_in_two_files(connection, files, source_of(mapping))
    if mapping.rows != "events":
        refuse_empty(connection, files, happened_moments(mapping))
        refuse_repeated(connection, files, source_of(mapping), mapping.rows)
    refusals = Refusals()
    summaries = tuple(tell_file(connection, loaded, mapping, refusals) for loaded in files)
    check_not_empty(summaries, refusals)
    make_records(connection, [loaded.table for loaded in files], mapping, RECORDS, until)
    tell("judging", None)
    folded = judge(connection, mapping)
    return Found(summaries, refusals, twice, folded, FOLDED if mapping.rows == "events" else (RECORDS,))


def moments_named(mapping: Mapping) -> list[str]:
    """Names of the moments at which something happened; events were folded to their first and last."""
    return happened_moments(mapping) + (["first_at", "last_at"] if mapping.rows == "events" else [])


def before_all(name: str, as_of: date, first: date, last: date) -> FaultsFoundError:
    """The fault of an as-of date on which nothing had happened yet."""
    problem = N_("nothing had happened yet on {as_of}: the dates in the data run from {first} to {last}")
    return fault(name, problem, N_("Choose a later as-of date."), as_of=as_of, first=first, last=last)


def check_apart(paths: Sequence[Path]) -> None:
    """Raise where there is no file, or one is named twice: its rows would be counted twice."""
    if not paths:
        raise fault("mirylo", N_("no file was named"), N_("Name one or more files."))
    real = [path.resolve() for path in paths]
    twice = sorted({path.name for path, found in zip(paths, real, strict=True) if real.count(found) > 1})
    if twice:
        raise FaultsFoundError(
            Fault(name, N_("the file is named twice"), N_("Name it once, or its rows count twice.")) for name in twice
        )


@contextmanager
def connect(folder: Path, timezone: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection of its own, in memory, that takes local times in the time zone and keeps the order of rows."""
    connection = duckdb.connect(":memory:", config={"temp_directory": str(folder / "spilled")})
    try:
        connection.execute(f"SET TimeZone = '{timezone}'")
        connection.execute("SET preserve_insertion_order = true")
        connection.execute("SET enable_progress_bar = true")  # else there is no progress to ask for
        connection.execute("SET enable_progress_bar_print = false")
        yield connection
    finally:
        connection.close()


def read_files(
    connection: duckdb.DuckDBPyConnection, paths: Sequence[Path], mapping: Mapping, folder: Path, tell: Progress
) -> list[LoadedFile]:
    """Every file opened, read and converted; the faults of all files at once."""
    faults: list[Fault] = []
    files = []
    always = [f"columns.{name}" for name in REQUIRED[mapping.rows]]
    for number, path in enumerate(paths):
        try:
            tell("opening", None)
            file = open_file(path, folder, mapping.file.encoding)
            tell("reading", None)
            raw = check_columns(read_rows(file, connection, folder, mapping.file), mapping.wanted, always)
            with watched(connection, tell):
                files.append(load_file(connection, file, raw, mapping, f"loaded_{number}"))
        except FaultsFoundError as error:
            faults.extend(error.faults)
    if faults:
        raise FaultsFoundError(faults)
    return files


@contextmanager
def watched(connection: duckdb.DuckDBPyConnection, tell: Progress) -> Iterator[None]:
    """While the engine reads, tell every now and then how far it is."""
    is_done = Event()

    def watch() -> None:
        while not is_done.wait(TOLD_EVERY):
            percentage = connection.query_progress()
            tell("reading", percentage / 100 if percentage >= 0 else None)

    watcher = Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        is_done.set()
        watcher.join()


def tell_file(
    connection: duckdb.DuckDBPyConnection, loaded: LoadedFile, mapping: Mapping, refusals: Refusals
) -> FileSummary:
    """What one file came to; its refusals are taken in."""
    refused, by_reader = gather_refusals(connection, loaded, mapping, refusals)
    [converted] = connection.execute(f"SELECT count(*) FROM {loaded.table}").fetchone() or (0,)
    file = loaded.file
    return FileSummary(file.name, file.kind, file.encoding, converted + by_reader, refused, loaded.raw.not_found)


def check_not_empty(files: Sequence[FileSummary], refusals: Refusals) -> None:
    """Raise for files without rows, and where every row was refused: then nothing is left that could be counted."""
    faults = [
        Fault(file.name, N_("there are no rows under the header"), N_("Export it again."))
        for file in files
        if not file.rows
    ]
    if not faults and all(file.rows == file.refused for file in files):
        faults = [
            Fault(
                files[0].name,
                N_("not one of {n} rows could be read; the first: {first}"),
                N_("Mend the mapping."),
                {"n": sum(file.rows for file in files), "first": refusals.rows[0].fault},
            )
        ]
    if faults:
        raise FaultsFoundError(faults)


def judge(connection: duckdb.DuckDBPyConnection, mapping: Mapping) -> dict[str, Folded]:
    """The tables of facts that follow from the records."""
    match mapping.rows:
        case "events":
            events = fold_events(connection, RECORDS, mapping.rules, mapping.event_types)
            return {"cases": events.cases, "tickets": events.tickets}
        case "cases":
            return {"cases": cases_from_records(connection, RECORDS, mapping.rules)}
        case _:
            return {"tickets": tickets_from_records(connection, RECORDS, mapping.rules)}


def to_arrow(connection: duckdb.DuckDBPyConnection, folded: dict[str, Folded]) -> dict[str, pa.Table]:
    """The tables of facts in memory, registered by name too; one that is not there is registered as empty."""
    tables = {name: in_utc(part.rows.to_arrow_table()) for name, part in folded.items()}
    for name, table in FACT_TABLES.items():
        columns = ", ".join(f"NULL::{DUCKDB_TYPES[column.type]} AS {column.name}" for column in table.columns)
        connection.register(name, tables.get(name) or connection.sql(f"SELECT {columns} LIMIT 0").to_arrow_table())
    return tables


def in_utc(table: pa.Table) -> pa.Table:
    """The table with its moments named in UTC; they are the same moments."""
    fields = [
        pa.field(field.name, pa.timestamp("us", tz="UTC")) if pa.types.is_timestamp(field.type) else field
        for field in table.schema
    ]
    return table.cast(pa.schema(fields))


def hash_of(path: Path) -> str:
    """SHA-256 of a file as it lies there."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def manifest_of(hashes: Iterable[str], mapping: Mapping) -> str:
    """SHA-256 over the hashes of the files, in whatever order they were named, and that of the mapping."""
    return hashlib.sha256("\n".join([*sorted(hashes), mapping.digest]).encode()).hexdigest()
