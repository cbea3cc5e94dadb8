"""Facts at hand for a run: the tables, which of their columns were collected at all, and what they are made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa


@dataclass(frozen=True)
class Facts:
    """Tables of facts with what a run must know about them.

    `tables` maps `cases` and `tickets` to rows in memory, or to Parquet files with the same columns. `collected` names,
    per table, the columns that the source fills: an indicator that reads none of them is `not_collected`, never zero.
    `as_of` is the local date of the newest thing known. `manifest` is the SHA-256 of what the facts are made of.
    """

    tables: Mapping[str, pa.Table | tuple[Path, ...]]
    collected: Mapping[str, frozenset[str]]
    as_of: date
    timezone: str
    manifest: str
