"""A case is the same in whatever order its events arrive, and however often."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirylo.core.calendars import Calendar, Suspension, TermUnit
from mirylo.core.outcomes import Row, facts_of_case, facts_of_ticket
from mirylo.core.rules import Compare, Deficiency, Finish, Rules, ServiceRule
from mirylo.core.terms import Term
from mirylo.core.timelines import EVENT_TYPES, Event, fold

MONDAY = datetime(2025, 10, 6, 9, 0, tzinfo=UTC)
RULES = Rules(Calendar.ukraine(), default=ServiceRule(Term.parse("10 calendar_days")))

some_events = st.lists(
    st.builds(
        Event,
        source=st.just("vulyk"),
        number=st.sampled_from("12"),
        type=st.sampled_from(EVENT_TYPES),
        happened_at=st.integers(0, 20).map(lambda days: MONDAY + timedelta(days=days)),
        id=st.sampled_from("abcdefgh") | st.none(),
        corrects=st.none() | st.sampled_from("abcdefgh"),
        attributes=st.fixed_dictionaries({}, optional={"centre": st.sampled_from(["Суми", "Стрий"])}),
    ),
    max_size=15,
)


@given(some_events, st.data())
def test_order_of_arrival_and_repetition_change_nothing(events: list[Event], data: st.DataObject) -> None:
    repeated = events + data.draw(st.lists(st.sampled_from(events), max_size=10) if events else st.just([]))
    shuffled = data.draw(st.permutations(repeated))
    assert list(fold(shuffled, RULES)) == list(fold(events, RULES))


def case_of(*course: tuple[int, str, dict[str, object]] | tuple[int, str], rules: Rules = RULES) -> Row:
    """The facts of one case from (day after the Monday, type, attributes)."""
    events = [
        Event("vulyk", "1", step[1], MONDAY + timedelta(days=step[0]), id=str(place), attributes=(*step, {})[2])
        for place, step in enumerate(course)
    ]
    [record] = fold(events, rules)
    return facts_of_case(record, rules)


REGISTERED = (0, "application.registered")


def test_a_clock_that_stood_moves_the_due_date() -> None:
    row = case_of(REGISTERED, (2, "clock.paused"), (7, "clock.resumed"), (12, "result.received"))
    assert row["due_on"] == date(2025, 10, 21)
    assert row["stopped_days"] == 5
    assert row["is_on_time"] is True


def test_a_second_pause_while_the_clock_stands_changes_nothing() -> None:
    once = case_of(REGISTERED, (2, "clock.paused"), (7, "clock.resumed"))
    twice = case_of(REGISTERED, (2, "clock.paused"), (4, "clock.paused"), (7, "clock.resumed"), (8, "clock.resumed"))
    assert (once["due_on"], once["stopped_days"]) == (twice["due_on"], twice["stopped_days"])


def test_while_the_clock_stands_there_is_no_due_date() -> None:
    row = case_of(REGISTERED, (2, "application.left_without_motion"))
    assert (row["due_on"], row["is_clock_stopped"], row["is_on_time"]) == (None, True, None)


@pytest.mark.parametrize(
    ("deficiency", "due_on"),
    [
        (Deficiency.STOPS, date(2025, 10, 20)),
        (Deficiency.RESTARTS, date(2025, 10, 20)),
        (Deficiency.IGNORED, date(2025, 10, 16)),
    ],
)
def test_what_a_deficiency_does_is_a_rule_of_the_service(deficiency: Deficiency, due_on: date) -> None:
    rules = Rules(Calendar.ukraine(), default=ServiceRule(Term.parse("10 calendar_days"), deficiency=deficiency))
    row = case_of(REGISTERED, (0, "application.returned"), (4, "application.corrected"), rules=rules)
    assert row["due_on"] == due_on


def test_an_extension_adds_in_the_unit_of_the_term() -> None:
    row = case_of(REGISTERED, (3, "term.extended", {"amount": 5}))
    assert (row["due_on"], row["extensions"]) == (date(2025, 10, 21), 1)


def test_terms_are_suspended_where_the_service_is_not_exempt() -> None:
    calendar = Calendar.ukraine(suspensions=[Suspension(date(2025, 10, 8), date(2025, 10, 12))])
    rule = ServiceRule(Term.parse("10 calendar_days"))
    rules = Rules(calendar, default=rule, services={"00106": ServiceRule(rule.term, is_suspendable=False)})
    assert case_of(REGISTERED, rules=rules)["due_on"] == date(2025, 10, 21)
    assert case_of((0, "application.registered", {"service": "00106"}), rules=rules)["due_on"] == date(2025, 10, 16)


@pytest.mark.parametrize(
    ("finish", "ready_on"),
    [(Finish.READY, date(2025, 10, 8)), (Finish.NOTIFIED, date(2025, 10, 9)), (Finish.ISSUED, date(2025, 10, 15))],
)
def test_what_finishes_a_service_is_a_rule_of_it(finish: Finish, ready_on: date) -> None:
    rules = Rules(Calendar.ukraine(), default=ServiceRule(finish=finish))
    row = case_of(REGISTERED, (2, "result.received"), (3, "applicant.notified"), (9, "result.issued"), rules=rules)
    assert row["ready_on"] == ready_on


def test_a_stated_due_date_stands_above_the_term_and_compares_as_the_source_says() -> None:
    stated = {"due_at": MONDAY + timedelta(days=3)}
    late_in_the_day = (3, "result.received")
    course = ((0, "application.registered", stated), late_in_the_day)
    assert case_of(*course)["is_on_time"] is True
    ready_later = {**stated, "ready_at": MONDAY + timedelta(days=3, hours=2)}
    by_moments = Rules(Calendar.ukraine(), compare=Compare.MOMENTS)
    assert case_of((0, "application.registered", ready_later))["is_on_time"] is True
    assert case_of((0, "application.registered", ready_later), rules=by_moments)["is_on_time"] is False


def test_a_term_in_days_ends_with_a_day_even_where_stated_moments_are_compared() -> None:
    three_days = ServiceRule(Term(3, TermUnit.CALENDAR_DAYS))
    rules = Rules(Calendar.ukraine(), default=three_days, compare=Compare.MOMENTS)
    row = case_of(REGISTERED, (3, "result.received"), rules=rules)
    assert row["is_on_time"] is True
    assert row["due_at"] > MONDAY + timedelta(days=3)


def test_the_delay_has_an_owner() -> None:
    row = case_of(
        REGISTERED,
        (1, "application.forwarded"),
        (2, "application.accepted"),
        (6, "result.received"),
        (7, "applicant.notified"),
    )
    assert row["centre_seconds"] == Decimal(2 * 86_400)
    assert row["provider_seconds"] == Decimal(4 * 86_400)
    assert row["forwarding_working_days"] == 1


def test_a_case_that_closes_before_it_opens_is_kept_flagged_and_has_no_duration() -> None:
    row = case_of((5, "application.registered"), (0, "result.received"), (1, "decision.made"))
    assert row["flaws"] == "closed_before_registered decided_before_registered"
    assert row["throughput_seconds"] is None
    assert row["ready_on"] == date(2025, 10, 6)


def test_a_correction_replaces_the_event_it_names() -> None:
    events = [
        Event("vulyk", "1", "application.registered", MONDAY, id="a"),
        Event("vulyk", "1", "result.issued", MONDAY + timedelta(days=9), id="b"),
        Event("vulyk", "1", "result.issued", MONDAY + timedelta(days=2), id="c", corrects="b"),
    ]
    [record] = fold(events, RULES)
    assert facts_of_case(record, RULES)["issued_on"] == date(2025, 10, 8)


def test_one_id_with_two_contents_is_named() -> None:
    events = [Event("vulyk", "1", "application.registered", MONDAY + timedelta(hours=hour), id="a") for hour in (1, 0)]
    [record] = fold(events, RULES)
    assert record.flaws == {"conflicting_repetition"}
    assert record.at["registered_at"] == MONDAY


def test_a_ticket_waits_until_it_is_called() -> None:
    steps = [("ticket.issued", 0), ("ticket.called", 12), ("ticket.held", 13), ("ticket.served", 30)]
    events = [Event("vulyk", "A7", type_, MONDAY + timedelta(minutes=at), id=type_) for type_, at in steps]
    [record] = fold(events, RULES)
    row = facts_of_ticket(record, RULES)
    assert (row["outcome"], row["waiting_seconds"], row["service_seconds"]) == ("served", Decimal(720), Decimal(1080))
    assert row["issued_hour"] == 12


def test_who_left_waited_until_leaving() -> None:
    events = [
        Event("vulyk", "A8", "ticket.issued", MONDAY, id="1"),
        Event("vulyk", "A8", "ticket.left", MONDAY + timedelta(minutes=40), id="2"),
    ]
    [record] = fold(events, RULES)
    row = facts_of_ticket(record, RULES)
    assert (row["outcome"], row["waiting_seconds"], row["service_seconds"]) == ("left", Decimal(2400), None)
    assert row["left_on"] == date(2025, 10, 6)


@pytest.mark.parametrize(
    ("said", "is_online"),
    [
        ({"channel": "portal"}, True),
        ({"channel": "post"}, False),
        ({"channel": "Онлайн"}, None),
        ({}, None),
        ({"channel": "Онлайн", "is_online": True}, True),
        ({"channel": "portal", "is_online": False}, False),
    ],
)
def test_a_channel_whose_name_says_nothing_is_not_offline(said: dict[str, object], is_online: bool | None) -> None:
    assert case_of((0, "application.registered", said))["is_online"] is is_online


def test_a_finish_known_by_its_date_alone_ends_that_day_and_is_no_flaw() -> None:
    """A register often writes the hour of receipt, but of the result only the date."""
    kyiv = ZoneInfo("Europe/Kyiv")
    came_at = datetime(2026, 10, 5, 10, 30, tzinfo=kyiv)
    for days, flaws, seconds in ((0, None, 0), (2, None, 2 * 86_400), (-1, "closed_before_registered", None)):
        ready_at = datetime(2026, 10, 5, tzinfo=kyiv) + timedelta(days=days)
        said = {"registered_at": came_at, "ready_at": ready_at}
        [record] = fold([Event("own", "1", "other", came_at, attributes=said)], Rules(Calendar.ukraine()))
        row = facts_of_case(record, Rules(Calendar.ukraine()))
        assert (row["flaws"], row["throughput_seconds"]) == (flaws, seconds)
