"""Reads CSV files: finds the delimiter and the header, and tells every row that has the wrong number of fields.

DuckDB reads the rows, on all cores and only the columns that are asked for. It counts records, not physical lines, so
lines are counted here, and only when something was refused.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from zlib import crc32

import duckdb

from mirylo.core.faults import N_
from mirylo.sources.opening import CHUNK, OpenedFile, fault
from mirylo.sources.raw_rows import RawRows, check_header, literal
from mirylo.sources.refusals import Refusal, shorten

DELIMITERS = ",;\t|"
SNIFFED = 1 << 18
TITLES = 5
"""At most so many lines of titles and notes stand above a header."""
LONGEST_LINE = 2_000_000
BUFFER = 16_000_000
"""Bytes that are read at once: smaller ones stay in the processor's cache."""

REASON_OF = {
    "MISSING COLUMNS": "wrong_number_of_fields",
    "TOO MANY COLUMNS": "wrong_number_of_fields",
    "UNQUOTED VALUE": "broken_quotes",
    "INVALID STATE": "broken_quotes",
    "LINE SIZE OVER MAXIMUM": "line_too_long",
    "INVALID ENCODING": "broken_encoding",
}
"""What DuckDB calls the fault of a record, to our reason."""


@dataclass(frozen=True)
class Dialect:
    """How a CSV file is written: its delimiter, the lines before its header, the header, the line that it stands on."""

    delimiter: str
    skipped: int
    columns: tuple[str, ...]


def read_csv(
    file: OpenedFile,
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    delimiter: str | None = None,
    header_row: int | None = None,
    is_even: bool = False,
) -> RawRows:
    """The rows of a CSV file, every column as text. `is_even` files are trusted to end all lines alike."""
    if not is_even:
        file = replace(file, path=with_even_line_ends(file.path, folder))
    dialect = find_dialect(file, delimiter, header_row)
    columns = ", ".join(f"{literal(column)}: 'VARCHAR'" for column in dialect.columns)
    rejects = f"rejects_{crc32(str(file.path).encode())}"
    relation = (
        f"read_csv({literal(str(file.path))}, auto_detect=false, header=true, skip={dialect.skipped}, "
        f"columns={{{columns}}}, delim={literal(dialect.delimiter)}, quote='\"', escape='\"', strict_mode=true, "
        f"max_line_size={LONGEST_LINE}, buffer_size={BUFFER}, ignore_errors=true, store_rejects=true, "
        f"rejects_table={literal(rejects)}, rejects_scan={literal(rejects + '_scans')})"
    )
    reading = _Reading(file, connection, dialect, rejects)
    types = dict.fromkeys(dialect.columns, "VARCHAR")
    return RawRows(file.name, relation, types, "line", reading.lines_of, reading.refused, reading.forget)


@dataclass(frozen=True)
class _Reading:
    """What can be asked once the rows were read: which records were refused, and on which physical line one stands."""

    file: OpenedFile
    connection: duckdb.DuckDBPyConnection
    dialect: Dialect
    rejects: str

    def refused(self) -> list[Refusal]:
        """The records that DuckDB left out, by physical line."""
        found = self._rejected()
        lines = self._lines_at([position for _, position, _ in found])
        return [
            Refusal(self.file.name, line, "line", REASON_OF.get(error, "broken_quotes"), value=shorten(text.strip()))
            for (error, _, text), line in zip(found, lines, strict=True)
        ]

    def forget(self) -> None:
        """Drop the rejects of a reading: a second one would tell each of them twice."""
        for name in (self.rejects, f"{self.rejects}_scans"):
            self.connection.execute(f'DROP TABLE IF EXISTS "{name}"')

    def _rejected(self) -> list[tuple[str, int, str]]:
        return self.connection.execute(
            "select first(error_type order by error_type), line_byte_position, coalesce(any_value(csv_line), '') "
            f'from "{self.rejects}" group by line_byte_position order by line_byte_position'
        ).fetchall()

    def _lines_at(self, positions: Sequence[int]) -> list[int]:
        """Physical lines of byte positions, counted from 1, which rise.

        DuckDB's position may be that of the line end before the record, or of blank lines before it, so the line that
        counts is that of the first byte after those.
        """
        lines: list[int] = []
        wanted = iter(positions)
        position = next(wanted, None)
        at, line = 0, 1
        with self.file.path.open("rb") as file:
            for text in file:
                at += len(text)
                while position is not None and position - 1 < at:
                    if not text[position - 1 - at :].strip(b"\r\n"):
                        break  # only the line end: the record begins on a later line
                    lines.append(line)
                    position = next(wanted, None)
                if position is None:
                    break
                if position - 1 < at:
                    position = at + 1
                line += 1
        return lines + [line] * (len(positions) - len(lines))

    def lines_of(self, ordinals: Sequence[int]) -> list[int | None]:
        """Physical lines on which accepted records begin, by their ordinals, which rise."""
        rejected = set(self._lines_at([position for _, position, _ in self._rejected()]))
        found: list[int | None] = []
        wanted = iter(ordinals)
        target = next(wanted, None)
        accepted = (line for line in self._records() if line not in rejected)
        for ordinal, line in enumerate(accepted):
            if target is None:
                break
            if ordinal == target:
                found.append(line)
                target = next(wanted, None)
        return found + [None] * (len(ordinals) - len(found))

    def _records(self) -> Iterator[int]:
        """The physical lines on which records begin; blank lines are records only where there is but one column."""
        with self.file.path.open(encoding="utf-8", errors="replace", newline="") as text:
            for _ in range(self.dialect.skipped):
                text.readline()
            rows = csv.reader(text, delimiter=self.dialect.delimiter)
            next(rows)
            before = rows.line_num
            while True:
                try:
                    row = next(rows, None)
                except csv.Error:  # a field without an end: what follows was refused, and has no lines of its own
                    return
                if row is None:
                    return
                if row or len(self.dialect.columns) == 1:
                    yield self.dialect.skipped + before + 1
                before = rows.line_num


