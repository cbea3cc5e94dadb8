"""Turns indicators into queries: one for each fact table and date column, over all cuts of the country at once.

A query returns counts, exact sums and quantiles, never a ratio. It is a tree of SQLGlot, so an expression is never put
together from pieces of text, and the same tree is written in DuckDB's language and in Spark's.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar

from sqlglot import exp

from mirylo.core.methodology.model import (
    And,
    ColumnValue,
    Expression,
    Indicator,
    IsNull,
    Mean,
    Not,
    Quantile,
    Share,
    Stock,
    Type,
)
from mirylo.core.values import THOUSANDTHS
from mirylo.engines.conditions import as_sql, date_sql
from mirylo.engines.tables import CUTS

GROUPED_AWAY = "grouped_away"
"""Output column whose bits name the cut of a row; see `Query.cut_marks`."""
PERIOD = "period"

DIALECTS = ("duckdb", "spark")
"""Languages a query can be written in."""


@dataclass(frozen=True)
class Rows:
    """A number to take: how many rows fulfil all conditions."""

    conditions: tuple[Expression, ...]


@dataclass(frozen=True)
class Sum:
    """A number to take: the sum of a column over those rows; seconds in thousandths, which are whole."""

    of: ColumnValue
    conditions: tuple[Expression, ...]


@dataclass(frozen=True)
class Points:
    """Numbers to take: exact quantiles (type 7) of a column over those rows; seconds in thousandths."""

    of: ColumnValue
    conditions: tuple[Expression, ...]
    qs: tuple[Decimal, ...]


Aggregate = Rows | Sum | Points


@dataclass(frozen=True)
class Span:
    """Rows whose date lies between two local dates, both included; `first_on` empty: from the first row on."""

    first_on: date | None
    last_on: date


@dataclass(frozen=True)
class Query:
    """A compiled query: its tree, the column of each number taken, and the cut that each mark in the output means."""

    tree: exp.Select
    columns: Mapping[Aggregate, str]
    cut_marks: Mapping[str, int]

    def sql(self, dialect: str, *, pretty: bool = False) -> str:
        """The query in an engine's language: `duckdb` or `spark`.

        Quantiles and grouping marks are written here, for each engine by its own exact function: SQLGlot would turn
        quantiles into Spark's approximate ones, and leave `grouping` with several columns, which Spark does not know.
        """
        return self.tree.transform(_for_engine, dialect).sql(dialect, pretty=pretty)


class _Marks(exp.Expression, exp.Func):
    """Which unit columns a row of the output is not grouped by, a bit each, the first column highest."""

    is_var_len_args = True
    arg_types: ClassVar[dict[str, bool]] = {"expressions": True}


class _ExactQuantiles(exp.Expression, exp.Func):
    """A list of exact quantiles with linear interpolation."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "qs": True}


def top_and_whole(indicator: Indicator) -> tuple[Aggregate | None, Rows | None]:
    """What an indicator takes for its numerator and its denominator (for a mean or quantile: the rows with a value)."""
    rows = indicator.conditions()
    match indicator.measure:
        case Share(numerator, denominator):
            whole = (*rows, denominator) if denominator is not None else rows
            return Rows(flatten((*whole, numerator))), Rows(flatten(whole))
        case Mean(of):
            return Sum(of, flatten(rows)), Rows(flatten((*rows, Not(IsNull(of)))))
        case Quantile(of):
            return None, Rows(flatten((*rows, Not(IsNull(of)))))
        case _:
            return Rows(flatten(rows)), None


def points_of(indicators: Iterable[Indicator]) -> dict[Indicator, Points]:
    """The quantiles to take; several of one column over the same rows are taken together, in one pass."""
    wanted: dict[tuple[ColumnValue, tuple[Expression, ...]], set[Decimal]] = {}
    quantiles = [(i, i.measure) for i in indicators if isinstance(i.measure, Quantile)]
    for indicator, measure in quantiles:
        wanted.setdefault((measure.of, flatten(indicator.conditions())), set()).add(measure.q)
    return {
        indicator: Points(measure.of, rows, tuple(sorted(wanted[measure.of, rows])))
        for indicator, measure in quantiles
        for rows in [flatten(indicator.conditions())]
    }


def compile_flow(
    table: str, basis: str, indicators: Sequence[Indicator], cuts: Sequence[str], months: int, span: Span, as_of: date
) -> Query:
    """Counts and sums of flows: a row falls in the period of its `basis` column, a period being `months` long."""
    return _flow_query(table, basis, _counts_of(indicators), any_of(indicators), cuts, months, span, as_of)


