"""Writes figures, dates and periods as a reader expects them, and never rounds a figure across its target.

A government that rounds first counts 84.96 % as a met target of 85. Here a figure gets as many digits as it needs to
stand on its own side of every bound it is held against.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

from babel.dates import format_date
from babel.numbers import format_decimal

from mirylo.core.faults import N_
from mirylo.core.methodology.model import Direction, LegalBasis, Unit
from mirylo.core.periods import Grain, Period
from mirylo.display.language import current, locale, say, say_plural

THIN = "\u202f"
"""Narrow no-break space: between thousands and before a unit, so a figure is never torn apart at a line's end."""

DIGITS: dict[str, int] = {Unit.CASES: 0, Unit.TICKETS: 0, Unit.PER_CENT: 1, Unit.SECONDS: 0}
MANY = 1000
"""From so many cases on, one case more moves a share by less than a tenth of a per cent: it gets a second digit."""
ROMAN = ("I", "II", "III", "IV")

NUMBERED = {"uk": re.compile(r"(.*?)( № ?\S.*)"), "en": re.compile(r"(.*? No\. ?[^\s,;]+)(.*)")}
"""An act and its number, parted where its date belongs."""

POINTS = "points"
"""The unit of the composite index, which is no unit of an indicator."""

UNIT_PATTERNS: dict[str, str] = {
    Unit.PER_CENT: N_("{n}%"),
    Unit.CASES: "{n}",
    Unit.TICKETS: "{n}",
    Unit.DAYS: N_("{n} d"),
    Unit.HOURS: N_("{n} h"),
    Unit.MINUTES: N_("{n} min"),
    Unit.SECONDS: N_("{n} s"),
    POINTS: "{n}",
}


def write_number(number: Decimal | float | int, digits: int = 0) -> str:
    """A number with so many digits after the decimal mark, thousands apart.

    >>> from mirylo.display.language import speaking
    >>> with speaking("uk"):
    ...     write_number(1234.5, 1)
    '1\\u202f234,5'
    """
    pattern = "#,##0." + "0" * digits if digits else "#,##0"
    written = format_decimal(Decimal(str(number)), format=pattern, locale=locale(), decimal_quantization=False)
    return str(written).replace("\xa0", THIN)


def digits_needed(number: Decimal, bounds: Iterable[Decimal], least: int) -> int:
    """How many digits keep the rounded number on the same side of every bound as the exact one.

    >>> digits_needed(Decimal("84.96"), [Decimal(85)], 1)
    2
    >>> digits_needed(Decimal("84.94"), [Decimal(85)], 1)
    1
    """
    bounds, digits = tuple(bounds), least
    most = max(least, -_exponent(number))
    while digits < most and any(_side(_round(number, digits), bound) != _side(number, bound) for bound in bounds):
        digits += 1
    return digits


def write_value(
    value: float | None, unit: str, bounds: Sequence[Decimal] = (), *, n: float | None = None, bare: bool = False
) -> str:
    """A value in its unit: «84,96 %», «12,4 дн.»; `bare` leaves the unit out, for a column that names it in its head.

    `bounds` are the target and levels, in the unit the value is kept in: a share is kept as a fraction. A share that is
    not quite none or all never shows as 0 or 100 %, and no other value that is not zero shows as 0. `n` is what a share
    is taken of: it shows as many digits as one case more would change.

    >>> from mirylo.display.language import speaking
    >>> with speaking("en"):
    ...     write_value(20 / 24, Unit.PER_CENT, n=24), write_value(2125 / 2550, Unit.PER_CENT, n=2550)
    ('83.3%', '83.33%')
    """
    if value is None:
        return "—"
    number = _write(_exact(value, unit), _digits(value, unit, bounds, n))
    return number if bare else say(UNIT_PATTERNS[unit], n=number)


def write_bound(bound: Decimal, unit: str, direction: Direction = Direction.NONE) -> str:
    """A target or level, exactly as it was set: «≥ 95 %», «≤ 15 хв»."""
    exact = (bound * 100 if unit == Unit.PER_CENT else bound).normalize()
    digits = max(0, -_exponent(exact))
    written = say(UNIT_PATTERNS[unit], n=write_number(exact, digits))
    sign = {Direction.HIGHER: "≥", Direction.LOWER: "≤"}.get(direction)
    return f"{sign}{THIN}{written}" if sign else written


def write_interval(
    low: float, high: float, unit: str, bounds: Sequence[Decimal] = (), *, n: float | None = None
) -> str:
    """An interval, as many digits at both ends and the unit once: «79,2–83,5 %»."""
    digits = max(_digits(low, unit, bounds, n), _digits(high, unit, bounds, n))
    ends = (_write(_exact(end, unit), digits) for end in (low, high))
    return say(UNIT_PATTERNS[unit], n="–".join(ends))


def say_count(one: str, many: str, n: float, /, **values: object) -> str:
    """A sentence with a count in its place {n}: 1 справа, 2 справи, 5 справ."""
    return say_plural(one, many, int(n), n=write_number(int(n)), **values)


def write_date(day: date) -> str:
    """«5 жовтня 2026 р.», "5 October 2026"."""
    return str(format_date(day, "long", locale=locale()))


