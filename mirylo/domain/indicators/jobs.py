"""The work that goes on by itself: keeping the indicators fresh, and sweeping up the files that nobody reads."""

import ctypes
import logging
import os
import signal
import sys
import time
from contextlib import suppress
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connections
from django.utils import timezone
from django_q.cluster import Cluster
from django_q.models import Failure, OrmQ, Schedule
from django_q.tasks import async_task

from mirylo.domain.indicators.models import CurrentRun, Run
from mirylo.domain.indicators.running import refresh
from mirylo.domain.indicators.sheets import sweep_sheets
from mirylo.domain.intake.locks import only_one
from mirylo.engines.lake import NoLakeError, sweep

REFRESHING = "mirylo.domain.indicators.jobs.keep_fresh"
SWEEPING = "mirylo.domain.indicators.jobs.sweep_up"
LOCK = "refreshing"
"""Name of the lock of whoever writes to the lake or to the results."""
LONGEST = 3600
"""Seconds that a refresh may take, such as the first one with a new methodology."""
TURN = 8.0
"""Seconds after which a job hands over to the next one, so that a worker that is told to stop does soon."""
REST, RESTS = 2.0, 3
"""Seconds between two refreshes; a refresh that took long rests so many times as long."""
LONGEST_REST = 15.0
KEPT = timedelta(minutes=15)
"""How long a state of the facts or a run is kept after another one took its place: longer than any reader takes."""
FAILURES_KEPT = timedelta(days=30)

log = logging.getLogger(__name__)


def plan_jobs() -> None:
    """Plan what is to be done again and again; doing it twice changes nothing.

    A refresh hands over to the next by itself. The plan begins one each minute all the same, which ends at once where
    another is at work: that way refreshing goes on after whatever happened.
    """
    plans = {
        "refresh": (REFRESHING, 1, {"timeout": LONGEST, "save": False}),
        "sweep": (SWEEPING, 15, {"timeout": LONGEST}),
    }
    with only_one("planning") as is_mine:
        for name, (function, minutes, options) in plans.items() if is_mine else ():
            plan = {
                "func": function,
                "kwargs": f"q_options={options!r}",
                "schedule_type": Schedule.MINUTES,
                "minutes": minutes,
                "repeats": -1,
            }
            Schedule.objects.update_or_create(name=name, defaults=plan)


def keep_fresh() -> None:
    """Refresh the indicators for some seconds, then hand over to the next job; one at a time."""
    with only_one(LOCK) as is_mine:
        if not is_mine:
            return
        began = time.monotonic()
        while True:
            started = time.monotonic()
            refresh(at=timezone.now())
            took = time.monotonic() - started
            time.sleep(min(LONGEST_REST, max(REST, RESTS * took)))
            if _is_followed():
                return
            if time.monotonic() - began > TURN:
                break
    begin_refreshing()


def begin_refreshing() -> None:
    """Put a refresh into the queue."""
    async_task(REFRESHING, q_options={"timeout": LONGEST, "save": False})


def _is_followed() -> bool:
    """Whether another refresh is queued beside the one that is at work."""
    return sum(job.func() == REFRESHING for job in OrmQ.objects.all()) > 1


def sweep_up(at: datetime | None = None) -> None:
    """Delete runs, sheets and facts that nobody reads any more, once nobody writes."""
    at = at or timezone.now()
    end = time.monotonic() + settings.Q_CLUSTER["timeout"]
    while time.monotonic() < end:
        with only_one(LOCK) as is_mine:
            if is_mine:
                _sweep(at - KEPT)
                return
        time.sleep(REST / 4)
    # Somebody has been writing for long; the next sweep is soon.


def _sweep(before: datetime) -> None:
    """Delete the runs that another one replaced before a moment, and the files that only they needed."""
    numbers = sorted(Run.objects.filter(finished_at__lt=before).values_list("pk", flat=True))
    kept = set(CurrentRun.objects.values_list("run_id", flat=True))
    # The last of them counted until the next one came, which may have been a moment ago.
    Run.objects.filter(pk__in=set(numbers[:-1]) - kept).delete()
    needed = {name for sheets in Run.objects.values_list("sheets", flat=True) for name in sheets.values()}
    sweep_sheets(settings.RESULTS, needed, before=before.timestamp())
    with suppress(NoLakeError):
        sweep(settings.LAKE, before=before)
    Failure.objects.filter(stopped__lt=before - FAILURES_KEPT).delete()


def run_cluster() -> None:
    """Work on the jobs in this process and its children until told to stop by SIGTERM or SIGINT."""
    plan_jobs()
    begin_refreshing()
    connections.close_all()
    os.register_at_fork(after_in_child=_die_with_parent)
    cluster = Cluster()
    cluster.start()
    sentinel = cluster.sentinel
    sentinel.join()
    if sentinel.exitcode:
        raise SystemExit(1)


def _die_with_parent() -> None:
    """Ask the system to end this process when its parent is gone: an orphan would take jobs and never do them."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)
