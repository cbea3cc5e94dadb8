"""Folds millions of events into cases and tickets at once, in sets, and hands them on to be judged.

It says in SQL what `core.timelines` says for one case. The usual case is cheap: minima of moments and any value of an
attribute. Repetitions, corrections, contradictions and stopped clocks are looked for first, and only where some are
found does the slower way run, on the rows concerned.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

import duckdb

from mirylo.core.methodology.model import Type
from mirylo.core.rules import Deficiency, Rules
from mirylo.core.timelines import CONTENT, EVENT_TYPES, FIRST_MOMENTS, LATEST, MARKS, RETURNS, STATED, UNITS
from mirylo.engines.collecting import collected_of_cases, collected_of_tickets, moments_of
from mirylo.engines.judging import fill_columns, judge_cases, judge_tickets, quote, service_rules
from mirylo.engines.records import EVENT

OF_TICKET = "(type LIKE 'ticket.%' OR type LIKE 'visit.%')"
KEY = "source, number"
GROUP = f"{KEY}, is_ticket"
CONTENT_COLUMNS = ("corrects", *CONTENT)
ORDER = f"happened_at, rank, coalesce(id, ''), {', '.join(f'{name} NULLS FIRST' for name in CONTENT_COLUMNS)}"
"""The order of events within a case, as in `core.timelines`."""
ONLY_WHILE_FOLDING = ("is_conflicting", "prints", "corrects_some", "is_doubtful")
RANK_OF_TYPE = f"array_position([{', '.join(quote(name) for name in EVENT_TYPES)}], type)"


@dataclass(frozen=True)
class Folded:
    """Fact rows of one table, and the columns of it that the source fills at all."""

    rows: duckdb.DuckDBPyRelation
    collected: frozenset[str]


@dataclass(frozen=True)
class FoldedEvents:
    """Both fact tables, and how many rows of events were there, of which `refused` by the relation's `is_refused`."""

    cases: Folded
    tickets: Folded
    rows_read: int
    refused: int


@dataclass(frozen=True)
class LateReading:
    """Attributes that a relation still holds as text, to be read once a case instead of once an event.

    `query` makes, from the name of a relation with these texts, SQL of the same rows with the attributes read, and
    with `is_unreadable`.
    """

    names: frozenset[str]
    query: Callable[[str], str]


class LateReadingError(Exception):
    """Texts of one case differ, or one cannot be read, so that reading one of each case will not do."""


def fold_events(
    connection: duckdb.DuckDBPyConnection,
    events: str,
    rules: Rules,
    types: Collection[str] | None = None,
    late: LateReading | None = None,
) -> FoldedEvents:
    """Fact tables `cases` and `tickets` from a relation of events (any of the columns of `records.EVENT`).

    `types` are the event types that the source can tell; without it, those found among the events. The relation may be
    a view over a file: the usual log is read once. Rows marked `is_refused` are counted and left out. With `late`,
    texts that differ within a case or cannot be read raise LateReadingError.
    """
    mapped = set(connection.table(events).columns)
    refusing = "is_refused" if "is_refused" in mapped else "false AS is_refused"
    texts = late.names if late else frozenset()
    columns = tuple(replace(column, type=Type.TEXT) if column.name in texts else column for column in EVENT)
    fill_columns(connection, events, columns, "events_read", f"{refusing}, {OF_TICKET} AS is_ticket")
    known = set(types if types is not None else types_in(connection, "events_read"))
    group_events(connection, "events_read", mapped, known, has_prints=True)
    rows_read, refused = first_row(
        connection,
        "SELECT coalesce(sum(events), 0)::BIGINT, coalesce(sum(events) FILTER (is_refused), 0)::BIGINT FROM grouped",
    )
    standing = "events_read"
    if is_unsettled(connection, mapped):
        standing = settle_events(connection)
        group_events(connection, standing, mapped, known, has_prints=False)
    if late:
        read_late(connection, late, is_settled=standing != "events_read")
    settle_attributes(connection, standing, mapped)
    name_flaws(connection, mapped, known)
    pauses = make_pauses(connection, standing, rules, known)
    cases = mark_restarts(connection, standing, rules, known)
    inputs = mapped | moments_of(known)
    return FoldedEvents(
        Folded(judge_cases(connection, cases, rules, pauses), collected_of_cases(inputs, rules)),
        Folded(judge_tickets(connection, "folded_tickets", rules), collected_of_tickets(inputs)),
        rows_read,
        refused,
    )


