"""Makes names fit to be looked for: small letters, one kind of apostrophe, no stray spaces."""

_APOSTROPHES = str.maketrans(dict.fromkeys("'’ʼ`‘´′", "'"))


def fold_name(name: str) -> str:
    """The name as it is looked for.

    >>> fold_name("  Кам’янка-Бузька ") == fold_name("КАМ`ЯНКА-БУЗЬКА")
    True
    """
    return " ".join(name.casefold().translate(_APOSTROPHES).replace("\0", " ").split())
