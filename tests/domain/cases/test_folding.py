"""What the worker folds from taken events is what the definition says, in whatever order and batches they came."""

import threading
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import duckdb
import msgspec
import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mirylo.core import timelines
from mirylo.core.calendars import Calendar
from mirylo.core.methodology.model import Type
from mirylo.core.outcomes import facts_of_case, facts_of_ticket
from mirylo.core.rules import Rules
from mirylo.core.terms import Term
from mirylo.core.timelines import EVENT_TYPES
from mirylo.domain.cases import folding
from mirylo.domain.cases.facts import of_json
from mirylo.domain.cases.folding import fold, fold_stale, run_forever
from mirylo.domain.cases.halves import find_halves
from mirylo.domain.cases.keeping import keep_outcomes, read_kept
from mirylo.domain.cases.models import Case, DirtyMonth, Told
from mirylo.domain.cases.rules import collected, current_rules
from mirylo.domain.cases.states import state_of_case, state_of_ticket
from mirylo.domain.intake import models as intake
from mirylo.domain.intake.locks import only_one
from mirylo.domain.intake.models import ConnectedSystem, StaleCase
from mirylo.domain.registers.models import AccessPoint, Seat, Territory
from mirylo.domain.registers.rules import variation_terms
from mirylo.engines.records import EVENT
from tests.domain.sending import AT, event, make_registers, make_system, send, statuses

pytestmark = pytest.mark.django_db

OBLAST, HROMADA, KYIV = "UA12000000000090473", "UA12100070000091237", "UA80000000000093317"
MOVED_ON = date(2026, 11, 10)
State = Case.State


@pytest.fixture
def system() -> ConnectedSystem:
    make_registers()
    make_seats()
    return make_system(sources=["vulyk", "own"])[0]


def make_seats() -> None:
    """The first centre moved; the second has worked in one place since ever."""
    Territory.objects.create(code=OBLAST, category="O", name="Дніпропетровська", oblast=OBLAST)
    Territory.objects.create(
        code=HROMADA, category="H", name="Громада", parent_id=OBLAST, oblast=OBLAST, hromada=HROMADA
    )
    Territory.objects.create(code=KYIV, category="K", name="Київ", oblast=KYIV, hromada=KYIV)
    first, second, _ = AccessPoint.objects.order_by("code")
    Seat.objects.create(access_point=first, role="work", territory_id=HROMADA)
    Seat.objects.create(access_point=first, role="work", territory_id=KYIV, valid_from=MOVED_ON)
    Seat.objects.create(access_point=second, role="founding", territory_id=KYIV)


def fold_all() -> None:
    while fold_stale(at=AT):
        pass


def clear() -> None:
    """Forget what an example before sent and folded."""
    for model in (Case, Told, DirtyMonth, StaleCase, intake.Event, intake.RejectedLine, intake.Batch):
        model.objects.all().delete()


def rows() -> dict[tuple[str, str, str], dict[str, Any]]:
    """The rows that were folded, by source, number and kind."""
    cases = Case.objects.select_related("source")
    return {(case.source.name, case.number, case.kind): of_json(case.facts) for case in cases}


READ = {Type.MOMENT: datetime.fromisoformat}
COLUMNS = {column.name: READ.get(column.type, lambda value: value) for column in EVENT}


