"""Pages keep their word: commands print what a page shows, two languages are built alike, and nothing is stale."""

import re
import shlex
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner

from mirylo.commands import main
from mirylo.core.methodology.loading import load
from mirylo.core.timelines import EVENT_TYPES
from mirylo.display.language import LANGUAGES, speaking
from mirylo.display.reference import reference_pages
from mirylo.engines.records import RECORDS
from mirylo.engines.tables import FACT_TABLES
from mirylo.sources.mapping_file import TOP

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "ARCHITECTURE.md", *sorted(DOCS.rglob("*.md"))]
WRITTEN_BY_HAND = [page for page in PAGES if page.parent.name != "reference"]
WIDTH = "100"
"""The width of the terminal in which the pages show tables."""

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
WRITES = ("-o", "--output", "--refused", "--events", "--facts", "--registers")
ENDLESS_OR_SLOW = ("simulate", "reference", "serve", "web", "worker", "demo", "connect", "systems", "registers")
IS_FILE = re.compile(r"\.(csv|toml|yaml|gz|xes|json|parquet)$")


def page_name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def language_of(page: Path) -> str:
    return "uk" if page.name.endswith(".uk.md") else "en"


# --- Commands and what they print ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Block:
    """A fenced block: a command, a file that the page shows, or what the command above it printed or wrote."""

    kind: str
    text: str

    @property
    def commands(self) -> list[list[str]]:
        """The words of each `script/mirylo` in the block; none in a block of another kind."""
        lines = self.text.replace("\\\n", " ").splitlines()
        return [shlex.split(line)[1:] for line in lines if line.startswith("script/mirylo ")] if not self.kind else []

    @property
    def file_name(self) -> str | None:
        """A file that a page shows whole names itself in its first line: `# bad.toml`."""
        found = re.match(r"# ([\w.]+\.(?:toml|yaml))\n", self.text)
        return found[1] if found else None


def blocks_of(page: Path) -> list[Block]:
    return [Block(kind, text) for kind, text in BLOCK.findall(page.read_text())]


def is_slow_or_elsewhere(words: list[str]) -> bool:
    """Whether a command takes long, needs a database, or reads files that only its reader has."""
    read = [word for before, word in pairwise(["", *words]) if before not in WRITES]
    elsewhere = [word for word in read if IS_FILE.search(word) and not word.startswith("docs/")]
    return words[0] in ENDLESS_OR_SLOW or not all(Path(word).exists() for word in elsewhere)


def run(words: list[str], language: str, *, may_fail: bool) -> tuple[str, str]:
    """What a command prints on the two outputs, in a terminal as wide as the pages show it."""
    result = CliRunner().invoke(main, words, env={"MIRYLO_LANG": language, "COLUMNS": WIDTH})
    assert result.exit_code == 0 or (may_fail and result.exit_code == 1), (words, result.output, result.exception)
    return result.stdout, result.stderr


def is_printed(shown: str, printed: str) -> bool:
    """Whether a page shows what was printed; `…` in the page stands for anything left out."""
    parts = [re.escape(part) for part in _trimmed(shown).split("…")]
    return re.fullmatch(".*?".join(parts), _trimmed(printed), re.DOTALL) is not None


def _trimmed(text: str) -> str:
    """The text without what changes with the width of a column, and without spaces that do not break."""
    lines = [re.sub(r"[ \u00a0\u2009\u202f]+", " ", line).rstrip() for line in text.splitlines()]
    return re.sub(r"\n{3,}", "\n\n", re.sub("─+", "─", "\n".join(lines))).strip("\n")


