"""The country is the same each time, however its days are cut; and its facts are those that its events fold into."""

from datetime import date, datetime

import duckdb
import msgspec
import pyarrow as pa
import pyarrow.compute
import pytest

from mirylo.core.calendars import Calendar
from mirylo.core.rules import Rules
from mirylo.engines.folding import fold_events
from mirylo.simulation.country import Country, build_country
from mirylo.simulation.generation import COLLECTED, PIECE, Span, generate_events, generate_facts, newest_on

SPRING = (date(2024, 3, 25), date(2024, 4, 7))
"""Clocks were put forward on 31 March."""


@pytest.fixture(scope="module")
def country() -> Country:
    """A small country."""
    return build_country(seed=5, centres=30)


def facts(span: Span) -> dict[str, pa.Table]:
    """All pieces under each other."""
    pieces = [piece for _, piece in generate_facts(span)]
    return {name: pa.concat_tables([piece[name] for piece in pieces]) for name in pieces[0]}


def lines(span: Span) -> bytes:
    """All lines under each other."""
    return b"".join(block for _, block in generate_events(span))


def read_lines(text: bytes) -> list[dict[str, object]]:
    """Events of lines, moments as moments; a row too of columns that stand first in a later line."""
    events = msgspec.json.Decoder(dict[str, object]).decode_lines(text)
    for event in events:
        event |= {name: datetime.fromisoformat(str(event[name])) for name in ("happened_at", "sent_at", "received_at")}
    names = dict.fromkeys(name for event in events for name in event)
    return [{name: event.get(name) for name in names} for event in events]


def sorted_rows(table: pa.Table) -> list[dict[str, object]]:
    """Rows in the order of their identity."""
    return table.sort_by([("source", "ascending"), ("number", "ascending")]).to_pylist()


def test_same_seed_same_bytes() -> None:
    """Everything is built anew for the second time."""
    one, other, another = (Span(build_country(seed, 30), *SPRING, 120) for seed in (5, 5, 6))
    assert lines(one) == lines(other)
    assert facts(one)["cases"].equals(facts(other)["cases"])
    assert lines(one) != lines(another)


def test_a_day_is_the_same_alone_and_in_a_longer_span(country: Country) -> None:
    """Neither what is generated before a day nor what comes after changes it."""
    day = date(2024, 4, 3)
    alone = Span(country, day, day, 120)
    long = Span(country, date(2024, 2, 20), date(2024, 4, 15), 120)
    assert lines(alone) == dict(generate_events(long))[day]
    for name, rows in facts(alone).items():
        basis = "registered_on" if name == "cases" else "issued_on"
        whole = facts(long)[name]
        assert rows.equals(whole.filter(pa.compute.equal(whole[basis], day)).combine_chunks()), name


def test_going_on_for_longer_changes_nothing_before(country: Country) -> None:
    """The shorter span is how the longer one begins."""
    shorter, longer = Span(country, *SPRING, 120), Span(country, SPRING[0], date(2024, 4, 20), 120)
    assert lines(longer).startswith(lines(shorter))
    count = len(facts(shorter)["cases"])
    assert facts(longer)["cases"].slice(0, count).to_pylist() == facts(shorter)["cases"].to_pylist()


def test_tickets_can_be_left_out_without_changing_cases(country: Country) -> None:
    """Each has random numbers of its own."""
    alone = facts(Span(country, *SPRING, 120, has_tickets=False))
    assert set(alone) == {"cases"}
    assert alone["cases"].equals(facts(Span(country, *SPRING, 120))["cases"])


@pytest.mark.parametrize("as_of", [None, date(2024, 4, 4)])
@pytest.mark.parametrize("first_on", [SPRING[0], date(2024, 10, 21)])
def test_events_fold_into_the_facts(country: Country, first_on: date, as_of: date | None) -> None:
    """Due dates, stopped clocks, extensions and all: late and repeated events change nothing."""
    last_on = date.fromordinal(first_on.toordinal() + 13)
    as_of = as_of and date.fromordinal(first_on.toordinal() + 10)
    span = Span(country, first_on, last_on, 350, as_of=as_of)
    generated = facts(span)
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    events = pa.Table.from_pylist(read_lines(lines(span)))
    connection.register("events", events)
    both = fold_events(connection, "events", Rules(Calendar.ukraine()))
    for name, folded in (("cases", both.cases), ("tickets", both.tickets)):
        ours, theirs = sorted_rows(generated[name]), sorted_rows(folded.rows.to_arrow_table())
        assert len(ours) == len(theirs) > 2000
        for our, their in zip(ours, theirs, strict=True):
            assert our == their, name
        assert generated[name].schema.equals(folded.rows.to_arrow_table().schema)
        if as_of is None:
            assert COLLECTED[name] <= folded.collected
    assert any(case["stopped_days"] for case in sorted_rows(generated["cases"]))
    assert any(case["is_clock_stopped"] for case in sorted_rows(generated["cases"]))


def test_nothing_is_known_from_the_as_of_day_on(country: Country) -> None:
    """Cases stay open, and what is known of them is what was known."""
    as_of = date(2024, 4, 2)
    known = facts(Span(country, *SPRING, 120, as_of=as_of))
    newest = newest_on(known)
    assert newest is not None
    assert newest < as_of
    is_open = sum(case["closed_on"] is None for case in known["cases"].to_pylist())
    assert is_open > 0.2 * len(known["cases"])


def test_pieces_are_of_one_month_and_not_too_large(country: Country) -> None:
    """A folder of the lake is a month."""
    span = Span(country, date(2024, 1, 30), date(2024, 2, 6), 60_000, has_tickets=False)
    months = [set(pa.compute.month(piece["cases"]["registered_on"]).to_pylist()) for _, piece in generate_facts(span)]
    sizes = [len(piece["cases"]) for _, piece in generate_facts(span)]
    assert [len(month) for month in months] == [1] * len(months)
    assert len(months) > 2
    assert max(sizes) < 2 * PIECE
