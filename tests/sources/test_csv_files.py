"""Tests of reading CSV: dialects, headers, and the physical lines of rows that are refused."""

import csv
import io
import tempfile
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirylo.core.faults import FaultsFoundError
from mirylo.sources.csv_files import read_csv
from mirylo.sources.opening import open_file

Read = tuple[list[tuple[object, ...]], list[int | None], list[tuple[int | None, str]]]


def read(content: bytes, delimiter: str | None = None, header_row: int | None = None) -> Read:
    """Rows, the lines on which they stand, and lines and reasons of refused rows."""
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        path, scratch = Path(folder) / "log.csv", Path(folder) / "scratch"
        path.write_bytes(content)
        scratch.mkdir()
        raw = read_csv(open_file(path, scratch), connection, scratch, delimiter, header_row)
        connection.execute(f"CREATE TABLE loaded AS SELECT * FROM {raw.relation}")
        rows = connection.execute("SELECT * FROM loaded ORDER BY rowid").fetchall()
        return rows, raw.lines_of(range(len(rows))), [(row.line, row.reason) for row in raw.refused()]


WRONG = "wrong_number_of_fields"


@pytest.mark.parametrize(
    ("content", "lines", "refused"),
    [
        (b"a,b,c\n1,2,3\n4,5\n7,8,9\n", [2, 4], [(3, WRONG)]),
        (b"a,b,c\r\n1,2,3\r\n4,5\r\n7,8,9\r\n", [2, 4], [(3, WRONG)]),
        (b"a,b,c\r4,5,6\r7,8\r1,2,3", [2, 4], [(3, WRONG)]),
        (b"a,b,c\n1,2,3\r\n4,5\n7,8,9\r\n", [2, 4], [(3, WRONG)]),
        (b"a,b,c\r\n1,2,3\r\n\r\n\r\n4,5\r\n7,8,9\r\n", [2, 6], [(5, WRONG)]),
        (b"a,b,c\n1,2,3\n\n\n4,5\n7,8,9\n", [2, 6], [(5, WRONG)]),
        (b"\n\na,b,c\n4,5,6\n7,8\n1,2,3", [4, 6], [(5, WRONG)]),
        (b'a,b,c\n4,"x\ny\nz",6,7\n7,8\n1,"a\n\nb",3\n1,2,3', [6, 9], [(2, WRONG), (5, WRONG)]),
        (b'a,b,c\n4,"x"y,6\n7,8,9\n1,5" pipe,3\n', [3, 4], [(2, "broken_quotes")]),
        (b'a,b,c\n1,2,3\n1,2,"3\n4,5,6\n', [2], [(3, "broken_quotes")]),
        (b"a,b,c\n1,2,3\n   \n4,5,6\n", [2, 4], [(3, WRONG)]),
        ("a,b,c\n1,ї,3\n".encode() * 30 + b"4,\xff,6\n", [*range(2, 61)], [(61, "broken_encoding")]),
        (b"a,b,c\n1,2,3\n" + b'"' + b"4,5,6\n" * 400_000, [2], [(3, "broken_quotes")]),
        (b"a\n1\n\n3\n", [2, 3, 4], []),
        (b"a,b,c", [], []),
    ],
)
def test_rows_and_refusals_stand_on_their_physical_lines(
    content: bytes, lines: list[int], refused: list[tuple[int, str]]
) -> None:
    _, found, found_refused = read(content)
    assert (found, found_refused) == (lines, refused)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_recognised(delimiter: str) -> None:
    content = f'"a,b;c"{delimiter}"d"\n1{delimiter}"2,5"\n'
    assert read(content.encode())[0] == [("1", "2,5")]


def test_the_line_that_tells_excel_the_delimiter_is_no_header() -> None:
    assert read(b"sep=;\r\na;b\r\n1,5;2\r\n") == ([("1,5", "2")], [3], [])


def test_a_header_below_a_title_and_a_delimiter_can_be_told() -> None:
    assert read(b"Report, of 2026\n\na;b,c\n1;2,3\n", ";", 3) == ([("1", "2,3")], [4], [])


@pytest.mark.parametrize("title", ["Report", "Report;;;;", "Report\n\nof the centre; of 2026"])
def test_a_title_above_the_header_is_passed_over(title: str) -> None:
    content = f"{title}\nn;opened;closed;centre;note\n1;2;3;4;5\n6;7;8;9;0\n7;8\n"
    below = title.count("\n") + 3
    rows = [("1", "2", "3", "4", "5"), ("6", "7", "8", "9", "0")]
    assert read(content.encode()) == (rows, [below, below + 1], [(below + 2, WRONG)])


def test_a_header_above_rows_that_do_not_fit_it_stays_the_header() -> None:
    assert read(b"a,b,c\n1,2,3,4\n5,6,7,8\n1,2,3\n9,8,7,6\n") == (
        [("1", "2", "3")],
        [4],
        [(n, WRONG) for n in (2, 3, 5)],
    )


def test_doubled_columns_are_a_fault() -> None:
    with pytest.raises(FaultsFoundError, match=r"log\.csv, line 1: the column «a» is there 2 times"):
        read(b"a,b, a \n1,2,3\n")


def test_nameless_columns_get_their_number() -> None:
    assert read(b"a,,c\n1,2,3\n")[0] == [("1", "2", "3")]


def test_rows_keep_their_order_on_all_cores() -> None:
    """Lines are told by the order of rows in the table: reading in parallel must not mix them up."""
    content = "n,text\n" + "".join(f"{n},{'x' * 40}\n" for n in range(300_000))
    rows, lines, _ = read(content.encode())
    assert [int(str(row[0])) for row in rows] == list(range(300_000))
    assert lines[-1] == 300_001


CELL = st.text(st.sampled_from("aї ,;\"'\n\t0.-"), max_size=6)


@given(st.lists(st.tuples(CELL, CELL, CELL), max_size=20), st.sampled_from(["\n", "\r\n"]))
def test_what_python_writes_is_read_back(rows: list[tuple[str, str, str]], end: str) -> None:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerow(["first", "second", "third"])
    lines = []
    for row in rows:
        lines.append(buffer.getvalue().count("\n") + 1)
        writer.writerow(row)
    found, found_lines, refused = read(buffer.getvalue().encode(), ",")
    mended = [tuple(cell or None for cell in row) for row in rows]
    assert (found, found_lines, refused) == (mended, lines, [])
