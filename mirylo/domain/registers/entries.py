"""Gathers the rows of a file into records, checks each cell, and checks each record against those that are kept."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import islice
from typing import Any

from django.db.models import Model

from mirylo.core.faults import N_, Fault
from mirylo.domain.registers.contents import WrongContentError, understand
from mirylo.domain.registers.layouts import Column, Layout
from mirylo.domain.registers.models import Territory
from mirylo.domain.registers.reading import Row

BATCH = 5000

LOOKED_NEAR = 50
"""For so many unknown codes of a file the nearest are looked for, which takes a moment each."""


@dataclass(frozen=True)
class Part:
    """A row's share of what a record may have several of."""

    row: Row
    values: Mapping[str, Any]

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands in it."""
        return all(value is None for value in self.values.values())


@dataclass(frozen=True)
class Entry:
    """A record of a file: its key, the row where it stands first, the values of its columns, and its parts."""

    key: str
    row: Row
    values: Mapping[str, Any]
    parts: list[Part] = field(default_factory=list)


@dataclass(frozen=True)
class Counts:
    """Records that a load added, changed, and found as they are."""

    added: int
    changed: int
    unchanged: int


def gather(rows: Iterable[Row], layout: Layout, faults: list[Fault]) -> list[Entry]:
    """The records of the rows. Rows that repeat a key give a record more parts; what is wrong goes to `faults`."""
    entries: dict[str, Entry] = {}
    repeated = {column.name for column in layout.columns if column.repeats}
    for row in rows:
        values = _understand(row, layout, faults)
        is_there = layout.key in values
        key = values.pop(layout.key, None)
        part = Part(row, {name: value for name, value in values.items() if name in repeated})
        own = {name: value for name, value in values.items() if name not in repeated}
        if key not in entries:
            _check_filled(row, own, layout, faults)
        if key is None:
            if layout.key not in row.cells or is_there:
                faults.append(row.fault(layout.key, N_("{column} is empty"), N_("Fill it in.")))
        elif key in entries:
            _check_repeated(entries[key], part, own, faults)
            entries[key].parts.append(part)
        else:
            entries[key] = Entry(key, row, own, [part])
    return list(entries.values())


def _understand(row: Row, layout: Layout, faults: list[Fault]) -> dict[str, Any]:
    """The values of a row's cells; a cell that is not understood is a fault, and has no value."""
    values: dict[str, Any] = {}
    columns = layout.by_name
    for name, found in row.cells.items():
        try:
            values[name] = understand(columns[name], found)
        except WrongContentError as error:
            faults.append(row.fault(name, error.problem, error.remedy, **error.values))
    return values


def _check_filled(row: Row, own: Mapping[str, Any], layout: Layout, faults: list[Fault]) -> None:
    for column in layout.columns:
        if column.is_required and column.name != layout.key and column.name in own and own[column.name] is None:
            faults.append(row.fault(column.name, N_("{column} is empty"), N_("Fill it in.")))


def _check_repeated(entry: Entry, part: Part, own: Mapping[str, Any], faults: list[Fault]) -> None:
    """A row that repeats a key tells something more, and nothing else than the first one."""
    values = {"key": entry.key, "first": entry.row.place.rpartition(" ")[2]}
    if part.is_empty:
        faults.append(
            Fault(
                part.row.place, N_("{key} is there already, at number {first}"), N_("Leave one of the two out."), values
            )
        )
        return
    for name, value in own.items():
        if value is not None and value != entry.values.get(name):
            problem = N_("{column} is not what it is where {key} stands first, at number {first}")
            faults.append(part.row.fault(name, problem, N_("Write it once, or the same."), **values))


def check_new(entries: Iterable[Entry], stored: Collection[str], layout: Layout, faults: list[Fault]) -> None:
    """A record that is not kept yet needs all required columns."""
    required = [column.name for column in layout.columns[1:] if column.is_required]
    for entry in entries:
        if entry.key not in stored:
            for name in required:
                if name not in entry.row.cells:
                    faults.append(
                        entry.row.fault(name, N_("{key} is new and has no {column}"), N_("Add it."), key=entry.key)
                    )


