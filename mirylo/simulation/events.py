"""Tells the lives of cases and tickets as events, some of them late or repeated, as real systems send them."""

from dataclasses import dataclass

import numpy as np

from mirylo.simulation.cases import LEFT, PAUSED, RETURNED
from mirylo.simulation.catalogue import Integers
from mirylo.simulation.columns import Columns, Flags
from mirylo.simulation.country import Country, year_of
from mirylo.simulation.office_time import DAY, MISSING

TYPES_OF_CASES = {
    "registered_at": "application.registered",
    "declined_at": "application.declined",
    "forwarded_at": "application.forwarded",
    "accepted_at": "application.accepted",
    "extended_at": "term.extended",
    "decided_at": "decision.made",
    "result_received_at": "result.received",
    "notified_at": "applicant.notified",
    "issued_at": "result.issued",
    "uncollected_at": "result.uncollected",
    "withdrawn_at": "case.withdrawn",
    "voided_at": "case.voided",
    "appeal_lodged_at": "appeal.lodged",
    "appeal_decided_at": "appeal.decided",
}
TYPES_OF_TICKETS = {
    "booked_at": "visit.booked",
    "issued_at": "ticket.issued",
    "called_at": "ticket.called",
    "held_at": "ticket.held",
    "served_at": "ticket.served",
    "left_at": "ticket.left",
}
TYPES_OF_STOPS = (
    ("stopped_at", "application.left_without_motion", (LEFT,)),
    ("stopped_at", "application.returned", (RETURNED,)),
    ("stopped_at", "clock.paused", (LEFT, PAUSED)),
    ("resumed_at", "application.corrected", (LEFT, RETURNED)),
    ("resumed_at", "clock.resumed", (LEFT, PAUSED)),
)

LATE, REPEATED = 0.02, 0.01
LATE_BY, REPEATED_BY = 6 * DAY, 3 * DAY


@dataclass(frozen=True)
class Told:
    """Events of a day's cases or tickets: the row each is about, its type, when it happened and was received."""

    row: Integers
    type: Integers
    happened: Integers
    sent: Integers
    received: Integers


def moments_of_cases(cases: Columns) -> list[tuple[str, Integers]]:
    """Event types of cases with the moment of each case at which such an event happens."""
    stops = [
        (name, np.where(np.isin(cases["stop"], why), cases[column], MISSING)) for column, name, why in TYPES_OF_STOPS
    ]
    return [(name, cases[column]) for column, name in TYPES_OF_CASES.items()] + stops


def tell(
    country: Country,
    numbers: np.random.Generator,
    rows: Columns,
    moments: list[tuple[str, Integers]],
    is_of_portal: Flags,
    until: int,
) -> Told:
    """Send every event, some of them late, those of a silent system after its silence, and a few of them twice.

    What happens from `until` on is left out only after all is drawn, so that it changes nothing of what came before.
    """
    happens = np.stack([moment for _, moment in moments], axis=1)
    row, type_ = np.nonzero(happens != MISSING)
    happened = happens[row, type_]
    chance = numbers.random((4, len(row)))
    sent = happened + (chance[0] * 90).astype(np.int64)
    sent = np.where(chance[1] < LATE, sent + (chance[2] * LATE_BY).astype(np.int64), sent)
    sent = after_silence(country, rows["place"][row], sent, is_of_portal[row])
    received = sent + 1 + (chance[2] * 5).astype(np.int64)
    again = np.flatnonzero(chance[3] < REPEATED)
    received_again = received[again] + 60 + (chance[0][again] * REPEATED_BY).astype(np.int64)
    every = np.concatenate([np.arange(len(row)), again])
    received = np.concatenate([received, received_again])
    stays = happened[every] < until
    every, received = every[stays], received[stays]
    return Told(row[every], type_[every], happened[every], sent[every], received)


def after_silence(country: Country, place: Integers, sent: Integers, is_of_portal: Flags) -> Integers:
    """Moments of sending, put off to the morning after a silence of the centre's system."""
    days = sent // DAY
    for year in range(year_of(int(days.min())), year_of(int(days.max())) + 1) if len(days) else ():
        first, last = country.silences(year)
        is_silent = (first[place] <= days) & (days <= last[place]) & ~is_of_portal
        sent = np.where(is_silent, (last[place] + 1) * DAY + 8 * 3600 + sent % 3600, sent)
    return sent


def moments_of_tickets(tickets: Columns) -> list[tuple[str, Integers]]:
    """Event types of tickets with the moment of each ticket at which such an event happens."""
    return [(name, tickets[column]) for column, name in TYPES_OF_TICKETS.items()]
