"""Which access points are expected to answer in a period, and how long it takes to see which periods changed."""

import time
from datetime import date

import pytest

from mirylo.core.periods import Period
from mirylo.domain.indicators.periods import Marks, _Point, all_periods, stale_periods

MONTH = Period.parse("2026-10")
BEFORE, FIRST, LAST, AFTER = date(2026, 9, 30), date(2026, 10, 1), date(2026, 10, 31), date(2026, 11, 1)


@pytest.mark.parametrize(
    ("state", "opened_on", "closed_on", "is_expected"),
    [
        ("active", None, None, True),
        ("active", LAST, None, True),
        ("active", AFTER, None, False),
        ("closed", None, None, False),
        ("closed", None, FIRST, True),
        ("closed", None, BEFORE, False),
        ("closed", LAST, AFTER, True),
        ("active", BEFORE, BEFORE, False),
        ("active", date.min, date.max, True),
    ],
)
def test_an_access_point_is_expected_where_it_worked_on_any_day(
    state: str, opened_on: date | None, closed_on: date | None, is_expected: bool
) -> None:
    other = _Point("other", "active", None, None)
    marks = Marks({}, [_Point("one", state, opened_on, closed_on), other])
    assert marks.expected(MONTH) == (["one", "other"] if is_expected else ["other"])
    assert (marks.state(MONTH) != Marks({}, [other]).state(MONTH)) is is_expected


def test_changed_periods_of_twenty_years_are_seen_in_a_moment() -> None:
    """This is looked at in every refresh; a single slip in a date is enough for twenty years."""
    points = [_Point(f"UA-{n:05}", "active", date(2010 + n % 15, 1 + n % 12, 1), None) for n in range(6000)]
    periods = all_periods(date(2006, 1, 1), date(2026, 11, 25))
    began = time.process_time()
    assert len(stale_periods(periods, {}, Marks({}, points))) == len(periods) == 398
    assert time.process_time() - began < 0.5
