"""Periods: codes read back, no gap and no overlap between neighbours, and foreign codes refused with the right one."""

import json
import re
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirylo.core.periods import Grain, GrainError, InvalidPeriodError, Period, periods_between

DAY = timedelta(days=1)
DURATIONS = {"P1M": Grain.MONTH, "P3M": Grain.QUARTER, "P6M": Grain.HALF_YEAR, "P1Y": Grain.YEAR}
OURS = re.compile(r"\d{6}|\d{4}(Q[1-4]|S[12])?")
"""DHIS2 codes of the grains that Mirylo has; weeks, days, two months and financial years it has not."""

days = st.dates(date(1900, 1, 1), date(2100, 12, 31))
grains = st.sampled_from([grain for grain in Grain if grain is not Grain.WHOLE])
periods = st.builds(Period.containing, days, grains)


@pytest.fixture(scope="module")
def vectors(shared: Path) -> dict:
    return json.loads((shared / "data/conformance/vectors/dhis2_periods.json").read_text("utf-8"))


def our_code(dhis2: str) -> str:
    """DHIS2 writes 201405 and 2014S2 for 2014-05 and 2014H2."""
    return f"{dhis2[:4]}-{dhis2[4:]}" if dhis2.isdigit() and len(dhis2) == 6 else dhis2.replace("S", "H")


def test_periods_of_the_vectors_begin_and_last_as_stated(vectors):
    stated = {**{code: span for span, code in vectors["adx_parse"].items()}, **vectors["adx_serialize"]}
    checked = {code: span for code, span in stated.items() if OURS.fullmatch(code)}
    assert len(checked) == 14
    for code, span in checked.items():
        first_on, _, duration = span.partition("/")
        period = Period.parse(our_code(code))
        assert (period.first_on.isoformat(), period.grain) == (first_on, DURATIONS[duration])
        assert Period.containing(date.fromisoformat(first_on), DURATIONS[duration]).code == our_code(code)


def test_foreign_codes_of_our_grains_are_refused_with_the_right_code(vectors):
    foreign = [code for code in vectors["iso_to_type"] if OURS.fullmatch(code) and our_code(code) != code]
    assert foreign == ["201101", "2011S1"]
    for code in foreign:
        with pytest.raises(InvalidPeriodError, match=f"write {our_code(code)}$"):
            Period.parse(code)


def test_invalid_codes_and_other_grains_are_refused(vectors):
    others = [code for code in vectors["iso_to_type"] if not OURS.fullmatch(code)]
    assert len(others) == 8
    for code in vectors["invalid_iso"] + vectors["adx_invalid"] + others:
        with pytest.raises(InvalidPeriodError):
            Period.parse(code)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("2014-Q3", "2014Q3"),
        ("2014q3", "2014Q3"),
        ("2014S2", "2014H2"),
        ("2014.05", "2014-05"),
        (" 2014/12", "2014-12"),
    ],
)
def test_the_error_offers_the_right_code(text, right):
    with pytest.raises(InvalidPeriodError, match=f"write {right}$"):
        Period.parse(text)


@pytest.mark.parametrize(
    "text", ["", "2014-13", "2014-00", "2014Q5", "2014H3", "0000", "0000-01", "２０１４", "2014-05-01"]
)
def test_what_names_no_period_is_refused(text):
    with pytest.raises(InvalidPeriodError):
        Period.parse(text)


def test_there_is_no_period_beyond_the_calendar():
    last = Period.parse("9999H2")
    assert last.last_on == date.max
    with pytest.raises(InvalidPeriodError):
        last.next()
    with pytest.raises(InvalidPeriodError):
        Period.parse("0001Q1").previous()


@pytest.mark.parametrize(
    ("code", "first_on", "last_on"),
    [
        ("2014-05", date(2014, 5, 1), date(2014, 5, 31)),
        ("2014Q3", date(2014, 7, 1), date(2014, 9, 30)),
        ("2014H2", date(2014, 7, 1), date(2014, 12, 31)),
        ("2014", date(2014, 1, 1), date(2014, 12, 31)),
    ],
)
def test_first_and_last_days(code, first_on, last_on):
    period = Period.parse(code)
    assert (period.code, period.first_on, period.last_on) == (code, first_on, last_on)


def test_a_period_is_not_split_into_longer_ones():
    with pytest.raises(GrainError):
        Period.parse("2014-05").split(Grain.QUARTER)


def test_shorter_periods_sort_before_the_longer_that_begins_with_them():
    codes = ["2014", "2014H1", "2014-02", "2014Q1", "2013-12", "2014-01"]
    assert [period.code for period in sorted(map(Period.parse, codes))] == [
        "2013-12",
        "2014-01",
        "2014Q1",
        "2014H1",
        "2014",
        "2014-02",
    ]


def test_the_window_is_open_on_its_last_day():
    year = Period.parse("2014")
    assert year.closes_on(0) == date(2014, 12, 31)
    assert not year.is_closed(date(2014, 12, 31), 0)
    assert year.is_closed(date(2015, 1, 1), 0)


@given(periods)
def test_codes_read_back(period):
    assert Period.parse(period.code) == period


@given(days, grains)
def test_a_day_lies_in_its_period(day, grain):
    period = Period.containing(day, grain)
    assert period.first_on <= day <= period.last_on


@given(periods)
def test_neighbours_leave_no_gap(period):
    assert period.next().first_on == period.last_on + DAY
    assert period.next().previous() == period
    assert period < period.next()
    assert period.year_before().first_on == period.first_on.replace(year=period.first_on.year - 1)


@given(periods, grains)
def test_parts_make_up_the_whole(period, grain):
    if grain.months > period.grain.months:
        return
    parts = period.split(grain)
    assert len(parts) == period.grain.months // grain.months
    assert (parts[0].first_on, parts[-1].last_on) == (period.first_on, period.last_on)
    assert all(left.next() == right for left, right in pairwise(parts))
    assert parts == periods_between(period.first_on, period.last_on, grain)


@given(days, st.integers(-40, 900), grains)
def test_periods_between_hold_every_day(first_on, length, grain):
    last_on = first_on + length * DAY
    expected = {Period.containing(first_on + n * DAY, grain) for n in range(length + 1)}
    assert periods_between(first_on, last_on, grain) == tuple(sorted(expected))


def test_the_whole_is_one_period_that_holds_every_other() -> None:
    whole = Period.parse("whole")
    assert whole.code == "whole"
    assert Period.containing(date(1, 1, 1), Grain.WHOLE) == Period.containing(date(9999, 12, 31), Grain.WHOLE) == whole
    assert (whole.first_on, whole.last_on) == (date.min, date.max)
    assert sorted([Period.parse("2014"), whole])[0] == whole
    with pytest.raises(InvalidPeriodError):
        whole.next()
