"""Hands a file to the reader of its kind."""

from pathlib import Path

import duckdb

from mirylo.sources.csv_files import read_csv
from mirylo.sources.json_lines import read_json
from mirylo.sources.mapping import FileRule
from mirylo.sources.opening import FileKind, OpenedFile
from mirylo.sources.parquet import read_parquet
from mirylo.sources.raw_rows import RawRows
from mirylo.sources.workbooks import read_workbook
from mirylo.sources.xes import read_xes


def read_rows(file: OpenedFile, connection: duckdb.DuckDBPyConnection, folder: Path, rule: FileRule) -> RawRows:
    """The rows of a file of any kind, as a relation on the connection. Copies, where any are needed, go to `folder`."""
    match file.kind:
        case FileKind.CSV:
            return read_csv(file, connection, folder, rule.delimiter, rule.header_row)
        case FileKind.XES:
            return read_xes(file, connection)
        case FileKind.JSON:
            return read_json(file, connection)
        case FileKind.XLSX:
            return read_workbook(file, connection, rule.sheet, rule.header_row)
        case FileKind.PARQUET:
            return read_parquet(file, connection)
