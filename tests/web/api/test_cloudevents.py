"""CloudEvents 1.0 in the three modes of the HTTP binding, and the scenarios of its conformance features."""

import base64
import json
import re
from pathlib import Path
from urllib.parse import quote

import pytest
from django.test import Client, RequestFactory

from mirylo.domain.intake.models import Event, RejectedLine
from mirylo.web.api.bodies import read_lines
from tests.domain.sending import make_registers, make_system

BATCH = "application/cloudevents-batch+json"
ENVELOPE = {
    "specversion": "1.0",
    "id": "1",
    "source": "vulyk",
    "type": "ua.mirylo.application.registered",
    "time": "2026-11-20T10:00:00+02:00",
    "subject": "77",
    "data": {"centre": "CNAP-1", "service": "00034"},
}


@pytest.fixture
def post(client: Client, db: None):  # type: ignore[no-untyped-def]
    make_registers()
    key = make_system()[1]

    def send(body: bytes | object, kind: str | None = "application/cloudevents+json", **headers: str):  # type: ignore[no-untyped-def]
        given = {"Authorization": f"Bearer {key}", "Accept-Language": "en"}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        text = body if isinstance(body, bytes) else json.dumps(body).encode()
        return client.post("/api/v1/events", text, kind or "", headers=given)

    return send


def kept() -> list[tuple[str, str, str, str]]:
    rows = Event.objects.order_by("event_id").values_list("event_id", "type", "number", "content")
    return [(*row[:3], json.loads(row[3])) for row in rows]


REGISTERED = ("1", "application.registered", "77", {"centre": "CNAP-1", "service": "00034"})


def headers_of(envelope: dict[str, object]) -> dict[str, str]:
    """The attributes of an envelope as headers of binary mode."""
    return {f"ce_{name}": quote(str(value), safe=" :+/-.") for name, value in envelope.items() if name != "data"}


def test_structured_mode(post) -> None:  # type: ignore[no-untyped-def]
    answer = post(ENVELOPE)
    assert answer.json()["lines"] == [{"line": 1, "id": "1", "status": "accepted"}]
    assert kept() == [REGISTERED]


def test_batched_mode(post) -> None:  # type: ignore[no-untyped-def]
    wrong = {**ENVELOPE, "id": "2", "specversion": "0.3"}
    answer = post([ENVELOPE, wrong, {**ENVELOPE, "id": "3", "type": "other"}], BATCH)
    assert [line["status"] for line in answer.json()["lines"]] == ["accepted", "rejected", "accepted"]
    assert [row[0] for row in kept()] == ["1", "3"]


def test_binary_mode(post) -> None:  # type: ignore[no-untyped-def]
    assert post(ENVELOPE["data"], "application/json", **headers_of(ENVELOPE)).status_code == 200
    assert kept() == [REGISTERED]


def test_the_three_modes_and_a_plain_line_say_the_same(post) -> None:  # type: ignore[no-untyped-def]
    """A system may change its way of sending: what it sent before is known again."""
    post(ENVELOPE)
    plain = {"id": "1", "type": REGISTERED[1], "number": "77", "happened_at": ENVELOPE["time"], **REGISTERED[3]}
    for answer in (
        post([ENVELOPE], BATCH),
        post(ENVELOPE["data"], "application/json", **headers_of(ENVELOPE)),
        post(plain, "application/json"),
        post(ENVELOPE, "application/json"),
        post(ENVELOPE, "application/x-ndjson"),
    ):
        assert answer.json()["duplicate"] == 1


def test_headers_of_binary_mode_are_percent_encoded(post) -> None:  # type: ignore[no-untyped-def]
    said = {**ENVELOPE, "subject": "Справа № 7", "id": "є1"}
    assert post(said["data"], "application/json", **headers_of(said)).status_code == 200
    assert kept() == [("є1", REGISTERED[1], "Справа № 7", REGISTERED[3])]


def test_binary_mode_without_data_needs_no_content_type(post) -> None:  # type: ignore[no-untyped-def]
    said = {**ENVELOPE, "type": "ua.mirylo.application.accepted"}
    assert post(b"", None, **headers_of(said)).status_code == 200
    assert kept() == [("1", "application.accepted", "77", {})]


def test_data_may_stand_in_base64(post) -> None:  # type: ignore[no-untyped-def]
    packed = {name: value for name, value in ENVELOPE.items() if name != "data"}
    packed["data_base64"] = base64.b64encode(json.dumps(ENVELOPE["data"]).encode()).decode()
    assert post(packed).status_code == 200
    assert kept() == [REGISTERED]


