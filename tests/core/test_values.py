"""What was counted becomes values: kinds, exact levels, intervals and the composite index, by worked examples."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirylo.core.methodology.model import (
    ColumnValue,
    Component,
    Count,
    Direction,
    Index,
    Indicator,
    Levels,
    Mean,
    Measure,
    Population,
    Quantile,
    Share,
    Text,
    Type,
    Unit,
)
from mirylo.core.values import KINDS, LEVELS, Counted, Kind, Values, combine, value, value_absent

TEXT = Text("", "")
FLAG = ColumnValue("is_on_time", Type.FLAG)
SECONDS = ColumnValue("throughput_seconds", Type.SECONDS)
DAYS = ColumnValue("stopped_days", Type.COUNT)


def indicator(measure: Measure, unit: Unit, **rest: object) -> Indicator:
    known = {"direction": Direction.HIGHER, **rest}
    return Indicator("some", TEXT, TEXT, Population("all", TEXT, "cases", None), "due", measure, unit, **known)  # type: ignore[arg-type]


def levels(good: str, fair: str) -> Levels:
    return Levels(Decimal(good), Decimal(fair))


def open_periods(rows: int) -> np.ndarray:
    return np.zeros(rows, np.bool_)


def kinds(values: Values) -> list[str]:
    return [KINDS[kind].value for kind in values.kind]


def levels_of(values: Values) -> list[str | None]:
    return [LEVELS[level].value if level >= 0 else None for level in values.level]


def whole(*numbers: int) -> np.ndarray:
    return np.array(numbers, np.int64)


def test_a_share_of_nothing_has_no_value_and_too_few_keep_their_number() -> None:
    share = indicator(Share(FLAG), Unit.PER_CENT, minimum_n=5)
    counted = Counted(whole(0, 4, 5, 0), whole(0, 4, 5, 9))
    values = value(share, counted, np.array([False, False, False, True]))
    assert kinds(values) == ["not_applicable", "too_few", "value", "pending"]
    assert values.value[2] == 1
    assert np.isnan(values.value[[0, 1, 3]]).all()
    assert np.isnan(values.low[[0, 1, 3]]).all()
    assert values.denominator[:3].tolist() == [0, 4, 5]
    assert np.isnan(values.denominator[3])


def test_nothing_counted_is_zero() -> None:
    values = value(indicator(Count(), Unit.CASES, minimum_n=5), Counted(whole(0, 7)), open_periods(2))
    assert kinds(values) == ["value", "value"]
    assert values.value.tolist() == [0, 7]
    assert np.isnan(values.denominator).all()
    assert np.isnan(values.low).all()


def test_a_share_has_its_wilson_interval() -> None:
    values = value(indicator(Share(FLAG), Unit.PER_CENT), Counted(whole(10), whole(10)), open_periods(1))
    assert values.low[0] == pytest.approx(0.722467, abs=1e-6)
    assert values.high[0] == 1


def test_a_mean_is_in_its_unit_and_a_count_of_days_is_not_divided() -> None:
    counted = Counted(whole(129_600_000), whole(2))
    values = value(indicator(Mean(SECONDS), Unit.DAYS), counted, open_periods(1))
    assert (values.numerator[0], values.denominator[0], values.value[0]) == (1.5, 2, 0.75)
    days = value(indicator(Mean(DAYS), Unit.DAYS), Counted(whole(9), whole(2)), open_periods(1))
    assert (days.numerator[0], days.value[0]) == (9, 4.5)


def test_a_quantile_has_no_numerator() -> None:
    counted = Counted(n=whole(3, 0), point=np.array([90_000.5, np.nan]))
    values = value(indicator(Quantile(SECONDS, Decimal("0.5")), Unit.MINUTES), counted, open_periods(2))
    assert np.isnan(values.numerator).all()
    assert values.value[0] == pytest.approx(90.0005 / 60)
    assert kinds(values) == ["value", "not_applicable"]


@pytest.mark.parametrize(
    ("top", "n", "level"),
    [(95, 100, "good"), (9496, 10_000, "fair"), (9499999999, 10_000_000_000, "fair"), (0, 3, "poor"), (4, 5, "fair")],
)
def test_levels_of_shares_are_exact_at_the_bound(top: int, n: int, level: str) -> None:
    share = indicator(Share(FLAG), Unit.PER_CENT, levels=levels("0.95", "0.80"))
    assert levels_of(value(share, Counted(whole(top), whole(n)), open_periods(1))) == [level]


@given(
    st.integers(0, 10**7),
    st.integers(1, 10**7),
    st.decimals(0, 1, places=4, allow_nan=False),
    st.sampled_from([Direction.HIGHER, Direction.LOWER]),
)
def test_levels_of_shares_equal_fractions(top: int, n: int, bound: Decimal, direction: Direction) -> None:
    share = indicator(Share(FLAG), Unit.PER_CENT, levels=Levels(bound, bound), direction=direction)
    exact = [Fraction(k, n) for k in (min(top, n), n // 2)]
    is_good = [one >= bound if direction is Direction.HIGHER else one <= bound for one in exact]
    counted = Counted(whole(min(top, n), n // 2), whole(n, n))
    assert levels_of(value(share, counted, open_periods(2))) == ["good" if good else "poor" for good in is_good]


def test_levels_of_means_and_quantiles_are_exact_at_the_bound() -> None:
    limits = {"levels": levels("2.5", "30"), "direction": Direction.LOWER}
    half = 2 * 216_000_000
    means = value(
        indicator(Mean(SECONDS), Unit.DAYS, **limits), Counted(whole(half, half + 1), whole(2, 2)), open_periods(2)
    )
    assert levels_of(means) == ["good", "fair"]
    # 30 days as a float that has lost its last digits, and 30 days and a thousandth of a second.
    points = np.array([np.nextafter(30 * 86_400_000.0, np.inf), 30 * 86_400_000.0 + 1])
    quantile = indicator(Quantile(SECONDS, Decimal("0.9")), Unit.DAYS, **limits)
    assert levels_of(value(quantile, Counted(n=whole(9, 9), point=points), open_periods(2))) == ["fair", "poor"]


def test_levels_of_large_numbers_do_not_overflow() -> None:
    exact = indicator(Mean(SECONDS), Unit.DAYS, levels=levels("10.000000001", "10"))
    n = 25_000_000
    day = 864_000_000
    counted = Counted(whole(n * day, n * day + n), whole(n, n))
    assert levels_of(value(exact, counted, open_periods(2))) == ["fair", "good"]


def test_volumes_have_no_level() -> None:
    volume = indicator(Count(), Unit.CASES, direction=Direction.NONE, levels=levels("1", "1"))
    assert levels_of(value(volume, Counted(whole(3)), open_periods(1))) == [None]


# --- The index -------------------------------------------------------------------------------------------------------

INDEX = Index(
    "index",
    TEXT,
    TEXT,
    (
        Component("a", Decimal("0.5"), Decimal("0.5"), Decimal(1)),
        Component("b", Decimal("0.3"), Decimal(60), Decimal(10)),
        Component("c", Decimal("0.2"), Decimal(0), Decimal(1)),
    ),
    Decimal("0.6"),
    levels("80", "60"),
)


def given_values(*numbers: float | Kind) -> Values:
    kind = [Kind.VALUE if isinstance(number, float) else number for number in numbers]
    column = np.array([number if isinstance(number, float) else np.nan for number in numbers])
    absent = value_absent(Kind.VALUE, len(numbers))
    codes = np.array([KINDS.index(one) for one in kind], np.int8)
    return Values(column, column, column, column, column, codes, absent.level)


def test_the_index_scales_clips_and_weighs() -> None:
    parts = {"a": given_values(0.75, 2.0), "b": given_values(35.0, 5.0), "c": given_values(0.0, 0.0)}
    values = combine(INDEX, parts, open_periods(2))
    assert values.value.tolist() == pytest.approx([40, 80])
    assert (values.numerator[0], values.denominator[0]) == pytest.approx((40, 1))
    assert levels_of(values) == ["poor", "good"]
    assert values.left_out is not None
    assert values.left_out.tolist() == [-1, -1]


def test_the_index_needs_most_of_its_weight_and_says_what_is_left_out() -> None:
    parts = {
        "a": given_values(1.0, Kind.NOT_COLLECTED, Kind.TOO_FEW, 1.0),
        "b": given_values(Kind.TOO_FEW, 10.0, 10.0, 10.0),
        "c": given_values(0.5, 1.0, 1.0, 1.0),
    }
    values = combine(INDEX, parts, np.array([False, False, False, True]))
    assert kinds(values) == ["value", "not_collected", "not_applicable", "pending"]
    assert values.value[0] == pytest.approx((50 + 10) / 0.7)
    assert values.left_out is not None
    texts = [values.left_out_texts[place] if place >= 0 else None for place in values.left_out]
    assert texts == ["b: too_few", "a: not_collected", "a: too_few", None]


def test_exactly_the_least_weight_is_enough() -> None:
    a, b, _ = INDEX.components
    index = Index(
        "index", TEXT, TEXT, (replace(a, weight=Decimal("0.6")), replace(b, weight=Decimal("0.4"))), Decimal("0.6")
    )
    parts = {"a": given_values(0.75, Kind.NOT_APPLICABLE), "b": given_values(Kind.NOT_APPLICABLE, 10.0)}
    assert kinds(combine(index, parts, open_periods(2))) == ["value", "not_applicable"]
