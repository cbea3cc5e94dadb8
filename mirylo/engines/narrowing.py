"""Narrows facts to those of one unit, so that a question about one centre does not read the country."""

from dataclasses import replace

from sqlglot import exp

from mirylo.engines.backends import open_duckdb
from mirylo.engines.facts import Facts
from mirylo.engines.tables import CUTS


def narrow(facts: Facts, cut: str, unit: str) -> Facts:
    """The facts whose first unit of a cut has that name; those of the nation are all."""
    if not CUTS[cut]:
        return facts
    column = CUTS[cut][0]
    with open_duckdb(facts) as connection:
        is_there = exp.EQ(this=exp.column(column), expression=exp.Literal.string(unit))
        tables = {
            name: connection.sql(exp.select("*").from_(name).where(is_there.copy()).sql("duckdb")).to_arrow_table()
            for name in facts.tables
        }
    return replace(facts, tables=tables)
