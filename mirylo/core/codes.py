"""Reads the codes by which the state names territories, legal entities and services, and refuses what is none.

A code is parsed once, where it comes in; from then on its type says that it is right. Spaces around a code mean
nothing and are dropped. Any other slip is refused, and where the right code can be told, the error offers it.
"""

import re
from dataclasses import dataclass
from enum import IntEnum

_CYRILLIC = str.maketrans("УуАа", "UuAa")
_UNSEEN = re.compile(r"[\s\u00ad\u200b-\u200f\u2060\ufeff]+")

_KATOTTG = re.compile(r"UA(?!00)[0-9]{17}")
_ENDS = (2, 4, 6, 9, 12, 14)
"""Where UA and each level's part of a KATOTTG code end."""

_EDRPOU = re.compile(r"[0-9]{8}")
_SERVICE = re.compile(r"[0-9]{5}")


class InvalidCodeError(ValueError):
    """A text that is not the code it should be; `right` is the code that was meant, where it can be told."""

    def __init__(self, problem: str, right: str | None = None) -> None:
        """Keep the right code too, for whoever says the error in another language."""
        super().__init__(f"{problem}: write {right}" if right else problem)
        self.right = right


class InvalidKatottgError(InvalidCodeError):
    """Not a code of the codifier of territories: UA and 17 digits."""


class InvalidEdrpouError(InvalidCodeError):
    """Not a code of a legal entity: eight digits, of which the last checks the others."""


class InvalidServiceCodeError(InvalidCodeError):
    """Not a code of an administrative service: five digits."""


class TerritoryLevel(IntEnum):
    """The five levels of the codifier, numbered as there."""

    OBLAST = 1
    RAION = 2
    HROMADA = 3
    SETTLEMENT = 4
    DISTRICT = 5
    """A district of a city; Kyiv's and Sevastopol's stand right under the city, which is an oblast by its code."""


@dataclass(frozen=True, order=True)
class Katottg:
    """A code of КАТОТТГ, the codifier of administrative units and territories (Order 290 of 26 November 2020).

    UA, oblast (2 digits), raion (2), community (3), settlement (3), district of a city (2), and a number (5) that is
    the territory's own. A part of zeros is not there. The number of a higher territory cannot be told from a lower
    one's code, therefore `oblast`, `raion` and `hromada` are prefixes, to be looked up in the codifier.
    """

    code: str

    def __post_init__(self) -> None:
        """Refuse what is no code, so that none can exist."""
        if not _KATOTTG.fullmatch(self.code):
            raise InvalidKatottgError(f"{self.code!r} is not UA and 17 digits", _mend_katottg(self.code))

    @classmethod
    def parse(cls, text: str) -> "Katottg":
        """The code in a text; InvalidKatottgError offers the right one for Cyrillic «УА», small letters and gaps.

        >>> Katottg.parse(" UA01020010000048857").level.name
        'HROMADA'
        >>> Katottg.parse("УА01020010000048857")
        Traceback (most recent call last):
        mirylo.core.codes.InvalidKatottgError: 'УА01020010000048857' is not UA and 17 digits: write UA01020010000048857
        """
        return cls(text.strip())

    def __str__(self) -> str:
        """The code."""
        return self.code

    @property
    def level(self) -> TerritoryLevel:
        """The lowest part that is there.

        >>> Katottg("UA80000000000126643").level  # Holosiivskyi raion of Kyiv
        <TerritoryLevel.DISTRICT: 5>
        """
        return max(level for level in TerritoryLevel if self._is_there(level))

    @property
    def oblast(self) -> str:
        """What all codes of the same oblast begin with."""
        return self._up_to(TerritoryLevel.OBLAST)

    @property
    def raion(self) -> str | None:
        """What all codes of the same raion begin with; none above a raion, and in Kyiv and Sevastopol."""
        return self._up_to(TerritoryLevel.RAION) if self._is_there(TerritoryLevel.RAION) else None

    @property
    def hromada(self) -> str | None:
        """What all codes of the same community begin with; none above a community, and in Kyiv and Sevastopol.

        >>> Katottg("UA01020010010075540").hromada
        'UA0102001'
        """
        return self._up_to(TerritoryLevel.HROMADA) if self._is_there(TerritoryLevel.HROMADA) else None

    def is_within(self, other: "Katottg") -> bool:
        """Whether the territory is the other, or lies in it.

        >>> Katottg("UA01020010010075540").is_within(Katottg("UA01020000000022387"))
        True
        """
        return self == other or (other.level < self.level and self.code.startswith(other._up_to(other.level)))

    def _up_to(self, level: TerritoryLevel) -> str:
        """The code as far as that level's part."""
        return self.code[: _ENDS[level]]

    def _is_there(self, level: TerritoryLevel) -> bool:
        """Whether that level's part is not of zeros."""
        return int(self.code[_ENDS[level - 1] : _ENDS[level]]) > 0


