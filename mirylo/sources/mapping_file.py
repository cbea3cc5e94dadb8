"""Reads a mapping from its file and finds every mistake in it at once, each with the key where it stands."""

import tomllib
from datetime import date, datetime
from pathlib import Path

from mirylo.core.faults import N_, Fault, FaultsFoundError
from mirylo.core.methodology.model import Column, Type
from mirylo.core.rules import Compare
from mirylo.core.timelines import EVENT_TYPES
from mirylo.engines.records import RECORDS
from mirylo.sources.mapping import ColumnRule, FileRule, Mapping
from mirylo.sources.mapping_rules import read_rules
from mirylo.sources.toml_sections import Section
from mirylo.sources.vocabulary import DURATION_UNITS

TOP = (
    "rows",
    "timezone",
    "compare",
    "finish",
    "deficiency",
    "none",
    "as_of",
    "on",
    "time_format",
    "earliest",
    "latest",
    "file",
    "columns",
    "types",
    "term",
    "terms",
    "calendar",
    "checks",
)
RULE_KEYS = ("column", "columns", "join", "constant", "values", "otherwise", "true_values", "none", "format", "unit")
ONLY_FOR = {"true_values": Type.FLAG, "format": Type.MOMENT, "unit": Type.SECONDS}
REQUIRED = {"events": ("number", "happened_at"), "cases": ("number",), "tickets": ("number",)}


def read_mapping(path: Path) -> Mapping:
    """The mapping in a TOML file; FaultsFoundError with every mistake, by key."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        problem, remedy = N_("this is no text in UTF-8"), N_("A mapping is a text file (TOML): save it as UTF-8.")
        raise FaultsFoundError([Fault(path.name, problem, remedy)]) from None
    except OSError as error:
        raise FaultsFoundError(
            [Fault(path.name, N_("the mapping cannot be read ({detail})"), "", {"detail": error})]
        ) from None
    return parse_mapping(text, path.name, path.parent)


def parse_mapping(text: str, name: str = "mapping", folder: Path = Path()) -> Mapping:
    """The mapping in a text of TOML. `name` is what mistakes are reported under; `folder` holds what it refers to.

    >>> parse_mapping('rows = "cases"\\n[columns]\\nnumbr = "id"')
    Traceback (most recent call last):
    mirylo.core.faults.FaultsFoundError: mapping, columns.numbr: there is no such column. The nearest are: number.
    mapping, columns: the column number is not mapped. Every row of cases needs it.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise FaultsFoundError([Fault(name, N_("this is no TOML: {detail}"), "", {"detail": error})]) from None
    faults: list[Fault] = []
    top = Section(document, name, "", faults, TOP)
    rows = top.one_of("rows", tuple(RECORDS)) or ""
    if "rows" not in document:
        top.fault("rows", N_("it is not said what a row is"), N_('Write rows = "events", "cases" or "tickets".'))
    mapping = Mapping(
        rows=rows,
        columns=_columns(top, rows) if rows else {},
        rules=read_rules(top, folder),
        types=_types(top.section("types", EVENT_TYPES)),
        none=top.texts("none", ("",)),
        time_format=top.text("time_format"),
        on=top.day("on"),
        as_of=top.day("as_of"),
        earliest=top.day("earliest") or Mapping.earliest,
        latest=top.day("latest") or Mapping.latest,
        not_negative=top.section("checks", ("not_negative",)).texts("not_negative"),
        file=_file(top.section("file", ("encoding", "delimiter", "sheet", "header_row"))),
        text=text,
    )
    if mapping.earliest > mapping.latest:
        top.fault("earliest", N_("the earliest plausible date is after the latest"), N_("Exchange them."))
    if mapping.types and "type" not in mapping.columns:
        top.fault("types", N_("it is not said which column holds the activity"), N_("Map it as type under [columns]."))
    if mapping.rules.compare is Compare.MOMENTS and rows and "due_at" not in mapping.columns:
        problem = N_("moments are compared only with due dates that the source states")
        top.fault("compare", problem, N_("Map due_at under [columns], or leave compare out."))
    if faults:
        raise FaultsFoundError(faults)
    return mapping