def find_dialect(file: OpenedFile, delimiter: str | None, header_row: int | None) -> Dialect:
    """The delimiter under which the first rows fall best into the columns of the header, and that header."""
    with file.path.open("rb") as binary:
        text = binary.read(SNIFFED).decode("utf-8", "replace").removeprefix("\ufeff")
    lines = text.split("\n")
    if delimiter is None and lines[0].strip().lower().startswith("sep=") and len(lines[0].strip()) == 5:
        delimiter, lines[0] = lines[0].strip()[4], ""  # the line that tells Excel the delimiter
    skipped = _find_header(lines, delimiter or DELIMITERS) if header_row is None else header_row - 1
    if skipped >= len(lines):
        raise fault(file.name, N_("there is no row {row}"), N_("Mend header_row in the mapping."), row=header_row)
    body = "\n".join(lines[skipped:])
    if len(text) >= SNIFFED // 4:
        body = body.rpartition("\n")[0] or body  # the last line is cut off
    found = delimiter or max(DELIMITERS, key=lambda candidate: _fitness(body, candidate))
    header = next(csv.reader(io.StringIO(body, newline=""), delimiter=found))
    return Dialect(found, skipped, tuple(check_header(file.name, header, f"line {skipped + 1}")))


def _find_header(lines: Sequence[str], delimiters: str) -> int:
    """The first line that is not empty, or that below a title, which fills less than half of the header's fields."""
    first = next((at for at, line in enumerate(lines) if line.strip()), 0)
    titled = 0
    for at, line in enumerate(lines[first : first + TITLES + 1], start=first):
        if not line.strip():
            continue
        body = "\n".join(lines[at : at + 1000])
        (share, width), found = max((_fitness(body, delimiter), delimiter) for delimiter in delimiters)
        filled = sum(bool(field.strip(' "\r')) for field in line.split(found))
        if share > 0.5 and width > titled * 2 and filled * 2 >= width:
            return at
        titled = max(titled, filled)
    return first


def _fitness(body: str, delimiter: str) -> tuple[float, int]:
    """How well rows fit their header under a delimiter: the share that does, if there are columns at all; how many."""
    rows = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter)
    try:
        width = len(next(rows))
        fits = [len(row) == width for row, _ in zip((row for row in rows if row), range(1000), strict=False)]
    except csv.Error:
        return (0.0, 0)
    share = sum(fits) / len(fits) if fits else 1.0
    return (share if width > 1 else 0.0, width)


def with_even_line_ends(path: Path, folder: Path) -> Path:
    """The file itself if all its lines end alike, else a copy whose lines end in a line feed.

    DuckDB refuses a whole file in which line feeds, and line feeds after carriage returns, are mixed.
    """
    if count_of(b"\r", path) == 0:
        return path
    returns, feeds, pairs = (count_of(end, path) for end in (b"\r", b"\n", b"\r\n"))
    if returns == feeds == pairs:
        return path
    target = folder / f"{len(list(folder.iterdir()))}-lines"
    stray = b"\n" if feeds == 0 else b" "  # a return alone ends a line only where nothing else does
    with path.open("rb") as file, target.open("wb") as even:
        held = b""
        for chunk in iter(lambda: file.read(CHUNK), b""):
            chunk, held = held + chunk, b""
            if chunk.endswith(b"\r"):
                chunk, held = chunk[:-1], b"\r"
            even.write(chunk.replace(b"\r\n", b"\n").replace(b"\r", stray))
        even.write(b"\n" if held else b"")
    return target


def count_of(pattern: bytes, path: Path) -> int:
    """How often a pattern of one or two bytes stands in a file."""
    count, last = 0, b""
    with path.open("rb") as file:
        for chunk in iter(lambda: file.read(CHUNK), b""):
            count += chunk.count(pattern) + (last + chunk[:1] == pattern and len(pattern) == 2)
            last = chunk[-1:]
    return count
