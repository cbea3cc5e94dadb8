"""Generates the country day by day: facts in pieces of a month, or events in lines.

A day is seeded by itself, so it is the same whether it is asked for alone or within a year, and going on for longer
changes nothing of what was there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mirylo.core.methodology.model import Type
from mirylo.engines.tables import CASES, FACT_TABLES, TICKETS
from mirylo.simulation import cases as drawn_cases
from mirylo.simulation import tickets as drawn_tickets
from mirylo.simulation.case_facts import case_facts
from mirylo.simulation.columns import Columns, join
from mirylo.simulation.country import EPOCH, Country
from mirylo.simulation.lines import event_lines
from mirylo.simulation.office_time import DAY, OfficeTime, look_up
from mirylo.simulation.ticket_facts import ticket_facts

PIECE = 200_000
"""Rows after which a piece of facts is handed on: enough to be quick, few enough to be small."""

NOT_TOLD = {
    "cases": {"late_by_source"},
    # A booking is told, but not that there was none: nothing can be counted by it.
    "tickets": {"is_booked", "provider", "service", "channel", "applicant_kind", "is_online"},
}
COLLECTED = {
    table.name: frozenset(column.name for column in table.columns) - NOT_TOLD[table.name] for table in (CASES, TICKETS)
}
"""The columns of each fact table that the synthetic country fills."""


@dataclass(frozen=True)
class Span:
    """What is to be generated: a country, the days of registration, and how much happens on an ordinary working day.

    With `as_of`, only what happened before that day is known; without it, every case is told to its end.
    """

    country: Country
    first_on: date
    last_on: date
    cases_per_day: float
    has_tickets: bool = True
    as_of: date | None = None

    @property
    def days(self) -> range:
        """The days of registration, counted from 1970."""
        last_on = (
            self.last_on if self.as_of is None else min(self.last_on, date.fromordinal(self.as_of.toordinal() - 1))
        )
        return range(self.first_on.toordinal() - EPOCH, last_on.toordinal() - EPOCH + 1)

    @property
    def time(self) -> OfficeTime:
        """Working days and time zone of the span."""
        return look_up(self.first_on, self.last_on)

    @property
    def until(self) -> int:
        """The moment on the wall from which on nothing is known."""
        return np.iinfo(np.int64).max if self.as_of is None else (self.as_of.toordinal() - EPOCH) * DAY

    def cases(self, day: int) -> Columns:
        """Cases registered on a day, told to their end."""
        return drawn_cases.draw_cases(self.country, self.time, day, self.cases_per_day)

    def tickets(self, day: int) -> Columns:
        """Tickets taken on a day."""
        per_day = self.cases_per_day * drawn_tickets.PER_CASE
        return drawn_tickets.draw_tickets(self.country, self.time, day, per_day)


def generate_events(span: Span) -> Iterator[tuple[date, bytes]]:
    """For each day, the lines of all events of the cases registered and the tickets taken on it."""
    for day in span.days:
        tickets = span.tickets(day) if span.has_tickets else None
        yield (
            date.fromordinal(day + EPOCH),
            event_lines(span.country, span.time, day, span.cases(day), tickets, span.until),
        )


def generate_facts(span: Span) -> Iterator[tuple[date, dict[str, pa.Table]]]:
    """Pieces of the fact tables, each of one month of registration, with the last day that it reaches to."""
    cases: list[Columns] = []
    tickets: list[Columns] = []
    for day in span.days:
        cases.append(drawn_cases.forget_from(span.cases(day), span.until))
        if span.has_tickets:
            tickets.append(drawn_tickets.forget_from(span.tickets(day), span.until))
        today, tomorrow = date.fromordinal(day + EPOCH), date.fromordinal(day + EPOCH + 1)
        is_full = sum(len(columns["place"]) for columns in cases) >= PIECE
        if is_full or tomorrow.month != today.month or day == span.days[-1]:
            piece = {"cases": case_facts(span.country, span.time, join(cases))}
            if span.has_tickets:
                piece["tickets"] = ticket_facts(span.country, span.time, join(tickets))
            yield today, piece
            cases, tickets = [], []


def newest_on(piece: dict[str, pa.Table]) -> date | None:
    """The last day on which anything happened in a piece of facts; due dates are no happenings."""
    days = [
        pc.max(table[column.name]).as_py()
        for name, table in piece.items()
        for column in FACT_TABLES[name].columns
        if column.type is Type.DATE and column.name != "due_on"
    ]
    return max((day for day in days if day is not None), default=None)
