"""Turns what was counted into published values: a number with its interval and level, or the reason why there is none.

This is the only place where ratios, intervals, kinds, levels and the composite index are computed, whichever engine
counted. Everything works on whole columns: one entry for each unit and period of the frame.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from mirylo.core.methodology.model import (
    SECONDS_IN,
    Direction,
    Index,
    Indicator,
    Levels,
    Mean,
    Measure,
    Quantile,
    Share,
    Type,
)
from mirylo.core.statistics import wilson

Whole = NDArray[np.int64]
Real = NDArray[np.float64]
Flags = NDArray[np.bool_]
Codes = NDArray[np.int8]

THOUSANDTHS = 1000
"""Seconds are counted in whole thousandths, so that sums and comparisons stay exact."""


class Kind(StrEnum):
    """What a published cell is: a value (zero is one), or the reason why there is none."""

    VALUE = "value"
    NOT_APPLICABLE = "not_applicable"
    EXEMPT = "exempt"
    NOT_COLLECTED = "not_collected"
    NOT_REPORTED = "not_reported"
    TOO_FEW = "too_few"
    SUPPRESSED = "suppressed"
    PENDING = "pending"


class Level(StrEnum):
    """How a value stands against the bounds of its indicator."""

    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"


KINDS = tuple(Kind)
LEVELS = tuple(Level)
NO_LEVEL = -1
_CODE = {kind: code for code, kind in enumerate(KINDS)}


@dataclass(frozen=True)
class Counted:
    """What an engine counted for one indicator, one entry a unit and period.

    `top`: rows of the numerator (share), rows (count, stock), or the sum (mean). `n`: rows of the denominator, or rows
    with a value (mean, quantile). `point`: the quantile, NaN for none. Seconds are summed and sorted in thousandths.
    """

    top: Whole | None = None
    n: Whole | None = None
    point: Real | None = None

    def portion(self, rows: slice) -> "Counted":
        """Some of the entries."""
        top, n, point = self.top, self.n, self.point
        return Counted(
            None if top is None else top[rows], None if n is None else n[rows], None if point is None else point[rows]
        )


@dataclass(frozen=True)
class Values:
    """Published columns of one indicator: NaN is "no number", `kind` and `level` are places in KINDS and LEVELS.

    `left_out` (index only) is a place in `left_out_texts`, -1 where nothing is left out.
    """

    numerator: Real
    denominator: Real
    value: Real
    low: Real
    high: Real
    kind: Codes
    level: Codes
    left_out: NDArray[np.int32] | None = None
    left_out_texts: tuple[str, ...] = ()


def value(indicator: Indicator, counted: Counted, pending: Flags) -> Values:
    """The values of an indicator: a share with nothing to share has none, a count of nothing is 0.

    `pending` marks periods that begin after the as-of date. A share is kept as a fraction 0-1, a duration in the
    indicator's unit. n below the indicator's minimum gives `too_few`, with n still beside it. Levels compare exact
    whole numbers: 9,496 of 10,000 is not 95 %, 95 of 100 is.

    >>> from mirylo.core.methodology.model import ColumnValue, Population, Text, Unit
    >>> text = Text("", "")
    >>> share = Share(ColumnValue("is_on_time", Type.FLAG))
    >>> on_time = Indicator("on_time", text, text, Population("", text, "cases", None), "due", share, Unit.PER_CENT,
    ...     Direction.HIGHER, levels=Levels(Decimal("0.95"), Decimal("0.80")))
    >>> counted = Counted(top=np.array([95, 9496, 0]), n=np.array([100, 10_000, 0]))
    >>> values = value(on_time, counted, pending=np.array([False, False, False]))
    >>> [KINDS[kind].value for kind in values.kind], [LEVELS[level].value for level in values.level[:2]]
    (['value', 'value', 'not_applicable'], ['good', 'fair'])
    """
    measure = indicator.measure
    rows = len(pending)
    parts = _parts_of_a_unit(indicator)
    none = np.full(rows, np.nan)
    numerator = none if counted.top is None else counted.top / parts
    denominator = none if counted.n is None else counted.n.astype(np.float64)
    number = _number(measure, counted, numerator, parts)
    kind = _kinds(counted.n, indicator.minimum_n, pending)
    there = kind == _CODE[Kind.VALUE]
    low, high = none, none
    if isinstance(measure, Share) and counted.top is not None and counted.n is not None:
        low, high = (_where(there, bound) for bound in wilson(counted.top, counted.n))
    return Values(
        numerator=_where(~pending, numerator),
        denominator=_where(~pending, denominator),
        value=_where(there, number),
        low=low,
        high=high,
        kind=kind,
        level=_levels(indicator, counted, parts, there),
    )


def value_absent(kind: Kind, rows: int) -> Values:
    """The columns of an indicator that has no number anywhere, for one reason."""
    none = np.full(rows, np.nan)
    kinds = np.full(rows, _CODE[kind], np.int8)
    return Values(none, none, none, none, none, kinds, np.full(rows, NO_LEVEL, np.int8))


def combine(index: Index, components: Mapping[str, Values], pending: Flags) -> Values:
    """The composite index, 0-100: each component scaled from worst (0) to best (100), clipped, and weighted.

    It has no value when less than `least_present` of the weight has one; the weights that are there share the whole.
    `left_out` names the components that could not be included, and why. A parent's index is made of the parent's own
    components, never of its children's indexes. Numerator: weighted points; denominator: the weight that is there.
    """
    weights, whole = _whole_weights([component.weight for component in index.components])
    points, present, reasons = (
        np.zeros(len(pending)),
        np.zeros(len(pending), np.int64),
        np.zeros(len(pending), np.int64),
    )
    uncollected = np.zeros(len(pending), np.int64)
    for place, (component, weight) in enumerate(zip(index.components, weights, strict=True)):
        values = components[component.indicator]
        there = values.kind == _CODE[Kind.VALUE]
        points += weight * np.where(there, _scale(values.value, component.worst, component.best), 0.0)
        present += weight * there
        uncollected += weight * (values.kind == _CODE[Kind.NOT_COLLECTED])
        reasons += values.kind.astype(np.int64) << (3 * place)
    least, over = index.least_present.as_integer_ratio()
    floor = least * sum(weights)
    kind = np.where(present * over < floor, _CODE[Kind.NOT_APPLICABLE], _CODE[Kind.VALUE]).astype(np.int8)
    # Where what was never collected is alone enough to leave no index, that is the reason.
    kind[(sum(weights) - uncollected) * over < floor] = _CODE[Kind.NOT_COLLECTED]
    kind[pending] = _CODE[Kind.PENDING]
    there = kind == _CODE[Kind.VALUE]
    number = _where(there, points / np.where(present > 0, present, np.nan))
    level = np.full(len(pending), NO_LEVEL, np.int8)
    if index.levels is not None:
        level = _levels_of_numbers(index.levels, Direction.HIGHER, number, there)
    left_out, texts = _left_out(reasons, pending, [component.indicator for component in index.components])
    none = np.full(len(pending), np.nan)
    shown = ~pending
    return Values(
        _where(shown, points / whole), _where(shown, present / whole), number, none, none, kind, level, left_out, texts
    )


def _parts_of_a_unit(indicator: Indicator) -> int:
    """How many of the counted parts make one of the indicator's unit: 86,400,000 thousandths of a second a day."""
    measure = indicator.measure
    if isinstance(measure, Mean | Quantile) and measure.of.type is Type.SECONDS:
        return THOUSANDTHS * SECONDS_IN.get(indicator.unit, 1)
    return 1


