"""Turns arrays of numbers into columns of a fact table: texts, moments, dates and seconds as the engines keep them."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from mirylo.core.methodology.model import FactTable, Type
from mirylo.simulation.catalogue import Integers
from mirylo.simulation.country import STATE_PORTAL, Country
from mirylo.simulation.office_time import DAY, MISSING, OfficeTime

Flags = npt.NDArray[np.bool_]
Columns = dict[str, npt.NDArray[Any]]
"""A table by column: whole numbers, places in lists, flags; moments on the wall."""

ARROW = {
    Type.TEXT: pa.string(),
    Type.FLAG: pa.bool_(),
    Type.COUNT: pa.int32(),
    Type.SECONDS: pa.decimal128(18, 3),
    Type.DATE: pa.date32(),
    Type.MOMENT: pa.timestamp("us", tz="UTC"),
}
"""The types of fact columns, as DuckDB hands them out."""


def join(pieces: Iterable[Columns]) -> Columns:
    """The columns of several days under each other."""
    pieces = list(pieces)
    return {name: np.concatenate([piece[name] for piece in pieces]) for name in pieces[0]}


def numbers_of(begins: Integers, index: Integers, prefix: str = "") -> pa.Array:
    """Numbers of cases or tickets: the local date on which they began, and a running number of that day."""
    if not len(begins):
        return pa.array([], pa.string())
    days = begins // DAY
    first = int(days.min())
    stems = [str(np.datetime64(day, "D")).replace("-", "") for day in range(first, int(days.max()) + 1)]
    running = pc.utf8_lpad(pc.cast(pa.array(index), pa.string()), 6, "0")
    return pc.binary_join_element_wise(
        pa.array([prefix + stem for stem in stems]).take(pa.array(days - first)), running, "-"
    )


def texts(names: Iterable[str | None], places: npt.NDArray[Any], empty: Flags | None = None) -> pa.Array:
    """Texts by their places, empty where said so."""
    return pa.array(list(names), pa.string()).take(pa.array(places, mask=empty))


def moments(time: OfficeTime, walls: Integers) -> pa.Array:
    """Moments on the wall as moments in UTC, empty where missing."""
    return pa.array(time.in_utc(walls) * 1_000_000, mask=walls == MISSING).cast(ARROW[Type.MOMENT])


def dates(days: Integers) -> pa.Array:
    """Days since 1970 as dates, empty where missing."""
    missing = days == MISSING
    return pa.array(np.where(missing, 0, days).astype(np.int32), mask=missing).cast(pa.date32())


def dates_of(walls: Integers) -> pa.Array:
    """The dates on the wall at moments, empty where missing."""
    return dates(days_of(walls))


def days_of(walls: Integers) -> Integers:
    """Days since 1970 on the wall at moments."""
    return np.where(walls == MISSING, MISSING, walls // DAY)


def counts(values: npt.NDArray[Any], empty: Flags | None = None) -> pa.Array:
    """Whole numbers, empty where said so."""
    return pa.array(values.astype(np.int32), mask=empty)


def seconds(values: Integers, empty: Flags) -> pa.Array:
    """Whole seconds as exact decimals with three digits."""
    # Arrow has no quick way from integers to decimals: a decimal of 128 bits is the number and its sign's extension.
    thousandths = np.where(empty, 0, values) * 1000
    pairs = np.stack([thousandths, thousandths >> 63], axis=1)
    known = pa.py_buffer(np.packbits(~empty, bitorder="little").tobytes())
    return pa.Array.from_buffers(ARROW[Type.SECONDS], len(values), [known, pa.py_buffer(pairs.tobytes())])


def between(time: OfficeTime, starts: Integers, ends: Integers) -> pa.Array:
    """Seconds from moments to moments, empty where one is missing."""
    return seconds(time.in_utc(ends) - time.in_utc(starts), (starts == MISSING) | (ends == MISSING))


def earliest(*walls: Integers) -> Integers:
    """The first of the moments or days that are there, missing where none is."""
    latest = np.iinfo(np.int64).max
    least = np.minimum.reduce([np.where(wall == MISSING, latest, wall) for wall in walls])
    return np.where(least == latest, MISSING, least)


def units(country: Country, place: npt.NDArray[Any], is_remote: Flags | None = None) -> dict[str, pa.Array]:
    """Source, territory and access point of each row; what came by the state's portal came to no centre."""
    centres = country.centres
    source = place if is_remote is None else np.where(is_remote, len(centres), place)
    return {
        "source": texts((*(centre.system for centre in centres), STATE_PORTAL), source),
        "oblast": texts((centre.hromada.oblast for centre in centres), place),
        "raion": texts((centre.hromada.raion for centre in centres), place),
        "hromada": texts((centre.hromada.code for centre in centres), place),
        "centre": texts((centre.code for centre in centres), place, is_remote),
        "access_point_kind": texts((centre.kind for centre in centres), place, is_remote),
    }


def fact_table(table: FactTable, columns: dict[str, pa.Array], count: int) -> pa.Table:
    """The columns in the order of a fact table, with empty ones for what the country does not collect."""
    return pa.table(
        {column.name: columns.get(column.name, pa.nulls(count, ARROW[column.type])) for column in table.columns}
    )
