"""What is kept as JSON comes back as it was, one row or many at once."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirylo.core.methodology.model import FactTable, Type
from mirylo.domain.cases.facts import of_json, to_arrow, to_json
from mirylo.engines.tables import CASES, TICKETS

VALUES: dict[Type, st.SearchStrategy[Any]] = {
    Type.TEXT: st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    Type.FLAG: st.booleans(),
    Type.COUNT: st.integers(-(2**31), 2**31 - 1),
    Type.SECONDS: st.integers(-(10**14), 10**14).map(lambda n: Decimal(n).scaleb(-3)),
    Type.DATE: st.dates(date(1900, 1, 1), date(2200, 1, 1)),
    Type.MOMENT: st.datetimes(*map(datetime.fromisoformat, ("1900-01-01", "2200-01-01")), timezones=st.just(UTC)),
}


def rows(table: FactTable) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional={c.name: st.none() | VALUES[c.type] for c in table.columns})


@pytest.mark.parametrize("table", [CASES, TICKETS], ids=lambda table: table.name)
@given(draw=st.data())
def test_rows_come_back_as_they_were(table: FactTable, draw: st.DataObject) -> None:
    written = draw.draw(st.lists(rows(table), max_size=4))
    texts = [to_json(row) for row in written]
    assert [of_json(text) for text in texts] == [
        {name: value for name, value in row.items() if value is not None} for row in written
    ]
    assert to_arrow(texts, table).to_pylist() == [{c.name: row.get(c.name) for c in table.columns} for row in written]


def test_equal_rows_give_equal_texts() -> None:
    noon = datetime(2026, 3, 29, 12, 0, tzinfo=ZoneInfo("Europe/Kyiv"))
    there = {"registered_at": noon, "number": "7", "service": None}
    elsewhere = {"number": "7", "registered_at": noon.astimezone(UTC) + timedelta(0)}
    assert to_json(there) == to_json(elsewhere) == '{"number":"7","registered_at":"2026-03-29T09:00:00Z"}'


def test_a_column_that_no_table_has_is_refused() -> None:
    with pytest.raises(KeyError, match="tax_number"):
        to_json({"number": "7", "tax_number": "1"})
