"""The bulk fold says what the fold of one case says: on generated events, records and calendars."""

from datetime import UTC, date, datetime, timedelta

import duckdb
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from mirylo.core.calendars import Calendar, Suspension, TermUnit
from mirylo.core.outcomes import facts_of_case, facts_of_ticket
from mirylo.core.rules import Compare, Deficiency, Finish, Rules, ServiceRule
from mirylo.core.terms import Term
from mirylo.core.timelines import EVENT_TYPES, Event, fold
from mirylo.engines.folding import fold_events
from mirylo.engines.records import EVENT
from mirylo.engines.tables import CASES, DUCKDB_TYPES, TICKETS

START = datetime(2025, 12, 20, tzinfo=UTC)

moments = st.builds(
    lambda days, minutes: START + timedelta(days=days, minutes=minutes),
    st.integers(0, 40),
    st.sampled_from([0, 1, 540, 541, 1320, 1321, 1439]),
)
attributes = st.fixed_dictionaries(
    {},
    optional={
        "service": st.sampled_from(["00106", "00107"]),
        "centre": st.sampled_from(["Суми", "Стрий"]),
        "channel": st.sampled_from(["portal", "post", "Онлайн"]),
        "is_test": st.booleans(),
        "is_voided": st.booleans(),
        "is_consultation": st.booleans(),
        "amount": st.integers(-2, 5),
        "decision": st.sampled_from(["granted", "refused", "closed"]),
        "appeal_outcome": st.sampled_from(["upheld", "dismissed"]),
        "ready_at": moments,
        "due_at": moments,
        "term_amount": st.sampled_from([-1, 0, 3, 40_000]),
        "term_unit": st.sampled_from([*TermUnit, "fortnights"]),
        "activity": st.sampled_from(["прийом", "видача"]),
        "flaws": st.sampled_from(["negative_time", "negative_time strange_flaw"]),
    },
)
some_events = st.lists(
    st.builds(
        Event,
        source=st.sampled_from(["vulyk", "own"]),
        number=st.sampled_from(["1", "2"]),
        type=st.sampled_from(EVENT_TYPES),
        happened_at=moments,
        id=st.none() | st.sampled_from("abcdefghijklm"),
        corrects=st.none() | st.none() | st.sampled_from("abcdefghijklm"),
        attributes=attributes,
    ),
    max_size=25,
)
terms = st.none() | st.builds(Term, st.integers(0, 12), st.sampled_from(list(TermUnit)))
service_rules = st.builds(
    ServiceRule, terms, st.sampled_from(list(Finish)), st.sampled_from(list(Deficiency)), st.booleans()
)
calendars = st.sampled_from(
    [
        Calendar.ukraine(),
        Calendar.week([date(2026, 1, 1), date(2026, 1, 2)]),
        Calendar.ukraine(suspensions=[Suspension(date(2026, 1, 3), date(2026, 1, 9))]),
        Calendar.ukraine(suspensions=[Suspension(date(2026, 1, 12))]),
    ]
)
some_rules = st.builds(
    Rules,
    calendars,
    st.sampled_from(["Europe/Kyiv", "America/New_York"]),
    st.sampled_from(list(Compare)),
    service_rules,
    st.fixed_dictionaries({}, optional={"00106": service_rules}),
)

ARROW = {
    "VARCHAR": pa.string(),
    "BOOLEAN": pa.bool_(),
    "INTEGER": pa.int32(),
    "TIMESTAMPTZ": pa.timestamp("us", "UTC"),
    "DECIMAL(18,3)": pa.decimal128(18, 3),
    "DATE": pa.date32(),
}


def connect() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def bulk(events: list[Event], rules: Rules) -> dict[str, list[dict[str, object]]]:
    """The bulk fold of these events, as rows sorted by key."""
    own = ("source", "number", "type", "happened_at", "id", "corrects")
    rows = [{**{name: getattr(event, name) for name in own}, **event.attributes} for event in events]
    schema = pa.schema([(column.name, ARROW[DUCKDB_TYPES[column.type]]) for column in EVENT])
    filled = {name for row in rows for name in row} | set(own)
    schema = pa.schema([entry for entry in schema if entry.name in filled])
    connection = connect()
    connection.register("arrived", pa.Table.from_pylist(rows, schema))
    folded = fold_events(connection, "arrived", rules)
    return {
        name: sorted(part.rows.to_arrow_table().to_pylist(), key=lambda row: (row["source"], row["number"]))
        for name, part in (("cases", folded.cases), ("tickets", folded.tickets))
    }


def one_by_one(events: list[Event], rules: Rules) -> dict[str, list[dict[str, object]]]:
    """The fold of each case by the definition, as rows sorted by key."""
    records = list(fold(events, rules))
    rows = {
        "cases": [facts_of_case(record, rules) for record in records if not record.is_ticket],
        "tickets": [facts_of_ticket(record, rules) for record in records if record.is_ticket],
    }
    tables = {"cases": CASES, "tickets": TICKETS}
    return {
        name: [{column.name: row.get(column.name) for column in tables[name].columns} for row in part]
        for name, part in rows.items()
    }


@given(some_events, some_rules)
def test_bulk_fold_equals_the_fold_of_each_case(events: list[Event], rules: Rules) -> None:
    assert bulk(events, rules) == one_by_one(events, rules)
