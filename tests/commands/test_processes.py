"""Processes are kept running, stop when told to, and do not outlive a supervisor that was killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

SUPERVISOR = """
import sys
from mirylo.commands import processes
processes.TO_STOP = 2.0
def start(words, read_end):
    import os, subprocess
    environment = {{**os.environ, processes.PARENT: str(read_end)}}
    command = [sys.executable, "-c", {child!r}, *words]
    return subprocess.Popen(command, env=environment, pass_fds=(read_end,), start_new_session=True)
processes.start = start
tell = lambda name, code, rest: print("died", name, code, rest, flush=True)
processes.Supervisor([processes.Child("one", ("one",)), processes.Child("two", ("two",))], tell).run()
print("stopped", flush=True)
"""
"""A supervisor whose children are small programs instead of `mirylo` commands; all else is the real one."""

OBEDIENT = """
import os, pathlib, sys, time
from mirylo.commands import processes
processes.follow_parent()
is_stopped = processes.stop_flag()
pathlib.Path(os.environ["PIDS"], f"{sys.argv[1]}-{os.getpid()}").touch()
while not is_stopped():
    time.sleep(0.05)
"""
STUBBORN = """
import os, pathlib, signal, sys, time
from mirylo.commands import processes
processes.TO_STOP = 2.0
processes.follow_parent()
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path(os.environ["PIDS"], f"{sys.argv[1]}-{os.getpid()}").touch()
while True:
    time.sleep(0.05)
"""
DYING = """
import os, pathlib, sys
pathlib.Path(os.environ["PIDS"], f"{sys.argv[1]}-{os.getpid()}").touch()
sys.exit(3)
"""

Start = Callable[[str], "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts a supervisor of two such children; whatever is left at the end is killed."""
    started: list[subprocess.Popen[str]] = []

    def begin(child: str) -> "subprocess.Popen[str]":
        environment = {**os.environ, "PIDS": str(tmp_path), "PYTHONPATH": str(ROOT)}
        program = SUPERVISOR.format(child=child)
        process = subprocess.Popen(
            [sys.executable, "-c", program], env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()
    for pid in pids(tmp_path):
        if is_alive(pid):
            os.kill(pid, signal.SIGKILL)


def pids(folder: Path, name: str = "*") -> list[int]:
    """The children that ever started."""
    return [int(path.name.rpartition("-")[2]) for path in folder.glob(f"{name}-*")]


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that is dead and not yet buried does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until(is_so: Callable[[], bool], seconds: float = 10) -> None:
    """Wait for something to become true."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def test_all_stop_when_told_to(start: Start, tmp_path: Path) -> None:
    process = start(OBEDIENT)
    wait_until(lambda: len(pids(tmp_path)) == 2)
    process.terminate()
    said, _ = process.communicate(timeout=5)
    assert said == "stopped\n"
    assert not any(map(is_alive, pids(tmp_path)))


def test_a_child_that_was_killed_is_started_anew(start: Start, tmp_path: Path) -> None:
    process = start(OBEDIENT)
    wait_until(lambda: len(pids(tmp_path)) == 2)
    (first,) = pids(tmp_path, "one")
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: len(pids(tmp_path, "one")) == 2)
    assert len(pids(tmp_path, "two")) == 1
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=5)
    assert said == "died one -9 0.5\nstopped\n"


def test_a_child_that_dies_at_once_is_given_more_and_more_rest(start: Start, tmp_path: Path) -> None:
    process = start(DYING)
    wait_until(lambda: len(pids(tmp_path, "one")) >= 3)
    process.terminate()
    said, _ = process.communicate(timeout=5)
    rests = [float(line.split()[3]) for line in said.splitlines() if line.startswith("died one 3")]
    assert rests[:2] == [0.5, 1.0]


def test_a_stubborn_child_is_killed(start: Start, tmp_path: Path) -> None:
    process = start(STUBBORN)
    wait_until(lambda: len(pids(tmp_path)) == 2)
    process.terminate()
    said, _ = process.communicate(timeout=8)
    assert said == "stopped\n"
    assert not any(map(is_alive, pids(tmp_path)))


@pytest.mark.parametrize("child", [OBEDIENT, STUBBORN], ids=["obedient", "stubborn"])
def test_no_child_outlives_a_supervisor_that_was_killed(start: Start, tmp_path: Path, child: str) -> None:
    process = start(child)
    wait_until(lambda: len(pids(tmp_path)) == 2)
    process.kill()
    wait_until(lambda: not any(map(is_alive, pids(tmp_path))))
