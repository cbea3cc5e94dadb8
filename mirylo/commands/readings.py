"""Puts into words what reading the sources came to: what was read, which rows were refused, which cases are flawed."""

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from mirylo.core.faults import N_
from mirylo.core.methodology.model import Unit
from mirylo.display.language import say
from mirylo.display.measurement import RefusedRows
from mirylo.display.numbers import say_count, write_number, write_span, write_value
from mirylo.sources.mapping import Mapping
from mirylo.sources.raw_rows import nearest
from mirylo.sources.refusals import REASONS, Refusal, Refusals, short_year_format
from mirylo.sources.summaries import Spread, Summary
from mirylo.sources.vocabulary import ALLOWED

FIRST = 3
"""So many places are named for each reason; `--refused` writes them all."""

COMMON = 5
"""So many values are shown of those that could not be read, the most frequent."""

WITH_VALUES = (
    "unknown_value",
    "unreadable_moment",
    "other_century",
    "unreadable_flag",
    "unreadable_number",
    "unreadable_duration",
)
"""Reasons that can be mended only by who sees what stands there."""

PLACES = {"line": N_("line {n}"), "row": N_("row {n}"), "record": N_("record {n}")}

FLAWS = {
    "conflicting_repetition": N_("an event was repeated with another content"),
    "conflicting_attributes": N_("records of one case contradict each other"),
    "impossible_term": N_("the term is longer than any law could mean"),
    "not_registered": N_("no date of registration"),
    "closed_before_registered": N_("finished before it was registered"),
    "decided_before_registered": N_("decided before it was registered"),
    "negative_time": N_("a time below zero"),
    "called_before_issued": N_("called before the ticket was taken"),
    "served_before_called": N_("served before being called"),
    "not_issued": N_("no time at which the ticket was taken"),
}


def say_refused(refusals: Refusals, mapping: Mapping | None, *, with_file: bool) -> list[RefusedRows]:
    """The refusals by reason, the most frequent first, with the first places of each."""
    return [
        RefusedRows(
            say_reason(reason, [row for row in refusals.rows if row.reason == reason], mapping),
            n,
            tuple(say_place(row, with_file=with_file) for row in refusals.rows if row.reason == reason)[:FIRST],
        )
        for reason, n in sorted(refusals.counts.items(), key=lambda item: (-item[1], item[0]))
    ]


def say_reason(reason: str, rows: list[Refusal], mapping: Mapping | None) -> str:
    """The sentence of a reason, with the columns that it was about, what stands there, and what can be done."""
    columns = list(dict.fromkeys(row.column for row in rows if row.column))
    said = say(REASONS[reason], column=say(", ").join(columns))
    if reason not in WITH_VALUES:
        return said
    values = Counter(row.value for row in rows if row.value)
    shown = [f"«{value}» ({write_number(n)})" if n > 1 else f"«{value}»" for value, n in values.most_common(COMMON)]
    more = ", …" if len(values) > COMMON else ""
    remedies = []
    if reason == "unknown_value" and mapping is not None:
        remedies = [_say_meanings(column, rows, mapping) for column in columns]
    elif reason == "other_century" and (format_ := next(filter(None, map(short_year_format, values)), None)):
        remedies = [say('The year has two digits: write format = "{format}" for this column.', format=format_)]
    return ". ".join([f"{said}: {', '.join(shown)}{more}", *(remedy.rstrip(".") for remedy in remedies)])


def _say_meanings(column: str, rows: list[Refusal], mapping: Mapping) -> str:
    """What to write of values that are unknown: the words that there are, and known values that look alike."""
    name, rule = next(
        (name, rule) for name, rule in mapping.columns.items() if name in ALLOWED and ", ".join(rule.columns) == column
    )
    options = ", ".join(ALLOWED[name])
    said = say(
        'Write under values of the column "{name}" what each of them means: {options}.', name=name, options=options
    )
    known = [*rule.values, *ALLOWED[name]]
    alike = {value: nearest(value, known) for value in dict.fromkeys(row.value for row in rows if row.column == column)}
    told = [f"«{value}» → «{near}»" for value, near in alike.items() if near != ", ".join(known[:8])]
    if not told:
        return said
    return f"{said} {say('Known ones that look alike: {alike}.', alike=', '.join(told[:COMMON]))}"


