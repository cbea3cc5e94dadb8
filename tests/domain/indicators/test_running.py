"""However cases change and days pass, the values are those of counting everything anew."""

import random
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from pytest_django import Settings

from mirylo.domain.cases.methodology import methodology_with_edition
from mirylo.domain.indicators import running
from mirylo.domain.indicators.models import Run
from mirylo.domain.indicators.periods import Marks, all_periods
from mirylo.domain.indicators.running import current_run, refresh
from mirylo.domain.indicators.values import on_demand, values
from mirylo.domain.registers.models import AccessPoint
from mirylo.engines.lake import open_lake
from mirylo.engines.passing import first_day
from tests.domain.cases.made import NOW, fact, keep

pytestmark = pytest.mark.django_db
KYIV = ZoneInfo("Europe/Kyiv")


def value_of(indicator: str, period: str, cut: str = "nation", unit: str | None = None) -> Any:
    table = values(cut=cut, unit=unit, periods=[period], indicators=[indicator])
    return table["value"].to_pylist()[0] if table.num_rows else None


def counted_anew(settings: Settings, at: datetime) -> dict[str, str]:
    """The sheets of all periods, each counted by itself, from the facts as they are."""
    as_of, facts = timezone.localdate(at), open_lake(settings.LAKE)
    ground = running._Ground(*methodology_with_edition(), facts, Marks.note(), as_of, at)
    first_on = first_day(facts, date(2000, 1, 1))
    assert first_on is not None
    sheets: dict[str, str] = {}
    for period in all_periods(first_on, as_of):
        sheets |= running._count(ground, [period])
    return sheets


def changed(case: dict[str, Any], today: date, chance: random.Random) -> dict[str, Any]:
    """A case after something happened to it."""
    what = chance.choice(["decided", "ready", "issued", "returned", "voided", "moved", "registered"])
    day = today - timedelta(chance.choice([0, 0, 1, 20]))
    news: dict[str, dict[str, Any]] = {
        "decided": {"decided_on": day, "decision": chance.choice(["granted", "refused"])},
        "ready": {"ready_on": day, "closed_on": day, "is_on_time": day <= case["due_on"]},
        "issued": {"issued_on": day},
        "returned": {"returned_on": day, "due_on": case["due_on"] + timedelta(10)},
        "voided": {"is_voided": not case["is_voided"]},
        "moved": {"centre": f"centre {chance.randrange(4)}"},
        "registered": {"registered_on": case["registered_on"] + timedelta(chance.choice([-35, 1]))},
    }
    return {**case, **news[what]}


@pytest.mark.parametrize("seed", range(2))
def test_whatever_happens_the_values_are_those_of_counting_everything_anew(seed: int, settings: Settings) -> None:
    chance = random.Random(seed)
    at = datetime(2026, 1, 25, 9, tzinfo=UTC)
    cases: dict[str, dict[str, Any]] = {}
    for _ in range(8):
        today = timezone.localdate(at)
        for _ in range(chance.choice([0, 0, 3, 6])):
            number = str(chance.randrange(20))
            case = cases.get(number) or fact(number, today - timedelta(chance.choice([0, 1, 40])))
            cases[number] = changed(case, today, chance) if number in cases else case
            keep(cases[number], at=at)
        if chance.random() < 0.2:
            AccessPoint.objects.create(code=f"centre {chance.randrange(100, 999)}", kind="centre", name="new")
        refresh(at=at, is_patient=chance.random() < 0.7)
        at += timedelta(hours=chance.choice([0.1, 5, 14, 24, 24 * 9]))
    refresh(at=at, is_patient=False)
    at += timedelta(days=chance.choice([1, 9, 40]))
    refresh(at=at, is_patient=False)
    run = current_run()
    assert run is not None
    assert run.sheets == counted_anew(settings, at)
    assert refresh(at=at, is_patient=False) == []


@pytest.mark.parametrize(
    "midnight",
    [
        datetime(2026, 3, 28, 22, tzinfo=UTC),  # clocks go forward on this day
        datetime(2026, 3, 29, 21, tzinfo=UTC),
        datetime(2026, 10, 24, 21, tzinfo=UTC),  # and back on this one
        datetime(2026, 10, 25, 22, tzinfo=UTC),
        datetime(2026, 1, 31, 22, tzinfo=UTC),
    ],
    ids=str,
)
def test_a_due_date_that_passed_counts_from_midnight_in_kyiv_on(midnight: datetime) -> None:
    before, after = midnight - timedelta(seconds=1), midnight + timedelta(days=1)
    due_on = midnight.astimezone(KYIV).date()
    keep(fact("1", due_on - timedelta(10), due_on=due_on), at=before)
    month = f"{due_on:%Y-%m}"
    refresh(at=before)
    # The due day itself is not over until the next midnight.
    for at, overdue in ((midnight, 0), (midnight + timedelta(hours=22), 0), (after + timedelta(hours=1), 1)):
        refresh(at=at)
        assert value_of("overdue_open", month) == overdue, at


