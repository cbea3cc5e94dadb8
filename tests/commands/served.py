"""A whole system that runs for a test: `mirylo serve` in a folder of its own, with what is needed to look at it."""

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from mirylo.commands.demo.folder import plan_from

ROOT = Path(__file__).parents[2]


def environment(folder: Path, **more: str) -> dict[str, str]:
    """A clean environment for an installation in a folder."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("MIRYLO_", "DATABASE_", "DJANGO_"))}
    return {**kept, "MIRYLO_FOLDER": str(folder), "MIRYLO_LANG": "en", "PYTHONPATH": str(ROOT), **more}


def run(words: list[str], folder: Path, **more: str) -> "subprocess.CompletedProcess[str]":
    """Run a command to its end."""
    command = [sys.executable, "-m", "mirylo", *words]
    return subprocess.run(
        command, env=environment(folder, **more), cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def get(port: int, address: str = "/") -> tuple[int, str]:
    """Status and text of a page; 0 while nobody answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{address}", timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""


def wait_until(is_so: Callable[[], object], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.2)


def children_of(pid: int) -> dict[str, int]:
    """Processes that a supervisor started, by the words of their commands."""
    found = {}
    for path in Path("/proc").glob("[0-9]*"):
        try:
            stat = (path / "stat").read_text().rpartition(")")[2].split()
            words = (path / "cmdline").read_bytes().decode().split("\0")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(stat[1]) == pid and stat[0] != "Z":
            found[" ".join(words[3:]).strip()] = int(path.name)
    return found


class Served:
    """A `mirylo serve` that runs."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.folder, self.port = folder, free_port()
        self.log = folder / "log.txt"
        command = [sys.executable, "-m", "mirylo", "serve", "--port", str(self.port), "--workers", "1", *words]
        with self.log.open("a") as log:
            self.process = subprocess.Popen(command, env=environment(folder), cwd=ROOT, stderr=log, stdout=log)

    def stop(self) -> None:
        self.process.terminate()
        assert self.process.wait(timeout=15) == 0

    def newest(self) -> int:
        """The number of the newest event that the feed shows."""
        _, page = get(self.port, "/feed/newest/?seen=0")
        found = re.search(r"seen=(\d+)", page)
        return int(found[1]) if found else 0


def plan_small_country(folder: Path) -> None:
    """Plan a demo of four access points and forty days, instead of the usual one."""
    (folder / "demo").mkdir()
    today = timezone.localdate()
    plan = replace(plan_from(today, centres=4, cases_per_day=40.0), first_on=today - timedelta(days=40))
    (folder / "demo" / "plan.json").write_text(json.dumps(asdict(plan), default=str))