def defined(terms: Mapping[tuple[str, str], Term], rules: Rules) -> dict[tuple[str, str, str], dict[str, Any]]:
    """What the definition makes of the events that are kept, with what registers and intake know beside."""
    kept = []
    for one in intake.Event.objects.exclude(number="").select_related("source", "batch"):
        said = msgspec.json.decode(one.content)
        attributes = {name: COLUMNS[name](value) for name, value in said.items() if name in COLUMNS}
        term = terms.get((said.get("service"), said.get("variation")))
        if term and "term_amount" not in said:
            attributes |= {"term_amount": term.amount, "term_unit": str(term.unit)}
        if one.happened_at > one.batch.received_at + timedelta(minutes=10):
            attributes["flaws"] = "future_time"
        at = one.happened_at.astimezone(UTC)
        kept.append(timelines.Event(one.source.name, one.number, one.type, at, one.event_id, one.corrects, attributes))
    found = {}
    for record in timelines.fold(kept, rules):
        row = (facts_of_ticket if record.is_ticket else facts_of_case)(record, rules)
        kind = "ticket" if record.is_ticket else "case"
        service = row.get("service")
        if kind == "case" and service is not None and service not in ("00034", "00106", "00107"):
            row["flaws"] = " ".join(sorted([*str(row["flaws"] or "").split(), "unknown_service"]))
        row |= place_of(row)
        found[record.source, record.number, kind] = {name: value for name, value in row.items() if value is not None}
    return found


def place_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """The place of the three centres of these tests on the day of registration."""
    on = row.get("registered_on") or row.get("issued_on") or date.max
    if row.get("centre") == "CNAP-1" and on < MOVED_ON:
        return {"oblast": OBLAST, "raion": None, "hromada": HROMADA, "access_point_kind": "centre"}
    if row.get("centre") in ("CNAP-1", "CNAP-2"):
        return {"oblast": KYIV, "raion": None, "hromada": KYIV, "access_point_kind": "centre"}
    return {}


moments = st.builds(
    lambda days, minutes: datetime(2026, 11, 1, tzinfo=UTC) + timedelta(days=days, minutes=minutes, microseconds=days),
    st.integers(0, 40),
    st.sampled_from([0, 1, 540, 541, 1320, 1321, 1439]),
)
attributes = st.fixed_dictionaries(
    {},
    optional={
        "service": st.sampled_from(["00034", "00106", "99999"]),
        "variation": st.sampled_from(["first", "urgent", "unheard of"]),
        "centre": st.sampled_from(["CNAP-1", "CNAP-2"]),
        "channel": st.sampled_from(["portal", "post", "Онлайн"]),
        "applicant_kind": st.sampled_from(["person", "business"]),
        "is_test": st.booleans(),
        "is_voided": st.booleans(),
        "is_consultation": st.booleans(),
        "ready_at": moments,
        "due_at": moments,
        "registered_at": moments,
        "activity": st.sampled_from(["прийом", "видача"]),
        "group": st.just("комплекс"),
        "ground": st.just("п. 3"),
    },
)
own_terms = st.sampled_from(
    [
        *({} for _ in range(3)),
        {"term_amount": 3, "term_unit": "hours"},
        {"term_amount": 2, "term_unit": "working_days"},
        {"term_amount": 1_000_000, "term_unit": "months"},
    ]
)


