"""Line by line: what is taken, what is refused, by which codes and at which fields."""

import json
import time

import pytest

from mirylo.core.timelines import EVENT_TYPES
from mirylo.domain.intake.explaining import explain
from mirylo.domain.intake.faults import FAULTS
from mirylo.domain.intake.models import ConnectedSystem, Event, RejectedLine
from mirylo.domain.intake.taking import take
from tests.domain.sending import AT, codes, event, make_registers, make_system, send, statuses

pytestmark = pytest.mark.django_db

NEEDED = {
    "term.extended": {"amount": 5},
    "decision.made": {"decision": "granted"},
    "appeal.decided": {"appeal_outcome": "upheld"},
}
LONG = "д" * 201


@pytest.fixture
def system() -> ConnectedSystem:
    make_registers()
    return make_system(number_format=r"[0-9]+(/[0-9]+)?")[0]


@pytest.mark.parametrize("type_", EVENT_TYPES)
def test_every_type_of_a_case_or_ticket_is_taken(system: ConnectedSystem, type_: str) -> None:
    assert statuses(send(system, event("1", type_, **NEEDED.get(type_, {})))) == ["accepted"]
    assert Event.objects.get().type == type_


@pytest.mark.parametrize("type_", ["centre.interrupted", "centre.restored"])
def test_an_access_point_tells_of_itself(system: ConnectedSystem, type_: str) -> None:
    reason = {"reason": "air_raid"} if type_ == "centre.interrupted" else {}
    assert statuses(send(system, event("1", type_, number=None, centre="CNAP-2", **reason))) == ["accepted"]
    assert Event.objects.get().number == "\x1fCNAP-2"


def test_everything_that_an_event_may_say_is_kept(system: ConnectedSystem) -> None:
    said = {
        "activity": "прийом заяви",
        "access_point_kind": "unit",
        "hromada": "UA12100070000091237",
        "raion": "UA12100000000039307",
        "oblast": "UA12000000000090473",
        "provider": "Департамент містобудування",
        "variation": "urgent",
        "group": "комплекс 3184710691",
        "channel": "office",
        "applicant_kind": "business",
        "is_online": False,
        "is_test": False,
        "is_voided": False,
        "is_consultation": True,
        "term_amount": 30,
        "term_unit": "calendar_days",
        "registered_at": "2026-11-20T08:00:00Z",
        "ready_at": "2026-11-20T09:00:00.5Z",
        "due_at": "2026-12-20T08:00:00Z",
        "late_by_source": False,
        "amount": 1,
        "decision": "granted",
        "ground": "п. 3 ч. 1 ст. 12",
        "appeal_outcome": "dismissed",
        "reason": "other",
    }
    assert codes(send(system, event("1", sent_at="2026-11-20T10:01:00+02:00", **said))) == []
    kept = json.loads(Event.objects.get().content)
    assert kept.pop("ready_at").startswith("2026-11-20T09:00:00.5")
    assert kept == {
        **{name: value for name, value in said.items() if name != "ready_at"},
        "centre": "CNAP-1",
        "service": "00034",
    }


