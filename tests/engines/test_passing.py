"""The months said to have changed as days pass hold every month that did, for whatever indicators and facts."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from mirylo.core.methodology.model import Methodology
from mirylo.engines.passing import first_day, months_passed
from tests.engines import generated
from tests.engines.counting import counted_months


@settings(max_examples=150)
@given(generated.methodologies(), generated.rows, st.sampled_from(generated.DAYS), st.sampled_from(generated.DAYS))
def test_every_month_that_days_change_is_named(
    methodology: Methodology, rows: list[dict[str, object]], one: date, other: date
) -> None:
    since, until = sorted([one, other])
    before, after = (counted_months(methodology, rows, as_of) for as_of in (since, until))
    changed = {month for month in {*before, *after} if before.get(month) != after.get(month)}
    said = months_passed(methodology, generated.facts_of(rows), since, until)
    assert changed <= said, {m: (since, until, before.get(m, set()) ^ after.get(m, set())) for m in changed - said}


def test_the_first_day_is_that_of_any_basis_but_no_typing_error_of_long_ago() -> None:
    rows = [
        {"registered_on": date(202, 1, 1), "closed_on": date(2025, 5, 6)},
        {"registered_on": date(2025, 5, 7), "ready_on": date(2025, 5, 5)},
    ]
    assert first_day(generated.facts_of(rows), date(2000, 1, 1)) == date(2025, 5, 5)
    assert first_day(generated.facts_of([]), date(2000, 1, 1)) is None