def compile_points(
    table: str, basis: str, points: Sequence[Points], cuts: Sequence[str], months: int, span: Span, as_of: date
) -> Query:
    """Exact quantiles of flows for one length of period, which cannot be made of those of shorter periods."""
    columns: dict[Aggregate, str] = {}
    for one in points:
        columns.setdefault(one, f"{one.of.name}_quantiles_{len(columns)}")
    rows = simplest([(*one.conditions, Not(IsNull(one.of))) for one in points])
    return _flow_query(table, basis, columns, rows, cuts, months, span, as_of)


def compile_stock(
    table: str,
    stock: Stock,
    indicators: Sequence[Indicator],
    cuts: Sequence[str],
    ends: Mapping[tuple[date, date], int],
    as_of: date,
) -> Query:
    """Rows standing at the ends of periods, by a join of dates with the small table of those ends.

    `ends` maps (entered by the one day, did not leave until after the other) to a number, which stands for the period.
    """
    columns = _counts_of(indicators)
    enters, leaves = exp.column(stock.enters), exp.column(stock.leaves)
    stays = exp.or_(exp.Is(this=leaves, expression=exp.Null()), exp.GT(this=leaves, expression=enters))
    rows = [exp.LTE(this=enters, expression=date_sql(max(entered_by for entered_by, _ in ends))), stays]
    standing = _row_query(table, columns, any_of(indicators), cuts, as_of).select(
        enters.as_("entered_on"),
        exp.Coalesce(this=leaves, expressions=[date_sql(date.max)]).as_("left_on"),
    )
    values = exp.values(
        [(number, date_sql(entered_by), date_sql(left_after)) for (entered_by, left_after), number in ends.items()],
        alias="ends",
        columns=[PERIOD, "entered_by", "left_after"],
    )
    there = exp.and_(
        exp.LTE(this=exp.column("entered_on"), expression=exp.column("entered_by")),
        exp.GT(this=exp.column("left_on"), expression=exp.column("left_after")),
    )
    joined = exp.select().from_(standing.where(*rows).subquery("standing")).join(values, on=there)
    return _grouped(joined, columns, cuts)


def compile_first_entry(table: str, stock: Stock, indicators: Sequence[Indicator], as_of: date) -> exp.Select:
    """The first day on which a row of the stock entered, none after the as-of date."""
    enters = exp.column(stock.enters)
    query = exp.select(exp.Min(this=enters)).from_(table).where(exp.LTE(this=enters.copy(), expression=date_sql(as_of)))
    rows = any_of(indicators)
    return query.where(exp.or_(*(_all(conditions, as_of) for conditions in rows))) if rows else query


def _flow_query(
    table: str,
    basis: str,
    columns: Mapping[Aggregate, str],
    rows: Sequence[tuple[Expression, ...]],
    cuts: Sequence[str],
    months: int,
    span: Span,
    as_of: date,
) -> Query:
    day = exp.column(basis)
    inner = _row_query(table, columns, rows, cuts, as_of).select(_period(day, months).as_(PERIOD))
    if span.first_on is not None:
        inner = inner.where(exp.GTE(this=day.copy(), expression=date_sql(span.first_on)))
    inner = inner.where(exp.LTE(this=day.copy(), expression=date_sql(span.last_on)))
    return _grouped(exp.select().from_(inner.subquery("counted")), columns, cuts)


def _row_query(
    table: str,
    columns: Mapping[Aggregate, str],
    rows: Sequence[tuple[Expression, ...]],
    cuts: Sequence[str],
    as_of: date,
) -> exp.Select:
    """Each row's units, and what it gives to each number taken: null where it gives nothing."""
    inner = exp.select(*_unit_columns(cuts)).from_(table)
    if rows:
        inner = inner.where(exp.or_(*(_all(conditions, as_of) for conditions in rows)))
    # What every row fulfils already is not asked again for each number.
    asked = frozenset(rows[0]) if len(rows) == 1 else frozenset()
    return inner.select(*(_given(aggregate, asked, as_of).as_(name) for aggregate, name in columns.items()))


def _given(aggregate: Aggregate, asked: frozenset[Expression], as_of: date) -> exp.Expr:
    """What one row gives: true or null to a count, else its value or null."""
    conditions = [condition for condition in aggregate.conditions if condition not in asked]
    if isinstance(aggregate, Rows):
        # Neither false nor null is counted, and DuckDB counts what is not null faster than it filters.
        return exp.func("NULLIF", _all(conditions, as_of), exp.false()) if conditions else exp.true()
    value: exp.Expr = exp.column(aggregate.of.name)
    if aggregate.of.type is Type.SECONDS:
        value = exp.cast(exp.Mul(this=value, expression=exp.Literal.number(THOUSANDTHS)), "bigint")
    return exp.Case(ifs=[exp.If(this=_all(conditions, as_of), true=value)]) if conditions else value


