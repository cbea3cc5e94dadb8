"""Says in words when an access point could not work: why, from when, for how long."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mirylo.core.faults import N_
from mirylo.display.language import say
from mirylo.domain.intake.interruptions import Interruption, list_interruptions
from mirylo.web.portal.words import say_word
from mirylo.web.ui.moments import write_duration, write_time

MOST = 10
REASONS = {
    "air_raid": N_("air raid alert"),
    "power": N_("no power"),
    "network": N_("no network"),
    "register_down": N_("a register does not answer"),
    "other": N_("another reason"),
}


@dataclass(frozen=True)
class Break:
    """An interruption in words; `is_open` while the access point does not work."""

    reason: str
    began: str
    lasted: str
    is_open: bool


def read_breaks(centre: str, now: datetime) -> Sequence[Break]:
    """The latest interruptions of an access point, the newest first."""
    return [_say(one, now) for one in list_interruptions(centre)[::-1][:MOST]]


def _say(one: Interruption, now: datetime) -> Break:
    lasted = write_duration((one.to_at or now) - one.from_at)
    if one.to_at is None:
        lasted = say("{span} so far", span=lasted)
    return Break(say_word(REASONS, one.reason), write_time(one.from_at), lasted, one.to_at is None)
