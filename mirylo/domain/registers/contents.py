"""Understands what stands in a cell of a register's file: a text, a list, a date, a code, costs, a term."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from mirylo.core.codes import Edrpou, InvalidCodeError, Katottg, ServiceCode
from mirylo.core.faults import N_
from mirylo.core.terms import LONGEST
from mirylo.domain.registers.layouts import Column, Content
from mirylo.domain.registers.names import fold_name
from mirylo.sources.refusals import shorten
from mirylo.sources.vocabulary import NO, YES

LONGEST_LIST = 30_000
"""A cell of a workbook holds 32,767 characters."""
COST_PARTS = ("type", "value", "currency", "verbose")
YEARS = range(1900, 2101)
MOST_DIGITS = 9
LARGEST_NUMBER = 10**30
"""Whoever writes a longer one wants Python to stumble over it."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ]00:00(?::00(?:\.0+)?)?)?|(\d\d?)\.(\d\d?)\.(\d{4})")

TERM_WORDS: Mapping[str, tuple[str, int | None, int | None]] = {
    **dict.fromkeys(("хвилини", "хвилина", "хвилин"), ("minutes", None, None)),
    **dict.fromkeys(("години", "година", "годин"), ("hours", None, None)),
    **dict.fromkeys(("робочі дні", "робочий день", "робочих днів", "робочих дні"), ("working_days", None, None)),
    **dict.fromkeys(
        ("календарні дні", "календарний день", "календарних днів", "календарних дні", "дні", "день", "днів"),
        ("calendar_days", None, None),
    ),
    **dict.fromkeys(("місяці", "місяців"), ("months", None, None)),
    "місяць": ("months", 1, None),
    "у місячний строк": ("months", 1, None),
    "відразу": ("working_days", None, 0),
    "негайно": ("working_days", None, 0),
    **{unit: (unit, None, None) for unit in LONGEST},
}
"""What a unit of a term is called: the unit, the amount where none is given, the amount that it always means.

«Відразу» means the day of the application, which is nought working days.
"""


class WrongContentError(ValueError):
    """What stands in a cell is not what should: the problem, the remedy, and the values of both."""

    def __init__(self, problem: str, remedy: str = "", **values: object) -> None:
        """Keep the templates until the reader's language is known."""
        super().__init__(problem)
        self.problem, self.remedy, self.values = problem, remedy, values


def understand(column: Column, found: object) -> object:
    """The value of a cell: none where it is empty; WrongContentError where it cannot be understood."""
    if found is None or found == "" or found == []:
        return None
    return READERS[column.content](column, found)


def read_text(column: Column, found: object) -> str | None:
    """A text on one line, its spaces put right."""
    text = " ".join(_plain(found).split())
    if len(text) > column.longest:
        raise WrongContentError(
            N_("a text of {n} characters, and at most {most} can be kept"),
            N_("Shorten it."),
            n=len(text),
            most=column.longest,
        )
    return text or None


def read_list(column: Column, found: object) -> list[str] | None:
    """A list of JSON, or the lines of a cell."""
    parts = found if isinstance(found, list) else _plain(found).splitlines()
    texts = [" ".join(_plain(part).split()) for part in parts if part is not None]
    texts = [text for text in texts if text]
    size = sum(len(text) + 1 for text in texts)
    if size > LONGEST_LIST:
        raise WrongContentError(
            N_("a list of {n} characters, and at most {most} can be kept"),
            N_("Shorten it."),
            n=size,
            most=LONGEST_LIST,
        )
    return texts or None


def read_date(column: Column, found: object) -> date | None:
    """A day: 2026-01-31 or 31.01.2026."""
    text = _plain(found).strip()
    parts = _DAY.fullmatch(text)
    try:
        if parts is None:
            raise ValueError(text)
        year, month, day = (int(part) for part in (parts.group(1, 2, 3) if parts[1] else parts.group(6, 5, 4)))
        read = date(year, month, day)
    except ValueError:
        raise WrongContentError(
            N_("{value} is no date"), N_("Write it as 2026-01-31 or 31.01.2026."), value=_shown(text)
        ) from None
    if read.year not in YEARS:
        raise WrongContentError(N_("{value} is a date of another century"), N_("Check the year."), value=_shown(text))
    return read


