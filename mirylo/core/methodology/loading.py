"""Reads a folder of methodology files into a checked methodology, or tells every mistake of every file at once."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

from mirylo.core.faults import N_, Fault, FaultsFoundError
from mirylo.core.methodology import checking, fields
from mirylo.core.methodology.indicators import UNREAD, read_condition, read_indicator, read_yardstick
from mirylo.core.methodology.model import (
    Component,
    Direction,
    FactTable,
    Index,
    Indicator,
    Methodology,
    Population,
)
from mirylo.core.methodology.yaml_nodes import Node, Page, compose

FRAME = "methodology.yaml"
"""The file with version, populations and index; every other file of the folder is one indicator."""

_POPULATION_KEYS = ("title", "noun", "table", "where")
_INDEX_KEYS = ("code", "title", "explanation", "components", "least_present", "levels", "target", "origin")
_INDEX_REQUIRED = ("code", "title", "explanation", "components", "least_present")
_COMPONENT_KEYS = ("indicator", "weight", "worst", "best")


def load(folder: Path, tables: Mapping[str, FactTable]) -> Methodology:
    """The methodology of a folder: `methodology.yaml` and one file an indicator, named after its code.

    `tables` are the documented fact tables by name; conditions may use their columns only. `FaultsFoundError` carries
    every mistake of every file, at "file.yaml, line N", in the order of files and lines.

    >>> from tempfile import mkdtemp
    >>> load(Path(mkdtemp()), {})
    Traceback (most recent call last):
    mirylo.core.faults.FaultsFoundError: methodology.yaml: the file is missing. Every methodology has one.
    """
    if not (folder / FRAME).is_file():
        raise FaultsFoundError([Fault(FRAME, N_("the file is missing"), N_("Every methodology has one."))])
    frame = Page(FRAME)
    keys = ("version", "title", "valid_from", "populations", "index")
    entries = fields.read_entries(frame, compose((folder / FRAME).read_bytes(), frame), keys, keys[:4])
    populations = _read_populations(frame, entries.get("populations"), tables)
    pages = [Page(path.name) for path in sorted(folder.glob("*.y*ml")) if path.name != FRAME]
    read = {page.name: _read_page(page, folder / page.name, populations, tables) for page in pages}
    known = {name.removesuffix(".yaml"): indicator for name, indicator in read.items()}
    methodology = Methodology(
        version=fields.read_text(frame, entries.get("version")) or "",
        title=fields.read_texts(frame, entries.get("title")) or UNREAD,
        valid_from=fields.read_date(frame, entries.get("valid_from")) or date.min,
        indicators=tuple(indicator for indicator in read.values() if indicator),
        index=_read_index(frame, entries["index"], known) if "index" in entries else None,
        populations=tuple(populations.values()),
    )
    faults = [fault for page in (frame, *pages) for fault in page.faults()]
    if faults:
        raise FaultsFoundError(faults)
    return methodology


def load_indicator(path: Path, methodology: Methodology, tables: Mapping[str, FactTable]) -> Indicator:
    """One more indicator, from a file of its own, over the populations of a methodology that is already loaded.

    Its code may not be taken there. `FaultsFoundError` carries every mistake of the file.
    """
    page = Page(path.name)
    populations = {population.code: population for population in methodology.populations}
    indicator = _read_page(page, path, populations, tables)
    taken = {known.code for known in methodology.indicators} | (
        {methodology.index.code} if methodology.index else set()
    )
    if path.stem in taken:
        remedy = N_("Give it another code and file name.")
        page.report(1, N_("the methodology has an indicator {code} already"), remedy, code=path.stem)
    if indicator is None or page.found:
        raise FaultsFoundError(page.faults())
    return indicator


def _read_page(
    page: Page, path: Path, populations: Mapping[str, Population], tables: Mapping[str, FactTable]
) -> Indicator | None:
    if path.suffix != ".yaml":
        page.report(1, N_("the name does not end in .yaml"), N_("Rename the file."))
    node = compose(path.read_bytes(), page)
    return read_indicator(page, node, populations, tables) if node else None


def _read_populations(page: Page, node: Node | None, tables: Mapping[str, FactTable]) -> dict[str, Population]:
    """The populations by code; one with a known table is kept even when faulty, so that indicators can be checked."""
    entries = fields.read_entries(page, node, tuple(node.value) if node and isinstance(node.value, Mapping) else ())
    populations = {}
    for code, entry in entries.items():
        fields.read_code(page, Node(entry.line, code))
        parts = fields.read_entries(page, entry, _POPULATION_KEYS, ("title", "noun", "table"))
        title, noun = (fields.read_texts(page, parts.get(key)) for key in ("title", "noun"))
        table = fields.read_text(page, parts.get("table"))
        if table is None:
            continue
        if table not in tables:
            fields.report_unknown(page, parts["table"].line, N_("unknown fact table {name}"), table, tuple(tables))
            continue
        where = read_condition(page, parts.get("where"), tables[table])
        populations[code] = Population(code, title or UNREAD, table, where, noun or UNREAD)
    return populations


def _read_index(page: Page, node: Node, known: Mapping[str, Indicator | None]) -> Index:
    entries = fields.read_entries(page, node, _INDEX_KEYS, _INDEX_REQUIRED)
    code = fields.read_code(page, entries.get("code"))
    if code in known:
        page.report(
            entries["code"].line, N_("{code} is an indicator already"), N_("Give the index another code."), code=code
        )
    least_present = fields.read_number(page, entries.get("least_present"))
    if least_present is not None and not 0 < least_present <= 1:
        problem = N_("least_present is {number}")
        remedy = N_("Write a fraction above 0, at most 1: 60 % is 0.6.")
        page.report(entries["least_present"].line, problem, remedy, number=least_present)
    target, levels = read_yardstick(page, entries, Direction.HIGHER, is_share=False)
    return Index(
        code=code or "",
        title=fields.read_texts(page, entries.get("title")) or UNREAD,
        explanation=fields.read_texts(page, entries.get("explanation")) or UNREAD,
        components=_read_components(page, entries.get("components"), known),
        least_present=least_present or Decimal(1),
        levels=levels,
        target=target,
        origin=fields.read_texts(page, entries.get("origin")),
    )


def _read_components(page: Page, node: Node | None, known: Mapping[str, Indicator | None]) -> tuple[Component, ...]:
    components: list[Component] = []
    for item in fields.read_items(page, node):
        parts = fields.read_entries(page, item, _COMPONENT_KEYS, _COMPONENT_KEYS)
        code = fields.read_text(page, parts.get("indicator"))
        weight, worst, best = (fields.read_number(page, parts.get(key)) for key in ("weight", "worst", "best"))
        if code is not None and code not in known:
            fields.report_unknown(page, parts["indicator"].line, N_("unknown indicator {name}"), code, tuple(known))
        if code is not None and any(code == component.indicator for component in components):
            page.report(parts["indicator"].line, N_("{code} is in the index twice"), N_("Keep one."), code=code)
        if weight is not None and weight <= 0:
            page.report(
                parts["weight"].line, N_("the weight is {weight}"), N_("Write a number above 0."), weight=weight
            )
        if code is None or weight is None or worst is None or best is None:
            continue
        component = Component(code, weight, worst, best)
        indicator = known.get(code)
        # A faulty indicator has its own faults; what it would do to the index is seen once it is put right.
        if indicator is not None:
            checking.check_component(page, parts, component, indicator)
        components.append(component)
    if node is not None and not components and not page.found:
        page.report(node.line, N_("the index has no components"), N_("Add at least one."))
    return tuple(components)
