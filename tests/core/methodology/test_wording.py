"""Sentences: those of the shipped indicators are kept in a file for a reviewer to read, the others are made of columns.

After changing words on purpose run this module with WRITE_SNAPSHOTS=1, read what changed, and commit it.
"""

import os
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from mirylo.core.methodology.expressions import parse_condition
from mirylo.core.methodology.loading import load
from mirylo.core.methodology.model import Direction, Methodology, Share, Unit, Words
from mirylo.core.methodology.wording import formula, say, say_expression
from mirylo.engines.tables import CASES, FACT_TABLES

SHIPPED = Path(__file__).parents[3] / "methodology"
SNAPSHOT = Path(__file__).with_name("wording.snapshot.txt")


@pytest.fixture(scope="module")
def shipped() -> Methodology:
    return load(SHIPPED, FACT_TABLES)


def test_every_shipped_indicator_reads_as_it_was_reviewed(shipped: Methodology) -> None:
    paragraphs = [
        f"{indicator.code}\n  {say(indicator, 'uk')}\n  {say(indicator, 'en')}\n  {formula(indicator)}\n"
        for indicator in shipped.indicators
    ]
    said = "\n".join(paragraphs)
    if os.environ.get("WRITE_SNAPSHOTS"):
        SNAPSHOT.write_text(said, encoding="utf-8")
    assert said == SNAPSHOT.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "uk", "en"),
    [
        (
            "result_received_on <= due_on",
            "«результат надійшов до ЦНАП» не пізніше ніж «останній день строку»",
            '"result came back to the centre" is not later than "last day of the term"',
        ),
        (
            "not is_online and (extensions > 1.5 or is_test = false)",
            "«звернення онлайн» — ні і («скільки разів продовжено строк» більше ніж 1,5 "
            "або «пробний запис, не рахується» — ні)",
            '"applied through an online front office" is no and ("how often the term was extended" is more than 1.5 or '
            '"a trial row, kept but never counted" is no)',
        ),
        (
            "channel not in ('post', 'desk')",
            "«канал звернення» — не з переліку: «post», «desk»",
            '"how the applicant applied" is none of: "post", "desk"',
        ),
        (
            "due_on between date '2026-01-31' and as_of",
            "«останній день строку» не раніше ніж 31.01.2026 і «останній день строку» не пізніше ніж "
            "«дата, станом на яку пораховано»",
            '"last day of the term" is not before 31 January 2026 and "last day of the term" is not later than '
            '"the date the figures are as of"',
        ),
        (
            "not (extensions + 1 <> stopped_days)",
            "неправда, що «скільки разів продовжено строк» плюс 1 не дорівнює «днів зупинки перебігу строку»",
            'it is not so that "how often the term was extended" plus 1 differs from "days taken out of the term"',
        ),
    ],
)
def test_a_condition_is_made_of_the_texts_of_its_columns(text: str, uk: str, en: str) -> None:
    condition = parse_condition(text, CASES, "")
    english = en.replace("days taken out of the term", CASES.column("stopped_days").en)  # type: ignore[union-attr]
    assert (say_expression(condition, "uk"), say_expression(condition, "en")) == (uk, english)


def test_an_indicator_without_words_still_reads(shipped: Methodology) -> None:
    returned = shipped.indicator("returned_share")
    assert returned is not None
    wordless = replace(returned, words=Words())
    assert say(wordless, "uk") == (
        "Зі справ, зареєстрованих у звітному періоді, — частка (у відсотках) тих, "
        "для яких «вперше повернуто» не пізніше ніж «дата, станом на яку пораховано»."
    )
    assert isinstance(wordless.measure, Share)


@pytest.mark.parametrize(
    ("target", "unit", "uk", "en"),
    [
        ("0.955", Unit.PER_CENT, "ціль — до 95,5\u00a0% включно.", "target: at most 95.5%."),
        ("1", Unit.DAYS, "ціль — до 1\u00a0дня включно.", "target: at most 1\u00a0day."),
        ("21", Unit.DAYS, "ціль — до 21\u00a0дня включно.", "target: at most 21\u00a0days."),
        ("11", Unit.MINUTES, "ціль — до 11\u00a0хвилин включно.", "target: at most 11\u00a0minutes."),
        ("1.5", Unit.HOURS, "ціль — до 1,5\u00a0години включно.", "target: at most 1.5\u00a0hours."),
        ("22", Unit.SECONDS, "ціль — до 22\u00a0секунд включно.", "target: at most 22\u00a0seconds."),
    ],
)
def test_a_target_agrees_with_its_number(shipped: Methodology, target: str, unit: Unit, uk: str, en: str) -> None:
    mean = shipped.indicator("throughput_days_mean")
    assert mean is not None
    aimed = replace(mean, target=Decimal(target), direction=Direction.LOWER)
    if unit is Unit.PER_CENT:
        aimed = replace(aimed, measure=shipped.indicator("returned_share").measure)  # type: ignore[union-attr]
    aimed = replace(aimed, unit=unit)
    assert say(aimed, "uk").endswith(uk)
    assert say(aimed, "en").endswith(en)


def test_a_basis_chosen_for_the_run_is_said(shipped: Methodology) -> None:
    on_time = shipped.indicator("on_time_share_closed")
    assert on_time is not None
    assert "зареєстрованих у звітному періоді" in say(replace(on_time, basis="registered"), "uk")


def test_every_basis_of_the_fact_tables_has_words(shipped: Methodology) -> None:
    registered = shipped.indicator("registered")
    assert registered is not None
    for table in FACT_TABLES.values():
        for basis in table.bases:
            assert "за датою" not in say(replace(registered, basis=basis), "uk"), basis


def test_dates_are_written_as_each_language_does() -> None:
    condition = parse_condition(f"due_on = date '{date(2026, 2, 1)}'", CASES, "")
    assert say_expression(condition, "uk").endswith("того самого дня, що й 01.02.2026")
    assert say_expression(condition, "en").endswith("is on the same day as 1 February 2026")
