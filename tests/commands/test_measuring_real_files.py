"""`mirylo measure` on real logs gives the figures that others published, or that were recomputed beside it by hand."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from mirylo.commands import main

MAPPINGS = Path(__file__).parents[2] / "docs" / "examples" / "mappings"
YEARS = (2013, 2014, 2015)


@pytest.fixture
def real(shared: Path) -> Path:
    return shared / "data" / "real"


@pytest.fixture
def expected(real: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((real / "EXPECTED_A.json").read_text(encoding="utf-8"))
    return found


def run(source: Path, mapping: str, *words: str) -> dict[str, Any]:
    command = ["measure", str(source), "--mapping", str(MAPPINGS / f"{mapping}.toml"), "--format", "json", *words]
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def counts(found: dict[str, Any], cut: str, of: str = "unit") -> dict[str, tuple[int, int]]:
    """Numerator and denominator of each unit, or of each period, in a cut."""
    rows = [row for row in found["values"] if row["cut"] == cut and row["denominator"]]
    return {row[of]: (int(row["numerator"]), int(row["denominator"])) for row in rows}


@pytest.mark.parametrize("name", ["receipt.csv", "receipt.xes.gz"])
def test_receipt_by_dates_and_by_moments(real: Path, expected: dict[str, Any], name: str) -> None:
    log, figures = real / "1_event_logs" / name, expected["receipt"]
    words = ("--indicator", "on_time_share_closed", "--by", "channel", "--by", "provider")
    by_dates = run(log, "receipt", *words)
    assert counts(by_dates, "nation", "cut") == {"nation": (1020, 1329)}
    assert figures["pandas"]["closed_on_time_local_date_compare"] == 1020
    assert by_dates["provenance"]["compare"] == "dates"

    by_moments = run(log, "receipt", *words, "--compare", "moments")
    assert by_moments["provenance"]["compare"] == "moments"
    assert by_moments["provenance"]["manifest"] != by_dates["provenance"]["manifest"]
    for cut, name_of_cut in (("channel", "by_channel"), ("provider", "by_department")):
        recomputed = {unit: (row["on_time"], row["closed"]) for unit, row in figures[name_of_cut].items()}
        assert counts(by_moments, cut) == recomputed
        assert sum(k for k, _ in recomputed.values()) == 952


@pytest.mark.parametrize(
    ("basis", "quarters"), [("registered", "by_start_quarter_local"), ("ready", "by_end_quarter_local")]
)
@pytest.mark.parametrize("name", ["receipt.csv", "receipt.xes.gz"])
def test_receipt_by_quarter(real: Path, expected: dict[str, Any], name: str, basis: str, quarters: str) -> None:
    words = ("--indicator", "on_time_share_closed", "--period", "quarter", "--basis", basis, "--compare", "moments")
    found = counts(run(real / "1_event_logs" / name, "receipt", *words), "nation", "period")
    assert found == {code: (row["on_time"], row["closed"]) for code, row in expected["receipt"][quarters].items()}
    assert sum(k for k, _ in found.values()) == 952


def test_the_rule_that_the_mapping_has_already_changes_nothing(real: Path) -> None:
    log = real / "1_event_logs" / "receipt.csv"
    assert run(log, "receipt", "--compare", "dates") == run(log, "receipt")


@pytest.mark.parametrize("year", YEARS)
def test_boston_by_year_quarter_and_type(real: Path, expected: dict[str, Any], year: int) -> None:
    log, figures = real / "2_311" / f"boston311_animal_sanitation_{year}.csv", expected[f"boston311_{year}"]
    words = ("--basis", "registered", "--by", "service", "--period", str(year))
    whole = {code: run(log, "boston311", "--indicator", code, *words) for code in SHARES}
    for code, told in SHARES.items():
        [(k, n)] = counts(whole[code], "nation", "cut").values()
        assert 100 * k / n == pytest.approx(figures[told], abs=1e-9)
    types = figures["by_type"].items()
    assert counts(whole["on_time_share_all"], "service") == {name: of_all(row) for name, row in types}
    assert counts(whole["on_time_share"], "service") == {name: of_due(row) for name, row in types if row["with_target"]}
    for code, of in (("on_time_share_all", of_all), ("on_time_share", of_due)):
        split = run(log, "boston311", "--indicator", code, *words, "--period", "quarter")
        quarters = {f"{year}{quarter}": of(row) for quarter, row in figures["by_open_quarter"].items()}
        assert counts(split, "nation", "period") == quarters


SHARES = {
    "on_time_share_all": "share_on_time_pct_all_rows",
    "on_time_share": "share_on_time_pct_rows_with_target",
    "on_time_share_closed": "share_on_time_pct_closed_with_target",
}


def of_all(row: dict[str, int]) -> tuple[int, int]:
    return row["rows"] - row["overdue"], row["rows"]


def of_due(row: dict[str, int]) -> tuple[int, int]:
    return row["with_target"] - row["overdue"], row["with_target"]


def test_boston_in_2014(real: Path) -> None:
    """The three shares that are easily taken for one another, and the methodology's own: what was due in the year."""
    log = real / "2_311" / "boston311_animal_sanitation_2014.csv"
    found = {
        code: run(log, "boston311", "--basis", "registered", "--period", "2014", "--indicator", code) for code in SHARES
    }
    assert [counts(some, "nation", "cut")["nation"] for some in found.values()] == [
        (4843, 5268),
        (2125, 2550),
        (2125, 2237),
    ]
    due = run(log, "boston311", "--period", "2014", "--indicator", "on_time_share")
    assert counts(due, "nation", "cut") == {"nation": (2036, 2295)}


def test_calls_by_both_engines(real: Path, expected: dict[str, Any]) -> None:
    log, figures = real / "4_queues" / "calls_1999-08-01.csv", expected["calls_1999_08_01"]["pandas"]
    found = run(log, "calls")
    values = {row["indicator"]: row for row in found["values"] if row["kind"] == "value"}
    assert "compare" not in found["provenance"]  # a call has no term that it could be in time for
    assert values["waiting_minutes_mean"]["value"] * 60 == pytest.approx(figures["mean_wait_served_s"])
    assert values["waiting_minutes_p90"]["value"] * 60 == pytest.approx(figures["p90_wait_served_s_linear"])
    assert values["service_minutes_mean"]["value"] * 60 == pytest.approx(figures["mean_service_served_s"])
    served, left = figures["served_AGENT"], figures["HANG"]
    assert (values["left_unserved_share"]["numerator"], values["left_unserved_share"]["denominator"]) == (
        left,
        left + served,
    )
    assert run(log, "calls", "--engine", "reference")["values"] == found["values"]


def test_calls_served_in_20_seconds_by_an_indicator_of_one_s_own(real: Path, expected: dict[str, Any]) -> None:
    own = MAPPINGS.parent / "served_in_20_seconds_share.yaml"
    [row] = run(real / "4_queues" / "calls_1999-08-01.csv", "calls", "--indicator", str(own))["values"]
    assert 100 * row["value"] == pytest.approx(expected["calls_1999_08_01"]["pandas"]["served_within_20s_pct"])
