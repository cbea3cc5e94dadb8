"""What an indicator is: who is counted, when, the numbers taken, and the yardstick they are held against.

Everything here is frozen and made only by `loading`, which checks first: an invalid or unsafe indicator cannot exist.
Conditions are small trees of the classes below; each engine writes them in its own language.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Type(StrEnum):
    """The types of fact columns. A moment is aware and kept in UTC; seconds are exact to the millisecond."""

    TEXT = "text"
    FLAG = "flag"
    COUNT = "count"
    SECONDS = "seconds"
    DATE = "date"
    MOMENT = "moment"


@dataclass(frozen=True)
class Text:
    """The same sentence in both languages."""

    uk: str
    en: str

    def in_(self, language: str) -> str:
        """The sentence in `uk` or `en`."""
        return self.uk if language == "uk" else self.en


@dataclass(frozen=True)
class Column:
    """A documented column of a fact table. `required` columns are never empty."""

    name: str
    type: Type
    en: str
    uk: str
    required: bool = False


@dataclass(frozen=True)
class FactTable:
    """A fact table: one row a case, or one row a ticket."""

    name: str
    en: str
    uk: str
    columns: tuple[Column, ...]
    units: tuple[str, ...]
    bases: Mapping[str, str]
    """Name of a basis (`registered`, `due`, `ready`) to the date column that puts a row in a period."""

    def column(self, name: str) -> Column | None:
        """The column of that name, or none."""
        return next((column for column in self.columns if column.name == name), None)


# --- Expressions -----------------------------------------------------------------------------------------------------
# SQL's three-valued logic holds everywhere: a comparison with an empty value is empty, and `where` keeps only what is
# true. Arithmetic knows only columns of seconds and counts and number literals.


@dataclass(frozen=True)
class ColumnValue:
    """The value of a fact column; `as_of` is the one name that is not a column: the date the figures are as of."""

    name: str
    type: Type
    said: Text | None = field(default=None, compare=False, repr=False)
    """The documented text of the column, for reading aloud; no part of what the expression means."""


@dataclass(frozen=True)
class Literal:
    """A constant: text, whole or decimal number, flag or date."""

    value: str | int | Decimal | bool | date


@dataclass(frozen=True)
class Comparison:
    """`left operator right`; operator is one of = <> < <= > >=."""

    operator: str
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True)
class Arithmetic:
    """`left operator right`; operator is + or -."""

    operator: str
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True)
class IsNull:
    """`operand is null`; `is not null` is Not(IsNull(…))."""

    operand: "Expression"


@dataclass(frozen=True)
class OneOf:
    """`operand in (…)`, with constants only."""

    operand: "Expression"
    values: tuple[Literal, ...]


@dataclass(frozen=True)
class Not:
    """`not operand`."""

    operand: "Expression"


@dataclass(frozen=True)
class And:
    """`a and b and …`, at least two."""

    operands: tuple["Expression", ...]


@dataclass(frozen=True)
class Or:
    """`a or b or …`, at least two."""

    operands: tuple["Expression", ...]


Expression = ColumnValue | Literal | Comparison | Arithmetic | IsNull | OneOf | Not | And | Or


def children(expression: Expression) -> tuple[Expression, ...]:
    """The parts an expression is made of, left to right."""
    match expression:
        case Comparison(_, left, right) | Arithmetic(_, left, right):
            return (left, right)
        case IsNull(operand) | OneOf(operand) | Not(operand):
            return (operand,)
        case And(operands) | Or(operands):
            return operands
        case _:
            return ()


def columns_of(expression: Expression) -> Iterator[str]:
    """Names of the fact columns that an expression reads, `as_of` left out, repeats kept."""
    if isinstance(expression, ColumnValue) and expression.name != "as_of":
        yield expression.name
    for child in children(expression):
        yield from columns_of(child)


# --- Measures: what an indicator takes from the rows that it counts --------------------------------------------------


@dataclass(frozen=True)
class Count:
    """How many rows."""


@dataclass(frozen=True)
class Share:
    """Rows for which `numerator` holds, of the rows for which `denominator` holds (all counted rows if none)."""

    numerator: Expression
    denominator: Expression | None = None


@dataclass(frozen=True)
class Mean:
    """Mean of a column of seconds or a count over the rows where it is not empty."""

    of: ColumnValue


@dataclass(frozen=True)
class Quantile:
    """Exact quantile of a column (type 7: linear interpolation) over the rows where it is not empty."""

    of: ColumnValue
    q: Decimal


@dataclass(frozen=True)
class Stock:
    """How many rows stand at a period's end: entered by then (`enters`, a date column), not yet left (`leaves`).

    At the end of day E a row counts when enters <= E and (leaves is empty or leaves > E). In the period that holds
    the as-of date A: enters < A and (leaves is empty or leaves > A), since the as-of day itself is not over.
    """

    enters: str
    leaves: str


Measure = Count | Share | Mean | Quantile | Stock


# --- Indicators ------------------------------------------------------------------------------------------------------


class Direction(StrEnum):
    """Which way is good; `none` for plain volumes."""

    HIGHER = "higher"
    LOWER = "lower"
    NONE = "none"


class Unit(StrEnum):
    """The unit a value is shown in. A share is kept as a fraction 0-1 and shown in per cent."""

    PER_CENT = "per_cent"
    CASES = "cases"
    TICKETS = "tickets"
    DAYS = "days"
    HOURS = "hours"
    MINUTES = "minutes"
    SECONDS = "seconds"


SECONDS_IN: Mapping[Unit, int] = {Unit.DAYS: 86_400, Unit.HOURS: 3_600, Unit.MINUTES: 60, Unit.SECONDS: 1}


@dataclass(frozen=True)
class Population:
    """Which rows of a fact table an indicator is about: tests and voided rows are out, in one place for all."""

    code: str
    title: Text
    table: str
    where: Expression | None
    noun: Text = Text("рядків", "rows")
    """What its rows are called inside a sentence, many of them; in Ukrainian the genitive: "кількість *справ*"."""


@dataclass(frozen=True)
class Levels:
    """Bounds of the levels in the unit the value is kept in; compared unrounded, the bound itself belongs to the level.

    With direction `higher` a value is good from `good` up, fair from `fair` up, else poor; with `lower`, down.
    """

    good: Decimal
    fair: Decimal


@dataclass(frozen=True)
class LegalBasis:
    """The act behind an indicator, and the date of the act; data, because laws move."""

    act: Text
    dated: date


@dataclass(frozen=True)
class Words:
    """Hand-written parts of the sentence that reads an indicator aloud; where one is missing it is made from columns.

    `where` and `denominator` follow the counted rows ("справ, зареєстрованих у звітному періоді, …"), `numerator`
    follows "the share", `of` names what a mean or quantile is taken of, `standing` the rows that a stock counts.
    """

    where: Text | None = None
    numerator: Text | None = None
    denominator: Text | None = None
    of: Text | None = None
    standing: Text | None = None


@dataclass(frozen=True)
class Indicator:
    """One indicator of the methodology. `where` is its own condition; `population` brings the common one.

    A flow has a `basis`, which puts a row in one period; a stock counts at every period's end, and its basis is empty.
    """

    code: str
    title: Text
    explanation: Text
    population: Population
    basis: str
    measure: Measure
    unit: Unit
    direction: Direction
    where: Expression | None = None
    target: Decimal | None = None
    levels: Levels | None = None
    minimum_n: int = 1
    legal_basis: tuple[LegalBasis, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    source: str = ""
    """What stood in the file: numerator and denominator as written, for the explanation page."""
    words: Words = Words()
    origin: Text | None = None
    """Where target and levels come from; whatever has them says so."""
    needs: tuple[str, ...] = ()
    """Columns without which it would give a false figure, such as "nothing issued" where nobody records issues."""

    def conditions(self) -> tuple[Expression, ...]:
        """What a row must fulfil to be counted: the population's condition and the indicator's own."""
        return tuple(c for c in (self.population.where, self.where) if c is not None)

    def columns(self) -> frozenset[str]:
        """Fact columns the measure itself reads: where none of them is collected, neither is the indicator."""
        match self.measure:
            case Share(numerator, denominator):
                return frozenset(columns_of(numerator)) | frozenset(columns_of(denominator) if denominator else ())
            case Mean(of) | Quantile(of):
                return frozenset({of.name})
            case Stock(enters, leaves):
                return frozenset({enters, leaves})
            case _:
                return frozenset()

    def is_collected(self, collected: frozenset[str]) -> bool:
        """Whether a source that fills these columns fills enough: all that it needs, and one of those it reads."""
        columns = self.columns()
        return collected.issuperset(self.needs) and (not columns or not columns.isdisjoint(collected))


@dataclass(frozen=True)
class Component:
    """A part of the composite index: scaled linearly from `worst` (0) to `best` (100), clipped, and weighted."""

    indicator: str
    weight: Decimal
    worst: Decimal
    best: Decimal


@dataclass(frozen=True)
class Index:
    """The composite index. It has no value when less than `least_present` of its weight is there."""

    code: str
    title: Text
    explanation: Text
    components: tuple[Component, ...]
    least_present: Decimal
    levels: Levels | None = None
    target: Decimal | None = None
    origin: Text | None = None


@dataclass(frozen=True)
class Methodology:
    """A dated set of indicators, with the composite index over them."""

    version: str
    title: Text
    valid_from: date
    indicators: tuple[Indicator, ...]
    index: Index | None
    populations: tuple[Population, ...] = ()

    def indicator(self, code: str) -> Indicator | None:
        """The indicator of that code, or none."""
        return next((indicator for indicator in self.indicators if indicator.code == code), None)
