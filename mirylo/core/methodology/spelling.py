"""Finds the word that was probably meant when a name in a methodology file is not known."""

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like `name`, letter case aside, or none when nothing is alike.

    >>> nearest("due_one", ["due_on", "ready_on", "channel"])
    'due_on'
    >>> nearest("weather", ["due_on", "ready_on"]) is None
    True
    """
    matches = get_close_matches(name.lower(), list(known), n=1, cutoff=0.6)
    return matches[0] if matches else None
