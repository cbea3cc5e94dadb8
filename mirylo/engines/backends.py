"""Opens the database engine that counts, with the facts of a run at hand as tables."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import pyarrow as pa

from mirylo.engines.facts import Facts
from mirylo.engines.tables import DUCKDB_TYPES, FACT_TABLES

MEMORY = "2GiB"
"""What DuckDB may take before it writes to disk: half of the memory that a run of the whole country may have."""


@contextmanager
def open_duckdb(
    facts: Facts, *, memory: str = MEMORY, threads: int | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """DuckDB in memory, in UTC, with a view for every table of facts; what does not fit goes to a folder removed after.

    >>> from datetime import date
    >>> facts = Facts({"tickets": ()}, {}, date(2026, 1, 31), "Europe/Kyiv", "")
    >>> with open_duckdb(facts) as connection:
    ...     connection.sql("select count(*) from tickets").fetchall()
    [(0,)]
    """
    with tempfile.TemporaryDirectory(prefix="mirylo-") as folder:
        connection = duckdb.connect(config={"temp_directory": folder, "memory_limit": memory})
        try:
            connection.execute("set timezone = 'UTC'")
            # Rows are grouped, never listed, so their order need not be kept; keeping it costs memory.
            connection.execute("set preserve_insertion_order = false")
            if threads is not None:
                connection.execute(f"set threads = {int(threads)}")
            for name, rows in facts.tables.items():
                _show(connection, name, rows)
            yield connection
        finally:
            connection.close()


def _show(connection: duckdb.DuckDBPyConnection, name: str, rows: "pa.Table | tuple[object, ...]") -> None:
    if isinstance(rows, pa.Table):
        connection.register(name, rows)
    elif rows:
        connection.read_parquet([str(path) for path in rows]).create_view(name)
    else:
        columns = ", ".join(f"{column.name} {DUCKDB_TYPES[column.type]}" for column in FACT_TABLES[name].columns)
        connection.execute(f"create table {name} ({columns})")
