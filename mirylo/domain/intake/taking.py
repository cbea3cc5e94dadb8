"""Takes a batch of lines in: what is good is committed, what is not is kept aside, and every line gets its answer.

The same batch sent again changes nothing: an event is known by its source and id. What is accepted is in the database
before the answer is given.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import msgspec
from django.db import transaction

from mirylo.core.faults import Fault
from mirylo.domain.intake.allowances import Allowance, write_content
from mirylo.domain.intake.explaining import explain
from mirylo.domain.intake.faults import fault
from mirylo.domain.intake.lines import OF_CENTRE, Line, decode
from mirylo.domain.intake.models import Batch, ConnectedSystem
from mirylo.domain.intake.quarantine import Rejected, keep_rejected
from mirylo.domain.intake.storing import Key, Row, find_events, insert_events, mark_stale, write_moment

STATUSES = ACCEPTED, DUPLICATE, REJECTED = "accepted", "duplicate", "rejected"


class LineAnswer(msgspec.Struct, omit_defaults=True):
    """What became of a line; `line` counts from 1."""

    line: int
    id: str
    status: str
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class Answer:
    """What became of a batch, and how many of its lines."""

    batch: int
    lines: tuple[LineAnswer, ...]

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """How many lines have each status."""
        return Counter(line.status for line in self.lines)


class _Taken(msgspec.Struct):
    """A line that may be stored, and its answer."""

    row: Row
    answer: LineAnswer
    text: bytes


def take(system: ConnectedSystem, texts: Sequence[bytes], *, at: datetime) -> Answer:
    """Take lines in, each one event as JSON in bytes; empty lines are passed over. `at` is the moment of receipt."""
    answers: list[LineAnswer] = []
    rejected: list[Rejected] = []
    first: dict[Key, _Taken] = {}
    repeated: list[_Taken] = []
    for one in _read(Allowance.of(system), texts, answers, rejected):
        if first.setdefault(one.row[:2], one) is not one:
            repeated.append(one)
    with transaction.atomic():
        batch = Batch.objects.create(system=system, received_at=at, lines=len(answers))
        # In the order of their keys, so that two batches with the same events cannot block each other.
        rows = sorted(one.row for one in first.values())
        if insert_events(rows, batch.pk) != len(rows) or repeated:
            _tell_repeated(first, repeated, batch.pk, rejected)
        new = [one.row for one in first.values() if one.answer.status == ACCEPTED]
        mark_stale(_stale(new), batch.pk, at)
        keep_rejected(rejected, batch)
        answer = Answer(batch.pk, tuple(answers))
        batch.accepted, batch.duplicate, batch.rejected = (answer.counts[status] for status in STATUSES)
        batch.save(update_fields=["accepted", "duplicate", "rejected"])
    return answer


def _read(
    allowance: Allowance, texts: Sequence[bytes], answers: list[LineAnswer], rejected: list[Rejected]
) -> Iterator[_Taken]:
    """The lines that may be stored; every line gets its answer, and those that may not be stored are put aside."""
    complete, is_fine, sources = allowance.complete, allowance.is_fine, allowance.sources
    for number, text in enumerate(texts, 1):
        if not text or text.isspace():
            continue
        try:
            line = decode(text)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            line = None
        if line is not None:
            complete(line)
        if line is None or not is_fine(line):
            line = _read_slowly(allowance, number, text, answers, rejected)
            if line is None:
                continue
        answer = LineAnswer(number, line.id, ACCEPTED)
        answers.append(answer)
        assert line.source is not None
        yield _Taken(row_of(line, sources[line.source]), answer, text)


def row_of(line: Line, source_id: int) -> Row:
    """The row of an event; the line is used up."""
    assert line.happened_at is not None
    return Row(
        source_id,
        line.id,
        line.type,
        line.number if line.number is not None else f"{OF_CENTRE}{line.centre}",
        write_moment(line.happened_at),
        None if line.sent_at is None else write_moment(line.sent_at),
        line.corrects,
        write_content(line),
    )


def _read_slowly(
    allowance: Allowance, number: int, text: bytes, answers: list[LineAnswer], rejected: list[Rejected]
) -> Line | None:
    """The line after all, if it was only wrapped up; otherwise it is put aside with all its faults."""
    explained = explain(text)
    faults = list(explained.faults)
    if explained.line is not None:
        allowance.complete(explained.line)
        told = {fault.place for fault in faults}
        faults += [fault for fault in allowance.faults_of(explained.line) if fault.place not in told]
        if not faults:
            return explained.line
    answer = LineAnswer(number, explained.event_id, REJECTED, tuple(faults))
    answers.append(answer)
    rejected.append(Rejected(number, explained.event_id, explained.text, answer.faults))
    return None


def _tell_repeated(
    first: dict[Key, _Taken], repeated: Sequence[_Taken], batch_id: int, rejected: list[Rejected]
) -> None:
    """Tell which lines were there already: with the same content they are duplicates, with another a conflict."""
    known = find_events(first)
    for one in (*first.values(), *repeated):
        row = one.row
        there = known[row.source_id, row.event_id]
        if there.batch_id == batch_id and first[row.source_id, row.event_id] is one:
            continue
        if there.content == (row.type, row.number, row.happened_at, row.corrects, row.content):
            one.answer.status = DUPLICATE
            continue
        one.answer.status = REJECTED
        one.answer.faults = (fault("conflict", "id", id=row.event_id),)
        rejected.append(Rejected(one.answer.line, row.event_id, explain(one.text).text, one.answer.faults))


def _stale(rows: Sequence[Row]) -> Iterator[tuple[int, str]]:
    """The cases that these events change: their own, and those whose events they correct."""
    for row in rows:
        if not row.number.startswith(OF_CENTRE):
            yield row.source_id, row.number
    corrected = {(row.source_id, row.corrects) for row in rows if row.corrects is not None}
    for (source_id, _), event in find_events(corrected).items():
        number = event.content[1]
        if not number.startswith(OF_CENTRE):
            yield source_id, number
