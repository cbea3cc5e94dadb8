"""Turns records of cases and tickets into rows of facts, in sets: dates, due dates, verdicts, durations, flaws.

It says in SQL what `core.outcomes` says for one record; generated tests hold the two together. Due dates come from
calendar tables: the n-th counting day after receipt, with the days that stopped clocks took out.
"""

from collections.abc import Collection
from datetime import date, timedelta

import duckdb

from mirylo.core.calendars import TermUnit
from mirylo.core.methodology.model import Column, Type
from mirylo.core.outcomes import DATED, FINISHES, ONLINE_BY_CHANNEL
from mirylo.core.rules import Compare, Rules, ServiceRule
from mirylo.core.terms import LONGEST
from mirylo.engines.calendar_tables import ANY_UNSUSPENDED, WORKING_UNSUSPENDED, kind_of_day, make_calendar_tables
from mirylo.engines.records import CASE_RECORD, TICKET_RECORD
from mirylo.engines.tables import CASES, DUCKDB_TYPES, TICKETS, UNITS

FOLDED = (
    Column("term_from_at", Type.MOMENT, "the term runs anew from", "строк обчислюється заново від"),
    Column("extensions", Type.COUNT, "how often the term was extended", "скільки разів продовжено строк"),
    Column("events", Type.COUNT, "how many events", "скільки подій"),
    Column("first_at", Type.MOMENT, "first event", "перша подія"),
    Column("last_at", Type.MOMENT, "last event", "остання подія"),
)
"""What only a fold of events knows beside the columns that a source can fill itself."""


def judge_cases(
    connection: duckdb.DuckDBPyConnection, records: str, rules: Rules, pauses: str | None = None
) -> duckdb.DuckDBPyRelation:
    """Fact rows of the table `cases` from a relation of case records (any of CASE_RECORD and FOLDED as columns).

    `pauses` names a relation of stopped clocks: source, number, from_at, to_at (empty while the clock stands), no two
    of a case overlapping.
    """
    fill_columns(connection, records, (*CASE_RECORD, *FOLDED), "case_records")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE service_rules AS {service_rules(rules)}")
    connection.execute(f"CREATE OR REPLACE TEMP VIEW ruled_cases AS {ruled_cases(rules)}")
    first_on, last_on = span_of_days(connection, pauses, rules)
    make_calendar_tables(connection, rules, first_on, last_on)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE stopped_clocks AS {stopped_clocks(pauses, rules)}")
    columns = ", ".join(
        f"CAST({column.name} AS {DUCKDB_TYPES[column.type]}) AS {column.name}" for column in CASES.columns
    )
    told = set(connection.table(records).columns)
    return connection.sql(f"SELECT {columns} FROM ({case_facts(rules, told)})")


def fill_columns(
    connection: duckdb.DuckDBPyConnection, relation: str, columns: tuple[Column, ...], view: str, also: str = ""
) -> None:
    """Make a view with all these columns, empty where the relation has none of that name, and `also` what SQL says."""
    known = set(connection.table(relation).columns)
    listed = ", ".join(
        f"CAST({column.name if column.name in known else 'NULL'} AS {DUCKDB_TYPES[column.type]}) AS {column.name}"
        for column in columns
    )
    more = f", {also}" if also else ""
    connection.execute(f"CREATE OR REPLACE TEMP VIEW {view} AS SELECT {listed}{more} FROM {relation}")


def quote(value: str | None) -> str:
    """A text as an SQL literal."""
    return "NULL" if value is None else "'" + value.replace("'", "''") + "'"


def local_date(moment: str, rules: Rules) -> str:
    """SQL for the local date of a moment."""
    return f"CAST({moment} AT TIME ZONE {quote(rules.timezone)} AS DATE)"


def seconds_between(start_at: str, end_at: str) -> str:
    """SQL for the seconds between two moments, to the millisecond, half up; empty where they run backwards."""
    return (
        f"CASE WHEN {end_at} >= {start_at} "
        f"THEN CAST(((epoch_us({end_at}) - epoch_us({start_at}) + 500) // 1000) / 1000 AS DECIMAL(18,3)) END"
    )


