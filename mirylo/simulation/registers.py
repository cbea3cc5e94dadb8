"""Writes down what the codes of the synthetic country stand for: territories, centres, services and providers."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from mirylo.simulation.country import Country


def write_registers(country: Country, folder: Path) -> None:
    """Write `territories.csv`, `centres.csv`, `services.csv` and `providers.csv` into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    centres, services = country.centres, country.catalogue.services
    _write(folder / "territories.csv", ("code", "name"), country.territories.names.items())
    _write(
        folder / "centres.csv",
        ("code", "name", "kind", "hromada", "system"),
        ((centre.code, centre.name, centre.kind, centre.hromada.code, centre.system) for centre in centres),
    )
    _write(
        folder / "services.csv",
        ("code", "uk", "en", "term_amount", "term_unit"),
        ((service.code, service.uk, service.en, service.amount, service.unit) for service in services),
    )
    _write(
        folder / "providers.csv",
        ("code", "uk", "en"),
        ((code, body.uk, body.en) for code, body in country.providers),
    )


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
