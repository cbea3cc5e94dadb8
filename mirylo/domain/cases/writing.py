"""Puts the cases that changed from the database into the lake; a crash at any moment is mended by the next call.

The lake is switched to its new state first, and the database learns of it after that. In between, nobody in the
database knows in which months the rows stand now. Therefore these months are noted in a file before the lake is
switched, and until all that was waiting then has been written again, they count as months in which any row may stand.
"""

import json
import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from mirylo.core.periods import Grain, periods_between
from mirylo.domain.cases.facts import to_arrow
from mirylo.domain.cases.models import Case
from mirylo.domain.cases.months import mark_dirty
from mirylo.domain.cases.rules import collected
from mirylo.domain.intake.storing import wanted, write_wanted
from mirylo.engines.facts import Facts
from mirylo.engines.lake import MONTH_OF, UNDATED, NoLakeError, change_lake, open_lake
from mirylo.engines.passing import first_day
from mirylo.engines.tables import FACT_TABLES

PORTION = 50_000
"""Cases put into the lake together: few enough for memory, many enough that a month is not written over and over."""
YEARS = 20
"""How far back indicators are counted: what is dated earlier is a slip of somebody's pen."""
_TABLES = {Case.Kind.CASE: "cases", Case.Kind.TICKET: "tickets"}
_NOTE = "unconfirmed.json"


@dataclass(frozen=True)
class Written:
    """What was put into the lake: how many rows, into which months, and the number of its manifest."""

    rows: int
    months: frozenset[str]
    manifest: int | None


class _Changed(NamedTuple):
    """A case that the lake does not hold as it is now."""

    pk: int
    kind: str
    facts: str
    version: int
    lake_month: str | None


def write_changed(folder: Path, *, at: datetime, portion: int = PORTION) -> Written:
    """Put the cases that changed into the lake, those that were waiting when it began; one caller at a time.

    What changes again meanwhile stays for the next call. Indicators may read the lake at any moment.
    """
    if not (folder / "CURRENT").exists():
        Case.objects.filter(lake_month__isnull=False).update(is_in_lake=False, lake_month=None)
    waiting = Case.objects.filter(is_in_lake=False)
    newest = waiting.aggregate(newest=Max("pk"))["newest"]
    rows, months, manifest, pk = 0, set[str](), None, 0
    carried = _read_note(folder)
    while newest is not None:
        found = waiting.filter(pk__gt=pk, pk__lte=newest).order_by("pk").values_list(*_Changed._fields)[:portion]
        changed = [_Changed(*row) for row in found]
        if not changed:
            break
        pk = changed[-1].pk
        facts = _facts(changed, at)
        _mark_collected(folder, facts, at)
        stands = _months_of_rows(changed, facts)
        touched = _join(_former(changed), {table: stood.values() for table, stood in stands.items()})
        _write_note(folder, _join(carried, touched))
        manifest = change_lake(folder, facts, former=_join(carried, touched))
        _confirm(changed, stands)
        _write_note(folder, carried)
        rows += len(changed)
        months.update(month for some in touched.values() for month in some)
    _write_note(folder, {})
    return Written(rows, frozenset(months), manifest)


def earliest_on(at: datetime) -> date:
    """The first day of the years that are counted."""
    return date(timezone.localdate(at).year - YEARS, 1, 1)


def _facts(changed: Sequence[_Changed], at: datetime) -> Facts:
    tables = {
        table: to_arrow([row.facts for row in changed if row.kind == kind], FACT_TABLES[table])
        for kind, table in _TABLES.items()
    }
    return Facts(tables, collected(), timezone.localdate(at), settings.TIME_ZONE, "")


def _mark_collected(folder: Path, facts: Facts, at: datetime) -> None:
    """Mark every month when a column is collected for the first time: what depends on it was not collected before."""
    try:
        before = open_lake(folder)
    except NoLakeError:
        return
    if all(facts.collected[table] <= before.collected.get(table, frozenset()) for table in facts.tables):
        return
    first_on = first_day(before, earliest_on(at))
    if first_on is not None:
        months = periods_between(first_on, timezone.localdate(at), Grain.MONTH)
        mark_dirty([month.code for month in months], at=at)


def _former(changed: Sequence[_Changed]) -> dict[str, set[str]]:
    """The months in which the rows stood when the database last heard of it."""
    return {
        table: {row.lake_month for row in changed if row.kind == kind and row.lake_month is not None}
        for kind, table in _TABLES.items()
    }


def _months_of_rows(changed: Sequence[_Changed], facts: Facts) -> dict[str, dict[int, str]]:
    """By table, the month in which each row stands from now on."""
    stands: dict[str, dict[int, str]] = {}
    for kind, table in _TABLES.items():
        days = facts.tables[table][MONTH_OF[table]].to_pylist()
        rows = [row for row in changed if row.kind == kind]
        stands[table] = {
            row.pk: f"{day.year:04}-{day.month:02}" if day else UNDATED for row, day in zip(rows, days, strict=True)
        }
    return stands


def _confirm(changed: Sequence[_Changed], stands: Mapping[str, Mapping[int, str]]) -> None:
    """Tell the database where the rows stand now, and which of them are still the same as they were written."""
    month_of = {pk: month for some in stands.values() for pk, month in some.items()}
    told = write_wanted(sorted((row.pk, row.version, month_of[row.pk]) for row in changed))
    version = "CAST(wanted.version AS bigint)"
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # In the order in which a fold writes: else the two could wait for each other.
            cursor.execute(
                "SELECT count(*) FROM (SELECT c.id FROM cases_case c "
                f"JOIN {wanted('id', 'version', 'month')} ON c.id = wanted.id "
                'ORDER BY c.source_id, c.number COLLATE "C", c.kind COLLATE "C" FOR UPDATE OF c) locked',
                [told],
            )
        cursor.execute(
            f"UPDATE cases_case SET lake_month = wanted.month, is_in_lake = (cases_case.version = {version}) "
            f"FROM {wanted('id', 'version', 'month')} WHERE cases_case.id = wanted.id",
            [told],
        )


def _join(*some: Mapping[str, Collection[str]]) -> dict[str, set[str]]:
    tables = {table for months in some for table in months}
    return {table: {month for months in some for month in months.get(table, ())} for table in tables}


def _read_note(folder: Path) -> dict[str, set[str]]:
    try:
        return {table: set(months) for table, months in json.loads((folder / _NOTE).read_bytes()).items()}
    except FileNotFoundError:
        return {}


def _write_note(folder: Path, months: Mapping[str, Collection[str]]) -> None:
    """Keep the note of the months that the database has not heard of yet, whole or not at all."""
    path = folder / _NOTE
    if not any(months.values()):
        path.unlink(missing_ok=True)
        return
    folder.mkdir(parents=True, exist_ok=True)
    written = path.with_name(f".{path.name}")
    with written.open("w") as opened:
        json.dump({table: sorted(some) for table, some in months.items()}, opened)
        opened.flush()
        os.fsync(opened.fileno())
    os.replace(written, path)
