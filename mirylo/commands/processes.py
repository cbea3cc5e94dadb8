"""Keeps the processes of an installation running: starts them, starts anew what dies, and stops all when told to.

A process that is started here notices when the one that started it is gone, even if that was killed without warning:
it holds one end of a pipe whose other end closes with the death of its parent.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import FrameType

import click

from mirylo.core.faults import N_

PARENT = "MIRYLO_PARENT"
"""In the environment of a child: the end of the pipe that tells it of its parent's death."""
SHORTEST_REST, LONGEST_REST = 0.5, 30.0
STEADY = 30.0
"""Seconds after which a child counts as running well, so that its next death is answered at once."""
TO_STOP = 8.0
"""Seconds that a child is given to stop before it is killed."""
LOOK_EVERY = 0.1


@dataclass
class Child:
    """A process to keep running: the words of its `mirylo` command."""

    name: str
    words: Sequence[str]
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    rest: float = 0.0


@dataclass
class Supervisor:
    """Runs children until it is told to stop.

    `tell` says what happens to a child: its name, exit code and rest; `tell_stop`, that all are being stopped.
    """

    children: Sequence[Child]
    tell: Callable[[str, int, float], None]
    tell_stop: Callable[[], None] = lambda: None
    _is_stopping: bool = field(default=False, init=False)
    _read_end: int = field(default=-1, init=False)

    def run(self) -> None:
        """Start all, and stay until SIGTERM or SIGINT; then stop all within seconds. A second signal kills at once."""
        self._read_end, write_end = os.pipe()
        before = {each: signal.signal(each, self._on_signal) for each in (signal.SIGTERM, signal.SIGINT)}
        try:
            while not self._is_stopping:
                for child in self.children:
                    self._look_after(child)
                time.sleep(LOOK_EVERY)
            self.tell_stop()
        finally:
            self._stop_all()
            for each, handler in before.items():
                signal.signal(each, handler)
            os.close(self._read_end)
            os.close(write_end)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        if self._is_stopping:
            self._kill_all()
        self._is_stopping = True

    def _look_after(self, child: Child) -> None:
        """Start a child that is not there, once its rest is over."""
        now = time.monotonic()
        if child.process is not None and (code := child.process.poll()) is not None:
            child.process = None
            is_steady = now - child.started >= STEADY
            child.rest = SHORTEST_REST if is_steady else min(LONGEST_REST, max(SHORTEST_REST, 2 * child.rest))
            child.started = now
            self.tell(child.name, code, child.rest)
        if child.process is None and now - child.started >= child.rest and not self._is_stopping:
            child.process = start(child.words, self._read_end)
            child.started = now

    def _stop_all(self) -> None:
        running = [child.process for child in self.children if child.process is not None]
        for process in running:
            if process.poll() is None:
                process.terminate()
        end = time.monotonic() + TO_STOP
        while time.monotonic() < end and any(process.poll() is None for process in running):
            time.sleep(LOOK_EVERY)
        self._kill_all()
        for process in running:
            process.wait()

    def _kill_all(self) -> None:
        """Kill what is left of every child's family."""
        for child in self.children:
            if child.process is not None:
                _kill_family(child.process.pid)


def start(words: Sequence[str], read_end: int) -> "subprocess.Popen[bytes]":
    """Start a `mirylo` command in a family of its own, which a Ctrl-C in the terminal does not reach."""
    environment = {**os.environ, PARENT: str(read_end)}
    command = [sys.executable, "-m", "mirylo", *words]
    return subprocess.Popen(command, env=environment, pass_fds=(read_end,), start_new_session=True)


def follow_parent() -> None:
    """Stop this process when the one that started it is gone; does nothing in a process that nobody supervises."""
    if read_end := os.environ.pop(PARENT, ""):
        threading.Thread(target=_wait_for_parent, args=(int(read_end),), daemon=True, name="parent").start()


def stop_flag() -> Callable[[], bool]:
    """A question whether the process was told to stop, for loops that end between two pieces of work."""
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    return told.is_set


def tell_death(name: str, code: int, rest: float) -> None:
    """Say that a process died and is started anew."""
    from mirylo.display.language import say
    from mirylo.display.numbers import write_number

    template = N_("Process {name} ended with code {code}; it is started anew in {rest} s.")
    click.echo(say(template, name=name, code=code, rest=write_number(rest, 1)), err=True)


def tell_stop() -> None:
    """Say that all is being stopped, which takes some seconds: requests and jobs that have begun are ended."""
    from mirylo.display.language import say

    click.echo(say("Stopping what runs; this takes some seconds…"), err=True)


def _wait_for_parent(read_end: int) -> None:
    while os.read(read_end, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(TO_STOP)
    _kill_family(os.getpid())


def _kill_family(leader: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)
