"""Every flaw that can be found in a case or ticket has a sentence in both languages."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from mirylo.commands.readings import FLAWS
from mirylo.display.language import say, speaking

MIRYLO = Path(__file__).parents[2] / "mirylo"
ROOMS = ("core/outcomes", "core/timelines", "engines/judging", "engines/folding", "sources/conversions")
COMPOUND = (ast.FunctionDef, ast.ClassDef, ast.For, ast.If, ast.With)
CODE = re.compile(r"(?:^|')([a-z]+(?:_[a-z]+)+)(?:$|')")


def codes_of_flaws() -> Iterator[str]:
    """Words with underscores in statements that are about flaws, in Python and in SQL; marks of rows are none."""
    for room in ROOMS:
        for node in ast.walk(ast.parse((MIRYLO / f"{room}.py").read_text("utf-8"))):
            if isinstance(node, ast.stmt) and not isinstance(node, COMPOUND) and "flaw" in ast.unparse(node):
                texts = [n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
                yield from (code for text in texts for code in CODE.findall(text) if not NO_FLAW.match(code))


NO_FLAW = re.compile(r"is_|.*_(at|on|seconds)$")


def test_every_flaw_has_its_sentence() -> None:
    found = set(codes_of_flaws())
    assert len(found) > 8
    assert found == FLAWS.keys()
    for template in FLAWS.values():
        with speaking("en"):
            english = say(template)
        with speaking("uk"):
            assert re.search("[а-яіїєґ]", say(template))
            assert say(template) != english == template
