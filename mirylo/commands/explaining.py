"""Explains an indicator: its sentence, its formula, its legal basis, and the query that counts it."""

from datetime import date, timedelta

from mirylo.core.methodology.model import Indicator, Methodology, Quantile, Stock
from mirylo.display.language import say
from mirylo.display.page import explain
from mirylo.engines.compiling import Span, compile_flow, compile_points, compile_stock, points_of
from mirylo.engines.tables import FACT_TABLES

MONTHS_IN_A_YEAR = 12


def say_explanation(methodology: Methodology, indicator: Indicator, as_of: date) -> str:
    """Everything there is to know about how an indicator is counted, as text."""
    told = explain(indicator)
    parts = [
        f"{told.title} ({indicator.code})",
        told.sentence,
        told.explanation,
        told.formula,
        *told.basis,
        f"{say('As DuckDB counts it, year by year:')}\n\n{write_query(indicator, as_of)}",
        say("methodology {version}", version=methodology.version),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def write_query(indicator: Indicator, as_of: date) -> str:
    """The query by which DuckDB counts the indicator for the nation, year by year."""
    table = FACT_TABLES[indicator.population.table]
    cuts, span = ("nation",), Span(None, as_of)
    if isinstance(indicator.measure, Stock):
        ends = {(as_of - timedelta(days=1), as_of): 0}
        return compile_stock(table.name, indicator.measure, [indicator], cuts, ends, as_of).sql("duckdb", pretty=True)
    basis = table.bases[indicator.basis]
    if isinstance(indicator.measure, Quantile):
        points = list(points_of([indicator]).values())
        query = compile_points(table.name, basis, points, cuts, MONTHS_IN_A_YEAR, span, as_of)
    else:
        query = compile_flow(table.name, basis, [indicator], cuts, MONTHS_IN_A_YEAR, span, as_of)
    return query.sql("duckdb", pretty=True)
