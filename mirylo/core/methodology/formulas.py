"""Writes a condition back as the plain SQL it was read from, and an indicator as a short formula."""

from datetime import date
from decimal import Decimal

from mirylo.core.methodology.model import (
    SECONDS_IN,
    And,
    Arithmetic,
    ColumnValue,
    Comparison,
    Count,
    Expression,
    Indicator,
    IsNull,
    Literal,
    Mean,
    Not,
    OneOf,
    Or,
    Quantile,
    Share,
    Stock,
    Type,
)


def formula(indicator: Indicator) -> str:
    """The measure as a formula, the same in every language: what is divided by what, over which rows.

    >>> from mirylo.core.methodology.model import Direction, Population, Text, Unit
    >>> cases = Population("cases", Text("", ""), "cases", None)
    >>> seconds = ColumnValue("throughput_seconds", Type.SECONDS)
    >>> print(formula(Indicator("mean", Text("", ""), Text("", ""), cases, "ready", Mean(seconds), Unit.DAYS,
    ...     Direction.LOWER)))
    mean(throughput_seconds) / 86400
    """
    rows = _count(indicator.where)
    divisor = SECONDS_IN.get(indicator.unit, 1)
    match indicator.measure:
        case Count():
            return rows
        case Share(numerator, denominator):
            whole = tuple(part for part in (indicator.where, denominator) if part is not None)
            return f"{_count(*whole, numerator)} / {_count(*whole)}"
        case Mean(of):
            return _divide(f"mean({of.name})", of, divisor) + _filter(indicator.where)
        case Quantile(of, q):
            return _divide(f"quantile({of.name}, {q})", of, divisor) + _filter(indicator.where)
        case Stock(enters, leaves):
            stands = f"{enters} <= end and ({leaves} is null or {leaves} > end)"
            return f"count({stands}{f' and {_side(indicator.where)}' if indicator.where else ''})"


def write_condition(expression: Expression) -> str:
    """An expression as SQL that reads back as the very same tree.

    >>> due = ColumnValue("due_on", Type.DATE)
    >>> write_condition(Or((IsNull(due), Comparison("<", due, Literal(date(2026, 2, 1))))))
    "due_on is null or due_on < date '2026-02-01'"
    """
    match expression:
        case ColumnValue(name):
            return name
        case Literal(value):
            return _write_constant(value)
        case Comparison(operator, left, right):
            return f"{_operand(left)} {operator} {_operand(right)}"
        case Arithmetic(operator, left, right):
            # A chain reads from the left, so only what stands on the right needs its parentheses.
            return f"{write_condition(left)} {operator} {_operand(right)}"
        case IsNull(operand):
            return f"{_operand(operand)} is null"
        case Not(IsNull(operand)):
            return f"{_operand(operand)} is not null"
        case Not(OneOf(operand, values)):
            return f"{_operand(operand)} not in ({', '.join(_write_constant(value.value) for value in values)})"
        case OneOf(operand, values):
            return f"{_operand(operand)} in ({', '.join(_write_constant(value.value) for value in values)})"
        case Not(operand):
            return f"not {_operand(operand)}"
        case And(operands):
            return " and ".join(_side(operand) for operand in operands)
        case Or(operands):
            return " or ".join(_side(operand) for operand in operands)


def _operand(expression: Expression) -> str:
    written = write_condition(expression)
    return written if isinstance(expression, ColumnValue | Literal) else f"({written})"


def _side(expression: Expression) -> str:
    written = write_condition(expression)
    return f"({written})" if isinstance(expression, And | Or) else written


def _write_constant(value: str | int | Decimal | bool | date) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return "'" + value.replace("'", "''") + "'"
        case date():
            return f"date '{value.isoformat()}'"
        case _:
            return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _count(*conditions: Expression | None) -> str:
    parts = [part for c in conditions if c is not None for part in (c.operands if isinstance(c, And) else (c,))]
    whole = And(tuple(parts)) if len(parts) > 1 else next(iter(parts), None)
    return f"count({write_condition(whole) if whole else '*'})"


def _divide(written: str, of: ColumnValue, divisor: int) -> str:
    return f"{written} / {divisor}" if of.type is Type.SECONDS and divisor != 1 else written


def _filter(where: Expression | None) -> str:
    return f" where {write_condition(where)}" if where is not None else ""
