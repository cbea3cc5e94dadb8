"""The same counts, sums and quantiles with vectorised pandas: categories for units, sums rolled up from months."""

from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
from indicator_counts import AS_OF, COUNTS, GRAINS, QUANTILES, SUMS, UNITS

from mirylo.core.periods import Grain
from mirylo.engines.tables import CUTS, FACT_TABLES

NEEDLESS = {"source", "number", "span_seconds", "flaws", "late_by_source", "events", "issued_hour"}


def measure_with_pandas(folder: Path) -> dict[str, float]:
    """All flows; stocks are left out, to its advantage."""
    found: dict[str, float] = {}
    for table in FACT_TABLES:
        frame = _read(folder / table, table)
        for (of_table, day, rows), counts in COUNTS.items():
            if of_table == table:
                found |= _count(_rows(frame, day, rows), day, counts)
        for (of_table, day, rows), columns in QUANTILES.items():
            if of_table == table:
                found |= _take_quantiles(_rows(frame, day, rows), day, columns)
    return found


def _count(some: pd.DataFrame, day: str, counts: dict[str, str]) -> dict[str, float]:
    found = {}
    taken = some[[*UNITS, "p"]].copy()
    for name, condition in counts.items():
        taken[name] = _holds(some, condition)
    for name, value in SUMS.get(day, {}).items():
        column = value.removeprefix("case when outcome = 'served' then ").removesuffix(" end")
        taken[name] = some[column] if column == value else some[column].where(some["outcome"] == "served")
    names = [*counts, *SUMS.get(day, {})]
    for units in CUTS.values():
        cells = taken.groupby([*units, "p"], observed=True)[names].sum().reset_index()
        for grain in GRAINS:
            sums = cells.groupby([*units, cells["p"] // grain.months], observed=True)[names].sum()
            for name in (name for name in counts if name[:-2] in counts):
                sums[f"{name[:-2]}_share"] = sums[name[:-2]] / sums[name]
            if day == "due_on" and grain is Grain.YEAR and not units:
                found["on_time"] = sums["on_time_share"].loc[2025]
    return found


def _take_quantiles(some: pd.DataFrame, day: str, columns: dict[str, tuple[float, ...]]) -> dict[str, float]:
    found = {}
    for grain in GRAINS:
        for units in CUTS.values():
            groups = some.groupby([*units, some["p"] // grain.months], observed=True)
            for column, qs in columns.items():
                points = groups[column].quantile(list(qs))
                if column == "throughput_seconds" and grain is Grain.YEAR and not units:
                    found["p90"] = points.loc[2025, 0.9] / 86_400
    return found


def _rows(frame: pd.DataFrame, day: str, rows: str) -> pd.DataFrame:
    """The rows that count by a date, with their month."""
    some = frame[_holds(frame, rows) & frame[day].notna() & (frame[day] <= pd.Timestamp(AS_OF))]
    return some.assign(p=(some[day].dt.year * 12 + some[day].dt.month - 1).astype("int32"))


def _read(folder: Path, table: str) -> pd.DataFrame:
    """The table: units as categories, dates as dates, flags as flags that may be empty."""
    names = [column.name for column in FACT_TABLES[table].columns if not column.name.endswith("_at")]
    names = [name for name in names if name not in NEEDLESS]
    rows = pq.read_table(folder, columns=names, read_dictionary=[*UNITS, "decision", "outcome", "appeal_outcome"])
    for place, name in enumerate(names):
        if name.endswith("_seconds"):
            rows = rows.set_column(place, name, rows[name].cast("float64"))
    frame = rows.to_pandas(date_as_object=False)
    for name in (name for name in names if name.startswith("is_")):
        frame[name] = frame[name].astype("boolean")
    return frame


def _holds(frame: pd.DataFrame, condition: str) -> pd.Series:
    """A condition in pandas' words; a comparison with an empty date is false there, as it is not counted here."""
    if condition == "true":
        return pd.Series(True, frame.index)
    for word, python in (
        ("DATE '2025-12-31'", "@as_of"),
        (" is not null", ".notna()"),
        (" is null", ".isna()"),
        (" = ", " == "),
    ):
        condition = condition.replace(word, python)
    return frame.eval(condition, engine="python", local_dict={"as_of": pd.Timestamp(AS_OF)}).fillna(False).astype(bool)
