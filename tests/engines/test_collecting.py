"""What a source cannot know is not collected, and what follows from what it tells is."""

from datetime import date
from pathlib import Path

from mirylo.core.calendars import Calendar, TermUnit
from mirylo.core.methodology.loading import load
from mirylo.core.periods import Grain
from mirylo.core.rules import Rules, ServiceRule
from mirylo.core.terms import Term
from mirylo.engines.collecting import collected_of_cases, collected_of_tickets, moments_of
from mirylo.engines.facts import Facts
from mirylo.engines.requests import make_plan
from mirylo.engines.tables import FACT_TABLES, arrow_schema

NO_TERM = Rules(Calendar.ukraine())
SHIPPED = load(Path(__file__).parents[2] / "methodology", FACT_TABLES)
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


def codes(table: str, collected: frozenset[str]) -> set[str]:
    """The shipped indicators that a source with these columns of one table gives."""
    rows = arrow_schema(FACT_TABLES[table]).empty_table()
    facts = Facts({table: rows}, {table: collected}, date(2026, 1, 1), "Europe/Kyiv", "example")
    plan = make_plan(SHIPPED, facts, {"cuts": ["nation"], "grains": [Grain.YEAR]})
    return {indicator.code for indicator in plan.indicators} - plan.uncollected


def test_dates_of_receipt_finish_and_term_give_what_follows_from_them_and_no_more() -> None:
    """Nothing is known here of providers, decisions, notices, channels or appeals: no empty figure may say so."""
    assert codes("cases", collected_of_cases({"number", "registered_at", "ready_at", "due_at"}, NO_TERM)) == {
        *("registered", "completed", "completion_share", "overdue_open"),
        *("on_time_share", "on_time_share_all", "on_time_share_closed"),
        *("throughput_days_mean", "throughput_days_median", "throughput_days_p90"),
    }


def test_the_provider_s_part_needs_to_be_told_when_it_began() -> None:
    told = {"number", "registered_at", "ready_at", "due_at", "result_received_at"}
    provider = {"provider_on_time_share", "provider_days_mean", "provider_days_median"}
    assert not provider & codes("cases", collected_of_cases(told, NO_TERM))
    for began in ("forwarded_at", "accepted_at"):
        assert provider <= codes("cases", collected_of_cases(told | {began}, NO_TERM))


def test_no_duration_is_collected_where_nobody_says_when_it_began() -> None:
    ends = {"number", "ready_at", "decided_at", "forwarded_at", "result_received_at", "notified_at"}
    durations = {"throughput_seconds", "decision_seconds", "centre_seconds", "forwarding_working_days", "due_on"}
    assert not durations & collected_of_cases(ends, WITH_TERM)
    assert durations <= collected_of_cases(ends | {"registered_at"}, WITH_TERM)


def test_who_left_is_known_only_from_a_source_that_tells_and_who_was_served_likewise() -> None:
    called = {"number", "issued_at", "called_at"}
    of_served = {
        *("served_in_15_minutes_share", "service_minutes_mean", "service_minutes_median"),
        *("waiting_minutes_mean", "waiting_minutes_median", "waiting_minutes_p90"),
    }
    assert codes("tickets", collected_of_tickets(called | {"served_at"})) == of_served
    assert codes("tickets", collected_of_tickets(called | {"left_at"})) == set()
    for told in ({"served_at", "left_at"}, {"served_at", "outcome"}):
        assert codes("tickets", collected_of_tickets(called | told)) == of_served | {"left_unserved_share"}
