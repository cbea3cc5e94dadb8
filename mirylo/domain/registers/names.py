"""Makes names fit to be looked for and put in the order of the Ukrainian alphabet."""

from django.db import connection
from django.db.models import F, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Collate, Replace

_APOSTROPHES = str.maketrans(dict.fromkeys("'’ʼ`‘´′", "'"))


def fold_name(name: str) -> str:
    """The name as it is looked for.

    >>> fold_name("  Кам’янка-Бузька ") == fold_name("КАМ`ЯНКА-БУЗЬКА")
    True
    """
    return " ".join(name.casefold().translate(_APOSTROPHES).replace("\0", " ").split())


_LAST = "\uffff"
_OUT_OF_ORDER = (("ґ", f"г{_LAST}"), ("є", f"е{_LAST}"), ("ї", f"и{_LAST}{_LAST}"), ("і", f"и{_LAST}"))
"""Letters that stand behind all others in Unicode, each with what puts it behind the letter that it follows."""


def alphabetical(column: str) -> Combinable:
    """An order by a column of folded names: Вінницька after Волинська comes out of plain Unicode, and is wrong.

    A database's own collation for Ukrainian may be missing, and SQLite has none.
    """
    name: Combinable = F(column)
    for letter, place in _OUT_OF_ORDER:
        name = Replace(name, Value(letter), Value(place))
    return Collate(name, "C" if connection.vendor == "postgresql" else "BINARY")
