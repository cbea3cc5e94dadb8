"""Reads single entries of a methodology file: texts in both languages, numbers, dates, words from a list.

Every function reports what is wrong on the page and returns none, so that the next entry is still looked at. An entry
that is absent is none too; whether it may be absent is for `read_entries` to say.
"""

import re
from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from mirylo.core.faults import N_
from mirylo.core.methodology.model import Text
from mirylo.core.methodology.spelling import nearest
from mirylo.core.methodology.yaml_nodes import Node, Page

_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,15})?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_CODE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", re.ASCII)

Choice = TypeVar("Choice", bound=StrEnum)


def report_unknown(page: Page, line: int, problem: str, name: str, known: Collection[str]) -> None:
    """Report a name that is not among the known ones, with the nearest of them, or with all."""
    meant = nearest(name, known)
    if meant:
        page.report(line, problem, N_("Did you mean {nearest}?"), name=name, nearest=meant)
    else:
        page.report(line, problem, N_("Known are: {known}."), name=name, known=", ".join(known))


def read_entries(
    page: Page, node: Node | None, known: Collection[str], required: Collection[str] = ()
) -> Mapping[str, Node]:
    """The entries of a node; unknown keys and missing ones are reported."""
    if node is None:
        return {}
    if not isinstance(node.value, Mapping):
        remedy = (
            N_("Write entries with some of the keys: {known}.") if known else N_("Give each entry a key of its own.")
        )
        page.report(node.line, N_("entries are expected here"), remedy, known=", ".join(known))
        return {}
    for key, entry in node.value.items():
        if key not in known:
            report_unknown(page, entry.line, N_("unknown key {name}"), key, known)
    for key in required:
        if key not in node.value:
            page.report(node.line, N_("{key} is missing"), N_("Add the line {key}: …"), key=key)
    return node.value


def read_items(page: Page, node: Node | None) -> tuple[Node, ...]:
    """The items of a list."""
    if node is None:
        return ()
    if not isinstance(node.value, tuple):
        page.report(node.line, N_("a list is expected here"), N_("Begin every item with a dash."))
        return ()
    return node.value


def read_text(page: Page, node: Node | None) -> str | None:
    """A text that is not empty."""
    if node is None:
        return None
    if not isinstance(node.value, str):
        page.report(node.line, N_("a text is expected here"), N_("Write it on one line, in quotes where needed."))
        return None
    if not node.value.strip():
        page.report(node.line, N_("the text is empty"), N_("Write it, or delete the key."))
        return None
    return node.value.strip()


def read_texts(page: Page, node: Node | None) -> Text | None:
    """A text in both languages, neither of them empty."""
    entries = read_entries(page, node, ("uk", "en"), ("uk", "en"))
    uk, en = read_text(page, entries.get("uk")), read_text(page, entries.get("en"))
    return Text(uk, en) if uk and en else None


def read_code(page: Page, node: Node | None) -> str | None:
    """A code in small Latin letters, digits and single underscores, such as on_time_share."""
    code = read_text(page, node)
    if node is None or code is None:
        return None
    if not _CODE.fullmatch(code):
        remedy = N_("Use small Latin letters, digits and underscores, as in on_time_share.")
        page.report(node.line, N_("{code} cannot be a code"), remedy, code=code)
        return None
    return code


def read_number(page: Page, node: Node | None) -> Decimal | None:
    """An exact decimal number, with a point.

    >>> page = Page("a.yaml")
    >>> read_number(page, Node(3, "0.95"))
    Decimal('0.95')
    >>> read_number(page, Node(4, "0,95"))
    >>> print(page.faults()[0])
    a.yaml, line 4: 0,95 is not a number. Write digits, with a point before decimals, as in 0.95.
    """
    text = read_text(page, node)
    if node is None or text is None:
        return None
    if not _NUMBER.fullmatch(text):
        remedy = N_("Write digits, with a point before decimals, as in 0.95.")
        page.report(node.line, N_("{text} is not a number"), remedy, text=text)
        return None
    return Decimal(text)


def read_date(page: Page, node: Node | None) -> date | None:
    """A date, year first."""
    text = read_text(page, node)
    if node is None or text is None:
        return None
    try:
        return date.fromisoformat(text if _DATE.fullmatch(text) else "")
    except ValueError:
        page.report(node.line, N_("{text} is not a date"), N_("Write year-month-day, as in 2026-01-31."), text=text)
        return None


def read_choice(page: Page, node: Node | None, choices: type[Choice]) -> Choice | None:
    """One of the words of a list."""
    text = read_text(page, node)
    if node is None or text is None:
        return None
    if text not in set(choices):
        report_unknown(page, node.line, N_("{name} is not one of the words expected here"), text, tuple(choices))
        return None
    return choices(text)