def _columns(top: Section, rows: str) -> dict[str, ColumnRule]:
    known = {column.name: column for column in RECORDS[rows] if column.name != "flaws"}
    section = top.section("columns", tuple(known))
    for name in REQUIRED[rows]:
        if name not in section.table:
            top.fault(
                "columns",
                N_("the column {column} is not mapped"),
                N_("Every row of {rows} needs it."),
                column=name,
                rows=rows,
            )
    found = {name: _rule(section, known[name]) for name in section.table if name in known}
    return {name: rule for name, rule in found.items() if rule is not None}


def _rule(section: Section, column: Column) -> ColumnRule | None:
    """The rule of one column: a text is the name of a column of the file."""
    value = section.table[column.name]
    if isinstance(value, str):
        return ColumnRule(columns=(value,))
    rule = section.section(column.name, RULE_KEYS)
    if not isinstance(value, dict):
        return None
    if len([key for key in ("column", "columns", "constant") if key in value]) != 1 or value.get("columns") == []:
        problem, remedy = N_("it is not clear what fills {column}"), N_("Write one of column, columns and constant.")
        rule.fault("", problem, remedy, column=column.name)
        return None
    _check_keys(rule, column)
    single = rule.text("column")
    values, otherwise = _values(rule, column), _meaning(rule, "otherwise", value.get("otherwise"), column)
    if "constant" in value:
        return ColumnRule(constant=_constant(rule, column))
    return ColumnRule(
        columns=(single,) if single is not None else rule.texts("columns"),
        join=" " if "join" not in value else rule.text("join") or "",
        values=values,
        otherwise=otherwise,
        true_values=rule.texts("true_values"),
        none=rule.texts("none") if "none" in value else None,
        format=rule.text("format"),
        unit=rule.one_of("unit", DURATION_UNITS) or "seconds",
    )


def _check_keys(rule: Section, column: Column) -> None:
    """Note the keys that mean something for columns of another type only."""
    for key, type_ in ONLY_FOR.items():
        if key in rule.table and column.type is not type_:
            problem, remedy = N_("{column} is a column of another type ({type})"), N_("Leave {name} out.")
            rule.fault(key, problem, remedy, column=column.name, type=column.type, name=key)


def _values(rule: Section, column: Column) -> dict[str, str | bool]:
    table = rule.section("values").table
    found = {key: _meaning(rule, f"values.{key}", value, column) for key, value in table.items()}
    return {key: value for key, value in found.items() if value is not None}


def _meaning(rule: Section, key: str, value: object, column: Column) -> str | bool | None:
    """What a value of the file means: yes or no for flags, a text for all others."""
    if value is None:
        return None
    if column.type is Type.FLAG:
        if isinstance(value, bool):
            return value
        rule.fault(key, N_("{value} does not fit"), N_("Write true or false."), value=repr(value))
        return None
    if isinstance(value, str | int | date) and not isinstance(value, bool):
        return str(value)
    rule.fault(key, N_("{value} does not fit"), N_("Write a text in quotation marks."), value=repr(value))
    return None


def _constant(rule: Section, column: Column) -> str | int | bool | date | datetime | None:
    match column.type:
        case Type.FLAG:
            return rule.flag("constant")
        case Type.COUNT | Type.SECONDS:
            return rule.whole("constant")
        case Type.MOMENT | Type.DATE:
            value = rule.table["constant"]
            return value if isinstance(value, datetime) else rule.day("constant")
        case _:
            return rule.text("constant")


def _types(section: Section) -> dict[str, str]:
    """Activities to event types; an activity under two types is a mistake."""
    found: dict[str, str] = {}
    for type_ in section.table:
        for activity in section.texts(type_):
            if found.setdefault(activity, type_) != type_:
                section.fault(
                    type_,
                    N_("{activity} stands under {other} too"),
                    N_("Leave it in one place."),
                    activity=f"«{activity}»",
                    other=found[activity],
                )
    return found


def _file(section: Section) -> FileRule:
    rule = FileRule(
        section.text("encoding"), section.text("delimiter"), section.text("sheet"), section.whole("header_row")
    )
    if rule.delimiter is not None and (len(rule.delimiter) != 1 or rule.delimiter in '"\r\n'):
        section.fault("delimiter", N_("{value} does not fit"), N_("Write one character."), value=repr(rule.delimiter))
    if rule.header_row == 0:
        section.fault("header_row", N_("{value} does not fit"), N_("Rows are counted from 1."), value=0)
    return rule
