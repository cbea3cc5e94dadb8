"""Writes, for one file, the query that turns its columns into the columns that Mirylo knows, and finds rows it cannot.

Three steps, one inside the other: every value cleaned (`t_…`, empty where the mapping says that it means nothing), then
understood (`v_…`), then the first thing wrong in the row named. A row is refused whole.
"""

from collections.abc import Collection, Iterator, Sequence
from collections.abc import Mapping as Map
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mirylo.core.methodology.model import Column, Type
from mirylo.core.rules import Compare
from mirylo.core.terms import LONGEST
from mirylo.core.timelines import EVENT_TYPES
from mirylo.engines.tables import DUCKDB_TYPES
from mirylo.sources.mapping import ColumnRule, Mapping
from mirylo.sources.moments import moment_of
from mirylo.sources.raw_rows import RawRows, literal, quoted
from mirylo.sources.vocabulary import ALLOWED, DURATION_UNITS, NO, YES

SEPARATOR = "\x1f"
"""Between the reason, the column and the value in the column `refused`."""

INVISIBLE = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
"""Control characters, but for tabs and line ends."""

HARMFUL = "control_characters"
"""The reason to refuse a row for them."""

TEMPORAL = ("TIMESTAMP", "DATE")


@dataclass(frozen=True)
class Conversion:
    """How one column is filled: SQL of the cleaned text, SQL of the value, and what may be wrong, with its reason."""

    name: str
    cleaned: str
    value: str
    problems: tuple[tuple[str, str], ...]


def canonical_query(raw: RawRows, mapping: Mapping, formats: Sequence[str]) -> str:
    """The query over a file: the mapped columns that are not constant, and `refused`, empty for good rows.

    `formats` are those of dates with slashes, as `moments` found them out.
    """
    conversions = list(conversions_of(raw, mapping, formats))
    problems = [*_problems(conversions), *_term_problems(mapping, conversions)]
    return _rows(raw, mapping, conversions, f"coalesce({', '.join(problems)}) AS refused")


def whether_query(raw: RawRows, mapping: Mapping, late: Collection[str]) -> str:
    """As `canonical_query`, but `is_refused` says only whether a row is bad, which is quicker than saying why.

    The columns `late` stay the texts that they are in the file, empty ones left out; where there are some, the number's
    characters are left to be looked at with them, once a case.
    """
    conversions = list(conversions_of(raw, mapping, ()))
    early = [conversion for conversion in conversions if conversion.name not in late]
    if late:
        early = [replace(c, problems=_but_harmful(c)) if c.name == "number" else c for c in early]
    tests = _tests(early) + [f"{problem} IS NOT NULL" for problem in _term_problems(mapping, conversions)]
    texts = [f"nullif({quoted(mapping.columns[name].columns[0])}, '') AS {name}" for name in late]
    return _rows(raw, mapping, early, ", ".join([f"{' OR '.join(tests)} AS is_refused", *late]), texts)


def late_query(relation: str, mapping: Mapping, late: Collection[str]) -> str:
    """The rows of a relation with its columns `late`, texts so far, read; `is_unreadable` says if one cannot be.

    The number, which is read already, is unreadable if its characters could do harm.
    """
    known = mapping.known
    raw = RawRows("", relation, dict.fromkeys(late, "VARCHAR"), "", lambda _: [])
    conversions = [
        convert(known[name], replace(mapping.columns[name], columns=(name,)), raw, mapping, ()) for name in late
    ]
    cleaned = ", ".join(f"{c.cleaned} AS t_{c.name}" for c in conversions)
    understood = ", ".join(f"{c.value} AS v_{c.name}" for c in conversions)
    texts = ", ".join(f"t_{c.name}, v_{c.name}" for c in conversions)
    read = ", ".join(f"v_{c.name} AS {c.name}" for c in conversions)
    tests = [*_tests(conversions), f"coalesce({harmful('number')}, false)"]
    return (
        f"SELECT * EXCLUDE ({texts}) REPLACE ({read}), {' OR '.join(tests)} AS is_unreadable FROM ("
        f"SELECT *, {understood} FROM (SELECT *, {cleaned} FROM {relation}))"
    )


