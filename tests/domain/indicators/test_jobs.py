"""Jobs go on whatever happens: a worker killed, a job that raises, a chain that broke, a program run twice."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone
from django_q.models import OrmQ, Schedule
from django_q.scheduler import scheduler
from pytest_django import Settings

from mirylo.domain.indicators.jobs import REFRESHING, SWEEPING, keep_fresh, plan_jobs, sweep_up
from mirylo.domain.indicators.models import Run
from mirylo.domain.indicators.running import refresh
from mirylo.domain.indicators.values import values
from mirylo.domain.intake.locks import only_one
from tests.domain.cases.made import fact, keep
from tests.domain.installations import Installation, new_installation


def queued() -> list[str]:
    return sorted(job.func() for job in OrmQ.objects.all())


@pytest.mark.django_db(transaction=True)  # the scheduler closes connections
def test_the_plan_is_made_once_and_begins_jobs_that_are_due() -> None:
    plan_jobs()
    plan_jobs()
    assert sorted(Schedule.objects.values_list("func", "minutes")) == [(REFRESHING, 1), (SWEEPING, 15)]
    Schedule.objects.update(next_run=timezone.now() - timedelta(hours=5))
    scheduler()
    assert queued() == [REFRESHING, SWEEPING]
    assert all(job.task["timeout"] == 3600 for job in OrmQ.objects.all())
    scheduler()
    assert queued() == [REFRESHING, SWEEPING], "what was missed is begun once"


@pytest.mark.django_db
def test_a_refresh_hands_over_to_the_next_one_only(monkeypatch: pytest.MonkeyPatch) -> None:
    from mirylo.domain.indicators import jobs

    monkeypatch.setattr(jobs, "REST", 0.01)
    monkeypatch.setattr(jobs, "TURN", 0.01)
    keep_fresh()
    assert queued() == [REFRESHING]
    jobs.begin_refreshing()
    keep_fresh()
    assert queued() == [REFRESHING, REFRESHING], "there was one beside it"


@pytest.mark.django_db
def test_two_refreshes_are_never_at_work_together(tmp_path: Path, settings: Settings) -> None:
    settings.FOLDER = tmp_path
    keep(fact("1", date(2026, 11, 2)))
    with held_elsewhere("refreshing"):
        keep_fresh()
    assert not Run.objects.exists()
    assert queued() == []


@pytest.mark.django_db
def test_what_nobody_reads_is_swept_up(settings: Settings) -> None:
    now = timezone.now()
    today = timezone.localdate(now)
    for centre in ("old", "lately", "now"):
        keep(fact("1", today, centre=centre), at=now)
        refresh(at=now)
    old, lately, last = [run for run in Run.objects.all() if f"{today:%Y-%m}" in run.counted]
    Run.objects.filter(pk__lt=lately.pk).update(finished_at=now - timedelta(hours=3))
    Run.objects.filter(pk=lately.pk).update(finished_at=now - timedelta(hours=2))
    for path in settings.RESULTS.glob("*/*"):
        os.utime(path, (now.timestamp() - 3600,) * 2)
    sweep_up(now)
    assert not Run.objects.filter(pk=old.pk).exists()
    for run in (lately, last):
        assert values(cut="centre", run=run).num_rows
    (gone,) = {old.sheets[f"centre/{today:%Y-%m}"]}
    assert not (settings.RESULTS / gone).exists()


@pytest.mark.django_db
def test_an_installation_without_facts_has_nothing_to_sweep(settings: Settings) -> None:
    sweep_up()
    assert not settings.LAKE.exists()


@contextmanager
def held_elsewhere(name: str) -> Iterator[None]:
    """The lock of that name, held by somebody else."""
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with only_one(name) as is_mine:
            assert is_mine
            held.set()
            done.wait()
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        holding = pool.submit(hold)
        assert held.wait(10)
        yield
        done.set()
        holding.result()


def wait_until(is_so: Callable[[], bool], seconds: float) -> float:
    """How long it took."""
    began = time.monotonic()
    while not is_so():
        assert time.monotonic() - began < seconds, "it took too long"
        time.sleep(0.2)
    return time.monotonic() - began


HASTE = """
import os, signal
os.environ['DJANGO_SETTINGS_MODULE'] = 'mirylo.config.settings'
from mirylo.config import settings
settings.Q_CLUSTER.update(timeout=5, retry=6)
import django
django.setup()
"""
WORKING = "from mirylo.domain.indicators.jobs import run_cluster\nrun_cluster()"
QUEUEING = """
from django_q.tasks import async_task
for name in ("fail_once", "hang_once"):
    async_task(f"tests.domain.indicators.made_jobs.{name}", q_options={"timeout": 600})
"""
KEEPING = """
from tests.domain.cases.made import *
keep(*[fact(f"{n} {number}", timezone.localdate()) for n in range(10)], at=timezone.now())
"""
COUNTING = """
from mirylo.domain.indicators.values import *
table = values(cut="nation", indicators=["registered"])
print(max(table["value"].to_pylist(), default=0))
"""


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    with new_installation(tmp_path / "var") as made:
        yield made


def attempts(installation: Installation, name: str) -> list[int]:
    path = installation.folder / name
    return [int(line) for line in path.read_text().split()] if path.exists() else []


def test_a_cluster_goes_on_whatever_happens_to_its_jobs(installation: Installation) -> None:
    installation.run(QUEUEING + "number = 1\n" + KEEPING)
    cluster = installation.start(WORKING, opening=HASTE)
    try:
        wait_until(lambda: float(installation.run(COUNTING)) == 10, 30)
        wait_until(lambda: len(attempts(installation, "hanging")) == 1, 30)
        os.kill(attempts(installation, "hanging")[0], signal.SIGKILL)
        wait_until(lambda: len(attempts(installation, "hanging")) == 2, 30)
        wait_until(lambda: len(attempts(installation, "failing")) == 2, 30)
        installation.run("number = 2\n" + KEEPING)
        wait_until(lambda: float(installation.run(COUNTING)) == 20, 30)
        family = processes_of(cluster.pid)
        assert len(family) >= 5, "a sentinel, two workers, a pusher and a monitor"
        os.kill(cluster.pid, signal.SIGKILL)
        cluster.wait()
        wait_until(lambda: not any(is_alive(pid) for pid in family), 10)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(cluster.pid, signal.SIGKILL)
        _, complaints = cluster.communicate()
    assert "as planned" in complaints
    assert "locked" not in complaints


def processes_of(leader: int) -> list[int]:
    """The other processes of a family."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = path.read_text().rpartition(")")[2].split()
            if int(fields[2]) == leader and int(path.parent.name) != leader:
                found.append(int(path.parent.name))
    return found


def is_alive(pid: int) -> bool:
    """Whether a process is there and not merely unburied."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_cluster_stops_when_it_is_told_to(installation: Installation) -> None:
    cluster = installation.start(WORKING)
    try:
        wait_until(lambda: len(processes_of(cluster.pid)) >= 5, 30)
        cluster.send_signal(signal.SIGTERM)
        assert cluster.wait(30) == 0
    finally:
        with suppress(ProcessLookupError):
            os.killpg(cluster.pid, signal.SIGKILL)
        cluster.communicate()
