"""Folds the usual event log in one pass over its file, and steps back as soon as anything about it is unusual.

Most logs are one plain CSV file without a single bad row. Keeping millions of rows aside, to say later which were bad
and where, would then take longer than reading and folding them. So the rows are folded as they are read; if one turns
out bad, or the file is not what it looked like, nothing is kept and the file is read again, row by row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from mirylo.core.timelines import LATEST
from mirylo.engines.folding import FoldedEvents, LateReading, LateReadingError, fold_events
from mirylo.sources.canonical_records import name_records
from mirylo.sources.conversions import can_be_late, late_query, whether_query
from mirylo.sources.csv_files import read_csv
from mirylo.sources.mapping import Mapping
from mirylo.sources.opening import OpenedFile, open_at_sight
from mirylo.sources.raw_rows import check_columns

AT_ONCE = "records_at_once"


@dataclass(frozen=True)
class ReadAtOnce:
    """A log that was folded as it was read: not one of its rows was refused."""

    file: OpenedFile
    folded: FoldedEvents


def read_at_once(
    connection: duckdb.DuckDBPyConnection, paths: Sequence[Path], mapping: Mapping, folder: Path
) -> ReadAtOnce | None:
    """The log, folded; none where it is not the usual one, whatever the reason: a closer look will tell it."""
    if mapping.rows != "events" or len(paths) != 1 or mapping.file.encoding is not None:
        return None
    file = open_at_sight(paths[0])
    if file is None:
        return None
    raw = read_csv(file, connection, folder, mapping.file.delimiter, mapping.file.header_row, is_even=True)
    raw = check_columns(raw, mapping.wanted, ())
    late = [name for name in LATEST if can_be_late(name, raw, mapping)]
    name_records(connection, [f"({whether_query(raw, mapping, late)})"], mapping, AT_ONCE)
    reading = LateReading(frozenset(late), lambda grouped: late_query(grouped, mapping, late)) if late else None
    try:
        # The order of rows means nothing to a fold, and keeping it costs time.
        connection.execute("SET preserve_insertion_order = false")
        folded = fold_events(connection, AT_ONCE, mapping.rules, mapping.event_types, reading)
    except (duckdb.Error, LateReadingError):
        return None
    finally:
        connection.execute("SET preserve_insertion_order = true")
    if not folded.rows_read or folded.refused or raw.refused():
        raw.forget()
        return None
    return ReadAtOnce(file, folded)
