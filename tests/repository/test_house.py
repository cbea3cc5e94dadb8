"""Things true of the whole repository: sizes, names, words, sentences that open modules, reasons for dependencies."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
MODULES = sorted(path for path in (ROOT / "mirylo").rglob("*.py") if path.parent.name != "migrations")
FORBIDDEN_NAMES = {"utils", "helpers", "common", "base", "manager", "handler", "processor", "data", "info", "misc"}


def tracked() -> list[Path]:
    """Files that git tracks."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.splitlines() if (ROOT / name).is_file()]


def module_name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_a_module_is_short_and_opens_with_a_sentence(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= 400
    opening = ast.get_docstring(ast.parse(text))
    assert opening, "a module opens with a docstring"
    first = opening.split("\n\n")[0].split(". ")[0]
    assert len(first.split()) >= 5, f"a sentence that a civil servant could follow, not {first!r}"


@pytest.mark.parametrize("path", MODULES, ids=module_name)
def test_functions_are_short(path: Path) -> None:
    long = [
        f"{node.name}: {node.end_lineno - node.lineno + 1} lines"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno - len((ast.get_docstring(node) or "").splitlines()) >= 42
    ]
    assert not long


def test_no_room_is_a_drawer() -> None:
    named = {path.stem for path in MODULES} | {path.parent.name for path in MODULES}
    assert not named & FORBIDDEN_NAMES


def glossary() -> list[tuple[str, str, list[str]]]:
    """English term, Ukrainian term and words not to be used, row by row."""
    rows = []
    for line in (ROOT / "GLOSSARY.md").read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ") and cells[0] != "English":
            rows.append((cells[0], cells[1], [word.strip() for word in cells[3].split(",") if word.strip()]))
    return rows


def test_the_glossary_is_whole() -> None:
    rows = glossary()
    assert len(rows) > 30
    assert all(english and re.search("[а-яіїєґ]", ukrainian, re.IGNORECASE) for english, ukrainian, _ in rows)
    terms = [english for english, _, _ in rows]
    assert len(terms) == len(set(terms))


def test_no_other_word_is_used_for_an_idea_of_the_glossary() -> None:
    others = {word for _, _, words in glossary() for word in words}
    pages = [path for folder in ("docs", "methodology") for path in (ROOT / folder).rglob("*.md")]
    used = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in [*MODULES, *pages, ROOT / "README.md", ROOT / "ARCHITECTURE.md"]
        if path.name != "column_words.py"  # it lists the words of other people's files
        for word in others
        # `connection.vendor` is Django's word for which database it is, and a field of somebody else's is theirs.
        if re.search(rf"(?<![a-z.|]){re.escape(word)}(?![a-z])", path.read_text(), re.IGNORECASE)
    ]
    assert not used


@pytest.mark.parametrize("name", ["requirements.in", "requirements-dev.in"])
def test_every_dependency_has_its_reason(name: str) -> None:
    lines = [line for line in (ROOT / name).read_text().splitlines() if line and not line.startswith(("#", "-r"))]
    assert [line for line in lines if len(line.partition("#")[2].strip()) < 10] == []


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_locks_are_hashed_and_name_no_index(name: str) -> None:
    lock = (ROOT / name).read_text()
    assert "--hash=sha256:" in lock
    assert not re.search(r"index-url|find-links|https?://|file:", lock)


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    place = re.compile(r"(?<![\w.])/(?:work|root|home/\w+|Users/\w+)/")
    named = [
        str(path.relative_to(ROOT))
        for path in tracked()
        if path.suffix in {".py", ".md", ".toml", ".yaml", ".in", ".lock", ".txt", ""} and path != Path(__file__)
        if place.search(path.read_text(errors="replace"))
    ]
    assert not named


def test_links_between_pages_lead_somewhere() -> None:
    broken = []
    for page in [path for path in tracked() if path.suffix == ".md"]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
            if not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)} -> {target}")
    assert not broken
