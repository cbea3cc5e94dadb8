"""Tests of reading JSON: lines and lists of objects, nesting, and lines that are no objects."""

from collections.abc import Callable

import pytest

from tests.sources.conftest import Load

MAPPING = """
rows = "cases"
[columns]
number = "case.id"
registered_at = "case.opened"
is_voided = "voided"
centre = "centre"
"""


def test_objects_become_rows_and_what_is_nested_gets_dots(load_text: Load) -> None:
    content = (
        '\ufeff{"case": {"id": 1, "opened": "2026-01-05T09:00:00Z"}, "voided": true}\n'
        "\n"
        '{"case": {"id": "2", "opened": "2026-01-06"}, "voided": false, "centre": "ЦНАП", "tags": ["x"]}\n'
    )
    cases = load_text(content, MAPPING, "log.ndjson").facts.tables["cases"].sort_by("number").to_pylist()
    assert [(case["number"], case["is_voided"], case["centre"]) for case in cases] == [
        ("1", True, None),
        ("2", False, "ЦНАП"),
    ]


@pytest.mark.parametrize(
    "line", ['{"case": ', "[1]", "1", "null", '{"case": "\\ud800"', "x" * 1000, "[" * 5000, '{"a":' * 5000]
)
def test_a_line_that_is_no_object_is_refused_with_its_number(load_text: Load, line: str) -> None:
    good = '{"case": {"id": 1, "opened": "2026-01-05"}}'
    loaded = load_text(f"{good}\n\n{line}\n", MAPPING, "log.ndjson")
    assert [(row.line, row.counted, row.reason) for row in loaded.refusals.rows] == [(3, "line", "unreadable_line")]
    assert loaded.summary.rows == 2


def test_bytes_that_are_no_text_refuse_their_line(load_text: Load) -> None:
    good = '{"case": {"id": 1, "opened": "2026-01-05"}, "centre": "їжак"}\n'.encode()
    loaded = load_text(good * 9 + b'{"case": {"id": "\xff"}}\n', MAPPING, "log.ndjson")
    assert [row.line for row in loaded.refusals.rows if row.reason == "unreadable_line"] == [10]


def test_a_list_of_objects_counts_records(load_text: Load) -> None:
    loaded = load_text('[{"case": {"id": 1, "opened": "2026-01-05"}},\n 7]', MAPPING, "log.json")
    assert [(row.line, row.counted) for row in loaded.refusals.rows] == [(2, "record")]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('[{"case": {"id": 1}}', "the JSON is torn or damaged"),
        ("[" * 5000 + "{", "by its name this is JSON, but it does not begin as one"),
        ("[]", "there are no rows"),
        ('{"case": {"opened": "2026-01-05"}}', "there is no column «case.id», which columns.number of the mapping"),
    ],
)
def test_what_holds_no_rows_is_named(fault_of: Callable[..., str], content: str, said: str) -> None:
    assert any(part in fault_of(content, MAPPING, "log.json") for part in said.split("|"))