def write_act(basis: LegalBasis) -> str:
    """An act as lawyers cite it: in Ukrainian its date stands before the number, in English after it.

    >>> from mirylo.display.language import speaking
    >>> from mirylo.core.methodology.model import Text
    >>> act = LegalBasis(Text("Закон «Про звернення» № 1, стаття 2", "Law No. 1, article 2"), date(2012, 9, 6))
    >>> with speaking("uk"):
    ...     write_act(act)
    'Закон «Про звернення» від 6 вересня 2012\\u202fр. № 1, стаття 2'
    >>> with speaking("en"):
    ...     write_act(act)
    'Law No. 1 of 6 September 2012, article 2'
    """
    act, day = basis.act.in_(current()), write_date(basis.dated)
    numbered = NUMBERED[current()].fullmatch(act)
    if numbered is None:
        return f"{act} ({day})"
    return say("{act} of {day}", act=numbered[1], day=day) + numbered[2]


def write_span(first_on: date, last_on: date) -> str:
    """«1 жовтня 2010 р. – 23 січня 2012 р.»; a single day by itself."""
    return write_date(first_on) if first_on == last_on else f"{write_date(first_on)} – {write_date(last_on)}"


def write_period(period: Period) -> str:
    """«жовтень 2026 р.», «III квартал 2026 р.», «перше півріччя 2026 р.», «2026 рік».

    >>> from mirylo.display.language import speaking
    >>> with speaking("uk"):
    ...     write_period(Period.parse("2026Q3"))
    'III квартал 2026\u202fр.'
    """
    year = period.first_on.year
    match period.grain:
        case Grain.MONTH:
            return _write_month(period)
        case Grain.QUARTER:
            return say("quarter {number} of {year}", number=_quarter(period), year=year)
        case Grain.HALF_YEAR if period.first_on.month == 1:
            return say("first half of {year}", year=year)
        case Grain.HALF_YEAR:
            return say("second half of {year}", year=year)
        case _:
            return say("year {year}", year=year)


def write_period_in(period: Period) -> str:
    """The period as a sentence begins with it: «У жовтні 2026 р.», "In October 2026"."""
    year = period.first_on.year
    match period.grain:
        case Grain.MONTH if current() == "uk":
            return f"У {MONTHS_IN[period.first_on.month - 1]} {year}{THIN}р."
        case Grain.MONTH:
            return f"In {_write_month(period)}"
        case Grain.QUARTER:
            return say("In quarter {number} of {year}", number=_quarter(period), year=year)
        case Grain.HALF_YEAR if period.first_on.month == 1:
            return say("In the first half of {year}", year=year)
        case Grain.HALF_YEAR:
            return say("In the second half of {year}", year=year)
        case _:
            return say("In {year}", year=year)


def write_period_than(period: Period, now: Period) -> str:
    """An earlier period inside a sentence, the year left out where it is the same: «у вересні», "in September"."""
    said = write_period_in(period)
    if period.first_on.year == now.first_on.year:
        for year in (f" {period.first_on.year}{THIN}р.", f" of {period.first_on.year}", f" {period.first_on.year}"):
            said = said.removesuffix(year)
    return said[0].lower() + said[1:]


def write_period_short(period: Period) -> str:
    """The period at a chart's axis: «жовт. 2026», «III кв. 2026», «2026»."""
    year = period.first_on.year
    match period.grain:
        case Grain.MONTH:
            return str(format_date(period.first_on, "LLL y", locale=locale()))
        case Grain.QUARTER:
            return say("Q{number} {year}", number=_quarter(period), year=year)
        case Grain.HALF_YEAR:
            return say("H{number} {year}", number=1 if period.first_on.month == 1 else 2, year=year)
        case _:
            return str(year)


MONTHS_IN = (
    "січні",
    "лютому",
    "березні",
    "квітні",
    "травні",
    "червні",
    "липні",
    "серпні",
    "вересні",
    "жовтні",
    "листопаді",
    "грудні",
)
"""Months after «у»; the calendar library knows them only in other cases of the noun."""


def _write_month(period: Period) -> str:
    written = str(format_date(period.first_on, "LLLL y", locale=locale()))
    return f"{written}{THIN}р." if current() == "uk" else written


def _quarter(period: Period) -> str | int:
    number = (period.first_on.month - 1) // 3 + 1
    return ROMAN[number - 1] if current() == "uk" else number


def _exact(value: float, unit: str) -> Decimal:
    """The number to show, before rounding: the shortest decimal that names the float is the one that is meant."""
    return Decimal(repr(float(value))) * (100 if unit == Unit.PER_CENT else 1)


def _digits(value: float, unit: str, bounds: Sequence[Decimal], n: float | None = None) -> int:
    scale = 100 if unit == Unit.PER_CENT else 1
    held = [bound * scale for bound in bounds] + [Decimal(0)] + ([Decimal(100)] if scale == 100 else [])
    is_finer = unit == Unit.PER_CENT and n is not None and n >= MANY
    return digits_needed(_exact(value, unit), held, DIGITS.get(unit, 1) + is_finer)


def _write(number: Decimal, digits: int) -> str:
    return write_number(_round(number, digits), digits)


def _round(number: Decimal, digits: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_EVEN)


def _exponent(number: Decimal) -> int:
    return int(number.as_tuple().exponent)


def _side(number: Decimal, bound: Decimal) -> int:
    return (number > bound) - (number < bound)
