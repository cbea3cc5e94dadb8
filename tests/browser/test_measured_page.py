"""The page that `measure --format html` writes, as a browser shows it: whole, on its own, and open to everyone."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from click.testing import CliRunner
from playwright.sync_api import Browser, Page

from mirylo.commands import main

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
SCREENS = [(width, scheme) for width in (1280, 390) for scheme in ("light", "dark")]


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example of the docs as a page, by service, in Ukrainian."""
    path = tmp_path_factory.mktemp("page") / "page.html"
    files = [str(EXAMPLES / "centre.csv"), "--mapping", str(EXAMPLES / "centre.toml")]
    words = ["--lang", "uk", "measure", *files, "--by", "service", "--format", "html", "-o", str(path)]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.output
    return path


@pytest.fixture
def show(browser: Browser, written: Path) -> Iterator[Callable[..., Page]]:
    """Opens the page on a screen of some width, on light or night paper, and keeps what it asks for."""
    contexts = []

    def open_page(width: int, scheme: str, asked: list[str]) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: asked.append(message.text))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(written.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_the_page_fits_and_asks_for_nothing(show: Callable[..., Page], written: Path, width: int, scheme: str) -> None:
    asked: list[str] = []
    page = show(width, scheme, asked)
    assert page.locator("h1").inner_text().startswith("Вчасно завершено 88 зі 100 справ")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert asked == [written.as_uri()]


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_nobody_is_shut_out(show: Callable[..., Page], width: int, scheme: str) -> None:
    page = show(width, scheme, [])
    page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
    found = Axe().run(page).response["violations"]
    assert [(fault["id"], node["target"]) for fault in found for node in fault["nodes"]] == []


def test_a_table_opens_from_the_keyboard(show: Callable[..., Page]) -> None:
    page = show(1280, "light", [])
    table = page.locator("details table").first
    assert not table.is_visible()
    page.locator("details > summary").first.focus()
    page.keyboard.press("Enter")
    assert table.is_visible()


def test_figures_of_a_chart_stay_apart(show: Callable[..., Page]) -> None:
    """Labels of an axis that run into each other cannot be read, and a telephone is where they do."""
    for width in (1280, 390):
        page = show(width, "light", [])
        overlapping = page.evaluate("""() => [...document.querySelectorAll('svg')].flatMap(svg => {
            const texts = [...svg.querySelectorAll('text')].filter(text => text.textContent.trim())
            const boxes = texts.map(text => [text.textContent, text.getBoundingClientRect()])
            return boxes.flatMap(([one, a], i) => boxes.slice(i + 1)
                .filter(([, b]) => a.left < b.right - 1 && b.left < a.right - 1
                                && a.top < b.bottom - 3 && b.top < a.bottom - 3)
                .map(([other]) => one + ' / ' + other))
        })""")
        assert overlapping == []
