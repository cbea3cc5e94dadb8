"""Folds the events of stale cases anew, thousands at once, and keeps what came out: the work of the worker.

Intake marks a case as stale in the transaction that brings its events. The worker reads marks, then events, folds, and
clears a mark only if nobody marked the case again meanwhile; a worker that is killed loses nothing.
"""

import logging
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb
import msgspec
from django.db import DataError, close_old_connections, transaction
from django.utils import timezone

from mirylo.core.rules import Rules
from mirylo.domain.cases.facts import Row, of_json
from mirylo.domain.cases.gathering import cases_corrected_by, groups_of, read_events, show_events
from mirylo.domain.cases.grounds import mark_regrounded
from mirylo.domain.cases.halves import Halves, find_halves
from mirylo.domain.cases.keeping import Kept, Outcome, keep_outcomes, read_kept
from mirylo.domain.cases.models import Case, Told
from mirylo.domain.cases.places import Places
from mirylo.domain.cases.rules import current_rules
from mirylo.domain.cases.states import state_of_case, state_of_ticket
from mirylo.domain.intake.locks import only_one
from mirylo.domain.intake.models import Source, StaleCase
from mirylo.domain.intake.storing import Key
from mirylo.domain.registers.rules import variation_terms
from mirylo.engines.folding import fold_events

AT_ONCE = 20_000
"""Cases folded together: enough that the engine's start does not matter, few enough to be quick and small."""
REST, LONGEST_REST = 0.3, 2.0
"""Seconds to wait between two folds, at least and at most."""
LOOK_EVERY = 10.0
"""Seconds between two looks at whether the registers changed."""

UNFOLDABLE = (
    duckdb.DataError,
    duckdb.ProgrammingError,
    DataError,
    ArithmeticError,
    ValueError,
    msgspec.MsgspecError,
)
"""What a case raises that no engine and no database can hold. A full disk or memory is another matter: the worker ends,
and whoever keeps it running starts it anew."""

MOST_ASIDE = 50
"""Cases of one fold that may be set aside."""

log = logging.getLogger(__name__)
_aside: set[tuple[int, str, int]] = set()
"""Source, number and version of the marks whose cases could not be folded by this process."""


def fold_stale(*, at: datetime, rules: Rules | None = None, limit: int = AT_ONCE) -> int:
    """Fold the cases that are stale, the longest waiting first; returns how many marks were read."""
    waiting = StaleCase.objects.order_by("pk").values_list("source_id", "number", "version")[: limit + len(_aside)]
    marks = {
        (source, number): version for source, number, version in waiting if (source, number, version) not in _aside
    }
    if marks:
        _fold_marked(marks, rules or current_rules(), at, len(_aside) + MOST_ASIDE)
    return len(marks)


def _fold_marked(marks: Mapping[Key, int], rules: Rules, at: datetime, most: int) -> None:
    """Fold the cases of these marks. One that cannot be folded is found by halving, and does not hold up the others.

    Its mark stays. It is tried again as soon as it gets an event, or by a worker that was started anew. If dozens fail
    it is not the cases: then the worker ends, and says why.
    """
    try:
        _fold_together(marks, rules, at)
    except UNFOLDABLE:
        keys = list(marks)
        if len(_aside) >= most:
            raise
        if len(keys) == 1:
            log.exception("a case cannot be folded, its mark stays: source %s, number %r", *keys[0])
            _aside.add((*keys[0], marks[keys[0]]))
            return
        middle = len(keys) // 2
        for some in (keys[:middle], keys[middle:]):
            _fold_marked({key: marks[key] for key in some}, rules, at, most)


def _fold_together(marks: Mapping[Key, int], rules: Rules, at: datetime) -> None:
    """Fold cases at once and keep what came out."""
    keys = marks.keys() | cases_corrected_by(marks)
    halves = find_halves(keys)
    keys |= halves.touched
    folded = fold(keys, halves, rules)
    kept = read_kept(keys)
    outcomes = [*folded.outcomes, *_joined(halves, kept)]
    with transaction.atomic():
        Told.objects.bulk_create(folded.told, ignore_conflicts=True)
        keep_outcomes(outcomes, kept, marks, at=at)