def read_late(connection: duckdb.DuckDBPyConnection, late: LateReading, is_settled: bool) -> None:
    """Read the attributes that are still text, one of each case. Texts may differ and mean the same: not known here."""
    doubts = [f"coalesce({name}_differs, false)" for name in sorted(late.names)]
    doubts += ["is_conflicting"] if is_settled else []
    spent = ["is_unreadable"] if is_settled else ["is_unreadable", "prints"]
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE grouped AS "
        f"SELECT * EXCLUDE ({', '.join(spent)}), {' OR '.join([*doubts, 'is_unreadable'])} AS is_doubtful "
        f"FROM ({late.query('grouped')}) WHERE NOT is_refused"
    )
    [is_doubtful] = first_row(connection, "SELECT coalesce(bool_or(is_doubtful), false) FROM grouped")
    if is_doubtful:
        raise LateReadingError


def types_in(connection: duckdb.DuckDBPyConnection, events: str) -> list[str]:
    """The event types that occur."""
    return [row[0] for row in connection.sql(f"SELECT DISTINCT type FROM {events} WHERE NOT is_refused").fetchall()]


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


# --- Grouping --------------------------------------------------------------------------------------------------------


def moments_by_type(known: Collection[str]) -> dict[str, list[str]]:
    """Name of a moment to the event types whose first event gives it, of those known; cases and tickets never mix."""
    moments: dict[str, list[str]] = {}
    for type_, moment in (*FIRST_MOMENTS.items(), *dict.fromkeys(RETURNS, "returned_at").items()):
        if type_ in known:
            moments.setdefault(moment, []).append(type_)
    return moments


def attributes_of(mapped: set[str]) -> list[str]:
    """The attributes that take their latest word, of those mapped."""
    return [name for name in LATEST if name in mapped]


def group_events(
    connection: duckdb.DuckDBPyConnection, events: str, mapped: set[str], known: set[str], has_prints: bool
) -> None:
    """Make `grouped`, one row a case or ticket: first moments, any word for attributes, counts, contradictions.

    With `has_prints` a list of each event's identity as a hash comes along, to see whether something came twice.
    """
    moments = [
        f"min(happened_at) FILTER (type IN ({', '.join(quote(type_) for type_ in types)})) AS {name}_seen"
        for name, types in moments_by_type(known).items()
    ]
    attributes = attributes_of(mapped)
    columns = [
        *moments,
        *(f"any_value({name}) AS {name}" for name in attributes),
        *(f"min({hashed(name)}) <> max({hashed(name)}) AS {name}_differs" for name in attributes),
        *(f"bool_or({mark}) AS {mark}" for mark in MARKS if mark in mapped and mark != "is_voided"),
        "count(*) AS events, min(happened_at) AS first_at, max(happened_at) AS last_at",
        *told_by_types(mapped, known),
    ]
    if has_prints:
        # Of events without ids the suspicion is enough: settling them looks at their whole content.
        own = f"hash({', '.join(name for name in ('type', 'happened_at', 'activity') if name in mapped)})"
        identity = f"CASE WHEN id IS NULL THEN hash(number, {own}) ELSE hash(source, id) END" if "id" in mapped else own
        columns += [f"list({identity}) AS prints, bool_or(corrects IS NOT NULL) AS corrects_some"]
    else:
        columns += ["bool_or(is_conflicting) AS is_conflicting"]
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE grouped AS "
        f"SELECT {GROUP}, is_refused, {', '.join(columns)} FROM {events} GROUP BY {GROUP}, is_refused"
    )


