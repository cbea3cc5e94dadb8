"""Says in one sentence what the figures show: what, how much, against the target, against the period before.

The sentence follows from the numbers by rules and by nothing else. A change is called a change only where it is larger
than chance; where it is not, the sentence says that too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import hypot

from mirylo.core.faults import N_
from mirylo.core.methodology.model import Direction, Unit
from mirylo.core.periods import Period
from mirylo.display.cells import NATION, Cell, Yardstick, say_reason, say_value
from mirylo.display.language import NP_, say, say_plural
from mirylo.display.measurement import Measurement
from mirylo.display.numbers import (
    digits_needed,
    say_count,
    write_bound,
    write_number,
    write_period_in,
    write_period_than,
    write_value,
)

LEADS = ("on_time_share", "on_time_share_closed", "served_in_15_minutes_share")
"""What a page opens with, in this order: the first of these that has a number."""

SHARES = {
    "on_time_share": (
        NP_("{share} case was finished in time", "{share} cases were finished in time"),
        NP_("all {n} case was finished in time", "all {n} cases were finished in time"),
    ),
    "on_time_share_closed": (
        NP_("{share} closed case was finished in time", "{share} closed cases were finished in time"),
        NP_("all {n} closed case was finished in time", "all {n} closed cases were finished in time"),
    ),
    "served_in_15_minutes_share": (
        NP_("{share} visitor waited no longer than 15 minutes", "{share} visitors waited no longer than 15 minutes"),
        NP_("all {n} visitor waited no longer than 15 minutes", "all {n} visitors waited no longer than 15 minutes"),
    ),
}
"""Sentences of their own for the shares that lead; any other indicator is said by its title."""

QUESTIONS = {
    "on_time_share": N_("Are services provided in time?"),
    "on_time_share_closed": N_("Are services provided in time?"),
    "served_in_15_minutes_share": N_("Do people wait long?"),
}


@dataclass(frozen=True)
class Change:
    """A difference with its interval; it is larger than chance where the interval leaves zero out."""

    by: float
    low: float
    high: float

    @property
    def is_beyond_chance(self) -> bool:
        """Whether zero lies outside the interval."""
        return self.low > 0 or self.high < 0


def change_between(before: Cell, now: Cell) -> Change | None:
    """The difference of two values with Newcombe's interval, made of the intervals of both (1998, method 10).

    Two intervals that overlap can still differ by more than chance; this interval says so where it is true.
    """
    if before.value is None or now.value is None:
        return None
    if None in (before.low, before.high, now.low, now.high):
        return None
    by = now.value - before.value
    down = hypot(now.value - (now.low or 0), (before.high or 0) - before.value)
    up = hypot((now.high or 0) - now.value, before.value - (before.low or 0))
    return Change(by, by - down, by + up)


def choose_lead(measurement: Measurement) -> Yardstick | None:
    """What the page opens with: one of LEADS, else the first with a number and a target, else with a number."""
    grain = measurement.main_grain if measurement.cells else None
    measures = measurement.yardsticks
    aimed = [code for code, measure in measures.items() if measure.target is not None]
    for code in (*LEADS, *aimed, *measures):
        if code in measures and any(cell.value is not None for cell in measurement.at(code, NATION, grain)):
            return measures[code]
    return None


def question_of(yardstick: Yardstick) -> str:
    """The question that the page answers."""
    return say(QUESTIONS[yardstick.code]) if yardstick.code in QUESTIONS else yardstick.title


def write_headline(series: Sequence[Cell], yardstick: Yardstick) -> str:
    """The sentence for the newest of the cells of one unit, which stand in order of time."""
    if not series:
        return ""
    now, before = series[-1], series[-2] if len(series) > 1 else None
    if now.value is None:
        return f"{yardstick.title}: {say_reason(now)}."
    parts = [_say_main(now, yardstick)]
    if before is not None:
        parts.append(_say_change(before, now, yardstick))
    parts.append(_say_against_target(now, yardstick))
    sentence = "".join(parts)
    return sentence[0].upper() + sentence[1:] + "."


def write_caveats(series: Sequence[Cell]) -> list[str]:
    """What a careful reader must know beside the headline: a change that may be chance, a period that is not over."""
    caveats = []
    if len(series) > 1 and (change := change_between(series[-2], series[-1])) and not change.is_beyond_chance:
        caveats.append(say("The difference from the period before is within chance."))
    if series and series[-1].provisional:
        caveats.append(say("The period is not over yet."))
    return caveats


def _say_main(now: Cell, yardstick: Yardstick) -> str:
    when = write_period_in(Period.parse(now.period)) if now.period else ""
    if yardstick.code not in SHARES or not now.denominator:
        what = say("{title}: {value}", title=yardstick.title, value=say_value(now, yardstick))
        return f"{what} ({when[0].lower()}{when[1:]})" if when else what
    what = _say_share(now, yardstick)
    return f"{when} {what}" if when else what


def _say_share(now: Cell, yardstick: Yardstick) -> str:
    some, every = SHARES[yardstick.code]
    n, k = int(now.denominator or 0), int(now.numerator or 0)
    if n == k and n > 1:
        return say_count(*every, n)
    if n < 100:
        return say_plural(*some, n, share=say("{k} of {n}", k=write_number(k), n=write_number(n)))
    in_hundred = _in_hundred(now, yardstick)
    if in_hundred is not None:
        return say_plural(*some, 100, share=say("{k} of 100", k=write_number(in_hundred)))
    per_cent = write_value(now.value, yardstick.unit, yardstick.bounds, n=now.denominator)
    return say_plural(*some, 100, share=say("{per_cent} of", per_cent=per_cent))


def _in_hundred(cell: Cell, yardstick: Yardstick) -> int | None:
    """The share as so many of 100, where such rounding crosses no bound."""
    per_cent = Decimal(repr(float(cell.value or 0))) * 100
    bounds = [bound * 100 for bound in yardstick.bounds] + [Decimal(0), Decimal(100)]
    return int(per_cent.quantize(Decimal(1))) if digits_needed(per_cent, bounds, 0) == 0 else None


def _say_against_target(now: Cell, yardstick: Yardstick) -> str:
    if yardstick.target is None or yardstick.direction == Direction.NONE or now.value is None:
        return ""
    exact = Decimal(repr(float(now.value)))
    is_met = exact >= yardstick.target if yardstick.direction == Direction.HIGHER else exact <= yardstick.target
    target = write_bound(yardstick.target, yardstick.unit)
    if is_met:
        return say("; the target of {target} is met", target=target)
    return say("; the target of {target} is not met", target=target)


def _say_change(before: Cell, now: Cell, yardstick: Yardstick) -> str:
    if before.value is None or now.value is None or before.period is None or now.period is None:
        return ""
    change = change_between(before, now)
    if change is not None and not change.is_beyond_chance:
        return ""
    than = write_period_than(Period.parse(before.period), Period.parse(now.period))
    by = now.value - before.value
    if by == 0:
        return say(", as many as {period}", period=than)
    size = _write_size(by, now, yardstick)
    if by > 0:
        return say(", {size} more than {period}", size=size, period=than)
    return say(", {size} less than {period}", size=size, period=than)


def _write_size(by: float, now: Cell, yardstick: Yardstick) -> str:
    if yardstick.unit != Unit.PER_CENT:
        return write_value(abs(by), yardstick.unit)
    is_said_in_hundred = yardstick.code in SHARES and (now.denominator or 0) >= 100 and _in_hundred(now, yardstick)
    if is_said_in_hundred and abs(by) >= 0.015:
        return write_number(round(100 * abs(by)))
    return say("{points} percentage points", points=write_value(abs(by), Unit.PER_CENT, bare=True))
