"""Says in one word how far a case or a ticket is, from its row of facts."""

from mirylo.domain.cases.facts import Row
from mirylo.domain.cases.models import Case

State = Case.State

STEPS = (
    ("is_voided", State.VOIDED),
    ("withdrawn_on", State.WITHDRAWN),
    ("declined_on", State.DECLINED),
    ("issued_on", State.ISSUED),
    ("ready_on", State.READY),
    ("closed_on", State.CLOSED),
    ("is_clock_stopped", State.STOPPED),
    ("decided_on", State.DECIDED),
    ("forwarded_on", State.FORWARDED),
    ("registered_on", State.REGISTERED),
)
"""Columns of a case in the order in which they decide: the first one that is filled or true."""


def state_of_case(row: Row) -> str:
    """How far a case is.

    >>> from datetime import date
    >>> str(state_of_case({"registered_on": date(2026, 10, 5), "is_clock_stopped": True}))
    'stopped'
    """
    return next((state for column, state in STEPS if row.get(column)), State.UNREGISTERED)


def state_of_ticket(row: Row) -> str:
    """How far a ticket is.

    >>> str(state_of_ticket({"outcome": "left"}))
    'left'
    """
    if row.get("is_voided"):
        return State.VOIDED
    if row.get("outcome") in (State.SERVED, State.LEFT):
        return State(row["outcome"])
    return State.CALLED if row.get("called_at") else State.WAITING