# What is written over a good event, and the codes with their fields. A value of none leaves the field out.
REFUSED: list[tuple[dict[str, object], list[tuple[str, str]]]] = [
    ({"id": None}, [("missing", "id")]),
    ({"id": ""}, [("bad_form", "id")]),
    ({"id": 7}, [("wrong_type", "id")]),
    ({"id": LONG}, [("bad_form", "id")]),
    ({"id": "a\x00b"}, [("bad_form", "id")]),
    ({"id": "a\nb"}, [("bad_form", "id")]),
    ({"type": None}, [("missing", "type")]),
    ({"type": "application.registred"}, [("bad_value", "type")]),
    ({"type": ["other"]}, [("bad_value", "type")]),
    ({"number": None}, [("missing", "number")]),
    ({"number": "77-А"}, [("number_format", "number")]),
    ({"number": 77}, [("wrong_type", "number")]),
    ({"happened_at": None}, [("missing", "happened_at")]),
    ({"happened_at": "2026-11-20T10:00:00"}, [("no_offset", "happened_at")]),
    ({"happened_at": "20.11.2026 10:00"}, [("bad_form", "happened_at")]),
    ({"happened_at": 1764000000}, [("wrong_type", "happened_at")]),
    ({"happened_at": "2026-02-30T10:00:00Z"}, [("bad_form", "happened_at")]),
    ({"happened_at": "1826-11-20T10:00:00Z"}, [("impossible_time", "happened_at")]),
    ({"sent_at": "2226-11-20T10:00:00Z"}, [("impossible_time", "sent_at")]),
    ({"due_at": "0001-01-01T00:00:00+14:00"}, [("impossible_time", "due_at")]),
    ({"service": None}, [("missing", "service")]),
    ({"service": "x" * 101}, [("bad_form", "service")]),
    ({"centre": "x" * 41}, [("bad_form", "centre")]),
    ({"source": "other"}, [("source_not_allowed", "source")]),
    ({"source": 1}, [("wrong_type", "source")]),
    ({"centre": None}, [("missing", "centre")]),
    ({"centre": "CNAP-3"}, [("centre_not_allowed", "centre")]),
    ({"corrects": "1"}, [("corrects_itself", "corrects")]),
    ({"term_amount": 5}, [("term_incomplete", "term_unit")]),
    ({"term_unit": "months"}, [("term_incomplete", "term_amount")]),
    ({"term_amount": -1, "term_unit": "months"}, [("bad_form", "term_amount")]),
    ({"term_amount": 1.5, "term_unit": "months"}, [("wrong_type", "term_amount")]),
    ({"term_amount": 10**30, "term_unit": "months"}, [("bad_form", "term_amount")]),
    ({"term_amount": 1, "term_unit": "fortnights"}, [("bad_value", "term_unit")]),
    ({"amount": True}, [("wrong_type", "amount")]),
    ({"hromada": "UA1210007000009123"}, [("bad_form", "hromada")]),
    ({"is_online": "так"}, [("wrong_type", "is_online")]),
    ({"decision": "approved"}, [("bad_value", "decision")]),
    ({"servise": "00034"}, [("unknown_field", "servise")]),
    ({"a\x00b": 1}, [("unknown_field", "ab")]),
    ({"ground": "Іваненко Іван Іванович"}, [("personal_data", "ground")]),
    ({"applicant_name": "—"}, [("personal_data", "applicant_name")]),
    ({"extra": {"deep": [{"phone": "—"}]}}, [("personal_data", "extra")]),
    ({"type": "centre.restored"}, [("number_not_expected", "number")]),
    ({"type": "centre.interrupted", "number": None}, [("missing", "reason")]),
    ({"type": "term.extended"}, [("missing", "amount")]),
    ({"type": "decision.made"}, [("missing", "decision")]),
    ({"type": "appeal.decided"}, [("missing", "appeal_outcome")]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "expected"), REFUSED, ids=lambda value: str(value)[:60] if isinstance(value, dict) else ""
)
def test_a_line_is_refused_with_code_and_field(
    system: ConnectedSystem, changes: dict[str, object], expected: list[tuple[str, str]]
) -> None:
    answer = send(system, event(**changes))
    assert codes(answer) == expected
    assert statuses(answer) == ["rejected"]
    assert Event.objects.count() == 0
    [kept] = RejectedLine.objects.all()
    assert [(fault["code"], fault["field"]) for fault in kept.faults] == expected


# Lines as they come, that are no events at all.
TEXTS: list[tuple[bytes, list[tuple[str, str]]]] = [
    (b"{", [("not_json", "")]),
    (b"[1]", [("not_an_object", "")]),
    (b'"text"', [("not_an_object", "")]),
    (b"null", [("not_an_object", "")]),
    (b"{}", [("missing", "id"), ("missing", "type"), ("missing", "happened_at")]),
    (b'{"id": NaN}', [("not_json", "")]),
    (b'{"id": "\\ud800 alone"}', [("not_json", "")]),
    (b'{"id": "\xff"}', [("not_json", "")]),
    (b"\x00", [("not_json", "")]),
    (b'{"id": ' + b"9" * 5000 + b"}", [("not_json", "")]),
    (b'{"extra": ' * 200_000, [("not_json", "")]),
    (b'{"id":"1","extra": ' + b"[" * 900 + b"]" * 900 + b"}", [("not_json", "")]),
    ("тел. 067 123 45 67, {".encode(), [("not_json", ""), ("personal_data", "")]),
]


@pytest.mark.parametrize(
    ("text", "expected"), TEXTS, ids=lambda value: repr(value[:20]) if isinstance(value, bytes) else ""
)
def test_what_is_no_event_is_told_so(system: ConnectedSystem, text: bytes, expected: list[tuple[str, str]]) -> None:
    answer = take(system, [text], at=AT)
    assert codes(answer) == expected
    assert RejectedLine.objects.count() == 1


