"""The headline follows from the numbers: what, how much, the change where it is one, the target."""

from dataclasses import replace
from types import ModuleType

import pytest

from mirylo.display.cells import Cell
from mirylo.display.headlines import change_between, choose_lead, write_caveats, write_headline
from mirylo.display.language import speaking
from mirylo.display.measurement import Measurement


def say(sample: ModuleType, cells: list[Cell], language: str = "uk") -> str:
    with speaking(language):
        measurement = Measurement(sample.METHODOLOGY, cells, {})
        return write_headline(cells, measurement.yardsticks[cells[0].indicator])


def months(sample: ModuleType, *shares: tuple[int, int]) -> list[Cell]:
    return [
        sample.share("on_time_share", k, n, grain="month", period=f"2026-{month:02}")
        for month, (k, n) in enumerate(shares, start=9)
    ]


@pytest.mark.parametrize(
    ("shares", "uk"),
    [
        (
            [(9_600, 10_000), (9_400, 10_000)],
            "У жовтні 2026\u202fр. вчасно завершено 94 зі 100 справ, на 2 менше, ніж у вересні; "
            "ціль 95\u00a0% не досягнуто.",
        ),
        (
            [(9_400, 10_000), (9_600, 10_000)],
            "У жовтні 2026\u202fр. вчасно завершено 96 зі 100 справ, на 2 більше, ніж у вересні; "
            "ціль 95\u00a0% досягнуто.",
        ),
        ([(94, 100), (96, 100)], "У жовтні 2026\u202fр. вчасно завершено 96 зі 100 справ; ціль 95\u00a0% досягнуто."),
        ([(9_496, 10_000)], "У вересні 2026\u202fр. вчасно завершено 94,96\u00a0% справ; ціль 95\u00a0% не досягнуто."),
        ([(7, 9)], "У вересні 2026\u202fр. вчасно завершено 7 із 9 справ; ціль 95\u00a0% не досягнуто."),
        ([(0, 21)], "У вересні 2026\u202fр. вчасно завершено 0 із 21 справи; ціль 95\u00a0% не досягнуто."),
        ([(23, 23)], "У вересні 2026\u202fр. вчасно завершено всі 23 справи; ціль 95\u00a0% досягнуто."),
    ],
)
def test_the_sentence_of_the_lead_share(sample: ModuleType, shares: list[tuple[int, int]], uk: str) -> None:
    assert say(sample, months(sample, *shares)) == uk


def test_the_same_in_english(sample: ModuleType) -> None:
    assert say(sample, months(sample, (9_600, 10_000), (9_400, 10_000)), "en") == (
        "In October 2026 94 of 100 cases were finished in time, 2 less than in September; the target of 95% is not met."
    )


def test_any_other_indicator_is_said_by_its_title(sample: ModuleType) -> None:
    cells = [
        sample.cell("throughput_days_mean", value=28.981, denominator=10, grain="month", period="2026-10"),
    ]
    assert say(sample, cells) == (
        "Середня тривалість надання послуги: 29,0\u00a0дн. (у жовтні 2026\u202fр.); ціль 30\u00a0дн. досягнуто."
    )


def test_a_change_that_may_be_chance_is_a_caveat(sample: ModuleType) -> None:
    small, large = months(sample, (94, 100), (96, 100)), months(sample, (9_400, 10_000), (9_600, 10_000))
    with speaking("uk"):
        assert write_caveats(small) == ["Різниця з попереднім періодом може бути випадковою."]
        assert write_caveats(large) == []
        assert write_caveats([replace(large[1], provisional=True)]) == ["Період ще не завершився."]


def test_the_interval_of_a_difference_is_newcombe_s(sample: ModuleType) -> None:
    # Newcombe (1998), table II, case (a), method 10: 56/70 against 48/80.
    before, now = sample.share("on_time_share", 48, 80), sample.share("on_time_share", 56, 70)
    change = change_between(before, now)
    assert change is not None
    assert (round(change.by, 4), round(change.low, 4), round(change.high, 4)) == (0.2, 0.0524, 0.3339)


def test_the_page_opens_with_the_share_on_time_of_the_last_period_that_is_over(measurement: Measurement) -> None:
    lead = choose_lead(measurement)
    assert lead is not None
    assert lead.code == "on_time_share"
    assert measurement.upto("on_time_share", "month")[-1].period == "2026-09"
