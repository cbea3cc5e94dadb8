"""Reads the file of a register, CSV, XLSX or JSON, into rows under our names, and remembers where each row stood."""

import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path

import duckdb
import msgspec
from django.conf import settings

from mirylo.core.faults import N_, Fault, FaultsFoundError
from mirylo.domain.registers.formulas import bare
from mirylo.domain.registers.guide import own_record
from mirylo.domain.registers.layouts import Layout, fold_heading
from mirylo.sources.csv_files import read_csv
from mirylo.sources.opening import FileKind, OpenedFile, open_file
from mirylo.sources.raw_rows import RawRows
from mirylo.sources.workbooks import read_workbook

ALIKE = 0.75
"""A heading this much like one of ours is a slip of the pen, and no column of somebody else's."""

INSTEAD = N_("Save it as CSV in UTF-8, as XLSX or as JSON.")


@dataclass(frozen=True)
class Row:
    """A row of a file: what stands in each column that it has, and what the file calls the column."""

    place: str
    cells: Mapping[str, object]
    titles: Mapping[str, str] = field(default_factory=dict)

    def fault(self, column: str, problem: str, remedy: str = "", **values: object) -> Fault:
        """A mistake in a column of the row."""
        title = self.titles.get(column, column)
        return Fault(f"{self.place}, column {title}", problem, remedy, {"column": title, **values})


@dataclass(frozen=True)
class Rows:
    """The rows of a file; `left_out` are headings of columns that the register does not have."""

    name: str
    rows: Sequence[Row]
    left_out: tuple[str, ...]
    faults: tuple[Fault, ...] = ()


def read_rows(path: Path, layout: Layout) -> Rows:
    """The rows of a file; the faults of rows that could not be read at all stand beside them."""
    with tempfile.TemporaryDirectory(prefix="mirylo-") as place:
        folder = Path(place)
        try:
            file = open_file(path, folder)
            match file.kind:
                case FileKind.JSON:
                    return _read_json(file, layout)
                case FileKind.CSV | FileKind.XLSX:
                    return _read_table(file, layout, folder)
        except FaultsFoundError as error:
            raise FaultsFoundError(_without_mapping(error.faults)) from None
    raise FaultsFoundError([Fault(path.name, N_("registers are not read from {kind}"), INSTEAD, {"kind": file.kind})])


def _without_mapping(faults: Sequence[Fault]) -> Iterator[Fault]:
    """The faults; the readers of logs send people to a mapping, which registers do not have."""
    for fault in faults:
        yield replace(fault, remedy=INSTEAD) if "mapping" in fault.remedy else fault


def _read_table(file: OpenedFile, layout: Layout, folder: Path) -> Rows:
    with duckdb.connect() as connection:
        if file.kind is FileKind.CSV:
            raw = read_csv(file, connection, folder)
        else:
            _check_size(file)
            raw = read_workbook(file, connection)
        titles, left_out = find_columns(file.name, list(raw.types), layout)
        return Rows(file.name, list(_rows_of(raw, connection, titles)), left_out, tuple(_refused(raw)))


def _rows_of(raw: RawRows, connection: duckdb.DuckDBPyConnection, titles: Mapping[str, str]) -> Iterator[Row]:
    """The rows that are not empty, by our names of columns."""
    found = connection.execute(f"SELECT * FROM {raw.relation}").fetchall()
    places = raw.lines_of(range(len(found)))
    names = {title: name for name, title in titles.items()}
    for values, place in zip(found, places, strict=True):
        cells = {
            names[title]: bare(value) if isinstance(value, str) else value
            for title, value in zip(raw.types, values, strict=True)
            if title in names
        }
        if any(cells.values()):
            yield Row(f"{raw.name}, {raw.counted} {place}", cells, titles)


def _refused(raw: RawRows) -> Iterator[Fault]:
    for refusal in raw.refused():
        yield refusal.fault


def _check_size(file: OpenedFile) -> None:
    """Refuse a workbook made to fill the memory, before it is unpacked."""
    with zipfile.ZipFile(file.path) as packed:
        size = sum(entry.file_size for entry in packed.infolist())
    if size > settings.LARGEST_TEXT:
        problem = N_("the workbook unpacks to {size} MB, and at most {most} MB are read")
        values = {"size": size >> 20, "most": settings.LARGEST_TEXT >> 20}
        raise FaultsFoundError([Fault(file.name, problem, N_("Split it, or save it as CSV."), values)])


