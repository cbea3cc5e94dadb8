"""Keeps personal data out: recognises what looks like a person's number, passport, telephone, address or name.

Events tell what happened to a case, never whose case it is. A line that holds such data is refused, and where it is
kept for the sender to look at, the data are blotted out.
"""

import re
from collections.abc import Iterator

APOSTROPHE = "['’ʼ`]"
_WORD = rf"[А-ЯЄІЇҐ][а-яєіїґ]+(?:{APOSTROPHE}[а-яєіїґ]+)?(?:-[А-ЯЄІЇҐ][а-яєіїґ]+)?"
_PATRONYMIC = (
    rf"[А-ЯЄІЇҐ][а-яєіїґ{APOSTROPHE[1:-1]}]*(?:ович|евич|євич|йович|ілліч|івна|ївна|овна|евна)(?:а|у|ем|ою|і|и)?"
)

LOOKS: dict[str, re.Pattern[str]] = {
    "e_mail": re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    "phone": re.compile(r"(?<![\w+-])(?:\+?38[ (-]{0,2}|\()?0\d{2}[ )-]{0,2}\d{3}[ -]?\d{2}[ -]?\d{2}(?![\w-])"),
    "tax_number": re.compile(r"(?<![\w.-])\d{10}(?![\w.-])"),
    "register_record": re.compile(r"(?<![\w-])\d{8}-\d{5}(?![\w-])"),
    "passport": re.compile(r"(?<![\w-])(?:[А-ЯЄІЇҐ]{2} ?(?:№ ?)?\d{6}|\d{9})(?![\w-])"),
    "name": re.compile(
        rf"(?<!\w)(?:{_WORD} {_WORD} {_PATRONYMIC}|{_WORD} {_PATRONYMIC}(?: {_WORD})?"
        rf"|{_WORD} [А-ЯЄІЇҐ]\. ?[А-ЯЄІЇҐ]\.|[А-ЯЄІЇҐ]\. ?[А-ЯЄІЇҐ]\. ?{_WORD})(?!\w)"
    ),
}
"""What a text looks like, by kind: УНЗР is a `register_record`, РНОКПП a `tax_number`."""

_FIELDS = re.compile(
    r"(?:^|_)(?:name|surname|first_?name|last_?name|middle_?name|full_?name|patronymic|pib|fio|phone|tel|mobile|email|e_?mail|"
    r"inn|ipn|rnokpp|drfo\w*|tax_?(?:number|id|code)|passport\w*|unzr|birth\w*|address|applicant|citizen|person|client\w*)(?:$|_)"
    r"|піб|прізвище|ім.?я|по.?батькові|телефон|пошта|паспорт|рнокпп|іпн|унзр|адреса|заявник",
    re.IGNORECASE,
)

BLOT = "█"


def kind_of(text: str) -> str | None:
    """What personal data a text seems to hold, a key of `LOOKS`; none if it looks harmless.

    >>> kind_of("Іваненко Іван Іванович"), kind_of("тел. +38 (067) 123-45-67"), kind_of("3184710691")
    ('name', 'phone', 'tax_number')
    >>> kind_of("Департамент містобудування"), kind_of("00032129"), kind_of("Нова Каховка")
    (None, None, None)
    """
    return next((kind for kind, look in LOOKS.items() if look.search(text)), None)


def is_personal_field(name: str) -> bool:
    """Whether a field that events do not have is called like one with personal data.

    >>> is_personal_field("applicant_name"), is_personal_field("client_inn"), is_personal_field("counter")
    (True, True, False)
    """
    return _FIELDS.search(name) is not None


def blot_out(text: str) -> str:
    """The text with everything that looks like personal data made unreadable.

    >>> blot_out('{"ground": "Петренко О. І., тел. 0671234567"}')
    '{"ground": "██████████████, тел. ██████████"}'
    """
    for look in LOOKS.values():
        text = look.sub(lambda found: BLOT * len(found[0]), text)
    return text


def texts_in(value: object) -> Iterator[str]:
    """Every text inside a decoded value, numbers as they are written."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from texts_in(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts_in(part)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield str(value)
