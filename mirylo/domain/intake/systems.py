"""Connects information systems: gives them a key, of which only a hash is kept, and says what the key may do."""

import hashlib
import re
import secrets
from collections.abc import Collection
from datetime import datetime
from difflib import get_close_matches

from django.db import transaction

from mirylo.core.faults import N_, Fault, FaultsFoundError
from mirylo.domain.intake.models import ConnectedSystem, Source
from mirylo.domain.registers.models import AccessPoint, Service

KEY_START = 12
LONGEST_NAME = 200
SOURCE = re.compile(r"\S(?:[^\x00-\x1f\x7f]{0,198}\S)?")
"""What a source may be called."""


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
    points, allowed, unknown = _look_up(name, access_points, services)
    if faults := [
        *_faults_of_names(name, kind, sources),
        *_faults_of_limits(name, kind, bool(access_points) or has_all_centres or keeps_registers, bool(services)),
        *_faults_of_format(number_format),
        *unknown,
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


def allow(
    *,
    name: str,
    access_points: Collection[str] = (),
    services: Collection[str] = (),
    sources: Collection[str] = (),
    has_all_centres: bool = False,
) -> ConnectedSystem:
    """Let a connected system send for more than before; what it may already stays, and so does its key."""
    system = find_system(name)
    points, allowed, unknown = _look_up(name, access_points, services)
    own = set(system.sources.values_list("name", flat=True))
    new = [source for source in dict.fromkeys(sources) if source not in own]
    if faults := [*_faults_of_sources(name, new), *unknown]:
        raise FaultsFoundError(faults)
    with transaction.atomic():
        system.access_points.add(*points)
        system.services.add(*allowed)
        Source.objects.bulk_create(Source(name=source, system=system) for source in new)
        if has_all_centres:
            system.has_all_centres = True
            system.save(update_fields=["has_all_centres"])
    return system


def renew_key(*, name: str) -> str:
    """A new key for a connected system; the old one stops working at once, and a system that was stopped goes on."""
    system = find_system(name)
    key = f"mirylo_{secrets.token_urlsafe(32)}"
    system.key_hash, system.key_start, system.is_active = hash_key(key), key[:KEY_START], True
    system.save(update_fields=["key_hash", "key_start", "is_active"])
    return key


def stop(*, name: str) -> None:
    """Take nothing more from a connected system; what it has sent stays."""
    system = find_system(name)
    system.is_active = False
    system.save(update_fields=["is_active"])


def find_system(name: str) -> ConnectedSystem:
    """The connected system of that name; FaultsFoundError names those that are most like it."""
    system = ConnectedSystem.objects.filter(name=name).first()
    if system is None:
        known = list(ConnectedSystem.objects.values_list("name", flat=True))
        near = ", ".join(get_close_matches(name, known, n=3, cutoff=0.5) or known[:10])
        problem = N_("no connected system has this name")
        remedy = N_("Those that are connected: {known}.") if near else N_("Connect it first.")
        raise FaultsFoundError([Fault(name, problem, remedy, {"known": near})])
    return system


def system_of(key: str) -> ConnectedSystem | None:
    """The active system whose key it is."""
    return ConnectedSystem.objects.filter(key_hash=hash_key(key), is_active=True).first()


def hash_key(key: str) -> str:
    """The hash under which a key is kept; a key is long and random, so a plain hash keeps it secret."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def _look_up(
    name: str, access_points: Collection[str], services: Collection[str]
) -> tuple[list[AccessPoint], list[Service], list[Fault]]:
    """The access points and services with these codes, and a fault for each code that the registers do not have."""
    points = list(AccessPoint.objects.filter(code__in=access_points))
    allowed = list(Service.objects.filter(code__in=services))
    unknown = [
        *_unknown(name, N_("no access point has the code {code}"), set(access_points) - {one.code for one in points}),
        *_unknown(name, N_("no service has the code {code}"), set(services) - {one.code for one in allowed}),
    ]
    return points, allowed, unknown


def _unknown(name: str, problem: str, codes: Collection[str]) -> list[Fault]:
    remedy = N_("Check the code, or load it into the register first.")
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
            Fault(
                name,
                N_("a system of this name is connected already"),
                N_("Take another name, or change that one: mirylo systems."),
            )
        )
    if not name.strip() or len(name) > LONGEST_NAME:
        faults.append(
            Fault(name, N_("a system needs a name"), N_("Write one of 1 to {most} characters."), {"most": LONGEST_NAME})
        )
    if not sources:
        faults.append(Fault(name, N_("a system needs a source"), N_("Name one: it stands in every event.")))
    return [*faults, *_faults_of_sources(name, sources)]


def _faults_of_sources(name: str, sources: Collection[str]) -> list[Fault]:
    bad = [source for source in sources if not SOURCE.fullmatch(source)]
    faults = [
        Fault(
            source,
            N_("this cannot be the name of a source"),
            N_("Write 1 to 200 characters, such as vulyk-lutsk."),
        )
        for source in bad
    ]
    problem = N_("source {source} belongs to {system}")
    return faults + [
        Fault(name, problem, N_("Take another source."), {"source": source.name, "system": source.system.name})
        for source in Source.objects.filter(name__in=sources).select_related("system")
    ]


def _faults_of_limits(name: str, kind: str, has_centres: bool, has_services: bool) -> list[Fault]:
    """A key that opens nothing would have every event refused."""
    if kind == ConnectedSystem.Kind.CENTRES and not has_centres:
        remedy = N_("Name its access points with --centre, or give it all of them with --all-centres.")
        return [Fault(name, N_("it may not send for any access point"), remedy)]
    if kind == ConnectedSystem.Kind.PROVIDER and not has_services:
        remedy = N_("Name the services that it decides on with --service.")
        return [Fault(name, N_("it may not send for any service"), remedy)]
    return []


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
