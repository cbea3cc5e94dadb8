"""What a whole access point reports: spans in which it could not work, apart from all cases."""

import json
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.utils import timezone

from mirylo.domain.cases.folding import fold_stale
from mirylo.domain.cases.models import Case
from mirylo.domain.intake.interruptions import Interruption, list_interruptions
from mirylo.domain.intake.models import ConnectedSystem, StaleCase
from tests.domain.sending import AT, event, make_registers, make_system, send, statuses

pytestmark = pytest.mark.django_db


def at(hour: int) -> datetime:
    return datetime(2026, 11, 20, hour, tzinfo=UTC)


def told(id_: str, hour: int, reason: str | None = "air_raid", **more: object) -> dict[str, object]:
    type_ = "centre.interrupted" if reason else "centre.restored"
    said = {"number": None, "centre": "CNAP-1", "reason": reason, "happened_at": at(hour).isoformat()}
    return event(id_, type_, **{**said, **more})


@pytest.fixture
def key() -> str:
    make_registers()
    system, key = make_system()
    answer = send(
        system,
        told("1", 8),
        told("2", 9, None),
        told("3", 10, "power"),
        told("4", 11, "network"),
        told("5", 12, None),
        told("6", 13, "network", centre="CNAP-2"),
        event("7", number="CNAP-1"),
    )
    assert statuses(answer) == ["accepted"] * 7
    return key


def test_spans_of_one_access_point_in_order(key: str) -> None:
    assert list_interruptions("CNAP-1") == [
        Interruption("CNAP-1", "air_raid", at(8), at(9)),
        Interruption("CNAP-1", "power", at(10), at(12)),
    ]
    assert list_interruptions("CNAP-2") == [Interruption("CNAP-2", "network", at(13))]
    assert list_interruptions("CNAP-3") == []


def test_a_correction_moves_a_span(key: str) -> None:
    send(ConnectedSystem.objects.get(), told("8", 7, corrects="1"))
    assert list_interruptions("CNAP-1")[0] == Interruption("CNAP-1", "air_raid", at(7), at(9))


def test_they_are_no_cases_even_beside_a_case_of_that_number(key: str) -> None:
    assert list(StaleCase.objects.values_list("number", flat=True)) == ["CNAP-1"]
    fold_stale(at=AT)
    assert list(Case.objects.values_list("number", "state")) == [("CNAP-1", "registered")]


def test_the_interface_and_the_page_tell_them(key: str, client: Client) -> None:
    answer = client.get("/api/v1/interruptions?centre=CNAP-1")
    assert [span["reason"] for span in json.loads(answer.content)] == ["power", "air_raid"]
    assert client.get("/api/v1/interruptions").status_code == 422
    page = client.get("/registers/centres/CNAP-2/").content.decode()
    assert "немає зв’язку" in page
    assert "▲ уже" in page
    assert "повітряна тривога" in client.get("/registers/centres/CNAP-1/").content.decode()
    assert "Коли не могли працювати" not in client.get("/registers/centres/CNAP-3/").content.decode()


def test_cases_that_wait_long_are_told_on_the_first_page(key: str, client: Client) -> None:
    waits = "1 справа має нові події, яких ще не враховано."
    StaleCase.objects.update(marked_at=timezone.now())
    assert waits not in client.get("/").content.decode()
    StaleCase.objects.update(marked_at=at(8))
    assert waits in client.get("/").content.decode()