def check_territories(parts: Iterable[tuple[Row, str, str]], faults: list[Fault]) -> None:
    """Codes of territories (row, column, code) that the codifier does not have, with the nearest one."""
    named = list(parts)
    known: set[str] = set()
    for codes in in_batches({code for _, _, code in named}):
        known.update(Territory.objects.filter(code__in=codes).values_list("code", flat=True))
    unknown = [(row, column, code) for row, column, code in named if code not in known]
    if unknown and not Territory.objects.exists():
        remedy = N_("Load it first: mirylo registers load territories.")
        file = unknown[0][0].place.rpartition(", ")[0]
        faults.append(Fault(file, N_("the codifier of territories is empty"), remedy))
        return
    near: dict[str, str] = {}
    for row, column, code in unknown:
        if code not in near:
            near[code] = _nearest_territory(code) if len(near) < LOOKED_NEAR else ""
        remedy = N_("The nearest is {nearest}.") if near[code] else ""
        faults.append(
            row.fault(column, N_("the codifier has no territory {value}"), remedy, value=code, nearest=near[code])
        )


def _nearest_territory(code: str) -> str:
    """The territory in the same place of the codifier; else that with the same number of its own; else one beside."""
    found = (
        Territory.objects.filter(code__startswith=code[:-5]).first()
        or Territory.objects.filter(code__endswith=code[-5:]).first()
    )
    if found is None:
        beside = Territory.objects.filter(code__startswith=code[:6]).in_bulk()
        match = get_close_matches(code, beside, n=1, cutoff=0.8)
        found = beside[match[0]] if match else None
    return f"{found.code} ({found.name})" if found is not None else ""


def check_known(
    named: Iterable[tuple[Row, str, str]], known: Collection[str], problem: str, faults: list[Fault]
) -> None:
    """Codes (row, column, code) that are not among the known ones, with the nearest."""
    near: dict[str, str] = {}
    for row, column, code in named:
        if code in known:
            continue
        if code not in near:
            found = get_close_matches(code, known, n=3, cutoff=0.6) if len(near) < LOOKED_NEAR else []
            near[code] = ", ".join(found)
        remedy = N_("The nearest are: {nearest}.") if near[code] else N_("Add it first.")
        faults.append(row.fault(column, problem, remedy, value=code, nearest=near[code]))


def check_no_circles(entries: Iterable[Entry], parents: Mapping[str, str | None], faults: list[Fault]) -> None:
    """Nothing stands above itself; `parents` are those of all records, as they will be."""
    for entry in entries:
        above, seen = parents.get(entry.key), set()
        while above is not None and above != entry.key and above not in seen:
            seen.add(above)
            above = parents.get(above)
        if above == entry.key and entry.values.get("parent") is not None:
            faults.append(
                entry.row.fault("parent", N_("{key} would stand above itself"), N_("Mend parent."), key=entry.key)
            )


def apply(
    record: Model, values: Mapping[str, Any], layout: Layout, attributes: Mapping[str, str] | None = None
) -> bool:
    """Write values into a record, and say whether that changed it. `attributes` are those not named as the columns."""
    is_changed = False
    columns = layout.by_name
    for name, value in values.items():
        attribute = (attributes or {}).get(name, name)
        value = value if value is not None else _empty(record, attribute, columns[name])
        if getattr(record, attribute) != value:
            setattr(record, attribute, value)
            is_changed = True
    return is_changed


def _empty(record: Model, attribute: str, column: Column) -> object:
    """What an empty cell means: the column's default, else nothing."""
    if column.default is not None:
        return understand(column, column.default)
    field_ = record._meta.get_field(attribute.removesuffix("_id"))
    return None if field_.null else field_.get_default()


def count(entries: Sequence[Entry], added: Collection[str], changed: Collection[str]) -> Counts:
    """How many records were added, changed, and left as they were."""
    return Counts(len(added), len(changed), len(entries) - len(added) - len(changed))


def in_batches(keys: Iterable[Any]) -> Iterator[list[Any]]:
    """Keys a batch at a time: SQLite takes 32,766 values in a query, and a file may bring more."""
    left = iter(keys)
    while batch := list(islice(left, BATCH)):
        yield batch


Save = Callable[[], Counts]
"""Writes what was checked, and says how much it was."""
