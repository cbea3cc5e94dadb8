"""Reads dates and times as people and programs write them, and tells apart the ways that look alike.

Recognised without being told: ISO 8601 with or without an offset, and "31.01.2026 09:05". With slashes the order of day
and month must follow from the whole file ("01/31/2026"), or be told. A local time is one of the mapping's time zone; of
an hour that the clocks go through twice, the later one is meant.
"""

from collections.abc import Mapping as Map
from collections.abc import Sequence
from datetime import date

import duckdb

from mirylo.core.faults import N_, Fault, FaultsFoundError
from mirylo.sources.mapping import Mapping
from mirylo.sources.raw_rows import literal

CLOCKS = ("", " %H:%M:%S", " %H:%M", " %I:%M:%S %p", " %I:%M %p", " %H:%M:%S.%f")
DOTTED = tuple(f"%d.%m.%Y{clock}" for clock in CLOCKS if "%p" not in clock)
LOOKS_SLASHED = r"^\d{1,2}[/-]\d{1,2}[/-]\d{4}\b"
ORDERS = {"day first": "%d{0}%m{0}%Y", "month first": "%m{0}%d{0}%Y"}


def moment_of(text: str, format_: str | None, on: date | None, formats: Sequence[str] = ()) -> str:
    """SQL of the moment that a text means, empty where it means none.

    A `format_` that the mapping gives stands alone. `on` is the date of texts that are times of day only.
    """
    if format_ is not None:
        return f"CAST(try_strptime({text}, {literal(format_)}) AS TIMESTAMPTZ)"
    ways = [f"TRY_CAST({text} AS TIMESTAMPTZ)", f"CAST(try_strptime({text}, {_list(DOTTED)}) AS TIMESTAMPTZ)"]
    if formats:
        ways.append(f"CAST(try_strptime({text}, {_list(formats)}) AS TIMESTAMPTZ)")
    if on is not None:
        ways.append(f"TRY_CAST('{on} ' || {text} AS TIMESTAMPTZ)")
    return f"coalesce({', '.join(ways)}, TRY_CAST({_mended(text)} AS TIMESTAMPTZ))"


def _mended(text: str) -> str:
    """SQL of ISO 8601 as DuckDB wants it: seconds before an offset, no space there, a point, a Latin T.

    The T is no joke: the recommended format of Ukrainian open data gives its example with a Cyrillic one.
    """
    plain = f"translate({text}, 'Т,', 'T.')"
    joined = rf"regexp_replace({plain}, '\s+([+-]\d\d:?(\d\d)?)$', '\1')"
    return rf"regexp_replace({joined}, '([T ]\d{{1,2}}:\d\d)(Z|[+-]\d\d:?(\d\d)?)$', '\1:00\2')"


def _list(formats: Sequence[str]) -> str:
    return f"[{', '.join(map(literal, formats))}]"


def find_formats(
    connection: duckdb.DuckDBPyConnection, cleaned: Map[str, str], relation: str, name: str
) -> tuple[str, ...]:
    """The formats of dates with slashes or dashes: day or month first, as all such dates of a file show together.

    `cleaned` has the SQL of each column of moments by the name that the file gives it. Where both orders fit equally
    well, it is a fault.
    """
    options = {order: _formats(pattern) for order, pattern in ORDERS.items()}
    misfits = ", ".join(f"count(*) FILTER (try_strptime(t, {_list(formats)}) IS NULL)" for formats in options.values())
    counts, examples = [0] * len(options), {}
    for column, text in cleaned.items():
        row = connection.execute(
            f"SELECT min(t), {misfits} FROM (SELECT {text} AS t FROM {relation}) "
            f"WHERE regexp_matches(t, {literal(LOOKS_SLASHED)})"
        ).fetchone()
        if row is not None and row[0] is not None:
            examples[column] = row[0]
            counts = [count + more for count, more in zip(counts, row[1:], strict=True)]
    if counts[0] == counts[1]:
        problem = N_("in {columns} it is not clear whether the day or the month stands first, as in {example}")
        if len(examples) == 1:
            problem = N_("in the column {columns} it is not clear whether day or month stands first, as in {example}")
        remedy = N_('Write time_format, such as "%d/%m/%Y %H:%M" or "%m/%d/%Y %I:%M:%S %p".')
        example = next(iter(examples.values()))
        raise FaultsFoundError([Fault(name, problem, remedy, {"columns": ", ".join(examples), "example": example})])
    return list(options.values())[counts.index(min(counts))]


def _formats(pattern: str) -> tuple[str, ...]:
    return tuple(pattern.format(separator) + clock for separator in "/-" for clock in CLOCKS)


def check_formats(connection: duckdb.DuckDBPyConnection, mapping: Mapping) -> None:
    """Raise for formats that cannot be read as formats."""
    given = {f"columns.{name}.format": rule.format for name, rule in mapping.columns.items() if rule.format}
    given |= {"time_format": mapping.time_format} if mapping.time_format else {}
    faults = []
    for place, format_ in given.items():
        try:
            connection.execute("SELECT try_strptime('', ?)", [format_])
        except duckdb.Error:
            problem, remedy = N_("{value} is no format of dates"), N_('Write one such as "%d.%m.%Y %H:%M".')
            faults.append(Fault(f"mapping, {place}", problem, remedy, {"value": repr(format_)}))
    if faults:
        raise FaultsFoundError(faults)
