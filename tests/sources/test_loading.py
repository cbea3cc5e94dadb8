"""Tests of loading: every row is counted or refused with its reason, whatever kind of file it came in."""

import io
import json
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mirylo.core.faults import FaultsFoundError
from mirylo.sources.loading import load
from mirylo.sources.mapping_file import parse_mapping
from tests.sources.conftest import CASES, Load

COLUMNS = {
    "number": "№",
    "registered_at": "opened",
    "is_voided": "void",
    "term_amount": "term",
    "decision": "decision",
}
MANY = 'rows = "cases"\n[columns]\nterm_unit = { constant = "months" }\n' + "\n".join(
    f'{name} = "{column}"' for name, column in COLUMNS.items()
)


def test_each_reason_is_told_with_line_column_and_value(load_text: Load) -> None:
    rows = [
        "1;2026-01-05;так;1;granted",
        ";2026-01-05;ні;1;",
        "3;05-2026;ні;1;",
        "4;1026-01-05;ні;1;",
        "5;2026-01-05;maybe;1;",
        "6;2026-01-05;ні;two;",
        "7;2026-01-05;ні;-2;",
        "8;2026-01-05;ні;;",
        "9;2026-01-05;ні;9999;",
        "10;2026-01-05;ні;1;perhaps",
        "1\x1b[2J1;2026-01-05;ні;1;",
        "12;2026-01-05;ні;1",
        "1;2026-01-06;ні;1;",
        "14;2026-01-05;;1;",
    ]
    loaded = load_text("№;opened;void;term;decision\n" + "\n".join(rows) + "\n", MANY)
    told = {(row.line, row.reason, row.column, row.value) for row in loaded.refusals.rows}
    assert told == {
        (3, "missing_value", "№", ""),
        (4, "unreadable_moment", "opened", "05-2026"),
        (5, "other_century", "opened", "1026-01-05"),
        (6, "unreadable_flag", "void", "maybe"),
        (7, "unreadable_number", "term", "two"),
        (8, "unreadable_number", "term", "-2"),
        (9, "incomplete_term", "term", ""),
        (10, "incomplete_term", "term", ""),
        (11, "unknown_value", "decision", "perhaps"),
        (12, "control_characters", "№", "1�[2J1"),
        (13, "wrong_number_of_fields", "", "12;2026-01-05;ні;1"),
        (14, "repeated_number", "№", "1"),
    }
    assert [row.also_at for row in loaded.refusals.rows if row.also_at] == ["log.csv, line 2"]
    assert sorted(loaded.facts.tables["cases"]["number"].to_pylist()) == ["1", "14"]
    assert (loaded.summary.rows, loaded.refusals.total, loaded.summary.files[0].refused) == (14, 12, 12)


def test_files_of_every_kind_give_the_same_facts(tmp_path: Path) -> None:
    rows = [{"number": str(n), "opened": f"2026-01-{n:02} 09:00", "closed": f"2026-02-{n:02}"} for n in range(1, 29)]
    rows[4]["closed"] = rows[5]["opened"] = ""
    head = ["number", "opened", "closed"]
    text = "\n".join(";".join(row[name] for name in head) for row in [dict(zip(head, head, strict=True)), *rows])
    book, buffer = openpyxl.Workbook(), io.BytesIO()
    for line in text.split("\n"):
        book.active.append([cell or None for cell in line.split(";")])
    book.save(buffer)
    table = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), table)
    contents = {
        "a.csv": text.encode("cp1251"),
        "b.csv": ("\ufeff" + text).encode("utf-16-le"),
        "c.ndjson": "\n".join(map(json.dumps, rows)).encode(),
        "d.json": json.dumps(rows).encode(),
        "e.xlsx": buffer.getvalue(),
        "f.parquet": table.getvalue(),
    }
    found = []
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
        loaded = load([tmp_path / name], parse_mapping(CASES))
        found.append(loaded.facts.tables["cases"].sort_by("number"))
        assert (loaded.summary.rows, loaded.refusals.total) == (28, 0)
    assert all(cases.equals(found[0]) for cases in found)


