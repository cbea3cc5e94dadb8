"""The first hour of an integrator: whatever goes wrong, the answer says what to do; both sides see their case."""

import gzip

import pytest
from django.test import Client

from mirylo.domain.cases.folding import fold_stale
from mirylo.domain.intake.systems import connect
from tests.domain.sending import AT, event, make_registers, make_system, send

pytestmark = pytest.mark.django_db


def test_what_an_integrator_does_wrong_in_his_first_hour_is_answered_with_what_to_do(client: Client) -> None:
    make_registers()
    _, key = make_system(access_points=["CNAP-1"])
    headers = {"Authorization": f"Bearer {key}", "Accept-Language": "uk"}

    answer = client.put("/api/v1/events", headers=headers)
    assert (answer.status_code, answer["Content-Type"]) == (405, "application/problem+json")
    assert answer.json()["detail"] == "Скористайтеся одним із: POST."

    packed = gzip.compress(b'{"id": "1"}\n')
    answer = client.post("/api/v1/events", packed, content_type="application/x-ndjson", headers=headers)
    assert (answer.status_code, answer.json()["detail"]) == (400, "Додайте заголовок Content-Encoding: gzip.")

    answer = client.post("/api/v1/events", b"{}", content_type="application/json", headers=headers)
    assert {fault["remedy"] for fault in answer.json()["faults"]} == {"Воно потрібне в кожній події."}

    line = event(centre="CNAP-2")
    answer = client.post("/api/v1/events", line, content_type="application/json", headers=headers)
    assert "GET /api/v1/system" in answer.json()["faults"][0]["remedy"]
    answer = client.get("/api/v1/system", headers=headers)
    assert answer.json()["centres"] == ["CNAP-1"]

    answer = client.get("/api/v1/events/rejected", headers=headers)
    assert "цього поля немає" in answer.content.decode(), "people read it with curl"
    answer = client.get("/api/v1/cases/77", headers=headers)
    assert answer.json()["detail"] == "Перевірте номер; неприйняті події — за адресою /api/v1/events/rejected."


def test_both_sides_see_the_case_that_they_tell_together(client: Client) -> None:
    make_registers()
    centre, centre_key = make_system()
    provider, provider_key = connect(name="ministry", kind="provider", sources=["ministry"], services=["00034"], at=AT)
    send(centre, event("1", number="77"), at=AT)
    send(provider, event("a", "decision.made", number="77", decision="granted"), at=AT)
    fold_stale(at=AT)
    for key, own in ((centre_key, "application.registered"), (provider_key, "decision.made")):
        said = client.get("/api/v1/cases/77", headers={"Authorization": f"Bearer {key}"}).json()
        assert [(case["source"], case["state"], case["flaws"]) for case in said["cases"]] == [("vulyk", "decided", [])]
        assert [one["type"] for one in said["events"]] == [own], "each is shown what it sent itself"
