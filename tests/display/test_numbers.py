"""Figures are written as a Ukrainian or a Briton writes them, and never rounded across what they are held against."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirylo.core.methodology.model import Direction, Unit
from mirylo.core.periods import Period
from mirylo.display.language import speaking
from mirylo.display.numbers import (
    write_bound,
    write_date,
    write_interval,
    write_number,
    write_period,
    write_period_in,
    write_period_short,
    write_period_than,
    write_value,
)


@pytest.mark.parametrize(
    ("value", "unit", "bounds", "uk", "en"),
    [
        (0.8496, Unit.PER_CENT, ["0.85"], "84,96\u00a0%", "84.96%"),
        (0.8494, Unit.PER_CENT, ["0.85"], "84,9\u00a0%", "84.9%"),
        (0.85, Unit.PER_CENT, ["0.85"], "85,0\u00a0%", "85.0%"),
        (0.95, Unit.PER_CENT, ["0.95", "0.8"], "95,0\u00a0%", "95.0%"),
        (0.9996, Unit.PER_CENT, [], "99,96\u00a0%", "99.96%"),
        (0.0004, Unit.PER_CENT, [], "0,04\u00a0%", "0.04%"),
        (0.0, Unit.PER_CENT, [], "0,0\u00a0%", "0.0%"),
        (30.004, Unit.DAYS, ["30"], "30,004\u00a0дн.", "30.004 d"),
        (1434.0, Unit.CASES, [], "1\u202f434", "1,434"),
        (None, Unit.CASES, [], "—", "—"),
    ],
)
def test_a_value_stands_on_its_own_side_of_its_target(
    value: float | None, unit: Unit, bounds: list[str], uk: str, en: str
) -> None:
    held = [Decimal(bound) for bound in bounds]
    with speaking("uk"):
        assert write_value(value, unit, held) == uk
    with speaking("en"):
        assert write_value(value, unit, held) == en


bounds = st.decimals(min_value="0.01", max_value="0.99", places=3)


@given(st.floats(0, 1), st.lists(bounds, min_size=1, max_size=3))
def test_a_shown_share_never_crosses_a_bound(share: float, held: list[Decimal]) -> None:
    with speaking("en"):
        shown = Decimal(write_value(share, Unit.PER_CENT, held, bare=True).replace(",", ""))
    exact = Decimal(repr(share)) * 100
    for bound in (*(bound * 100 for bound in held), Decimal(0), Decimal(100)):
        assert (shown > bound, shown == bound) == (exact > bound, exact == bound)


@given(st.floats(0, 1e6), bounds.map(lambda bound: bound * 1000))
def test_a_shown_duration_never_crosses_its_target(days: float, target: Decimal) -> None:
    with speaking("en"):
        shown = Decimal(write_value(days, Unit.DAYS, [target], bare=True).replace(",", ""))
    exact = Decimal(repr(days))
    assert (shown > target, shown == target) == (exact > target, exact == target)


def test_both_ends_of_an_interval_have_as_many_digits() -> None:
    with speaking("uk"):
        assert write_interval(0.9412, 0.9497, Unit.PER_CENT, [Decimal("0.95")]) == "94,12–94,97\u00a0%"


@pytest.mark.parametrize(
    ("bound", "unit", "direction", "said"),
    [
        ("0.95", Unit.PER_CENT, Direction.HIGHER, "≥\u202f95\u00a0%"),
        ("0.855", Unit.PER_CENT, Direction.NONE, "85,5\u00a0%"),
        ("15", Unit.MINUTES, Direction.LOWER, "≤\u202f15\u00a0хв"),
        ("100", Unit.DAYS, Direction.LOWER, "≤\u202f100\u00a0дн."),
    ],
)
def test_a_bound_is_shown_as_it_was_set(bound: str, unit: Unit, direction: Direction, said: str) -> None:
    with speaking("uk"):
        assert write_bound(Decimal(bound), unit, direction) == said


@pytest.mark.parametrize(
    ("code", "said", "inside", "short", "en", "en_inside"),
    [
        (
            "2026-10",
            "жовтень 2026\u202fр.",
            "У жовтні 2026\u202fр.",
            "жовт. 2026",
            "October 2026",
            "In October 2026",
        ),
        (
            "2026Q3",
            "III квартал 2026\u202fр.",
            "У III кварталі 2026\u202fр.",
            "III кв. 2026",
            "quarter 3 of 2026",
            "In quarter 3 of 2026",
        ),
        (
            "2026H1",
            "перше півріччя 2026\u202fр.",
            "У першому півріччі 2026\u202fр.",
            "1 півр. 2026",
            "first half of 2026",
            "In the first half of 2026",
        ),
        ("2026", "2026 рік", "У 2026 році", "2026", "year 2026", "In 2026"),
    ],
)
def test_periods_in_words(code: str, said: str, inside: str, short: str, en: str, en_inside: str) -> None:
    period = Period.parse(code)
    with speaking("uk"):
        assert (write_period(period), write_period_in(period), write_period_short(period)) == (said, inside, short)
    with speaking("en"):
        assert (write_period(period), write_period_in(period)) == (en, en_inside)


def test_an_earlier_period_of_the_same_year_needs_no_year() -> None:
    october, december = Period.parse("2026-10"), Period.parse("2025-12")
    with speaking("uk"):
        assert write_period_than(Period.parse("2026-09"), october) == "у вересні"
        assert write_period_than(december, Period.parse("2026-01")) == "у грудні 2025\u202fр."
    with speaking("en"):
        assert write_period_than(Period.parse("2026-09"), october) == "in September"


def test_dates_and_thousands() -> None:
    with speaking("uk"):
        assert write_date(date(2026, 10, 5)) == "5 жовтня 2026\u202fр."
        assert write_number(467263.915, 3) == "467\u202f263,915"
    with speaking("en"):
        assert write_date(date(2026, 10, 5)) == "5 October 2026"
