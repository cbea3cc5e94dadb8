"""`mirylo simulate` writes what was asked for, the same each time, and `measure` reads it."""

import csv
import gzip
from pathlib import Path

import pyarrow.parquet as parquet
import pytest
from click.testing import CliRunner

from mirylo.commands.simulate import simulate
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


def test_facts_are_parquet_a_folder_a_month(tmp_path: Path) -> None:
    words = ("--from", "2025-02-26", "--facts")
    run(*words, tmp_path / "one")
    run(*words, tmp_path / "other", "--no-tickets")
    files = {str(path.relative_to(tmp_path / "one")) for path in (tmp_path / "one").rglob("*.parquet")}
    cases = {"2025-02/cases-00001.parquet", "2025-03/cases-00002.parquet"}
    assert files == cases | {name.replace("cases", "tickets") for name in cases}
    for name in cases:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "other" / name).read_bytes()
        table = parquet.read_table(tmp_path / "one" / name)
        assert table.column_names == [column.name for column in CASES.columns]
        assert len(table) > 50
    again = CliRunner().invoke(simulate, [*SMALL, "--facts", str(tmp_path / "one")])
    assert again.exit_code == 2


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
