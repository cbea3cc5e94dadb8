"""What every reader gives: the rows of a file under the names of the file's own columns, not yet understood."""

import difflib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from mirylo.core.faults import N_, Fault, FaultsFoundError
from mirylo.sources.refusals import Refusal


def _no_refusals() -> list[Refusal]:
    return []


def _nothing() -> None:
    pass


@dataclass(frozen=True)
class RawRows:
    """Rows of a file as a relation of DuckDB.

    `relation` stands after FROM. `types` maps the file's columns to DuckDB types, in the order of the file.
    `refused` tells the rows that never reached the relation; it is asked after the relation was read once.
    `lines_of` turns ordinals of rows of the relation (from 0) into places: `counted` says of what (line, row, record).
    `is_sparse` files (JSON, XES) name a column only where it has a value, so one that is missing may just be empty.
    """

    name: str
    relation: str
    types: Mapping[str, str]
    counted: str
    lines_of: Callable[[Sequence[int]], list[int | None]]
    refused: Callable[[], list[Refusal]] = field(default=_no_refusals)
    forget: Callable[[], None] = field(default=_nothing)
    """Asked before the relation is read again: forgets the rows that were refused the time before."""
    is_sparse: bool = False
    not_found: tuple[str, ...] = ()


def check_columns(raw: RawRows, wanted: Mapping[str, str], always: Collection[str]) -> RawRows:
    """The rows with all columns that the mapping names; `wanted` maps those columns to the keys that name them.

    A column that is missing is a fault, in sparse files only if a row cannot be without it (`always`, keys).
    """
    missing = [column for column in wanted if column not in raw.types]
    faults = [
        Fault(
            raw.name,
            N_("there is no column {column}, which {key} of the mapping names"),
            N_("The nearest are: {nearest}."),
            {"column": f"«{column}»", "key": wanted[column], "nearest": nearest(column, raw.types)},
        )
        for column in missing
        if not raw.is_sparse or wanted[column] in always
    ]
    if faults:
        raise FaultsFoundError(faults)
    if not missing:
        return raw
    empty = ", ".join(f"NULL::VARCHAR AS {quoted(column)}" for column in missing)
    types = {**raw.types, **dict.fromkeys(missing, "VARCHAR")}
    return replace(raw, relation=f"(SELECT *, {empty} FROM {raw.relation})", types=types, not_found=tuple(missing))


def nearest(name: str, known: Mapping[str, object] | Sequence[str]) -> str:
    """The known names most like a name, for the person who mistyped it; the first ones where none is alike.

    >>> nearest("regstered", ["number", "registered", "ready"])
    'registered'
    """
    folded = {other.casefold().strip(): other for other in known}
    found = difflib.get_close_matches(name.casefold().strip(), list(folded), n=3, cutoff=0.6)
    return ", ".join([folded[match] for match in found] or list(known)[:8])


def check_header(name: str, header: Sequence[str], place: str) -> list[str]:
    """The names of a header, made whole: a nameless column gets its number. A name that stands twice is a fault."""
    names = [title.strip() or f"column_{number}" for number, title in enumerate(header, start=1)]
    twice = sorted({title for title in names if names.count(title) > 1})
    if twice:
        raise FaultsFoundError(
            Fault(
                f"{name}, {place}",
                N_("the column {column} is there {n} times"),
                N_("Rename one of them, so that it is clear which one is meant."),
                {"column": f"«{title}»", "n": names.count(title)},
            )
            for title in twice
        )
    return names


def quoted(name: str) -> str:
    """A name as an identifier of SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"
