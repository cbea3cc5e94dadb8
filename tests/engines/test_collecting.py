"""What a source cannot know is not collected, and what follows from what it tells is."""

from mirylo.core.calendars import Calendar, TermUnit
from mirylo.core.rules import Rules, ServiceRule
from mirylo.core.terms import Term
from mirylo.engines.collecting import collected_of_cases, collected_of_tickets, moments_of

NO_TERM = Rules(Calendar.ukraine())
WITH_TERM = Rules(Calendar.ukraine(), default=ServiceRule(Term(30, TermUnit.CALENDAR_DAYS)))


def test_event_types_give_their_moments() -> None:
    assert moments_of({"application.registered", "result.issued"}) == {"registered_at", "issued_at", "events"}
    assert moments_of({"visit.booked"}) == {"is_booked", "events"}
    assert moments_of({"term.extended", "application.returned"}) == {"extended_by", "returned_at", "events"}


def test_a_due_date_is_collected_where_it_is_stated_or_a_term_is_known() -> None:
    dated = {"registered_at", "ready_at"}
    assert "is_on_time" not in collected_of_cases(dated, NO_TERM)
    for inputs, rules in ((dated, WITH_TERM), (dated | {"due_at"}, NO_TERM), (dated | {"term_amount"}, NO_TERM)):
        assert {"due_on", "is_on_time", "throughput_seconds"} <= collected_of_cases(inputs, rules)


def test_waiting_is_collected_where_it_is_measured_or_both_ends_of_it_are_known() -> None:
    assert "waiting_seconds" not in collected_of_tickets({"issued_at"})
    assert "waiting_seconds" in collected_of_tickets({"issued_at", "called_at"})
    assert "waiting_seconds" in collected_of_tickets({"waiting_seconds"})
