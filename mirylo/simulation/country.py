"""Builds the synthetic country: its service centres, the authorities behind them, and how quick each of them is."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np

from mirylo.core.codes import Edrpou, InvalidEdrpouError
from mirylo.simulation.catalogue import Body, Catalogue, Floats, Integers, read_catalogue
from mirylo.simulation.territories import OCCUPIED, POPULATION, Hromada, Territories, read_territories

EPOCH = date(1970, 1, 1).toordinal()

COUNTRY, SILENCE, CASES, TICKETS, EVENTS = range(5)
"""Streams of random numbers: each is seeded apart, so that drawing more of one leaves the others as they were."""

KINDS = ("centre", "unit", "remote", "mobile")
KIND_WEIGHTS = (1.0, 0.5, 0.15, 0.06)
SYSTEMS = ("vulyk", "centre-desk", "adminsoft", "city-portal")
"""Information systems from which the centres' events come; the first is the state's."""
STATE_PORTAL = "state-portal"
SLOW_PROVIDERS, SLOW_BY = 0.03, 2.4
SILENT_YEARLY = 0.12
"""Share of centres whose system sends nothing for some weeks of a year."""


def generator(seed: int, *key: int) -> np.random.Generator:
    """A generator of random numbers of its own for a seed and a key, such as a stream and a day."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, *key])))


@dataclass(frozen=True)
class Centre:
    """A service centre or another access point."""

    code: str
    kind: str
    hromada: Hromada
    system: str
    name: str


@dataclass(frozen=True)
class Country:
    """The country of a seed. Arrays are by place of the centre; providers are places in `providers`."""

    seed: int
    territories: Territories
    catalogue: Catalogue
    centres: tuple[Centre, ...]
    weights: Floats
    slowness: Floats
    """How much slower than usual a centre forwards and notifies."""
    timetables: Integers
    """0: closed at weekends; 1: open on Saturdays too; 2: closed for lunch; 3: mobile, on Tuesdays and Thursdays."""
    staffing: Floats
    """How well the counters of a centre are staffed for those who come."""
    providers: tuple[tuple[str, Body], ...]
    provider_of: Integers
    """Matrix, centre by body, of places in `providers`."""
    provider_slowness: Floats

    def silences(self, year: int) -> Integers:
        """First and last silent day of each centre in a year as days since 1970; the last before the first if none."""
        draws = generator(self.seed, SILENCE, year)
        count = len(self.centres)
        begins = date(year, 1, 1).toordinal() - EPOCH + draws.integers(0, 330, count)
        lasts = begins + draws.integers(7, 36, count)
        return np.stack([begins, np.where(draws.random(count) < SILENT_YEARLY, lasts, begins - 1)])


def build_country(seed: int, centres: int, all_regions: bool = False) -> Country:
    """Build the country of a seed with so many access points; `all_regions` puts some into occupied regions too."""
    territories, catalogue = read_territories(), read_catalogue()
    draws = generator(seed, COUNTRY)
    places, weights = _place_centres(territories, centres, all_regions, draws)
    kinds = np.array([KINDS.index(place.kind) for place in places])
    draw = draws.random(centres)
    timetables = np.where(kinds == KINDS.index("mobile"), 3, np.where(draw < 0.25, 1, np.where(draw < 0.5, 2, 0)))
    providers, provider_of = _providers(catalogue, places)
    slow = draws.random(len(providers)) < SLOW_PROVIDERS
    slowness = np.array([body.slowness for _, body in providers]) * np.exp(0.12 * draws.standard_normal(len(providers)))
    return Country(
        seed,
        territories,
        catalogue,
        tuple(places),
        weights,
        slowness=np.exp(0.45 * draws.standard_normal(centres)),
        timetables=timetables,
        staffing=np.exp(0.12 * draws.standard_normal(centres)),
        providers=providers,
        provider_of=provider_of,
        provider_slowness=np.where(slow, SLOW_BY, slowness),
    )


