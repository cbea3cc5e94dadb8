"""Proposes a mapping for a file that nobody has described yet, to be corrected by hand; it says where it is not sure.

Names of columns decide first, then what stands in them: a column called "opened" whose values are no dates is no date.
"""

import difflib
import re
import tempfile
from pathlib import Path

import duckdb

from mirylo.core.methodology.model import Type
from mirylo.engines.records import RECORDS
from mirylo.engines.tables import CUTS
from mirylo.sources.column_words import OF_ROWS
from mirylo.sources.guessed_text import FEW, MOSTLY, Guess, Say, Seen, plain, write_mapping
from mirylo.sources.loading import connect
from mirylo.sources.mapping import FileRule
from mirylo.sources.moments import LOOKS_SLASHED, moment_of
from mirylo.sources.opening import open_file
from mirylo.sources.raw_rows import literal, quoted
from mirylo.sources.reading import read_rows

LOOKED_AT = 20_000
"""So many rows are looked at; a proposal need not be right about the last one."""

OWN = 4.0
"""How like a name of ours the very same name is: more than any other."""

STEPS_SHOWN = 60
EMPTY_LOOKING = ("-", "–", "—", "0:00:00", "00:00:00", "NULL", "null", "n/a", "N/A", "немає", "0000-00-00")


def guess_mapping(path: Path, say: Say = plain) -> str:
    """A mapping for a file, as TOML with remarks in words of `say`. FaultsFoundError for files that cannot be read."""
    with tempfile.TemporaryDirectory() as folder, connect(Path(folder), "Europe/Kyiv") as connection:
        file = open_file(path, Path(folder))
        raw = read_rows(file, connection, Path(folder), FileRule())
        connection.execute(f"CREATE TEMP TABLE sample AS SELECT * FROM {raw.relation} LIMIT {LOOKED_AT}")
        columns = [look_at(connection, name) for name in raw.types]
        rows = guess_rows(columns)
        guesses = guess_columns(columns, rows)
        steps = steps_in(connection, guesses["type"].seen.name) if "type" in guesses else []
    about = ", ".join(part for part in (file.kind, file.encoding) if part)
    return write_mapping(f"{file.name} ({about})", rows, columns, guesses, steps, say)


def look_at(connection: duckdb.DuckDBPyConnection, name: str) -> Seen:
    """What stands in a column of the rows looked at."""
    nothing = ", ".join(map(literal, EMPTY_LOOKING))
    row = connection.execute(f"""
        WITH texts AS (SELECT nullif(trim(CAST({quoted(name)} AS VARCHAR)), '') AS t FROM sample),
             said AS (SELECT t FROM texts WHERE t IS NOT NULL AND t NOT IN ({nothing}))
        SELECT count(*), count(DISTINCT t),
               count(*) FILTER ({moment_of("t", None, None)} IS NOT NULL AND NOT regexp_matches(t, '^[0-9]+$')),
               count(*) FILTER (regexp_matches(t, {literal(LOOKS_SLASHED)})),
               count(*) FILTER (regexp_matches(t, '^[0-9]{{1,3}}:[0-9][0-9](:[0-9][0-9])?$')),
               count(*) FILTER (TRY_CAST(replace(t, ',', '.') AS DOUBLE) IS NOT NULL),
               (SELECT list(t ORDER BY t) FROM (SELECT DISTINCT t FROM said LIMIT {FEW + 1})),
               (SELECT list(DISTINCT t ORDER BY t) FROM texts WHERE t IN ({nothing}))
        FROM said
    """).fetchone()
    assert row is not None
    filled, different, *counts, few, empty = row
    shares = [count / filled if filled else 0.0 for count in counts]
    moments, slashed, times, numbers = shares
    return Seen(name, filled, different, moments, slashed, times, numbers, tuple(few or ()), tuple(empty or ()))