def write(folder: Path, **contents: str) -> list[Path]:
    paths = [folder / f"{name}.csv" for name in contents]
    for path, content in zip(paths, contents.values(), strict=True):
        path.write_text(content, encoding="utf-8")
    return paths


def test_a_number_in_two_files_is_told_and_the_first_case_kept(tmp_path: Path) -> None:
    head = "number,opened,closed\n"
    paths = write(tmp_path, a=head + "1,2026-01-05,\n2,2026-01-05,\n", b=head + "3,2026-01-05,\n2,2026-02-05,\n")
    loaded = load(paths, parse_mapping(CASES))
    assert (loaded.summary.numbers_in_two_files, loaded.summary.examples_in_two_files) == (1, ("2",))
    [row] = loaded.refusals.rows
    assert (row.file, row.line, row.reason, row.also_at) == ("b.csv", 3, "repeated_number", "a.csv, line 3")
    cases = loaded.facts.tables["cases"].sort_by("number").to_pylist()
    assert [(case["number"], str(case["registered_on"])) for case in cases] == [
        ("1", "2026-01-05"),
        ("2", "2026-01-05"),
        ("3", "2026-01-05"),
    ]


def test_the_same_number_of_two_sources_is_two_cases(tmp_path: Path) -> None:
    mapping = parse_mapping(CASES + 'source = "system"\n')
    [path] = write(tmp_path, a="number,opened,closed,system\n1,2026-01-05,,east\n1,2026-01-06,,west\n1,2026-01-07,,\n")
    loaded = load([path], mapping)
    assert sorted(loaded.facts.tables["cases"]["source"].to_pylist()) == ["east", "file", "west"]


EVENTS = """
rows = "events"
[columns]
number = "case"
happened_at = "at"
type = "what"
centre = { constant = "ЦНАП" }
[types]
"application.registered" = ["in"]
"result.issued" = ["out"]
"""


def test_a_case_goes_on_in_the_next_file(tmp_path: Path) -> None:
    head = "case,at,what\n"
    first = head + "1,2026-01-05 09:00,in\n1,2026-01-05 10:00,look\n1,2026-01-05 10:00,copy\n"
    paths = write(tmp_path, a=first, b=head + "1,2026-01-06 09:00,out\n2,2026-01-07 09:00,in\n")
    loaded = load(paths, parse_mapping(EVENTS))
    case, other = loaded.facts.tables["cases"].sort_by("number").to_pylist()
    # Two steps of one moment that are both "other" to us are still two events.
    assert (case["events"], case["span_seconds"], case["centre"]) == (4, Decimal(86_400), "ЦНАП")
    assert (str(case["issued_on"]), other["events"]) == ("2026-01-06", 1)
    assert loaded.summary.numbers_in_two_files == 1
    assert loaded.refusals.total == 0
    span = loaded.summary.judged.span
    assert span is not None
    assert (span.mean, round(span.deviation or 0, 6), span.least, span.most) == (43_200, 61094.025895, 0, 86_400)


def test_an_event_that_comes_twice_is_one_event(load_text: Load) -> None:
    loaded = load_text("case,at,what\n" + "1,2026-01-05 09:00,in\n" * 3 + "1,2026-01-05 09:00,look\n", EVENTS)
    assert loaded.facts.tables["cases"]["events"].to_pylist() == [2]
    assert (loaded.summary.rows, loaded.summary.judged.events) == (4, 2)


def test_events_that_name_their_types_themselves_make_cases_and_tickets(load_text: Load) -> None:
    mapping = EVENTS.partition("[types]")[0]
    content = "case,at,what\nA1,2026-01-05 09:00,ticket.issued\nA1,2026-01-05 09:07,ticket.called\n"
    loaded = load_text(content + "7,2026-01-05 09:10,application.registered\n", mapping)
    assert (loaded.summary.judged.cases, loaded.summary.judged.tickets) == (1, 1)
    assert loaded.facts.tables["tickets"]["waiting_seconds"].to_pylist() == [Decimal(420)]


TICKETS = """
rows = "tickets"
[columns]
number = { columns = ["day", "no"], join = "-" }
issued_at = { columns = ["day", "came"] }
waiting_seconds = { column = "waited", unit = "minutes" }
service_seconds = "served"
outcome = { column = "end", values = { "+" = "served" }, otherwise = "left" }
[checks]
not_negative = ["early"]
"""


