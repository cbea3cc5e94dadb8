"""Every sentence the program says is said in Ukrainian too, with the right plural."""

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from jinja2.ext import babel_extract

from mirylo.core.faults import Fault
from mirylo.display.language import say, say_fault, say_plural, speaking, ukrainian
from mirylo.display.numbers import say_count

MIRYLO = Path(__file__).parents[2] / "mirylo"
SINGLE, PLURAL = {"N_", "say"}, {"NP_", "say_plural", "say_count"}


def templates() -> Iterator[tuple[str, str | tuple[str, ...]]]:
    """Every literal sentence of the program and its place; calls inside f-strings too, which Babel does not see."""
    for path in sorted(MIRYLO.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                given = [a.value for a in node.args[:2] if isinstance(a, ast.Constant) and isinstance(a.value, str)]
                if node.func.id in SINGLE and given and isinstance(node.args[0], ast.Constant):
                    yield f"{path.relative_to(MIRYLO)}:{node.lineno}", given[0]
                elif node.func.id in PLURAL and len(given) == 2:
                    yield f"{path.relative_to(MIRYLO)}:{node.lineno}", tuple(given)
    for path in sorted(MIRYLO.rglob("*.j2")):
        with path.open("rb") as file:
            for line, _, text, _ in babel_extract(file, ["say"], [], {}):
                yield f"{path.relative_to(MIRYLO)}:{line}", _text(text)


def _text(found: str | tuple[str | None, ...]) -> str:
    """A call in a page with more arguments than the sentence comes as a tuple."""
    return found if isinstance(found, str) else str(found[0])


def test_every_sentence_has_its_ukrainian() -> None:
    missing = []
    for place, text in templates():
        message = ukrainian().get(text[0] if isinstance(text, tuple) else text)
        forms = message.string if message else ""
        if (
            not forms
            or not all(forms if isinstance(text, tuple) else [forms])
            or isinstance(text, str) != isinstance(forms, str)
        ):
            missing.append(f"{place}: {text!r}")
    assert not missing, "\n".join(missing)


def test_no_sentence_is_translated_in_vain() -> None:
    used = {text[0] if isinstance(text, tuple) else text for _, text in templates()}
    idle = [message.id for message in ukrainian() if message.id and _first(message.id) not in used]
    assert not idle, "\n".join(map(repr, idle))


def _first(id_: str | tuple[str, ...]) -> str:
    return id_ if isinstance(id_, str) else id_[0]


def test_a_translation_fills_the_places_of_its_template() -> None:
    for message in ukrainian():
        if not message.id:
            continue
        forms = [message.string] if isinstance(message.string, str) else list(message.string)
        for form in forms:
            assert _places(form) <= _places("".join(message.id)), message.id
            assert _places(form) == _places(_first(message.id)) or not isinstance(message.id, str), message.id


def _places(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


@pytest.mark.parametrize(
    ("n", "said"),
    [
        (0, "0 справ"),
        (1, "1 справа"),
        (2, "2 справи"),
        (4, "4 справи"),
        (5, "5 справ"),
        (11, "11 справ"),
        (12, "12 справ"),
        (14, "14 справ"),
        (21, "21 справа"),
        (22, "22 справи"),
        (101, "101 справа"),
        (111, "111 справ"),
        (1_001, "1\u202f001 справа"),
        (25_000_000, "25\u202f000\u202f000 справ"),
    ],
)
def test_ukrainian_plurals(n: int, said: str) -> None:
    with speaking("uk"):
        assert say_count("{n} case", "{n} cases", n) == said


def test_english_plurals() -> None:
    with speaking("en"):
        assert [say_plural("{n} case", "{n} cases", n, n=n) for n in (0, 1, 2)] == ["0 cases", "1 case", "2 cases"]


def test_a_fault_says_its_line_in_ukrainian() -> None:
    with speaking("uk"):
        assert say_fault(Fault("a.yaml, line 3", "?", "")) == "a.yaml, рядок 3: ?"
        assert say_fault(Fault("a.csv, row 3, column Код", "?", "")) == "a.csv, рядок 3, стовпець Код: ?"


def test_the_language_is_given_back() -> None:
    with speaking("uk"):
        with speaking("en"):
            pass
        assert say("good") == "добре"
    with pytest.raises(ValueError, match="unknown language"), speaking("ru"):
        pass
