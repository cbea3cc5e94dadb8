"""DuckDB gives what the plain reference gives, for whatever indicators, facts and questions; and this test can fail."""

import math
import os
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from sqlglot import exp

from mirylo.core.methodology.model import Methodology
from mirylo.engines import compiling
from mirylo.engines.compiling import Query
from mirylo.engines.requests import Asked
from mirylo.engines.running import run
from tests.engines import generated

Mutation = Callable[[exp.Expr], exp.Expr]

EXAMPLES = 5000 if os.environ.get("HYPOTHESIS_PROFILE") == "thorough" else 200


def check_engines_agree(methodology: Methodology, rows: list[dict[str, object]], asked: Asked) -> None:
    """The same table from both engines; floats may differ in their last digits."""
    facts = generated.facts_of(rows)
    ours, right = (
        run(methodology, facts, **{**asked, "engine": engine}).table.to_pylist() for engine in ("duckdb", "reference")
    )
    assert len(ours) == len(right)
    for one, other in zip(ours, right, strict=True):
        assert all(_is_same(one[name], other[name]) for name in other), f"{one} is not {other}"


def _is_same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-12, abs_tol=1e-12)
    return bool(one == other)


generate = given(generated.methodologies(), generated.rows, generated.questions())


@settings(max_examples=EXAMPLES)
@generate
def test_engines_agree(methodology: Methodology, rows: list[dict[str, object]], asked: Asked) -> None:
    check_engines_agree(methodology, rows, asked)


# --- The net catches errors ------------------------------------------------------------------------------------------


def _less_instead_of_at_most(node: exp.Expr) -> exp.Expr:
    return exp.LT(this=node.this, expression=node.expression) if isinstance(node, exp.LTE) else node


def _filter_dropped(node: exp.Expr) -> exp.Expr:
    return node.this if isinstance(node, exp.And) and not isinstance(node.parent, exp.Where) else node


def _empty_taken_for_false(node: exp.Expr) -> exp.Expr:
    return exp.Not(this=exp.func("COALESCE", node.this, exp.false())) if isinstance(node, exp.Not) else node


def _counts_repeats_once(node: exp.Expr) -> exp.Expr:
    return exp.Count(this=exp.Distinct(expressions=[node.this])) if isinstance(node, exp.Count) else node


def _quantile_between_values_dropped(node: exp.Expr) -> exp.Expr:
    is_quantile = isinstance(node, exp.Anonymous) and node.name == "QUANTILE_CONT"
    return exp.Anonymous(this="QUANTILE_DISC", expressions=node.expressions) if is_quantile else node


MUTATIONS = [
    _less_instead_of_at_most,
    _filter_dropped,
    _empty_taken_for_false,
    _counts_repeats_once,
    _quantile_between_values_dropped,
]


@pytest.mark.parametrize("mutate", MUTATIONS, ids=lambda mutate: mutate.__name__.strip("_"))
def test_an_error_in_the_compiled_tree_is_caught(mutate: Mutation, monkeypatch: pytest.MonkeyPatch) -> None:
    def write(query: Query, dialect: str, *, pretty: bool = False) -> str:
        tree = query.tree.transform(compiling._for_engine, dialect)
        return tree.transform(mutate).sql(dialect, pretty=pretty)

    monkeypatch.setattr(Query, "sql", write)
    # Finding the error is enough; making the example small would take most of the time.
    search = settings(max_examples=EXAMPLES, phases=[Phase.generate], report_multiple_bugs=False, database=None)
    with pytest.raises(AssertionError):
        search(generate(check_engines_agree))()
