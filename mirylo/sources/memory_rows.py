"""Gathers rows that Python has read one by one into a table that the engine can query, every column as text."""

from collections.abc import Mapping, Sequence
from zlib import crc32

import duckdb
import pyarrow as pa

from mirylo.core.faults import N_
from mirylo.sources.opening import OpenedFile, fault
from mirylo.sources.raw_rows import RawRows
from mirylo.sources.refusals import Refusal

BATCH = 50_000


class RowsInMemory:
    """Rows as they come, with the place of each, turned into columns a batch at a time. Columns may appear late."""

    def __init__(self) -> None:
        """Start without rows."""
        self.tables: list[pa.Table] = []
        self.rows: list[Mapping[str, str | None]] = []
        self.columns: dict[str, None] = {}
        self.lines: list[int] = []
        self.refused: list[Refusal] = []

    def add(self, row: Mapping[str, str | None], line: int) -> None:
        """Take in a row."""
        self.rows.append(row)
        self.lines.append(line)
        self.columns.update(dict.fromkeys(row))
        if len(self.rows) >= BATCH:
            self._turn()

    def _turn(self) -> None:
        arrays = {name: pa.array([row.get(name) for row in self.rows], pa.string()) for name in self.columns}
        self.tables.append(pa.table(arrays))
        self.rows = []

    def finish(
        self, connection: duckdb.DuckDBPyConnection, file: OpenedFile, counted: str, is_sparse: bool = True
    ) -> RawRows:
        """All rows as a relation on the connection; a fault where there are none."""
        if not self.columns:
            first = f" ({self.refused[0]})" if self.refused else ""
            raise fault(file.name, N_("there are no rows in the file{first}"), N_("Export it again."), first=first)
        self._turn()
        relation = f"rows_{crc32(str(file.path).encode())}"
        connection.register(relation, pa.concat_tables(self.tables, promote_options="default"))
        types = dict.fromkeys(self.columns, "VARCHAR")
        return RawRows(file.name, relation, types, counted, self.lines_of, lambda: self.refused, is_sparse=is_sparse)

    def lines_of(self, ordinals: Sequence[int]) -> list[int | None]:
        """The places of rows by their ordinals."""
        return [self.lines[ordinal] for ordinal in ordinals]
