"""Reads Parquet files; their columns keep the types that they have."""

from collections.abc import Sequence

import duckdb

from mirylo.core.faults import N_
from mirylo.sources.opening import OpenedFile, fault
from mirylo.sources.raw_rows import RawRows, literal


def read_parquet(file: OpenedFile, connection: duckdb.DuckDBPyConnection) -> RawRows:
    """The rows of a Parquet file, counted from 1."""
    relation = f"read_parquet({literal(str(file.path))})"
    try:
        described = connection.execute(f"describe select * from {relation}").fetchall()
    except duckdb.Error as error:
        raise fault(
            file.name,
            N_("the Parquet file is torn or damaged ({detail})"),
            N_("Copy or write it again."),
            detail=str(error).splitlines()[0],
        ) from None
    return RawRows(file.name, relation, {name: type_ for name, type_, *_ in described}, "record", _records_of)


def _records_of(ordinals: Sequence[int]) -> list[int | None]:
    return [ordinal + 1 for ordinal in ordinals]