def read_flag(column: Column, found: object) -> bool | None:
    """Yes or no, in either language."""
    if isinstance(found, bool):
        return found
    text = fold_name(_plain(found))
    if text in YES or text in NO:
        return text in YES
    raise WrongContentError(
        N_("{value} is neither yes nor no"), N_("Write true or false."), value=_shown(_plain(found))
    )


def read_count(column: Column, found: object) -> int | None:
    """A whole number, not negative."""
    text = _plain(found).strip().removesuffix(".0")
    if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS:
        return int(text)
    raise WrongContentError(N_("{value} is no whole number"), N_("Write a number such as 30."), value=_shown(text))


def read_choice(column: Column, found: object) -> str | None:
    """One of a few values, by our name or in Ukrainian words."""
    text = fold_name(_plain(found))
    for name, words in column.choices.items():
        if text == name or text.replace(" ", "_") == name or text in {fold_name(word) for word in words}:
            return name
    raise WrongContentError(
        N_("{value} is none of the values that {column} may have"),
        N_("Write one of: {names}."),
        value=_shown(_plain(found)),
        names=", ".join(f"{name} ({words[0]})" if words else name for name, words in column.choices.items()),
    )


def read_term_unit(column: Column, found: object) -> str | None:
    """A unit of a term as it is called; `term_of` puts it together with the amount."""
    text = fold_name(_plain(found))
    if text in TERM_WORDS:
        return text
    raise WrongContentError(
        N_("{value} is no unit of a term"),
        N_("Write one of: {names}."),
        value=_shown(_plain(found)),
        names=", ".join(f"{unit} ({_word_of(unit)})" for unit in LONGEST),
    )


def _word_of(unit: str) -> str:
    """The first of the words for a unit of a term."""
    return next(word for word, (meant, _, _) in TERM_WORDS.items() if meant == unit)


def term_of(amount: int | None, word: str | None) -> tuple[int | None, str]:
    """Amount and unit of a term; WrongContentError for half a term, and for one longer than a hundred years."""
    if word is None:
        if amount is not None:
            raise WrongContentError(N_("the term has an amount without a unit"), N_("Write the unit."))
        return None, ""
    unit, usual, fixed = TERM_WORDS[word]
    amount = fixed if fixed is not None else usual if amount is None else amount
    if amount is None:
        raise WrongContentError(N_("the term has a unit without an amount"), N_("Write the amount."))
    most = LONGEST[next(known for known in LONGEST if known == unit)]
    if amount > most:
        raise WrongContentError(
            N_("a term of {amount} {unit} is longer than a hundred years"),
            N_("Check the amount."),
            amount=amount,
            unit=unit,
        )
    return amount, unit


def read_costs(column: Column, found: object) -> list[dict[str, str]] | None:
    """Costs: objects of JSON, or lines «type; value; currency; words»."""
    if isinstance(found, list):
        costs = [_cost_of(part) for part in found]
    else:
        costs = [_cost_in(line) for line in _plain(found).splitlines() if line.strip()]
    costs = [cost for cost in costs if any(cost.values())]
    if sum(len(write_cost(cost)) + 1 for cost in costs) > LONGEST_LIST:
        raise WrongContentError(N_("the costs take more space than a cell has"), N_("Shorten them."))
    return costs or None


def write_cost(cost: Mapping[str, str]) -> str:
    """A cost on one line, as `read_costs` reads it.

    >>> write_cost({"type": "Сума", "value": "100", "currency": "UAH", "verbose": ""})
    'Сума; 100; UAH'
    """
    return "; ".join(cost.get(part, "") for part in COST_PARTS).rstrip("; ")


