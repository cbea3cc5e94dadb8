"""Writes drawn tickets as rows of facts."""

import numpy as np
import pyarrow as pa

from mirylo.engines.tables import TICKETS
from mirylo.simulation import columns as arrow
from mirylo.simulation.columns import Columns
from mirylo.simulation.country import Country
from mirylo.simulation.office_time import DAY, MISSING, OfficeTime
from mirylo.simulation.tickets import MOMENTS


def ticket_facts(country: Country, time: OfficeTime, tickets: Columns) -> pa.Table:
    """The rows of the fact table `tickets`."""
    issued, called, served, left = (tickets[f"{name}_at"] for name in ("issued", "called", "served", "left"))
    outcome = np.where(served != MISSING, 0, 1)
    is_booked = tickets["booked_at"] != MISSING
    columns = {
        "number": arrow.numbers_of(issued, tickets["index"], "T"),
        **arrow.units(country, tickets["place"]),
        "is_test": pa.array(tickets["is_test"]),
        "is_voided": pa.array(tickets["is_voided"]),
        # Who came without an appointment is told by no event, so nothing is said of it here either.
        "is_booked": pa.array(is_booked, mask=~is_booked),
        "issued_at": arrow.moments(time, issued),
        "issued_on": arrow.dates_of(issued),
        "issued_hour": arrow.counts(issued % DAY // 3600),
        "called_at": arrow.moments(time, called),
        "ended_at": arrow.moments(time, arrow.earliest(served, left)),
        "outcome": arrow.texts(("served", "left"), outcome, (served == MISSING) & (left == MISSING)),
        "left_on": arrow.dates_of(left),
        "waiting_seconds": arrow.between(time, issued, np.where(called == MISSING, left, called)),
        "service_seconds": arrow.between(time, called, served),
        "events": arrow.counts(np.sum([tickets[name] != MISSING for name in MOMENTS], axis=0)),
    }
    return arrow.fact_table(TICKETS, columns, len(issued))
