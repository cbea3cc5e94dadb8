"""Reads one indicator from its file: every entry is looked at, so that all its mistakes are told at once."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from mirylo.core.faults import N_, FaultsFoundError
from mirylo.core.methodology import checking, fields
from mirylo.core.methodology.expressions import parse_condition, value_of
from mirylo.core.methodology.model import (
    ColumnValue,
    Count,
    Direction,
    Expression,
    FactTable,
    Indicator,
    LegalBasis,
    Levels,
    Mean,
    Measure,
    Population,
    Quantile,
    Share,
    Stock,
    Text,
    Unit,
    Words,
)
from mirylo.core.methodology.yaml_nodes import Node, Page

REQUIRED = ("code", "title", "explanation", "population", "unit", "direction")
MEASURES = ("count", "share", "mean", "quantile", "stock")
YARDSTICK = ("target", "levels", "minimum_n", "origin")
KEYS = (*REQUIRED, "basis", "where", *MEASURES, "needs", "words", *YARDSTICK, "legal_basis", "valid_from", "valid_to")

WORDS_OF: Mapping[str, tuple[str, ...]] = {
    "count": ("where",),
    "share": ("where", "numerator", "denominator"),
    "mean": ("where", "of"),
    "quantile": ("where", "of"),
    "stock": ("where", "standing"),
}
"""Which hand-written words a measure's sentence has room for."""

UNREAD = Text("", "")


def read_indicator(
    page: Page, node: Node, populations: Mapping[str, Population], tables: Mapping[str, FactTable]
) -> Indicator | None:
    """The indicator that a file describes; none when anything in it is wrong, which is reported on `page`."""
    entries = fields.read_entries(page, node, KEYS, REQUIRED)
    if not isinstance(node.value, Mapping):
        return None
    population = _read_population(page, entries.get("population"), populations)
    table = tables[population.table] if population else None
    measure = _read_measure(page, node, entries, table)
    unit = fields.read_choice(page, entries.get("unit"), Unit)
    if "unit" in entries:
        checking.check_unit(page, entries["unit"].line, unit, measure, table)
    direction = fields.read_choice(page, entries.get("direction"), Direction)
    target, levels = read_yardstick(page, entries, direction, is_share=measures_in(entries) == ["share"])
    valid_from, valid_to = _read_validity(page, entries)
    # What could not be read has a stand-in here, so that reading goes on: the page has the fault, nothing is returned.
    indicator = Indicator(
        code=_read_own_code(page, entries.get("code")) or "",
        title=fields.read_texts(page, entries.get("title")) or UNREAD,
        explanation=fields.read_texts(page, entries.get("explanation")) or UNREAD,
        population=population or Population("", UNREAD, "", None),
        basis=_read_basis(page, node, entries, table),
        measure=measure or Count(),
        unit=unit or Unit.CASES,
        direction=direction or Direction.NONE,
        where=read_condition(page, entries.get("where"), table),
        target=target,
        levels=levels,
        minimum_n=_read_minimum(page, entries.get("minimum_n")),
        legal_basis=_read_acts(page, entries.get("legal_basis")),
        valid_from=valid_from,
        valid_to=valid_to,
        source=_source(entries),
        words=_read_words(page, entries),
        origin=fields.read_texts(page, entries.get("origin")),
        needs=_read_needs(page, entries.get("needs"), table),
    )
    return None if page.found else indicator


def measures_in(entries: Mapping[str, Node]) -> list[str]:
    """The measures that stand among the entries: one, where all is well."""
    return [key for key in MEASURES if key in entries]


def read_condition(page: Page, node: Node | None, table: FactTable | None) -> Expression | None:
    """The condition at a node, over the columns of the table; none when absent, faulty or the table is unknown."""
    text = fields.read_text(page, node)
    if node is None or text is None or table is None:
        return None
    try:
        return parse_condition(text, table, page.place(node.line))
    except FaultsFoundError as error:
        page.found.extend((node.line, fault) for fault in error.faults)
        return None


