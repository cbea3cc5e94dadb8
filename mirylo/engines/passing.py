"""Says which months get other values merely because days pass: a due date that is over, a month that has ended."""

from collections.abc import Collection, Iterator
from datetime import date

import duckdb
from sqlglot import exp

from mirylo.core.methodology.expressions import AS_OF
from mirylo.core.methodology.model import (
    ColumnValue,
    Comparison,
    Expression,
    Indicator,
    Methodology,
    Share,
    Stock,
    Type,
    children,
    columns_of,
)
from mirylo.core.periods import Grain, periods_between
from mirylo.engines.backends import open_duckdb
from mirylo.engines.conditions import date_sql
from mirylo.engines.facts import Facts
from mirylo.engines.requests import basis_column
from mirylo.engines.tables import FACT_TABLES


def months_passed(methodology: Methodology, facts: Facts, since: date, until: date) -> set[str]:
    """Codes of the months whose values may differ between two as-of dates, the facts being the same.

    Those are the months from the one to the other, and where an indicator compares dates with the as-of date, the
    months of the rows that have such a date in between.
    """
    months = set(_between(since, until))
    with open_duckdb(facts) as connection:
        for indicator in methodology.indicators:
            if indicator.population.table in facts.tables:
                for first_on, last_on in _spells(connection, indicator, since, until):
                    months.update(_between(first_on, last_on))
    return months


def _spells(
    connection: duckdb.DuckDBPyConnection, indicator: Indicator, since: date, until: date
) -> Iterator[tuple[date, date]]:
    """First and last days on which rows count whose comparison with the as-of date may have turned out otherwise."""
    expressions = _expressions(indicator)
    if not any(_reads_as_of(expression) for expression in expressions):
        return
    table = FACT_TABLES[indicator.population.table]
    read = {name for expression in expressions for name in columns_of(expression)}
    turned: list[exp.Expr] = [
        exp.Between(this=exp.column(column.name), low=date_sql(since), high=date_sql(until))
        for column in table.columns
        if column.type is Type.DATE and column.name in read
    ]
    if any(_turns_by_itself(expression) for expression in expressions):
        turned = [exp.true()]
    measure = indicator.measure
    counted = (measure.enters, measure.leaves) if isinstance(measure, Stock) else (basis_column(indicator),)
    query = exp.select(*counted).distinct().from_(table.name).where(exp.or_(*turned or [exp.false()]))
    for row in connection.sql(query.sql("duckdb")).fetchall():
        first_on, last_on = row[0], row[-1]
        if first_on is not None:
            yield first_on, min(until if last_on is None else last_on, until)


def _expressions(indicator: Indicator) -> list[Expression]:
    asked = list(indicator.conditions())
    if isinstance(indicator.measure, Share):
        asked += [one for one in (indicator.measure.numerator, indicator.measure.denominator) if one is not None]
    return asked


def _reads_as_of(expression: Expression) -> bool:
    return expression == AS_OF or any(_reads_as_of(child) for child in children(expression))


def _turns_by_itself(expression: Expression) -> bool:
    """Whether the as-of date is compared with a date that stands in the indicator: that turns for every row at once."""
    if isinstance(expression, Comparison) and AS_OF in (expression.left, expression.right):
        return not any(isinstance(side, ColumnValue) and side != AS_OF for side in (expression.left, expression.right))
    return any(_turns_by_itself(child) for child in children(expression))


def _between(first_on: date, last_on: date) -> Collection[str]:
    return [period.code for period in periods_between(first_on, last_on, Grain.MONTH)]


def first_day(facts: Facts, earliest_on: date) -> date | None:
    """The earliest day, not before `earliest_on`, that puts any row in a period; none if there is no such row."""
    days = []
    with open_duckdb(facts) as connection:
        for name in facts.tables:
            for column in sorted(set(FACT_TABLES[name].bases.values())):
                day = exp.column(column)
                is_late = exp.GTE(this=day.copy(), expression=date_sql(earliest_on))
                query = exp.select(exp.Min(this=day)).from_(name).where(is_late)
                days += [row[0] for row in connection.sql(query.sql("duckdb")).fetchall() if row[0] is not None]
    return min(days, default=None)