@st.composite
def streams(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Events of a few cases and tickets under two sources, some of which correct others, in the order of their ids."""
    some = []
    for place in range(draw(st.integers(1, 14))):
        type_ = draw(st.sampled_from(EVENT_TYPES))
        said = event(
            f"e{place}",
            type_,
            source=draw(st.sampled_from(["vulyk", "vulyk", "own"])),
            number=draw(st.sampled_from(["1", "2"])),
            happened_at=draw(moments),
            corrects=draw(st.sampled_from([None, None, None, *(f"e{n}" for n in range(14) if n != place)])),
        )
        needed = {
            "term.extended": {"amount": draw(st.sampled_from([0, 5, 400]))},
            "decision.made": {"decision": draw(st.sampled_from(["granted", "refused", "closed"]))},
            "appeal.decided": {"appeal_outcome": draw(st.sampled_from(["upheld", "dismissed"]))},
        }
        some.append(said | draw(attributes) | draw(own_terms) | needed.get(type_, {}))
    return [{name: write(value) for name, value in one.items()} for one in some]


def write(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


@settings(
    max_examples=max(15, settings.default.max_examples // 10),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(streams(), st.randoms(use_true_random=False))
def test_folded_cases_are_those_of_the_definition(
    system: ConnectedSystem, stream: list[dict[str, Any]], dice: Any
) -> None:
    """In any order, cut into any batches, with repetitions, folded at any time between."""
    clear()
    sent = [*stream, *dice.sample(stream, len(stream) // 2)]
    dice.shuffle(sent)
    while sent:
        some = [sent.pop() for _ in range(dice.randint(1, len(sent)))]
        assert not {"rejected"} & set(statuses(send(system, *some)))
        if dice.random() < 0.4:
            fold_stale(at=AT, limit=dice.choice([1, 100]))
    fold_all()
    expected, found = defined(variation_terms(), current_rules()), rows()
    assert {key: found[key] for key in expected} == expected
    gone = {key: row for key, row in found.items() if key not in expected}
    assert all(row["is_voided"] for row in gone.values()), "of a case that was corrected away nothing may be counted"
    for case in Case.objects.all():
        row = of_json(case.facts)
        assert case.state == (state_of_case if case.kind == "case" else state_of_ticket)(row)
        assert (case.due_on, case.flaws) == (row.get("due_on"), row.get("flaws") or "")
    assert StaleCase.objects.count() == 0


def flaws_of(number: str = "77", kind: str = "case") -> str:
    return Case.objects.get(number=number, kind=kind).flaws


def at(day: int, hour: int = 10) -> str:
    return f"2026-11-{day:02}T{hour:02}:00:00+02:00"


@pytest.mark.parametrize(
    ("events", "flaws"),
    [
        ([event(service="99999")], "unknown_service"),
        ([event(happened_at="2026-11-25T09:10:01Z")], "future_time"),
        ([event(happened_at="2026-11-25T09:09:59Z")], ""),
        ([event(happened_at=at(20)), event("2", "result.issued", happened_at=at(19))], "closed_before_registered"),
        (
            [event(happened_at=at(20)), event("2", "decision.made", happened_at=at(19), decision="granted")],
            "decided_before_registered",
        ),
        ([event("2", "result.issued", happened_at=at(19))], "not_registered"),
        ([event(), event("2", "other", service="00106")], "conflicting_attributes"),
        ([event(term_amount=1_000_000, term_unit="months")], "impossible_term"),
        (
            [
                event(service="99999", happened_at="2026-11-26T10:00:00Z"),
                event("2", "result.issued", happened_at=at(19)),
            ],
            "closed_before_registered future_time unknown_service",
        ),
        ([event()], ""),
    ],
)
def test_what_is_wrong_with_a_case_is_kept_and_named(
    system: ConnectedSystem, events: list[dict[str, Any]], flaws: str
) -> None:
    send(system, *({**one, "source": "vulyk"} for one in events))
    fold_all()
    assert flaws_of() == flaws


CASE_STATES = [
    ([], State.REGISTERED),
    ([("application.forwarded", {})], State.FORWARDED),
    ([("application.accepted", {})], State.REGISTERED),
    ([("decision.made", {"decision": "granted"})], State.DECIDED),
    ([("application.forwarded", {}), ("decision.made", {"decision": "refused"})], State.DECIDED),
    ([("decision.made", {"decision": "closed"})], State.CLOSED),
    ([("clock.paused", {})], State.STOPPED),
    ([("application.left_without_motion", {})], State.STOPPED),
    ([("application.returned", {}), ("application.corrected", {})], State.REGISTERED),
    ([("clock.paused", {}), ("clock.resumed", {})], State.REGISTERED),
    ([("result.received", {})], State.READY),
    ([("clock.paused", {}), ("result.received", {})], State.READY),
    ([("applicant.notified", {})], State.READY),
    ([("result.uncollected", {})], State.READY),
    ([("result.received", {}), ("result.issued", {})], State.ISSUED),
    ([("application.declined", {})], State.DECLINED),
    ([("case.withdrawn", {})], State.WITHDRAWN),
    ([("result.issued", {}), ("case.withdrawn", {})], State.WITHDRAWN),
    ([("result.issued", {}), ("case.voided", {})], State.VOIDED),
    ([("other", {"is_voided": True})], State.VOIDED),
    ([("appeal.lodged", {})], State.REGISTERED),
]
TICKET_STATES = [
    (["visit.booked"], State.WAITING),
    (["ticket.issued"], State.WAITING),
    (["ticket.issued", "ticket.called"], State.CALLED),
    (["ticket.issued", "ticket.called", "ticket.held"], State.CALLED),
    (["ticket.issued", "ticket.called", "ticket.served"], State.SERVED),
    (["ticket.issued", "ticket.left"], State.LEFT),
]


@pytest.mark.parametrize(("course", "state"), CASE_STATES, ids=str)
def test_how_far_a_case_is(system: ConnectedSystem, course: list[tuple[str, dict[str, Any]]], state: str) -> None:
    some = [event("0", source="vulyk", happened_at=at(1))]
    for place, (type_, more) in enumerate(course, 1):
        some.append(event(str(place), type_, source="vulyk", happened_at=at(1 + place), **more))
    send(system, *some)
    fold_all()
    assert Case.objects.get().state == state


@pytest.mark.parametrize(("course", "state"), TICKET_STATES, ids=str)
def test_how_far_a_ticket_is(system: ConnectedSystem, course: list[str], state: str) -> None:
    send(system, *(event(t, t, source="vulyk", happened_at=at(1, 9 + place)) for place, t in enumerate(course)))
    fold_all()
    assert [(case.kind, case.state) for case in Case.objects.all()] == [("ticket", state)]


def test_a_case_of_which_only_a_provider_tells_is_not_registered(system: ConnectedSystem) -> None:
    send(system, event("1", "application.corrected", source="vulyk"))
    fold_all()
    assert Case.objects.get().state == State.UNREGISTERED


def test_a_ticket_and_a_case_of_one_number_are_two(system: ConnectedSystem) -> None:
    send(system, event("1", source="vulyk"), event("2", "ticket.issued", source="vulyk"))
    fold_all()
    assert sorted(Case.objects.values_list("kind", "number")) == [("case", "77"), ("ticket", "77")]


def test_a_late_event_and_a_correction_refold_their_case(system: ConnectedSystem) -> None:
    send(
        system,
        event("1", source="vulyk", happened_at=at(20)),
        event("2", "result.issued", source="vulyk", happened_at=at(23)),
    )
    fold_all()
    first = Case.objects.get()
    assert (first.state, first.version, of_json(first.facts)["registered_on"]) == (State.ISSUED, 1, date(2026, 11, 20))
    send(system, event("3", "clock.paused", source="vulyk", happened_at=at(21)))
    fold_all()
    send(system, event("4", source="vulyk", happened_at=at(9), corrects="1"))
    fold_all()
    last = Case.objects.get()
    row = of_json(last.facts)
    assert (last.version, row["registered_on"], row["events"], row["oblast"]) == (3, date(2026, 11, 9), 3, OBLAST)
    assert not last.is_in_lake
    send(system, event("4", source="vulyk", happened_at=at(9), corrects="1"))
    fold_all()
    assert Case.objects.get().version == 3, "what is known already folds nothing anew"


def test_an_event_may_be_corrected_into_another_case(system: ConnectedSystem) -> None:
    send(system, event("1", source="vulyk", number="A", happened_at="2026-10-05T10:00:00Z"))
    fold_all()
    DirtyMonth.objects.all().delete()
    send(system, event("2", source="vulyk", number="B", happened_at="2026-11-05T10:00:00Z", corrects="1"))
    fold_all()
    assert sorted(Case.objects.values_list("number", "state")) == [("A", State.VOIDED), ("B", State.REGISTERED)]
    assert set(DirtyMonth.objects.values_list("month", flat=True)) == {"2026-10", "2026-11"}


def test_a_correction_may_come_before_what_it_corrects_and_be_corrected_itself(system: ConnectedSystem) -> None:
    send(system, event("3", source="vulyk", service="00107", corrects="2"))
    fold_all()
    send(system, event("2", source="vulyk", service="00106", corrects="1"))
    fold_all()
    send(system, event("1", source="vulyk"))
    fold_all()
    row = of_json(Case.objects.get().facts)
    assert (row["service"], row["events"]) == ("00107", 1)


def test_the_term_is_that_of_the_variation_unless_the_case_brings_its_own(system: ConnectedSystem) -> None:
    urgent = {"source": "vulyk", "happened_at": at(2), "variation": "urgent"}
    send(
        system,
        event("1", number="service", source="vulyk", happened_at=at(2)),
        event("2", number="variation", **urgent),
        event("3", number="own", **urgent, term_amount=20, term_unit="calendar_days"),
        event("4", number="unheard", source="vulyk", happened_at=at(2), variation="unheard of"),
        event("5", number="none", source="vulyk", happened_at=at(2), service="00107"),
        event("6", number="extended", **urgent),
        event("7", "term.extended", number="extended", source="vulyk", happened_at=at(3), amount=7),
    )
    fold_all()
    assert dict(Case.objects.values_list("number", "due_on")) == {
        "service": date(2026, 11, 16),
        "variation": date(2026, 11, 4),
        "own": date(2026, 11, 23),
        "unheard": date(2026, 11, 16),
        "none": None,
        "extended": date(2026, 11, 11),
    }


def test_terms_and_extensions_beyond_any_law_do_not_stop_the_worker(system: ConnectedSystem) -> None:
    """Such numbers are slips of the pen; the case is kept, and so are all the others."""
    most, some = 1_000_000, []
    for unit in ("minutes", "hours", "working_days", "calendar_days", "months"):
        for amount in (0, 1200, 36_525, 876_600, most):
            for extension in (0, 40_000, most):
                number = f"{unit} {amount} {extension}"
                some.append(event(number, number=number, source="vulyk", term_amount=amount, term_unit=unit))
                more = {"number": number, "source": "vulyk", "amount": extension}
                some += [event(f"{number} {n}", "term.extended", **more) for n in range(50)]
    assert set(statuses(send(system, *some))) == {"accepted"}
    fold_all()
    assert Case.objects.count() == 75
    assert (
        flaws_of("months 0 40000") == flaws_of("hours 1200 1000000") == flaws_of("months 36525 0") == "impossible_term"
    )
    assert flaws_of("working_days 36525 0") == ""
    assert StaleCase.objects.count() == 0


def test_moments_at_the_edges_of_what_is_taken_do_not_stop_the_worker(system: ConnectedSystem) -> None:
    early, late = "1990-01-01T00:00:00+14:00", "2100-12-31T23:59:59.999999-12:00"
    some = []
    for place, (registered, due, happened) in enumerate(
        [(early, late, early), (late, early, late), (late, late, early), (early, early, late)]
    ):
        more = {
            "registered_at": registered,
            "due_at": due,
            "ready_at": late,
            "happened_at": happened,
            "source": "vulyk",
        }
        some.append(event(str(place), number=str(place), **more))
    send(system, *some)
    fold_all()
    assert Case.objects.count() == 4


@pytest.mark.parametrize(
    "field", ["id", "number", "centre", "service", "provider", "channel", "variation", "group", "ground"]
)
def test_no_text_stops_the_worker(system: ConnectedSystem, field: str) -> None:
    """As long as intake takes them, and of signs that databases and engines may stumble over."""
    everywhere = make_system("everywhere", access_points=(), has_all_centres=True)[0]
    texts = [
        "\u2028",
        "\x85",
        "😀",
        "\ufeff",
        "\uffff",
        "\U0010ffff",
        "'\"\\",
        "{}",
        "%s",
        "null",
        " ",
        "e\u0301",
        "\\u0000",
    ]
    texts += [letter * length for letter in "яA😀" for length in (40, 100, 200)]
    some = [event(f"{place}", **{"number": f"{place}", field: text}) for place, text in enumerate(texts)]
    taken = statuses(send(everywhere, *some)).count("accepted")
    assert taken >= len(texts) - 6, "what is longer than the field is refused by intake, not met by the worker"
    fold_all()
    assert Case.objects.count() == taken
    assert StaleCase.objects.count() == 0


def test_cases_of_a_complex_service_are_tied_together(system: ConnectedSystem) -> None:
    send(
        system,
        event("1", number="A", source="vulyk", group="G"),
        event("2", number="B", source="vulyk", group="G"),
        event("3", number="C", source="vulyk"),
    )
    fold_all()
    assert dict(Case.objects.values_list("number", "group")) == {"A": "G", "B": "G", "C": None}
    send(system, event("4", "other", number="C", source="vulyk", group="G"))
    fold_all()
    assert Case.objects.get(number="C").group == "G"


def test_a_case_belongs_where_its_centre_was_when_it_was_registered(system: ConnectedSystem) -> None:
    send(
        system,
        event("1", number="before", source="vulyk", happened_at="2026-11-09T23:59:59+02:00"),
        event("2", number="after", source="vulyk", happened_at="2026-11-10T00:00:00+02:00"),
        event("3", number="second", source="vulyk", centre="CNAP-2", hromada=HROMADA),
        event("4", "ticket.issued", number="ticket", source="vulyk", happened_at=at(9)),
        event("5", "other", number="portal", source="vulyk", hromada=HROMADA),
    )
    fold_all()
    found = {number: row.get("oblast") for (_, number, _), row in rows().items()}
    assert found == {"before": OBLAST, "after": KYIV, "second": KYIV, "ticket": OBLAST, "portal": OBLAST}


def test_consultations_and_tests_are_kept_and_marked(system: ConnectedSystem) -> None:
    send(
        system,
        event("1", number="consultation", source="vulyk", is_consultation=True),
        event("2", number="test", source="vulyk", is_test=True),
        event("3", number="case", source="vulyk"),
        event("4", "other", number="test", source="vulyk", is_test=False),
    )
    fold_all()
    marks = {number: (row["is_consultation"], row["is_test"]) for (_, number, _), row in rows().items()}
    assert marks == {"consultation": (True, False), "test": (False, True), "case": (False, False)}


def test_what_systems_ever_told_is_collected(system: ConnectedSystem) -> None:
    assert "service" not in collected()["cases"]
    send(system, event("1", source="vulyk"))
    fold_all()
    assert {"service", "centre", "registered_on"} <= collected()["cases"]
    assert "ready_on" not in collected()["cases"]
    send(system, event("2", "result.issued", source="vulyk"))
    fold_all()
    assert "ready_on" in collected()["cases"]


def test_a_mark_that_was_renewed_while_its_case_was_folded_stays(system: ConnectedSystem) -> None:
    """Between reading and keeping another batch comes: it changes the case that is in hand, and one that is not."""
    send(system, event("1", number="A", source="vulyk", happened_at=at(2)), event("2", number="B", source="vulyk"))
    marks = {
        (source, number): version
        for source, number, version in StaleCase.objects.values_list("source_id", "number", "version")
    }
    folded = fold(list(marks), find_halves(marks), current_rules())
    send(system, event("3", "result.issued", number="A", source="vulyk"), event("4", number="C", source="vulyk"))
    keep_outcomes(folded.outcomes, read_kept(list(marks)), marks, at=AT)
    assert Case.objects.get(number="A").state == State.REGISTERED
    assert set(StaleCase.objects.values_list("number", flat=True)) == {"A", "C"}
    fold_all()
    assert Case.objects.get(number="A").state == State.ISSUED
    assert StaleCase.objects.count() == 0


def test_a_batch_that_comes_while_the_worker_reads_the_rules_is_not_lost(
    system: ConnectedSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole of `fold_stale`, with a real batch taken in the middle of it."""
    send(system, event("1", source="vulyk", happened_at=at(2)))

    def interrupted() -> Rules:
        send(system, event("2", "result.issued", source="vulyk", corrects="9"), event("9", "other", source="vulyk"))
        return current_rules()

    monkeypatch.setattr(folding, "current_rules", interrupted)
    assert fold_stale(at=AT) == 1
    assert StaleCase.objects.count() == 1
    monkeypatch.undo()
    fold_all()
    assert (Case.objects.get().state, Case.objects.get().facts.count('"events":2')) == (State.ISSUED, 1)


def test_the_longest_waiting_are_folded_first_and_no_more_than_asked(system: ConnectedSystem) -> None:
    send(system, *(event(str(n), number=str(n), source="vulyk") for n in range(5)))
    send(system, event("again", number="0", source="vulyk"))
    assert fold_stale(at=AT, limit=2) == 2
    assert sorted(Case.objects.values_list("number", flat=True)) == ["0", "1"]
    assert fold_stale(at=AT, limit=2) == 2
    assert fold_stale(at=AT, limit=2) == 1
    assert fold_stale(at=AT, limit=2) == 0
    assert Case.objects.count() == 5


def test_a_case_that_cannot_be_folded_does_not_hold_up_the_others(
    system: ConnectedSystem, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as one with an event whose content was damaged in the database."""
    send(system, *(event(str(n), number=str(n), source="vulyk") for n in range(9)))
    monkeypatch.setattr(folding, "_aside", set())  # what this process puts aside must not meet another test
    intake.Event.objects.filter(number="4").update(content='{"service":')
    fold_all()
    assert sorted(Case.objects.values_list("number", flat=True)) == [str(n) for n in range(9) if n != 4]
    assert list(StaleCase.objects.values_list("number", flat=True)) == ["4"], "the mark stays"
    assert caplog.text.count("a case cannot be folded, its mark stays") == 1
    send(system, event("next", number="next", source="vulyk"))
    fold_all()
    assert Case.objects.filter(number="next").exists()
    intake.Event.objects.filter(number="4").update(content='{"service":"00034"}')
    send(system, event("more", "other", number="4", source="vulyk"))
    fold_all()
    assert Case.objects.get(number="4").state == State.REGISTERED, "it is tried again when an event comes"
    assert StaleCase.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_one_folds() -> None:
    make_registers()
    system = make_system()[0]
    send(system, event())
    stopped = threading.Event()
    with only_one("folding") as is_mine:
        assert is_mine
        second = threading.Thread(target=_work, args=(stopped,))
        second.start()
        second.join(0.8)
        assert StaleCase.objects.count() == 1, "the second stands by while the first holds the lock"
    for _ in range(100):
        if not StaleCase.objects.exists():
            break
        stopped.wait(0.05)
    assert Case.objects.count() == 1, "and takes over when it is let go"
    stopped.set()
    second.join(10)
    assert not second.is_alive()


def _work(stopped: threading.Event) -> None:
    try:
        run_forever(stopped.is_set)
    finally:
        connection.close()


def test_where_every_case_fails_the_worker_ends_instead_of_setting_all_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    make_registers()
    system, _ = make_system()
    send(system, *(event(str(n), number=str(n)) for n in range(9)))
    monkeypatch.setattr(folding, "MOST_ASIDE", 3)
    monkeypatch.setattr(folding, "_aside", set())
    monkeypatch.setattr(folding, "UNFOLDABLE", (duckdb.Error,))
    with pytest.raises(duckdb.Error):
        folding.fold_stale(at=AT, rules=Rules(Calendar.ukraine(), timezone="Nowhere/At all"))
    assert len(folding._aside) == 3
    assert StaleCase.objects.count() == 9
