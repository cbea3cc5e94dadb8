"""A terminal gets a table that can be read, wide or narrow, in both languages, coloured only where somebody looks."""

import io
from dataclasses import replace
from types import ModuleType

import pytest
from rich.console import Console

from mirylo.display.language import speaking
from mirylo.display.measurement import Measurement
from mirylo.display.terminal import print_measurement, print_refusals


def printed(measurement: Measurement, width: int = 140, *, is_terminal: bool = False) -> str:
    console = Console(file=io.StringIO(), width=width, force_terminal=is_terminal)
    print_measurement(console, measurement)
    print_refusals(console, measurement.refused)
    file = console.file
    assert isinstance(file, io.StringIO)
    return file.getvalue()


def test_the_table_in_ukrainian(measurement: Measurement) -> None:
    with speaking("uk"):
        text = printed(measurement)
    assert "Вчасно завершено 94,56\u00a0% справ; ціль 95\u00a0% не досягнуто." in text
    for part in (
        "10\u202f713 із 11\u202f329",
        "94,56\u00a0%",
        "≥\u202f95\u00a0%",
        "◐ прийнятно",
        "▨ замало, щоб",
        "◆",
        "╿",
    ):
        assert part in text
    assert "▨ Джерело не збирає того, що потрібно для показників: Медіана очікування." in text
    assert "Відхилено 12 рядків:" in text
    assert "▨ не подано" in text


def test_the_table_in_english(sample: ModuleType) -> None:
    with speaking("en"):
        text = printed(sample.measured())
    for part in ("10,713 of 11,329", "94.56%", "≥\u202f95%", "◐ fair", "▨ too few to judge", "12 rows were refused:"):
        assert part in text


@pytest.mark.parametrize("width", [80, 100, 130, 200])
def test_value_n_and_level_stay_in_a_narrow_terminal(measurement: Measurement, width: int) -> None:
    with speaking("uk"):
        text = printed(replace(measurement, refused=()), width)
    assert max(map(len, text.splitlines())) <= width
    assert text.count("◐ прийнятно") == 7
    assert "10\u202f713 із 11\u202f329" in text
    assert ("◆" in text) == (width > 80)


@pytest.mark.parametrize("width", [80, 100, 140])
def test_no_figure_and_no_reason_is_torn_apart(sample: ModuleType, width: int) -> None:
    periods = [f"2026-{month:02}" for month in range(1, 9)]
    shares = [
        sample.share("on_time_share", 10_713, 11_329, cut=cut, unit=unit, grain="month", period=period)
        for cut, unit in (("nation", None), ("centre", "ЦНАП Полтавської міської ради"), ("centre", "ВРМ с. Опішня"))
        for period in periods[:-1]
    ]
    empty = [
        sample.cell("on_time_share", cut=cut, unit=unit, grain="month", period=periods[-1], kind="not_applicable")
        for cut, unit in (("nation", None), ("centre", "ЦНАП Полтавської міської ради"), ("centre", "ВРМ с. Опішня"))
    ]
    with speaking("uk"):
        text = printed(replace(sample.measured(), cells=[*shares, *empty], refused=()), width)
    assert max(map(len, text.splitlines())) <= width
    assert text.count("▨ немає що рахувати") == text.count("▨") == 3
    assert text.count("10\u202f713 із 11\u202f329") == text.count("11\u202f329")
    assert not [line for line in text.splitlines() if line.rstrip(" ").endswith(("\u202f", "\xa0"))]


@pytest.mark.parametrize("width", [80, 140])
def test_two_indicators_stand_side_by_side_where_there_is_room(measurement: Measurement, width: int) -> None:
    with speaking("uk"):
        text = printed(measurement, width)
    assert "Зареєстровано справ" in text
    row = next(line for line in text.splitlines() if line.lstrip().startswith("ВРМ с. Опішня"))
    assert row.split()[-1] == "26"
    assert "89,5\u00a0%" in row


def test_colour_only_where_somebody_looks(measurement: Measurement) -> None:
    with speaking("uk"):
        assert "\x1b[" not in printed(measurement)
        assert "\x1b[" in printed(measurement, is_terminal=True)
