"""Folds millions of events into cases and tickets at once, in sets, and hands them on to be judged.

It says in SQL what `core.timelines` says for one case. The usual case is cheap: minima of moments and any value of an
attribute. Repetitions, corrections, contradictions and stopped clocks are looked for first, and only where some are
found does the slower way run, on the rows concerned.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from mirylo.core.methodology.model import Column
from mirylo.core.outcomes import FINISHES
from mirylo.core.rules import Deficiency, Rules
from mirylo.core.timelines import CONTENT, EVENT_TYPES, FIRST_MOMENTS, LATEST, MARKS, RETURNS, STATED, UNITS
from mirylo.engines.judging import fill_columns, judge_cases, judge_tickets, quote, service_rules
from mirylo.engines.records import EVENT
from mirylo.engines.tables import CASES, TICKETS

OF_TICKET = "(type LIKE 'ticket.%' OR type LIKE 'visit.%')"
KEY = "source, number"
ORDER = f"happened_at, rank, coalesce(id, ''), {', '.join(f'{name} NULLS FIRST' for name in ('corrects', *CONTENT))}"
"""The order of events within a case, as in `core.timelines`."""


@dataclass(frozen=True)
class Folded:
    """Fact rows of one table, and the columns of it that the source fills at all."""

    rows: duckdb.DuckDBPyRelation
    collected: frozenset[str]


def fold_events(
    connection: duckdb.DuckDBPyConnection, events: str, rules: Rules, types: Collection[str] | None = None
) -> Mapping[str, Folded]:
    """Fact tables `cases` and `tickets` from a relation of events (any of the columns of `records.EVENT`).

    `types` are the event types that the source can tell; without it, those found among the events.
    """
    mapped = set(connection.table(events).columns)
    fill_columns(connection, events, EVENT, "events_read")
    standing = settle_events(connection, mapped)
    found = {row[0] for row in connection.sql(f"SELECT DISTINCT type FROM {standing}").fetchall()}
    known = set(types) if types is not None else found
    folded = {}
    fold_part(connection, standing, f"NOT {OF_TICKET}", mapped, found, "folded_cases")
    pauses = make_pauses(connection, standing, rules, found)
    mark_restarts(connection, standing, rules, found)
    inputs = mapped | moments_of(known)
    folded["cases"] = Folded(judge_cases(connection, "folded_cases", rules, pauses), collected_of_cases(inputs, rules))
    fold_part(connection, standing, OF_TICKET, mapped, found, "folded_tickets")
    folded["tickets"] = Folded(judge_tickets(connection, "folded_tickets", rules), collected_of_tickets(inputs))
    return folded


def cases_from_records(
    connection: duckdb.DuckDBPyConnection, records: str, rules: Rules, pauses: str | None = None
) -> Folded:
    """The fact table `cases` from a relation of case records (any of the columns of `records.CASE_RECORD`)."""
    mapped = set(connection.table(records).columns)
    return Folded(judge_cases(connection, records, rules, pauses), collected_of_cases(mapped, rules))


def tickets_from_records(connection: duckdb.DuckDBPyConnection, records: str, rules: Rules) -> Folded:
    """The fact table `tickets` from a relation of ticket records (any of the columns of `records.TICKET_RECORD`)."""
    mapped = set(connection.table(records).columns)
    return Folded(judge_tickets(connection, records, rules), collected_of_tickets(mapped))


# --- Repetitions and corrections -------------------------------------------------------------------------------------


def settle_events(connection: duckdb.DuckDBPyConnection, mapped: set[str]) -> str:
    """Name of a view of each event once, corrected ones gone, `is_conflicting` where an id had two contents."""
    content = ", ".join(("number", "type", "happened_at", "corrects", *CONTENT))
    rank = f"array_position([{', '.join(quote(name) for name in EVENT_TYPES)}], type)"
    key = "source, id" if "id" in mapped else f"source, {content}"
    total, distinct = first_row(
        connection,
        f"SELECT count(*), count(DISTINCT hash({key}, CASE WHEN id IS NULL THEN hash({content}) END)) FROM events_read",
    )
    plain, once = f"SELECT *, {rank} AS rank, false AS is_conflicting FROM events_read", "events_read"
    if total != distinct:
        identity = f"source, id, CASE WHEN id IS NULL THEN ROW({content}) END"
        order = f"happened_at, rank, number, {', '.join(f'{name} NULLS FIRST' for name in ('corrects', *CONTENT))}"
        connection.execute(f"""
            CREATE OR REPLACE TEMP TABLE events_once AS
            SELECT * EXCLUDE (is_conflicting, low, high), low <> high AS is_conflicting FROM (
                SELECT *, min(hash({content})) OVER same AS low, max(hash({content})) OVER same AS high
                FROM ({plain}) WINDOW same AS (PARTITION BY {identity})
                QUALIFY row_number() OVER (PARTITION BY {identity} ORDER BY {order}) = 1
            )
        """)
        plain, once = "SELECT * FROM events_once", "events_once"
    if "corrects" in mapped:
        corrected = f"SELECT (source, corrects) FROM {once} WHERE corrects IS NOT NULL"
        plain += f" WHERE id IS NULL OR (source, id) NOT IN ({corrected})"
    connection.execute(f"CREATE OR REPLACE TEMP VIEW events_standing AS {plain}")
    return "events_standing"


def first_row(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[int, ...]:
    """The first row of a query that always has one."""
    row = connection.sql(query).fetchone()
    assert row is not None, query
    return row


# --- Grouping --------------------------------------------------------------------------------------------------------


def fold_part(
    connection: duckdb.DuckDBPyConnection, events: str, part: str, mapped: set[str], found: set[str], name: str
) -> None:
    """Make a table of one record a case (or ticket): first moments, latest attributes, counts, contradictions."""
    is_ticket = part == OF_TICKET
    moments: dict[str, list[str]] = {}
    for type_, moment in (*FIRST_MOMENTS.items(), *dict.fromkeys(RETURNS, "returned_at").items()):
        if type_ in found and type_.startswith(("ticket.", "visit.")) == is_ticket:
            moments.setdefault(moment, []).append(quote(type_))
    attributes = [attribute for attribute in LATEST if attribute in mapped or attribute == "service"]
    columns = [
        *(f"min(happened_at) FILTER (type IN ({', '.join(types)})) AS {name}_seen" for name, types in moments.items()),
        *(f"any_value({name}) AS {name}" for name in attributes),
        *(f"min({hashed(name)}) <> max({hashed(name)}) AS {name}_differs" for name in attributes),
        *(f"bool_or({mark}) AS {mark}" for mark in MARKS if mark in mapped and mark != "is_voided"),
        "coalesce(bool_or(is_voided), false) OR bool_or(type = 'case.voided') AS is_voided",
        "count(*) AS events, min(happened_at) AS first_at, max(happened_at) AS last_at",
        "bool_or(is_conflicting) AS is_conflicting",
    ]
    if "flaws" in mapped:
        columns.append("string_agg(DISTINCT flaws, ' ') AS flaws")
    if is_ticket:
        columns.append("CASE WHEN bool_or(type = 'visit.booked') THEN true END AS is_booked")
    else:
        columns.append("sum(amount) FILTER (type = 'term.extended') AS extended_by")
        columns.append("count(*) FILTER (type = 'term.extended') AS extensions")
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE grouped AS "
        f"SELECT {KEY}, {', '.join(columns)} FROM {events} WHERE {part} GROUP BY {KEY}"
    )
    settle_attributes(connection, events, part, attributes)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {stated_over_seen(moments, attributes, mapped)}")


def hashed(attribute: str) -> str:
    """SQL for the hash of an attribute, empty where it is: a cheap way to see whether two values differ."""
    return f"CASE WHEN {attribute} IS NOT NULL THEN hash({attribute}) END"


def settle_attributes(connection: duckdb.DuckDBPyConnection, events: str, part: str, attributes: Sequence[str]) -> None:
    """Where events of a case contradict each other, take the latest word instead of any."""
    if not attributes:
        return
    differs = first_row(
        connection, f"SELECT {', '.join(f'bool_or({name}_differs)' for name in attributes)} FROM grouped"
    )
    differing = [name for name, is_differing in zip(attributes, differs, strict=True) if is_differing]
    for name in differing:
        connection.execute(f"""
            UPDATE grouped SET {name} = latest.word FROM (
                SELECT {KEY}, last({name} ORDER BY {ORDER}) AS word
                FROM {events} SEMI JOIN (SELECT {KEY} FROM grouped WHERE {name}_differs) USING ({KEY})
                WHERE {part} AND {name} IS NOT NULL GROUP BY {KEY}
            ) latest WHERE grouped.source = latest.source AND grouped.number = latest.number
        """)


def stated_over_seen(moments: Collection[str], attributes: Sequence[str], mapped: set[str]) -> str:
    """SQL for the records: a moment that the source states stands above the one its events give; flaws by name."""
    seen = [
        f"coalesce({moment}, {moment}_seen) AS {moment}" if moment in attributes else f"{moment}_seen AS {moment}"
        for moment in moments
    ]
    replaced = [moment for moment in moments if moment in attributes]
    consumed = [f"{moment}_seen" for moment in moments] + [f"{name}_differs" for name in attributes]
    consumed += [*replaced, "is_conflicting", *(["flaws"] if "flaws" in mapped else [])]
    contradictory = [f"{name}_differs" for name in attributes if name in (*UNITS, *STATED)]
    flaws = (
        f"nullif(concat_ws(' ', {'flaws' if 'flaws' in mapped else 'NULL'}, "
        "CASE WHEN is_conflicting THEN 'conflicting_repetition' END, "
        f"CASE WHEN {' OR '.join(contradictory) or 'false'} THEN 'conflicting_attributes' END), '') AS flaws"
    )
    return f"SELECT * EXCLUDE ({', '.join(consumed)}), {', '.join([*seen, flaws])} FROM grouped"


# --- Clocks ----------------------------------------------------------------------------------------------------------


def make_pauses(connection: duckdb.DuckDBPyConnection, events: str, rules: Rules, found: set[str]) -> str | None:
    """Name of a table of stopped clocks, or none where no event stops one: changes without repeats, paired."""
    if not found & {"clock.paused", *RETURNS}:
        return None
    connection.execute(f"CREATE OR REPLACE TEMP TABLE service_rules AS {service_rules(rules)}")
    returns = ", ".join(quote(name) for name in RETURNS)
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE pauses AS
        WITH changes AS (
            SELECT e.*, e.type IN ('clock.paused', {returns}) AS stops
            FROM {events} e JOIN ({deficiencies("folded_cases")}) d USING ({KEY})
            WHERE e.type IN ('clock.paused', 'clock.resumed')
               OR (d.deficiency = '{Deficiency.STOPS}' AND e.type IN ({returns}, 'application.corrected'))
        ), turns AS (
            SELECT * FROM changes
            QUALIFY stops <> lag(stops, 1, false) OVER (PARTITION BY {KEY} ORDER BY {ORDER})
        )
        SELECT {KEY}, happened_at AS from_at, lead(happened_at) OVER (PARTITION BY {KEY} ORDER BY {ORDER}) AS to_at
        FROM turns QUALIFY stops
    """)
    return "pauses"


