"""The rules by which a case is judged: which term a service has, when it is finished, how moments become dates."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property

from mirylo.core.calendars import Calendar
from mirylo.core.terms import Term


class Compare(StrEnum):
    """Whether on time is judged by local dates (the rule of the law) or by moments (sources that say so)."""

    DATES = "dates"
    MOMENTS = "moments"


class Finish(StrEnum):
    """What finishes a service: documents ready to be given, the applicant told, or the result handed over."""

    READY = "ready"
    NOTIFIED = "notified"
    ISSUED = "issued"


class Deficiency(StrEnum):
    """What leaving an application without motion, or returning it, does to the clock until it is corrected."""

    STOPS = "stops"
    RESTARTS = "restarts"
    IGNORED = "ignored"


@dataclass(frozen=True)
class ServiceRule:
    """How one service is counted. A service that is not suspendable runs on while terms are suspended by law."""

    term: Term | None = None
    finish: Finish = Finish.READY
    deficiency: Deficiency = Deficiency.STOPS
    is_suspendable: bool = True


@dataclass(frozen=True)
class Rules:
    """All that a fold must know beside the events: time zone, calendar, and the rules of services by their code.

    `default` holds for services that `services` does not name. A term that a case brings itself stands above both.
    """

    calendar: Calendar
    timezone: str = "Europe/Kyiv"
    compare: Compare = Compare.DATES
    default: ServiceRule = field(default_factory=ServiceRule)
    services: Mapping[str, ServiceRule] = field(default_factory=dict)

    def of(self, service: str | None) -> ServiceRule:
        """The rule of a service, by code."""
        return self.services.get(service, self.default) if service is not None else self.default

    def calendar_of(self, rule: ServiceRule) -> Calendar:
        """The calendar by which a rule's term runs: without suspensions where the service is exempt from them."""
        return self.calendar if rule.is_suspendable else self.unsuspended

    @cached_property
    def unsuspended(self) -> Calendar:
        """The calendar in which no term was ever suspended."""
        return replace(self.calendar, suspensions=())