def read_yardstick(
    page: Page, entries: Mapping[str, Node], direction: Direction | None, *, is_share: bool
) -> tuple[Decimal | None, Levels | None]:
    """Target and levels, checked against the direction. Whoever sets them says where they come from: `origin`."""
    target = fields.read_number(page, entries.get("target"))
    bounds = fields.read_entries(page, entries.get("levels"), ("good", "fair"), ("good", "fair"))
    good, fair = (fields.read_number(page, bounds.get(key)) for key in ("good", "fair"))
    levels = Levels(good, fair) if good is not None and fair is not None else None
    for key, bound in (("good", good), ("fair", fair)):
        if bound is not None:
            checking.check_bound(page, bounds[key].line, bound, is_share=is_share)
    if target is not None:
        checking.check_bound(page, entries["target"].line, target, is_share=is_share)
    for key in ("levels", "target"):
        if key in entries and "origin" not in entries:
            remedy = N_("Add origin: in both languages, saying where the number comes from.")
            page.report(entries[key].line, N_("{key} without an origin"), remedy, key=key)
    if "levels" in entries:
        checking.check_levels(page, entries["levels"].line, direction, levels)
    if "target" in entries:
        checking.check_target(page, entries["target"].line, direction, target, levels)
    return target, levels


def _read_own_code(page: Page, node: Node | None) -> str | None:
    code = fields.read_code(page, node)
    stem = page.name.removesuffix(".yaml")
    if node is not None and code is not None and code != stem:
        remedy = N_("Rename the file to {code}.yaml, or write code: {stem}.")
        page.report(node.line, N_("the code {code} is not the file's name"), remedy, code=code, stem=stem)
    return code


def _read_population(page: Page, node: Node | None, populations: Mapping[str, Population]) -> Population | None:
    code = fields.read_text(page, node)
    if node is None or code is None or code in populations:
        return populations.get(code) if code else None
    if populations:
        fields.report_unknown(page, node.line, N_("unknown population {name}"), code, tuple(populations))
    return None


def _read_basis(page: Page, node: Node, entries: Mapping[str, Node], table: FactTable | None) -> str:
    entry, measures = entries.get("basis"), measures_in(entries)
    if "stock" in measures:
        if entry is not None and measures == ["stock"]:
            problem = N_("a stock has no basis: it is counted at the end of every period")
            page.report(entry.line, problem, N_("Delete this line."))
        return ""
    if entry is None:
        remedy = N_("Add the line basis: … that says which date puts a row in a period.")
        page.report(node.line, N_("basis is missing"), remedy)
        return ""
    basis = fields.read_text(page, entry)
    if basis is not None and table is not None and basis not in table.bases:
        fields.report_unknown(page, entry.line, N_("unknown basis {name}"), basis, tuple(table.bases))
    return basis or ""


def _read_measure(page: Page, node: Node, entries: Mapping[str, Node], table: FactTable | None) -> Measure | None:
    present = measures_in(entries)
    if len(present) != 1:
        line = entries[present[1]].line if present else node.line
        problem = N_("two measures stand here: {present}") if present else N_("no measure stands here")
        remedy = N_("Keep one of: {measures}.")
        page.report(line, problem, remedy, present=", ".join(present), measures=", ".join(MEASURES))
    # Every one of several is read, so that what is wrong inside it is told at once and not when the others are gone.
    read = [_read_one_measure(page, key, entries[key], table) for key in present]
    return read[0] if len(read) == 1 else None


def _read_one_measure(page: Page, key: str, entry: Node, table: FactTable | None) -> Measure | None:
    match key:
        case "count":
            if fields.read_text(page, entry) not in (None, "true"):
                page.report(entry.line, N_("count has nothing to set"), N_("Write count: true."))
            return Count()
        case "share":
            return _read_share(page, entry, table)
        case "mean":
            of = _read_measured(page, entry, table)
            return Mean(of) if of else None
        case "quantile":
            return _read_quantile(page, entry, table)
        case _:
            return _read_stock(page, entry, table)


def _read_share(page: Page, node: Node, table: FactTable | None) -> Share | None:
    parts = fields.read_entries(page, node, ("numerator", "denominator"), ("numerator",))
    numerator = read_condition(page, parts.get("numerator"), table)
    denominator = read_condition(page, parts.get("denominator"), table)
    return Share(numerator, denominator) if numerator else None


