"""A whole installation that runs for a test: web and workers as processes of their own, which can be killed."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.domain.installations import ROOT, Installation

EVENT = '"event_id", "type", "number", "happened_at", "content"'
CASE = '"number", "kind", "state", "flaws", "facts"'
UP_WITHIN = 60.0
MAKE_SYSTEM = """
from tests.domain.sending import make_registers, make_system
make_registers()
print(make_system("vulyk", number_format="")[1])
"""


def wait_until(is_so: Callable[[], object], seconds: float = UP_WITHIN, every: float = 0.05) -> None:
    """Wait, but not for ever."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(every)


def free_port() -> int:
    """A port at which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Running:
    """The processes of an installation. What they say goes to a log in its folder."""

    def __init__(self, installation: Installation, *, workers: int = 1, parts: Sequence[str] = ("folding",)) -> None:
        self.installation, self.port = installation, free_port()
        self.log = installation.folder / "log.txt"
        self.commands = [
            ["web", "--port", str(self.port), "--workers", str(workers)],
            *(["worker", "--only", part] for part in parts),
        ]
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """Start all, and return when the site answers."""
        with self.log.open("ab") as log:
            self.processes = [
                subprocess.Popen(
                    [sys.executable, "-m", "mirylo", *words],
                    env=self.installation.environment,
                    cwd=ROOT,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
                for words in self.commands
            ]
        wait_until(lambda: self.get("/api/v1/openapi.json")[0] == 200)

    def kill(self) -> None:
        """Kill every process and its children without warning."""
        for process in self.processes:
            os.killpg(process.pid, signal.SIGKILL)
        for process in self.processes:
            process.wait()

    def are_alive(self) -> bool:
        return all(process.poll() is None for process in self.processes)

    def get(self, address: str, **headers: str) -> tuple[int, bytes]:
        """Status and body; 0 where nobody answers."""
        return self._ask("GET", address, None, headers)

    def post(self, body: bytes, key: str) -> tuple[int, dict[str, object]]:
        """Send lines; the status is 0 and the answer empty where the connection broke off."""
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/x-ndjson"}
        status, answer = self._ask("POST", "/api/v1/events", body, headers)
        return status, json.loads(answer) if answer else {}

    def _ask(self, method: str, address: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, address, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            return 0, b""
        finally:
            connection.close()


def dump(installation: Installation, folder: Path) -> dict[str, list[list[object]]]:
    """All events and cases of an installation, in order, and how many marks are left."""
    path = folder / "dump.json"
    installation.run(f"""
import json
from mirylo.domain.cases.models import Case
from mirylo.domain.intake.models import Event, StaleCase
json.dump({{
    "events": list(Event.objects.order_by("event_id").values_list({EVENT})),
    "cases": list(Case.objects.order_by("number", "kind").values_list({CASE})),
    "marks": list(StaleCase.objects.values_list("number")),
}}, open({str(path)!r}, "w"), default=str)
""")
    found: dict[str, list[list[object]]] = json.loads(path.read_text())
    return found
