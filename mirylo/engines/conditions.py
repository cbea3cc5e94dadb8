"""Writes the conditions of indicators as SQL trees, which every engine's dialect is then written from."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from sqlglot import exp

from mirylo.core.methodology.model import (
    And,
    Arithmetic,
    ColumnValue,
    Comparison,
    Expression,
    IsNull,
    Literal,
    Not,
    OneOf,
    Or,
)

_OPERATORS: dict[str, Callable[..., exp.Expr]] = {
    "=": exp.EQ,
    "<>": exp.NEQ,
    "<": exp.LT,
    "<=": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
    "+": exp.Add,
    "-": exp.Sub,
}


def as_sql(expression: Expression, as_of: date) -> exp.Expr:
    """The SQL tree of a condition or of a value in it; `as_of` stands in it as a date."""
    match expression:
        case ColumnValue("as_of"):
            return date_sql(as_of)
        case ColumnValue(name):
            return exp.column(name)
        case Literal(value):
            return literal_sql(value)
        case Comparison(operator, left, right) | Arithmetic(operator, left, right):
            return _OPERATORS[operator](this=_operand(left, as_of), expression=_operand(right, as_of))
        case IsNull(operand):
            return exp.Is(this=_operand(operand, as_of), expression=exp.Null())
        case OneOf(operand, values):
            return exp.In(this=_operand(operand, as_of), expressions=[literal_sql(v.value) for v in values])
        case Not(operand):
            return exp.Not(this=_operand(operand, as_of))
        case And(operands):
            return exp.and_(*(as_sql(o, as_of) for o in operands))
        case Or(operands):
            return exp.paren(exp.or_(*(as_sql(o, as_of) for o in operands)))


def literal_sql(value: str | int | Decimal | bool | date) -> exp.Expr:
    """The SQL tree of a constant."""
    if isinstance(value, bool):  # before whole numbers: a flag is one to Python
        return exp.Boolean(this=value)
    if isinstance(value, str):
        return exp.Literal.string(value)
    if isinstance(value, date):
        return date_sql(value)
    # Never as 1E-7, which SQL reads as a float.
    digits = f"{abs(value):f}" if isinstance(value, Decimal) else str(abs(value))
    number = exp.Literal.number(digits)
    return exp.paren(exp.Neg(this=number)) if value < 0 else number


def date_sql(day: date) -> exp.Expr:
    """The SQL tree of a date."""
    return exp.cast(exp.Literal.string(day.isoformat()), "date")


def _operand(expression: Expression, as_of: date) -> exp.Expr:
    """A part of an expression, in parentheses unless it is a name or a constant: precedence is never relied on."""
    written = as_sql(expression, as_of)
    return written if isinstance(expression, ColumnValue | Literal | Or) else exp.paren(written)