def can_be_late(name: str, raw: RawRows, mapping: Mapping) -> bool:
    """Whether a column can be read once a case: it is one text of the file, and only an empty one means nothing."""
    rule = mapping.columns.get(name)
    if rule is None or len(rule.columns) != 1 or raw.types[rule.columns[0]] != "VARCHAR":
        return False
    return not any(mapping.none if rule.none is None else rule.none) and not name.startswith("term_")


def harmful(text: str) -> str:
    """SQL of whether a text holds characters that nobody sees."""
    return f"regexp_matches({text}, {literal(INVISIBLE)})"


def _but_harmful(conversion: Conversion) -> tuple[tuple[str, str], ...]:
    return tuple(problem for problem in conversion.problems if problem[0] != HARMFUL)


def _tests(conversions: Sequence[Conversion]) -> list[str]:
    """SQL of whether something is wrong, of every column that has something that may be."""
    return [f"coalesce({test}, false)" for conversion in conversions for _, test in conversion.problems] or ["false"]


def _rows(
    raw: RawRows, mapping: Mapping, conversions: Sequence[Conversion], verdict: str, also: Sequence[str] = ()
) -> str:
    """The query that cleans and understands every value and ends with the verdict on the row."""
    cleaned = [*(f"{c.cleaned} AS t_{c.name}" for c in conversions), *also]
    understood = [f"{c.value} AS v_{c.name}" for c in conversions]
    flaws = _flaws(raw, mapping)
    if flaws:
        cleaned.append(f"{flaws} AS flaws")
    kept = [f"v_{c.name} AS {c.name}" for c in conversions]
    kept += ["flaws"] if flaws else []
    kept += ["t_type AS activity"] if keeps_activity(mapping) else []
    return (
        f"SELECT {', '.join(kept)}, {verdict} FROM ("
        f"SELECT *, {', '.join(understood)} FROM (SELECT {', '.join(cleaned)} FROM {raw.relation}))"
    )


def keeps_activity(mapping: Mapping) -> bool:
    """Whether what the source calls an event is kept beside its type: several activities may be one event type."""
    return bool(mapping.types) and "activity" not in mapping.columns and bool(mapping.columns["type"].columns)


def constant_columns(mapping: Mapping) -> dict[str, str]:
    """Columns that a constant fills, as SQL."""
    known = mapping.known
    return {
        name: constant_sql(rule.constant, known[name])
        for name, rule in mapping.columns.items()
        if rule.constant is not None
    }


def constant_sql(value: object, column: Column) -> str:
    """A constant as SQL of the column's type. A date or local time is taken in the session's time zone."""
    text = value.isoformat(" ") if isinstance(value, datetime) else str(value)
    return f"CAST({literal(text)} AS {DUCKDB_TYPES[column.type]})"


def conversions_of(raw: RawRows, mapping: Mapping, formats: Sequence[str]) -> Iterator[Conversion]:
    """The conversion of each mapped column that is not constant."""
    known = mapping.known
    for name, rule in mapping.columns.items():
        if rule.columns:
            yield convert(known[name], rule, raw, mapping, formats)


