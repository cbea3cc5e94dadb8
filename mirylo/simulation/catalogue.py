"""The services of the synthetic country: who decides, in what time, and how their cases usually go."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

NUMBERS = (
    "pace", "spread", "refused", "returned", "withdrawn", "extended", "online", "consultations", "business", "weight"
)  # fmt: skip
FOLDER = Path(__file__).parent
OFFICE_DAYS = {
    "minutes": 1 / 540,
    "hours": 1 / 24,
    "working_days": 1.0,
    "calendar_days": 5 / 7,
    "months": 21.0,
}
"""What a unit of a term comes to in days of an office of nine hours; an hour of a term runs at night too."""


@dataclass(frozen=True)
class Body:
    """A kind of authority that decides: one beside each centre (`local`) or one in each region."""

    code: str
    is_local: bool
    slowness: float
    uk: str
    en: str


@dataclass(frozen=True)
class Service:
    """A service of the catalogue. `pace` is the usual time to a decision as a part of the term; shares are of cases."""

    code: str
    uk: str
    en: str
    body: int
    amount: int
    unit: str
    pace: float
    spread: float
    refused: float
    returned: float
    withdrawn: float
    extended: float
    online: float
    consultations: float
    business: float
    weight: float

    @property
    def office_days(self) -> float:
        """The term in office days."""
        return self.amount * OFFICE_DAYS[self.unit]


@dataclass(frozen=True)
class Catalogue:
    """Services and the bodies that decide on them."""

    bodies: tuple[Body, ...]
    services: tuple[Service, ...]

    def column(self, name: str) -> Floats:
        """A property of all services as an array, to be taken from by index."""
        return np.array([getattr(service, name) for service in self.services], dtype=np.float64)


@cache
def read_catalogue() -> Catalogue:
    """Read `bodies.csv` and `services.csv`, which stand beside this module."""
    bodies = tuple(
        Body(row["code"], row["scope"] == "local", float(row["slowness"]), row["uk"], row["en"])
        for row in _rows("bodies.csv")
    )
    places = {body.code: place for place, body in enumerate(bodies)}
    services = []
    for row in _rows("services.csv"):
        texts = (row["code"], row["uk"], row["en"])
        numbers = [float(row[name]) for name in NUMBERS]
        services.append(Service(*texts, places[row["body"]], int(row["amount"]), row["unit"], *numbers))
    return Catalogue(bodies, tuple(services))


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
