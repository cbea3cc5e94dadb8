"""A real log of events, sent through the interface, gives the same facts and indicators as `mirylo measure`."""

import csv
import json
from datetime import datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from django.test import Client
from pytest_django.fixtures import Settings

from mirylo.commands import main
from mirylo.domain.cases.facts import of_json
from mirylo.domain.cases.folding import fold_stale
from mirylo.domain.cases.models import Case
from mirylo.domain.indicators.running import refresh
from mirylo.domain.indicators.values import values
from mirylo.sources.loading import load
from mirylo.sources.mapping_file import read_mapping
from tests.domain.sending import make_system

MAPPING = Path(__file__).parents[2] / "docs" / "examples" / "mappings" / "receipt.toml"
ZONE = "Europe/Amsterdam"
CUTS = ("nation", "provider", "channel")
ONLINE = ("Internet", "e-mail")
STATED = {"registered_at": "case:startdate", "ready_at": "case:enddate", "due_at": "case:deadline"}


@pytest.fixture
def log(shared: Path) -> Path:
    return shared / "data" / "real" / "1_event_logs" / "receipt.csv"


def events_of(log: Path) -> list[dict[str, Any]]:
    """The rows of the log as events, in the way in which the mapping reads them."""
    events = []
    with log.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            said = {
                "id": row["concept:instance"],
                "type": "other",
                "number": row["case:concept:name"],
                "happened_at": row["time:timestamp"],
                "activity": row["concept:name"],
                "provider": row["case:department"],
                "channel": row["case:channel"],
                "is_online": row["case:channel"] in ONLINE,
                **{name: row[column] for name, column in STATED.items()},
            }
            events.append({name: value for name, value in said.items() if value != ""})
    return events


def send(client: Client, key: str, events: list[dict[str, Any]]) -> None:
    for first in range(0, len(events), 3000):
        body = "\n".join(json.dumps(one) for one in events[first : first + 3000])
        headers = {"Authorization": f"Bearer {key}"}
        answer = client.post("/api/v1/events", body, "application/x-ndjson", headers=headers).json()
        assert answer["accepted"] == len(events[first : first + 3000]), answer


@pytest.mark.django_db
def test_the_receipt_log_through_the_interface(log: Path, client: Client, settings: Settings, tmp_path: Path) -> None:
    settings.TIME_ZONE = ZONE
    settings.LAKE, settings.RESULTS = tmp_path / "facts", tmp_path / "results"
    expected = load([log], read_mapping(MAPPING)).facts
    at = datetime.combine(expected.as_of, time(12), ZoneInfo(ZONE))
    events = events_of(log)
    assert len(events) == 8577
    send(client, make_system("receipt", "portal")[1], events)
    while fold_stale(at=at):
        pass
    rows = {case.number: of_json(case.facts) for case in Case.objects.all()}
    table = expected.tables["cases"]
    assert isinstance(table, pa.Table)
    assert {number: without_source(row) for number, row in rows.items()} == {
        row["number"]: without_source(row) for row in table.to_pylist()
    }
    assert len(rows) == 1434
    assert refresh(at=at, is_patient=False)
    measured = measure(log, tmp_path / "measured.parquet")
    for cut in CUTS:
        found = values_of(values(cut=cut))
        wanted = {key: value for key, value in measured.items() if key[0] == cut}
        assert {key: row for key, row in found.items() if key in wanted} == {
            key: wanted[key] for key in wanted if key in found
        }
        # A unit with no rows at all in a period is not stored; the command, which knows its frame, shows it empty.
        assert [row for key, row in wanted.items() if key not in found and not is_empty(row)] == []
        assert len(wanted.keys() & found.keys()) > 100


def without_source(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None and name != "source"}


def is_empty(row: dict[str, Any]) -> bool:
    """Whether nothing was counted."""
    return not row["denominator"] and not row["numerator"] and not row["value"]


def measure(log: Path, output: Path) -> dict[tuple[Any, ...], dict[str, Any]]:
    """What the command counts by quarters."""
    words = ["measure", str(log), "--mapping", str(MAPPING), "--period", "quarter", "-o", str(output)]
    done = CliRunner().invoke(main, [*words, *(word for cut in CUTS[1:] for word in ("--by", cut))])
    assert done.exit_code == 0, done.output
    return values_of(pq.read_table(output))


def values_of(table: pa.Table) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Rows by cut, unit, indicator and period."""
    keys = ("cut", "unit", "within", "indicator", "period")
    return {tuple(row[name] for name in keys): row for row in table.to_pylist()}
