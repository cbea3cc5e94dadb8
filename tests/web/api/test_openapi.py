"""Whatever is sent to the interface, it answers as its own description says, and never with a fault of ours."""

from collections.abc import Iterator

import pytest
import schemathesis
from django.core import signals
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, settings
from schemathesis.checks import CHECKS

from mirylo.config.wsgi import application
from mirylo.domain.cases.folding import fold_stale
from tests.domain.sending import AT, event, make_registers, make_system, send

SCHEMA = "/api/v1/openapi.json"
UNDECIDED = ("positive_data_acceptance", "negative_data_rejection", "ignored_auth")
"""A description cannot say whether a key may send for a centre; bad lines are told in an answer that is good; and the
key that is given here stands above those that are made up, for which there is a test of its own."""

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
schemathesis.serializer("application/x-ndjson", "application/ndjson", "application/jsonl", WORKBOOK)(
    lambda _, value: value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")
)
schema = schemathesis.openapi.from_wsgi(SCHEMA, application)


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """Asked as a server asks it, the application would close the connection that holds the test's transaction."""
    some = (signals.request_started, signals.request_finished)
    for signal in some:
        signal.disconnect(close_old_connections)
    yield
    for signal in some:
        signal.connect(close_old_connections)


@pytest.fixture
def key(db: None) -> str:
    """The key of a system that may do everything, has sent some events, and has a line that was refused."""
    make_registers()
    system, key = make_system(keeps_registers=True)
    send(system, event("1"), event("2", "ticket.issued"), event("3", service=None))
    fold_stale(at=AT)
    return key


@schema.parametrize()
@settings(
    max_examples=max(15, settings.default.max_examples // 5),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_as_described(case: schemathesis.Case, key: str) -> None:
    answer = case.call(headers={"Authorization": f"Bearer {key}", "Accept-Language": "en"})
    case.validate_response(answer, excluded_checks=CHECKS.get_by_names(UNDECIDED))


@schema.parametrize()
@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
def test_without_a_key_only_what_is_open_is_answered(case: schemathesis.Case, db: None) -> None:
    """`ignored_auth` tells whether what is described as closed is closed; nothing else is documented to be asked."""
    answer = case.call(headers={"Accept-Language": "en"})
    case.validate_response(answer, excluded_checks=CHECKS.get_by_names(UNDECIDED[:2]))
    if case.operation.definition.raw.get("security"):
        assert answer.status_code in (401, 405)
        if answer.status_code == 401:
            assert answer.headers["content-type"] == ["application/problem+json"]


@pytest.mark.parametrize("address", ["", "/nothing", "/events/", "/cases/%0A%C3%86", "/events/rejected/%00"])
def test_an_address_that_leads_nowhere_is_answered_with_a_problem(client: Client, address: str) -> None:
    answer = client.get(f"/api/v1{address}", headers={"Accept-Language": "en"})
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert answer.json()["detail"] == "Compare it with the description of the interface at /api/v1/docs."


def test_the_description_names_every_status_of_sending(client: Client) -> None:
    described = client.get(SCHEMA).json()["paths"]["/api/v1/events"]["post"]
    statuses = {"200", "400", "401", "409", "411", "413", "415", "422", "429", "503"}
    assert set(described["responses"]) == statuses
    assert {kind for status in statuses - {"200"} for kind in described["responses"][status]["content"]} == {
        "application/problem+json"
    }
    event_fields = described["requestBody"]["content"]["application/json"]["schema"]["anyOf"][0]
    assert {"id", "type", "happened_at", "number", "ground"} <= set(event_fields["properties"])