def counted_from(start_at: str, end_at: str, rules: Rules) -> str:
    """SQL for the moment from which to count up to an end: an end at midnight is a date, and ends its day.

    Midnight is a whole number of quarters of an hour everywhere, which is quicker to see than the time on the wall.
    """
    zone = quote(rules.timezone)
    return (
        f"CASE WHEN epoch_us({end_at}) % 900000000 = 0 AND CAST({end_at} AT TIME ZONE {zone} AS TIME) = TIME '00:00' "
        f"THEN CAST({local_date(start_at, rules)} AS TIMESTAMP) AT TIME ZONE {zone} ELSE {start_at} END"
    )


def rule_values(rule: ServiceRule) -> str:
    """A service's rule as a list of SQL literals: term, finish, deficiency, suspendable."""
    amount, unit = (str(rule.term.amount), quote(rule.term.unit)) if rule.term else ("NULL::INTEGER", "NULL::VARCHAR")
    return f"{amount}, {unit}, {quote(rule.finish)}, {quote(rule.deficiency)}, {rule.is_suspendable}"


def service_rules(rules: Rules) -> str:
    """SQL for a table of the rules of services, the default under an empty code."""
    rows = [f"(NULL::VARCHAR, {rule_values(rules.default)})"]
    rows += [f"({quote(service)}, {rule_values(rule)})" for service, rule in rules.services.items()]
    names = "service, rule_amount, rule_unit, finish, deficiency, is_suspendable"
    return f"SELECT * FROM (VALUES {', '.join(rows)}) AS rules({names})"


def ruled_cases(rules: Rules) -> str:
    """SQL for records with their service's rule, the term that holds, the finish, and the dates that counting needs."""
    finishes = " ".join(
        f"WHEN '{finish}' THEN least({', '.join(moments)})"
        if len(moments) > 1
        else f"WHEN '{finish}' THEN {moments[0]}"
        for finish, moments in FINISHES.items()
    )
    listed = ", ".join(quote(service) for service in rules.services)
    own_rule = f"CASE WHEN r.service IN ({listed}) THEN r.service END" if listed else "NULL"
    has_own = f"term_amount IS NOT NULL AND term_unit IN ({', '.join(quote(unit) for unit in TermUnit)})"
    possible = "term_amount BETWEEN 0 AND CASE term_unit {} END".format(
        " ".join(f"WHEN '{unit}' THEN {longest}" for unit, longest in LONGEST.items())
    )
    return f"""
        WITH joined AS (
            SELECT r.* EXCLUDE (ready_at), s.* EXCLUDE (service),
                   coalesce(r.ready_at, CASE s.finish {finishes} END) AS ready_at
            FROM case_records r
            JOIN service_rules s ON s.service IS NOT DISTINCT FROM {own_rule}
        ), termed AS (
            SELECT *, coalesce(term_from_at, registered_at) AS start_at,
                   CASE WHEN NOT has_own THEN rule_amount WHEN is_possible THEN term_amount END
                       + greatest(extended_by, 0) AS amount,
                   CASE WHEN has_own THEN term_unit ELSE rule_unit END AS unit
            FROM (SELECT *, coalesce({has_own}, false) AS has_own, {possible} AS is_possible FROM joined)
        ), dated AS (
            SELECT *, CASE WHEN term_from_at IS NULL THEN registered_on ELSE {local_date("term_from_at", rules)} END
                   AS start_on, unit IN ('minutes', 'hours') AS is_wall_time,
                   {kind_of_day("unit", "is_suspendable")} AS kind
            FROM (SELECT *, {local_date("registered_at", rules)} AS registered_on FROM termed)
        )
        SELECT * EXCLUDE (amount),
               CASE WHEN is_wall_time OR due_at IS NOT NULL THEN 0
                    WHEN unit = 'months' THEN 31 * amount ELSE amount END AS longest_days,
               CASE WHEN due_at IS NOT NULL THEN NULL
                    WHEN unit = 'months' THEN datediff('day', start_on, CAST(start_on + to_months(amount) AS DATE))
                    WHEN unit = 'minutes' THEN amount * 60::BIGINT
                    WHEN unit = 'hours' THEN amount * 3600::BIGINT
                    ELSE amount END AS amount
        FROM dated
    """


