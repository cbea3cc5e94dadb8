"""Chooses the periods that were asked for."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mirylo.commands.verbs import refuse
from mirylo.core.faults import N_

if TYPE_CHECKING:
    from mirylo.core.periods import Grain, Period


def choose_periods(words: Sequence[str]) -> "tuple[list[Grain], list[Period] | None]":
    """Grains and periods from what was written: a code restricts, a grain splits; nothing is the whole of the data."""
    from mirylo.core.periods import Grain, InvalidPeriodError, Period

    grains, periods = [], []
    for word in words:
        if word in list(Grain):
            grains.append(Grain(word))
            continue
        try:
            periods.append(Period.parse(word))
        except InvalidPeriodError:
            template = N_("there is no period {name}. Write 2014, 2014Q3, 2014H1 or 2014-05, or a length: {grains}.")
            refuse(template, name=word, grains=", ".join(Grain))
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
