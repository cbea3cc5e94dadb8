"""Due dates: the published vectors, each sentence of the counting rules, and what can never happen to a due date."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mirylo.core.calendars import Calendar, Suspension, TermUnit, TermUnitError
from mirylo.core.terms import Due, InvalidTermError, NaiveMomentError, Term, add_months, due_at, due_on

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
KYIV = ZoneInfo("Europe/Kyiv")
UKRAINE = Calendar.ukraine()
INTERRUPTED = Calendar.ukraine(suspensions=[Suspension(date(2022, 2, 28), date(2022, 5, 10))])

days = st.dates(date(2019, 1, 1), date(2026, 12, 31))
calendars = st.sampled_from([UKRAINE, INTERRUPTED])
day_units = st.sampled_from([TermUnit.WORKING_DAYS, TermUnit.CALENDAR_DAYS])
amounts = st.integers(0, 90)
spans = st.tuples(days, st.integers(0, 120)).map(lambda span: (span[0], span[0] + span[1] * DAY))


@st.composite
def closed_pauses(draw, received_on: date):
    """Pauses around a receipt, overlapping and repeated as it happens, in any order."""
    begins = draw(st.lists(st.integers(-20, 120), max_size=4))
    return [(received_on + begin * DAY, received_on + (begin + draw(st.integers(0, 40))) * DAY) for begin in begins]


@st.composite
def clocks(draw):
    """A receipt, a term in days, a calendar and pauses."""
    received_on = draw(days)
    term = Term(draw(amounts), draw(day_units))
    return received_on, term, draw(calendars), draw(closed_pauses(received_on))


def due(received_on, term, *, calendar=UKRAINE, **more):
    return due_on(date.fromisoformat(received_on), Term.parse(term), calendar, **more).due_on.isoformat()


# --- Published vectors -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("group", "unit"),
    [
        ("working_days", TermUnit.WORKING_DAYS),
        ("calendar_days_rolled_to_next_working_day", TermUnit.CALENDAR_DAYS),
    ],
)
def test_vectors(shared: Path, group, unit):
    vectors = json.loads((shared / "data/real/8_calendars/due_date_vectors_uk_foi.json").read_text("utf-8"))
    calendar = Calendar.week(map(date.fromisoformat, vectors["holidays_used_by_the_vectors"]))
    assert len(vectors[group]) == 8
    for received_on, amount, expected in vectors[group]:
        found = due_on(date.fromisoformat(received_on), Term(amount, unit), calendar)
        assert found.due_on == date.fromisoformat(expected), received_on


# --- Each sentence of the counting rules -----------------------------------------------------------------------------


def test_the_day_of_receipt_is_day_zero():
    assert due("2026-08-03", "1 working_days") == "2026-08-04"
    assert due("2026-08-03", "1 calendar_days") == "2026-08-04"
    assert due("2026-08-03", "0 calendar_days") == "2026-08-03"


def test_a_term_that_ends_on_a_day_off_ends_with_the_next_working_day():
    assert due("2026-07-31", "1 calendar_days") == "2026-08-03"
    assert due("2021-08-13", "10 calendar_days") == "2021-08-25"  # the 23rd was transferred, the 24th is a holiday


def test_a_receipt_on_a_saturday_is_not_rolled_to_monday_before_counting():
    assert due("2026-08-01", "2 calendar_days") == "2026-08-03"
    assert due("2026-08-01", "1 working_days") == "2026-08-03"


def test_transferred_days_and_working_saturdays_count():
    assert due("2021-08-20", "1 working_days") == "2021-08-25"
    assert due("2021-08-27", "1 working_days") == "2021-08-28"


def test_under_martial_law_holidays_are_working_days_and_weekends_are_not():
    assert due("2022-08-23", "1 working_days") == "2022-08-24"
    assert due("2022-08-26", "1 working_days") == "2022-08-29"


def test_a_pause_removes_the_counting_days_after_its_first_day_up_to_its_last():
    pause = [(date(2026, 8, 5), date(2026, 8, 7))]
    assert due("2026-08-03", "5 working_days") == "2026-08-10"
    assert due("2026-08-03", "5 working_days", pauses=pause) == "2026-08-12"
    assert due("2026-08-03", "5 working_days", pauses=[(date(2026, 8, 5), date(2026, 8, 5))]) == "2026-08-10"


def test_stopped_days_are_counted_in_the_terms_unit():
    over_a_weekend = [(date(2026, 8, 6), date(2026, 8, 10))]
    received_on = date(2026, 8, 3)
    assert due_on(received_on, Term.parse("5 working_days"), UKRAINE, pauses=over_a_weekend).stopped_days == 2
    assert due_on(received_on, Term.parse("5 calendar_days"), UKRAINE, pauses=over_a_weekend).stopped_days == 4


def test_days_before_receipt_or_after_the_due_date_do_not_matter():
    before = (date(2026, 7, 1), date(2026, 8, 3))
    after = (date(2026, 8, 10), date(2026, 8, 20))
    assert due("2026-08-03", "5 working_days", pauses=[before, after]) == "2026-08-10"
    assert due("2026-08-03", "5 working_days", pauses=[(date(2026, 7, 1), date(2026, 8, 4))]) == "2026-08-11"


def test_a_pause_on_the_day_before_the_last_still_matters():
    assert due("2026-08-03", "5 calendar_days", pauses=[(date(2026, 8, 7), date(2026, 8, 9))]) == "2026-08-10"
    assert due("2026-08-03", "5 working_days", pauses=[(date(2026, 8, 7), date(2026, 8, 10))]) == "2026-08-11"


def test_a_pause_between_the_last_day_and_the_working_day_it_gives_way_to_does_not_matter():
    # The term runs out on Saturday the 8th and ends on Monday the 10th; a clock that has run out cannot be stopped.
    assert due("2026-08-03", "5 calendar_days", pauses=[(date(2026, 8, 8), date(2026, 8, 20))]) == "2026-08-10"


def test_an_open_pause_leaves_no_due_date_unless_the_term_has_run_out():
    term = Term.parse("5 working_days")
    assert due_on(date(2026, 8, 3), term, UKRAINE, pauses=[(date(2026, 8, 7), None)]) == Due(None)
    ran_out = due_on(date(2026, 8, 3), term, UKRAINE, pauses=[(date(2026, 8, 10), None)])
    assert ran_out == Due(date(2026, 8, 10))


def test_an_open_pause_after_a_closed_one_keeps_the_days_stopped_so_far():
    pauses = [(date(2026, 8, 7), None), (date(2026, 8, 4), date(2026, 8, 6))]
    assert due_on(date(2026, 8, 3), Term.parse("5 working_days"), UKRAINE, pauses=pauses) == Due(None, 2)


def test_an_extension_adds_in_the_terms_unit():
    assert due("2026-08-03", "5 working_days", extended_by=5) == "2026-08-17"
    assert due("2026-01-31", "1 months", extended_by=1) == "2026-03-31"


@pytest.mark.parametrize(
    ("received_on", "term", "expected"),
    [
        ("2024-01-31", "1 months", "2024-02-29"),
        ("2025-01-31", "1 months", "2025-02-28"),
        ("2025-12-15", "2 months", "2026-02-16"),  # the 15th is a Sunday
        ("2024-02-29", "12 months", "2025-02-28"),
    ],
)
def test_months_end_on_the_same_day_number_or_the_months_last(received_on, term, expected):
    assert due(received_on, term) == expected


def test_a_pause_moves_a_term_in_months_by_its_calendar_days():
    assert due("2026-07-01", "1 months", pauses=[(date(2026, 7, 3), date(2026, 7, 5))]) == "2026-08-03"
    assert due("2026-07-01", "1 months", pauses=[(date(2026, 7, 3), date(2026, 7, 8))]) == "2026-08-06"


def test_suspended_days_do_not_count_and_no_term_ends_on_one():
    assert due("2022-02-21", "10 working_days", calendar=INTERRUPTED) == "2022-05-18"
    # Saturday 26 February is the last day; the next working day that is not suspended is 11 May.
    assert due("2022-02-21", "5 calendar_days", calendar=INTERRUPTED) == "2022-05-11"


def test_a_suspension_without_an_end_leaves_no_due_date():
    calendar = Calendar.ukraine(suspensions=[Suspension(date(2022, 2, 28))])
    assert due_on(date(2022, 2, 21), Term.parse("10 working_days"), calendar) == Due(None)
    assert due("2022-02-21", "4 working_days", calendar=calendar) == "2022-02-25"


# --- Minutes and hours -----------------------------------------------------------------------------------------------


def test_minutes_and_hours_are_wall_time_by_night_and_at_weekends():
    friday_evening = datetime(2026, 7, 31, 17, 50, tzinfo=KYIV)
    assert due_at(friday_evening, Term.parse("15 minutes")) == friday_evening + timedelta(minutes=15)
    assert due_at(friday_evening, Term.parse("24 hours"), extended_by=1) == friday_evening + 25 * HOUR


def test_a_day_of_hours_is_24_hours_when_clocks_are_put_forward():
    before = datetime(2026, 3, 28, 12, tzinfo=KYIV)
    assert due_at(before, Term.parse("24 hours")) == datetime(2026, 3, 29, 13, tzinfo=KYIV)


def test_pauses_move_the_moment_if_they_begin_before_it():
    at = datetime(2026, 8, 3, 9, tzinfo=UTC)
    term = Term.parse("2 hours")
    assert due_at(at, term, pauses=[(at + HOUR, at + 4 * HOUR)]) == at + 5 * HOUR
    assert due_at(at, term, pauses=[(at + 2 * HOUR, at + 4 * HOUR)]) == at + 2 * HOUR
    assert due_at(at, term, pauses=[(at - HOUR, at + HOUR)]) == at + 3 * HOUR
    assert due_at(at, term, pauses=[(at + HOUR, None)]) is None
    assert due_at(at, term, pauses=[(at + 2 * HOUR, None)]) == at + 2 * HOUR
    # The first pause carries the term past the begin of the second.
    assert due_at(at, term, pauses=[(at + 3 * HOUR, at + 4 * HOUR), (at + HOUR, at + 3 * HOUR)]) == at + 5 * HOUR


def test_a_repeated_or_overlapping_pause_moves_the_moment_once():
    at = datetime(2026, 8, 3, 9, tzinfo=UTC)
    pause = (at + HOUR, at + 3 * HOUR)
    inside = (at + 2 * HOUR, at + 3 * HOUR)
    assert due_at(at, Term.parse("2 hours"), pauses=[pause, pause, inside]) == at + 4 * HOUR


def test_each_unit_has_its_own_function():
    with pytest.raises(TermUnitError):
        due_on(date(2026, 8, 3), Term.parse("15 minutes"), UKRAINE)
    with pytest.raises(TermUnitError):
        due_at(datetime(2026, 8, 3, tzinfo=UTC), Term.parse("1 working_days"))


def test_a_moment_needs_its_time_zone():
    with pytest.raises(NaiveMomentError):
        due_at(datetime(2026, 8, 3), Term.parse("1 hours"))  # noqa: DTZ001


@pytest.mark.parametrize(
    "text", ["", "30", "days 30", "-5 hours", "1.5 hours", "30 days", "² months", "36526 hours" * 2]
)
def test_what_is_no_term_is_refused(text):
    with pytest.raises(InvalidTermError):
        Term.parse(text)


def test_a_term_is_at_most_a_hundred_years():
    assert str(Term.parse("1200 months")) == "1200 months"
    with pytest.raises(InvalidTermError, match="1200"):
        Term.parse("1201 months")


def test_an_extension_never_shortens():
    with pytest.raises(InvalidTermError):
        due_on(date(2026, 8, 3), Term.parse("5 working_days"), UKRAINE, extended_by=-1)


# --- What can never happen -------------------------------------------------------------------------------------------


@given(clocks(), st.integers(1, 40), st.integers(1, 40))
def test_due_dates_are_monotone_in_receipt_and_amount(clock, later, longer):
    received_on, term, calendar, pauses = clock
    found = due_on(received_on, term, calendar, pauses=pauses).due_on
    assert found <= due_on(received_on + later * DAY, term, calendar, pauses=pauses).due_on
    assert found <= due_on(received_on, Term(term.amount + longer, term.unit), calendar, pauses=pauses).due_on


@given(days, st.integers(0, 24), st.integers(1, 40))
def test_months_are_monotone_in_receipt(received_on, amount, later):
    # Without suspensions and pauses only: a month from 30 January is a day longer than one from the 31st.
    term = Term(amount, TermUnit.MONTHS)
    assert due_on(received_on, term, UKRAINE).due_on <= due_on(received_on + later * DAY, term, UKRAINE).due_on


@given(clocks(), spans, st.integers(0, 30))
def test_pauses_and_extensions_never_bring_the_due_date_forward(clock, pause, extended_by):
    received_on, term, calendar, pauses = clock
    found = due_on(received_on, term, calendar, pauses=pauses)
    more = due_on(received_on, term, calendar, pauses=[*pauses, pause])
    assert found.due_on <= more.due_on
    assert found.stopped_days <= more.stopped_days
    assert found.due_on <= due_on(received_on, term, calendar, extended_by, pauses).due_on


@given(clocks(), st.randoms(use_true_random=False))
def test_a_repeated_pause_and_another_order_change_nothing(clock, chance):
    received_on, term, calendar, pauses = clock
    assume(pauses)
    again = [*pauses, chance.choice(pauses)]
    chance.shuffle(again)
    found = due_on(received_on, term, calendar, pauses=pauses)
    assert due_on(received_on, term, calendar, pauses=again) == found


@given(clocks(), st.integers(1, 30))
def test_due_dates_equal_a_loop_over_days(clock, open_after):
    """The rule said once more, day by day: a clock that ticks on counting days on which it does not stand."""
    received_on, term, calendar, pauses = clock
    left, day, stopped = term.amount, received_on, 0
    while left:
        day += DAY
        if calendar.counts(day, term.unit):
            stands = any(begin < day <= end for begin, end in pauses)
            stopped, left = stopped + stands, left - (not stands)
    found = due_on(received_on, term, calendar, pauses=pauses)
    while not calendar.is_working(day) or calendar.is_suspended(day):
        day += DAY
    assert found == Due(day, stopped)
    opened = due_on(received_on, term, calendar, pauses=[*pauses, (day + open_after * DAY, None)])
    assert opened == found


@given(days, st.integers(-60, 60))
def test_adding_months_keeps_the_day_number_or_takes_the_last_day(day, months):
    found = add_months(day, months)
    assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == months
    assert found.day == day.day or (found.day < day.day and (found + DAY).day == 1)
