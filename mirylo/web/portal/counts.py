"""Counts what is in the registers, for the pages that lead to them."""

from dataclasses import dataclass

from django.db.models import Count
from django.urls import reverse

from mirylo.core.faults import N_
from mirylo.display.language import NP_, say
from mirylo.display.numbers import say_count, write_number
from mirylo.domain.registers.models import AccessPoint, Body, Service, Territory

REGISTERS = {
    "territories": (N_("Territories"), Territory, NP_("{n} community", "{n} communities"), {"category": "H"}),
    "bodies": (N_("Bodies"), Body, NP_("{n} council", "{n} councils"), {"kind": "council"}),
    "centres": (N_("Access points"), AccessPoint, NP_("{n} service centre", "{n} service centres"), {"kind": "centre"}),
    "services": (N_("Services"), Service, None, {}),
}
"""Each register with its table, and what among its entries is counted apart."""


@dataclass(frozen=True)
class Counted:
    """A register: its name, address, how many entries it has, and how many of them are of the kind most asked for."""

    name: str
    title: str
    address: str
    total: int
    written: str
    among: str


def count_registers() -> list[Counted]:
    """All registers with their sizes."""
    found = []
    for name, (title, table, kind, which) in REGISTERS.items():
        total = table.objects.aggregate(n=Count("pk"))["n"]
        some = table.objects.filter(**which).count() if kind and total else 0
        among = say("among them {kind}", kind=say_count(*kind, some)) if kind and some else ""
        found.append(Counted(name, say(title), reverse(f"portal:{name}"), total, write_number(total), among))
    return found