def steps_in(connection: duckdb.DuckDBPyConnection, name: str) -> list[str]:
    """The different steps that a column names, the most frequent first."""
    text = f"trim(CAST({quoted(name)} AS VARCHAR))"
    found = connection.execute(
        f"SELECT {text} AS t FROM sample WHERE {text} <> '' GROUP BY t ORDER BY count(*) DESC, t LIMIT {STEPS_SHOWN}"
    ).fetchall()
    return [step for (step,) in found]


def guess_rows(columns: list[Seen]) -> str:
    """What a row is: an event if it has a step and a moment, a ticket if it has a wait or a call, else a case."""
    found = {rows: guess_columns(columns, rows) for rows in RECORDS}
    if {"type", "happened_at", "number"} <= set(found["events"]):
        return "events"
    queue = {"called_at", "waiting_seconds", "service_seconds", "left_at"} & set(found["tickets"])
    return "tickets" if queue and "registered_at" not in found["cases"] else "cases"


def guess_columns(columns: list[Seen], rows: str) -> dict[str, Guess]:
    """The likeliest column of the file for each of ours, each used once."""
    known = {column.name: column.type for column in RECORDS[rows]}
    ranked = sorted(
        (
            (-score, order, place, name, seen)
            for order, name in enumerate(dict.fromkeys([*OF_ROWS[rows], *known]))
            for place, seen in enumerate(columns)
            if (score := OWN if seen.name == name != "flaws" else likeness(seen.name, OF_ROWS[rows].get(name, ())))
            and fits(seen, known[name])
            and (name not in CUTS or is_cut(seen))
        ),
        key=lambda found: found[:3],
    )
    guesses: dict[str, Guess] = {}
    used: set[str] = set()
    for score, _, _, name, seen in ranked:
        if name not in guesses and seen.name not in used:
            guesses[name] = Guess(seen, -score >= 2)
            used.add(seen.name)
    return {name: guesses[name] for name in known if name in guesses}


def likeness(name: str, words: tuple[str, ...]) -> float:
    """How like one of these names a name is: from 3 (the very first of them) down to 2, below 2 a part of it; 0 unlike.

    >>> likeness("Дата реєстрації", ("дата реєстрації",)), likeness("registrationDateTime", ("registration date time",))
    (3.0, 3.0)
    >>> 0 < likeness("Дата реєстрації заяви", ("дата реєстрації",)) < 2, likeness("ward", ("дата реєстрації",))
    (True, 0.0)
    """
    plain = plain_name(name)
    best = 0.0
    for place, word in enumerate(map(plain_name, words)):
        if plain == word:
            best = max(best, 3 - place / (len(words) + 1))
        elif len(word) > 3 and set(word.split()) <= set(plain.split()):
            best = max(best, 1.5)
        elif difflib.SequenceMatcher(None, plain, word).ratio() > 0.88:
            best = max(best, 1.0)
    return best


def plain_name(name: str) -> str:
    """A name in small letters, its words apart: "registrationDateTime", "registration_date_time" are the same.

    >>> plain_name("case:startDate")
    'case start date'
    """
    apart = re.sub(r"(?<=[a-zа-яіїєґ])(?=[A-ZА-ЯІЇЄҐ])", " ", name)
    return " ".join(re.sub(r"[^\w№']+|_", " ", apart.replace("’", "'").replace("ʼ", "'")).casefold().split())


def is_cut(seen: Seen) -> bool:
    """Whether values come again and again, as those of a centre or a service do, and those of an address do not."""
    return seen.different * 2 <= seen.filled or seen.filled < FEW


def fits(seen: Seen, type_: Type) -> bool:
    """Whether what stands in a column can be of a type; an empty column can be anything."""
    if not seen.filled:
        return True
    match type_:
        case Type.MOMENT:
            return max(seen.moments, seen.slashed, seen.times) >= MOSTLY
        case Type.SECONDS:
            return max(seen.times, seen.numbers) >= MOSTLY
        case Type.COUNT:
            return seen.numbers >= MOSTLY
        case Type.FLAG:
            return seen.different <= 3
        case _:
            return seen.moments < MOSTLY
