"""A year of the country looks like a country: shares in bands, seasons, weekdays, queues, slow providers."""

from datetime import date

import duckdb
import pyarrow as pa
import pytest

from mirylo.simulation.country import build_country
from mirylo.simulation.generation import Span, generate_facts

COUNTED = "NOT is_consultation AND NOT is_test AND NOT is_voided"


@pytest.fixture(scope="module")
def year() -> duckdb.DuckDBPyConnection:
    """The tables `cases` and `tickets` of 2025, with about a thousand cases on a working day."""
    pieces = [
        piece for _, piece in generate_facts(Span(build_country(1, 60), date(2025, 1, 1), date(2025, 12, 31), 1000))
    ]
    connection = duckdb.connect()
    for name in ("cases", "tickets"):
        connection.register(name, pa.concat_tables([piece[name] for piece in pieces]))
    return connection


@pytest.mark.parametrize(
    ("numerator", "denominator", "low", "high"),
    [
        ("is_on_time", "is_on_time IS NOT NULL", 0.86, 0.93),
        ("is_clock_stopped", "true", 0.001, 0.01),
        ("decision = 'refused'", "decision IS NOT NULL", 0.02, 0.06),
        ("returned_on IS NOT NULL", "true", 0.01, 0.06),
        ("withdrawn_on IS NOT NULL", "true", 0.002, 0.01),
        ("extensions > 0", "true", 0.001, 0.02),
        ("is_online", "true", 0.2, 0.3),
        ("forwarding_working_days <= 1", "forwarded_on IS NOT NULL", 0.94, 0.995),
        ("notified_on = result_received_on", "result_received_on IS NOT NULL", 0.85, 0.99),
        ("uncollected_on IS NOT NULL", "notified_on IS NOT NULL", 0.005, 0.04),
        ("closed_on IS NULL", "true", 0.001, 0.03),
        ("appeal_outcome = 'upheld'", "appeal_decided_on IS NOT NULL", 0.1, 0.35),
        ("centre IS NULL", "true", 0.1, 0.2),
    ],
)
def test_shares_of_cases(
    year: duckdb.DuckDBPyConnection, numerator: str, denominator: str, low: float, high: float
) -> None:
    query = f"SELECT avg(CASE WHEN {numerator} THEN 1 ELSE 0 END) FROM cases WHERE {COUNTED} AND {denominator}"
    [share] = year.sql(query).fetchone() or ()
    assert low < share < high


@pytest.mark.parametrize(
    ("numerator", "low", "high"),
    [
        ("outcome = 'left'", 0.01, 0.12),
        ("waiting_seconds <= 900", 0.7, 0.95),
        ("is_booked", 0.15, 0.21),
        ("is_voided", 0.003, 0.01),
    ],
)
def test_shares_of_tickets(year: duckdb.DuckDBPyConnection, numerator: str, low: float, high: float) -> None:
    [share] = year.sql(f"SELECT avg(CASE WHEN {numerator} THEN 1 ELSE 0 END) FROM tickets").fetchone() or ()
    assert low < share < high


def test_seasons_and_weekdays(year: duckdb.DuckDBPyConnection) -> None:
    """Fewest cases in summer, most in January and September; on Sundays only online."""
    months = dict(year.sql("SELECT month(registered_on), count(*) FROM cases GROUP BY ALL").fetchall())
    assert sorted(months, key=lambda month: months[month])[:2] in ([7, 8], [8, 7])
    assert {1, 9} <= set(sorted(months, key=lambda month: -months[month])[:3])
    at_counters = dict(
        year.sql("SELECT isodow(registered_on), count(*) FROM cases WHERE NOT is_online GROUP BY ALL").fetchall()
    )
    assert at_counters[1] > at_counters[5] > 3 * at_counters[6]
    assert 7 not in at_counters


def test_waiting_is_longest_around_noon(year: duckdb.DuckDBPyConnection) -> None:
    """Fewer counters are open at lunch."""
    waits = dict(year.sql("SELECT issued_hour, avg(waiting_seconds) FROM tickets GROUP BY ALL").fetchall())
    assert min(waits[hour] for hour in (11, 13)) > 1.5 * max(waits[8], waits[16])


def test_a_few_slow_providers_make_most_of_the_delay(year: duckdb.DuckDBPyConnection) -> None:
    """The worst tenth of the providers has a third of all late cases or more."""
    late = year.sql(
        f"SELECT count(*) FILTER (NOT is_on_time) AS n FROM cases WHERE {COUNTED} GROUP BY provider ORDER BY n DESC"
    ).fetchall()
    counts = [count for (count,) in late]
    assert sum(counts[: len(counts) // 10]) > sum(counts) / 3


def test_a_silent_system_leaves_a_gap(year: duckdb.DuckDBPyConnection) -> None:
    """Some large centre has no case for a week and more, and has cases before and after."""
    [longest] = (
        year.sql("""
        SELECT max(gap) FROM (
            SELECT registered_on - lag(registered_on) OVER (PARTITION BY centre ORDER BY registered_on) AS gap
            FROM cases SEMI JOIN (
                SELECT centre FROM cases WHERE centre IS NOT NULL GROUP BY centre HAVING count(*) > 4000
            ) USING (centre)
        )""").fetchone()
        or ()
    )
    assert 7 < longest < 50


def test_counts_of_one_seed_stay() -> None:
    """Whoever changes what a seed gives must say so: examples and screenshots rest on it."""
    span = Span(build_country(1, 30), date(2025, 3, 3), date(2025, 3, 9), 100)
    [(_, piece)] = generate_facts(span)
    on_time = piece["cases"]["is_on_time"].to_pylist().count(True)
    assert (len(piece["cases"]), on_time, len(piece["tickets"])) == (490, 414, 618)
