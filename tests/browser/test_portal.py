"""The site as a browser shows it: whole on every screen, open to everyone, readable without scripts, and alive."""

import os
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from tests.commands.served import Served, get, plan_small_country, wait_until

SCREENS = [(1280, "light"), (390, "dark")]
if os.environ.get("HYPOTHESIS_PROFILE") == "thorough":
    SCREENS += [(1280, "dark"), (390, "light")]
PAGES = [
    "/",
    "/feed/",
    "/registers/",
    "/registers/territories/",
    "/registers/territories/?q=львів",
    "/registers/bodies/",
    "/registers/centres/",
    "/registers/services/",
    "/registers/centres/{centre}/",
    "/registers/services/00034/",
    "/registers/centres/none/",
    "/?lang=en",
]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Served]:
    """A small made-up country with its first indicators counted; a page opened at once has filled itself meanwhile."""
    folder = tmp_path_factory.mktemp("site")
    plan_small_country(folder)
    served = Served(folder, "--demo")
    try:
        wait_until(lambda: get(served.port)[0] == 200)
        page = browser.new_page(locale="uk-UA")
        page.goto(f"http://127.0.0.1:{served.port}/")
        page.locator("h1", has_text="вчасно завершено").wait_for(timeout=120_000)
        page.locator("#feed").wait_for()
        page.close()
        yield served
    finally:
        served.stop()


@pytest.fixture
def show(browser: Browser, site: Served) -> Iterator[Callable[..., Page]]:
    """Opens a page of the site; what the browser complains of and asks of others is kept in `asked`."""
    contexts: list[BrowserContext] = []
    root = f"http://127.0.0.1:{site.port}"

    def open_page(
        address: str, width: int = 1280, scheme: Any = "light", asked: list[str] | None = None, **more: Any
    ) -> Page:
        size: Any = {"width": width, "height": 900}
        context = browser.new_context(viewport=size, color_scheme=scheme, locale="uk-UA", **more)
        contexts.append(context)
        page = context.new_page()
        if asked is not None:
            page.on("console", lambda message: asked.append(message.text))
            page.on("request", lambda one: None if one.url.startswith(root) else asked.append(one.url))
        page.goto(root + address.format(centre=centre_of(site)))
        return page

    yield open_page
    for context in contexts:
        context.close()


def centre_of(site: Served) -> str:
    """The code of the first access point."""
    found = re.search(r'/registers/centres/([^/"]+)/', get(site.port, "/registers/centres/")[1])
    assert found
    return found[1]


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_pages_fit_and_shut_nobody_out(show: Callable[..., Page], width: int, scheme: str) -> None:
    for address in PAGES:
        asked: list[str] = []
        page = show(address, width, scheme, asked)
        assert page.locator("h1").count() == 1
        page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        found = Axe().run(page).response["violations"]
        assert [(address, fault["id"], node["target"]) for fault in found for node in fault["nodes"]] == []
        assert [told for told in asked if "404 (Not Found)" not in told] == []


@pytest.mark.parametrize("address", ["/", "/feed/", "/registers/centres/{centre}/"])
def test_a_page_fits_when_enlarged_twice(show: Callable[..., Page], address: str) -> None:
    page = show(address, 640)
    assert page.evaluate("document.documentElement.scrollWidth") <= 640


def test_pages_can_be_read_without_scripts(show: Callable[..., Page]) -> None:
    for address in ("/", "/feed/", "/registers/territories/", "/registers/centres/{centre}/"):
        page = show(address, java_script_enabled=False)
        assert page.locator("h1").is_visible()
        assert page.locator("main a, main td").count() > 0


def test_the_feed_moves_by_itself_and_stops_when_told_to(show: Callable[..., Page]) -> None:
    page = show("/feed/")
    row = page.locator("#feed tbody tr").first
    before = row.inner_html()
    page.wait_for_function("before => document.querySelector('#feed tbody tr').innerHTML !== before", arg=before)
    assert page.locator("#feed tr.fresh").count() > 0
    page.get_by_text("Зупинити стрічку").click()
    page.wait_for_url("**still*")
    page.wait_for_load_state("networkidle")
    still = page.locator("#feed").inner_html()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(4000)
    assert asked == []
    assert page.locator("#feed").inner_html() == still


def test_a_reader_at_the_keyboard_keeps_the_place_while_rows_come(show: Callable[..., Page]) -> None:
    page = show("/feed/")
    link = page.locator("#feed td.where a").first
    own = link.get_attribute("id")
    link.focus()
    newest = page.locator("#feed").get_attribute("hx-get")
    page.wait_for_function("newest => document.querySelector('#feed').getAttribute('hx-get') !== newest", arg=newest)
    assert page.evaluate("document.activeElement.id") == own


def test_the_keyboard_leads_past_the_head(show: Callable[..., Page]) -> None:
    page = show("/registers/")
    page.keyboard.press("Tab")
    assert page.locator(".skip").evaluate("element => element.getBoundingClientRect().left") >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_search_leads_to_a_centre_in_either_language(show: Callable[..., Page]) -> None:
    page = show("/")
    page.locator("header").get_by_role("link", name="Реєстри").click()
    page.locator("main").get_by_role("link", name="Точки доступу").click()
    name = page.locator("td.main-cell a").first.inner_text()
    page.get_by_role("searchbox").fill(name.upper())
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=*")
    page.locator("td.main-cell a").first.click()
    assert page.locator("h1").inner_text() == name
    page.get_by_role("link", name="In English").click()
    assert page.locator("html").get_attribute("lang") == "en"
