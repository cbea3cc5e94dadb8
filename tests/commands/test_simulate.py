"""`mirylo simulate` writes what was asked for, the same each time, and `measure` reads it."""

import csv
import gzip
import json
from pathlib import Path

import pyarrow.parquet as parquet
import pytest
from click.testing import CliRunner

from mirylo.commands import main
from mirylo.commands.simulate import simulate
from mirylo.engines.lake import open_lake
from mirylo.engines.tables import CASES
from mirylo.simulation.lines import Line
from mirylo.sources.loading import load
from mirylo.sources.mapping_file import read_mapping

MAPPING = Path(__file__).parents[2] / "docs" / "examples" / "mappings" / "simulated.toml"
SMALL = ("--centres", "25", "--cases-per-day", "50", "--from", "2025-03-03", "--to", "2025-03-09", "--lang", "en")


def run(*words: str | Path) -> str:
    """Run the verb; it must end well."""
    result = CliRunner().invoke(simulate, [*SMALL, *map(str, words)])
    assert result.exit_code == 0, result.output
    return result.output


def test_events_are_the_same_bytes_each_time(tmp_path: Path) -> None:
    run("--events", tmp_path / "one.ndjson.gz")
    run("--events", tmp_path / "other.ndjson.gz")
    run("--events", tmp_path / "plain.ndjson")
    packed = (tmp_path / "one.ndjson.gz").read_bytes()
    assert packed == (tmp_path / "other.ndjson.gz").read_bytes()
    assert gzip.decompress(packed) == (tmp_path / "plain.ndjson").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.ndjson.gz", "other.ndjson.gz", "plain.ndjson"]


def test_the_mapping_names_every_key_of_a_line() -> None:
    columns = {name: rule.columns for name, rule in read_mapping(MAPPING).columns.items()}
    assert columns == {name: (name,) for name in Line.__struct_fields__}


def test_measure_reads_the_events(tmp_path: Path) -> None:
    """Nothing is refused, and repetitions are no cases of their own."""
    path = tmp_path / "events.ndjson"
    run("--events", path)
    loaded = load([path], read_mapping(MAPPING))
    numbers = {line.split(b'"')[3] for line in path.read_bytes().splitlines()}
    judged = loaded.summary.judged
    assert judged.cases + judged.tickets == len(numbers) > 300
    assert not loaded.summary.refused
    assert judged.events is not None
    assert judged.events < len(path.read_bytes().splitlines())


def test_facts_are_a_lake_with_a_folder_a_month(tmp_path: Path) -> None:
    words = ("--from", "2025-02-26", "--facts")
    run(*words, tmp_path / "one")
    run(*words, tmp_path / "other", "--no-tickets")
    one, other = open_lake(tmp_path / "one"), open_lake(tmp_path / "other")
    assert [path.parent.name for path in one.tables["cases"]] == ["2025-02", "2025-03"]
    assert [path.name for path in one.tables["cases"]] == [path.name for path in other.tables["cases"]]
    assert set(other.tables) == {"cases"}
    for path in one.tables["cases"]:
        table = parquet.read_table(path)
        assert table.column_names == [column.name for column in CASES.columns]
        assert len(table) > 50
    again = CliRunner().invoke(simulate, [*SMALL, "--facts", str(tmp_path / "one")])
    assert again.exit_code == 2


def test_a_lake_is_measured_by_naming_its_folder(tmp_path: Path) -> None:
    run("--facts", tmp_path / "lake")
    words = ["measure", str(tmp_path / "lake"), "--indicator", "registered", "--format", "json"]
    measured = CliRunner().invoke(main, words)
    assert measured.exit_code == 0, measured.output
    rows = sum(len(parquet.read_table(path)) for path in (tmp_path / "lake" / "cases").rglob("*.parquet"))
    assert 0.5 * rows < json.loads(measured.output)["values"][0]["value"] <= rows
    empty = CliRunner().invoke(main, ["--lang", "en", "measure", str(tmp_path)])
    assert empty.exit_code == 1
    assert "this folder holds no facts" in empty.output


def test_registers_say_what_codes_stand_for(tmp_path: Path) -> None:
    run("--registers", tmp_path)
    with (tmp_path / "centres.csv").open(encoding="utf-8") as file:
        centres = list(csv.DictReader(file))
    with (tmp_path / "territories.csv").open(encoding="utf-8") as file:
        names = {row["code"]: row["name"] for row in csv.DictReader(file)}
    assert len(centres) == 25
    assert all(centre["hromada"] in names for centre in centres)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "say what to write"),
        (("--events", "x.ndjson", "--from", "2025-04-01"), "from 2025-04-01 to 2025-03-09 there is no day"),
        (("--events", "x.ndjson", "--as-of", "2025-03-03"), "nothing had happened before 2025-03-03"),
        (("--events", "x.ndjson", "--centres", "0"), "0"),
    ],
)
def test_what_cannot_be_is_refused(words: tuple[str, ...], said: str) -> None:
    result = CliRunner().invoke(simulate, [*SMALL, *words])
    assert result.exit_code == 2
    assert said in result.output
