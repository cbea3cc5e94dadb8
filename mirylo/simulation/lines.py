"""Writes events as lines of JSON, in the canonical columns, so that any mapping of names to themselves reads them."""

from collections.abc import Iterator

import msgspec
import numpy as np

from mirylo.simulation.cases import APPLICANTS, CHANNELS, DECISIONS, DIIA, OUTCOMES
from mirylo.simulation.catalogue import Integers
from mirylo.simulation.columns import Columns, numbers_of
from mirylo.simulation.country import EVENTS, STATE_PORTAL, Centre, Country, generator
from mirylo.simulation.events import Told, moments_of_cases, moments_of_tickets, tell
from mirylo.simulation.office_time import OfficeTime


class Line(msgspec.Struct, omit_defaults=True):
    """An event as it stands in a line; what is empty is left out."""

    number: str
    source: str
    id: str
    type: str
    happened_at: str
    sent_at: str
    received_at: str
    oblast: str | None = None
    raion: str | None = None
    hromada: str | None = None
    centre: str | None = None
    provider: str | None = None
    service: str | None = None
    channel: str | None = None
    access_point_kind: str | None = None
    applicant_kind: str | None = None
    is_online: bool | None = None
    is_test: bool | None = None
    is_voided: bool | None = None
    is_consultation: bool | None = None
    term_amount: int | None = None
    term_unit: str | None = None
    amount: int | None = None
    decision: str | None = None
    appeal_outcome: str | None = None


ENCODER = msgspec.json.Encoder()


def event_lines(
    country: Country, time: OfficeTime, day: int, cases: Columns, tickets: Columns | None, until: int
) -> bytes:
    """All that happens before a moment to the cases and tickets that began on a day, in order of receipt."""
    numbers = generator(country.seed, EVENTS, day)
    told = tell(country, numbers, cases, moments_of_cases(cases), cases["channel"] == DIIA, until)
    lines = list(zip(told.received.tolist(), case_lines(country, time, cases, told), strict=True))
    if tickets is not None:
        nothing = np.zeros(len(tickets["place"]), dtype=np.bool_)
        told = tell(country, numbers, tickets, moments_of_tickets(tickets), nothing, until)
        lines += zip(told.received.tolist(), ticket_lines(country, time, tickets, told), strict=True)
    lines.sort(key=lambda line: line[0])
    return ENCODER.encode_lines([line for _, line in lines])


def case_lines(country: Country, time: OfficeTime, cases: Columns, told: Told) -> Iterator[Line]:
    """Lines of events of cases, in the order they are told in."""
    types = [name for name, _ in moments_of_cases(cases)]
    numbers = numbers_of(cases["registered_at"], cases["index"]).to_pylist()
    columns = {name: column.tolist() for name, column in cases.items()}
    for row, name, moments in rows_of(time, told, types):
        is_of_portal = columns["channel"][row] == DIIA
        source = STATE_PORTAL if is_of_portal else country.centres[columns["place"][row]].system
        line = Line(numbers[row], source, f"{numbers[row]}.{name}", name, *moments)
        match name:
            case "application.registered":
                describe(line, country, {column: values[row] for column, values in columns.items()})
            case "decision.made":
                line.decision = DECISIONS[columns["decision"][row]]
            case "term.extended":
                line.amount = columns["amount"][row]
            case "appeal.decided":
                line.appeal_outcome = OUTCOMES[columns["appeal_outcome"][row]]
        yield line


def describe(line: Line, country: Country, case: dict[str, int]) -> None:
    """Say what is known of the whole case: it comes with the event of its registration."""
    locate(line, country.centres[case["place"]], is_of_portal=case["channel"] == DIIA)
    service = country.catalogue.services[case["service"]]
    line.service = service.code
    line.provider = country.providers[case["provider"]][0]
    line.channel = CHANNELS[case["channel"]]
    line.applicant_kind = APPLICANTS[case["is_business"]]
    line.is_online = bool(case["is_online"])
    line.is_test = True if case["is_test"] else None
    if case["is_consultation"]:
        line.is_consultation = True
    else:
        line.term_amount, line.term_unit = service.amount, service.unit


def locate(line: Line, centre: Centre, is_of_portal: bool = False) -> None:
    """Say where it was; what came by the state's portal came to no centre."""
    hromada = centre.hromada
    line.oblast, line.raion, line.hromada = hromada.oblast, hromada.raion, hromada.code
    if not is_of_portal:
        line.centre, line.access_point_kind = centre.code, centre.kind


def ticket_lines(country: Country, time: OfficeTime, tickets: Columns, told: Told) -> Iterator[Line]:
    """Lines of events of tickets, in the order they are told in."""
    types = [name for name, _ in moments_of_tickets(tickets)]
    numbers = numbers_of(tickets["issued_at"], tickets["index"], "T").to_pylist()
    place, is_test, is_voided = (tickets[name].tolist() for name in ("place", "is_test", "is_voided"))
    for row, name, moments in rows_of(time, told, types):
        centre = country.centres[place[row]]
        line = Line(numbers[row], centre.system, f"{numbers[row]}.{name}", name, *moments)
        if name == "visit.booked":
            locate(line, centre)
        if name == "ticket.issued":
            locate(line, centre)
            line.is_test, line.is_voided = is_test[row] or None, is_voided[row] or None
        yield line


def rows_of(time: OfficeTime, told: Told, types: list[str]) -> Iterator[tuple[int, str, tuple[str, str, str]]]:
    """Each event's row and type, and the three moments of it as text in UTC."""
    moments = [texts_of(time, wall) for wall in (told.happened, told.sent, told.received)]
    names = [types[place] for place in told.type.tolist()]
    return zip(told.row.tolist(), names, zip(*moments, strict=True), strict=True)


def texts_of(time: OfficeTime, walls: Integers) -> list[str]:
    """Moments on the wall as text in UTC."""
    texts: list[str] = np.datetime_as_string(time.in_utc(walls).astype("datetime64[s]"), timezone="UTC").tolist()
    return texts
