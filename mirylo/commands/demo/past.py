"""Cuts the simulated country's events at a day: what is past is loaded, what comes after is sent as time goes on."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import msgspec

from mirylo.commands.demo.folder import BOOKED_AHEAD, Plan
from mirylo.simulation.country import EPOCH, Country
from mirylo.simulation.generation import Span
from mirylo.simulation.lines import event_lines
from mirylo.simulation.office_time import DAY, KYIV

LIVES = 180
"""Days after its registration in which a case may still tell something; later events are left out."""
YEARS = 5
"""For so long a demo knows its calendar."""


class Receipt(msgspec.Struct):
    """Of a line, what says when it is to be sent, and by whom."""

    source: str
    id: str
    received_at: str


@dataclass(frozen=True, order=True)
class Line:
    """An event as its system sends it, in the order of receipt."""

    received_at: str
    id: str
    source: str
    text: bytes


class Story:
    """What happens in the country, day by day; the same whenever it is told."""

    def __init__(self, country: Country, plan: Plan) -> None:
        """Look up the calendar for as long as a demo may run."""
        self.country, self.first_on = country, plan.first_on
        self.span = Span(country, plan.first_on, date(plan.cut_on.year + YEARS, 12, 31), plan.cases_per_day)
        self.time = self.span.time

    def lines_of(self, day: date, until_on: date) -> Iterator[Line]:
        """The events of what begins on a day, received before the midnight that opens another."""
        place, until_at = day.toordinal() - EPOCH, midnight(until_on)
        until = (until_on.toordinal() - EPOCH) * DAY
        cases, tickets = self.span.cases(place), self.span.tickets(place)
        for text in event_lines(self.country, self.time, place, cases, tickets, until).splitlines():
            receipt = RECEIPT.decode(text)
            if receipt.received_at < until_at:
                yield Line(receipt.received_at, receipt.id, receipt.source, without_receipt(text))

    def lines_between(self, after: tuple[str, str], until_on: date) -> list[Line]:
        """All events received after one of them, given by moment and id, and before a midnight, in that order."""
        first_on = max(self.first_on, local_day(after[0]) - timedelta(days=LIVES))
        last_on = until_on + timedelta(days=BOOKED_AHEAD)
        days = (date.fromordinal(day) for day in range(first_on.toordinal(), last_on.toordinal() + 1))
        found = (line for day in days for line in self.lines_of(day, until_on))
        return sorted(line for line in found if (line.received_at, line.id) > after)


def midnight(day: date) -> str:
    """The moment in UTC at which a local day begins, as lines write it."""
    return write(datetime.combine(day, time(), KYIV))


def local_day(moment: str) -> date:
    """The day in Kyiv on which a moment lies."""
    return datetime.fromisoformat(moment).astimezone(KYIV).date()


def write(moment: datetime) -> str:
    """A moment as lines write it: such texts sort as the moments do."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def without_receipt(text: bytes) -> bytes:
    """The line without the moment of receipt, which is for the receiver to say."""
    before, _, rest = text.partition(b',"received_at":"')
    return before + rest.partition(b'"')[2]


RECEIPT = msgspec.json.Decoder(Receipt)
