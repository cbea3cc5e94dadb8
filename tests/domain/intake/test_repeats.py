"""What is sent twice, cut in two, or in another order changes nothing; another content under an id is a conflict."""

import random
import threading

import pytest
from django.db import connection

from mirylo.domain.intake.models import Batch, ConnectedSystem, Event, RejectedLine, StaleCase
from mirylo.domain.intake.taking import Answer
from tests.domain.sending import AT, codes, event, make_registers, make_system, send, statuses

pytestmark = pytest.mark.django_db

BATCH = [event(str(n), number=str(n % 4), happened_at=f"2026-11-{10 + n:02}T10:00:00.{n:06}Z") for n in range(20)]


@pytest.fixture
def system() -> ConnectedSystem:
    make_registers()
    return make_system()[0]


def events() -> list[tuple[object, ...]]:
    return list(Event.objects.order_by("event_id").values_list("event_id", "number", "happened_at", "content"))


def test_a_batch_sent_twice_changes_nothing(system: ConnectedSystem) -> None:
    assert set(statuses(send(system, *BATCH))) == {"accepted"}
    before = events()
    StaleCase.objects.all().delete()
    assert set(statuses(send(system, *BATCH))) == {"duplicate"}
    assert events() == before
    assert StaleCase.objects.count() == 0, "what changes nothing need not be folded"
    assert list(Batch.objects.values_list("lines", "accepted", "duplicate", "rejected")) == [
        (20, 20, 0, 0),
        (20, 0, 20, 0),
    ]


@pytest.mark.parametrize("seed", range(5))
def test_a_batch_cut_up_overlapping_and_shuffled_comes_to_the_same(system: ConnectedSystem, seed: int) -> None:
    dice = random.Random(seed)
    shuffled = dice.sample(BATCH, len(BATCH))
    cut = dice.randrange(5, 15)
    first, second = shuffled[: cut + 3], shuffled[cut - 3 :]
    assert set(statuses(send(system, *first))) == {"accepted"}
    answer = send(system, *second, *second[:2])
    assert statuses(answer) == ["duplicate"] * 6 + ["accepted"] * (len(second) - 6) + ["duplicate"] * 2
    assert len(events()) == len(BATCH)


def test_a_case_is_marked_once_by_the_last_batch_that_touched_it(system: ConnectedSystem) -> None:
    send(system, *BATCH)
    last = send(system, event("new", number="3"))
    marks = dict(StaleCase.objects.values_list("number", "version"))
    assert marks == {"0": last.batch - 1, "1": last.batch - 1, "2": last.batch - 1, "3": last.batch}


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "other"},
        {"number": "78"},
        {"happened_at": "2026-11-20T10:00:00.000001+02:00"},
        {"service": "00106"},
        {"channel": "post"},
        {"corrects": "0"},
        {"centre": "CNAP-2"},
    ],
    ids=str,
)
def test_another_content_under_an_id_is_a_conflict(system: ConnectedSystem, changes: dict[str, object]) -> None:
    send(system, event())
    before = events()
    assert codes(send(system, event(**changes))) == [("conflict", "id")]
    assert codes(send(system, event(), event(**changes))) == [("conflict", "id")]
    assert events() == before
    assert RejectedLine.objects.get().times == 2


def test_of_two_contents_in_one_batch_the_first_is_taken(system: ConnectedSystem) -> None:
    answer = send(system, event(channel="office"), event(channel="post"), event(channel="office"))
    assert statuses(answer) == ["accepted", "rejected", "duplicate"]
    assert '"office"' in Event.objects.get().content


@pytest.mark.parametrize(
    "changes",
    [
        {"sent_at": "2026-11-20T11:00:00Z"},
        {"happened_at": "2026-11-20T08:00:00Z"},
        {"happened_at": "2026-11-20T08:00:00.000Z"},
        {"source": "vulyk"},
        {"due_at": "2026-12-20T10:00:00+02:00"},
    ],
    ids=str,
)
def test_the_same_said_in_another_way_is_a_duplicate(system: ConnectedSystem, changes: dict[str, object]) -> None:
    due = {"due_at": "2026-12-20T08:00:00Z"} if "due_at" in changes else {}
    send(system, event(**due))
    assert statuses(send(system, event(**changes))) == ["duplicate"]


def test_a_moment_with_a_fraction_is_known_again(system: ConnectedSystem) -> None:
    some = [
        event(str(n), happened_at=f"2026-11-20T10:00:00.{fraction}Z")
        for n, fraction in enumerate(["1", "120", "000", "123456"])
    ]
    send(system, *some)
    assert statuses(send(system, *some)) == ["duplicate"] * 4


def test_the_same_id_of_another_source_is_another_event(system: ConnectedSystem) -> None:
    other = make_system("other")[0]
    assert statuses(send(system, event())) == statuses(send(other, event(channel="post"))) == ["accepted"]


def test_a_correction_marks_the_case_whose_event_it_corrects(system: ConnectedSystem) -> None:
    send(system, event("1", number="A"))
    StaleCase.objects.all().delete()
    send(system, event("2", number="B", corrects="1"))
    assert set(StaleCase.objects.values_list("number", flat=True)) == {"A", "B"}


def test_a_correction_within_a_batch_marks_both_cases_in_either_order(system: ConnectedSystem) -> None:
    send(system, event("2", number="B", corrects="1"), event("1", number="A"))
    assert set(StaleCase.objects.values_list("number", flat=True)) == {"A", "B"}


def test_what_an_access_point_tells_marks_no_case(system: ConnectedSystem) -> None:
    send(system, event("1", "centre.restored", number=None, centre="CNAP-1"))
    assert StaleCase.objects.count() == 0


def test_the_moment_of_receipt_is_kept_with_the_batch(system: ConnectedSystem) -> None:
    send(system, event(sent_at="2026-11-20T10:00:05+02:00"))
    kept = Event.objects.select_related("batch").get()
    assert (kept.batch.received_at, kept.sent_at.isoformat()) == (AT, "2026-11-20T08:00:05+00:00")


@pytest.mark.django_db(transaction=True)
def test_batches_with_the_same_events_at_the_same_moment_take_each_event_once() -> None:
    """Sent by a system that lost patience: in other orders, over several connections. None blocks another for ever."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite in memory has one writer; with a file it is in tests/system/test_load.py")
    make_registers()
    system = make_system()[0]
    some = [event(f"{n:03}", number=str(n % 40), ground=None if n % 50 else "") for n in range(400)]
    answers: list[Answer] = []
    start = threading.Barrier(4)

    def send_shuffled(seed: int) -> None:
        shuffled = random.Random(seed).sample(some, len(some))
        start.wait(10)
        try:
            for first in range(0, len(shuffled), 100):
                answers.append(send(system, *shuffled[first : first + 100]))
        finally:
            connection.close()

    threads = [threading.Thread(target=send_shuffled, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(answers) == 16, "every batch was answered"
    assert sum(answer.counts["accepted"] for answer in answers) == Event.objects.count() == 392
    assert sum(answer.counts["duplicate"] for answer in answers) == 3 * 392
    assert sum(answer.counts["rejected"] for answer in answers) == 4 * 8
    assert StaleCase.objects.count() == 40