def span_of_days(connection: duckdb.DuckDBPyConnection, pauses: str | None, rules: Rules) -> tuple[date, date]:
    """First and last day that the calendar tables must hold: nothing that is counted may fall outside."""
    first_at, last_at = "min(least(start_at, registered_at))", "max(greatest(start_at, registered_at, forwarded_at))"
    found = connection.sql(
        f"SELECT {local_date(first_at, rules)}, {local_date(last_at, rules)}, "
        "coalesce(max(longest_days), 0) FROM ruled_cases"
    ).fetchone()
    first_on, last_on, longest = found if found else (None, None, 0)
    if first_on is None:
        return date(2000, 1, 1), date(2000, 1, 31)
    stops = timedelta(0)
    if pauses is not None:
        row = connection.sql(
            f"SELECT max({local_date('to_at', rules)}), max({local_date('from_at', rules)}) FROM {pauses}"
        )
        ends = [day for day in row.fetchone() or () if day is not None]
        last_on = max([last_on, *ends])
        stops = last_on - first_on
    suspended = sum(
        ((spell.last_on - spell.first_on).days + 1 for spell in rules.calendar.suspensions if spell.last_on), start=0
    )
    margin = timedelta(days=2 * int(longest) + suspended + 60)
    return first_on - timedelta(days=2), last_on + stops * 2 + margin


def stopped_clocks(pauses: str | None, rules: Rules) -> str:
    """SQL for what stopped clocks take out of a term: source, number, stopped (days or seconds), is_open.

    A pause matters if it begins before the term runs out: counting days from receipt to its beginning, less what
    earlier pauses took out, are fewer than the term. Adding up all earlier pauses is right even if one of them did not
    matter, since then no later one does: each later pause begins at least as many counting days after it.
    """
    if pauses is None:
        none = "NULL::VARCHAR AS source, NULL::VARCHAR AS number, 0::BIGINT AS stopped, false AS is_open"
        return f"SELECT {none} WHERE false"
    return f"""
        WITH clipped AS (
            SELECT c.source, c.number, c.amount, c.kind, c.is_wall_time, c.start_on, c.start_at,
                   p.to_at IS NULL AS is_open,
                   greatest({local_date("p.from_at", rules)}, c.start_on) AS a,
                   greatest({local_date("p.to_at", rules)}, {local_date("p.from_at", rules)}, c.start_on) AS b,
                   greatest(p.from_at, c.start_at) AS a_at, greatest(p.to_at, p.from_at, c.start_at) AS b_at
            FROM ruled_cases c JOIN {pauses} p USING (source, number)
            WHERE c.amount IS NOT NULL AND c.start_on IS NOT NULL
        ), measured AS (
            SELECT k.*,
                   CASE WHEN is_wall_time THEN (epoch_us(a_at) - epoch_us(start_at)) / 1e6
                        ELSE ca.counted - cs.counted END AS begins_after,
                   CASE WHEN is_open THEN 0
                        WHEN is_wall_time THEN (epoch_us(b_at) - epoch_us(a_at)) / 1e6
                        ELSE cb.counted - ca.counted END AS takes
            FROM clipped k
            LEFT JOIN calendar_days cs ON cs.kind = k.kind AND cs.day = k.start_on
            LEFT JOIN calendar_days ca ON ca.kind = k.kind AND ca.day = k.a
            LEFT JOIN calendar_days cb ON cb.kind = k.kind AND cb.day = k.b
        ), ordered AS (
            SELECT *, coalesce(sum(takes) OVER (PARTITION BY source, number ORDER BY a_at, is_open, b_at
                      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS taken_before
            FROM measured
        )
        SELECT source, number, sum(takes) AS stopped, bool_or(is_open) AS is_open
        FROM ordered WHERE begins_after - taken_before < amount GROUP BY source, number
    """


def looked_up() -> str:
    """SQL for cases with what stopped clocks took out of their term, and the due date that the calendar tables give."""
    return """
        SELECT c.* EXCLUDE (due_at), c.due_at AS stated_due_at, w.stopped, coalesce(w.is_open, false) AS is_open,
               CASE WHEN c.amount + coalesce(w.stopped, 0) = 0 THEN s.last_on ELSE n.last_on END AS counted_due_on
        FROM ruled_cases c
        LEFT JOIN stopped_clocks w USING (source, number)
        LEFT JOIN calendar_days s ON s.kind = c.kind AND s.day = c.start_on
        LEFT JOIN calendar_nth n ON n.kind = c.kind AND n.counted = s.counted + c.amount + coalesce(w.stopped, 0)
    """


