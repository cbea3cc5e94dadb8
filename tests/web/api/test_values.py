"""Values through HTTP: with where they come from, and every wrong word told at once."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from mirylo.domain.cases.writing import write_changed
from mirylo.domain.indicators.running import refresh
from mirylo.domain.indicators.values import TooManyRowsError, values
from mirylo.engines.lake import open_lake
from mirylo.web.api import values as view
from tests.domain.cases.made import NOW, fact, keep

pytestmark = pytest.mark.django_db
VALUES = "/api/v1/values"


@pytest.fixture
def counted(tmp_path: Path, settings: Settings) -> None:
    settings.LAKE, settings.RESULTS = tmp_path / "facts", tmp_path / "results"
    keep(fact("1", date(2026, 9, 2), due_on=date(2026, 9, 12)), fact("2", date(2026, 11, 2), service="00002"))
    refresh(at=NOW, is_patient=False)


def get(client: Client, address: str, status: int = 200, **headers: str) -> Any:
    answer = client.get(address, headers={"Accept-Language": "en", **headers})
    assert answer.status_code == status, answer.content
    return answer.json() if answer.content else None


def test_indicators_are_told_in_the_language_of_the_caller(client: Client) -> None:
    english = {one["code"]: one for one in get(client, "/api/v1/indicators")}
    ukrainian = {one["code"]: one for one in client.get("/api/v1/indicators", headers={"Accept-Language": "uk"}).json()}
    assert english.keys() == ukrainian.keys() >= {"quality_index", "on_time_share"}
    assert (english["on_time_share"]["unit"], english["on_time_share"]["direction"]) == ("per_cent", "higher")
    assert english["quality_index"]["title"] == "Composite quality index"
    assert ukrainian["quality_index"]["title"] == "Зведений індекс якості"


@pytest.mark.usefixtures("counted")
def test_values_come_with_where_they_are_from(client: Client) -> None:
    told = get(client, f"{VALUES}?period=2026-09&period=2026-11&indicator=registered&indicator=overdue_open")
    assert [(v["indicator"], v["period"], v["value"], v["provisional"]) for v in told["values"]] == [
        ("overdue_open", "2026-09", 1.0, False),
        ("overdue_open", "2026-11", 2.0, True),
        ("registered", "2026-09", 1.0, False),
        ("registered", "2026-11", 1.0, True),
    ]
    assert told["run"] == get(client, "/api/v1/runs/current")
    assert told["run"]["as_of"] == "2026-11-25"
    assert {"2026-09", "2026Q3", "2026H2", "2026"} <= set(told["run"]["periods"])


@pytest.mark.usefixtures("counted")
def test_one_unit_is_told_and_a_cross_cut_is_counted_when_it_is_asked_for(client: Client) -> None:
    latest = get(client, f"{VALUES}?cut=centre&unit=centre 1&indicator=registered")["values"]
    assert [(v["unit"], v["period"], v["value"]) for v in latest] == [("centre 1", "2026-11", 1.0)]
    pairs = get(client, f"{VALUES}?cut=centre_service&unit=centre 1&indicator=registered&period=2026-11")["values"]
    assert {(v["within"], v["value"]) for v in pairs if v["value"]} == {("00002", 1.0)}
    assert get(client, f"{VALUES}?cut=centre&unit=nowhere")["values"] == []


@pytest.mark.usefixtures("counted")
def test_what_the_caller_has_already_is_not_sent_again(client: Client) -> None:
    for address in (VALUES, "/api/v1/runs/current"):
        tag = client.get(address, headers={"Accept-Language": "en"}).headers["ETag"]
        assert get(client, address, 304, **{"If-None-Match": tag}) is None
        get(client, address, **{"If-None-Match": '"run-0-en"'})
    keep(fact("3", date(2026, 11, 3)))
    refresh(at=NOW)
    get(client, VALUES, **{"If-None-Match": tag})


@pytest.mark.usefixtures("counted")
def test_every_wrong_word_is_told_at_once(client: Client) -> None:
    told = get(client, f"{VALUES}?cut=galaxy&period=2014-13&period=whole&indicator=x&unit=%00", 422)
    assert [(fault["field"], fault["code"]) for fault in told["faults"]] == [
        ("cut", "unknown_cut"),
        ("unit", "unreadable"),
        ("indicator", "unknown_indicator"),
        ("period", "unknown_period"),
        ("period", "unknown_period"),
    ]
    assert all(fault["problem"] and fault["remedy"] for fault in told["faults"])
    assert get(client, f"{VALUES}?cut=centre_service", 422)["faults"][0]["code"] == "missing"
    for odd in ("period=0000", "period=9999-12", "unit=" + "x" * 201, "cut=", "period=", "indicator="):
        assert client.get(f"{VALUES}?{odd}").status_code in (200, 422)
    for odd in ("0001-01", "9999-12", "0001", "9999"):
        get(client, f"{VALUES}?cut=centre_service&unit=centre 1&period={odd}")


def test_before_the_first_run_there_is_nothing(client: Client) -> None:
    assert get(client, VALUES, 404)["title"] == "There is no finished run"
    get(client, "/api/v1/runs/current", 404)


@pytest.mark.usefixtures("counted")
@pytest.mark.parametrize("asked", ["cut=service", "cut=centre_service&unit=centre 1"])
def test_more_values_than_an_answer_holds_are_refused(
    client: Client, monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    """Stored ones before they are read: all values of all centres and months would fill the memory of a machine."""
    found = len(get(client, f"{VALUES}?{asked}")["values"])
    monkeypatch.setattr(view, "MOST", found)
    assert len(get(client, f"{VALUES}?{asked}")["values"]) == found
    monkeypatch.setattr(view, "MOST", found - 1)
    (fault,) = get(client, f"{VALUES}?{asked}", 422)["faults"]
    assert (fault["code"], fault["problem"]) == ("too_many", f"{found} values are more than {found - 1}")


@pytest.mark.usefixtures("counted")
def test_rows_are_counted_before_they_are_read() -> None:
    with pytest.raises(TooManyRowsError) as refused:
        values(cut="nation", most=1)
    assert refused.value.found == values(cut="nation").num_rows > 1


@pytest.mark.usefixtures("counted")
def test_a_period_that_is_named_twice_is_told_once(client: Client) -> None:
    once = get(client, f"{VALUES}?period=2026-09")["values"]
    assert get(client, f"{VALUES}?period=2026-09&period=2026-09")["values"] == once


@pytest.mark.usefixtures("counted")
def test_a_cross_cut_says_from_which_facts_it_was_counted(client: Client, settings: Settings) -> None:
    """It is counted when it is asked for, from facts that no run may have seen yet: a run's mark says nothing of it."""
    tag = client.get(VALUES, headers={"Accept-Language": "en"}).headers["ETag"]
    before = get(client, "/api/v1/runs/current")["manifest"]
    address = f"{VALUES}?cut=centre_service&unit=centre 1&indicator=registered"
    assert get(client, address)["run"]["manifest"] == before
    keep(fact("3", date(2026, 11, 3), service="00002"))
    write_changed(settings.LAKE, at=NOW)
    told = get(client, address, **{"If-None-Match": tag})
    assert ([one["value"] for one in told["values"]], told["run"]["manifest"]) == (
        [2.0],
        open_lake(settings.LAKE).manifest,
    )
    assert told["run"]["manifest"] != before
