"""The lake holds each case once, as it is, whatever happens while it is written."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from mirylo.domain.cases import writing
from mirylo.domain.cases.models import Case, DirtyMonth
from mirylo.domain.cases.writing import write_changed
from mirylo.engines.backends import open_duckdb
from mirylo.engines.lake import open_lake
from tests.domain.cases.made import NOW, fact, keep, source
from tests.domain.installations import Installation, new_installation

OCTOBER, NOVEMBER = date(2026, 10, 5), date(2026, 11, 5)


def rows_in(folder: Path) -> list[tuple[str, str, str | None]]:
    """Number, centre and month of each case in the lake."""
    with open_duckdb(open_lake(folder)) as connection:
        return connection.sql(
            "select number, centre, strftime(registered_on, '%Y-%m') from cases order by all"
        ).fetchall()


@pytest.mark.django_db
def test_changed_cases_and_tickets_go_to_the_lake_once(tmp_path: Path) -> None:
    keep(fact("1", OCTOBER), fact("2", NOVEMBER), fact("3", None))
    ticket = {
        "source": "system",
        "number": "1",
        "issued_on": NOVEMBER,
        "is_test": False,
        "is_voided": False,
        "events": 1,
    }
    keep(ticket, kind=Case.Kind.TICKET)
    written = write_changed(tmp_path, at=NOW, portion=2)
    assert (written.rows, written.months) == (4, {"2026-10", "2026-11", "undated"})
    assert rows_in(tmp_path) == [("1", "centre 1", "2026-10"), ("2", "centre 1", "2026-11"), ("3", "centre 1", None)]
    with open_duckdb(open_lake(tmp_path)) as connection:
        assert connection.sql("select number, issued_on from tickets").fetchall() == [("1", NOVEMBER)]
    assert not Case.objects.filter(is_in_lake=False).exists()
    assert set(Case.objects.values_list("lake_month", flat=True)) == {"2026-10", "2026-11", "undated"}
    assert write_changed(tmp_path, at=NOW).rows == 0


@pytest.mark.django_db
def test_a_case_that_moved_to_another_month_leaves_the_old_one(tmp_path: Path) -> None:
    keep(fact("1", OCTOBER), fact("2", OCTOBER))
    write_changed(tmp_path, at=NOW)
    keep(fact("1", NOVEMBER, centre="elsewhere"))
    assert write_changed(tmp_path, at=NOW).months == {"2026-10", "2026-11"}
    assert rows_in(tmp_path) == [("1", "elsewhere", "2026-11"), ("2", "centre 1", "2026-10")]


@pytest.mark.django_db
def test_a_case_that_changes_while_it_is_written_is_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(fact("1", OCTOBER))
    write_changed(tmp_path, at=NOW)
    keep(fact("1", NOVEMBER))
    really_change = writing.change_lake

    def change_and_be_late(*words: object, **named: object) -> int:
        number: int = really_change(*words, **named)  # type: ignore[arg-type]
        keep(fact("1", date(2026, 9, 5)))
        return number

    with monkeypatch.context() as patch:
        patch.setattr(writing, "change_lake", change_and_be_late)
        write_changed(tmp_path, at=NOW)
    case = Case.objects.get()
    assert (case.is_in_lake, case.lake_month) == (False, "2026-11")
    write_changed(tmp_path, at=NOW)
    assert rows_in(tmp_path) == [("1", "centre 1", "2026-09")]


@pytest.mark.django_db
def test_a_lake_that_is_gone_is_written_anew(tmp_path: Path) -> None:
    keep(fact("1", OCTOBER), fact("2", NOVEMBER))
    write_changed(tmp_path / "lost", at=NOW)
    assert write_changed(tmp_path / "new", at=NOW).rows == 2
    assert rows_in(tmp_path / "new") == rows_in(tmp_path / "lost")


@pytest.mark.django_db
def test_what_is_collected_for_the_first_time_changes_every_month(tmp_path: Path) -> None:
    from mirylo.domain.cases.models import Told

    keep(fact("1", OCTOBER), fact("2", date(2026, 8, 5)))
    Told.objects.filter(name="decision.made").delete()
    write_changed(tmp_path, at=NOW)
    before = dict(DirtyMonth.objects.values_list("month", "version"))
    source()
    keep(fact("3", NOVEMBER))
    write_changed(tmp_path, at=NOW)
    after = dict(DirtyMonth.objects.values_list("month", "version"))
    assert sorted(month for month in after if after[month] > before.get(month, 0)) == [
        f"2026-{month:02}" for month in range(8, 12)
    ]


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    with new_installation(tmp_path / "var") as made:
        yield made


DYING = """
from tests.domain.cases.made import *
from mirylo.domain.cases import writing
from pathlib import Path
folder = Path({folder!r})
keep(*[fact(str(n), date(2026, 9, 5)) for n in range(6)])
writing.write_changed(folder, at=NOW, portion=4)
keep(*[fact(str(n), date(2026, 10, 5)) for n in range(6)])
really = writing.{step}
calls = []
def die(*words, **named):
    calls.append(1)
    if len(calls) == {call} and {is_before}:
        os.kill(os.getpid(), signal.SIGKILL)
    result = really(*words, **named)
    if len(calls) == {call}:
        os.kill(os.getpid(), signal.SIGKILL)
    return result
writing.{step} = die
writing.write_changed(folder, at=NOW, portion=4)
"""
MENDING = """
from tests.domain.cases.made import *
from tests.domain.cases.test_writing import rows_in
from mirylo.domain.cases.models import Case
from mirylo.domain.cases.writing import write_changed
from pathlib import Path
import json
folder = Path({folder!r})
keep(*[fact(str(n), date(2026, 11, 5)) for n in range(6)])
write_changed(folder, at=NOW, portion=4)
waiting = Case.objects.filter(is_in_lake=False).count()
print(json.dumps([rows_in(folder), waiting, (folder / "unconfirmed.json").exists()]))
"""


@pytest.mark.parametrize("call", [1, 2])
@pytest.mark.parametrize(("step", "is_before"), [("change_lake", True), ("_confirm", True), ("_confirm", False)])
def test_a_kill_between_any_two_steps_is_mended(
    installation: Installation, step: str, is_before: bool, call: int
) -> None:
    folder = str(installation.folder / "facts")
    installation.run(DYING.format(folder=folder, step=step, is_before=is_before, call=call), code=-9)
    rows, waiting, is_noted = json.loads(installation.run(MENDING.format(folder=folder)))
    assert rows == [[str(n), "centre 1", "2026-11"] for n in range(6)]
    assert (waiting, is_noted) == (0, False)
