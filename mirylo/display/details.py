"""Says in the reader's language what the system and libraries say of a file that they could not read or write."""

import re

from mirylo.core.faults import N_
from mirylo.display.language import say

KNOWN = (
    N_("No such file or directory"),
    N_("Is a directory"),
    N_("Permission denied"),
    N_("No space left on device"),
    N_("Compressed file ended before the end-of-stream marker was reached"),
    N_("Cannot overwrite a value"),
    N_("Cannot declare a table twice"),
    N_("Illegal character"),
    N_("Invalid statement"),
    N_("Invalid value"),
    N_("Unterminated string"),
    N_("Unclosed array"),
    N_("Unclosed inline table"),
    N_("Expected '=' after a key in a key/value pair"),
    N_("Expected newline or end of document after a statement"),
    N_("Invalid initial character for a key part"),
)
"""What is often said; anything else is left as it is, because a word that can be looked up is better than none."""


def say_detail(error: BaseException) -> str:
    """The detail, with its place in words.

    >>> from mirylo.display.language import speaking
    >>> with speaking("en"):
    ...     say_detail(ValueError("Illegal character '\\n' (at line 1, column 14)"))
    "Illegal character '\\n' (line 1, column 14)"
    """
    said = (isinstance(error, OSError) and error.strerror) or str(error)
    said = re.sub(r"^Cannot declare .* twice", "Cannot declare a table twice", said)
    for known in KNOWN:
        if said.startswith(known):
            said = say(known) + said.removeprefix(known)
    place = re.search(r"at line (\d+), column (\d+)", said)
    if place:
        said = said.replace(place[0], say("line {line}, column {column}", line=place[1], column=place[2]))
    return said.replace("at end of document", say("at the end of the file"))