def test_attributes_of_others_are_passed_over_and_ours_are_read(post) -> None:  # type: ignore[no-untyped-def]
    post({**ENVELOPE, "id": "0"})
    more = {
        "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "dataschema": "https://example.org/schema",
        "datacontenttype": "application/json",
        "sequence": 7,
        "corrects": "0",
        "sentat": "2026-11-20T10:00:01+02:00",
    }
    assert post({**ENVELOPE, **more}).status_code == 200
    corrected = Event.objects.get(event_id="1")
    assert (corrected.corrects, corrected.sent_at.isoformat()) == ("0", "2026-11-20T08:00:01+00:00")
    assert kept()[1] == REGISTERED


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"specversion": "0.3"}, [("bad_value", "specversion")]),
        ({"specversion": 1.0}, [("bad_value", "specversion")]),
        ({"data": [1]}, [("wrong_type", "data"), ("missing", "service"), ("missing", "centre")]),
        ({"data": None, "data_base64": "!"}, [("wrong_type", "data"), ("missing", "service"), ("missing", "centre")]),
        ({"data": {**ENVELOPE["data"], "number": "78"}}, [("bad_value", "number")]),
        ({"data": {**ENVELOPE["data"], "extra": 1}}, [("unknown_field", "extra")]),
        ({"time": "2026-11-20"}, [("no_offset", "happened_at")]),
        ({"time": None}, [("missing", "happened_at")]),
        ({"subject": None}, [("missing", "number")]),
        ({"type": "com.example.someevent"}, [("bad_value", "type")]),
        ({"id": 1}, [("wrong_type", "id")]),
        ({"source": "/elsewhere"}, [("source_not_allowed", "source")]),
        ({"data": {**ENVELOPE["data"], "ground": "Іваненко Іван Іванович"}}, [("personal_data", "ground")]),
    ],
    ids=str,
)
def test_what_is_wrong_with_an_envelope_is_told(post, changes, expected) -> None:  # type: ignore[no-untyped-def]
    answer = post({name: value for name, value in {**ENVELOPE, **changes}.items() if value is not None})
    assert answer.status_code == 422
    assert [(fault["code"], fault["field"]) for fault in answer.json()["faults"]] == expected
    assert Event.objects.count() == 0
    assert "Іваненко" not in RejectedLine.objects.get().text


def test_no_personal_data_are_kept_in_base64_or_in_attributes(post) -> None:  # type: ignore[no-untyped-def]
    packed = {**ENVELOPE, "type": "other", "subject": None, "phone": "0671234567"}
    del packed["data"]
    packed["data_base64"] = base64.b64encode('{"ground": "Іваненко Іван Іванович"}'.encode()).decode()
    assert post(packed).status_code == 422
    text = RejectedLine.objects.get().text
    assert "0671234567" not in text
    assert packed["data_base64"] not in text


def scenarios(path: Path) -> list[tuple[str, bytes, dict[str, str], object]]:
    """Request head, body, expected attributes and data of every example in a feature file."""
    found = []
    for outline in path.read_text().split("Scenario Outline:")[1:]:
        request, data = re.findall(r'"""\n(.*?)\n\s*"""', outline, re.DOTALL)
        table, examples = outline.split("Examples:")
        attributes = re.findall(r"^\s*\|\s*(\S+)\s*\|\s*(.+?)\s*\|\s*$", table, re.MULTILINE)[1:]
        for kind in re.findall(r"^\s*\|\s*(.+?)\s*\|\s*$", examples, re.MULTILINE)[1:]:
            head, body = re.sub(r"(?m)^ {8}", "", request).replace("<contentType>", kind).split("\n\n", 1)
            expected = {name: value.replace("<contentType>", kind) for name, value in attributes}
            found.append((head, body.encode(), expected, json.loads(data)))
    return found


def test_conformance_of_the_http_binding(shared: Path, rf: RequestFactory) -> None:
    """The features of the standard's own conformance tests: attributes and data come out as they say."""
    some = scenarios(shared / "data/conformance/cloudevents/http-protocol-binding.feature")
    assert len(some) == 4
    for head, body, expected, data in some:
        request_line, *given = head.splitlines()
        headers = dict(line.split(": ", 1) for line in given)
        assert request_line.startswith("POST ")
        kind = headers.pop("Content-Type")
        del headers["Content-Length"]  # of another way to break lines
        request = rf.post("/someresource", body, kind, headers=headers)
        [text], is_single = read_lines(request)
        assert is_single
        envelope = json.loads(text)
        assert envelope.pop("data") == data
        assert envelope == expected