def _place_centres(
    territories: Territories, count: int, all_regions: bool, draws: np.random.Generator
) -> tuple[list[Centre], Floats]:
    """Centres region by region in the codifier's order, with the weight of each in the country's cases."""
    population = POPULATION | (OCCUPIED if all_regions else {})
    regions = sorted(territories.hromadas)
    shares = np.array([population[region[2:4]] for region in regions])
    centres: list[Centre] = []
    weights: list[float] = []
    for region, share, size in zip(regions, shares, _apportion(shares, count), strict=True):
        found = _centres_of_region(territories.hromadas[region], int(size), draws)
        local = np.array([weight for _, weight in found]) * np.exp(0.3 * draws.standard_normal(len(found)))
        centres += [centre for centre, _ in found]
        weights += list(share * local / local.sum()) if found else []
    return centres, np.array(weights)


def _apportion(shares: Floats, count: int) -> Integers:
    """Seats of each region: one where anybody lives if there are enough, the rest by largest remainders."""
    seats = np.zeros(len(shares), dtype=np.int64)
    lived_in = shares > 0
    if count >= lived_in.sum():
        seats[lived_in] = 1
    quotas = shares / shares.sum() * (count - seats.sum())
    seats += quotas.astype(np.int64)
    rest = np.argsort(quotas.astype(np.int64) - quotas, kind="stable")[: count - seats.sum()]
    seats[rest] += 1
    return seats


def _centres_of_region(
    hromadas: tuple[Hromada, ...], size: int, draws: np.random.Generator
) -> list[tuple[Centre, float]]:
    """The region's centres, one a community, and their units and workplaces; each with its weight in the region."""
    weights = np.array([hromada.weight for hromada in hromadas])
    order = np.argsort(np.log(weights) + draws.gumbel(size=len(weights)), kind="stable")[::-1]
    main = order[: max(1, round(0.6 * size))][:size]
    found: list[tuple[Centre, float]] = []
    for number in range(size):
        if number < len(main):
            place, kind = main[number], 0
        else:
            place = draws.choice(main, p=weights[main] / weights[main].sum())
            kind = int(draws.choice(len(KINDS), p=(0.0, 0.5, 0.4, 0.1)))
        hromada = hromadas[place]
        code = f"{hromada.oblast[2:4]}-{number + 1:04d}"
        system = SYSTEMS[int(draws.choice(len(SYSTEMS), p=(0.5, 0.25, 0.15, 0.1)))]
        name = f"{NAMES[KINDS[kind]]} ({hromada.name})"
        found.append((Centre(code, KINDS[kind], hromada, system, name), hromada.weight * KIND_WEIGHTS[kind]))
    return found


NAMES = {
    "centre": "Центр надання адміністративних послуг",
    "unit": "Територіальний підрозділ ЦНАП",
    "remote": "Віддалене робоче місце адміністратора ЦНАП",
    "mobile": "Пересувне робоче місце адміністратора ЦНАП",
}


def _providers(catalogue: Catalogue, centres: list[Centre]) -> tuple[tuple[tuple[str, Body], ...], Integers]:
    """Every provider with its code, and the matrix centre by body that says whom a centre forwards to.

    Codes look like EDRPOU's, check digit and all, but begin with 98, where no real one was given out.
    """
    found: dict[str, Body] = {}
    matrix = np.zeros((len(centres), len(catalogue.bodies)), dtype=np.int64)
    places: dict[str, int] = {}
    for row, centre in enumerate(centres):
        for column, body in enumerate(catalogue.bodies):
            digits = f"9{row:04d}" if body.is_local else f"{body.code}{centre.hromada.oblast[2:4]}0"
            code = with_check_digit("98" + digits)
            matrix[row, column] = places.setdefault(code, len(places))
            found[code] = body
    return tuple(found.items()), matrix


def year_of(day: int) -> int:
    """The year of a day that is counted from 1970."""
    return date.fromordinal(day + EPOCH).year


@cache
def with_check_digit(digits: str) -> str:
    """Seven digits of an EDRPOU and the last one that makes them right.

    >>> with_check_digit("9800001")
    '98000012'
    """
    for last in range(10):
        with suppress(InvalidEdrpouError):
            return str(Edrpou(f"{digits}{last}"))
    raise InvalidEdrpouError(digits)