def _number(measure: Measure, counted: Counted, numerator: Real, parts: int) -> Real:
    """The value, NaN where the denominator is 0."""
    if counted.point is not None:
        return counted.point / parts
    if isinstance(measure, Share | Mean) and counted.n is not None:
        with np.errstate(invalid="ignore"):
            return numerator / np.where(counted.n > 0, counted.n, np.nan)
    return numerator


def _kinds(n: Whole | None, minimum_n: int, pending: Flags) -> Codes:
    """The kind of each entry; counts and stocks have no n, and are never too few."""
    kind = np.zeros(len(pending), np.int8)
    if n is not None:
        kind[n < minimum_n] = _CODE[Kind.TOO_FEW]
        kind[n == 0] = _CODE[Kind.NOT_APPLICABLE]
    kind[pending] = _CODE[Kind.PENDING]
    return kind


def _where(there: Flags, numbers: Real) -> Real:
    """The numbers, NaN where there is none."""
    return np.where(there, numbers, np.nan)


def _levels(indicator: Indicator, counted: Counted, parts: int, there: Flags) -> Codes:
    """The level of each value, the bound itself belonging to the better level."""
    levels, direction = indicator.levels, indicator.direction
    if levels is None or direction is Direction.NONE:
        return np.full(len(there), NO_LEVEL, np.int8)
    if counted.point is not None:
        # A thousandth of a thousandth is finer than any interpolated second, and coarser than a float's noise.
        seconds = np.round(counted.point, 3)
        bounds = Levels(levels.good * parts, levels.fair * parts)
        return _levels_of_numbers(bounds, direction, seconds, there)
    assert counted.top is not None
    n = np.ones_like(counted.top) if counted.n is None else np.where(counted.n > 0, counted.n, 1)
    sign = 1 if direction is Direction.HIGHER else -1
    good, fair = (_reaches(sign * counted.top, n, sign * bound * parts) for bound in (levels.good, levels.fair))
    return _better(good, fair, there)


