"""What a line of events may hold: its fields, their types and forms, read quickly where all is well.

A line that cannot be read here is gone through again, slowly, by `explaining`, which names everything that is wrong.
"""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from mirylo.core.timelines import EVENT_TYPES
from mirylo.domain.registers.models import TERM_UNITS

CENTRE_TYPES = ("centre.interrupted", "centre.restored")
"""What a whole access point reports; such an event belongs to no case."""
OF_CENTRE = "\x1f"
"""What the number of such an event begins with where it is kept, before the code of the access point: no case number
holds a control character, so the two never meet, and one index finds both."""
TYPES = (*EVENT_TYPES, *CENTRE_TYPES)

NO_CONTROLS = r"^[^\x00-\x1f\x7f]*\Z"
Id = Annotated[str, Meta(min_length=1, max_length=200, pattern=NO_CONTROLS)]
AccessPointCode = Annotated[str, Meta(min_length=1, max_length=40, pattern=NO_CONTROLS)]
Code = Annotated[str, Meta(min_length=1, max_length=100, pattern=NO_CONTROLS)]
Phrase = Annotated[str, Meta(min_length=1, max_length=200, pattern=NO_CONTROLS)]
Place = Annotated[str, Meta(pattern=r"^UA[0-9]{17}\Z")]
Moment = Annotated[datetime, Meta(tz=True)]
Amount = Annotated[int, Meta(ge=0, le=1_000_000)]
"""A term or an extension: two years in minutes. What is longer is a slip of the pen."""
Type = Literal[TYPES]  # type: ignore[valid-type]


class Line(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """An event as a line tells it. What follows `corrects` is the event's content, kept as it is.

    A field without a value is left out or null. Every field has a default, so that content can be written without the
    fields above; whether those that must be there are there is looked at afterwards.
    """

    id: Id = ""
    source: Id | None = None
    type: Type = ""
    number: Id | None = None
    happened_at: Moment | None = None
    sent_at: Moment | None = None
    corrects: Id | None = None
    activity: Phrase | None = None
    centre: AccessPointCode | None = None
    access_point_kind: Literal["centre", "unit", "remote", "mobile"] | None = None
    hromada: Place | None = None
    raion: Place | None = None
    oblast: Place | None = None
    provider: Code | None = None
    service: Code | None = None
    variation: Code | None = None
    group: Id | None = None
    channel: Code | None = None
    applicant_kind: Literal["person", "business"] | None = None
    is_online: bool | None = None
    is_test: bool | None = None
    is_voided: bool | None = None
    is_consultation: bool | None = None
    term_amount: Amount | None = None
    term_unit: Literal[TERM_UNITS] | None = None  # type: ignore[valid-type]
    registered_at: Moment | None = None
    ready_at: Moment | None = None
    due_at: Moment | None = None
    late_by_source: bool | None = None
    amount: Amount | None = None
    decision: Literal["granted", "refused", "closed"] | None = None
    ground: Phrase | None = None
    appeal_outcome: Literal["upheld", "dismissed"] | None = None
    reason: Literal["air_raid", "power", "network", "register_down", "other"] | None = None


FIELDS = {field.name: field for field in msgspec.structs.fields(Line)}
HEAD = ("id", "source", "type", "number", "happened_at", "sent_at", "corrects")
"""Fields that are kept as columns of their own, beside the content."""
EXEMPT = frozenset(("id", "number", "corrects", "source", "group"))
"""Identifiers: they may look like anything, and are not searched for personal data."""
FREE = ("activity", "channel", "provider", "service", "variation", "ground")
"""Texts in which somebody could have written a person's data."""
MOMENTS = ("happened_at", "sent_at", "registered_at", "ready_at", "due_at")
NEEDED: dict[str, str] = {
    "application.registered": "service",
    "term.extended": "amount",
    "decision.made": "decision",
    "appeal.decided": "appeal_outcome",
    "centre.interrupted": "reason",
}
"""By type, the one field of the content without which such an event says nothing."""
AT_A_CENTRE = frozenset(("ticket.issued", "visit.booked", "application.registered", *CENTRE_TYPES))
"""Types that a centre's system must say the access point of."""
EARLIEST, LATEST = 1990, 2100
"""Years outside of which a moment is a slip of the pen."""

decode = msgspec.json.Decoder(Line).decode
encode = msgspec.json.Encoder().encode
