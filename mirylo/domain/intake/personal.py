"""Keeps personal data out: recognises what looks like a person's number, passport, telephone, address or name.

Events tell what happened to a case, never whose case it is. A line that holds such data is refused, and where it is
kept for the sender to look at, the data are blotted out.
"""

import re
from collections.abc import Iterator

_SMALL = "[а-яєіїґ'’ʼ`]"
_WORD = rf"[А-ЯЄІЇҐ]{_SMALL}+(?:-[А-ЯЄІЇҐ]{_SMALL}+)?"
_LOUD = "[А-ЯЄІЇҐ'’ʼ`-]"
_OF_FATHER = r"(?:ович|йович|евич|євич)(?:а|у|еві|ем)?|(?:івн|ївн|овн|евн|євн)(?:а|и|і|у|ою|о)"
_NO_PATRONYMIC = "(?!(?:Церк|Дух|Верх|Гол|Осн|Ум|Безум|Бав|Душ|Чар|Цар|Корол|Нер|Князь?)(?:овн|евн|івн))"
"""Adjectives and other words that end like the names of fathers do: Духовна академія, вулиця Церковна."""
_PATRONYMIC = rf"{_NO_PATRONYMIC}(?:[А-ЯЄІЇҐ]{_SMALL}+(?:{_OF_FATHER})|(?:Ілл|Лук|Кузьм|Хом)[іи]ч(?:а|у|еві|ем)?)"
_INITIALS = r"[А-ЯЄІЇҐ]\. ?[А-ЯЄІЇҐ]\."
_STREET = (
    r"(?:вул(?:иц\w+|\.)|пл(?:ощ\w+|\.)|просп(?:ект\w*|\.)|пров(?:ул\w+|\.)|бульв(?:ар\w*|\.)|наб(?:ережн\w+|\.)"
    r"|б-р|пр-т|узвіз|шосе|ім\.|імені) ?(?:[А-ЯЄІЇҐ][\w.'’ʼ`-]* ?){1,3}"
)
"""A street or an office bears the name of a person, and is none."""

_CODE = r"(?:\+?38[ (-]{0,2}0[3-9]\d|\+?380[ (-]{1,2}[3-9]\d|8[ (-]{0,2}0[3-9]\d|\(?0[3-9]\d)"
_REST = r"(?:\d{3}[ .-]?\d{2}[ .-]?\d{2}|\d{2}[ .-]?\d{2}[ .-]?\d{3}|\d{2}[ .-]?\d{3}[ .-]?\d{2})"

LOOKS: dict[str, re.Pattern[str]] = {
    "e_mail": re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+"),
    "phone": re.compile(rf"(?<![\w+-])(?:{_CODE}[ )./-]{{0,2}}{_REST}|\+\d(?:[ ()-]{{0,2}}\d){{9,13}})(?![\w-])"),
    "tax_number": re.compile(
        r"(?:(?<![\w-])(?<!\d\.)|(?<=ІПН)|(?<=РНОКПП)|(?<=ДРФО)|(?<=код))\d{10}(?![\w-]|\.\d|:\d)", re.IGNORECASE
    ),
    "register_record": re.compile(
        r"(?<![\w-])(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[ -]?\d{5}(?![\w-])"
    ),
    "passport": re.compile(
        r"(?<![\w-])(?:(?:[А-ЯЄІЇҐ]{2}|[A-Z]{2}),? ?(?:№ ?|N ?|номер )?\d{6}|\d{9})(?![\w-]|\.\d|:\d)"
    ),
    "name": re.compile(
        rf"(?P<street>(?<!\w){_STREET})"
        rf"|(?<!\w)(?:{_WORD} {_WORD} {_PATRONYMIC}|{_WORD} {_PATRONYMIC}(?: {_WORD})?"
        rf"|{_LOUD}{{2,40}} {_LOUD}{{2,40}} {_LOUD}{{3,40}}(?:{_OF_FATHER.upper()})"
        rf"|{_LOUD}{{2,40}} {_LOUD}{{3,40}}(?:{_OF_FATHER.upper()})"
        rf"|{_WORD} {_WORD} (?:[Оо]гл[иу]|[Кк]изи)"
        r"|[A-Z][a-z'’-]+ [A-Z][a-z'’-]+ [A-Z][a-z]{2,}(?:ovych|iovych|evych|ovich|evich|ivna|yivna|ovna|evna)"
        rf"|{_WORD} {_INITIALS}|{_INITIALS} ?{_WORD})(?!\w)"
    ),
}
"""What a text looks like, by kind: УНЗР is a `register_record`, РНОКПП a `tax_number`. What may begin at any sign has a
longest length, so that the time grows as the text and not as its square: a line may hold a document of megabytes."""

_FIELDS = re.compile(
    r"(?:^|_)(?:surname|first_?name|last_?name|middle_?name|full_?name|given_?name|patronymic|pib|fio|phone|telephone|tel|"
    r"mobile|email|e_?mail|inn|ipn|rnokpp|drfo\w*|tax_?(?:payer_?)?(?:number|id|code)|passport\w*|unzr|birth\w*|address|"
    r"applicant|citizen|person|client\w*|(?:applicant|citizen|person|client|user|customer)_?names?)(?:$|_)"
    r"|^name$|піб|прізвище|ім.?я|по.?батькові|телефон|пошта|паспорт|рнокпп|іпн|унзр|адреса|заявник",
    re.IGNORECASE,
)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[- .]")

BLOT = "█"


def kind_of(text: str) -> str | None:
    """What personal data a text seems to hold, a key of `LOOKS`; none if it looks harmless.

    >>> kind_of("Іваненко Іван Іванович"), kind_of("тел. +38 (067) 123-45-67"), kind_of("3184710691")
    ('name', 'phone', 'tax_number')
    >>> kind_of("Департамент містобудування"), kind_of("00032129"), kind_of("Нова Каховка")
    (None, None, None)
    """
    return next((kind for kind, look in LOOKS.items() if any(map(_is_personal, look.finditer(text)))), None)


def _is_personal(found: re.Match[str]) -> bool:
    return found.lastgroup != "street"


def is_personal_field(name: str) -> bool:
    """Whether a field that events do not have is called like one with personal data.

    >>> is_personal_field("applicant_name"), is_personal_field("clientPhone"), is_personal_field("service_name")
    (True, True, False)
    """
    return _FIELDS.search(_HUMP.sub("_", name)) is not None


def blot_out(text: str) -> str:
    """The text with everything that looks like personal data made unreadable.

    >>> blot_out('{"ground": "Петренко О. І., тел. 0671234567"}')
    '{"ground": "██████████████, тел. ██████████"}'
    """
    for look in LOOKS.values():
        text = look.sub(lambda found: BLOT * len(found[0]) if _is_personal(found) else found[0], text)
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
