"""Says how many cases have waited long to be folded: a sign that the worker stands still or cannot keep up."""

from datetime import datetime, timedelta

from mirylo.display.language import say
from mirylo.display.numbers import say_count
from mirylo.domain.intake.models import StaleCase

LONG = timedelta(minutes=1)


def say_waiting(now: datetime) -> str:
    """The sentence; empty where nothing waits, as it should be."""
    waiting = StaleCase.objects.filter(marked_at__lt=now - LONG).count()
    if not waiting:
        return ""
    said = say_count(
        "{n} case has new events that are not counted yet.",
        "{n} cases have new events that are not counted yet.",
        waiting,
    )
    return f"{said} {say('If the number stays, ask the operator to look at the worker.')}"
