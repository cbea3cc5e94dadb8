"""Keeps the indicators up to date: puts changed cases into the lake and counts again what they change.

The present month comes first and by itself, since it must never be older than a minute; longer periods and history
follow when they changed, and rest afterwards, so that they never take more than a tenth of the time.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from mirylo.core.methodology.model import Methodology
from mirylo.core.periods import Grain, Period
from mirylo.domain.cases.methodology import current_methodology, methodology_with_edition
from mirylo.domain.cases.months import mark_dirty
from mirylo.domain.cases.writing import earliest_on, write_changed
from mirylo.domain.indicators.models import CurrentRun, Run
from mirylo.domain.indicators.periods import Marks, all_periods, portions, stale_periods
from mirylo.domain.indicators.sheets import write_sheets
from mirylo.engines.facts import Facts
from mirylo.engines.lake import NoLakeError, open_lake
from mirylo.engines.passing import first_day, months_passed
from mirylo.engines.running import measure
from mirylo.engines.tables import CUTS

SINGLE_CUTS = tuple(cut for cut, columns in CUTS.items() if len(columns) < 2)
"""The cuts whose values are stored; pairs of centre and service are counted when somebody asks."""
BRIEF = timedelta(seconds=2)
"""Portions of history that are counted for the first time need no rest if they are that quick: a small installation."""
RESTS = 9
"""History rests so many times as long as it worked."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Ground:
    """What the runs of one refresh stand on."""

    methodology: Methodology
    edition: str
    facts: Facts
    marks: Marks
    as_of: date
    at: datetime


def refresh(*, at: datetime, is_patient: bool = True) -> list[Run]:
    """Bring the indicators up to date as of a moment; returns the new runs, none where nothing changed.

    One caller at a time. `is_patient` lets history rest; without it everything is counted that is to be counted.
    """
    run = current_run()
    as_of = timezone.localdate(at)
    if run is not None and run.as_of < as_of:
        _mark_passed(run, as_of, at)
    # Noted before the facts are read: what is marked later may or may not be among the facts, and is counted again.
    marks = Marks.note()
    write_changed(settings.LAKE, at=at)
    try:
        facts = open_lake(settings.LAKE)
    except NoLakeError:
        return []
    ground = _Ground(*methodology_with_edition(), facts, marks, as_of, at)
    if run is not None and run.methodology != ground.edition:
        return _count_everything(ground)
    runs = [*_count_present(ground, run)]
    run = runs[-1] if runs else run
    if run is not None:
        runs += _count_history(ground, run, is_patient)
    return runs


def current_run() -> Run | None:
    """The run that readers see, none before the first."""
    pointer = CurrentRun.objects.select_related("run").first()
    return pointer.run if pointer else None


def _mark_passed(run: Run, as_of: date, at: datetime) -> None:
    """Mark what changes because days passed since the last run: due dates, and months that begin or end."""
    try:
        facts = open_lake(settings.LAKE)
    except NoLakeError:
        return
    mark_dirty(months_passed(current_methodology(), facts, run.as_of, as_of), at=at)


def _count_everything(ground: _Ground) -> list[Run]:
    """Count all periods with a new methodology, in one run: values of two methodologies never stand together."""
    started_at = timezone.now()
    periods = _periods(ground)
    sheets: dict[str, str] = {}
    for portion in portions(periods):
        sheets |= _count(ground, portion)
    return [_keep(ground, None, periods, sheets, started_at)]


def _count_present(ground: _Ground, run: Run | None) -> Iterator[Run]:
    """Count the present month if it changed."""
    month = Period.containing(ground.as_of, Grain.MONTH)
    if stale_periods([month], run.periods if run else {}, ground.marks):
        started_at = timezone.now()
        yield _keep(ground, run, [month], _count(ground, [month]), started_at)


def _count_history(ground: _Ground, run: Run, is_patient: bool) -> Iterator[Run]:
    """Count the periods that changed, the longest waiting first: all of them, or one portion if history has rested."""
    for portion in portions(stale_periods(_periods(ground), run.periods, ground.marks)):
        is_first = not any(period.code in run.periods for period in portion)
        if is_patient and _must_rest(ground.at, is_first):
            return
        started_at = timezone.now()
        run = _keep(ground, run, portion, _count(ground, portion), started_at)
        yield run
        if is_patient:
            return


def _must_rest(at: datetime, is_first: bool) -> bool:
    """Whether history was counted so lately that it has to rest; not if periods still have no values at all."""
    last = Run.objects.filter(is_history=True).order_by("pk").last()
    if last is None:
        return False
    took = last.finished_at - last.started_at
    return at < last.finished_at + RESTS * took and not (is_first and took < BRIEF)


def _periods(ground: _Ground) -> list[Period]:
    first_on = first_day(ground.facts, earliest_on(ground.at))
    return all_periods(min(first_on or ground.as_of, ground.as_of), ground.as_of)


def _count(ground: _Ground, periods: Sequence[Period]) -> dict[str, str]:
    """Count some periods of one length, and write their sheets."""
    expected = {period.code: ground.marks.expected(period) for period in periods}
    batches = measure(
        ground.methodology,
        ground.facts,
        cuts=SINGLE_CUTS,
        grains=[periods[0].grain],
        periods=periods,
        as_of=ground.as_of,
        expected={"centre": sorted({code for some in expected.values() for code in some})},
    )
    index = ground.methodology.index
    return write_sheets(settings.RESULTS, batches, expected, index.code if index else None)


def _keep(
    ground: _Ground, before: Run | None, periods: Sequence[Period], sheets: dict[str, str], started_at: datetime
) -> Run:
    """Keep a run and let readers see it, in one step; what it did not count it has from the run before."""
    codes = sorted(period.code for period in periods)
    finished_at = timezone.now()
    counted = {
        period.code: {
            "state": ground.marks.state(period),
            "counted_at": finished_at.isoformat(),
            "as_of": ground.as_of.isoformat(),
            "manifest": ground.facts.manifest,
        }
        for period in periods
    }
    others = {name: file for name, file in (before.sheets if before else {}).items() if _period_of(name) not in counted}
    present = Period.containing(ground.as_of, Grain.MONTH).code
    with transaction.atomic():
        run = Run.objects.create(
            methodology=ground.edition,
            manifest=ground.facts.manifest,
            as_of=ground.as_of,
            started_at=started_at,
            finished_at=finished_at,
            is_history=codes != [present],
            counted=codes,
            periods={**(before.periods if before else {}), **counted},
            sheets={**others, **sheets},
        )
        CurrentRun.objects.update_or_create(id=1, defaults={"run": run})
    log.info("run %d: %s in %.1f s", run.pk, ", ".join(codes), (finished_at - started_at).total_seconds())
    return run


def _period_of(name: str) -> str:
    return name.partition("/")[2]
