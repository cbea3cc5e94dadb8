"""Reads a condition written as plain SQL, such as `ready_on <= due_on`, and lets through only what cannot do harm.

SQLGlot's parser does the reading; what it returns is taken over node by node by an allow-list. Everything that is not
on the list is refused by name: functions, subqueries, comments, several statements. Every value has a type, so a date
is never compared with a number.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

import sqlglot
from sqlglot import TokenType, exp
from sqlglot.errors import SqlglotError

from mirylo.core.faults import N_, Fault, FaultsFoundError
from mirylo.core.methodology.model import (
    And,
    Arithmetic,
    Column,
    ColumnValue,
    Comparison,
    Expression,
    FactTable,
    IsNull,
    Literal,
    Not,
    OneOf,
    Or,
    Text,
    Type,
    columns_of,
)
from mirylo.core.methodology.spelling import nearest

LONGEST = 2000
"""Characters in a condition: the longest of ours has under two hundred."""

AS_OF = ColumnValue("as_of", Type.DATE, Text("дата, станом на яку пораховано", "the date the figures are as of"))


class Family(StrEnum):
    """What a value is, as far as comparing goes; whole numbers and seconds are both numbers."""

    TEXT = N_("a text")
    FLAG = N_("a flag (true or false)")
    NUMBER = N_("a number")
    DATE = N_("a date")
    MOMENT = N_("a moment")
    CONDITION = N_("a condition")


_FAMILY_OF_TYPE: Mapping[Type, Family] = {
    Type.TEXT: Family.TEXT,
    Type.FLAG: Family.FLAG,
    Type.COUNT: Family.NUMBER,
    Type.SECONDS: Family.NUMBER,
    Type.DATE: Family.DATE,
    Type.MOMENT: Family.MOMENT,
}
_OPERATORS: Mapping[type[exp.Expr], str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
    exp.Add: "+",
    exp.Sub: "-",
}
_NUMBER = re.compile(r"\d{1,15}(\.\d{1,15})?", re.ASCII)


def family_of(expression: Expression) -> Family:
    """What an expression gives.

    >>> family_of(Literal(date(2026, 1, 31)))
    <Family.DATE: 'a date'>
    """
    match expression:
        case ColumnValue(_, type_):
            return _FAMILY_OF_TYPE[type_]
        case Literal(value):
            # A flag is a whole number to Python, so it is asked first.
            return (
                Family.FLAG
                if isinstance(value, bool)
                else Family.TEXT
                if isinstance(value, str)
                else Family.DATE
                if isinstance(value, date)
                else Family.NUMBER
            )
        case Arithmetic():
            return Family.NUMBER
        case _:
            return Family.CONDITION


def parse_condition(text: str, table: FactTable, place: str) -> Expression:
    """The tree of a condition over the columns of `table`, with `as_of` as a date.

    Allowed: columns, texts in single quotes, numbers, true and false, `date '2026-01-31'`, = <> != < <= > >=, + and -,
    between, in, is null, is not null, not, and, or, parentheses. `FaultsFoundError` tells every mistake at `place`.

    >>> from mirylo.core.methodology.model import Column, FactTable
    >>> cases = FactTable("cases", "", "", (Column("due_on", Type.DATE, "", ""),), (), {})
    >>> parse_condition("due_on < as_of", cases, "a.yaml, line 7").operator
    '<'
    >>> parse_condition("due_one < 5", cases, "a.yaml, line 7")
    Traceback (most recent call last):
    mirylo.core.faults.FaultsFoundError: a.yaml, line 7: unknown column due_one. Did you mean due_on?
    """
    reader = _Reader(table, place)
    expression = reader.read_text(text)
    if expression is not None and not reader.faults:
        reader.expect_condition(expression)
        if not any(True for _ in columns_of(expression)):
            reader.report(N_("{text} is the same for every row"), N_("Ask about a column."), text=text)
    if expression is None or reader.faults:
        raise FaultsFoundError(reader.faults)
    return expression


class _Reader:
    """Takes over SQLGlot's tree by the allow-list and keeps the mistakes."""

    def __init__(self, table: FactTable, place: str) -> None:
        self.table = table
        self.place = place
        self.faults: list[Fault] = []
        # The arguments beside a node are part of the list: `in` may have values, never a query.
        self.allowed: Mapping[type[exp.Expr], tuple[frozenset[str], Callable[[Any], Expression | None]]] = {
            exp.Column: (frozenset({"this"}), self._column),
            exp.Literal: (frozenset({"this", "is_string"}), self._literal),
            exp.Boolean: (frozenset({"this"}), lambda node: Literal(bool(node.this))),
            exp.Cast: (frozenset({"this", "to"}), self._date),
            exp.Neg: (frozenset({"this"}), self._negative),
            exp.Paren: (frozenset({"this"}), lambda node: self.read(node.this)),
            exp.Not: (frozenset({"this"}), self._not),
            exp.Is: (frozenset({"this", "expression"}), self._is_null),
            exp.In: (frozenset({"this", "expressions"}), self._one_of),
            exp.Between: (frozenset({"this", "low", "high"}), self._between),
            exp.And: (frozenset({"this", "expression"}), self._junction),
            exp.Or: (frozenset({"this", "expression"}), self._junction),
            **{kind: (frozenset({"this", "expression"}), self._binary) for kind in _OPERATORS},
        }

    def report(self, problem: str, remedy: str = "", **values: object) -> None:
        self.faults.append(Fault(self.place, problem, remedy, values))

    def read_text(self, text: str) -> Expression | None:
        if len(text) > LONGEST:
            self.report(N_("the condition is longer than {longest} characters"), longest=LONGEST)
            return None
        try:
            tokens = sqlglot.tokenize(text)
            if any(token.comments for token in tokens):
                self.report(N_("a comment stands in the condition"), N_("Write it in the explanation instead."))
            elif any(token.token_type is TokenType.SEMICOLON for token in tokens):
                self.report(N_("a semicolon stands in the condition"), N_("Write one condition only."))
            else:
                # `into` keeps the parser from statements; the root is still checked like any other node.
                return self.read(sqlglot.parse_one(text, into=exp.Condition))
        except SqlglotError:
            remedy = N_("Expected is something like: ready_on <= due_on and channel = 'post'.")
            self.report(N_("{text} is not a condition"), remedy, text=text)
        except RecursionError:
            self.report(N_("the condition is nested too deeply"), N_("Write it with fewer parentheses."))
        return None

    def read(self, node: exp.Expr) -> Expression | None:
        # The exact class counts: a subclass of something harmless may do something else.
        if type(node) not in self.allowed:
            self._refuse(node)
            return None
        known, take_over = self.allowed[type(node)]
        if any(value and name not in known for name, value in node.args.items()):
            self._refuse(node)
            return None
        return take_over(node)

    def _refuse(self, node: exp.Expr) -> None:
        said = node.sql()[:80]
        if isinstance(node, exp.Null):
            self.report(N_("null stands as a value"), N_("Write is null or is not null."))
        elif isinstance(node, exp.Query | exp.Subquery | exp.Exists) or node.find(exp.Query):
            self.report(N_("a query stands in the condition: {said}"), N_("Use columns of the row only."), said=said)
        elif isinstance(node, exp.Func) and not isinstance(node, exp.Case | exp.Cast):
            self.report(N_("functions are not allowed: {said}"), N_("Use columns as they are."), said=said)
        else:
            remedy = N_("Allowed are columns, constants, = <> < <= > >= + -, between, in, is null, not, and, or.")
            self.report(N_("not allowed in a condition: {said}"), remedy, said=said)

    def _column(self, node: exp.Column) -> Expression | None:
        if node.this.args.get("quoted"):
            self.report(N_('"{name}" stands in double quotes'), N_("Write texts in single quotes."), name=node.name)
            return None
        if node.name == AS_OF.name:
            return AS_OF
        column = self.table.column(node.name)
        if column is None:
            known = [*(column.name for column in self.table.columns), AS_OF.name]
            meant = nearest(node.name, known)
            remedy = N_("Did you mean {nearest}?") if meant else N_("Columns of {table}: {known}.")
            values = {"nearest": meant, "table": self.table.name, "known": ", ".join(known)}
            self.report(N_("unknown column {name}"), remedy, name=node.name, **values)
            return None
        return value_of(column)

    def _literal(self, node: exp.Literal) -> Expression | None:
        if node.is_string:
            return Literal(str(node.this))
        if not _NUMBER.fullmatch(str(node.this)):
            self.report(N_("{text} is not a plain number"), N_("Write digits, as in 900 or 0.5."), text=node.this)
            return None
        return Literal(Decimal(node.this) if "." in node.this else int(node.this))

    def _negative(self, node: exp.Neg) -> Expression | None:
        match self.read(node.this) if type(node.this) is exp.Literal else None:
            case Literal(int() as whole):
                return Literal(-whole)
            case Literal(Decimal() as number):
                # Not unary minus: that would round to the decimal context.
                return Literal(number.copy_negate())
        if not self.faults:
            self.report(N_("a minus may stand only before a number"), said=node.sql())
        return None

    def _date(self, node: exp.Cast) -> Expression | None:
        if type(node.this) is not exp.Literal or not node.this.is_string or not node.to.is_type("date"):
            self._refuse(node)
            return None
        try:
            return Literal(date.fromisoformat(node.this.this))
        except ValueError:
            self.report(N_("{text} is not a date"), N_("Write date '2026-01-31'."), text=node.this.this)
            return None

    def _not(self, node: exp.Not) -> Expression | None:
        operand = self.read(node.this)
        if operand is None:
            return None
        self.expect_condition(operand)
        return Not(operand)

    def _is_null(self, node: exp.Is) -> Expression | None:
        operand = self.read(node.this)
        if not isinstance(node.expression, exp.Null):
            self.report(N_("is asks only for null: {said}"), N_("Write the flag alone, or not."), said=node.sql())
        elif isinstance(operand, ColumnValue):
            return IsNull(operand)
        elif operand is not None:
            self.report(N_("is null asks about a column: {said}"), said=node.sql())
        return None

    def _one_of(self, node: exp.In) -> Expression | None:
        operand = self.read(node.this)
        values = [self.read(value) for value in node.expressions]
        constants = tuple(value for value in values if isinstance(value, Literal))
        if not values or any(value is not None and not isinstance(value, Literal) for value in values):
            self.report(N_("in needs a list of constants: {said}"), N_("Write in ('a', 'b')."), said=node.sql())
        elif operand is not None and len(constants) == len(values):
            for constant in constants:
                self._expect_alike(operand, constant, "=", node)
            return OneOf(operand, constants)
        return None

    def _between(self, node: exp.Between) -> Expression | None:
        operand, low, high = (self.read(node.args[part]) for part in ("this", "low", "high"))
        if operand is None or low is None or high is None:
            return None
        self._expect_alike(operand, low, ">=", node)
        self._expect_alike(operand, high, "<=", node)
        return And((Comparison(">=", operand, low), Comparison("<=", operand, high)))

    def _junction(self, node: exp.And | exp.Or) -> Expression | None:
        # A long chain comes as a tree leaning left; parentheses, which are nodes, keep a chain apart.
        parts: list[exp.Expr] = [node.expression]
        rest = node.this
        while type(rest) is type(node):
            parts.append(rest.expression)
            rest = rest.this
        operands = [self.read(part) for part in (rest, *reversed(parts))]
        for operand in operands:
            if operand is not None:
                self.expect_condition(operand)
        whole = tuple(operand for operand in operands if operand is not None)
        if len(whole) < len(operands):
            return None
        return And(whole) if type(node) is exp.And else Or(whole)

    def _binary(self, node: exp.Binary) -> Expression | None:
        left, right = self.read(node.this), self.read(node.expression)
        operator = _OPERATORS[type(node)]
        if left is None or right is None:
            return None
        if operator in "+-":
            for side in (left, right):
                self._expect_number(side, node)
            return Arithmetic(operator, left, right)
        self._expect_alike(left, right, operator, node)
        return Comparison(operator, left, right)

    def expect_condition(self, expression: Expression) -> None:
        family = family_of(expression)
        if family not in (Family.CONDITION, Family.FLAG):
            remedy = N_("Compare it with something, as in ready_on <= due_on.")
            self.report(
                N_("a condition is expected, but {name} is {family}"), remedy, name=_name(expression), family=family
            )

    def _expect_number(self, expression: Expression, node: exp.Expr) -> None:
        family = family_of(expression)
        if family is not Family.NUMBER:
            problem = N_("only numbers can be added or subtracted, but {name} is {family}: {said}")
            self.report(problem, name=_name(expression), family=family, said=node.sql())

    def _expect_alike(self, left: Expression, right: Expression, operator: str, node: exp.Expr) -> None:
        one, other = family_of(left), family_of(right)
        if Family.CONDITION in (one, other):
            self.report(
                N_("a condition cannot be compared: {said}"), N_("Join conditions with and, or."), said=node.sql()
            )
        elif one is not other:
            problem = N_("{one} cannot be compared with {other}: {said}")
            self.report(problem, N_("Compare values of one kind."), one=one, other=other, said=node.sql())
        elif one in (Family.TEXT, Family.FLAG) and operator not in ("=", "<>"):
            # Engines order texts by different rules, so an order of texts would not be one answer.
            problem = N_("{one} has no order: {said}")
            self.report(problem, N_("Compare it with = or <> only."), one=one, said=node.sql())


def value_of(column: Column) -> ColumnValue:
    """The value of a documented column, with its text for reading aloud."""
    return ColumnValue(column.name, column.type, Text(column.uk, column.en))


def _name(expression: Expression) -> str:
    return expression.name if isinstance(expression, ColumnValue) else N_("this")