def convert(column: Column, rule: ColumnRule, raw: RawRows, mapping: Mapping, formats: Sequence[str]) -> Conversion:
    """The conversion of one column, by its type."""
    text, value = f"t_{column.name}", f"v_{column.name}"
    cleaned = clean(rule, raw, mapping, is_whole=column.type is Type.MOMENT)
    match column.type:
        case Type.MOMENT:
            if _is_temporal(rule, raw):
                cleaned, understood = f"CAST({quoted(rule.columns[0])} AS TIMESTAMPTZ)", text
            else:
                understood = moment_of(text, rule.format or mapping.time_format, mapping.on, formats)
            if column.name == "due_at" and mapping.rules.compare is Compare.MOMENTS:
                understood = _to_the_end_of_its_day(understood, text, raw.types[rule.columns[0]])
            after = mapping.latest + timedelta(days=1)
            implausible = f"{value} < TIMESTAMPTZ '{mapping.earliest}' OR {value} >= TIMESTAMPTZ '{after}'"
            found = [("unreadable_moment", None), ("other_century", implausible)]
        case Type.FLAG:
            understood, found = _flag(text, rule), [("unreadable_flag", None)]
        case Type.COUNT:
            # The cast alone would round 5.5 days to six.
            is_whole = f"TRY_CAST({text} AS DECIMAL(18, 6)) = TRY_CAST({text} AS INTEGER)"
            understood = f"CASE WHEN {is_whole} THEN TRY_CAST({text} AS INTEGER) END"
            found = [("unreadable_number", None), ("unreadable_number", f"{value} < 0")]
        case Type.SECONDS:
            understood, found = _seconds(text, rule.unit), [("unreadable_duration", None)]
        case _:
            understood = _event_type(text, mapping.types) if column.name == "type" else _meaning(text, rule)
            allowed = ", ".join(literal(word) for word in ALLOWED.get(column.name, ()))
            # What the source calls an event is compared and never shown, so nothing in it can do harm.
            found = []
            if column.name != "activity":
                found.append((HARMFUL, harmful(text)))
            found += [("unknown_value", f"{value} NOT IN ({allowed})")] if allowed else []
    problems = [(reason, test or f"{value} IS NULL AND {text} IS NOT NULL") for reason, test in found]
    if column.required:
        problems.append(("missing_value", f"{text} IS NULL"))
    return Conversion(column.name, cleaned, understood, tuple(problems))


def clean(rule: ColumnRule, raw: RawRows, mapping: Mapping, is_whole: bool = False) -> str:
    """The text of a cell without spaces around it; empty where it means that there is nothing.

    Of several cells those that are empty are left out; with `is_whole` all are empty then: a date without its time of
    day is not midnight.
    """
    nothing = [literal(word) for word in (mapping.none if rule.none is None else rule.none) if word]
    parts = []
    for name in rule.columns:
        text = quoted(name) if raw.types[name] == "VARCHAR" else f"CAST({quoted(name)} AS VARCHAR)"
        # Trimming every cell would double the time of reading: few need it.
        needed = f"{text} = '' OR {text} LIKE ' %' OR {text} LIKE '% '"
        part = f"CASE WHEN {needed} THEN nullif(trim({text}), '') ELSE {text} END"
        parts.append(f"CASE WHEN {part} NOT IN ({', '.join(nothing)}) THEN {part} END" if nothing else part)
    if len(parts) == 1 or is_whole:
        return f" || {literal(rule.join)} || ".join(parts)
    return f"nullif(concat_ws({literal(rule.join)}, {', '.join(parts)}), '')"


def _to_the_end_of_its_day(moment: str, text: str, type_: str) -> str:
    """SQL of a stated due date: one without a time of day is meant to its last moment."""
    is_day = f"NOT contains({text}, ':')" if type_ == "VARCHAR" else str(type_ == "DATE").lower()
    return f"CASE WHEN {is_day} THEN {moment} + INTERVAL 1 DAY - INTERVAL 1 MICROSECOND ELSE {moment} END"


def _is_temporal(rule: ColumnRule, raw: RawRows) -> bool:
    return len(rule.columns) == 1 and raw.types[rule.columns[0]].startswith(TEMPORAL)


