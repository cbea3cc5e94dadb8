"""Makes up facts, conditions, indicators and questions, with many empty values and many ties at bounds."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pyarrow as pa
from hypothesis import strategies as st

from mirylo.core.methodology.expressions import AS_OF, value_of
from mirylo.core.methodology.model import (
    And,
    Arithmetic,
    Comparison,
    Component,
    Count,
    Direction,
    Expression,
    Index,
    Indicator,
    IsNull,
    Levels,
    Literal,
    Mean,
    Methodology,
    Not,
    OneOf,
    Or,
    Population,
    Quantile,
    Share,
    Stock,
    Text,
    Type,
    Unit,
)
from mirylo.core.periods import Grain, Period
from mirylo.engines.facts import Facts
from mirylo.engines.requests import Asked
from mirylo.engines.tables import CASES, arrow_schema

TEXT = Text("текст", "text")
NAMES = ("а", "b", "o'neil", "")
DAYS = tuple(date(2024, 12, 30) + timedelta(days) for days in (0, 1, 2, 3, 33, 34, 93, 184, 185, 367))
MOMENTS = tuple(datetime(2025, 1, 1, 22, 0, 0, tzinfo=UTC) + timedelta(microseconds=n) for n in (-1, 0, 1))
SECONDS = tuple(
    Decimal(text) for text in ("-0.001", "0.000", "899.999", "900.000", "900.001", "86400.000", "2592000.007")
)
COUNTS = (0, 1, 2, 3)

VALUES = {
    **dict.fromkeys(("centre", "service", "channel", "decision"), NAMES),
    **dict.fromkeys(("is_online", "is_on_time"), (True, False)),
    # Mostly genuine rows, or little would be left to count.
    **dict.fromkeys(("is_test", "is_voided"), (False, False, False, True)),
    **dict.fromkeys(("registered_on", "due_on", "ready_on", "closed_on"), DAYS),
    **dict.fromkeys(("ready_at", "due_at"), MOMENTS),
    **dict.fromkeys(("throughput_seconds", "provider_seconds"), SECONDS),
    **dict.fromkeys(("stopped_days", "extensions"), COUNTS),
}
REQUIRED = {column.name for column in CASES.columns if column.required}
COLUMNS = {name: value_of(column) for name in VALUES if (column := CASES.column(name)) is not None}

row = st.fixed_dictionaries(
    {name: st.sampled_from(pool if name in REQUIRED else (*pool, None)) for name, pool in VALUES.items()}
)
# Left alone, Hypothesis prefers lists too short for a quantile between two values.
rows = st.one_of(*[st.lists(row, min_size=8, max_size=16)] * 3, st.lists(row, max_size=2))


def facts_of(rows: list[dict[str, object]], collected: frozenset[str] = frozenset(VALUES)) -> Facts:
    """Facts of cases; what is not said is empty, and false where it must not be."""
    empty = {column.name: False if column.type is Type.FLAG else "1" for column in CASES.columns if column.required}
    empty |= {column.name: 0 for column in CASES.columns if column.required and column.type is Type.COUNT}
    table = pa.Table.from_pylist([{**empty, **row} for row in rows], schema=arrow_schema(CASES))
    return Facts({"cases": table}, {"cases": collected}, DAYS[-2], "Europe/Kyiv", "made up")


def columns_of_type(*types: Type) -> st.SearchStrategy[Expression]:
    return st.sampled_from([column for column in COLUMNS.values() if column.type in types])


def literals(*values: object) -> st.SearchStrategy[Expression]:
    return st.sampled_from([Literal(value) for value in values])


texts = columns_of_type(Type.TEXT)
flags = columns_of_type(Type.FLAG)
dates = st.one_of(columns_of_type(Type.DATE), literals(*DAYS), st.just(AS_OF))
moments = columns_of_type(Type.MOMENT)
plain_numbers = st.one_of(
    columns_of_type(Type.SECONDS, Type.COUNT), literals(0, 1, -1, 900, Decimal("0.5"), Decimal("899.999"), 86_400)
)
numbers = st.one_of(plain_numbers, st.builds(Arithmetic, st.sampled_from("+-"), plain_numbers, plain_numbers))
orders = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])
equalities = st.sampled_from(["=", "<>"])
simple_conditions = st.one_of(
    flags,
    st.builds(Comparison, equalities, texts, st.one_of(texts, literals(*NAMES, "nowhere"))),
    st.builds(Comparison, equalities, flags, literals(True, False)),
    st.builds(Comparison, orders, dates, dates),
    st.builds(Comparison, orders, moments, moments),
    st.builds(Comparison, orders, numbers, numbers),
    st.builds(IsNull, st.sampled_from(list(COLUMNS.values()))),
    st.builds(OneOf, texts, st.lists(literals(*NAMES), min_size=1, max_size=2).map(tuple)),
    st.builds(OneOf, plain_numbers, st.lists(literals(0, 900, Decimal("899.999")), min_size=1).map(tuple)),
)
conditions: st.SearchStrategy[Expression] = st.recursive(
    simple_conditions,
    lambda some: st.one_of(
        st.builds(Not, some),
        st.builds(And, st.lists(some, min_size=2, max_size=3).map(tuple)),
        st.builds(Or, st.lists(some, min_size=2, max_size=3).map(tuple)),
    ),
    max_leaves=5,
)

ALL = Population("all", TEXT, "cases", None)
GENUINE = Population("genuine", TEXT, "cases", And((Not(COLUMNS["is_test"]), Not(COLUMNS["is_voided"]))))

day_columns = st.sampled_from(["registered_on", "due_on", "ready_on", "closed_on"])
measured = st.sampled_from([COLUMNS["throughput_seconds"], COLUMNS["provider_seconds"], COLUMNS["stopped_days"]])
measures = st.one_of(
    st.just(Count()),
    st.builds(Share, conditions, st.none() | conditions),
    st.builds(Mean, measured),
    st.builds(Quantile, measured, st.sampled_from([Decimal(q) for q in ("0", "0.25", "0.5", "0.9", "0.995", "1")])),
    st.tuples(day_columns, day_columns).filter(lambda pair: pair[0] != pair[1]).map(lambda pair: Stock(*pair)),
)
bounds = st.sampled_from([Decimal(text) for text in ("0", "0.5", "0.95", "1", "900", "2592000.007")])


@st.composite
def indicators(draw: st.DrawFn, code: str) -> Indicator:
    """A valid indicator: its unit fits what it measures, and its bounds the direction."""
    measure = draw(measures)
    is_timed = isinstance(measure, Mean | Quantile) and measure.of.type is Type.SECONDS
    unit = {Share: Unit.PER_CENT, Mean: Unit.DAYS, Quantile: Unit.DAYS}.get(type(measure), Unit.CASES)
    direction = draw(st.sampled_from(Direction))
    good, fair = sorted([draw(bounds), draw(bounds)], reverse=direction is Direction.HIGHER)
    return Indicator(
        code=code,
        title=TEXT,
        explanation=TEXT,
        population=draw(st.sampled_from([ALL, GENUINE, GENUINE])),
        basis="" if isinstance(measure, Stock) else draw(st.sampled_from(["registered", "due", "ready", "closed"])),
        measure=measure,
        unit=draw(st.sampled_from([Unit.DAYS, Unit.HOURS, Unit.MINUTES, Unit.SECONDS])) if is_timed else unit,
        direction=direction,
        where=draw(st.none() | st.none() | conditions),
        levels=draw(st.none() | st.just(Levels(good, fair))),
        minimum_n=draw(st.sampled_from([1, 1, 3])),
    )


@st.composite
def methodologies(draw: st.DrawFn) -> Methodology:
    """A few indicators, and an index of two of them."""
    some = tuple(draw(indicators(f"indicator_{place}")) for place in range(draw(st.integers(2, 4))))
    components = (
        Component("indicator_0", Decimal(draw(st.sampled_from(["30", "0.5"]))), Decimal(0), Decimal(1)),
        Component("indicator_1", Decimal("20.5"), Decimal(900), Decimal("0.5")),
    )
    index = Index("index", TEXT, TEXT, components, Decimal("0.6"), Levels(Decimal(80), Decimal(60)))
    return Methodology("made up", TEXT, DAYS[0], some, draw(st.none() | st.just(index)))


PERIODS = [Period.parse(text) for text in ("2024-12", "2025-01", "2025-03", "2025Q1", "2025H2", "2024", "2026-02")]
GRAINS = list(Grain)


@st.composite
def questions(draw: st.DrawFn) -> Asked:
    """What may be asked of a run, the engine left open."""
    cuts = st.sampled_from(["nation", "centre", "service", "channel", "centre_service"])
    return Asked(
        cuts=draw(st.lists(cuts, min_size=1, max_size=3, unique=True)),
        grains=draw(st.lists(st.sampled_from(GRAINS), min_size=1, max_size=2, unique=True)),
        as_of=draw(st.none() | st.sampled_from(DAYS[4:])),
        basis=draw(st.none() | st.sampled_from(["registered", "due", "ready"])),
        periods=draw(st.none() | st.none() | st.lists(st.sampled_from(PERIODS), min_size=1, max_size=3)),
        expected=draw(st.none() | st.just({"centre": ["b", "silent"], "centre_service": [("silent", None)]})),
    )
