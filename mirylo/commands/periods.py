"""Chooses the periods that were asked for."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mirylo.core.faults import N_

if TYPE_CHECKING:
    from mirylo.core.periods import Grain, Period


def find_unclear(words: Sequence[str]) -> list[str]:
    """What is wrong with words that are neither a period nor a length of one."""
    from mirylo.core.periods import Grain, InvalidPeriodError, Period
    from mirylo.display.language import say

    found = []
    for word in words:
        try:
            Grain(word) if word in list(Grain) else Period.parse(word)
        except InvalidPeriodError:
            template = N_("there is no period {name}. Write 2014, 2014Q3, 2014H1 or 2014-05, or a length: {grains}.")
            found.append(say(template, name=word, grains=", ".join(Grain)))
    return found


def choose_periods(words: Sequence[str]) -> "tuple[list[Grain], list[Period] | None]":
    """Grains and periods from what was written: a code restricts, a grain splits; nothing is the whole of the data."""
    from mirylo.core.periods import Grain, Period

    grains = [Grain(word) for word in words if word in list(Grain)]
    periods = [Period.parse(word) for word in words if word not in list(Grain)]
    if not periods:
        return grains or [Grain.WHOLE], None
    if not grains:
        return [], periods
    return [], [
        part
        for period in periods
        for grain in grains
        if grain.months <= period.grain.months
        for part in period.split(grain)
    ]