def told_by_types(mapped: set[str], known: set[str]) -> list[str]:
    """SQL for what single types of events and marks tell; what no event can tell costs nothing to leave out."""
    is_voided = ["is_voided"] if "is_voided" in mapped else []
    is_voided += ["type = 'case.voided'"] if "case.voided" in known else []
    is_extended = "type = 'term.extended'" if "term.extended" in known else "false"
    return [
        f"coalesce(bool_or({' OR '.join(f'coalesce({test}, false)' for test in is_voided)}), false) AS is_voided"
        if is_voided
        else "false AS is_voided",
        "CASE WHEN bool_or(type = 'visit.booked') THEN true END AS is_booked"
        if "visit.booked" in known
        else "NULL::BOOLEAN AS is_booked",
        f"sum(amount) FILTER ({is_extended} AND amount > 0) AS extended_by"
        if "amount" in mapped
        else "NULL::BIGINT AS extended_by",
        f"count(*) FILTER ({is_extended}) AS extensions" if "term.extended" in known else "0 AS extensions",
        "string_agg(DISTINCT flaws, ' ') AS flaws" if "flaws" in mapped else "NULL::VARCHAR AS flaws",
        *([] if "service" in mapped else ["NULL::VARCHAR AS service"]),  # rules hang on it
    ]


# --- Repetitions and corrections -------------------------------------------------------------------------------------


def is_unsettled(connection: duckdb.DuckDBPyConnection, mapped: set[str]) -> bool:
    """Whether an event came twice or replaces another. An event without id can only repeat within its own case."""
    kept = "FROM grouped WHERE NOT is_refused"
    if "id" in mapped:
        twice = f"(SELECT count(*) <> count(DISTINCT print) FROM (SELECT unnest(prints) AS print {kept}))"
    else:
        twice = f"(SELECT coalesce(bool_or(len(prints) <> list_unique(prints)), false) {kept})"
    found = first_row(connection, f"SELECT {twice} OR (SELECT coalesce(bool_or(corrects_some), false) {kept})")
    return bool(found[0])