def say_place(row: Refusal, *, with_file: bool) -> str:
    """Where a refused row stands: «рядок 14»."""
    if row.line is None:
        return row.file
    place = say(PLACES.get(row.counted, PLACES["line"]), n=row.line)
    return f"{row.file}, {place}" if with_file else place


def write_refused(refusals: Refusals, path: Path) -> None:
    """Write every refused row whose place is known, with the reason in words, as CSV."""
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "place", "reason", "column", "value", "why", "also_at"])
        for row in refusals.rows:
            why = say(REASONS[row.reason], column=row.column)
            writer.writerow([row.file, row.line, row.reason, row.column, row.value, why, row.also_at])


def say_flaws(summary: Summary) -> list[RefusedRows]:
    """Flaws of what was counted nevertheless, with the numbers of some that have them."""
    judged = summary.judged
    return [
        RefusedRows(say(FLAWS[code]) if code in FLAWS else code, n, _say_examples(judged.flawed.get(code, ())))
        for code, n in judged.flaws.items()
    ]


def _say_examples(numbers: tuple[str, ...]) -> tuple[str, ...]:
    """Numbers of cases and tickets: «№ 17»."""
    return tuple(f"№\N{NO-BREAK SPACE}{number}" for number in numbers)


def say_summary(summary: Summary) -> list[tuple[str, str]]:
    """What was read, line by line: a name and a value."""
    return list(_lines(summary))


def span_of(summary: Summary) -> tuple[date, date] | None:
    """The first and the last day on which something happened."""
    if summary.first_at is None or summary.last_at is None:
        return None
    return summary.first_at.date(), summary.last_at.date()


def _lines(summary: Summary) -> Iterator[tuple[str, str]]:
    judged = summary.judged
    for file in summary.files:
        kind = ", ".join(part for part in (file.kind, file.encoding) if part)
        yield file.name, say_count("{n} row, {kind}", "{n} rows, {kind}", file.rows, kind=kind)
        if file.not_found:
            yield say("Columns never found"), ", ".join(file.not_found)
    counted = (
        (say("Cases"), judged.cases),
        (say("Queue tickets"), judged.tickets),
        (say("Events"), judged.events),
        (say("Voided, not counted"), judged.voided),
        (say("Trial rows, not counted"), judged.tests),
    )
    yield from ((name, write_number(n)) for name, n in counted if n)
    if span := span_of(summary):
        yield say("From and to"), write_span(*span)
    if judged.span is not None:
        yield from _spread(judged.span)
    if judged.termed < judged.expecting:
        known = say("{k} of {n}", k=write_number(judged.termed), n=write_number(judged.expecting))
        yield say("Cases with a known term"), known
    if judged.compared:
        same = say("{k} of {n}", k=write_number(judged.agreeing), n=write_number(judged.compared))
        yield say("Judged late as by the source"), same
    if summary.numbers_in_two_files:
        examples = ", ".join(summary.examples_in_two_files)
        yield say("Numbers in two files"), f"{write_number(summary.numbers_in_two_files)} ({examples})"


def _spread(span: Spread) -> Iterator[tuple[str, str]]:
    """The log's own figures, exact to the thousandth: whoever knows the log compares these first."""
    days = write_value(span.mean / 86_400, Unit.DAYS)
    yield say("First to last event, mean"), f"{_seconds(span.mean)} ({days})"
    if span.deviation is not None:
        yield say("First to last event, sample deviation"), _seconds(span.deviation)


def _seconds(seconds: float) -> str:
    return say("{n} s", n=write_number(round(seconds, 3), 3))
