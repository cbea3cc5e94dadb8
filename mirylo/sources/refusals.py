"""Keeps account of the rows that could not be counted: how many, for which reason, and where each one stands.

A row is refused whole, with the first thing wrong in it. All refusals are counted; the first thousands also keep their
place, so that a file full of mistakes does not fill the memory.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mirylo.core.faults import N_, Fault

DETAILED = 10_000
"""So many refusals keep their place; the rest are only counted."""

LONGEST_VALUE = 80
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")

SHORT_YEAR = re.compile(r"\d{1,2}([./-])\d{1,2}\1\d\d(?: (\d{1,2}:\d\d)(:\d\d)?)?")

REASONS: Mapping[str, str] = {
    "wrong_number_of_fields": N_("the row has more or fewer fields than the header"),
    "broken_quotes": N_("quotation marks are not closed, or stand inside a field"),
    "line_too_long": N_("the line is longer than two megabytes; a quotation mark may not be closed"),
    "broken_encoding": N_("bytes that are no text in the file's encoding"),
    "control_characters": N_("invisible control characters in {column}"),
    "unreadable_line": N_("the line is no JSON object"),
    "no_events": N_("a case without events"),
    "missing_value": N_("{column} is empty"),
    "unreadable_moment": N_("{column} is no date or time that could be recognised; time_format can say how to read it"),
    "other_century": N_("{column} lies outside the plausible dates (earliest, latest)"),
    "unreadable_flag": N_("{column} is neither yes nor no; true_values can say which values mean yes"),
    "unreadable_number": N_("{column} is no whole number"),
    "unreadable_duration": N_("{column} is no duration"),
    "unknown_value": N_("{column} has a value that the mapping does not know"),
    "incomplete_term": N_(
        "the term has an amount without a unit, a unit without an amount, or is longer than possible"
    ),
    "no_dates": N_("a row without any date, such as a total under the table"),
    "repeated_number": N_("{column} was there before; the first row is kept"),
}
"""Code of a reason to its sentence; `{column}` is the column as the file calls it."""


@dataclass(frozen=True)
class Refusal:
    """One refused row: the file, the place in it (`counted` says what `line` counts), the reason, and what stood there.

    `line` is a physical line of a text file, a row of a sheet, or the number of a record; none where it is not known.
    `also_at` is the place of the row that was kept, for a number that came twice.
    """

    file: str
    line: int | None
    counted: str
    reason: str
    column: str = ""
    value: str = ""
    also_at: str = ""

    @property
    def fault(self) -> Fault:
        """The refusal as a mistake to be told in the reader's language, with what stood there."""
        place = f"{self.file}, {self.counted} {self.line}" if self.line is not None else self.file
        format_ = short_year_format(self.value) if self.reason == "other_century" else None
        remedy = N_('It reads {value}: write format = "{format}" for this column.') if format_ else ""
        remedy = remedy or (N_("It reads {value}.") if self.value else "")
        return Fault(
            place, REASONS[self.reason], remedy, {"column": self.column, "value": self.value, "format": format_}
        )

    def __str__(self) -> str:
        """The refusal in English.

        >>> str(Refusal("a.csv", 3, "line", "missing_value", "number"))
        'a.csv, line 3: number is empty'
        """
        said = REASONS[self.reason].format(column=self.column)
        place = f"{self.file}, {self.counted} {self.line}" if self.line is not None else self.file
        shown = f": {self.value!r}" if self.value else ""
        return f"{place}: {said}{shown}{f' ({self.also_at})' if self.also_at else ''}"


@dataclass
class Refusals:
    """All refusals of a reading: `counts` by reason, and `rows` with their places (the first of them, where many)."""

    counts: Counter[str] = field(default_factory=Counter)
    rows: list[Refusal] = field(default_factory=list)

    def add(self, rows: Sequence[Refusal], counts: Mapping[str, int] | None = None) -> None:
        """Take in refusals; `counts` by reason where `rows` are only the first of them."""
        self.counts.update(counts if counts is not None else Counter(row.reason for row in rows))
        self.rows.extend(rows[: DETAILED - len(self.rows)])

    def by_reason(self) -> dict[str, int]:
        """Rows by reason, the most frequent first."""
        return dict(self.counts.most_common())

    @property
    def total(self) -> int:
        """How many rows were refused."""
        return self.counts.total()


def short_year_format(value: str) -> str | None:
    """How to read a date whose year has two digits, which would else be a year of the first century.

    >>> short_year_format("24.09.25 9:05"), short_year_format("24/09/25"), short_year_format("24.09.2025")
    ('%d.%m.%y %H:%M', '%d/%m/%y', None)
    """
    found = SHORT_YEAR.fullmatch(value.strip())
    if found is None:
        return None
    separator, minutes, seconds = found.groups()
    clock = " %H:%M" + (":%S" if seconds else "") if minutes else ""
    return separator.join(("%d", "%m", "%y")) + clock


def shorten(value: str) -> str:
    """A value fit to be shown: not long, and without control characters that could play tricks on a terminal.

    >>> shorten("a" + chr(27) + "b")
    'a�b'
    """
    visible = CONTROL.sub("\N{REPLACEMENT CHARACTER}", value)
    return visible if len(visible) <= LONGEST_VALUE else visible[: LONGEST_VALUE - 1] + "…"