def test_days_of_standstill_are_made_up_for() -> None:
    keep(fact("1", date(2026, 8, 20), due_on=date(2026, 9, 30)), at=datetime(2026, 8, 20, 9, tzinfo=UTC))
    refresh(at=datetime(2026, 8, 20, 9, tzinfo=UTC), is_patient=False)
    assert values(cut="nation", periods=["2026-08"])["provisional"].to_pylist()[0]
    refresh(at=NOW, is_patient=False)
    assert not values(cut="nation", periods=["2026-08"])["provisional"].to_pylist()[0]
    overdue = [value_of("overdue_open", f"2026-{month:02}") for month in (8, 9, 10, 11)]
    assert overdue == [0, 1, 1, 1]


def test_nothing_changed_makes_no_run_and_only_what_changed_is_counted() -> None:
    keep(fact("1", date(2026, 9, 1)), fact("2", date(2026, 11, 2)))
    first = refresh(at=NOW, is_patient=False)
    assert first[0].counted == ["2026-11"]
    assert refresh(at=NOW + timedelta(hours=1), is_patient=False) == []
    keep(fact("2", date(2026, 11, 2), notified_on=date(2026, 11, 3)))
    counted = [run.counted for run in refresh(at=NOW + timedelta(hours=2), is_patient=False)]
    assert counted[0] == ["2026-11"]
    assert sorted(code for some in counted for code in some) == ["2026", "2026-11", "2026H2", "2026Q4"]
    last = Run.objects.last()
    assert last is not None
    assert last.sheets["centre/2026-09"] == first[-1].sheets["centre/2026-09"]


def test_history_rests_after_it_was_counted(settings: Settings) -> None:
    keep(fact("1", date(2025, 11, 1)), fact("2", date(2026, 11, 2)))
    refresh(at=NOW, is_patient=False)
    last = Run.objects.last()
    assert last is not None
    last.started_at, last.finished_at = NOW - timedelta(seconds=10), NOW
    last.save()
    keep(fact("2", date(2026, 11, 3)))
    soon, later = NOW + timedelta(seconds=80), NOW + timedelta(seconds=100)
    assert [run.counted for run in refresh(at=soon)] == [["2026-11"]]
    (run,) = refresh(at=later)
    assert run.is_history


def test_a_change_that_comes_while_it_is_counted_is_counted_next(monkeypatch: pytest.MonkeyPatch) -> None:
    keep(fact("1", date(2026, 11, 2)))
    really_open = running.open_lake

    def open_and_be_late(folder: Path) -> Any:
        facts = really_open(folder)
        keep(fact("2", date(2026, 11, 3)))
        return facts

    with monkeypatch.context() as patch:
        patch.setattr(running, "open_lake", open_and_be_late)
        refresh(at=NOW)
    assert value_of("registered", "2026-11") == 1
    refresh(at=NOW)
    assert value_of("registered", "2026-11") == 2


def test_an_access_point_that_is_silent_has_an_answer_while_it_works() -> None:
    keep(fact("1", date(2026, 9, 2), closed_on=date(2026, 9, 3)))
    AccessPoint.objects.create(code="silent", kind="centre", name="silent", opened_on=date(2026, 10, 5))
    AccessPoint.objects.create(code="closed", kind="centre", name="closed", state="closed", closed_on=date(2026, 9, 5))
    refresh(at=NOW, is_patient=False)
    answers = {month: values(cut="centre", periods=[month]) for month in ("2026-09", "2026-10", "2026-11")}
    units = {month: sorted(set(table["unit"].to_pylist())) for month, table in answers.items()}
    assert units == {"2026-09": ["centre 1", "closed"], "2026-10": ["silent"], "2026-11": ["silent"]}
    assert value_of("registered", "2026-11", "centre", "silent") == 0
    AccessPoint.objects.create(code="new", kind="centre", name="new", opened_on=date(2026, 11, 20))
    assert next(run.counted for run in refresh(at=NOW)) == ["2026-11"]
    assert value_of("registered", "2026-11", "centre", "new") == 0


def test_a_new_methodology_is_counted_whole_before_anybody_sees_it(tmp_path: Path, settings: Settings) -> None:
    keep(fact("1", date(2026, 9, 2)), fact("2", date(2026, 11, 2)))
    (old, *_) = refresh(at=NOW, is_patient=False)
    folder = tmp_path / "another methodology"
    shutil.copytree(settings.METHODOLOGY, folder)
    (folder / "withdrawn_share.yaml").unlink()
    settings.METHODOLOGY = folder
    (run,) = refresh(at=NOW)
    assert run.methodology != old.methodology
    assert set(run.counted) == set(run.periods) == {period.partition("/")[2] for period in run.sheets}
    assert value_of("withdrawn_share", "2026-09") is None
    assert "withdrawn_share" not in values(cut="nation")["indicator"].to_pylist()
    assert refresh(at=NOW) == []


def test_pairs_of_centre_and_service_are_counted_on_demand() -> None:
    assert on_demand() is None
    keep(fact("1", date(2026, 11, 2)), fact("2", date(2026, 11, 2), service="00002", centre="centre 2"))
    refresh(at=NOW)
    result = on_demand(unit="centre 2", periods=["2026-11"], indicators=["registered"])
    assert result is not None
    assert result.table.select(["unit", "within", "value"]).to_pylist() == [
        {"unit": "centre 2", "within": "00002", "value": 1.0}
    ]
    everywhere = on_demand(periods=["2026-11"], indicators=["registered"])
    assert everywhere is not None
    assert everywhere.table.num_rows == 2


def test_values_before_the_first_run_are_none() -> None:
    assert values(cut="nation").num_rows == 0
    assert refresh(at=NOW) == []
