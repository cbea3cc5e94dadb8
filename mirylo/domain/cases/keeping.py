"""Keeps what a fold gave: cases that changed, the months that this makes dirty, and the marks that are done with."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection
from django.utils import timezone

from mirylo.domain.cases.facts import Row, of_json, to_json
from mirylo.domain.cases.models import Case
from mirylo.domain.cases.months import mark_dirty, months_of
from mirylo.domain.intake.storing import Key, wanted, write_rows, write_wanted

COLUMNS = {
    "source_id": "bigint",
    "number": "text",
    "kind": "text",
    "state": "text",
    "centre": "text",
    "service": "text",
    '"group"': "text",
    "due_on": "date",
    "flaws": "text",
    "facts": "text",
    "version": "bigint",
}
CONFLICT = "ON CONFLICT (source_id, number, kind) DO UPDATE SET is_in_lake = excluded.is_in_lake, " + ", ".join(
    f"{name} = excluded.{name}" for name in list(COLUMNS)[3:]
)


class Outcome(NamedTuple):
    """A case or ticket after its fold."""

    key: Key
    kind: str
    state: str
    group: str | None
    row: Row


class Kept(NamedTuple):
    """A case as it was kept before: its row of facts as text, its group, and its version."""

    facts: str
    group: str | None
    version: int


def read_kept(keys: Collection[Key]) -> dict[tuple[Key, str], Kept]:
    """What is kept of these cases, by key and kind."""
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT c.source_id, c.number, c.kind, c.facts, c."group", c.version FROM {wanted("source_id", "number")} '
            "JOIN cases_case c ON c.source_id = wanted.source_id AND c.number = wanted.number",
            [write_wanted(keys)],
        )
        return {((row[0], row[1]), row[2]): Kept(*row[3:]) for row in cursor.fetchall()}


def keep_outcomes(
    outcomes: Sequence[Outcome],
    kept: Mapping[tuple[Key, str], Kept],
    marks: Mapping[Key, int],
    *,
    at: datetime,
) -> None:
    """Write the cases that changed, mark the months whose indicators change, and clear the marks; one transaction.

    `marks` maps the cases that were folded to the version of their mark. A mark that has another version by now was
    renewed while the fold ran, and stays.
    """
    # A day ahead: a fold that begins before midnight may keep what happened after it.
    today = timezone.localdate(at) + timedelta(days=1)
    rows, months = [], set()
    for outcome in outcomes:
        facts = to_json(outcome.row)
        before = kept.get((outcome.key, outcome.kind))
        if before is not None and (before.facts, before.group) == (facts, outcome.group):
            continue
        months |= months_of(of_json(before.facts) if before else None, outcome.row, today)
        rows.append(_columns(outcome, facts, (before.version if before else 0) + 1))
    rows += _vanished(outcomes, kept, months, today_at=at)
    write_rows("cases_case", COLUMNS, sorted(rows), CONFLICT, is_in_lake=False)
    mark_dirty(months, at=at)
    _clear_marks(marks)


def _columns(outcome: Outcome, facts: str, version: int) -> tuple[object, ...]:
    row = outcome.row
    due_on = row.get("due_on")
    return (
        *outcome.key,
        outcome.kind,
        str(outcome.state),
        row.get("centre"),
        row.get("service"),
        outcome.group,
        due_on.isoformat() if due_on else None,
        row.get("flaws") or "",
        facts,
        version,
    )


def _vanished(
    outcomes: Sequence[Outcome], kept: Mapping[tuple[Key, str], Kept], months: set[str], *, today_at: datetime
) -> list[tuple[object, ...]]:
    """Cases whose every event was corrected away, into another case: what was counted of them is voided."""
    there = {(outcome.key, outcome.kind) for outcome in outcomes}
    rows = []
    for (key, kind), before in kept.items():
        row = of_json(before.facts)
        if (key, kind) in there or row.get("is_voided"):
            continue
        voided = {**row, "is_voided": True}
        months |= months_of(row, voided, timezone.localdate(today_at))
        outcome = Outcome(key, kind, Case.State.VOIDED, before.group, voided)
        rows.append(_columns(outcome, to_json(voided), before.version + 1))
    return rows


def _clear_marks(marks: Mapping[Key, int]) -> None:
    """Clear the marks that were not renewed; one that a batch is renewing at this moment stays and is not waited for.

    PostgreSQL would look at the version as it was before the wait, and delete the renewed mark.
    """
    version = "wanted.version::bigint FOR UPDATE OF s SKIP LOCKED"
    if connection.vendor == "sqlite":
        version = "wanted.version"
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM intake_stalecase WHERE id IN (SELECT s.id "
            f"FROM {wanted('source_id', 'number', 'version')} "
            "JOIN intake_stalecase s ON s.source_id = wanted.source_id AND s.number = wanted.number "
            f"AND s.version = {version})",
            [write_wanted((*key, version) for key, version in marks.items())],
        )
