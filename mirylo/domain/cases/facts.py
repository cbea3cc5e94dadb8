"""Keeps a row of facts as JSON in the database until it is put into the lake, and reads it back without loss."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, TypedDict

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from mirylo.core.methodology.model import FactTable, Type
from mirylo.engines.tables import FACT_TABLES, arrow_schema

Row = Mapping[str, Any]
"""A row of facts: columns of `tables.CASES` or `tables.TICKETS`; one that is not there is empty."""

_TYPES = {column.name: column.type for table in FACT_TABLES.values() for column in table.columns}
_READ_AS = {
    Type.TEXT: str,
    Type.FLAG: bool,
    Type.COUNT: int,
    Type.SECONDS: Decimal,
    Type.DATE: date,
    Type.MOMENT: datetime,
}
_ENCODER = msgspec.json.Encoder(decimal_format="string")
_DECODER = msgspec.json.Decoder(
    TypedDict("_Columns", {name: _READ_AS[type_] for name, type_ in _TYPES.items()}, total=False)  # type: ignore[misc]
)
_AS_WRITTEN = msgspec.json.Decoder(dict[str, Any])


def to_json(row: Row) -> str:
    """The row as text: empty columns left out, the others in the order of the table; equal rows give equal texts.

    Dates are ISO, moments ISO in UTC, seconds a decimal number written as text.

    >>> to_json({"number": "7", "centre": None, "registered_on": date(2026, 1, 5), "span_seconds": Decimal("1.500")})
    '{"number":"7","registered_on":"2026-01-05","span_seconds":"1.500"}'
    """
    unknown = row.keys() - _TYPES.keys()
    if unknown:
        raise KeyError(f"no columns of facts: {', '.join(sorted(unknown))}")
    columns = {name: row[name] for name in _TYPES if row.get(name) is not None}
    moments = {name: value.astimezone(UTC) for name, value in columns.items() if isinstance(value, datetime)}
    return _ENCODER.encode({**columns, **moments}).decode()


def of_json(text: str) -> dict[str, Any]:
    """The row that was written, columns of the right types; an empty column is not in it.

    >>> of_json('{"number":"7","registered_on":"2026-01-05","span_seconds":"1.500"}')
    {'number': '7', 'registered_on': datetime.date(2026, 1, 5), 'span_seconds': Decimal('1.500')}
    """
    row: dict[str, Any] = _DECODER.decode(text)
    return row


def to_arrow(texts: Sequence[str], table: FactTable) -> pa.Table:
    """Many rows at once as the lake keeps them, a column at a time."""
    rows = [_AS_WRITTEN.decode(text) for text in texts]
    schema = arrow_schema(table)
    return pa.Table.from_arrays(
        [_column([row.get(field.name) for row in rows], field.type) for field in schema], schema=schema
    )


def _column(written: list[Any], type_: pa.DataType) -> pa.Array:
    if pa.types.is_string(type_) or pa.types.is_boolean(type_) or pa.types.is_integer(type_):
        return pa.array(written, type_)
    return pc.cast(pa.array(written, pa.string()), type_)