def test_all_that_is_wrong_is_told_at_once(system: ConnectedSystem) -> None:
    line = event(
        happened_at="yesterday", centre="CNAP-3", number="77-А", term_amount=3, channel="portal", extra=1,
        ground="тел. 067 123 45 67", source="nobody", corrects="1", sent_at="1926-11-20T10:00:00Z", amount="five",
    )  # fmt: skip
    assert sorted(codes(send(system, line))) == [
        ("bad_form", "happened_at"),
        ("centre_not_allowed", "centre"),
        ("corrects_itself", "corrects"),
        ("impossible_time", "sent_at"),
        ("number_format", "number"),
        ("personal_data", "ground"),
        ("source_not_allowed", "source"),
        ("term_incomplete", "term_unit"),
        ("unknown_field", "extra"),
        ("wrong_type", "amount"),
    ]


def test_every_code_is_shown_by_a_line_of_these_tests() -> None:
    """Three codes need other systems, or a second event: they stand in other tests."""
    shown = {code for _, faults in REFUSED for code, _ in faults} | {code for _, faults in TEXTS for code, _ in faults}
    assert set(FAULTS) - shown == {"source_unclear", "service_not_allowed", "conflict"}


def test_three_bad_lines_of_a_thousand_leave_the_others(system: ConnectedSystem) -> None:
    events = [event(str(n), number=str(n)) for n in range(1, 1001)]
    events[99]["centre"] = "CNAP-3"
    events[499]["happened_at"] = "2026-11-20"
    del events[999]["service"]
    answer = send(system, *events)
    assert [line.line for line in answer.lines if line.status == "rejected"] == [100, 500, 1000]
    assert codes(answer) == [("centre_not_allowed", "centre"), ("no_offset", "happened_at"), ("missing", "service")]
    assert answer.counts["accepted"] == Event.objects.count() == 997
    assert list(RejectedLine.objects.values_list("line", flat=True)) == [100, 500, 1000]


def test_a_field_that_stands_twice_counts_as_it_stood_last_and_is_kept_so(system: ConnectedSystem) -> None:
    twice = '{"ground": "Іваненко І. І.", "ground": "x", "id": "1"}'.encode()
    take(system, [twice], at=AT)
    assert json.loads(RejectedLine.objects.get().text) == {"ground": "x", "id": "1"}
    assert "Іваненко" not in RejectedLine.objects.get().text


def test_a_refused_line_that_comes_again_is_kept_once_and_counted(system: ConnectedSystem) -> None:
    bad = event(service=None)
    send(system, bad, bad)
    assert [line.times for line in RejectedLine.objects.all()] == [2]
    send(system, bad, bad, event("2", service=None))
    assert list(RejectedLine.objects.order_by("event_id").values_list("event_id", "times")) == [("1", 4), ("2", 1)]


def test_what_goes_without_saying_is_filled_in() -> None:
    make_registers()
    one_centre = make_system("one", access_points=["CNAP-3"])[0]
    send(one_centre, event(centre=None))
    assert json.loads(Event.objects.get().content) == {"centre": "CNAP-3", "service": "00034"}
    several = make_system("several", sources=["a", "b"])[0]
    assert codes(send(several, event())) == [("source_unclear", "source")]
    assert statuses(send(several, event(source="a"), event(source="b"))) == ["accepted", "accepted"]


def test_a_key_is_limited_to_its_centres_or_to_its_services() -> None:
    make_registers()
    everywhere = make_system("everywhere", access_points=(), has_all_centres=True)[0]
    provider = make_system("provider", "provider", services=["00106"])[0]
    portal = make_system("portal", "portal")[0]
    assert statuses(send(everywhere, event(centre="CNAP-3"), event("2", centre=None))) == ["accepted", "accepted"]
    assert statuses(send(portal, event(centre="CNAP-3"), event("2", centre=None))) == ["accepted", "accepted"]
    allowed = event("1", "application.accepted", service="00106")
    silent = event("2", "application.accepted")
    assert statuses(send(provider, allowed, silent)) == ["accepted", "accepted"]
    assert codes(send(provider, event("3", service="00034"))) == [("service_not_allowed", "service")]
    assert codes(send(everywhere, event("4", centre="Петренко О. І."))) == [("personal_data", "centre")]


@pytest.mark.parametrize(("line", "times"), [({f"own_field_{n}": n for n in range(20)}, 1000), ({"x" * 100_000: 1}, 1)])
def test_the_same_slip_in_every_line_is_explained_quickly(line: dict[str, int], times: int) -> None:
    """A system that errs in the names of fields does so in 50,000 lines at once; a wrong name may be a whole text."""
    began = time.process_time()
    for _ in range(times):
        assert len(explain(json.dumps(line).encode()).faults) == len(line)
    assert time.process_time() - began < 4
