"""A lake shows one whole state at any time, and never loses what is pinned."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mirylo.engines import lake
from mirylo.engines.backends import open_duckdb
from mirylo.engines.facts import Facts
from mirylo.engines.lake import (
    LakeBusyError,
    NoLakeError,
    TimezoneDiffersError,
    change_lake,
    open_lake,
    pin,
    sweep,
    write_lake,
)
from mirylo.engines.tables import CASES, TICKETS, arrow_schema
from tests.engines.generated import facts_of

JANUARY, FEBRUARY = date(2026, 1, 31), date(2026, 2, 1)


def facts_in(centre: str, *days: date | None) -> Facts:
    """A case in a centre for each date of registration."""
    return facts_of([{"centre": centre, "registered_on": day} for day in days])


def rows_of(facts: Facts) -> list[tuple[object, ...]]:
    with open_duckdb(facts) as connection:
        return connection.sql("select centre, registered_on from cases order by all").fetchall()


def test_what_was_written_is_read(tmp_path: Path) -> None:
    written = facts_in("А", JANUARY, FEBRUARY, None)
    write_lake(tmp_path, written)
    read = open_lake(tmp_path)
    assert rows_of(read) == rows_of(written)
    assert (read.collected, read.as_of, read.timezone) == (written.collected, written.as_of, written.timezone)
    assert [path.parent.name for path in read.tables["cases"]] == ["2026-01", "2026-02", "undated"]
    with open_duckdb(read) as connection:
        types = connection.sql("select * from cases").to_arrow_table().schema
    assert types == arrow_schema(CASES)


def test_months_are_replaced_and_others_stay(tmp_path: Path) -> None:
    write_lake(tmp_path, facts_in("old", JANUARY, FEBRUARY))
    first = open_lake(tmp_path)
    write_lake(tmp_path, facts_in("new", JANUARY, JANUARY))
    assert rows_of(open_lake(tmp_path)) == [("new", JANUARY), ("new", JANUARY), ("old", FEBRUARY)]
    assert rows_of(first) == [("old", JANUARY), ("old", FEBRUARY)]
    assert first.manifest != open_lake(tmp_path).manifest
    assert open_lake(tmp_path, 1) == first


def test_rows_are_added_to_a_month(tmp_path: Path) -> None:
    write_lake(tmp_path, facts_in("one", JANUARY))
    write_lake(tmp_path, facts_in("two", JANUARY), adds=True)
    assert rows_of(open_lake(tmp_path)) == [("one", JANUARY), ("two", JANUARY)]


def test_parquet_files_and_a_table_without_rows_can_be_written(tmp_path: Path) -> None:
    some = facts_in("А", JANUARY)
    source = tmp_path / "source.parquet"
    assert isinstance(some.tables["cases"], pa.Table)
    pq.write_table(some.tables["cases"], source)
    empty = arrow_schema(TICKETS).empty_table()
    write_lake(tmp_path / "lake", replace(some, tables={"cases": (source,), "tickets": empty}))
    read = open_lake(tmp_path / "lake")
    assert rows_of(read) == [("А", JANUARY)]
    with open_duckdb(read) as connection:
        assert connection.sql("select count(*), max(waiting_seconds) from tickets").fetchall() == [(0, None)]


def test_an_interrupted_write_leaves_the_old_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_lake(tmp_path, facts_in("old", JANUARY))
    before = open_lake(tmp_path)

    def break_down(source: Path, target: Path) -> None:
        if target.name == "CURRENT":
            raise KeyboardInterrupt
        os.rename(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(lake.os, "replace", break_down)
        with pytest.raises(KeyboardInterrupt):
            write_lake(tmp_path, facts_in("new", JANUARY))
    assert open_lake(tmp_path) == before
    assert rows_of(open_lake(tmp_path)) == [("old", JANUARY)]
    write_lake(tmp_path, facts_in("new", JANUARY))
    assert rows_of(open_lake(tmp_path)) == [("new", JANUARY)]


def test_a_reader_beside_a_writer_sees_one_state_whole(tmp_path: Path) -> None:
    write_lake(tmp_path, facts_in("0", JANUARY, FEBRUARY))

    def write() -> None:
        for number in range(1, 8):
            write_lake(tmp_path, facts_in(str(number), JANUARY, FEBRUARY))

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        seen = []
        while not writing.done():
            (one, other) = rows_of(open_lake(tmp_path))
            assert one[0] == other[0], "January of one state and February of another"
            seen.append(one[0])
        writing.result()
    assert rows_of(open_lake(tmp_path))[0][0] == "7"
    assert seen


def test_pinned_files_outlive_a_sweep(tmp_path: Path) -> None:
    for centre in ("pinned", "forgotten", "current"):
        write_lake(tmp_path, facts_in(centre, JANUARY))
    pin(tmp_path, 1)
    assert sweep(tmp_path) == 1
    assert rows_of(open_lake(tmp_path, 1)) == [("pinned", JANUARY)]
    assert rows_of(open_lake(tmp_path)) == [("current", JANUARY)]
    with pytest.raises(NoLakeError, match="no manifest 2"):
        open_lake(tmp_path, 2)


def test_what_cannot_be_done_is_said(tmp_path: Path) -> None:
    with pytest.raises(NoLakeError, match="CURRENT"):
        open_lake(tmp_path)
    write_lake(tmp_path, facts_in("А", JANUARY))
    with pytest.raises(TimezoneDiffersError):
        write_lake(tmp_path, replace(facts_in("А", JANUARY), timezone="Europe/Amsterdam"))
    with pytest.raises(NoLakeError, match="no manifest 5"):
        pin(tmp_path, 5)
    with lake._only_writer(tmp_path), pytest.raises(LakeBusyError):
        write_lake(tmp_path, facts_in("А", FEBRUARY))


def numbered(*rows: tuple[str, str, date | None]) -> Facts:
    """Cases by number, centre and date of registration."""
    return facts_of([{"number": number, "centre": centre, "registered_on": day} for number, centre, day in rows])


def test_changed_rows_take_the_place_of_the_old_ones_wherever_they_stood(tmp_path: Path) -> None:
    change_lake(tmp_path, numbered(("1", "А", JANUARY), ("2", "А", JANUARY), ("3", "А", FEBRUARY), ("4", "А", None)))
    moved = numbered(("1", "moved", FEBRUARY), ("4", "dated", JANUARY), ("5", "new", JANUARY))
    change_lake(tmp_path, moved, former={"cases": ["2026-01", "undated"]})
    expected = [("dated", JANUARY), ("moved", FEBRUARY), ("new", JANUARY), ("А", JANUARY), ("А", FEBRUARY)]
    assert rows_of(open_lake(tmp_path)) == expected
    assert [path.parent.name for path in open_lake(tmp_path).tables["cases"]] == ["2026-01", "2026-02"]


def test_months_without_changes_keep_their_files_and_a_change_made_twice_changes_nothing(tmp_path: Path) -> None:
    change_lake(tmp_path, numbered(("1", "А", JANUARY), ("2", "А", FEBRUARY)))
    first = open_lake(tmp_path)
    changed = numbered(("2", "Б", FEBRUARY), ("3", "Б", FEBRUARY))
    number = change_lake(tmp_path, changed)
    second = open_lake(tmp_path)
    assert second.tables["cases"][0] == first.tables["cases"][0]
    assert second.tables["cases"][1] != first.tables["cases"][1]
    assert change_lake(tmp_path, changed) == number
    assert open_lake(tmp_path) == second


def test_equal_rows_give_equal_files_however_they_came(tmp_path: Path) -> None:
    many = [(str(n), "АБВ"[n % 3], JANUARY) for n in range(300_000)]
    change_lake(tmp_path / "at once", numbered(*many))
    change_lake(tmp_path / "in parts", numbered(*many[::-2]))
    change_lake(tmp_path / "in parts", numbered(*many[::2]))
    (at_once,), (in_parts,) = (open_lake(tmp_path / name).tables["cases"] for name in ("at once", "in parts"))
    assert at_once.name == in_parts.name


def test_a_sweep_spares_what_counted_lately(tmp_path: Path) -> None:
    for number, hours_ago in ((1, 9), (2, 6), (3, 3)):
        change_lake(tmp_path, numbered(("1", str(number), JANUARY)))
        written = time.time() - hours_ago * 3600
        os.utime(tmp_path / "manifests" / f"{number:06}.json", (written, written))
    # The second counted until three hours ago.
    assert sweep(tmp_path, before=datetime.now(UTC) - timedelta(hours=5)) == 1
    assert rows_of(open_lake(tmp_path, 2)) == [("2", JANUARY)]
    assert sweep(tmp_path, before=datetime.now(UTC) - timedelta(hours=1)) == 1
    assert rows_of(open_lake(tmp_path)) == [("3", JANUARY)]
