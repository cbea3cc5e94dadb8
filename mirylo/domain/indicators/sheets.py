"""Keeps the values of a run in files, one for each cut and period, so that a reader opens only what it asks for.

A sheet holds the columns of `engines.running.SCHEMA`, sorted by unit and then indicator. It is named by its content
and never changed, so runs share the sheets that did not change. What a sheet says does not depend on which periods
were counted together: it holds the units of which anything was counted in the period, and those that are expected.
"""

import hashlib
import io
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from numpy.typing import NDArray

from mirylo.engines.running import SCHEMA

ROWS_A_GROUP = 8192
"""Rows that are read together: a centre's values are a few dozen."""


def write_sheets(
    folder: Path, batches: Iterable[pa.RecordBatch], expected: Mapping[str, Sequence[str]], index: str | None
) -> dict[str, str]:
    """Write what `engines.running.measure` gives for periods of one length; returns file names by "cut/period".

    `expected` names the access points of each period, `index` the code of the composite index, which has a value even
    where nothing was counted.
    """
    names: dict[str, str] = {}
    for cut, some in groupby(batches, key=lambda batch: batch["cut"][0].as_py()):
        for period, sheet in _apart(pa.Table.from_batches(some), cut, expected, index):
            names[f"{cut}/{period}"] = _write(folder, cut, sheet)
    return names


class TooManyRowsError(Exception):
    """More rows than were wanted; `found` says how many."""

    def __init__(self, found: int) -> None:
        """Keep the number."""
        super().__init__(f"{found} rows")
        self.found = found


def read_sheets(
    folder: Path,
    names: Sequence[str],
    *,
    unit: str | None = None,
    indicators: Sequence[str] | None = None,
    most: int | None = None,
) -> pa.Table:
    """The rows of some sheets, of one unit or all, of some indicators or all.

    Where these are more than `most`, TooManyRowsError says so before they are read.
    """
    if not names:
        return SCHEMA.empty_table()
    kept = [ds.field("unit") == unit] if unit is not None else []
    kept += [ds.field("indicator").isin(list(indicators))] if indicators is not None else []
    condition = None
    for one in kept:
        condition = one if condition is None else condition & one
    paths = [str(folder / name) for name in names]
    sheets = ds.dataset(paths, schema=SCHEMA, format="parquet")
    if most is not None and (found := sheets.count_rows(filter=condition)) > most:
        raise TooManyRowsError(found)
    return sheets.to_table(filter=condition)


def sweep_sheets(folder: Path, needed: Iterable[str], *, before: float) -> int:
    """Delete the sheets that no run needs and that were written before a moment; returns how many."""
    kept = {folder / name for name in needed}
    needless = [path for path in folder.glob("*/*") if path not in kept and path.stat().st_mtime < before]
    for path in needless:
        path.unlink()
    return len(needless)


def _apart(
    rows: pa.Table, cut: str, expected: Mapping[str, Sequence[str]], index: str | None
) -> Iterator[tuple[str, pa.Table]]:
    """The sheet of each period."""
    rows = rows.unify_dictionaries().combine_chunks()
    unit, units = _places(rows["unit"])
    indicator, indicators = _places(rows["indicator"])
    period, periods = _places(rows["period"])
    counted = _is_positive(rows["numerator"]) | _is_positive(rows["denominator"])
    if index in indicators:
        counted &= indicator != indicators.index(index)
    ranks = [_ranks(units)[unit], _ranks(indicators)[indicator]]
    for place, code in enumerate(periods[:-1]):
        here = period == place
        kept = np.zeros(len(units), np.bool_)
        kept[unit[here & counted]] = True
        if cut == "centre":
            wanted = set(expected.get(code, ()))
            kept |= np.array([name in wanted for name in units], np.bool_)
        there = np.flatnonzero(here & (kept[unit] if cut != "nation" else True))
        order = there[np.lexsort((ranks[1][there], ranks[0][there]))]
        yield code, rows.take(pa.array(order)).cast(SCHEMA)


def _places(column: pa.ChunkedArray) -> tuple[NDArray[np.int64], list[str | None]]:
    """Where the word of each row stands in the list of words; no word is a word of its own."""
    words = column.combine_chunks()
    words = words.chunk(0) if isinstance(words, pa.ChunkedArray) else words
    listed = [*words.dictionary.to_pylist(), None]
    return pc.fill_null(words.indices, len(listed) - 1).to_numpy().astype(np.int64), listed


def _ranks(words: Sequence[str | None]) -> NDArray[np.int64]:
    """The rank of each word in order, no word last."""
    order = sorted(range(len(words)), key=lambda place: (words[place] is None, words[place] or ""))
    ranks = np.empty(len(words), np.int64)
    ranks[order] = np.arange(len(words))
    return ranks


def _is_positive(column: pa.ChunkedArray) -> NDArray[np.bool_]:
    return pc.fill_null(pc.greater(column, 0), False).to_numpy()


def _write(folder: Path, cut: str, sheet: pa.Table) -> str:
    """Write a sheet under the name of its content, whole or not at all."""
    content = io.BytesIO()
    pq.write_table(sheet, content, compression="zstd", row_group_size=ROWS_A_GROUP)
    name = f"{cut}/{hashlib.sha256(content.getvalue()).hexdigest()[:32]}.parquet"
    path = folder / name
    if path.exists():
        # A sweep goes by age, and nobody needed the sheet until now.
        os.utime(path)
        return name
    path.parent.mkdir(parents=True, exist_ok=True)
    written = path.with_name(f".{path.name}")
    with written.open("wb") as opened:
        opened.write(content.getvalue())
        opened.flush()
        os.fsync(opened.fileno())
    os.replace(written, path)
    return name
