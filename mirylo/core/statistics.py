"""Computes what a published figure needs beside it: the interval around a share, means, spreads and quantiles.

Nothing is rounded here: figures are compared exact and rounded only to be shown. No values give NaN, never zero.
"""

import math
import statistics
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Number = int | float | Decimal | Fraction
Numbers = Sequence[Number] | NDArray[Any]
"""Values to describe: a sequence or a one-dimensional array, without empty ones among them."""


class ImpossibleShareError(ValueError):
    """More counted than there were, or fewer than none."""


class ConfidenceError(ValueError):
    """A confidence that does not lie between 0 and 1."""


class QuantileError(ValueError):
    """A quantile that does not lie between 0 and 1."""


def wilson(k: ArrayLike, n: ArrayLike, confidence: float = 0.95) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The interval of Wilson's score, low and high, for k of n: where the true share lies with that confidence.

    Works on whole columns: `k` and `n` are numbers or arrays of one shape, and so are the answers, as fractions of 1.
    NaN where n is 0 or unknown. Without correction for continuity; E. B. Wilson, JASA 22 (1927), 209-212.
    ImpossibleShareError where k < 0 or k > n, ConfidenceError for a confidence outside 0 to 1.

    Unlike the plain interval it stays inside 0 to 1 and is not empty for "all of ten":

    >>> low, high = wilson([10, 0, 0], [10, 10, 0])
    >>> low.round(4).tolist(), high.round(4).tolist()
    ([0.7225, 0.0, nan], [1.0, 0.2775, nan])
    """
    if not 0 < confidence < 1:
        raise ConfidenceError(f"confidence {confidence}: write a number between 0 and 1")
    found, whole = np.asarray(k, np.float64), np.asarray(n, np.float64)
    if np.any((found < 0) | (found > whole)):
        raise ImpossibleShareError("a share counts fewer than none or more than all")
    whole = np.where(whole > 0, whole, np.nan)
    z = statistics.NormalDist().inv_cdf((1 + confidence) / 2)
    middle = found + z * z / 2
    reach = z * np.sqrt(found * (whole - found) / whole + z * z / 4)
    # None and all have an exact bound, which subtraction would miss by a rounding error.
    low = np.where(found == 0, whole * 0, (middle - reach) / (whole + z * z))
    high = np.where(found == whole, 1.0, (middle + reach) / (whole + z * z))
    return low, high


def quantile(values: Numbers, q: float | Decimal | Fraction) -> float:
    """The value below which a share q of the values lies, by linear interpolation (type 7); NaN for no values.

    Type 7 of Hyndman and Fan (1996): the place is (n - 1)q, between the two neighbours in order. Computed exactly and
    rounded once, to a float; `q` is taken as written, 0.9 being nine tenths. In the unit of the values.

    >>> quantile([4, 1, 3, 2], 0.5)
    2.5
    >>> quantile([Decimal("0.1"), Decimal("0.3")], 0.9)  # in floats 0.27999999999999997
    0.28
    """
    share = Fraction(str(q))
    if not 0 <= share <= 1:
        raise QuantileError(f"quantile {q}: write a number from 0 to 1")
    ordered = sorted(_plain(values))
    if not ordered:
        return math.nan
    below, beyond = divmod((len(ordered) - 1) * share, 1)
    low = Fraction(ordered[below])
    return float(low + beyond * (Fraction(ordered[min(below + 1, len(ordered) - 1)]) - low))


def mean(values: Numbers) -> float:
    """The arithmetic mean, summed exactly and rounded once; NaN for no values. In the unit of the values.

    >>> mean([1, 2, 4, 5])
    3.0
    """
    plain = _plain(values)
    return float(statistics.mean(plain)) if plain else math.nan


def sample_deviation(values: Numbers) -> float:
    """The standard deviation of a sample, with n - 1 below the line; NaN for fewer than two values.

    >>> sample_deviation([2, 4, 4, 4, 5, 5, 7, 9]) == (32 / 7) ** 0.5
    True
    """
    plain = _plain(values)
    return float(statistics.stdev(plain)) if len(plain) > 1 else math.nan


def _plain(values: Numbers) -> list[Any]:
    """The values as Python's own numbers, which can be added without overflow or rounding."""
    return values.tolist() if isinstance(values, np.ndarray) else list(values)
