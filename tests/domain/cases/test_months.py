"""The months that a change marks hold every month that it changes, for whatever indicators and rows."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from mirylo.core.methodology.model import Methodology, Stock
from mirylo.domain.cases.models import DirtyMonth
from mirylo.domain.cases.months import mark_dirty, months_of
from tests.engines import generated
from tests.engines.counting import counted_months

Row = dict[str, Any]
AT = datetime(2026, 11, 25, 10, tzinfo=UTC)


@settings(max_examples=100)
@given(generated.methodologies(), generated.rows, st.none() | generated.row, st.none() | generated.row, st.data())
def test_every_month_that_a_change_changes_is_marked(
    methodology: Methodology, others: list[Row], old: Row | None, new: Row | None, draw: st.DataObject
) -> None:
    today = draw.draw(st.sampled_from(generated.DAYS))
    stocks = {i.measure for i in methodology.indicators if isinstance(i.measure, Stock)}
    before, after = (counted_months(methodology, [*others, *([row] if row else [])], today) for row in (old, new))
    changed = {month for month in {*before, *after} if before.get(month) != after.get(month)}
    assert changed <= months_of(old, new, today, stocks)


def test_a_stock_is_changed_in_every_month_in_which_the_row_stood_in_it() -> None:
    overdue = Stock("due_on", "closed_on")
    due = {"due_on": date(2026, 1, 31)}
    stood = months_of(None, {**due, "closed_on": date(2026, 4, 1)}, date(2026, 11, 25), [overdue])
    assert stood == {"2026-01", "2026-02", "2026-03", "2026-04"}
    assert months_of(None, due, date(2026, 3, 31), [overdue]) == {"2026-01", "2026-02", "2026-03"}


def test_what_is_equal_changes_no_month_and_what_is_to_come_is_not_marked() -> None:
    row = {"registered_on": date(2026, 1, 31), "due_on": date(2026, 3, 1)}
    assert months_of(row, {**row, "closed_on": None}, date(2026, 2, 1)) == set()
    assert months_of(None, row, date(2026, 2, 28)) == {"2026-01"}


@pytest.mark.django_db
def test_a_mark_grows_each_time() -> None:
    with transaction.atomic():
        mark_dirty(["2026-02", "2026-01", "2026-02"], at=AT)
    mark_dirty({"2026-02"}, at=AT)
    mark_dirty(set(), at=AT)
    assert list(DirtyMonth.objects.values_list("month", "version", "marked_at")) == [
        ("2026-01", 1, AT),
        ("2026-02", 2, AT),
    ]
