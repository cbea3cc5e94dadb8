"""Founds the made-up country: bodies, access points and services in the registers, and systems that may send events."""

from django.db import transaction
from django.utils import timezone

from mirylo.commands.demo.folder import DemoFolder
from mirylo.domain.intake.models import ConnectedSystem
from mirylo.domain.intake.systems import connect
from mirylo.domain.registers.codifier import load_codifier
from mirylo.domain.registers.models import AccessPoint, Body, Seat, Service, Territory, Variation
from mirylo.simulation.country import STATE_PORTAL, SYSTEMS, Centre, Country, build_country
from mirylo.web.portal.loading import tell_loading

NAMES = {
    "vulyk": "Система ЦНАП «Вулик»",
    "centre-desk": "Система ЦНАП «Рецепція»",
    "adminsoft": "Система ЦНАП «Адміністратор»",
    "city-portal": "Портал послуг міста",
    STATE_PORTAL: "Державний портал послуг",
}
"""Systems of the made-up country by their sources."""
NUMBERS = r"T?\d{8}-\d{6}"
HOURS = ("пн–пт 9:00–18:00", "пн–пт 9:00–18:00, сб 9:00–15:00", "пн–пт 9:00–13:00, 14:00–18:00", "вт, чт 10:00–15:00")
"""By the timetable of a simulated centre."""
BODIES = "98"
"""Codes of invented bodies begin so: no real one does."""


def found_country(folder: DemoFolder) -> Country:
    """The country of the plan, put into the registers if it is not there yet, with its systems connected."""
    if not Territory.objects.exists():
        tell_loading("codifier")
        load_codifier(at=timezone.now())
    country = build_country(folder.plan.seed, folder.plan.centres)
    if not AccessPoint.objects.exists():
        tell_loading("registers")
        with transaction.atomic():
            fill_registers(country)
    connect_systems(folder, country)
    return country


def fill_registers(country: Country) -> None:
    """Write the bodies, access points and services of the country into empty registers."""
    Body.objects.bulk_create(bodies_of(country))
    points = [point_of(country, place) for place in range(len(country.centres))]
    AccessPoint.objects.bulk_create(points)
    hold_together(country)
    keys = dict(AccessPoint.objects.values_list("code", "pk"))
    Seat.objects.bulk_create(
        Seat(access_point_id=keys[centre.code], role=role, territory_id=centre.hromada.code)
        for centre in country.centres
        for role in Seat.Role.values
    )
    services, bodies = country.catalogue.services, country.catalogue.bodies
    Service.objects.bulk_create(
        Service(code=one.code, uk=one.uk, en=one.en, provider=bodies[one.body].uk) for one in services
    )
    Variation.objects.bulk_create(
        Variation(service_id=one.code, code="1", term_amount=one.amount, term_unit=one.unit) for one in services
    )


def bodies_of(country: Country) -> list[Body]:
    """The authorities behind the centres: those beside a centre are of its community, the others of its oblast."""
    found = {}
    for row, centre in enumerate(country.centres):
        for place in country.provider_of[row]:
            code, body = country.providers[place]
            territory = centre.hromada.code if body.is_local else centre.hromada.oblast
            kind = Body.Kind.COUNCIL if body.is_local else Body.Kind.TERRITORIAL_OFFICE
            called = country.catalogue.bodies[0] if body.is_local else body  # a council decides under one code
            name = f"{called.uk} ({country.territories.names[territory]})"
            found[code] = Body(edrpou=code, name=name, kind=kind, territory_id=territory)
    return list(found.values())


def point_of(country: Country, place: int) -> AccessPoint:
    """An access point of the country as the register has it."""
    centre = country.centres[place]
    code, _ = country.providers[country.provider_of[place][0]]
    return AccessPoint(
        code=centre.code,
        name=centre.name,
        kind=centre.kind,
        body_id=code,
        address=f"{country.territories.names[centre.hromada.code]}, вул. Вигадана, {place + 1}",
        hours=HOURS[int(country.timetables[place])],
    )


def hold_together(country: Country) -> None:
    """Say of every unit and workplace which centre of its community it is part of."""
    mains: dict[str, Centre] = {}
    for centre in country.centres:
        if centre.kind == AccessPoint.Kind.CENTRE:
            mains.setdefault(centre.hromada.code, centre)
    points = {point.code: point for point in AccessPoint.objects.all()}
    parts = []
    for centre in country.centres:
        main = mains.get(centre.hromada.code)
        if main is not None and centre.kind != AccessPoint.Kind.CENTRE:
            points[centre.code].parent = points[main.code]
            parts.append(points[centre.code])
    AccessPoint.objects.bulk_update(parts, ["parent"])


def connect_systems(folder: DemoFolder, country: Country) -> None:
    """Connect the systems that are not connected yet; a key whose keeping was cut short is made anew."""
    keys = folder.keys
    for source in (*SYSTEMS, STATE_PORTAL):
        if source in keys:
            continue
        ConnectedSystem.objects.filter(name=NAMES[source], batches=None).delete()
        is_portal = source == STATE_PORTAL
        codes = [centre.code for centre in country.centres if centre.system == source]
        if not codes and not is_portal:
            continue  # in a small country nobody may use it
        _, key = connect(
            name=NAMES[source],
            kind=ConnectedSystem.Kind.PORTAL if is_portal else ConnectedSystem.Kind.CENTRES,
            sources=[source],
            access_points=[] if is_portal else codes,
            number_format=NUMBERS,
            at=timezone.now(),
        )
        keys[source] = key
        folder.keep_keys(keys)
