"""Tells how the connected systems are: when each was heard last, and which of them is silent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils.timezone import localtime, make_aware

from mirylo.core.calendars import WorkingRule
from mirylo.core.faults import N_
from mirylo.display.language import say
from mirylo.domain.intake import liveness
from mirylo.web.ui.moments import write_ago, write_moment

KINDS = {"centres": N_("centres’ system"), "provider": N_("provider’s system"), "portal": N_("portal")}


@dataclass(frozen=True)
class Heard:
    """A connected system, whether it is silent, and what is to be said of it."""

    key: int
    name: str
    kind: str
    is_silent: bool
    said: str


def read_systems(now: datetime, calendar: WorkingRule) -> Sequence[Heard]:
    """The active systems, those silent longest first."""
    silent_before = begin_of_silence(now, calendar)
    return [_say(one, now, silent_before) for one in liveness.list_heard()]


def begin_of_silence(now: datetime, calendar: WorkingRule) -> datetime:
    """Who was not heard since this moment is silent: the morning of the working day before today.

    So a system that closes for the weekend is not called silent on Monday, and one that misses a whole working day is.
    """
    day = localtime(now).date() - timedelta(days=1)
    while not calendar.is_working(day):
        day -= timedelta(days=1)
    return make_aware(datetime.combine(day, time()))


def _say(one: liveness.Heard, now: datetime, silent_before: datetime) -> Heard:
    is_silent = one.last_at is None or one.last_at < silent_before
    if one.last_at is None:
        said = say("has sent nothing yet")
    elif is_silent:
        said = say("silent since {moment}", moment=write_moment(one.last_at))
    else:
        said = write_ago(one.last_at, now)
    return Heard(one.system.pk, one.system.name, say(KINDS[one.system.kind]), is_silent, said)
