"""Web, workers and readers at once: nobody is told that the database is locked, and nothing accepted is lost."""

import os
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.domain.installations import new_installation
from tests.domain.sending import event, write
from tests.system.running import MAKE_SYSTEM, Running, dump, wait_until

SECONDS = 300 if os.environ.get("MIRYLO_TEST_LONG") else 5
SENDERS, READERS = 4, 3
LINES = (1, 20, 200)
"""How many lines a batch has."""
REST = 0.05
PAGES = (
    "/", "/feed/", "/feed/newest/?seen=0", "/registers/", "/registers/centres/", "/registers/centres/CNAP-1/",
    "/registers/services/00034/", "/api/v1/events/rejected", "/api/v1/cases/0-1", "/api/v1/system",
    "/api/v1/openapi.json", "/api/v1/indicators",
)  # fmt: skip


@dataclass
class Heard:
    """What those who ask were answered."""

    accepted: list[str] = field(default_factory=list)
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    slowest: float = 0.0


def send_on(running: Running, key: str, n: int, heard: Heard, end: float) -> None:
    """Send batches of new events, now and then one that was sent before, until the time is over."""
    dice, count, last = random.Random(n), 0, b""
    while time.monotonic() < end:
        some = []
        for _ in range(dice.choice(LINES)):
            count += 1
            type_ = dice.choice(["application.registered", "result.issued", "ticket.issued", "other"])
            happened = f"2026-11-{dice.randrange(1, 20):02}T{dice.randrange(24):02}:00:00Z"
            some.append(event(f"{n}-{count}", type_, number=f"{n}-{dice.randrange(500)}", happened_at=happened))
        body = b"\n".join(write(*some))
        began = time.monotonic()
        status, answer = running.post(body, key)
        heard.slowest = max(heard.slowest, time.monotonic() - began)
        heard.statuses["POST", status] += 1
        if status == 200:
            assert answer["accepted"] == len(some), answer
            heard.accepted += [str(one["id"]) for one in some]
        if last and dice.random() < 0.1:
            status, answer = running.post(last, key)
            heard.statuses["POST again", status] += 1
            assert status != 200 or answer["accepted"] == 0, answer
        last = body if status == 200 else b""
        time.sleep(REST)


def read_on(running: Running, key: str, heard: Heard, end: float) -> None:
    """Look at pages and at the interface, one after another, until the time is over."""
    while time.monotonic() < end:
        for address in PAGES:
            status, _ = running.get(address, Authorization=f"Bearer {key}")
            heard.statuses[address, status] += 1
            time.sleep(REST)


def test_all_at_once(tmp_path: Path) -> None:
    with new_installation(tmp_path) as installation:
        installation.run("from mirylo.commands.application import bring_up_to_date\nbring_up_to_date()")
        key = installation.run(MAKE_SYSTEM).strip()
        running = Running(installation, workers=2, parts=("folding", "jobs"))
        try:
            running.start()
            heard = [Heard() for _ in range(SENDERS + READERS)]
            end = time.monotonic() + SECONDS
            threads = [
                threading.Thread(target=send_on, args=(running, key, n, heard[n], end)) for n in range(SENDERS)
            ] + [threading.Thread(target=read_on, args=(running, key, heard[SENDERS + n], end)) for n in range(READERS)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(SECONDS + 90)
            assert not any(thread.is_alive() for thread in threads)
            found = _settled(running, tmp_path)
            assert running.are_alive()
        finally:
            running.kill()
    check(heard, found, running.log.read_text())


def _settled(running: Running, folder: Path) -> dict[str, list[list[object]]]:
    """What is kept once everything is folded."""
    found: dict[str, list[list[object]]] = {}

    def is_folded() -> bool:
        found.update(dump(running.installation, folder))
        return not found["marks"]

    wait_until(is_folded, 60, every=1.0)
    return found


def check(heard: list[Heard], found: dict[str, list[list[object]]], log: str) -> None:
    """No fault, no lock, nothing lost."""
    statuses: Counter[tuple[str, int]] = sum((one.statuses for one in heard), Counter())
    bad = {asked: n for asked, n in statuses.items() if asked[1] != 200 and asked != ("/api/v1/cases/0-1", 404)}
    assert bad == {}, log[-3000:]
    assert {asked for asked, _ in statuses} >= {"POST", *PAGES}
    assert "locked" not in log
    assert "Traceback" not in log
    accepted = [id_ for one in heard for id_ in one.accepted]
    assert len(accepted) > 50 * SECONDS
    assert sorted(accepted) == [one[0] for one in found["events"]], "every accepted event is there, and no other"
    numbers = {(one[2], "ticket" if str(one[1]).startswith("ticket.") else "case") for one in found["events"]}
    assert numbers == {(case[0], case[1]) for case in found["cases"]}
    folded = sum(int(str(case[4]).split('"events":')[1].split(",")[0].rstrip("}")) for case in found["cases"])
    assert folded == len(accepted), "and every one was folded"