def settle_events(connection: duckdb.DuckDBPyConnection) -> str:
    """Name of a table of each event once, corrected ones gone, `is_conflicting` where an id had two contents."""
    content = ", ".join(("number", "type", "happened_at", *CONTENT_COLUMNS))
    identity = f"source, id, CASE WHEN id IS NULL THEN ROW({content}) END"
    order = f"happened_at, rank, number, {', '.join(f'{name} NULLS FIRST' for name in CONTENT_COLUMNS)}"
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE events_once AS
        SELECT *, low <> high AS is_conflicting FROM (
            SELECT *, {RANK_OF_TYPE} AS rank,
                   min(hash({content})) OVER same AS low, max(hash({content})) OVER same AS high
            FROM events_read WHERE NOT is_refused WINDOW same AS (PARTITION BY {identity})
            QUALIFY row_number() OVER (PARTITION BY {identity} ORDER BY {order}) = 1
        )
    """)
    connection.execute("""
        CREATE OR REPLACE TEMP TABLE events_standing AS FROM events_once
        WHERE id IS NULL OR (source, id) NOT IN (SELECT (source, corrects) FROM events_once WHERE corrects IS NOT NULL)
    """)
    return "events_standing"


def first_row(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[int, ...]:
    """The first row of a query that always has one."""
    row = connection.sql(query).fetchone()
    assert row is not None, query
    return row


def hashed(attribute: str) -> str:
    """SQL for the hash of an attribute, empty where it is: a cheap way to see whether two values differ."""
    return f"CASE WHEN {attribute} IS NOT NULL THEN hash({attribute}) END"


def settle_attributes(connection: duckdb.DuckDBPyConnection, events: str, mapped: set[str]) -> None:
    """Where events of a case contradict each other, take the latest word instead of any."""
    attributes = attributes_of(mapped)
    told = ["count(*)", *(f"bool_or({name}_differs)" for name in attributes)]
    _, *differs = first_row(connection, f"SELECT {', '.join(told)} FROM grouped")
    for name, is_differing in zip(attributes, differs, strict=True):
        if is_differing:
            connection.execute(f"""
                UPDATE grouped SET {name} = latest.word FROM (
                    SELECT {GROUP}, last({name} ORDER BY {ORDER}) AS word
                    FROM (SELECT *, {RANK_OF_TYPE} AS rank FROM {events} WHERE NOT is_refused AND {name} IS NOT NULL)
                    SEMI JOIN (SELECT {GROUP} FROM grouped WHERE {name}_differs) USING ({GROUP})
                    GROUP BY {GROUP}
                ) latest
                WHERE grouped.source = latest.source AND grouped.number = latest.number
                AND grouped.is_ticket = latest.is_ticket
            """)


def name_flaws(connection: duckdb.DuckDBPyConnection, mapped: set[str], known: set[str]) -> None:
    """Make `folded_cases` and `folded_tickets`: what the source states stands above what events give; flaws by name."""
    attributes, moments = attributes_of(mapped), moments_by_type(known)
    stated = [moment for moment in moments if moment in attributes]
    seen = [
        f"coalesce({moment}, {moment}_seen) AS {moment}" if moment in stated else f"{moment}_seen AS {moment}"
        for moment in moments
    ]
    conflicting = " OR ".join(f"coalesce({name}_differs, false)" for name in attributes if name in (*UNITS, *STATED))
    conflicting = conflicting or "false"
    columns = connection.table("grouped").columns
    has_conflicts = "is_conflicting" in columns
    consumed = [f"{moment}_seen" for moment in moments] + [f"{name}_differs" for name in attributes]
    consumed += [*stated, "flaws", "is_refused", "is_ticket", *(name for name in ONLY_WHILE_FOLDING if name in columns)]
    flaws = (
        f"nullif(concat_ws(' ', flaws, CASE WHEN {conflicting} THEN 'conflicting_attributes' END, "
        f"CASE WHEN {'is_conflicting' if has_conflicts else 'false'} THEN 'conflicting_repetition' END), '') AS flaws"
    )
    for name, part in (("folded_cases", "NOT is_ticket"), ("folded_tickets", "is_ticket")):
        connection.execute(
            f"CREATE OR REPLACE TEMP VIEW {name} AS "
            f"SELECT * EXCLUDE ({', '.join(consumed)}), {', '.join([*seen, flaws])} "
            f"FROM grouped WHERE {part} AND NOT is_refused"
        )


# --- Clocks ----------------------------------------------------------------------------------------------------------


def make_pauses(connection: duckdb.DuckDBPyConnection, events: str, rules: Rules, known: set[str]) -> str | None:
    """Name of a table of stopped clocks, or none where no event stops one: changes without repeats, paired."""
    if not known & {"clock.paused", *RETURNS}:
        return None
    connection.execute(f"CREATE OR REPLACE TEMP TABLE service_rules AS {service_rules(rules)}")
    returns = ", ".join(quote(name) for name in RETURNS)
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE pauses AS
        WITH changes AS (
            SELECT e.*, {RANK_OF_TYPE} AS rank, e.type IN ('clock.paused', {returns}) AS stops
            FROM {events} e JOIN ({deficiencies("folded_cases")}) d USING ({KEY})
            WHERE NOT e.is_refused AND (e.type IN ('clock.paused', 'clock.resumed')
               OR (d.deficiency = '{Deficiency.STOPS}' AND e.type IN ({returns}, 'application.corrected')))
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


def mark_restarts(connection: duckdb.DuckDBPyConnection, events: str, rules: Rules, known: set[str]) -> str:
    """Name of the folded cases; where a deficiency restarts the clock, their term runs from the last correction."""
    every = (rules.default, *rules.services.values())
    if "application.corrected" not in known or all(rule.deficiency is not Deficiency.RESTARTS for rule in every):
        return "folded_cases"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE service_rules AS {service_rules(rules)}")
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE restarted_cases AS
        SELECT c.*, r.term_from_at FROM folded_cases c LEFT JOIN (
            SELECT {KEY}, max(happened_at) AS term_from_at
            FROM {events} JOIN ({deficiencies("folded_cases")}) d USING ({KEY})
            WHERE NOT is_refused AND type = 'application.corrected' AND d.deficiency = '{Deficiency.RESTARTS}'
            GROUP BY {KEY}
        ) r USING ({KEY})
    """)
    return "restarted_cases"
