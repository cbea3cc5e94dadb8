"""Keeps a spreadsheet from running a text as a formula, and takes the guard away again when the file comes back."""

import re

_FORMULA = re.compile(r"'*[=+\-@\t\r]")


def guard(text: str) -> str:
    """The text with an apostrophe in front, if a spreadsheet would take it for a formula.

    >>> guard("=1+1"), guard("plain"), bare(guard("'=1")) == "'=1"
    ("'=1+1", 'plain', True)
    """
    return f"'{text}" if _FORMULA.match(text) else text


def bare(text: str) -> str:
    """The text without the apostrophe that `guard` put in front.

    >>> bare("'=1+1"), bare("'quoted'")
    ('=1+1', "'quoted'")
    """
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text