def answers_of(page: Path, blocks: list[Block]) -> Iterator[tuple[Block, list[str]]]:
    """Each block that shows an answer, with what the command before it printed and wrote."""
    answers: list[str] | None = None
    for block, following in pairwise([*blocks, Block("", "")]):
        if block.file_name:
            Path(block.file_name).write_text(block.text)
        elif block.commands:
            answers = []
            for words in block.commands:
                if is_slow_or_elsewhere(words):
                    answers = None
                    break
                is_answered = bool(following.text) and not following.kind and not following.commands
                answers += run(words, language_of(page), may_fail=is_answered)
                written = [word for before, word in pairwise(words) if before == "-o"]
                answers += [Path(name).read_text() for name in written if name.endswith(".toml")]
        elif answers and (not block.kind or (block.kind == "toml" and len(answers) > 2)):
            yield block, answers
            answers = answers[:2]


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that looks like the checkout to a command, and takes the files that commands write."""
    folder = tmp_path / "mirylo"
    folder.mkdir()
    for name in ("docs", "methodology"):
        (folder / name).symlink_to(ROOT / name)
    if (ROOT.parent / "shared").is_dir():
        (tmp_path / "shared").symlink_to(ROOT.parent / "shared")
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize(
    "page", [page for page in WRITTEN_BY_HAND if any(block.commands for block in blocks_of(page))], ids=page_name
)
def test_commands_run_and_print_what_the_page_shows(page: Path, clone: Path) -> None:
    for block, answers in answers_of(page, blocks_of(page)):
        assert any(is_printed(block.text, answer) for answer in answers), (
            f"{page_name(page)} shows\n{block.text}\nand the command answers\n{chr(10).join(answers)}"
        )


def test_what_is_left_out_is_told_from_what_is_wrong() -> None:
    assert is_printed("one\n…\nfour: 4, …\n", "one  \ntwo\nfour: 4, 5\n\n")
    assert not is_printed("one\nfour", "one\ntwo\nfour")
    assert not is_printed("one\n…\nfive", "one\ntwo\nfour")


# --- Files that pages show -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", WRITTEN_BY_HAND, ids=page_name)
def test_every_piece_of_a_mapping_is_toml(page: Path) -> None:
    for block in blocks_of(page):
        if block.kind == "toml":
            for piece in re.split(r"\n\n", re.sub(r"^…$", "", block.text, flags=re.MULTILINE)):
                tomllib.loads(piece)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_on_mappings_names_every_key_column_and_event_type(language: str) -> None:
    text = (DOCS / "how-to" / f"mappings.{language}.md").read_text()
    columns = {column.name for record in RECORDS.values() for column in record} - {"flaws"}  # found, never mapped
    named = set(re.findall(r"`\[?([\w.]+)\]?`", text))
    assert sorted({*TOP, *columns, *EVENT_TYPES} - named) == []


# --- Links, languages, and pages that the program writes -------------------------------------------------------------


def anchors_of(page: Path) -> set[str]:
    """The anchors that a forge makes of headings: small letters, spaces to hyphens, no punctuation."""
    headings = re.findall(r"^#+ (.+)$", re.sub(BLOCK, "", page.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_links_to_a_heading_find_it(page: Path) -> None:
    broken = []
    for target, anchor in re.findall(r"\]\(([^)#:]*)#([^)]*)\)", page.read_text()):
        place = (page.parent / target).resolve() if target else page
        if anchor not in anchors_of(place):
            broken.append(f"{target}#{anchor}")
    assert not broken


@pytest.mark.parametrize("page", [p for p in WRITTEN_BY_HAND if re.search(r"\.(uk|en)\.md$", p.name)], ids=page_name)
def test_a_page_has_both_languages_built_alike(page: Path) -> None:
    language = language_of(page)
    other = page.with_name(page.name.replace(f".{language}.", ".en." if language == "uk" else ".uk."))
    assert f"]({other.name})" in page.read_text().split("\n## ")[0], "the head of a page leads to the other language"

    def build(text: str) -> list[str]:
        return re.findall(r"^#+ |^```\w*|^\|---", text, re.MULTILINE)

    assert build(page.read_text()) == build(other.read_text())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_reference_is_what_the_program_writes(language: str) -> None:
    with speaking(language):
        pages = reference_pages(load(ROOT / "methodology", FACT_TABLES))
    committed = {page.name: page.read_text() for page in (DOCS / "reference").glob(f"*.{language}.md")}
    assert committed == pages, "script/mirylo reference writes these pages anew"
