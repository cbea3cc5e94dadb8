"""Writes a register to a file that `imports` reads back without a difference: CSV, XLSX or JSON."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from itertools import zip_longest
from typing import Any

import msgspec
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from mirylo.domain.registers import bodies, centres, services
from mirylo.domain.registers.contents import text_of
from mirylo.domain.registers.formulas import guard
from mirylo.domain.registers.layouts import LAYOUTS, Layout

READ: Mapping[str, Callable[[], Iterator[dict[str, Any]]]] = {
    "bodies": bodies.read,
    "centres": centres.read,
    "services": services.read,
}
FORMATS = ("csv", "xlsx", "json")


def write(register: str, format_: str) -> bytes:
    """A register as a file; a record with several parts fills several rows of a table."""
    layout = LAYOUTS[register]
    records = READ[register]()
    match format_:
        case "json":
            return _write_json(layout, records)
        case "csv":
            return _write_csv(layout, _rows(layout, records))
        case "xlsx":
            return _write_workbook(layout, _rows(layout, records))
    raise ValueError(f"unknown format {format_!r}: one of {', '.join(FORMATS)}")


def _rows(layout: Layout, records: Iterator[dict[str, Any]]) -> Iterator[list[str]]:
    """The rows of all records, every cell a text that no spreadsheet takes for a formula."""
    columns = layout.columns
    for record in records:
        lists = [record[name] for name in layout.nested]
        for number, parts in enumerate(zip_longest(*lists) if any(lists) else [(None,) * len(lists)]):
            cells = record if number == 0 else {layout.key: record[layout.key]}
            cells = {name: value for name, value in cells.items() if name not in layout.nested}
            for inner, part in zip(layout.nested.values(), parts, strict=True):
                cells.update({column: part[name] for name, column in inner.items()} if part else {})
            yield [guard(text_of(column, cells.get(column.name))) for column in columns]


def _write_csv(layout: Layout, rows: Iterator[list[str]]) -> bytes:
    """UTF-8 with its mark, without which Excel takes Ukrainian letters for others."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([column.name for column in layout.columns])
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def _write_workbook(layout: Layout, rows: Iterator[list[str]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(layout.register)
    sheet.freeze_panes = "A2"
    sheet.append([column.name for column in layout.columns])
    for row in rows:
        cells = []
        for text in row:
            cell = WriteOnlyCell(sheet, text or None)
            if text:
                cell.data_type = "s"  # a code stays a text, with its zeros in front
            cells.append(cell)
        sheet.append(cells)
    binary = io.BytesIO()
    book.save(binary)
    return binary.getvalue()


def _write_json(layout: Layout, records: Iterator[dict[str, Any]]) -> bytes:
    written = {"register": layout.register, "entries": list(records)}
    return msgspec.json.format(msgspec.json.encode(written), indent=1) + b"\n"
