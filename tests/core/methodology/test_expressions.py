"""Conditions: what is let through, what is refused and with which words, and that nothing is lost on the way."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mirylo.core.faults import FaultsFoundError
from mirylo.core.methodology.expressions import LONGEST, parse_condition, value_of
from mirylo.core.methodology.formulas import write_condition
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
    Type,
    columns_of,
)
from mirylo.engines.tables import CASES, FACT_TABLES, TICKETS

DUE, READY = ColumnValue("due_on", Type.DATE), ColumnValue("ready_on", Type.DATE)
CHANNEL, ONLINE = ColumnValue("channel", Type.TEXT), ColumnValue("is_online", Type.FLAG)
EXTENSIONS, STOPPED = ColumnValue("extensions", Type.COUNT), ColumnValue("stopped_days", Type.COUNT)
AS_OF = ColumnValue("as_of", Type.DATE)


def read(text: str) -> Expression:
    return parse_condition(text, CASES, "a.yaml, line 1")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("is_online", ONLINE),
        ("not is_online", Not(ONLINE)),
        ("not not is_online", Not(Not(ONLINE))),
        ("is_online = true", Comparison("=", ONLINE, Literal(True))),
        ("is_online <> false", Comparison("<>", ONLINE, Literal(False))),
        ("ready_on <= due_on", Comparison("<=", READY, DUE)),
        ("READY_ON <= due_on", None),
        ("due_on < as_of", Comparison("<", DUE, AS_OF)),
        ("due_on >= date '2026-01-31'", Comparison(">=", DUE, Literal(date(2026, 1, 31)))),
        ("channel = 'post'", Comparison("=", CHANNEL, Literal("post"))),
        ("channel != 'o''clock'", Comparison("<>", CHANNEL, Literal("o'clock"))),
        ("channel = '; drop table cases --'", Comparison("=", CHANNEL, Literal("; drop table cases --"))),
        ("channel in ('post', 'desk')", OneOf(CHANNEL, (Literal("post"), Literal("desk")))),
        ("channel not in ('post')", Not(OneOf(CHANNEL, (Literal("post"),)))),
        ("due_on is null", IsNull(DUE)),
        ("due_on is not null", Not(IsNull(DUE))),
        ("extensions > -1", Comparison(">", EXTENSIONS, Literal(-1))),
        ("extensions < 1.50", Comparison("<", EXTENSIONS, Literal(Decimal("1.50")))),
        (
            "extensions - 1 + stopped_days = 3",
            Comparison("=", Arithmetic("+", Arithmetic("-", EXTENSIONS, Literal(1)), STOPPED), Literal(3)),
        ),
        (
            "extensions between 1 and 3",
            And((Comparison(">=", EXTENSIONS, Literal(1)), Comparison("<=", EXTENSIONS, Literal(3)))),
        ),
        ("extensions not between 1 and 3", Not(read("extensions between 1 and 3"))),
        ("is_online or is_test and is_voided", Or((ONLINE, And((read("is_test"), read("is_voided")))))),
        ("is_online and is_test and is_voided", And((ONLINE, read("is_test"), read("is_voided")))),
        ("is_online and (is_test and is_voided)", And((ONLINE, And((read("is_test"), read("is_voided")))))),
        ("not is_online and is_test", And((Not(ONLINE), read("is_test")))),
        ("not ready_on <= due_on", Not(Comparison("<=", READY, DUE))),
    ],
)
def test_what_is_allowed_becomes_this_tree(text: str, tree: Expression | None) -> None:
    if tree is None:
        with pytest.raises(FaultsFoundError, match="Did you mean ready_on"):
            read(text)
    else:
        assert read(text) == tree


@pytest.mark.parametrize("column", [column for table in FACT_TABLES.values() for column in table.columns])
def test_every_documented_column_can_be_named(column) -> None:
    """No column is a word of SQL that the parser would take for something else."""
    table = CASES if column in CASES.columns else TICKETS
    assert parse_condition(f"{column.name} is null", table, "") == IsNull(value_of(column))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("due_one < as_of", "unknown column due_one. Did you mean due_on?"),
        ("weather = 1", "unknown column weather. Columns of cases: source, number,"),
        ("due_on < 5", "a date cannot be compared with a number: due_on < 5"),
        ("due_on < '2026-01-31'", "a date cannot be compared with a text"),
        ("registered_at < due_on", "a moment cannot be compared with a date"),
        ("is_online > 0", "a flag (true or false) cannot be compared with a number"),
        ("is_online + 1 = 2", "only numbers can be added or subtracted, but is_online is a flag (true or false)"),
        ("due_on + 1 > ready_on", "only numbers can be added or subtracted, but due_on is a date"),
        ("channel < 'post'", "a text has no order"),
        ("is_online < is_test", "a flag (true or false) has no order"),
        ("(due_on < as_of) = is_online", "a condition cannot be compared"),
        ("due_on", "a condition is expected, but due_on is a date"),
        ("due_on and is_online", "a condition is expected, but due_on is a date"),
        ("not extensions", "a condition is expected, but extensions is a number"),
        ("extensions + 1", "a condition is expected, but this is a number"),
        ("1 = 1", "1 = 1 is the same for every row. Ask about a column"),
        ("true", "true is the same for every row"),
        ("due_on = null", "null stands as a value. Write is null or is not null"),
        ("channel in ('post', null)", "null stands as a value"),
        ("is_online is true", "is asks only for null"),
        ("(extensions + 1) is null", "is null asks about a column"),
        ("channel in ()", "in needs a list of constants"),
        ("channel in (service)", "in needs a list of constants"),
        ("channel in ('post', 1)", "a text cannot be compared with a number"),
        ("extensions between 'a' and 3", "a number cannot be compared with a text"),
        ('channel = "post"', '"post" stands in double quotes. Write texts in single quotes'),
        ("due_on < date '2026-02-30'", "2026-02-30 is not a date. Write date '2026-01-31'"),
        ("extensions = 1e5", "1e5 is not a plain number"),
        ("extensions = 12345678901234567890", "12345678901234567890 is not a plain number"),
        ("-extensions = 1", "a minus may stand only before a number"),
        ("", "is not a condition. Expected is something like"),
        ("due_on <", "due_on < is not a condition"),
        ("due_on < as_of)", "is not a condition"),
        ("is_online and " * 200 + "is_online", f"longer than {LONGEST} characters"),
        ("(" * 300 + "is_online" + ")" * 300, "nested too deeply"),
    ],
)
def test_what_is_refused_and_how_it_is_said(text: str, said: str) -> None:
    with pytest.raises(FaultsFoundError) as caught:
        read(text)
    assert said in str(caught.value)
    assert str(caught.value).startswith("a.yaml, line 1: ")


@pytest.mark.parametrize(
    "text",
    [
        "is_online; drop table cases",
        "is_online;",
        "drop table cases",
        "select 1",
        "is_online -- and not is_test",
        "is_online /* and not is_test */",
        "/*+ hint */ is_online",
        "{# is_online #} is_test",
        "is_online and exists (select 1 from cases)",
        "channel in (select channel from cases)",
        "channel = (select max(channel) from cases)",
        "upper(channel) = 'POST'",
        "read_text('secret') = channel",
        "due_on < current_date",
        "due_on < now()",
        "extensions = (extensions := 2)",
        "cast(channel as integer) = 1",
        "try_cast(channel as date) < as_of",
        "channel::date < as_of",
        "due_on < cast('2026-01-31' as timestamp)",
        "cases.is_online",
        "main.cases.is_online",
        "is_online as x",
        "is_online, is_test",
        "channel like '%'",
        "channel ilike '%'",
        "channel similar to '%'",
        "channel || 'x' = 'x'",
        "extensions * 2 = 4",
        "extensions / 0 = 1",
        "extensions % 2 = 1",
        "case when is_online then is_test else is_voided end",
        "channel is distinct from 'post'",
        "extensions = any(array[1])",
        "extensions between symmetric 3 and 1",
        "extensions = $1",
        "extensions = :x",
        "extensions = @x",
        "extensions = ?",
        "channel[0] = 'a'",
        "channel -> 'a' = 'b'",
        "channel = 'a' 'b'",
        "channel = $$post$$",
        "due_on < as_of + interval '1' day",
        "*",
        "count(*) > 1",
        "extensions = 1 over ()",
        "sum(extensions) over () > 1",
        "attach 'other.db'",
        "copy cases to 'out.csv'",
        "pragma show_tables",
        "show tables",
        "is_online union select 1",
    ],
)
def test_nothing_but_a_plain_condition_gets_through(text: str) -> None:
    with pytest.raises(FaultsFoundError):
        read(text)


def test_all_mistakes_of_a_condition_are_told_at_once() -> None:
    with pytest.raises(FaultsFoundError) as caught:
        read("due_one < as_of and chanel = 'post' and upper(service) = 'A'")
    assert [fault.values.get("nearest") for fault in caught.value.faults] == ["due_on", "channel", None]
    assert "functions are not allowed: UPPER(service)" in str(caught.value)


# --- Generated: written and read again, a condition is the very same tree --------------------------------------------


def columns(*types: Type) -> st.SearchStrategy[ColumnValue]:
    return st.sampled_from([value_of(column) for column in CASES.columns if column.type in types])


NUMBERS = st.one_of(
    st.integers(-(10**15) + 1, 10**15 - 1),
    st.decimals(-(10**9), 10**9, allow_nan=False, allow_infinity=False, places=3),
).map(Literal)
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    st.sampled_from(["'", "''", "--", "/*", "; drop", "\\", "\\'", "$$", "{{", "\n", "%", '"', "\x00"]),
).map(Literal)
DATES = st.dates().map(Literal)
SUMS = st.recursive(
    columns(Type.COUNT, Type.SECONDS),
    lambda inner: st.builds(Arithmetic, st.sampled_from("+-"), inner, inner | NUMBERS),
    max_leaves=4,
)
ORDERS, EQUALS = st.sampled_from(["=", "<>", "<", "<=", ">", ">="]), st.sampled_from(["=", "<>"])
DAYS, WORDS = columns(Type.DATE) | st.just(AS_OF), columns(Type.TEXT)


def listed(operand: st.SearchStrategy, values: st.SearchStrategy) -> st.SearchStrategy:
    return st.builds(OneOf, operand, st.lists(values, min_size=1, max_size=3).map(tuple))


LEAVES = st.one_of(
    columns(Type.FLAG),
    st.builds(IsNull, columns(*Type)),
    st.builds(Comparison, ORDERS, SUMS, SUMS | NUMBERS),
    st.builds(Comparison, ORDERS, DAYS, DAYS | DATES),
    st.builds(Comparison, ORDERS, DATES, columns(Type.DATE)),
    st.builds(Comparison, ORDERS, columns(Type.MOMENT), columns(Type.MOMENT)),
    st.builds(Comparison, EQUALS, WORDS, WORDS | TEXTS),
    st.builds(Comparison, EQUALS, columns(Type.FLAG), st.booleans().map(Literal)),
    listed(WORDS, TEXTS),
    listed(SUMS, NUMBERS),
    listed(columns(Type.DATE), DATES),
)
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(And, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(Or, st.lists(inner, min_size=2, max_size=3).map(tuple)),
    ),
    max_leaves=8,
)


@given(CONDITIONS)
def test_written_and_read_again_a_condition_is_the_same(condition: Expression) -> None:
    text = write_condition(condition)
    assume(len(text) <= LONGEST)
    assume(any(True for _ in columns_of(condition)))
    assert read(text) == condition


def read_or_faults(text: str) -> Expression | FaultsFoundError:
    try:
        return read(text)
    except FaultsFoundError as error:
        return error


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    """Whatever somebody types, the answer is a tree or a fault, never a broken program."""
    assert str(read_or_faults(text))


PIECES = ["due_on", "as_of", "is_online", "channel", "1", "'a'", "(", ")", "and", "or", "not", "in", "is", "null"]
SIGNS = ["=", "<", "+", "-", ",", "date", "true", "between", "case", "select", "::", "cast(", "*", "."]


@given(st.lists(st.sampled_from(PIECES + SIGNS), max_size=12))
def test_any_heap_of_words_is_refused_in_words_or_means_one_thing(words: list[str]) -> None:
    answer = read_or_faults(" ".join(words))
    assert str(answer)
    if not isinstance(answer, FaultsFoundError):
        assert read(write_condition(answer)) == answer
