"""The shipped indicators, by examples that can be read: rows of facts in a table, and the figures to be found."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from mirylo.core.methodology.loading import load
from mirylo.core.methodology.model import Column, Methodology, Type
from mirylo.core.periods import Grain, Period
from mirylo.engines.facts import Facts
from mirylo.engines.running import run
from mirylo.engines.tables import FACT_TABLES, arrow_schema

FOLDER = Path(__file__).parent
EXAMPLES = sorted(FOLDER.glob("*.txt"))
EMPTY = "-"


@dataclass(frozen=True)
class Example:
    """Facts, and the figures that follow from them."""

    facts: Facts
    expected: list[dict[str, str]]


def read_example(path: Path) -> Example:
    """An example from its text: "as of", then tables, each under its name, with "-" for what is empty."""
    text = path.read_text()
    (as_of,) = re.findall(r"^as of (\S+)$", text, re.MULTILINE)
    blocks = [block.splitlines() for block in text.split("\n\n")]
    tables = {name: list(_rows(lines)) for name, *lines in blocks if name in (*FACT_TABLES, "expected")}
    expected = tables.pop("expected")
    collected = {name: frozenset(column for row in rows for column in row) for name, rows in tables.items()}
    facts = {name: _fact_table(name, rows) for name, rows in tables.items()}
    return Example(Facts(facts, collected, date.fromisoformat(as_of), "Europe/Kyiv", path.name), expected)


def _rows(lines: list[str]) -> Iterator[dict[str, str]]:
    head, *rows = [line.split() for line in lines]
    return (dict(zip(head, row, strict=True)) for row in rows)


def _fact_table(name: str, rows: list[dict[str, str]]) -> pa.Table:
    table = FACT_TABLES[name]
    required = {column.name: _required(column) for column in table.columns if column.required}
    filled = [{**required, **{n: _fact(table.column(n), word) for n, word in row.items()}} for row in rows]
    return pa.Table.from_pylist(filled, schema=arrow_schema(table))


def _required(column: Column) -> object:
    return {Type.FLAG: False, Type.COUNT: 1}.get(column.type, "example")


def _fact(column: Column | None, word: str) -> object:
    assert column is not None, "no such column"
    read: Mapping[Type, Any] = {
        Type.TEXT: str,
        Type.FLAG: {"yes": True, "no": False}.__getitem__,
        Type.COUNT: int,
        Type.SECONDS: Decimal,
        Type.DATE: date.fromisoformat,
    }
    return None if word == EMPTY else read[column.type](word)


def _number(word: str) -> Fraction | None:
    if word == EMPTY:
        return None
    top, _, whole = word.partition("/")
    return Fraction(top) / Fraction(whole or "1")


@pytest.fixture(scope="module")
def methodology() -> Methodology:
    return load(FOLDER.parent.parent / "methodology", FACT_TABLES)


@pytest.mark.parametrize("engine", ["duckdb", "reference"])
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_figures_are_as_the_example_says(path: Path, engine: str, methodology: Methodology) -> None:
    example = read_example(path)
    table = run(methodology, example.facts, cuts=["nation"], grains=list(Grain), engine=engine).table
    found = {(row["indicator"], row["period"]): row for row in table.to_pylist()}
    for said in example.expected:
        row = found[said["indicator"], said["period"]]
        for name in ("numerator", "denominator", "value"):
            number = _number(said[name])
            assert row[name] == (None if number is None else pytest.approx(float(number), rel=1e-12)), (name, said)
        assert row["kind"] == said["kind"], said
        assert (row["level"] or EMPTY) == said["level"], said


def test_every_indicator_has_an_example(methodology: Methodology) -> None:
    shown = {row["indicator"] for path in EXAMPLES for row in read_example(path).expected}
    indexes = {methodology.index.code} if methodology.index else set()
    assert shown == {indicator.code for indicator in methodology.indicators} | indexes


def test_a_period_after_the_as_of_date_is_pending(methodology: Methodology) -> None:
    facts = read_example(FOLDER / "volumes.txt").facts
    periods = [Period.parse("2026-03"), Period.parse("2026-04")]
    asked = {"cuts": ["nation"], "grains": [], "periods": periods, "indicators": ["registered"]}
    rows = run(methodology, facts, **asked).table.select(["period", "value", "kind", "provisional"]).to_pylist()
    assert [tuple(row.values()) for row in rows] == [("2026-03", 0, "value", True), ("2026-04", None, "pending", True)]
