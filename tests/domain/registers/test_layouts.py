"""Every column of a register has one meaning, and the page on registers names it in both languages."""

import re
from pathlib import Path

import pytest

from mirylo.domain.registers.contents import understand
from mirylo.domain.registers.layouts import LAYOUTS, Layout, fold_heading

PAGES = Path(__file__).parents[3] / "docs" / "how-to"


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_a_heading_means_one_column(layout: Layout) -> None:
    headings = [fold_heading(word) for column in layout.columns for word in (column.name, *column.words)]
    assert sorted(heading for heading in set(headings) if headings.count(heading) > 1) == []
    assert {layout.find(f" {column.name.upper()} ") for column in layout.columns} == set(layout.by_name)


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_defaults_and_words_of_choices_are_understood(layout: Layout) -> None:
    for column in layout.columns:
        if column.default is not None:
            assert understand(column, column.default) is not None
        for name, words in column.choices.items():
            assert {understand(column, word) for word in (name, name.upper(), *words)} == {name}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
@pytest.mark.parametrize("language", ["uk", "en"])
def test_the_page_names_every_column(layout: Layout, language: str) -> None:
    text = (PAGES / f"registers.{language}.md").read_text()
    section = text.split(f"(`{layout.register}`)")[1].split("\n#")[0]
    assert set(layout.by_name) <= set(re.findall(r"`(\w+)`", section))
