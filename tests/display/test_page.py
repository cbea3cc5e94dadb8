"""The page stands alone, says what the numbers say, and can be read by everybody on light and on night paper."""

import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from importlib.resources import files
from itertools import pairwise
from math import cos, radians, sin
from types import ModuleType

import pytest

from mirylo.display.language import speaking
from mirylo.display.page import STYLES, write_page

STYLE = "".join(files("mirylo.display").joinpath("styles", name).read_text("utf-8") for name in STYLES)


@pytest.fixture(scope="module", params=["uk", "en"])
def page(request: pytest.FixtureRequest, sample: ModuleType) -> str:
    with speaking(request.param):
        return write_page(sample.measured())


def test_the_page_names_nothing_outside_itself(page: str) -> None:
    assert not re.search(r"https?:|//[a-z]|src=|@import|url\(|<script|<link", page)


def test_every_link_holds_what_it_offers(page: str) -> None:
    links = re.findall(r'href="([^"]+)"', page)
    assert links
    assert all(link.startswith("data:text/csv;charset=utf-8,indicator%2C") for link in links)


class Outline(HTMLParser):
    """Reads the page as a browser would, and fails where an element is closed that was not open."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.heads: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in {"meta", "br", "link"}:
            self.open.append(tag)
        if tag in {"h1", "h2", "h3"}:
            self.heads.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_the_page_is_well_formed_and_has_one_headline(page: str) -> None:
    outline = Outline()
    outline.feed(page)
    assert outline.open == []
    assert outline.heads.count("h1") == 1
    assert outline.heads[0] == "h1"


def test_the_page_says_what_the_figures_say(sample: ModuleType) -> None:
    with speaking("uk"):
        page = write_page(sample.measured())
    for part in (
        "Чи вчасно надають послуги?",
        "Вчасно завершено 94,56\u00a0% справ; ціль 95\u00a0% не досягнуто.",
        "▨ замало, щоб судити",
        "без: Медіана очікування (джерело цього не збирає)",
        "ЦНАП Гадяцької громади",
        "▨ не подано",
        "дата з іншого століття",
        "Закон «Про адміністративні послуги» від 6 вересня 2012\u202fр. № 5203-VI, стаття 10",
        "методика".capitalize(),
        "9f2c" * 16,
    ):
        assert part in page
    assert page.count("ruler-headline") > 0


def test_headline_list_and_ranking_speak_of_one_period(sample: ModuleType) -> None:
    """Of all the data where it was not split; else of the newest of the longest periods, and never of a remnant."""
    months = [cell for cell in sample.measured().cells if cell.grain == "month"]
    remnant = [sample.share("on_time_share", 3, 3, grain="month", period="2026-11")]
    with speaking("uk"):
        page = write_page(replace(sample.measured(), cells=[*months, *remnant], span=None))
        assert "У вересні 2026\u202fр. вчасно завершено" in page
        assert page.count('<p class="note">вересень 2026\u202fр.</p>') == 1
        assert (
            "За місяцями. Останній період ще не завершився. 1 період, у якому справ обмаль, є лише в таблиці." in page
        )
        whole = write_page(replace(sample.measured(), span=(date(2026, 3, 1), date(2026, 10, 5))))
    assert whole.count("1 березня 2026\u202fр. – 5 жовтня 2026\u202fр.") >= 3


def test_what_comes_from_files_cannot_become_markup(sample: ModuleType) -> None:
    measurement = sample.measured()
    cells = [sample.share("on_time_share", 9, 10, cut="centre", unit="<img src=x onerror=alert(1)>")]
    with speaking("uk"):
        page = write_page(type(measurement)(sample.METHODOLOGY, [*measurement.cells, *cells], {}, sources=("<b>",)))
    assert "<img" not in page
    assert "<b>&lt;b&gt;" not in page
    assert "&lt;b&gt;" in page


def test_a_page_without_a_single_number_still_says_why(sample: ModuleType) -> None:
    cells = [sample.cell("on_time_share", kind="not_applicable", numerator=0, denominator=0)]
    with speaking("uk"):
        page = write_page(type(sample.measured())(sample.METHODOLOGY, cells, {"methodology": "2026.1"}))
    assert "Показати поки нічого" in page
    assert "немає що рахувати" in page


# --- Colours ---------------------------------------------------------------------------------------------------------


def tokens(block: str) -> dict[str, tuple[float, float, float]]:
    found = re.findall(r"--([a-z]+): oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)", block)
    return {name: (float(light), float(chroma), float(hue)) for name, light, chroma, hue in found}


LIGHT_BLOCK, DARK_BLOCK = STYLE.split("@media (prefers-color-scheme: dark)")
THEMES = {"light": tokens(LIGHT_BLOCK), "dark": tokens(DARK_BLOCK.split("* {")[0])}


def luminance(colour: tuple[float, float, float]) -> float:
    """Relative luminance (WCAG 2) of an OKLCH colour, by Ottosson's matrices."""
    light, chroma, hue = colour
    a, b = chroma * cos(radians(hue)), chroma * sin(radians(hue))
    long = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (light - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short
    red, green, blue = (min(max(part, 0.0), 1.0) for part in (red, green, blue))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", ["ink", "soft", "link", "good", "fair", "poor", "none"])
@pytest.mark.parametrize("ground", ["paper", "raised"])
def test_text_can_be_read(theme: str, name: str, ground: str) -> None:
    colours = THEMES[theme]
    assert contrast(colours[name], colours[ground]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
def test_marks_can_be_told_from_their_ground(theme: str) -> None:
    colours = THEMES[theme]
    assert contrast(colours["tick"], colours["paper"]) >= 3
    assert contrast(colours["ink"], colours["band"]) >= 4.5
    # The wheat of the needle stands inside an outline of ink: the outline tells it from the paper, and on night paper
    # the wheat does so itself.
    outline = max(contrast(colours["ink"], colours["paper"]), contrast(colours["wheat"], colours["paper"]))
    assert outline >= 3
    assert "ruler-needle { fill: var(--wheat); stroke: var(--ink)" in STYLE


@pytest.mark.parametrize("theme", THEMES)
def test_levels_differ_in_greyscale(theme: str) -> None:
    lights = sorted(THEMES[theme][name][0] for name in ("good", "fair", "poor"))
    assert all(upper - lower >= 0.035 for lower, upper in pairwise(lights))


def test_both_themes_have_every_token() -> None:
    assert THEMES["light"].keys() == THEMES["dark"].keys()
    assert set(re.findall(r"var\(--([a-z]+)\)", STYLE)) - {"sans", "mono"} <= THEMES["light"].keys()
