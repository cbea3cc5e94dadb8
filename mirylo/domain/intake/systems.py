"""Connects information systems: gives them a key, of which only a hash is kept, and says what the key may do."""

import hashlib
import re
import secrets
from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from mirylo.core.faults import N_, Fault, FaultsFoundError
from mirylo.domain.intake.models import ConnectedSystem, Source
from mirylo.domain.registers.models import AccessPoint, Service

KEY_START = 12


def connect(  # noqa: PLR0913 - all that is known of a system
    *,
    name: str,
    kind: str,
    sources: Collection[str],
    at: datetime,
    access_points: Collection[str] = (),
    services: Collection[str] = (),
    has_all_centres: bool = False,
    keeps_registers: bool = False,
    number_format: str = "",
    lines_per_minute: int | None = None,
) -> tuple[ConnectedSystem, str]:
    """Connect a system under its sources; returns it with its key, which cannot be had again.

    `access_points` and `services` are codes of the registers. FaultsFoundError names everything that is wrong at once.
    """
    points = list(AccessPoint.objects.filter(code__in=access_points))
    allowed = list(Service.objects.filter(code__in=services))
    if faults := [
        *_faults_of_names(name, kind, sources),
        *_faults_of_format(number_format),
        *_unknown(name, N_("no access point has the code {code}"), set(access_points) - {one.code for one in points}),
        *_unknown(name, N_("no service has the code {code}"), set(services) - {one.code for one in allowed}),
    ]:
        raise FaultsFoundError(faults)
    key = f"mirylo_{secrets.token_urlsafe(32)}"
    limits = {"lines_per_minute": lines_per_minute} if lines_per_minute else {}
    with transaction.atomic():
        system = ConnectedSystem.objects.create(
            name=name,
            kind=kind,
            key_hash=hash_key(key),
            key_start=key[:KEY_START],
            has_all_centres=has_all_centres,
            keeps_registers=keeps_registers,
            number_format=number_format,
            created_at=at,
            **limits,
        )
        system.access_points.set(points)
        system.services.set(allowed)
        Source.objects.bulk_create(Source(name=source, system=system) for source in dict.fromkeys(sources))
    return system, key


def renew_key(*, name: str) -> str:
    """A new key for a connected system; the old one stops working at once."""
    key = f"mirylo_{secrets.token_urlsafe(32)}"
    changed = ConnectedSystem.objects.filter(name=name).update(key_hash=hash_key(key), key_start=key[:KEY_START])
    if not changed:
        raise FaultsFoundError([Fault(name, N_("no connected system has this name"))])
    return key


def system_of(key: str) -> ConnectedSystem | None:
    """The active system whose key it is."""
    return ConnectedSystem.objects.filter(key_hash=hash_key(key), is_active=True).first()


def hash_key(key: str) -> str:
    """The hash under which a key is kept; a key is long and random, so a plain hash keeps it secret."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def _unknown(name: str, problem: str, codes: Collection[str]) -> list[Fault]:
    remedy = N_("Load it into the register first.")
    return [Fault(name, problem, remedy, {"code": code}) for code in sorted(codes)]


def _faults_of_names(name: str, kind: str, sources: Collection[str]) -> list[Fault]:
    faults = []
    if kind not in ConnectedSystem.Kind.values:
        known = ", ".join(ConnectedSystem.Kind.values)
        faults.append(
            Fault(
                name, N_("unknown kind of system {kind}"), N_("Choose from: {known}."), {"kind": kind, "known": known}
            )
        )
    if ConnectedSystem.objects.filter(name=name).exists():
        faults.append(
            Fault(name, N_("a system of this name is connected already"), N_("Take another name, or renew its key."))
        )
    if not sources:
        faults.append(Fault(name, N_("a system needs a source"), N_("Name one: it stands in every event.")))
    taken = Source.objects.filter(name__in=sources).select_related("system")
    problem = N_("source {source} belongs to {system}")
    faults += [
        Fault(name, problem, N_("Take another source."), {"source": source.name, "system": source.system.name})
        for source in taken
    ]
    return faults


def _faults_of_format(number_format: str) -> list[Fault]:
    try:
        re.compile(number_format)
    except re.error as error:
        remedy = N_("Write a regular expression that matches a whole case number.")
        return [
            Fault(
                number_format, N_("the format of case numbers cannot be read: {detail}"), remedy, {"detail": str(error)}
            )
        ]
    return []