@dataclass(frozen=True)
class Folded:
    """What a fold gave: cases and tickets, and what their events told at all."""

    outcomes: list[Outcome]
    told: list[Told]


def fold(keys: Collection[Key], halves: Halves, rules: Rules) -> Folded:
    """Fold all events of some cases."""
    rows = read_events(keys, halves)
    if not rows.num_rows:
        return Folded([], [])
    connection = duckdb.connect(config={"memory_limit": "1GiB", "threads": 1})
    try:
        connection.execute("set timezone = 'UTC'")
        columns = show_events(connection, rows, variation_terms())
        types = [type_ for (type_,) in connection.sql("SELECT DISTINCT type FROM events ORDER BY type").fetchall()]
        folded = fold_events(connection, "events", rules, types)
        groups = groups_of(connection)
        sources = dict(Source.objects.values_list("pk", "name"))
        places = Places.read()
        outcomes = [
            *_outcomes(Case.Kind.CASE, folded.cases.rows, state_of_case, sources, places, groups, rules),
            *_outcomes(Case.Kind.TICKET, folded.tickets.rows, state_of_ticket, sources, places, {}, rules),
        ]
    finally:
        connection.close()
    told = [Told(kind=Told.Kind.COLUMN, name=name) for name in columns]
    return Folded(outcomes, told + [Told(kind=Told.Kind.TYPE, name=type_) for type_ in types])


def _outcomes(
    kind: str,
    rows: duckdb.DuckDBPyRelation,
    state_of: Callable[[Row], str],
    sources: Mapping[int, str],
    places: Places,
    groups: Mapping[tuple[str, str], str],
    rules: Rules,
) -> list[Outcome]:
    """The rows of a fact table with what the registers know of their access points and services."""
    outcomes = []
    for row in rows.to_arrow_table().to_pylist():
        source_id, number = int(row["source"]), row["number"]
        row["source"] = sources[source_id]
        places.complete(row)
        if kind == Case.Kind.CASE and row["service"] is not None and row["service"] not in rules.services:
            row["flaws"] = " ".join(sorted({*(row["flaws"] or "").split(), "unknown_service"}))
        group = groups.get((str(source_id), number))
        outcomes.append(Outcome((source_id, number), kind, state_of(row), group, row))
    return outcomes


def _joined(halves: Halves, kept: Mapping[tuple[Key, str], Kept]) -> list[Outcome]:
    """Halves that stood by themselves and have found their case: they are no cases of their own any more."""
    outcomes = []
    for half in halves.homes:
        for kind in Case.Kind.values:
            if alone := kept.get((half, kind)):
                row: dict[str, Any] = {**of_json(alone.facts), "is_voided": True}
                outcomes.append(Outcome(half, kind, Case.State.VOIDED, None, row))
    return outcomes


def run_forever(is_stopped: Callable[[], bool] = lambda: False) -> None:
    """Fold whatever becomes stale, until somebody says stop; of several workers one folds, the others stand by.

    Between two folds the worker rests as long as the last one took: intake gets its turn, and a case whose events come
    in several batches is folded once.
    """
    looked = -LOOK_EVERY
    while not is_stopped():
        with only_one("folding") as is_mine:
            while is_mine and not is_stopped():
                began = time.monotonic()
                if began >= looked + LOOK_EVERY:
                    mark_regrounded(at=timezone.now())
                    looked = began
                is_full = fold_stale(at=timezone.now()) == AT_ONCE
                spent = time.monotonic() - began
                time.sleep(0 if is_full else min(LONGEST_REST, max(REST, spent)))
        close_old_connections()
        time.sleep(REST)
