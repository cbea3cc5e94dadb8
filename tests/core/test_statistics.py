"""Intervals, quantiles, means and deviations against published vectors, SciPy, NumPy and exact fractions."""

import json
import math
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from mirylo.core.statistics import (
    ConfidenceError,
    ImpossibleShareError,
    QuantileError,
    mean,
    quantile,
    sample_deviation,
    wilson,
)

counts = st.integers(0, 5_000_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
shares = st.sampled_from([Decimal("0"), Decimal("0.25"), Decimal("0.5"), Decimal("0.9"), Decimal("0.95"), Decimal("1")])
seconds = st.decimals(min_value=-(10**9), max_value=10**9, places=3)


# --- Wilson's interval -----------------------------------------------------------------------------------------------


def test_wilson_vectors(shared: Path):
    vectors = json.loads((shared / "data/conformance/vectors/survey_intervals.json").read_text("utf-8"))["wilson"]
    low, high = wilson([row["k"] for row in vectors], [row["n"] for row in vectors])
    assert low.round(6).tolist() == [row["low"] for row in vectors]
    assert high.round(6).tolist() == [row["high"] for row in vectors]


@given(counts, st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_wilson_equals_scipy(count, confidence):
    k, n = count
    low, high = wilson(k, n, confidence)
    if n == 0:
        assert math.isnan(low)
        assert math.isnan(high)
        return
    expected = binomtest(k, n).proportion_ci(confidence, method="wilson")
    assert (float(low), float(high)) == pytest.approx((expected.low, expected.high), rel=1e-9, abs=1e-12)


@given(st.lists(counts, min_size=1, max_size=20))
def test_wilson_holds_the_share_and_stays_inside(rows):
    k, n = np.array(rows).T
    low, high = wilson(k, n)
    there = n > 0
    assert (np.isnan(low) == ~there).all()
    assert (np.isnan(high) == ~there).all()
    share = k[there] / n[there]
    assert ((low[there] >= 0) & (low[there] <= share) & (share <= high[there]) & (high[there] <= 1)).all()
    assert (low[there & (k == 0)] == 0).all()
    assert (high[there & (k == n)] == 1).all()


def test_wilson_keeps_the_shape_and_passes_the_unknown_on():
    low, high = wilson(np.array([[1.0, np.nan], [0.0, 3.0]]), np.array([[2.0, 5.0], [np.nan, 3.0]]))
    assert low.shape == high.shape == (2, 2)
    assert np.isnan(low).tolist() == np.isnan(high).tolist() == [[False, True], [True, False]]


@pytest.mark.parametrize(("k", "n"), [(11, 10), (-1, 10), (1, 0), (0, -1)])
def test_impossible_shares_are_refused(k, n):
    with pytest.raises(ImpossibleShareError):
        wilson([5, k], [10, n])


@pytest.mark.parametrize("confidence", [0, 1, 95, -0.5, math.nan])
def test_confidence_lies_between_0_and_1(confidence):
    with pytest.raises(ConfidenceError):
        wilson(1, 2, confidence)


# --- Quantiles -------------------------------------------------------------------------------------------------------


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=50), shares)
def test_quantile_equals_numpy(values, q):
    expected = np.quantile(np.array(values), float(q), method="linear")
    scale = max(1, *map(abs, values))
    assert quantile(values, q) == pytest.approx(expected, rel=1e-9, abs=1e-9 * scale)
    assert quantile(np.array(values), q) == quantile(values, q)


@given(st.lists(st.one_of(st.integers(-(2**60), 2**60), seconds), min_size=1, max_size=50), shares)
def test_quantile_is_exact(values, q):
    """Type 7 as Hyndman and Fan write it, in fractions: j = floor(1 + (n - 1)q), then x_j + g (x_j+1 - x_j)."""
    ordered = sorted(map(Fraction, values))
    place = 1 + (len(ordered) - 1) * Fraction(q)
    j = math.floor(place)
    above = ordered[j] if j < len(ordered) else ordered[-1]
    assert quantile(values, q) == float(ordered[j - 1] + (place - j) * (above - ordered[j - 1]))


def test_quantile_takes_q_as_written():
    assert quantile(range(11), 0.9) == 9
    assert quantile(range(4), Fraction(1, 3)) == 1


def test_quantiles_of_whole_numbers_too_large_for_floats():
    assert quantile([2**53 + 1, 2**53 + 3], 0.5) == 2**53 + 2
    assert quantile(np.array([2**53 + 1, 2**53 + 3]), 0.5) == 2**53 + 2


@pytest.mark.parametrize("q", [-0.1, 1.1, Decimal("90")])
def test_a_quantile_lies_between_0_and_1(q):
    with pytest.raises(QuantileError):
        quantile([1, 2], q)


# --- Means and deviations --------------------------------------------------------------------------------------------


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=50))
def test_mean_and_deviation_equal_numpy(values):
    array = np.array(values)
    assert mean(values) == mean(array) == pytest.approx(array.mean(), rel=1e-9, abs=1e-6)
    assert sample_deviation(values) == pytest.approx(array.std(ddof=1), rel=1e-6, abs=1e-6)


@given(st.lists(seconds, min_size=1, max_size=50))
def test_mean_is_exact(values):
    assert mean(values) == float(sum(map(Fraction, values)) / len(values))


def test_a_deviation_does_not_drown_in_large_values():
    assert sample_deviation([1e12, 1e12 + 1, 1e12 + 2]) == 1


@pytest.mark.parametrize("values", [[], np.array([])])
def test_no_values_have_no_figures(values):
    assert math.isnan(mean(values))
    assert math.isnan(quantile(values, 0.5))
    assert math.isnan(sample_deviation(values))


def test_one_value_has_no_deviation():
    assert math.isnan(sample_deviation([5]))
    assert mean([5]) == quantile([5], 0.9) == 5