@dataclass(frozen=True, order=True)
class Edrpou:
    """A code of ЄДРПОУ, the register of enterprises and organisations: eight digits, the last of them a check digit."""

    code: str

    def __post_init__(self) -> None:
        """Refuse what is no code, so that none can exist."""
        if not _EDRPOU.fullmatch(self.code):
            raise InvalidEdrpouError(f"{self.code!r} is not eight digits", _mend_edrpou(self.code))
        if not _is_checked(self.code):
            raise InvalidEdrpouError(f"{self.code!r} is no code of a legal entity: its check digit is wrong")

    @classmethod
    def parse(cls, text: str) -> "Edrpou":
        """The code in a text; InvalidEdrpouError offers the right one where a spreadsheet ate the zeros in front.

        >>> str(Edrpou.parse("00032129"))
        '00032129'
        >>> Edrpou.parse("32129")
        Traceback (most recent call last):
        mirylo.core.codes.InvalidEdrpouError: '32129' is not eight digits: write 00032129
        >>> Edrpou.parse("00032128")
        Traceback (most recent call last):
        mirylo.core.codes.InvalidEdrpouError: '00032128' is no code of a legal entity: its check digit is wrong
        """
        return cls(text.strip())

    def __str__(self) -> str:
        """The code."""
        return self.code


@dataclass(frozen=True, order=True)
class ServiceCode:
    """A code of an administrative service in the Register of administrative services: five digits."""

    code: str

    def __post_init__(self) -> None:
        """Refuse what is no code, so that none can exist."""
        if not _SERVICE.fullmatch(self.code):
            raise InvalidServiceCodeError(f"{self.code!r} is not five digits", _mend_service(self.code))

    @classmethod
    def parse(cls, text: str) -> "ServiceCode":
        """The code in a text; InvalidServiceCodeError offers the right one where the zeros in front were lost.

        >>> ServiceCode.parse("34")
        Traceback (most recent call last):
        mirylo.core.codes.InvalidServiceCodeError: '34' is not five digits: write 00034
        """
        return cls(text.strip())

    def __str__(self) -> str:
        """The code."""
        return self.code


def straighten(text: str) -> str:
    """A code of the codifier, or the beginning of one, as it was meant: without gaps, in Latin capitals.

    >>> straighten("уа 80")
    'UA80'
    """
    return _UNSEEN.sub("", text).translate(_CYRILLIC).upper()


def _is_checked(code: str) -> bool:
    """Whether the last digit of an EDRPOU code is the one that the others call for.

    The weights are 1 to 7, but 7, 1, 2, … 6 from 30,000,000 to 60,000,000; the sum is taken modulo 11. A remainder of
    10 has no digit: then each weight is 2 more, and a remainder of 10 again gives 0.
    """
    weights = (7, 1, 2, 3, 4, 5, 6) if 30_000_000 <= int(code) <= 60_000_000 else (1, 2, 3, 4, 5, 6, 7)
    digits = [int(digit) for digit in code]
    for more in (0, 2):
        remainder = sum(digit * (weight + more) for digit, weight in zip(digits[:7], weights, strict=True)) % 11
        if remainder < 10:
            return digits[7] == remainder
    return digits[7] == 0


def _mend_katottg(text: str) -> str | None:
    """The code that was meant: with Latin capitals, without gaps."""
    mended = straighten(text)
    return mended if _KATOTTG.fullmatch(mended) else None


def _mend_edrpou(text: str) -> str | None:
    """The code that was meant: without gaps, with the zeros in front; only if its check digit agrees."""
    mended = _fill(text, 8)
    return mended if mended and _is_checked(mended) else None


def _mend_service(text: str) -> str | None:
    """The code that was meant: without gaps, with the zeros in front."""
    return _fill(text, 5)


def _fill(text: str, length: int) -> str | None:
    """Digits without gaps, and without the ".0" that a spreadsheet adds, filled up with zeros in front."""
    digits = _UNSEEN.sub("", text).removesuffix(".0")
    filled = digits.zfill(length)
    return filled if digits and len(filled) == length and filled.isascii() and filled.isdigit() else None