def find_columns(name: str, given: Sequence[str], layout: Layout) -> tuple[dict[str, str], tuple[str, ...]]:
    """Headings by our names of the columns that they mean, and those that mean none.

    A heading that is nearly one of ours, two that mean the same, or no key at all are faults.
    """
    titles: dict[str, str] = {}
    left_out: list[str] = []
    faults: list[Fault] = []
    for title in given:
        column = layout.find(title)
        if column is None:
            left_out.append(title)
        elif column in titles:
            values = {"one": f"«{titles[column]}»", "other": f"«{title}»", "column": column}
            faults.append(Fault(name, N_("{one} and {other} both mean {column}"), N_("Leave one of them out."), values))
        else:
            titles[column] = title
    missing = {
        fold_heading(word): column.name
        for column in layout.columns
        if column.name not in titles
        for word in (column.name, *column.words)
    }
    for title in left_out:
        near = get_close_matches(fold_heading(title), missing, n=1, cutoff=ALIKE)
        if near:
            values = {"title": f"«{title}»", "near": f"«{near[0]}»"}
            remedy = N_("Write {near} if that is what it means, else leave the column out.")
            faults.append(Fault(name, N_("there is no column {title}"), remedy, values))
    if layout.key not in titles and not faults:
        known = ", ".join(f"{one.name} ({one.words[0]})" if one.words else one.name for one in layout.columns)
        problem = N_("there is no column {key}, which says what a row is about")
        faults.append(Fault(name, problem, N_("Known are: {names}."), {"key": layout.key, "names": known}))
    if faults:
        raise FaultsFoundError(faults)
    return titles, tuple(left_out)


def _read_json(file: OpenedFile, layout: Layout) -> Rows:
    try:
        found = msgspec.json.decode(file.path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        problem = N_("the JSON is torn or damaged ({detail})")
        raise FaultsFoundError([Fault(file.name, problem, N_("Export it again."), {"detail": error})]) from None
    records = _records_in(found)
    if records is None:
        problem = N_("the JSON has neither a list of records nor an object with entries or results")
        raise FaultsFoundError([Fault(file.name, problem, N_("Export it again."))])
    rows: list[Row] = []
    faults: list[Fault] = []
    names: dict[str, None] = {}
    for number, record in enumerate(records, start=1):
        place = f"{file.name}, record {number}"
        if not isinstance(record, dict):
            faults.append(Fault(place, N_("this is no object with the fields of a record")))
            continue
        own, is_guide = own_record(record, layout)
        if not is_guide:
            names.update(dict.fromkeys(name for name in own if name not in layout.nested))
        rows.extend(_rows_in(own, layout, place, faults))
    left_out: tuple[str, ...] = ()
    if names and rows:
        _, left_out = find_columns(file.name, list(names), layout)
    return Rows(file.name, rows, left_out, tuple(faults))


def _records_in(found: object) -> Sequence[object] | None:
    """The records of a document: a list, a page of a list (`results`), or a dump (`entries`)."""
    if isinstance(found, dict):
        found = next((found[name] for name in ("entries", "results") if name in found), found)
        if isinstance(found, dict):  # a dump keyed by id, or a single record
            values = list(found.values())
            return values if values and all(isinstance(value, dict) for value in values) else None
    return found if isinstance(found, list) else None


def _rows_in(record: Mapping[str, object], layout: Layout, place: str, faults: list[Fault]) -> Iterator[Row]:
    """A record as rows: the record itself with the first of each list inside, then a row for each further one."""
    cells: dict[str, object] = {}
    titles: dict[str, str] = {}
    for name, value in record.items():
        column = layout.find(name) if name not in layout.nested else None
        if column is not None:
            cells[column], titles[column] = value, name
    rows = [(cells, titles)]
    for name, columns in layout.nested.items():
        if name not in record:
            continue
        parts = record[name] if record[name] is not None else []
        if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
            faults.append(Fault(f"{place}, column {name}", N_("this is no list of objects")))
            continue
        if not parts:
            cells.update(dict.fromkeys(columns.values()))  # an empty list says that there are none
        for at, part in enumerate(parts):
            if at == len(rows):
                rows.append(({layout.key: cells.get(layout.key)}, {}))
            for inner, column in columns.items():
                if inner in part:
                    rows[at][0][column], rows[at][1][column] = part[inner], f"{name}[{at + 1}].{inner}"
    for row_cells, row_titles in rows:
        yield Row(place, row_cells, row_titles)
