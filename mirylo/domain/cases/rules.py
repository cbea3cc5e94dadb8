"""The rules by which cases are folded here: the calendar of Ukraine, local time, and the terms of the register."""

from django.conf import settings

from mirylo.core.calendars import Calendar
from mirylo.core.rules import Compare, Rules
from mirylo.domain.cases.models import Told
from mirylo.domain.registers.rules import service_rules
from mirylo.engines.collecting import collected_of_cases, collected_of_tickets, moments_of


def current_rules() -> Rules:
    """The rules as the registers have them now."""
    return Rules(
        Calendar.ukraine(),
        timezone=settings.TIME_ZONE,
        compare=Compare(settings.COMPARE),
        services=service_rules(),
    )


def collected() -> dict[str, frozenset[str]]:
    """By fact table, the columns that the connected systems fill, from all that they ever told."""
    told = {kind: set(Told.objects.filter(kind=kind).values_list("name", flat=True)) for kind in Told.Kind.values}
    inputs = told[Told.Kind.COLUMN] | moments_of(told[Told.Kind.TYPE])
    return {"cases": collected_of_cases(inputs, current_rules()), "tickets": collected_of_tickets(inputs)}