def test_durations_joined_columns_values_and_checks(load_text: Load) -> None:
    content = (
        "day;no;came;waited;served;end;early\n"
        "2026-01-05;A1;9:05;1,5;0:02:05;+;3\n"
        "2026-01-05;A2;9:06;2;-0:00:05;+;-1\n"
        "2026-01-06;A1;9:07;;125.25;gone;\n"
        "2026-01-06;A2;9:08;long;;;\n"
        "2026-01-06;A3;9:09;;2:05;;\n"
    )
    loaded = load_text(content, TICKETS)
    tickets = loaded.facts.tables["tickets"].sort_by("number").to_pylist()
    assert [
        (t["number"], t["waiting_seconds"], t["service_seconds"], t["outcome"], t["issued_hour"], t["flaws"])
        for t in tickets
    ] == [
        ("2026-01-05-A1", Decimal(90), Decimal(125), "served", 9, None),
        ("2026-01-05-A2", Decimal(120), None, "served", 9, "negative_time"),
        ("2026-01-06-A1", None, Decimal("125.25"), "left", 9, None),
    ]
    assert [(row.line, row.reason) for row in loaded.refusals.rows] == [
        (5, "unreadable_duration"),
        (6, "unreadable_duration"),
    ]


def test_flags_by_words_by_values_and_by_true_values(load_text: Load) -> None:
    mapping = CASES + (
        'is_test = "test"\n'
        'is_voided = { column = "state", true_values = ["void"] }\n'
        'late_by_source = { column = "late", values = { "OVERDUE" = true, "ONTIME" = false } }\n'
    )
    content = "number,opened,closed,test,state,late\n1,2026-01-05,,Так,void,OVERDUE\n2,2026-01-05,,0,open,ONTIME\n"
    cases = load_text(content, mapping).facts.tables["cases"].sort_by("number").to_pylist()
    assert [(c["is_test"], c["is_voided"], c["late_by_source"]) for c in cases] == [
        (True, True, True),
        (False, False, False),
    ]


def test_as_of_is_told_or_the_newest_day_on_which_something_happened(tmp_path: Path) -> None:
    mapping = CASES + 'due_at = "due"\n'
    [path] = write(tmp_path, a="number,opened,closed,due\n1,2026-01-05,2026-02-03 23:30,2027-01-01\n2,2026-01-30,,\n")
    assert load([path], parse_mapping(mapping)).facts.as_of == date(2026, 2, 3)
    assert load([path], parse_mapping("as_of = 2026-02-02\n" + mapping)).facts.as_of == date(2026, 2, 2)
    told = load([path], parse_mapping("as_of = 2026-02-02\n" + mapping), as_of=date(2026, 2, 1))
    assert (told.facts.as_of, told.summary.as_of) == (date(2026, 2, 1), date(2026, 2, 1))
    assert told.summary.last_at is not None
    assert told.summary.last_at.isoformat() == "2026-01-30T00:00:00+02:00"  # what came later was not known


def test_the_source_s_verdict_is_held_against_ours(load_text: Load) -> None:
    mapping = CASES + 'due_at = "due"\nlate_by_source = "late"\n'
    content = (
        "number,opened,closed,due,late\n"
        "1,2026-01-05,2026-01-07,2026-01-07,no\n"
        "2,2026-01-05,2026-01-08,2026-01-07,yes\n"
        "3,2026-01-05,,2026-01-07,yes\n"
        "4,2026-01-05,,,no\n"
        "5,2026-01-05,2026-01-08,2026-01-07,no\n"
        "6,2026-01-05,,,\n"
    )
    judged = load_text(content, mapping).summary.judged
    assert (judged.compared, judged.agreeing) == (5, 4)


def test_what_the_mapping_leaves_out_is_not_collected(load_text: Load) -> None:
    collected = load_text("number,opened,closed\n1,2026-01-05,\n").facts.collected["cases"]
    assert {"registered_on", "ready_on", "throughput_seconds"} <= collected
    assert not {"service", "due_on", "is_on_time", "withdrawn_on"} & collected


