"""Reads a sheet of an XLSX workbook: finds the row of headings and gives the rows below, dates as dates."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice
from zipfile import BadZipFile

import duckdb
import openpyxl

from mirylo.core.faults import N_
from mirylo.sources.memory_rows import RowsInMemory
from mirylo.sources.opening import OpenedFile, fault
from mirylo.sources.raw_rows import RawRows, check_header, nearest
from mirylo.sources.refusals import Refusal, shorten

LOOKED_AT = 30
"""Headings stand within so many rows, below titles and notes."""


def read_workbook(
    file: OpenedFile, connection: duckdb.DuckDBPyConnection, sheet: str | None = None, header_row: int | None = None
) -> RawRows:
    """The rows of a sheet (the first one, unless named), every value as text: dates as ISO 8601."""
    try:
        with file.path.open("rb") as binary:
            rows = list(_rows(file.name, openpyxl.load_workbook(binary, read_only=True, data_only=True), sheet))
    except (BadZipFile, KeyError, ValueError, SyntaxError, EOFError) as error:  # XML's ParseError is a SyntaxError
        raise fault(
            file.name, N_("the workbook is damaged ({detail})"), N_("Open it and save it again."), detail=error
        ) from None
    if not any(any(row) for row in rows):
        raise fault(file.name, N_("the sheet is empty"), N_("Write sheet under [file] in the mapping."))
    at = header_row - 1 if header_row is not None else find_header(rows)
    if at >= len(rows) or not any(rows[at]):
        raise fault(file.name, N_("there is no row {row}"), N_("Mend header_row in the mapping."), row=at + 1)
    return _gather(file, connection, rows, at)


def _gather(
    file: OpenedFile, connection: duckdb.DuckDBPyConnection, rows: Sequence[list[str | None]], at: int
) -> RawRows:
    """The rows below the headings; a value in a column without a heading refuses its row."""
    width = max(place for place, title in enumerate(rows[at], start=1) if title)
    header = check_header(file.name, [title or "" for title in rows[at][:width]], f"row {at + 1}")
    gathered = RowsInMemory()
    gathered.columns.update(dict.fromkeys(header))
    for number, row in enumerate(rows[at + 1 :], start=at + 2):
        if any(row[width:]):
            shown = shorten(" | ".join(value or "" for value in row))
            gathered.refused.append(Refusal(file.name, number, "row", "wrong_number_of_fields", value=shown))
        elif any(row):
            gathered.add(dict(zip(header, row, strict=False)), number)
    return gathered.finish(connection, file, "row", is_sparse=False)


def _rows(name: str, workbook: openpyxl.Workbook, sheet: str | None) -> Iterator[list[str | None]]:
    if sheet is not None and sheet not in workbook.sheetnames:
        raise fault(
            name,
            N_("there is no sheet {sheet}"),
            N_("The nearest are: {nearest}."),
            sheet=f"«{sheet}»",
            nearest=nearest(sheet, workbook.sheetnames),
        )
    worksheet = workbook[sheet if sheet is not None else workbook.sheetnames[0]]
    worksheet.reset_dimensions()  # some programs write that a full sheet is one cell large
    for row in worksheet.iter_rows(values_only=True):
        yield [as_text(value) for value in row]


def find_header(rows: Sequence[list[str | None]]) -> int:
    """The first row that fills at least half of the widest row's cells: titles and notes above fill one or two.

    >>> find_header([["Report", None, None], [None] * 3, ["number", "opened", None], ["1", "x", "y"]])
    2
    """
    filled = [sum(bool(value) for value in row) for row in islice(rows, LOOKED_AT)]
    return next((at for at, count in enumerate(filled) if count * 2 >= max(filled) and count), 0)


def as_text(value: object) -> str | None:
    """A cell as text; none for an empty one.

    >>> as_text(datetime(2026, 1, 31, 9)), as_text(10006.0), as_text(timedelta(minutes=2, seconds=5))
    ('2026-01-31 09:00:00', '10006', '0:02:05')
    """
    match value:
        case None:
            return None
        case bool():
            return str(value).lower()
        case datetime():
            return value.isoformat(" ")
        case date() | time():
            return value.isoformat()
        case timedelta():
            seconds = int(value.total_seconds())
            sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
            return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value).strip() or None
