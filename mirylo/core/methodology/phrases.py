"""Says a condition in words, from the documented texts of the columns that it reads."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

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
    Text,
    Type,
)

_ORDER: Mapping[Type | None, Mapping[str, Text]] = {
    Type.DATE: {
        "=": Text("того самого дня, що й", "is on the same day as"),
        "<>": Text("не того самого дня, що й", "is not on the same day as"),
        "<": Text("раніше ніж", "is before"),
        "<=": Text("не пізніше ніж", "is not later than"),
        ">": Text("пізніше ніж", "is after"),
        ">=": Text("не раніше ніж", "is not before"),
    },
    Type.TEXT: {"=": Text("—", "is"), "<>": Text("— не", "is not")},
    None: {
        "=": Text("дорівнює", "equals"),
        "<>": Text("не дорівнює", "differs from"),
        "<": Text("менше ніж", "is less than"),
        "<=": Text("не більше ніж", "is at most"),
        ">": Text("більше ніж", "is more than"),
        ">=": Text("не менше ніж", "is at least"),
    },
}
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def say_expression(expression: Expression, language: str) -> str:
    """A condition in words, column by column: what a sentence falls back on where nobody wrote better words.

    >>> due = ColumnValue("due_on", Type.DATE, Text("останній день строку", "last day of the term"))
    >>> say_expression(Comparison("<", due, Literal(date(2026, 2, 1))), "uk")
    '«останній день строку» раніше ніж 01.02.2026'
    >>> say_expression(Not(IsNull(due)), "en")
    '"last day of the term" is filled'
    """
    match expression:
        case ColumnValue(_, type_):
            return _say_flag(expression, True, language) if type_ is Type.FLAG else say_column(expression, language)
        case Literal(value):
            return say_constant(value, language)
        case Comparison():
            return _say_comparison(expression, language)
        case Arithmetic(operator, left, right):
            word = {"+": Text("плюс", "plus"), "-": Text("мінус", "minus")}[operator]
            return f"{say_expression(left, language)} {word.in_(language)} {_part(right, language)}"
        case IsNull(operand):
            return f"{_say_value(operand, language)} {Text('не заповнено', 'is empty').in_(language)}"
        case OneOf(operand, values):
            listed = Text("— з переліку", "is one of").in_(language)
            return f"{_say_value(operand, language)} {listed}: {_say_list(values, language)}"
        case Not(operand):
            return _say_not(operand, language)
        case And(operands):
            return f" {Text('і', 'and').in_(language)} ".join(_part(operand, language) for operand in operands)
        case Or(operands):
            return f" {Text('або', 'or').in_(language)} ".join(_part(operand, language) for operand in operands)


def _say_not(operand: Expression, language: str) -> str:
    match operand:
        case IsNull(asked):
            return f"{_say_value(asked, language)} {Text('заповнено', 'is filled').in_(language)}"
        case ColumnValue() as column:
            return _say_flag(column, False, language)
        case OneOf(asked, values):
            listed = Text("— не з переліку", "is none of").in_(language)
            return f"{_say_value(asked, language)} {listed}: {_say_list(values, language)}"
        case _:
            return f"{Text('неправда, що', 'it is not so that').in_(language)} {_part(operand, language)}"


def _say_comparison(comparison: Comparison, language: str) -> str:
    left, right = comparison.left, comparison.right
    match left, right:
        case (ColumnValue(_, Type.FLAG) as flag, Literal(bool() as value)):
            return _say_flag(flag, value is (comparison.operator == "="), language)
    kinds = {_order_of(left), _order_of(right)}
    order = next((kind for kind in (Type.DATE, Type.TEXT) if kind in kinds), None)
    words = _ORDER[order][comparison.operator].in_(language)
    return f"{_say_value(left, language)} {words} {_say_value(right, language)}"


def _order_of(expression: Expression) -> Type | None:
    match expression:
        case ColumnValue(_, Type.DATE | Type.MOMENT) | Literal(date()):
            return Type.DATE
        case ColumnValue(_, Type.TEXT | Type.FLAG) | Literal(bool() | str()):
            return Type.TEXT
        case _:
            return None


def _part(expression: Expression, language: str) -> str:
    said = say_expression(expression, language)
    return f"({said})" if isinstance(expression, And | Or | Arithmetic) else said


def _say_value(expression: Expression, language: str) -> str:
    if isinstance(expression, ColumnValue):
        return say_column(expression, language)
    return say_expression(expression, language)


def _say_list(values: Iterable[Literal], language: str) -> str:
    return ", ".join(say_constant(value.value, language) for value in values)


def say_column(column: ColumnValue, language: str) -> str:
    """A column by its documented text, in quotation marks; by its name where it has none."""
    said = column.said.in_(language) if column.said else column.name
    return f"«{said}»" if language == "uk" else f'"{said}"'


def _say_flag(column: ColumnValue, value: bool, language: str) -> str:
    if language == "uk":
        return f"{say_column(column, language)} — {'так' if value else 'ні'}"
    return f"{say_column(column, language)} is {'yes' if value else 'no'}"


def say_constant(value: str | int | Decimal | bool | date, language: str) -> str:
    """A constant as it is written in a language.

    >>> say_constant(Decimal("1.50"), "uk"), say_constant(date(2026, 1, 31), "en")
    ('1,5', '31 January 2026')
    """
    match value:
        case bool():
            return Text("так", "yes").in_(language) if value else Text("ні", "no").in_(language)
        case str():
            return f"«{value}»" if language == "uk" else f'"{value}"'
        case date():
            return f"{value:%d.%m.%Y}" if language == "uk" else f"{value.day} {_MONTHS[value.month - 1]} {value.year}"
        case _:
            said = f"{Decimal(value):f}"
            said = said.rstrip("0").rstrip(".") if "." in said else said
            return said.replace(".", ",") if language == "uk" else said
