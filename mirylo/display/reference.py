"""Writes the reference pages from what the program itself holds: columns of events and facts, and every indicator.

The pages are generated, so that they cannot tell another story than the code; a test makes them anew and compares.
"""

from collections.abc import Iterable, Sequence

from mirylo.core.faults import N_
from mirylo.core.methodology.model import Column, Indicator, Methodology, Type
from mirylo.core.methodology.wording import formula
from mirylo.core.methodology.wording import say as say_aloud
from mirylo.display.language import current, say
from mirylo.display.numbers import write_act, write_bound, write_number
from mirylo.engines.records import CASE_RECORD, EVENT, EVENT_TYPES_SAID, TICKET_RECORD
from mirylo.engines.tables import FACT_TABLES

TYPES_SAID = {
    Type.TEXT: N_("text"),
    Type.FLAG: N_("yes or no"),
    Type.COUNT: N_("whole number"),
    Type.SECONDS: N_("seconds, to the thousandth"),
    Type.DATE: N_("date"),
    Type.MOMENT: N_("date and time"),
}
"""What stands in a column of each type."""


def reference_pages(methodology: Methodology) -> dict[str, str]:
    """File name to Markdown text of every reference page, in the language now spoken."""
    return {
        f"events.{current()}.md": page(say(N_("Events and records")), event_sections()),
        f"facts.{current()}.md": page(say(N_("Facts")), fact_sections()),
        f"indicators.{current()}.md": page(say(N_("Indicators")), indicator_sections(methodology)),
    }


def page(title: str, sections: Iterable[str]) -> str:
    """A page with its title and the note that it is generated."""
    note = say(N_("This page is made by `script/mirylo reference`; do not edit it by hand."))
    return "\n\n".join([f"# {title}", note, *sections]) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def column_table(columns: Iterable[Column]) -> str:
    """Columns with type and meaning."""
    required = say(N_("required"))
    rows = [
        (
            f"`{column.name}`",
            say(TYPES_SAID[column.type]),
            (column.uk if current() == "uk" else column.en) + (f" ({required})" if column.required else ""),
        )
        for column in columns
    ]
    return table((say(N_("column")), say(N_("type")), say(N_("what it holds"))), rows)


def told(columns: Iterable[Column]) -> list[Column]:
    """The columns that a source can fill: flaws are found, never told."""
    return [column for column in columns if column.name != "flaws"]


def event_sections() -> list[str]:
    """Columns of events, cases and tickets as a source can fill them, and the event types."""
    types = [(f"`{name}`", uk if current() == "uk" else en) for name, (en, uk) in EVENT_TYPES_SAID.items()]
    return [
        f"## {say(N_('Columns of an event'))}",
        column_table(told(EVENT)),
        f"## {say(N_('Event types'))}",
        table((say(N_("event type")), say(N_("what it means"))), types),
        f'## {say(N_("Columns of a case"))} (`rows = "cases"`)',
        column_table(told(CASE_RECORD)),
        f'## {say(N_("Columns of a ticket"))} (`rows = "tickets"`)',
        column_table(told(TICKET_RECORD)),
    ]


def fact_sections() -> list[str]:
    """The fact tables with their columns."""
    sections = []
    for facts in FACT_TABLES.values():
        sections += [f"## `{facts.name}`", facts.uk if current() == "uk" else facts.en, column_table(facts.columns)]
    return sections


def indicator_sections(methodology: Methodology) -> list[str]:
    """Every indicator with its sentence, formula, yardstick and legal basis, then the index."""
    sections = [f"{methodology.title.in_(current())}, {methodology.version}."]
    for indicator in methodology.indicators:
        sections += one_indicator(indicator)
    if methodology.index:
        index = methodology.index
        rows = [
            (
                f"`{part.indicator}`",
                *(write_number(number, digits(number)) for number in (part.weight, part.worst, part.best)),
            )
            for part in index.components
        ]
        head = (say(N_("component")), say(N_("weight")), say(N_("0 points at")), say(N_("100 points at")))
        sections += [f"## {index.title.in_(current())}", f"`{index.code}`", index.explanation.in_(current())]
        sections.append(table(head, rows))
    return sections


def digits(number: object) -> int:
    """How many digits stand after the decimal mark of a number as the methodology writes it."""
    return len(str(number).partition(".")[2])


def one_indicator(indicator: Indicator) -> list[str]:
    """Title, code, explanation, the sentence it reads as, and the yardstick."""
    lines = [(N_("Formula"), f"`{formula(indicator)}`")]
    if indicator.target is not None:
        lines.append((N_("Target"), write_bound(indicator.target, indicator.unit, indicator.direction)))
    if indicator.levels is not None:
        for name, bound in ((N_("good"), indicator.levels.good), (N_("fair"), indicator.levels.fair)):
            lines.append((name, write_bound(bound, indicator.unit, indicator.direction)))
    if indicator.origin is not None:
        lines.append((N_("Where the numbers come from"), indicator.origin.in_(current())))
    acts = [write_act(basis) for basis in indicator.legal_basis]
    if acts:
        lines.append((N_("Legal basis"), "; ".join(acts)))
    return [
        f"## {indicator.title.in_(current())}",
        f"`{indicator.code}`",
        indicator.explanation.in_(current()),
        f"> {say_aloud(indicator, current())}",
        "\n".join(f"- {say(name)}: {value}" for name, value in lines),
    ]
