"""Queries: one for each table and date, nothing asked twice, and Spark's dialect of every shipped indicator."""

import os
from datetime import date
from pathlib import Path

import duckdb
import pytest
import sqlglot
from sqlglot import exp

from mirylo.core.methodology.expressions import parse_condition
from mirylo.core.methodology.loading import load
from mirylo.core.methodology.model import Indicator, Methodology, Quantile
from mirylo.engines.compiling import Rows, Span, compile_flow, compile_points, points_of, top_and_whole
from mirylo.engines.conditions import as_sql
from mirylo.engines.requests import basis_column
from mirylo.engines.running import explain
from mirylo.engines.tables import CASES, CUTS, DUCKDB_TYPES, FACT_TABLES

ROOT = Path(__file__).parent.parent.parent
SNAPSHOT = Path(__file__).parent / "shipped_indicators.spark.sql"
AS_OF = date(2026, 3, 10)


@pytest.fixture(scope="module")
def methodology() -> Methodology:
    return load(ROOT / "methodology", FACT_TABLES)


def flows_on(methodology: Methodology, basis: str) -> list[Indicator]:
    return [i for i in methodology.indicators if i.population.table == "cases" and i.basis == basis]


def test_spark_reads_every_shipped_indicator_as_agreed(methodology: Methodology) -> None:
    """Written anew with UPDATE_SNAPSHOTS=1; the difference is then to be read, since nothing runs Spark here."""
    written = "\n\n".join(
        f"-- {indicator.code}\n{explain(indicator, AS_OF, cuts=('nation', 'oblast', 'centre_service'))['spark']};"
        for indicator in methodology.indicators
    )
    if os.environ.get("UPDATE_SNAPSHOTS"):
        SNAPSHOT.write_text(written + "\n")
    assert written + "\n" == SNAPSHOT.read_text()
    for statement in sqlglot.parse(written, read="spark"):
        assert statement is not None
        assert not statement.find(exp.ApproxQuantile)


def test_duckdb_plans_every_shipped_indicator(methodology: Methodology) -> None:
    with duckdb.connect() as connection:
        for table in FACT_TABLES.values():
            columns = ", ".join(f"{column.name} {DUCKDB_TYPES[column.type]}" for column in table.columns)
            connection.execute(f"create table {table.name} ({columns})")
        for indicator in methodology.indicators:
            for query in explain(indicator, AS_OF, cuts=tuple(CUTS))["duckdb"].split(";"):
                assert connection.sql(query).fetchall() == []


def test_one_query_counts_all_indicators_of_a_date_and_asks_nothing_twice(methodology: Methodology) -> None:
    due = flows_on(methodology, "due")
    query = compile_flow("cases", "due_on", due, ("nation", "oblast"), 1, Span(None, AS_OF), AS_OF)
    assert set(query.columns) == {aggregate for i in due for aggregate in top_and_whole(i) if aggregate}
    given = [column.unalias().sql() for column in query.tree.find(exp.Subquery).this.selects]  # type: ignore[union-attr]
    assert len(set(given)) == len(given)
    # The population stands in `where`, once, and not in every number.
    assert query.sql("duckdb").count("is_voided") == 1


def test_equal_counts_are_taken_once(methodology: Methodology) -> None:
    ready = flows_on(methodology, "ready")
    query = compile_flow("cases", "ready_on", ready, ("nation",), 1, Span(None, AS_OF), AS_OF)
    asked = [aggregate for i in ready for aggregate in top_and_whole(i) if isinstance(aggregate, Rows)]
    assert len(set(asked)) < len(asked)
    assert sum(isinstance(aggregate, Rows) for aggregate in query.columns) == len(set(asked))


def test_quantiles_of_a_column_are_taken_together(methodology: Methodology) -> None:
    ready = [i for i in flows_on(methodology, "ready") if isinstance(i.measure, Quantile)]
    points = list(dict.fromkeys(points_of(ready).values()))
    query = compile_points("cases", "ready_on", points, ("nation",), 12, Span(None, AS_OF), AS_OF)
    assert query.sql("duckdb").count("QUANTILE_CONT") == 2
    assert "[0.5, 0.9]" in query.sql("duckdb")
    assert "PERCENTILE(throughput_seconds_quantiles_0, ARRAY(0.5, 0.9))" in query.sql("spark").replace("_1,", "_0,")


def test_a_mark_names_its_cut_even_where_a_unit_has_no_name() -> None:
    sets = tuple(CUTS)
    query = compile_flow("cases", "registered_on", [], sets, 1, Span(None, AS_OF), AS_OF)
    assert len(set(query.cut_marks.values())) == len(sets)
    with duckdb.connect() as connection:
        units = ", ".join(f"null::varchar as {name}" for name in CASES.units)
        connection.execute(f"create table cases as select {units}, date '2026-01-05' as registered_on")
        marks = [row[0] for row in connection.sql(query.sql("duckdb")).fetchall()]
    assert sorted(marks) == sorted(query.cut_marks.values())


@pytest.mark.parametrize(
    ("condition", "written"),
    [
        ("due_on < as_of", "due_on < CAST('2026-03-10' AS DATE)"),
        ("not (is_online and is_test)", "NOT (is_online AND is_test)"),
        ("(is_online or is_test) and is_voided", "(is_online OR is_test) AND is_voided"),
        ("stopped_days - (extensions - 1) > -2", "(stopped_days - (extensions - 1)) > (-2)"),
        ("channel in ('o''neil', 'b')", "channel IN ('o''neil', 'b')"),
        ("throughput_seconds <= 0.000001", "throughput_seconds <= 0.000001"),
    ],
)
def test_a_condition_keeps_its_order_and_its_texts(condition: str, written: str) -> None:
    tree = parse_condition(condition, CASES, "here")
    assert as_sql(tree, AS_OF).sql("duckdb").replace("( ", "(") == written


def test_registered_at_is_read_from_its_basis(methodology: Methodology) -> None:
    (registered,) = [i for i in methodology.indicators if i.code == "registered"]
    assert basis_column(registered) == "registered_on"