def test_the_manifest_is_made_of_contents_and_mapping_not_of_names(tmp_path: Path) -> None:
    head = "number,opened,closed\n"
    first, second, same = write(
        tmp_path, a=head + "1,2026-01-05,\n", b=head + "2,2026-01-05,\n", c=head + "1,2026-01-05,\n"
    )

    def manifest(paths: list[Path], mapping: str = CASES) -> str:
        return load(paths, parse_mapping(mapping)).facts.manifest

    assert manifest([first, second]) == manifest([second, first]) == manifest([same, second])
    assert len({manifest([first]), manifest([second]), manifest([first, second]), manifest([first], CASES + "\n")}) == 4


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "the file is empty"),
        ("number,opened,closed\n", "there are no rows under the header"),
        ("number,opened,closed\n1,soon,\n2,later,\n", "not one of 2 rows could be read; the first: log.csv, line 2"),
        ("number,openend,closed\n1,2026-01-05,\n", "there is no column «opened», which columns.registered_at of the"),
        ("number,opened,closed\n1,,\n", "the first: log.csv, line 2: a row without any date"),
    ],
)
def test_nothing_to_count_is_a_fault(fault_of: Callable[..., str], content: str, said: str) -> None:
    found = fault_of(content)
    assert said in found
    if "column" in said:
        assert "The nearest are: openend" in found


def test_an_event_log_without_events_is_a_fault(fault_of: Callable[..., str]) -> None:
    assert "there are no rows under the header" in fault_of("case,at,what\n", EVENTS)


def test_a_bad_row_late_in_an_event_log_is_refused_on_its_line(load_text: Load) -> None:
    """The usual log is folded as it is read; one bad row, and it is read again to tell where it stands."""
    good = [f"{n},2026-01-05 09:00,in" for n in range(5000)]
    for bad, reason in (
        ("x,soon,in", "unreadable_moment"),
        ("x,2026-01-05", "wrong_number_of_fields"),
        ("x\x07,2026-01-05,in", "control_characters"),
        ('"x,2026-01-05,in', "broken_quotes"),
        ("x,2026-01-05,", "missing_value"),
    ):
        loaded = load_text("\n".join(["case,at,what", *good, bad]) + "\n", EVENTS)
        assert [(row.line, row.reason) for row in loaded.refusals.rows] == [(5002, reason)]
        assert (loaded.summary.rows, loaded.summary.judged.cases) == (5001, 5000)


def test_the_faults_of_all_files_are_told_together(tmp_path: Path) -> None:
    paths = [*write(tmp_path, a="x\n1\n", b=""), tmp_path, tmp_path / "none.csv"]
    with pytest.raises(FaultsFoundError) as found:
        load(paths, parse_mapping(CASES))
    assert [fault.place for fault in found.value.faults] == ["a.csv"] * 3 + ["b.csv", tmp_path.name, "none.csv"]


def test_a_file_named_twice_is_a_fault(tmp_path: Path) -> None:
    [path] = write(tmp_path, a="number,opened,closed\n1,2026-01-05,\n")
    with pytest.raises(FaultsFoundError, match="the file is named twice"):
        load([path, tmp_path / "." / "a.csv"], parse_mapping(CASES))


def test_many_refusals_are_all_counted(tmp_path: Path) -> None:
    rows = "".join(f"{n},{'soon' if n % 2 else '2026-01-05'},\n" for n in range(50_000))
    [path] = write(tmp_path, a="number,opened,closed\n" + rows)
    loaded = load([path], parse_mapping(CASES))
    assert loaded.summary.refused == {"unreadable_moment": 25_000}
    assert (len(loaded.refusals.rows), loaded.refusals.rows[-1].line) == (10_000, 20_001)


def test_progress_is_told(tmp_path: Path) -> None:
    day = date(2026, 1, 1)
    rows = "".join(f"{n},{day + timedelta(n % 300)},\n" for n in range(400_000))
    [path] = write(tmp_path, a="number,opened,closed\n" + rows)
    told: list[tuple[str, float | None]] = []
    load([path], parse_mapping(CASES), progress=lambda step, fraction: told.append((step, fraction)))
    assert {step for step, _ in told} == {"opening", "reading", "judging"}
    assert told[-1] == ("judging", None)
    assert all(fraction is None or 0 <= fraction <= 1 for _, fraction in told)


