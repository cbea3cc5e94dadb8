"""Writes a proposed mapping down as commented TOML, with a remark wherever a person has to look."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from mirylo.core.methodology.model import Column, Type
from mirylo.engines.records import RECORDS
from mirylo.sources.column_words import LATE, MEANINGS, ON_TIME, STEPS
from mirylo.sources.vocabulary import ALLOWED, YES

FEW = 12
"""A column with at most so many different texts may be a cut, and its texts are shown."""

MOSTLY = 0.8
"""A column holds dates, times or numbers if this part of its values does."""

MEANT = {"events": "an event", "cases": "a case", "tickets": "a ticket"}


@dataclass(frozen=True)
class Seen:
    """What a column holds: how many values, how many of them differ, and the part that are moments, times, numbers."""

    name: str
    filled: int
    different: int
    moments: float
    slashed: float
    times: float
    numbers: float
    few: tuple[str, ...]
    nothing: tuple[str, ...]


@dataclass(frozen=True)
class Guess:
    """A column of the file for a column of ours. `is_sure` if the name is one that is commonly used."""

    seen: Seen
    is_sure: bool


def write_mapping(
    about: str, rows: str, columns: Sequence[Seen], guesses: Mapping[str, Guess], steps: Sequence[str]
) -> str:
    """The proposal as a text. `about` tells of which file, `steps` are the activities that an event log names."""
    lines = [
        f"# A proposal for {about}, made from the names of its columns and what stands in them.",
        "# Read it through and correct it: a question mark stands where it is a guess.",
        f'rows = "{rows}"  # {MEANT[rows]} a row?',
        'timezone = "Europe/Kyiv"  # of times that carry no offset',
        *_about_times(guesses),
        *_about_nothing(guesses),
        "",
        "[columns]",
        *(line for name, guess in guesses.items() for line in _column(name, guess, rows)),
        *_missing(rows, guesses),
        *_types(steps),
        *_left_over(columns, guesses),
    ]
    return "\n".join(lines) + "\n"


def _about_times(guesses: Mapping[str, Guess]) -> Iterator[str]:
    """What must be said of dates that can be read in two ways, and of times without a date."""
    moments = [guess.seen for guess in guesses.values() if max(guess.seen.slashed, guess.seen.times) >= MOSTLY]
    if slashed := [seen.name for seen in moments if seen.slashed >= MOSTLY]:
        yield f"# {_names(slashed)}: day or month first? It is found out from the file where it can be, else write:"
        yield '# time_format = "%d/%m/%Y %H:%M:%S"'
    if times := [
        guess.seen.name
        for name, guess in guesses.items()
        if name.endswith("_at") and guess.seen.times >= MOSTLY and guess.seen.moments < MOSTLY
    ]:
        yield f"# {_names(times)}: times of day only; write the date that they belong to:"
        yield "on = 2026-01-01  # ?"


def _about_nothing(guesses: Mapping[str, Guess]) -> Iterator[str]:
    words = dict.fromkeys(word for guess in guesses.values() for word in guess.seen.nothing)
    if words:
        yield f"none = {_text(['', *words])}  # values that mean that there is nothing"


def _column(name: str, guess: Guess, rows: str) -> Iterator[str]:
    """One line of the table of columns, with what was seen."""
    seen = guess.seen
    column = next(column for column in RECORDS[rows] if column.name == name)
    remark = f"{seen.filled} filled, {seen.different} different"
    if seen.different <= FEW and column.type in (Type.TEXT, Type.FLAG) and name != "number":
        remark += f": {', '.join(seen.few)}"
    if name in ALLOWED and seen.few:
        remark += f"; say which means {' and which '.join(ALLOWED[name])}"
    if name == "number" and rows != "events" and seen.different < seen.filled:
        remark += "; not unique: columns = [ … ] can join it with another column ?"
    if column.type is Type.SECONDS and seen.numbers >= MOSTLY:
        remark += "; seconds or minutes ?"
    yield f"{name} = {_value(column, seen)}  # {_one_line(remark)}{'' if guess.is_sure else ' ?'}"


def _value(column: Column, seen: Seen) -> str:
    """How a column is filled: by its name alone, or with what its values seem to mean."""
    name = _text(seen.name)
    late = [word for word in seen.few if any(part in word.casefold() for part in LATE)]
    if column.name == "late_by_source" and late:
        return f"{{ column = {name}, true_values = {_text(late)} }}"
    if column.name == "late_by_source" and any(word in seen.name.casefold() for word in ON_TIME):
        opposite = ", ".join(f"{_text(word)} = {str(word.casefold() not in YES).lower()}" for word in seen.few)
        return f"{{ column = {name}, values = {{ {opposite} }} }}"
    if column.type is Type.SECONDS and seen.numbers >= MOSTLY:
        return f'{{ column = {name}, unit = "seconds" }}'
    if column.name in MEANINGS and seen.few:
        meant = ((word, _meaning(word, MEANINGS[column.name])) for word in seen.few)
        values = ", ".join(f"{_text(word)} = {_text(meaning)}" for word, meaning in meant if meaning)
        return f"{{ column = {name}, values = {{ {values} }} }}"
    return name


def _meaning(word: str, meanings: Mapping[str, Sequence[str]]) -> str | None:
    folded = word.casefold()
    return next((meaning for meaning, parts in meanings.items() if any(part in folded for part in parts)), None)


def _missing(rows: str, guesses: Mapping[str, Guess]) -> Iterator[str]:
    for column in RECORDS[rows]:
        if column.required and column.name not in guesses and column.name != "type":
            yield f'# {column.name} = ""  # ? {column.en}: no column was recognised; every row needs it'


def _types(steps: Sequence[str]) -> Iterator[str]:
    """Activities under the event type that their name makes likely; all others count as other events."""
    if not steps:
        return
    yield ""
    yield "# What the log calls a step, by the event type that it is. Steps that are not named count as other events."
    yield "[types]"
    found: dict[str, list[str]] = {}
    for step in steps:
        found.setdefault(likely_type(step), []).append(step)
    for type_ in STEPS:
        if type_ in found:
            yield f"{_text(type_)} = [  # ?"
            yield from (f"    {_text(step)}," for step in found.pop(type_))
            yield "]"
    yield "other = ["
    yield from (f"    {_text(step)}," for step in found.get("other", []))
    yield "]"


def likely_type(step: str) -> str:
    """The event type that the name of a step makes likely.

    >>> likely_type("Звернення зареєстровано"), likely_type("Перекладено в іншу теку")
    ('application.registered', 'other')
    """
    words = step.casefold()
    likely = (type_ for type_, parts in STEPS.items() if step == type_ or any(part in words for part in parts))
    return next(likely, "other")


def _left_over(columns: Sequence[Seen], guesses: Mapping[str, Guess]) -> Iterator[str]:
    """Columns that the proposal does not use; values are not shown, as they may be somebody's name."""
    used = {guess.seen.name for guess in guesses.values()}
    unused = [seen for seen in columns if seen.name not in used]
    if unused:
        yield ""
        yield "# Not used:"
    for seen in unused:
        kinds = {"dates": seen.moments, "slashed dates": seen.slashed, "times": seen.times, "numbers": seen.numbers}
        kind = next((kind for kind, share in kinds.items() if share >= MOSTLY), "text")
        yield f"#   {_one_line(_text(seen.name))}: {kind}, {seen.filled} filled, {seen.different} different"


def _names(names: Sequence[str]) -> str:
    return _one_line(", ".join(names))


def _text(value: str | Sequence[str]) -> str:
    """A text or a list of texts as TOML, which writes them as JSON does."""
    return msgspec.json.encode(value).decode().replace("\x7f", "\\u007f")


def _one_line(text: str) -> str:
    """A remark without line ends and control characters, which TOML does not allow in comments."""
    return "".join(char if char.isprintable() else " " for char in text)
