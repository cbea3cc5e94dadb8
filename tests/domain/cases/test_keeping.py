"""What the worker keeps while other programs write to the same rows: no mark is lost, and nobody is stopped."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from mirylo.domain.cases import writing
from mirylo.domain.cases.keeping import COLUMNS, CONFLICT, keep_outcomes
from mirylo.domain.cases.models import Case
from mirylo.domain.intake.models import StaleCase
from mirylo.domain.intake.storing import mark_stale, write_rows
from tests.domain.cases.made import NOW, fact, keep, source

pytestmark = pytest.mark.django_db(transaction=True)

LONG = 0.7
"""Seconds after which whoever waits for a row is surely waiting."""


@pytest.fixture(autouse=True)
def several_writers() -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite lets one writer in at a time")


@contextmanager
def beside(work: Callable[[threading.Event], None]) -> Iterator[threading.Event]:
    """Work in another connection; the block begins once it says that it has begun, and ends after it has ended."""
    begun, faults = threading.Event(), list[Exception]()

    def run() -> None:
        try:
            work(begun)
        except Exception as fault:
            faults.append(fault)
        finally:
            begun.set()
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    assert begun.wait(10)
    yield begun
    thread.join(20)
    assert not faults


def test_a_mark_that_a_batch_renews_while_marks_are_cleared_stays() -> None:
    origin = source().pk
    mark_stale([(origin, number) for number in "ABC"], 1, NOW)
    is_cleared = threading.Event()

    def take(begun: threading.Event) -> None:
        with transaction.atomic():
            mark_stale([(origin, "B"), (origin, "D")], 2, NOW)
            begun.set()
            is_cleared.wait(LONG)

    with beside(take):
        keep_outcomes([], {}, {(origin, number): 1 for number in "CBA"}, at=NOW)
        is_cleared.set()
    assert sorted(StaleCase.objects.values_list("number", "version")) == [("B", 2), ("D", 2)]


def test_a_fold_and_the_lake_may_be_at_the_same_cases() -> None:
    """The one goes by number, the other by age; both wait for each other's rows in the same order."""
    keep(*(fact(number, None) for number in ("b", "я", "B", "a")))
    changed = [writing._Changed(*row) for row in Case.objects.order_by("pk").values_list(*writing._Changed._fields)]
    row = ["registered", None, None, None, None, "", "{}", 2]
    ordered = sorted([source().pk, one, "case", *row] for one in ("a", "b", "B", "я"))

    def fold(begun: threading.Event) -> None:
        with transaction.atomic():
            write_rows("cases_case", COLUMNS, ordered[:1], CONFLICT, is_in_lake=False)
            begun.set()
            threading.Event().wait(LONG)
            write_rows("cases_case", COLUMNS, ordered[1:], CONFLICT, is_in_lake=False)

    with beside(fold):
        writing._confirm(changed, {"cases": {case.pk: "2026-01" for case in changed}})
    assert set(Case.objects.values_list("version", "is_in_lake", "lake_month")) == {(2, False, "2026-01")}