def with_due_date(rules: Rules, told: Collection[str]) -> str:
    """SQL for cases with all local dates, and with `due_on`: as stated, or as the term gives it.

    `told` are the columns that the records really have: turning empty moments into dates takes as long as full ones.
    """
    dated = ", ".join(
        f"{local_date(f'{name}_at', rules) if f'{name}_at' in told else 'NULL::DATE'} AS {name}_on" for name in DATED
    )
    stated_by_moments = "stated_due_at IS NOT NULL" if rules.compare is Compare.MOMENTS else "false"
    return f"""
        WITH due AS (
            SELECT *, {dated}, {local_date("ready_at", rules)} AS ready_on,
                   {stated_by_moments} OR (stated_due_at IS NULL AND coalesce(is_wall_time, false)) AS by_moments,
                   CASE WHEN stated_due_at IS NOT NULL THEN stated_due_at
                        WHEN is_wall_time AND NOT is_open
                        THEN start_at + to_microseconds(CAST((amount + coalesce(stopped, 0)) * 1e6 AS BIGINT))
                   END AS moment_due_at,
                   CASE WHEN stated_due_at IS NULL AND NOT is_wall_time AND NOT is_open
                        THEN counted_due_on END AS day_due_on
            FROM ({looked_up()})
        )
        SELECT *, coalesce(day_due_on, {local_date("moment_due_at", rules)}) AS due_on FROM due
    """


def is_online() -> str:
    """SQL for whether it was online: as the source says, else by a channel whose name tells; else it is not known."""
    told = " ".join(f"WHEN {quote(channel)} THEN {is_told}" for channel, is_told in ONLINE_BY_CHANNEL.items())
    return f"coalesce(is_online, CASE channel {told} END)"


def case_facts(rules: Rules, told: Collection[str]) -> str:
    """SQL for the fact rows, column names as in the table `cases`."""
    return f"""
        SELECT v.* EXCLUDE (is_online, is_test, is_voided, is_consultation, events, flaws, extensions),
               {is_online()} AS is_online,
               coalesce(is_test, false) AS is_test, coalesce(is_voided, false) AS is_voided,
               coalesce(is_consultation, false) AS is_consultation, coalesce(events, 0) AS events,
               coalesce(extensions, CASE WHEN extended_by > 0 THEN 1 WHEN extended_by = 0 THEN 0 END) AS extensions,
               CASE WHEN by_moments THEN moment_due_at
                    ELSE coalesce(e.ends_at, CAST(due_on + 1 AS TIMESTAMP) AT TIME ZONE {quote(rules.timezone)})
               END AS due_at,
               CASE WHEN by_moments THEN ready_at <= moment_due_at ELSE ready_on <= due_on END AS is_on_time,
               amount IS NOT NULL AND start_at IS NOT NULL AND due_on IS NULL AS is_clock_stopped,
               CASE WHEN amount IS NOT NULL AND start_at IS NOT NULL AND NOT is_wall_time
                    THEN coalesce(stopped, 0) END AS stopped_days,
               least(ready_on, withdrawn_on, declined_on,
                     CASE WHEN decision = 'closed' THEN decided_on END) AS closed_on,
               {durations(rules)}, {case_flaws(rules)} AS flaws
        FROM ({with_due_date(rules, told)}) v
        LEFT JOIN calendar_days f ON f.kind = '{WORKING_UNSUSPENDED}' AND f.day = v.forwarded_on
        LEFT JOIN calendar_days r ON r.kind = '{WORKING_UNSUSPENDED}' AND r.day = v.registered_on
        LEFT JOIN calendar_days e ON e.kind = '{ANY_UNSUSPENDED}' AND e.day = v.due_on
    """


