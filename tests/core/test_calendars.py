"""The calendar: published Ukrainian months, martial law, days moved by hand, and counting as a day-by-day loop does."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirylo.core.calendars import Calendar, ContradictoryDayError, MartialLaw, Suspension, TermUnit, TermUnitError

DAY = timedelta(days=1)
UKRAINE = Calendar.ukraine()
INTERRUPTED = Calendar.ukraine(
    extra_working=[date(2021, 2, 6)],
    extra_non_working=[date(2021, 2, 5), date(2023, 12, 29)],
    suspensions=[Suspension(date(2021, 12, 20), date(2022, 1, 20)), Suspension(date(2022, 1, 10), date(2022, 2, 1))],
)
DAY_UNITS = [TermUnit.WORKING_DAYS, TermUnit.CALENDAR_DAYS, TermUnit.MONTHS]

days = st.dates(date(2018, 1, 1), date(2026, 12, 31))
units = st.sampled_from(DAY_UNITS)
calendars = st.sampled_from([UKRAINE, INTERRUPTED, Calendar.week([date(2020, 1, 1)])])


@pytest.fixture(scope="module")
def published(shared: Path) -> dict[str, list]:
    return json.loads((shared / "data/real/8_calendars/ukraine_calendar_2019_2021_2024.json").read_text("utf-8"))


def working_days_of_month(year: int, month: int) -> int:
    first = date(year, month, 1)
    return sum(row.is_working for row in UKRAINE.table(first, first + 31 * DAY) if row.day.month == month)


def test_published_months(published):
    for of_year in published["years"]:
        counted = [working_days_of_month(of_year["year"], month) for month in range(1, 13)]
        assert counted == of_year["working_days_per_month"]
        new_years_eve = date(of_year["year"] - 1, 12, 31)
        last = date(of_year["year"], 12, 31)
        assert UKRAINE.counting_days(TermUnit.WORKING_DAYS, new_years_eve, last) == of_year["working_days"]


def test_each_published_day_off_and_working_saturday(published):
    for of_year in published["years"]:
        for day in of_year["non_working_by_law_or_transfer"]:
            assert not UKRAINE.is_working(date.fromisoformat(day)), day
        for day in of_year["working_saturdays_by_transfer"]:
            assert UKRAINE.is_working(date.fromisoformat(day)), day


def test_transfers_by_order_1191_of_2020(published):
    for day_off, worked_instead in published["published"]["2021_transfers_order_1191-r"]:
        assert not UKRAINE.is_working(date.fromisoformat(day_off))
        assert UKRAINE.is_working(date.fromisoformat(worked_instead))


@pytest.mark.parametrize(
    ("day", "is_working"),
    [
        (date(2022, 2, 24), True),
        (date(2022, 3, 8), False),  # martial law, but holidays were not yet suspended
        (date(2022, 3, 12), True),  # a Saturday worked for 7 March, decided before the war
        (date(2022, 8, 24), True),
        (date(2023, 6, 28), True),
        (date(2024, 1, 1), True),
        (date(2024, 8, 24), False),  # a Saturday stays a day off
    ],
)
def test_martial_law(day, is_working):
    assert UKRAINE.is_working(day) is is_working


def test_martial_law_is_dated_and_can_end():
    ended = MartialLaw(date(2022, 2, 24), date(2022, 3, 15), ends_on=date(2022, 4, 1))
    assert ended.makes_holidays_work(date(2022, 4, 1))
    assert not ended.makes_holidays_work(date(2022, 4, 2))
    without = Calendar.ukraine(martial_law=())
    assert without.is_working(date(2021, 8, 25))
    assert not without.is_working(date(2021, 8, 24))


def test_days_moved_by_hand_beat_the_rule():
    calendar = Calendar.ukraine(extra_working=[date(2024, 8, 24)], extra_non_working=[date(2024, 8, 23)])
    assert calendar.is_working(date(2024, 8, 24))
    assert not calendar.is_working(date(2024, 8, 23))
    assert calendar.next_working(date(2024, 8, 23)) == date(2024, 8, 24)


def test_a_day_cannot_be_both():
    with pytest.raises(ContradictoryDayError, match="2024-08-24"):
        Calendar.ukraine(extra_working=[date(2024, 8, 24)], extra_non_working=[date(2024, 8, 24)])


def test_suspended_days_are_working_but_do_not_count():
    monday = date(2022, 1, 24)
    assert INTERRUPTED.is_working(monday)
    assert [INTERRUPTED.counts(monday, unit) for unit in DAY_UNITS] == [False, False, False]
    assert INTERRUPTED.table(monday, monday) == [(monday, True, True)]


def test_a_suspension_without_an_end_leaves_no_counting_day():
    calendar = Calendar(UKRAINE.working, suspensions=(Suspension(date(2022, 2, 28)),))
    friday = date(2022, 2, 25)
    for unit in DAY_UNITS:
        assert calendar.counting_days(unit, friday, date(2030, 1, 1)) == (0 if unit == TermUnit.WORKING_DAYS else 2)
        assert calendar.nth_counting_day(unit, friday, 3) is None
        assert calendar.nth_counting_day(unit, date(2024, 5, 1), 1) is None
    assert calendar.last_day_of_term(date(2022, 2, 26)) is None
    assert calendar.last_day_of_term(friday) == friday


@pytest.mark.parametrize("unit", [TermUnit.MINUTES, TermUnit.HOURS])
def test_minutes_and_hours_are_not_days(unit):
    with pytest.raises(TermUnitError):
        UKRAINE.counts(date(2024, 1, 1), unit)
    with pytest.raises(TermUnitError):
        UKRAINE.counting_days(unit, date(2024, 1, 1), date(2024, 1, 1))
    with pytest.raises(TermUnitError):
        UKRAINE.nth_counting_day(unit, date(2024, 1, 1), 0)


def test_calendars_with_the_same_rules_are_equal():
    assert Calendar.ukraine() == UKRAINE
    assert hash(Calendar.ukraine()) == hash(UKRAINE)
    assert INTERRUPTED != UKRAINE


@given(calendars, units, days, days)
def test_counting_equals_a_loop_over_days(calendar, unit, first_on, last_on):
    span = range(first_on.toordinal() + 1, last_on.toordinal() + 1)
    looped = sum(calendar.counts(date.fromordinal(ordinal), unit) for ordinal in span)
    assert calendar.counting_days(unit, first_on, last_on) == looped


@given(calendars, units, days, st.integers(1, 900))
def test_nth_counting_day_and_counting_days_are_inverse(calendar, unit, after, n):
    day = calendar.nth_counting_day(unit, after, n)
    assert calendar.counts(day, unit)
    assert calendar.counting_days(unit, after, day) == n


@given(calendars, units, days, days)
def test_counting_up_to_a_counting_day_finds_it_again(calendar, unit, after, day):
    n = calendar.counting_days(unit, after, day)
    if n and calendar.counts(day, unit):
        assert calendar.nth_counting_day(unit, after, n) == day


@given(calendars, days)
def test_next_working_passes_over_days_off_only(calendar, day):
    found = calendar.next_working(day)
    assert calendar.is_working(found)
    assert not any(row.is_working for row in calendar.table(day, found - DAY))
