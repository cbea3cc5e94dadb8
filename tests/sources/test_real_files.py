"""Tests on real logs: the figures that others published, or that were recomputed beside, come out to the last digit."""

import json
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from mirylo.sources.loading import Loaded, load
from mirylo.sources.mapping_file import parse_mapping, read_mapping

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
MAPPINGS = EXAMPLES / "mappings"

Measure = Callable[..., Loaded]


@pytest.fixture
def real(shared: Path) -> Path:
    return shared / "data" / "real"


@pytest.fixture
def expected(real: Path) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = json.loads((real / "EXPECTED_A.json").read_text(encoding="utf-8"))
    return found


def query(rows: pa.Table, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        connection.register("facts", rows)
        return connection.execute(sql).fetchall()


@pytest.mark.parametrize("name", ["receipt.csv", "receipt.xes.gz"])
def test_receipt(real: Path, expected: dict[str, dict[str, object]], name: str) -> None:
    loaded = load([real / "1_event_logs" / name], read_mapping(MAPPINGS / "receipt.toml"))
    judged, span = loaded.summary.judged, loaded.summary.judged.span
    assert (judged.events, judged.cases, loaded.refusals.total) == (8577, 1434, 0)
    assert span is not None
    assert (round(span.mean, 3), round(span.deviation or 0, 3)) == (467263.915, 1322517.208)
    assert (float(span.least), float(span.most)) == (0, 23832541.524)
    assert judged.flaws == {"closed_before_registered": 2}
    on_time = "SELECT count(*) FILTER (is_on_time), count(is_on_time) FROM facts"
    assert query(loaded.facts.tables["cases"], on_time) == [(1020, 1329)]


def test_receipt_by_moments(real: Path, expected: dict[str, dict[str, object]]) -> None:
    """The figures by channel and department were recomputed by comparing moments: 952 of 1,329 in all."""
    text = 'compare = "moments"\n' + (MAPPINGS / "receipt.toml").read_text(encoding="utf-8")
    cases = load([real / "1_event_logs" / "receipt.csv"], parse_mapping(text)).facts.tables["cases"]
    for cut, column in (("by_channel", "channel"), ("by_department", "provider")):
        rows = query(
            cases, f"SELECT {column}, count(*), count(ready_at), count(*) FILTER (is_on_time) FROM facts GROUP BY ALL"
        )
        found = {unit: {"cases": n, "closed": closed, "on_time": k} for unit, n, closed, k in rows}
        assert found == expected["receipt"][cut]


def test_receipt_in_both_kinds_gives_the_same_facts(real: Path) -> None:
    mapping = read_mapping(MAPPINGS / "receipt.toml")
    found = [load([real / "1_event_logs" / name], mapping) for name in ("receipt.csv", "receipt.xes.gz")]
    csv, xes = (loaded.facts.tables["cases"].sort_by("number") for loaded in found)
    assert csv.equals(xes)
    assert found[0].summary.judged == found[1].summary.judged
    assert found[0].facts.as_of == found[1].facts.as_of


def test_boston_agrees_with_the_city_in_every_row(real: Path) -> None:
    paths = [real / "2_311" / f"boston311_animal_sanitation_{year}.csv" for year in (2013, 2014, 2015)]
    text = (MAPPINGS / "boston311.toml").read_text(encoding="utf-8")
    judged = load(paths, parse_mapping(text)).summary.judged
    assert (judged.compared, judged.agreeing, judged.flaws) == (14_584, 14_584, {"closed_before_registered": 3})
    by_dates = load(paths, parse_mapping(text.replace('"moments"', '"dates"'))).summary.judged
    assert by_dates.compared - by_dates.agreeing == 44


def test_boston_sample_under_its_newer_column_names(real: Path) -> None:
    text = (MAPPINGS / "boston311.toml").read_text(encoding="utf-8")
    mapping = parse_mapping(text.replace("sla_target_dt", "target_dt").replace("on_time", "ontime"))
    loaded = load([real / "2_311" / "boston311-100.csv"], mapping)
    found = query(
        loaded.facts.tables["cases"],
        "SELECT count(*), count(*) FILTER (late_by_source), count(*) - count(due_at), count(*) - count(ready_at) "
        "FROM facts",
    )
    assert found == [(100, 17, 11, 15)]


def test_nyc_sample(real: Path) -> None:
    loaded = load([real / "2_311" / "nyc311-100.csv"], read_mapping(MAPPINGS / "nyc311.toml"))
    found = query(
        loaded.facts.tables["cases"],
        "SELECT count(*), count(due_at), count(ready_at), count(*) FILTER (is_on_time) FROM facts",
    )
    assert found == [(100, 42, 99, 33)]


def test_calls(real: Path) -> None:
    loaded = load([real / "4_queues" / "calls_1999-08-01.csv"], read_mapping(MAPPINGS / "calls.toml"))
    judged = loaded.summary.judged
    assert (loaded.summary.rows, judged.tickets, judged.voided, loaded.refusals.total) == (2375, 2375, 18, 0)
    assert judged.flaws == {"negative_time": 3}
    tickets = loaded.facts.tables["tickets"]
    outcomes = query(tickets, "SELECT outcome, count(*) FROM facts WHERE NOT is_voided GROUP BY ALL")
    assert dict(outcomes) == {"served": 1511, "left": 846}
    found = query(
        tickets,
        "SELECT avg(service_seconds), avg(waiting_seconds), median(waiting_seconds), "
        "quantile_cont(waiting_seconds, 0.9), 100 * avg((waiting_seconds <= 20)::INT) "
        "FROM facts WHERE NOT is_voided AND outcome = 'served'",
    )
    assert [round(float(str(value)), 3) for value in found[0]] == [193.786, 134.846, 96, 323, 26.737]
    assert query(tickets, "SELECT count(*) FROM facts WHERE hour(issued_at) = 0 AND issued_hour = 0") == [(0,)]


def test_a_hostile_upload_is_read_without_a_trap(shared: Path) -> None:
    mapping = parse_mapping('rows = "cases"\nas_of = 2026-01-01\n[columns]\nnumber = "foo"\n')
    path = shared / "data" / "conformance" / "govuk-backdrop" / "bad-characters.csv"
    loaded = load([path], mapping)
    assert loaded.facts.tables["cases"]["number"].to_pylist() == ["™"]
    assert loaded.summary.files[0].encoding == "cp1251"


def test_every_example_mapping_can_be_read() -> None:
    found = {path.stem: read_mapping(path).rows for path in MAPPINGS.glob("*.toml")}
    real = {"receipt": "events", "boston311": "cases", "nyc311": "cases", "calls": "tickets"}
    assert found.items() >= real.items()


def test_the_example_of_a_centre() -> None:
    loaded = load([EXAMPLES / "centre.csv"], read_mapping(EXAMPLES / "centre.toml"))
    assert [(row.line, row.reason, row.value) for row in loaded.refusals.rows] == [
        (31, "unreadable_moment", "31.02.2025 09:15"),
        (270, "repeated_number", "2026/0076"),
    ]
    found = query(
        loaded.facts.tables["cases"],
        "SELECT count(*) FILTER (is_consultation), count(*) FILTER (NOT is_consultation), count(DISTINCT centre), "
        "count(DISTINCT service), count(*) FILTER (NOT is_on_time) BETWEEN 20 AND 60, "
        "count(*) FILTER (due_on IS NULL AND NOT is_consultation) FROM facts",
    )
    assert found == [(35, 302, 3, 8, True, 0)]