def _cost_of(found: object) -> dict[str, str]:
    if not isinstance(found, dict):
        raise WrongContentError(N_("a cost is an object with type, value, currency and verbose"))
    cost = {part: " ".join(_plain(found.get(part)).split()) for part in COST_PARTS}
    for part in COST_PARTS[:3]:
        if ";" in cost[part]:
            raise WrongContentError(
                N_("there is a semicolon in {value}"), N_("Move it to the words (verbose)."), value=_shown(cost[part])
            )
    return _with_number(cost)


def _cost_in(line: str) -> dict[str, str]:
    parts = [" ".join(part.split()) for part in line.split(";", 3)]
    return _with_number(dict(zip(COST_PARTS, [*parts, "", "", ""], strict=False)))


def _with_number(cost: dict[str, str]) -> dict[str, str]:
    """The cost, its verbose words without semicolons at the end, which a line could not keep."""
    cost["verbose"] = cost["verbose"].rstrip("; ")
    if cost["value"]:
        try:
            number = Decimal(cost["value"].replace(",", ".").replace(" ", ""))
        except InvalidOperation:
            number = None
        if number is None or not number.is_finite() or number < 0:
            raise WrongContentError(
                N_("{value} is no amount of a cost"),
                N_("Write a number, such as 100 or 0.5."),
                value=_shown(cost["value"]),
            )
        cost["value"] = format(number, "f") if abs(number.adjusted()) < MOST_DIGITS else cost["value"]
    return cost


def _read_code(parse: Callable[[str], object], problem: str) -> Callable[[Column, object], str | None]:
    def read(column: Column, found: object) -> str | None:
        text = _plain(found)
        try:
            return str(parse(text))
        except InvalidCodeError as error:
            remedy = N_("Write {right}.") if error.right else ""
            raise WrongContentError(problem, remedy, value=_shown(text), right=error.right) from None

    return read


def _read_edrpou(column: Column, found: object) -> str | None:
    """A code of a legal entity; one with a wrong check digit is told from one that is no such code at all."""
    problem = N_("{value} is no code of a legal entity, which is eight digits")
    text = _plain(found).strip()
    if text.isascii() and text.isdigit() and len(text) == 8:
        problem = N_("{value} has a wrong check digit: a digit is mistyped or two are swapped")
    return _read_code(Edrpou.parse, problem)(column, found)


def _plain(found: object) -> str:
    """A text or number as a text; anything else, and characters that nobody sees, are refused."""
    if found is None:
        return ""
    if isinstance(found, bool):
        return str(found).lower()
    if isinstance(found, datetime | date):
        return found.isoformat()
    if isinstance(found, float) and found.is_integer() and abs(found) < 1e15:
        found = int(found)
    if not isinstance(found, str | int | float) or (isinstance(found, int) and abs(found) > LARGEST_NUMBER):
        raise WrongContentError(N_("a text was expected"))
    text = str(found)
    if _CONTROL.search(text):
        raise WrongContentError(
            N_("invisible control characters in {value}"), N_("Type the text anew."), value=_shown(text)
        )
    return text


def _shown(text: str) -> str:
    return f"«{shorten(text)}»"


READERS: Mapping[Content, Callable[[Column, object], object]] = {
    Content.TEXT: read_text,
    Content.LIST: read_list,
    Content.DATE: read_date,
    Content.FLAG: read_flag,
    Content.COUNT: read_count,
    Content.CHOICE: read_choice,
    Content.COSTS: read_costs,
    Content.TERM_UNIT: read_term_unit,
    Content.TERRITORY: _read_code(Katottg.parse, N_("{value} is no code of a territory, which is UA and 17 digits")),
    Content.BODY: _read_edrpou,
    Content.SERVICE: _read_code(ServiceCode.parse, N_("{value} is no code of a service, which is five digits")),
}


def text_of(column: Column, value: object) -> str:
    """A value as a cell of CSV or XLSX holds it."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case list() if column.content is Content.COSTS:
            return "\n".join(map(write_cost, value))
        case list():
            return "\n".join(map(str, value))
        case _:
            return str(value)
