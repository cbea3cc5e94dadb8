"""Writes a proposed mapping down as commented TOML, with a remark wherever a person has to look."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from mirylo.core.faults import N_
from mirylo.core.methodology.model import Column, Type
from mirylo.engines.records import RECORDS
from mirylo.sources.column_words import LATE, MEANINGS, ON_TIME, STEPS
from mirylo.sources.vocabulary import ALLOWED, YES

FEW = 12
"""A column with at most so many different texts may be a cut, and its texts are shown."""

MOSTLY = 0.8
"""A column holds dates, times or numbers if this part of its values does."""

MEANT = {"events": N_("an event a row?"), "cases": N_("a case a row?"), "tickets": N_("a ticket a row?")}
KINDS = (N_("dates"), N_("slashed dates"), N_("times"), N_("numbers"), N_("text"))

PROPOSAL = N_("A proposal for {about}, made from the names of its columns and what stands in them.")
FILLED = N_("{filled} filled, {different} different")

Say = Callable[..., str]
"""Says a sentence, its named places filled, in the language of who asks."""


def plain(template: str, **values: object) -> str:
    """The sentence in English."""
    return template.format(**values)


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
    about: str,
    rows: str,
    columns: Sequence[Seen],
    guesses: Mapping[str, Guess],
    steps: Sequence[str],
    say: Say = plain,
) -> str:
    """The proposal as a text. `about` tells of which file, `steps` are the activities that an event log names."""
    lines = [
        f"# {say(PROPOSAL, about=about)}",
        f"# {say(N_('Read it through and correct it: a question mark stands where it is a guess.'))}",
        f'rows = "{rows}"  # {say(MEANT[rows])}',
        f'timezone = "Europe/Kyiv"  # {say(N_("of times that carry no offset"))}',
        *_about_times(guesses, say),
        *_about_nothing(guesses, say),
        "",
        "[columns]",
        *(line for name, guess in guesses.items() for line in _column(name, guess, rows, say)),
        *_missing(rows, guesses, say),
        *_types(steps, say),
        *_left_over(columns, guesses, say),
    ]
    return "\n".join(lines) + "\n"


def _about_times(guesses: Mapping[str, Guess], say: Say) -> Iterator[str]:
    """What must be said of dates that can be read in two ways, and of times without a date."""
    moments = [guess.seen for guess in guesses.values() if max(guess.seen.slashed, guess.seen.times) >= MOSTLY]
    if slashed := [seen.name for seen in moments if seen.slashed >= MOSTLY]:
        template = N_("{names}: day or month first? It is found out from the file where it can be, else write:")
        yield f"# {say(template, names=_names(slashed))}"
        yield '# time_format = "%d/%m/%Y %H:%M:%S"'
    if times := [
        guess.seen.name
        for name, guess in guesses.items()
        if name.endswith("_at") and guess.seen.times >= MOSTLY and guess.seen.moments < MOSTLY
    ]:
        yield f"# {say(N_('{names}: times of day only; write the date that they belong to:'), names=_names(times))}"
        yield "on = 2026-01-01  # ?"


def _about_nothing(guesses: Mapping[str, Guess], say: Say) -> Iterator[str]:
    words = dict.fromkeys(word for guess in guesses.values() for word in guess.seen.nothing)
    if words:
        yield f"none = {_text(['', *words])}  # {say(N_('values that mean that there is nothing'))}"


def _column(name: str, guess: Guess, rows: str, say: Say) -> Iterator[str]:
    """One line of the table of columns, with what was seen."""
    seen = guess.seen
    column = next(column for column in RECORDS[rows] if column.name == name)
    remark = say(FILLED, filled=seen.filled, different=seen.different)
    if seen.different <= FEW and column.type in (Type.TEXT, Type.FLAG) and name != "number":
        remark += f": {', '.join(seen.few)}"
    if name in ALLOWED and seen.few:
        meanings = say(N_(" and which ")).join(ALLOWED[name])
        remark += "; " + say(N_("say which means {meanings}"), meanings=meanings)
    if name == "number" and rows != "events" and seen.different < seen.filled:
        remark += "; " + say(N_("not unique: columns = [ … ] can join it with another column ?"))
    if column.type is Type.SECONDS and seen.numbers >= MOSTLY:
        remark += "; " + say(N_("seconds or minutes ?"))
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


def _missing(rows: str, guesses: Mapping[str, Guess], say: Say) -> Iterator[str]:
    for column in RECORDS[rows]:
        if column.required and column.name not in guesses and column.name != "type":
            yield f'# {column.name} = ""  # ? {say(N_("no column was recognised; every row needs it"))}'


def _types(steps: Sequence[str], say: Say) -> Iterator[str]:
    """Activities under the event type that their name makes likely; all others count as other events."""
    if not steps:
        return
    yield ""
    template = N_(
        "What the log calls a step, by the event type that it is. Steps that are not named count as other events."
    )
    yield f"# {say(template)}"
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


def _left_over(columns: Sequence[Seen], guesses: Mapping[str, Guess], say: Say) -> Iterator[str]:
    """Columns that the proposal does not use; values are not shown, as they may be somebody's name."""
    used = {guess.seen.name for guess in guesses.values()}
    unused = [seen for seen in columns if seen.name not in used]
    if unused:
        yield ""
        yield f"# {say(N_('Not used:'))}"
    for seen in unused:
        shares = (seen.moments, seen.slashed, seen.times, seen.numbers, 1)
        kind = next(kind for kind, share in zip(KINDS, shares, strict=True) if share >= MOSTLY)
        told = say(FILLED, filled=seen.filled, different=seen.different)
        yield f"#   {_one_line(_text(seen.name))}: {say(kind)}, {told}"


def _names(names: Sequence[str]) -> str:
    return _one_line(", ".join(names))


def _text(value: str | Sequence[str]) -> str:
    """A text or a list of texts as TOML, which writes them as JSON does."""
    return msgspec.json.encode(value).decode().replace("\x7f", "\\u007f")


def _one_line(text: str) -> str:
    """A remark without line ends and control characters, which TOML does not allow in comments."""
    return "".join(char if char.isprintable() else " " for char in text)