def _reaches(top: Whole, n: Whole, bound: Decimal) -> Flags:
    """Whether top / n >= bound, exactly: whole parts first, then remainders multiplied crosswise.

    >>> _reaches(np.array([95, 9496]), np.array([100, 10_000]), Decimal("0.95")).tolist()
    [True, False]
    """
    over, under = bound.as_integer_ratio()
    bound_whole, bound_rest = divmod(over, under)
    whole, rest = np.divmod(top, n)
    largest = int(n.max(initial=0)) * under
    if largest >= 2**63:  # whole numbers of any length: slow, but a bound with so many digits is rare
        rest, n = rest.astype(object), n.astype(object)
    beyond: Flags = np.asarray(rest * under >= bound_rest * n, np.bool_)
    return np.asarray((whole > bound_whole) | ((whole == bound_whole) & beyond), np.bool_)


def _levels_of_numbers(levels: Levels, direction: Direction, numbers: Real, there: Flags) -> Codes:
    """Levels of values that are no ratio of whole numbers; a billionth hides the noise of floats at the bound."""
    sign = 1 if direction is Direction.HIGHER else -1
    rounded = np.round(sign * numbers, 9)
    return _better(rounded >= float(sign * levels.good), rounded >= float(sign * levels.fair), there)


def _better(good: Flags, fair: Flags, there: Flags) -> Codes:
    """Codes of the levels from what reaches which bound."""
    return np.where(~there, NO_LEVEL, np.where(good, 0, np.where(fair, 1, 2))).astype(np.int8)


def _scale(numbers: Real, worst: Decimal, best: Decimal) -> Real:
    """Points from 0 (worst) to 100 (best), linear between and clipped beyond; either may be the larger number."""
    return np.clip((numbers - float(worst)) / float(best - worst), 0.0, 1.0) * 100.0


def _whole_weights(weights: Sequence[Decimal]) -> tuple[list[int], int]:
    """Weights as whole numbers in the ratio of the given ones, and what they were multiplied by."""
    whole = 10 ** max(max(0, -int(weight.as_tuple().exponent)) for weight in weights)
    return [int(weight * whole) for weight in weights], whole


def _left_out(reasons: Whole, pending: Flags, names: Sequence[str]) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    """For each entry the place of its text among the texts: which components are left out, and for what kind."""
    codes, places = np.unique(np.where(pending, 0, reasons), return_inverse=True)
    texts: list[str] = []
    place_of: list[int] = []
    for code in codes.tolist():
        kinds = [KINDS[(code >> (3 * place)) & 7] for place in range(len(names))]
        text = "; ".join(f"{name}: {kind}" for name, kind in zip(names, kinds, strict=True) if kind is not Kind.VALUE)
        place_of.append(len(texts) if text else -1)
        texts += [text] if text else []
    return np.array(place_of, np.int32)[places], tuple(texts)