def durations(rules: Rules) -> str:
    """SQL for the durations of a case; a time at the centre is none until all of it is known."""

    def lasting(start_at: str, end_at: str) -> str:
        return seconds_between(f"({counted_from(start_at, end_at, rules)})", end_at)

    forwarding, telling = lasting("registered_at", "forwarded_at"), lasting("result_received_at", "notified_at")
    return f"""
        {lasting("registered_at", "ready_at")} AS throughput_seconds,
        {lasting("registered_at", "decided_at")} AS decision_seconds,
        ({forwarding}) + ({telling}) AS centre_seconds,
        {lasting("coalesce(accepted_at, forwarded_at)", "result_received_at")} AS provider_seconds,
        CASE WHEN forwarded_on >= registered_on THEN f.counted - r.counted END AS forwarding_working_days,
        {seconds_between("first_at", "last_at")} AS span_seconds
    """


def flaw_list(*flaws: tuple[str, str]) -> str:
    """SQL for the sorted codes of flaws whose conditions hold, and those found before; empty where there is none."""
    cases = ", ".join(f"CASE WHEN {condition} THEN '{code}' END" for code, condition in flaws)
    found = f"list_filter(string_split(coalesce(flaws, ''), ' ') || [{cases}], lambda flaw: flaw <> '')"
    return f"nullif(array_to_string(list_sort(list_distinct({found})), ' '), '')"


def case_flaws(rules: Rules) -> str:
    """SQL for the flaws of a case; the usual case has none and pays nothing for lists."""
    flaws = (
        ("not_registered", "registered_at IS NULL"),
        ("closed_before_registered", f"ready_at < {counted_from('registered_at', 'ready_at', rules)}"),
        ("decided_before_registered", f"decided_at < {counted_from('registered_at', 'decided_at', rules)}"),
        ("impossible_term", "has_own AND NOT is_possible"),
    )
    any_of = " OR ".join(f"coalesce({condition}, false)" for _, condition in flaws)
    return f"CASE WHEN flaws IS NOT NULL OR {any_of} THEN {flaw_list(*flaws)} END"


def judge_tickets(connection: duckdb.DuckDBPyConnection, records: str, rules: Rules) -> duckdb.DuckDBPyRelation:
    """Fact rows of the table `tickets` from a relation of ticket records (any of TICKET_RECORD as columns)."""
    fill_columns(connection, records, (*TICKET_RECORD, *FOLDED), "ticket_records")
    came_at = f"(issued_at AT TIME ZONE {quote(rules.timezone)})"
    waited_until = "coalesce(called_at, left_at)"
    by_moments = "CASE WHEN served_at IS NOT NULL THEN 'served' WHEN left_at IS NOT NULL THEN 'left' END"
    ended_as = f"coalesce(outcome, {by_moments})"
    flaws = flaw_list(
        ("not_issued", "issued_at IS NULL"),
        ("negative_time", "waiting_seconds < 0 OR service_seconds < 0"),
        ("called_before_issued", f"waiting_seconds IS NULL AND {waited_until} < issued_at"),
        ("served_before_called", "service_seconds IS NULL AND served_at < called_at"),
    )
    units = ", ".join(column.name for column in UNITS)
    facts = f"""
        SELECT source, number, {units}, {is_online()} AS is_online,
               coalesce(is_test, false) AS is_test, coalesce(is_voided, false) AS is_voided, is_booked, issued_at,
               CAST({came_at} AS DATE) AS issued_on, hour({came_at}) AS issued_hour, called_at,
               least(served_at, left_at) AS ended_at,
               {ended_as} AS outcome,
               CASE WHEN {ended_as} = 'left' THEN CAST(coalesce({local_date("left_at", rules)}, {came_at}) AS DATE) END
                   AS left_on,
               CASE WHEN waiting_seconds IS NULL THEN {seconds_between("issued_at", waited_until)}
                    WHEN waiting_seconds >= 0 THEN waiting_seconds END AS waiting_seconds,
               CASE WHEN service_seconds IS NULL THEN {seconds_between("called_at", "served_at")}
                    WHEN service_seconds >= 0 THEN service_seconds END AS service_seconds,
               coalesce(events, 0) AS events, {flaws} AS flaws
        FROM ticket_records
    """
    columns = ", ".join(
        f"CAST({column.name} AS {DUCKDB_TYPES[column.type]}) AS {column.name}" for column in TICKETS.columns
    )
    return connection.sql(f"SELECT {columns} FROM ({facts})")