def test_as_of_an_earlier_day_what_came_later_is_not_known(load_text: Load) -> None:
    """As of 10 January the first case is finished, the second still open, and the third not there yet."""
    content = "number,opened,closed\n1,2026-01-05,2026-01-09\n2,2026-01-06,2026-01-20\n3,2026-01-12,2026-01-13\n"
    cases = load_text(content, "as_of = 2026-01-10\n" + CASES).facts.tables["cases"].sort_by("number").to_pylist()
    assert [(case["number"], case["ready_on"]) for case in cases] == [("1", date(2026, 1, 9)), ("2", None)]
    events = "case,at,what\n1,2026-01-05,in\n1,2026-01-20,out\n2,2026-01-12,in\n"
    loaded = load_text(events, "as_of = 2026-01-10\n" + EVENTS)
    assert [case["events"] for case in loaded.facts.tables["cases"].to_pylist()] == [1]


def test_terms_that_fit_no_service_give_no_due_dates_and_nothing_is_on_time(load_text: Load) -> None:
    mapping = CASES + 'service = "what"\n[terms]\n00034 = { amount = 1, unit = "working_days" }\n'
    for service, is_known in (("00034", True), ("34 registration", False)):
        loaded = load_text(f"number,opened,closed,what\n1,2026-01-05,2026-01-20,{service}\n", mapping)
        assert ("due_on" in loaded.facts.collected["cases"]) is is_known
        assert (loaded.summary.judged.expecting, loaded.summary.judged.termed) == (1, int(is_known))


def test_totals_and_signatures_under_a_table_are_no_cases(load_text: Load) -> None:
    loaded = load_text("number,opened,closed\n1,2026-01-05,\nУсього: 1,,\n")
    assert [(row.line, row.reason) for row in loaded.refusals.rows] == [(3, "no_dates")]
    assert loaded.summary.judged.cases == 1


def test_a_ticket_that_comes_twice_counts_once_but_numbers_begin_anew_each_day(load_text: Load) -> None:
    mapping = 'rows = "tickets"\n[columns]\nnumber = "no"\nissued_at = "came"\nserved_at = "done"\n'
    rows = ["A1,2026-01-05 09:00,2026-01-05 09:10", "A1,2026-01-06 09:00,", "A1,2026-01-06 09:00,"]
    loaded = load_text("no,came,done\n" + "\n".join(rows) + "\n", mapping)
    assert [(row.line, row.reason) for row in loaded.refusals.rows] == [(4, "repeated_number")]


@pytest.mark.parametrize(("term", "due_on"), [("5", date(2026, 1, 12)), ("5.0", date(2026, 1, 12)), ("5.5", None)])
def test_half_a_day_is_no_term(load_text: Load, term: str, due_on: date | None) -> None:
    mapping = CASES + 'term_amount = "days"\nterm_unit = { constant = "working_days" }\n'
    loaded = load_text(f"number,opened,closed,days\n1,2026-01-05,,{term}\n2,2026-01-05,,1\n", mapping)
    found = {case["number"]: case["due_on"] for case in loaded.facts.tables["cases"].to_pylist()}
    assert found.get("1") == due_on
    assert [row.reason for row in loaded.refusals.rows] == ([] if due_on else ["unreadable_number"])


def test_a_stated_day_is_over_at_its_end_even_where_moments_are_compared(load_text: Load) -> None:
    mapping = 'compare = "moments"\n' + CASES + 'due_at = "due"\n'
    rows = "1,2026-03-01,2026-03-10 12:00,2026-03-10\n2,2026-03-01,2026-03-10 12:00,2026-03-10 11:00\n"
    cases = load_text("number,opened,closed,due\n" + rows, mapping).facts.tables["cases"].sort_by("number")
    assert cases["is_on_time"].to_pylist() == [True, False]
    assert cases["due_on"].to_pylist() == [date(2026, 3, 10)] * 2