def _all(conditions: Iterable[Expression], as_of: date) -> exp.Expr:
    return exp.and_(*(as_sql(condition, as_of) for condition in conditions))


def _grouped(inner: exp.Select, columns: Mapping[Aggregate, str], cuts: Sequence[str]) -> Query:
    """The numbers of every cut and period. Spark wants the marks' columns in the order of the grouping columns."""
    sets = [(*CUTS[cut], PERIOD) for cut in cuts]
    grouping = list(dict.fromkeys(name for columns_of_set in sets for name in columns_of_set))
    marks = _Marks(expressions=[exp.column(name) for name in grouping])
    outer = inner.select(marks.as_(GROUPED_AWAY), *(exp.column(name) for name in (*_unit_columns(cuts), PERIOD)))
    outer = outer.select(*(_aggregated(aggregate, name).as_(name) for aggregate, name in columns.items()))
    sets_sql = [exp.Tuple(expressions=[exp.column(name) for name in names]) for names in sets]
    outer.set("group", exp.Group(expressions=[exp.GroupingSets(expressions=sets_sql)]))
    cut_marks = {cut: _mark(grouping, names) for cut, names in zip(cuts, sets, strict=True)}
    return Query(outer, columns, cut_marks)


def _aggregated(aggregate: Aggregate, name: str) -> exp.Expr:
    column = exp.column(name)
    match aggregate:
        case Rows():
            return exp.Count(this=column, big_int=True)
        case Sum():
            return exp.cast(exp.Sum(this=column), "bigint")
        case Points(_, _, qs):
            numbers = [exp.Literal.number(str(q)) for q in qs]
            return _ExactQuantiles(this=column, qs=exp.Array(expressions=numbers))


def _for_engine(node: exp.Expr, dialect: str) -> exp.Expr:
    if isinstance(node, _Marks):
        return exp.Anonymous(this="GROUPING_ID" if dialect == "spark" else "GROUPING", expressions=node.expressions)
    if isinstance(node, _ExactQuantiles):
        name = "PERCENTILE" if dialect == "spark" else "QUANTILE_CONT"
        return exp.Anonymous(this=name, expressions=[node.this, node.args["qs"]])
    return node


def _mark(grouping: Sequence[str], grouped: Sequence[str]) -> int:
    """The mark of a cut: a bit for each column that it does not group by, the first column highest."""
    return sum(1 << place for place, name in enumerate(reversed(grouping)) if name not in grouped)


def _unit_columns(cuts: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for cut in cuts for name in CUTS[cut]))


def _period(day: exp.Expr, months: int) -> exp.Expr:
    """The ordinal of the period: months since year 0, divided down to the longer period."""
    year = exp.Mul(this=exp.Year(this=day), expression=exp.Literal.number(12))
    month = exp.Sub(this=exp.Add(this=year, expression=exp.Month(this=day.copy())), expression=exp.Literal.number(1))
    if months == 1:
        return month
    return exp.IntDiv(this=exp.paren(month), expression=exp.Literal.number(months))


def flatten(conditions: Iterable[Expression]) -> tuple[Expression, ...]:
    """Conditions that must all hold, a chain of `and` taken apart, repeats dropped, so that equal ones are seen."""
    parts: list[Expression] = []
    for condition in conditions:
        parts += flatten(condition.operands) if isinstance(condition, And) else (condition,)
    return tuple(dict.fromkeys(parts))


def any_of(indicators: Iterable[Indicator]) -> list[tuple[Expression, ...]]:
    """Which rows any of the indicators counts, as alternatives; none at all means every row."""
    return simplest([flatten(indicator.conditions()) for indicator in indicators])


def simplest(alternatives: Sequence[tuple[Expression, ...]]) -> list[tuple[Expression, ...]]:
    """Alternatives without those that another one already covers; empty when one of them asks nothing."""
    distinct_ones = list(dict.fromkeys(alternatives))
    kept = [
        one
        for one in distinct_ones
        if not any(set(other) < set(one) or (set(other) == set(one) and other != one) for other in distinct_ones)
    ]
    return [] if any(not one for one in kept) else kept


def _counts_of(indicators: Iterable[Indicator]) -> dict[Aggregate, str]:
    """The counts and sums that indicators take, each once, under the name of the first that takes it."""
    columns: dict[Aggregate, str] = {}
    for indicator in indicators:
        top, whole = top_and_whole(indicator)
        if top is not None:
            columns.setdefault(top, f"{indicator.code}_numerator")
        if whole is not None:
            columns.setdefault(whole, f"{indicator.code}_denominator")
    return columns