def _read_quantile(page: Page, node: Node, table: FactTable | None) -> Quantile | None:
    parts = fields.read_entries(page, node, ("of", "q"), ("of", "q"))
    of = _read_measured(page, parts.get("of"), table)
    q = fields.read_number(page, parts.get("q"))
    if "q" in parts:
        checking.check_quantile(page, parts["q"].line, q)
    return Quantile(of, q) if of and q is not None else None


def _read_stock(page: Page, node: Node, table: FactTable | None) -> Stock | None:
    parts = fields.read_entries(page, node, ("enters", "leaves"), ("enters", "leaves"))
    enters, leaves = (fields.read_text(page, parts.get(key)) for key in ("enters", "leaves"))
    if enters is None or leaves is None:
        return None
    if table is not None:
        checking.check_stock(page, parts, Stock(enters, leaves), table)
    return Stock(enters, leaves)


def _read_measured(page: Page, node: Node | None, table: FactTable | None) -> ColumnValue | None:
    name = fields.read_text(page, node)
    if node is None or name is None or table is None:
        return None
    column = table.column(name)
    if column is None:
        known = tuple(column.name for column in table.columns)
        fields.report_unknown(page, node.line, N_("unknown column {name}"), name, known)
        return None
    checking.check_measured_column(page, node.line, value_of(column))
    return value_of(column)


def _read_minimum(page: Page, node: Node | None) -> int:
    number = fields.read_number(page, node)
    if node is not None and number is not None and (number < 1 or number != int(number)):
        page.report(node.line, N_("minimum_n is {number}"), N_("Write a whole number from 1 up."), number=number)
    return 1 if number is None else int(number)


def _read_needs(page: Page, node: Node | None, table: FactTable | None) -> tuple[str, ...]:
    names = []
    for item in fields.read_items(page, node):
        name = fields.read_text(page, item)
        if name is not None and table is not None and table.column(name) is None:
            known = tuple(column.name for column in table.columns)
            fields.report_unknown(page, item.line, N_("unknown column {name}"), name, known)
        names.append(name or "")
    return tuple(names)


def _read_words(page: Page, entries: Mapping[str, Node]) -> Words:
    rooms = tuple(dict.fromkeys(room for key in measures_in(entries) for room in WORDS_OF[key]))
    known = rooms if "where" in entries else tuple(room for room in rooms if room != "where")
    # The dates of a stock are bare columns: no sentence can be made of them that anybody would say.
    required = ("standing",) if "stock" in entries else ()
    if required and "words" not in entries:
        remedy = N_("Add words: {{standing: …}}, saying which rows stand.")
        page.report(entries["stock"].line, N_("a stock needs words"), remedy)
    texts: dict[str, Text | None] = {}
    for key, node in fields.read_entries(page, entries.get("words"), known, required).items():
        if key in known:
            texts[key] = fields.read_texts(page, node)
    return Words(**texts)


def _read_acts(page: Page, node: Node | None) -> tuple[LegalBasis, ...]:
    acts = []
    for item in fields.read_items(page, node):
        parts = fields.read_entries(page, item, ("act", "dated"), ("act", "dated"))
        act, dated = fields.read_texts(page, parts.get("act")), fields.read_date(page, parts.get("dated"))
        if act and dated:
            acts.append(LegalBasis(act, dated))
    return tuple(acts)


def _read_validity(page: Page, entries: Mapping[str, Node]) -> tuple[date | None, date | None]:
    valid_from, valid_to = (fields.read_date(page, entries.get(key)) for key in ("valid_from", "valid_to"))
    if valid_from and valid_to and valid_from > valid_to:
        problem = N_("valid_to ({last}) comes before valid_from ({first})")
        page.report(entries["valid_to"].line, problem, N_("Swap them."), first=valid_from, last=valid_to)
    return valid_from, valid_to


def _source(entries: Mapping[str, Node]) -> str:
    """The measure as it stood in the file, a line each."""
    measures = measures_in(entries)
    if not measures:
        return ""
    key, value = measures[0], entries[measures[0]].value
    if isinstance(value, Mapping):
        return "\n".join(f"{part}: {node.value}" for part, node in value.items())
    return f"{key}: {value}"
