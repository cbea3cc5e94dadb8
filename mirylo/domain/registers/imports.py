"""Loads a register from a file: checks everything first, then takes in all of it or nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import transaction

from mirylo.core.faults import Fault, FaultsFoundError
from mirylo.domain.registers import bodies, centres, services
from mirylo.domain.registers.entries import Entry, Save, gather
from mirylo.domain.registers.layouts import LAYOUTS
from mirylo.domain.registers.reading import read_rows

Prepare = Callable[[Sequence[Entry], list[Fault], datetime], Save]

PREPARED: Mapping[str, Prepare] = {
    "bodies": bodies.prepare,
    "centres": centres.prepare,
    "services": services.prepare,
}


@dataclass(frozen=True)
class Imported:
    """What a load did: records added, changed and found as they are; `left_out` are columns no register has."""

    added: int
    changed: int
    unchanged: int
    left_out: tuple[str, ...] = ()


def load(register: str, path: Path, *, at: datetime) -> Imported:
    """Take a file of bodies, centres or services into the register.

    FaultsFoundError tells everything that is wrong, by row and column, and then nothing was taken in. Records that the
    file does not name stay as they are, and so do columns that it does not have.
    """
    layout = LAYOUTS[register]
    read = read_rows(path, layout)
    faults = list(read.faults)
    entries = gather(read.rows, layout, faults)
    with transaction.atomic():
        save = PREPARED[register](entries, faults, at)
        if faults:
            raise FaultsFoundError(_in_order(faults))
        counts = save()
    return Imported(counts.added, counts.changed, counts.unchanged, read.left_out)


def _in_order(faults: Sequence[Fault]) -> list[Fault]:
    """The faults as their rows stand in the file; those of one row in the order in which they were found."""

    def number(fault: Fault) -> int:
        place = fault.place.split(", column ")[0].rpartition(" ")[2]
        return int(place) if place.isdigit() else 0

    return sorted(faults, key=number)