def deficiencies(cases: str) -> str:
    """SQL for what a deficiency does to the clock of each case, by its service."""
    return f"""
        SELECT {KEY}, s.deficiency FROM {cases} c
        JOIN service_rules s ON s.service IS NOT DISTINCT FROM
             CASE WHEN c.service IN (SELECT service FROM service_rules WHERE service IS NOT NULL) THEN c.service END
    """


def mark_restarts(connection: duckdb.DuckDBPyConnection, events: str, rules: Rules, found: set[str]) -> None:
    """Where a deficiency restarts the clock, let the term run from the last correction."""
    every = (rules.default, *rules.services.values())
    if "application.corrected" not in found or all(rule.deficiency is not Deficiency.RESTARTS for rule in every):
        return
    connection.execute(f"CREATE OR REPLACE TEMP TABLE service_rules AS {service_rules(rules)}")
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE folded_cases AS
        SELECT c.*, r.term_from_at FROM folded_cases c LEFT JOIN (
            SELECT {KEY}, max(happened_at) AS term_from_at
            FROM {events} JOIN ({deficiencies("folded_cases")}) d USING ({KEY})
            WHERE type = 'application.corrected' AND d.deficiency = '{Deficiency.RESTARTS}' GROUP BY {KEY}
        ) r USING ({KEY})
    """)


# --- What a source collects ------------------------------------------------------------------------------------------


def moments_of(types: Collection[str]) -> set[str]:
    """Moments of a record that these event types can give, and what else they tell."""
    told = {moment for type_, moment in FIRST_MOMENTS.items() if type_ in types}
    told |= {"returned_at"} if set(RETURNS) & set(types) else set()
    told |= {"extended_by"} if "term.extended" in types else set()
    return told | {"events"}


def collected_of_cases(inputs: set[str], rules: Rules) -> frozenset[str]:
    """Columns of the fact table `cases` that follow from what the source fills."""
    finishes = {name for rule in (rules.default, *rules.services.values()) for name in FINISHES[rule.finish]}
    has_term = any(rule.term for rule in (rules.default, *rules.services.values())) or "term_amount" in inputs
    ready, due = bool(inputs & ({"ready_at"} | finishes)), "due_at" in inputs or has_term
    derived = {
        "ready_at": ready,
        "ready_on": ready,
        "closed_on": ready or bool(inputs & {"withdrawn_at", "declined_at"}),
        "due_at": due,
        "due_on": due,
        "is_on_time": ready and due,
        "is_clock_stopped": has_term,
        "stopped_days": has_term,
        "is_online": bool(inputs & {"is_online", "channel"}),
        "extensions": "extended_by" in inputs,
        "throughput_seconds": ready,
        "decision_seconds": "decided_at" in inputs,
        "centre_seconds": inputs >= {"forwarded_at", "result_received_at", "notified_at"},
        "provider_seconds": bool(inputs & {"accepted_at", "forwarded_at"}) and "result_received_at" in inputs,
        "forwarding_working_days": "forwarded_at" in inputs,
        "span_seconds": "events" in inputs,
    }
    return collected(CASES.columns, inputs, derived)


def collected_of_tickets(inputs: set[str]) -> frozenset[str]:
    """Columns of the fact table `tickets` that follow from what the source fills."""
    issued, called = "issued_at" in inputs, "called_at" in inputs
    derived = {
        "issued_hour": issued,
        "ended_at": bool(inputs & {"served_at", "left_at"}),
        "outcome": bool(inputs & {"outcome", "served_at", "left_at"}),
        "waiting_seconds": "waiting_seconds" in inputs or (issued and called),
        "service_seconds": "service_seconds" in inputs or (called and "served_at" in inputs),
        "is_online": bool(inputs & {"is_online", "channel"}),
    }
    return collected(TICKETS.columns, inputs, derived)


def collected(columns: Sequence[Column], inputs: set[str], derived: Mapping[str, bool]) -> frozenset[str]:
    """Names of the columns that are filled: derived ones as told, dates from their moment, others by their own name."""
    always = {"source", "number", "is_test", "is_voided", "flaws"}
    return frozenset(
        name
        for name in (column.name for column in columns)
        if derived.get(name, name in always | inputs or (name.endswith("_on") and f"{name[:-3]}_at" in inputs))
    )
