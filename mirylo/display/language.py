"""Says a sentence in the reader's language, Ukrainian or English.

English templates are the keys; the Ukrainian ones stand in `uk.po`, which is read as it is, so nothing is compiled.
A language holds for a task (a command, later a request), not for the whole process.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from importlib.resources import files

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from mirylo.core.faults import N_, Fault

LANGUAGES = ("uk", "en")
LOCALES = {"uk": Locale("uk"), "en": Locale("en", "GB")}

_language: ContextVar[str] = ContextVar("language", default="uk")


def current() -> str:
    """The language of this task: `uk` or `en`."""
    return _language.get()


def locale() -> Locale:
    """The rules for numbers and dates that go with the language."""
    return LOCALES[current()]


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak `uk` or `en` inside the `with` block."""
    if language not in LANGUAGES:
        raise ValueError(f"unknown language {language!r}: uk or en")
    token = _language.set(language)
    try:
        yield
    finally:
        _language.reset(token)


def NP_(one: str, many: str) -> tuple[str, str]:  # noqa: N802 - like N_, for a sentence with a count
    """Mark a pair of templates, for one and for many, for translation."""
    return one, many


@lru_cache(maxsize=1)
def ukrainian() -> Catalog:
    """The Ukrainian sentences, by their English templates."""
    with files(__package__).joinpath("uk.po").open("rb") as file:
        return read_po(file, locale="uk")


def say(template: str, /, **values: object) -> str:
    """The sentence in the current language, its named places filled.

    >>> with speaking("en"):
    ...     say("methodology {version}", version="2026.1")
    'methodology 2026.1'
    >>> with speaking("uk"):
    ...     say("methodology {version}", version="2026.1")
    'методика 2026.1'
    """
    return _find(template).format(**values)


def say_plural(one: str, many: str, n: int, /, **values: object) -> str:
    """The form of the sentence that goes with the number: 1 справа, 2 справи, 5 справ, 11 справ, 21 справа.

    The number itself is written by `numbers.say_count`, which knows about thousands.
    """
    if current() == "en":
        return (one if n == 1 else many).format(**values)
    message = ukrainian().get(one)
    if message is None or not isinstance(message.string, tuple | list):
        return (one if n == 1 else many).format(**values)
    form = {"one": 0, "few": 1}.get(LOCALES["uk"].plural_form(n), 2)
    return str(message.string[form]).format(**values)


def say_fault(fault: Fault) -> str:
    """A fault as one sentence: the place, what is wrong, what to do.

    >>> with speaking("en"):
    ...     say_fault(Fault("a.yaml, line 3", "no such thing", "Take another"))
    'a.yaml, line 3: no such thing. Take another'
    """
    place = re.sub(
        r", (line(?= \d)|row(?= \d)|record(?= \d)|column) (?=\S)", lambda found: f", {_find(found[1])} ", fault.place
    )
    # Some values are words of ours ("a text"); what stood in the file is left as it is, and has no space as a rule.
    values = {name: _say_part(value) for name, value in fault.values.items()}
    said = f"{_find(place)}: {say(fault.problem, **values)}" if place else say(fault.problem, **values)
    return f"{said.rstrip('.')}. {say(fault.remedy, **values)}" if fault.remedy else said


COUNTED = (N_("line"), N_("row"), N_("record"))
"""What places in files are counted in."""

DETAILS = (
    N_("No such file or directory"),
    N_("Is a directory"),
    N_("Permission denied"),
    N_("File exists"),
    N_("Not a directory"),
    N_("Read-only file system"),
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
"""What systems and libraries often say of a file; what else they say is left as it is, to be looked up."""


def say_detail(error: BaseException) -> str:
    """The detail, with its place in words.

    >>> with speaking("en"):
    ...     say_detail(ValueError("Illegal character '\\n' (at line 1, column 14)"))
    "Illegal character '\\n' (line 1, column 14)"
    """
    said = (isinstance(error, OSError) and error.strerror) or str(error)
    said = re.sub(r"^Cannot declare .* twice", "Cannot declare a table twice", said)
    for known in DETAILS:
        if said.startswith(known):
            said = say(known) + said.removeprefix(known)
    place = re.search(r"at line (\d+), column (\d+)", said)
    if place:
        said = said.replace(place[0], say("line {line}, column {column}", line=place[1], column=place[2]))
    return said.replace("at end of document", say("at the end of the file"))


def _say_part(value: object) -> object:
    if isinstance(value, BaseException):
        return say_detail(value)
    if isinstance(value, Fault):
        return say_fault(value)
    return _find(value) if isinstance(value, str) and " " in value else value


def _find(template: str) -> str:
    if current() == "en" or not template:  # an empty key would bring the catalogue's header
        return template
    message = ukrainian().get(template)
    return str(message.string) if message and message.string else template