def _flag(text: str, rule: ColumnRule) -> str:
    if rule.true_values:
        return f"{text} IN ({', '.join(map(literal, rule.true_values))})"
    words = "".join(
        f" WHEN {text} = {literal(word)} THEN {str(bool(yes)).lower()}" for word, yes in rule.values.items()
    )
    if rule.otherwise is not None:
        return f"CASE{words} WHEN {text} IS NOT NULL THEN {str(bool(rule.otherwise)).lower()} END"
    yes, no = (", ".join(map(literal, words)) for words in (YES, NO))
    return f"CASE{words} WHEN lower({text}) IN ({yes}) THEN true WHEN lower({text}) IN ({no}) THEN false END"


def _meaning(text: str, rule: ColumnRule) -> str:
    """What a text means by the mapping's values; a text that they do not name means itself."""
    words = "".join(f" WHEN {literal(word)} THEN {literal(str(means))}" for word, means in rule.values.items())
    other = text if rule.otherwise is None else f"CASE WHEN {text} IS NOT NULL THEN {literal(str(rule.otherwise))} END"
    return f"CASE {text}{words} ELSE {other} END" if words else other


def _event_type(text: str, types: Map[str, str]) -> str:
    """The event type of an activity. Mirylo's own names mean themselves; what is not named is another event."""
    words = "".join(f" WHEN {literal(activity)} THEN {literal(type_)}" for activity, type_ in types.items())
    own = f"CASE WHEN {text} IN ({', '.join(map(literal, EVENT_TYPES))}) THEN {text} ELSE 'other' END"
    return f"CASE {text}{words} ELSE {own} END" if words else own


def _seconds(text: str, unit: str) -> str:
    """A duration in seconds: hours, minutes and seconds with colons, or a number of the unit (a decimal comma too)."""
    clock = rf"CASE WHEN regexp_full_match({text}, '-?\d+:\d\d:\d\d([.,]\d+)?') THEN "
    clock += f"epoch_us(TRY_CAST(replace({text}, ',', '.') AS INTERVAL)) / 1000000 END"
    number = f"TRY_CAST(replace({text}, ',', '.') AS DECIMAL(18, 6)) * {DURATION_UNITS[unit]}"
    return f"TRY_CAST(coalesce({number}, {clock}) AS DECIMAL(18, 3))"


def _flaws(raw: RawRows, mapping: Mapping) -> str:
    """SQL of the flaw of rows with a negative number where there can be none."""
    if not mapping.not_negative:
        return ""
    tests = (rf"regexp_matches(CAST({quoted(name)} AS VARCHAR), '^\s*-\s*[0-9]')" for name in mapping.not_negative)
    return f"CASE WHEN {' OR '.join(tests)} THEN 'negative_time' END"


def _problems(conversions: Sequence[Conversion]) -> Iterator[str]:
    for conversion in conversions:
        shown = f"coalesce(CAST(t_{conversion.name} AS VARCHAR), '')"
        for reason, test in conversion.problems:
            before = literal(reason + SEPARATOR + conversion.name + SEPARATOR)
            yield f"CASE WHEN {test} THEN {before} || left({shown}, 200) END"


def _term_problems(mapping: Mapping, conversions: Sequence[Conversion]) -> Iterator[str]:
    """A term that a row brings is an amount and a unit, and not longer than any law can mean."""
    values = {c.name: f"v_{c.name}" for c in conversions}
    constants = constant_columns(mapping)
    amount, unit = (values.get(name) or constants.get(name) for name in ("term_amount", "term_unit"))
    if amount is None and unit is None:
        yield "NULL"
        return
    longest = " ".join(f"WHEN '{name}' THEN {most}" for name, most in LONGEST.items())
    amount, unit = amount or "NULL", unit or "NULL"
    test = f"({amount} IS NULL) <> ({unit} IS NULL) OR {amount} > CASE {unit} {longest} END"
    yield f"CASE WHEN {test} THEN {literal(f'incomplete_term{SEPARATOR}term_amount{SEPARATOR}')} END"
