"""A server that is killed in the middle of a batch loses nothing; the same batch sent again makes everything right."""

import os
import random
import threading
import time
from pathlib import Path

from mirylo.domain.intake.taking import ACCEPTED, DUPLICATE, REJECTED
from tests.domain.installations import Installation, new_installation
from tests.domain.sending import event, write
from tests.system.running import MAKE_SYSTEM, Running, dump, wait_until

ROUNDS = 50 if os.environ.get("MIRYLO_TEST_LONG") else 2
GOOD, REPEATED, CONFLICTING, BROKEN = "good", "repeated", "conflicting", "broken"
MAY_BE = {
    GOOD: {ACCEPTED, DUPLICATE},
    REPEATED: {DUPLICATE},
    CONFLICTING: {REJECTED},
    BROKEN: {REJECTED},
}
CLEAN_RUN = """
from datetime import datetime, UTC
from mirylo.domain.cases.folding import fold_stale
from mirylo.domain.intake.models import ConnectedSystem
from mirylo.domain.intake.taking import take
from tests.system.test_killed import batch_of
at = datetime(2026, 11, 25, 9, tzinfo=UTC)
for n in range({rounds}):
    take(ConnectedSystem.objects.get(), [line for _, line in batch_of(n)], at=at)
while fold_stale(at=at):
    pass
"""


def batch_of(n: int) -> list[tuple[str, bytes]]:
    """The lines of a round, each with what it is; conflicting ones say something else of an event before them."""
    dice = random.Random(n)
    good = []
    for place in range(2000):
        type_ = dice.choice(
            ["application.registered", "application.registered", "clock.paused", "result.issued", "other"]
        )
        happened = f"2026-11-{dice.randrange(1, 20):02}T{dice.randrange(24):02}:00:00Z"
        good.append(event(f"{n}-{place}", type_, number=f"{n}-{dice.randrange(700)}", happened_at=happened))
    lines = [(GOOD, write(one)[0]) for one in good]
    for one in dice.sample(good[:1000], 100):
        lines.insert(dice.randrange(1000 + n % 7, len(lines)), (REPEATED, write(one)[0]))
        lines.append((CONFLICTING, write({**one, "channel": "post"})[0]))
    for _ in range(50):
        bad = dice.choice([b"{", b"[]", *write(event("x", service=None), event(f"{n}-0", ground="0671234567"))])
        lines.insert(dice.randrange(len(lines)), (BROKEN, bad))
    first = {}
    for place, (kind, line) in enumerate(lines):
        if kind == GOOD:
            first[line] = place
    assert all(place > first[line] for place, (kind, line) in enumerate(lines) if kind == REPEATED)
    return lines


def test_killed_at_random_moments_and_sent_again(tmp_path: Path) -> None:
    for name in ("killed", "clean"):
        (tmp_path / name).mkdir()
    with new_installation(tmp_path / "killed") as killed, new_installation(tmp_path / "clean") as clean:
        answered = _run_killed(killed, killed.run(MAKE_SYSTEM).strip())
        clean.run(MAKE_SYSTEM)
        clean.run(CLEAN_RUN.format(rounds=ROUNDS))
        found, expected = dump(killed, tmp_path), dump(clean, tmp_path)
    assert found["marks"] == []
    assert found["events"] == expected["events"]
    assert found["cases"] == expected["cases"]
    assert len(found["events"]) == 2000 * ROUNDS
    if ROUNDS == 50:
        assert 0 < answered < ROUNDS, "some were killed before the answer, and some after it"


def _run_killed(installation: Installation, key: str) -> int:
    """Send every batch, kill the server meanwhile, start it and send again; how often an answer came first."""
    running, dice, answered = Running(installation), random.Random(2026), 0
    running.start()
    try:
        spent = 1.0
        for n in range(ROUNDS):
            lines = batch_of(n)
            body = b"\n".join(line for _, line in lines)
            first: list[tuple[int, dict[str, object]]] = []
            sender = threading.Thread(target=lambda body=body, first=first: first.append(running.post(body, key)))
            sender.start()
            time.sleep(dice.random() * 1.3 * spent)
            running.kill()
            sender.join(60)
            running.start()
            began = time.monotonic()
            status, answer = running.post(body, key)
            spent = time.monotonic() - began
            assert status == 200
            check_answer(lines, answer, is_again=first[0][0] == 200)
            if first[0][0] == 200:
                check_answer(lines, first[0][1], is_again=False)
                answered += 1
        wait_until(lambda: not _marks(installation), 120, every=1.0)
        assert running.are_alive()
    finally:
        running.kill()
    return answered


def _marks(installation: Installation) -> int:
    program = "from mirylo.domain.intake.models import StaleCase\nprint(StaleCase.objects.count())"
    return int(installation.run(program))


def check_answer(lines: list[tuple[str, bytes]], answer: dict[str, object], *, is_again: bool) -> None:
    """Every line has its answer, and the right one. Of a batch that was answered before, nothing is new."""
    said = answer["lines"]
    assert isinstance(said, list)
    assert [one["line"] for one in said] == list(range(1, len(lines) + 1))
    for (kind, line), one in zip(lines, said, strict=True):
        may_be = MAY_BE[kind] - ({ACCEPTED} if is_again else set())
        assert one["status"] in may_be, (kind, line, one)
    good = {one["status"] for (kind, _), one in zip(lines, said, strict=True) if kind == GOOD}
    assert len(good) == 1, "a batch is taken whole or not at all"


def test_a_batch_has_all_sorts_of_lines() -> None:
    kinds = [kind for kind, _ in batch_of(0)]
    assert {kind: kinds.count(kind) for kind in MAY_BE} == {GOOD: 2000, REPEATED: 100, CONFLICTING: 100, BROKEN: 50}
