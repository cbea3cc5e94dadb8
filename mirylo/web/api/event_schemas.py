"""Describes for the OpenAPI page what may be sent as events: every field in words, and examples that would be taken."""

import json
from typing import Any

import msgspec

from mirylo.domain.intake.lines import NEEDED, Line
from mirylo.engines.records import EVENT, EVENT_TYPES_SAID
from mirylo.web.api import bodies

ALWAYS = ("id", "type", "happened_at")
OWN_TYPES = {
    "centre.interrupted": "an access point can no longer work: `reason`; without a number",
    "centre.restored": "the access point works again; without a number",
}
"""Types that only connected systems send."""
OWN_FIELDS = {
    "id": "identifier of the event, unique in its source; under it the same event may be sent again",
    "source": "one of the sources of your key; may be left out where there is only one",
    "number": "number of the case or ticket, unique in its source",
    "happened_at": "when it happened, with the offset from UTC",
    "sent_at": "when it was sent, with the offset from UTC",
    "corrects": "id of an earlier event that this one stands in for",
    "centre": "code of the access point in the register of Mirylo",
    "provider": "code of the body that decides",
    "variation": "code of the variation of the service",
    "group": "what the cases of one complex service have in common",
    "ground": "ground of a refusal, in the words of the law; no data of persons",
    "reason": "why an access point could not work",
}
"""Fields of which a connected system should know more than the column of the reference says."""

REGISTERED = {
    "id": "5f0c-1",
    "type": "application.registered",
    "number": "20261005-17",
    "centre": "07-0001",
    "service": "00034",
    "channel": "office",
    "applicant_kind": "person",
    "happened_at": "2026-10-05T09:30:00+03:00",
}
DECIDED = {
    "id": "5f0c-2",
    "type": "decision.made",
    "number": "20261005-17",
    "decision": "granted",
    "happened_at": "2026-10-06T15:10:00+03:00",
}
ENVELOPED = {
    "specversion": "1.0",
    "id": "5f0c-2",
    "source": "vulyk-lutsk",
    "type": "ua.mirylo.decision.made",
    "subject": "20261005-17",
    "time": "2026-10-06T15:10:00+03:00",
    "data": {"decision": "granted"},
}


def describe_body() -> dict[str, Any]:
    """What may be sent: the schema of an event, alone, in arrays, in lines and in envelopes."""
    event = _describe_event()
    envelope = {
        "type": "object",
        "required": ["specversion", "id", "source", "type"],
        "properties": {
            "specversion": {"const": "1.0"},
            "id": {"type": "string"},
            "source": {"type": "string"},
            "type": {"type": "string"},
            "time": {"type": "string", "format": "date-time"},
            "subject": {"type": "string"},
            "data": {"type": "object"},
        },
    }
    lines = {"type": "string", "description": "One event a line."}
    in_lines = "\n".join(json.dumps(one) for one in (REGISTERED, DECIDED))
    return {
        "requestBody": {
            "required": True,
            "content": {
                bodies.JSON: {
                    "schema": {"anyOf": [event, {"type": "array", "items": event}]},
                    "examples": {
                        "one": {"summary": "One event", "value": REGISTERED},
                        "many": {"summary": "Many events", "value": [REGISTERED, DECIDED]},
                    },
                },
                **{kind: {"schema": lines, "example": in_lines} for kind in bodies.LINES},
                bodies.ENVELOPE: {"schema": envelope, "example": ENVELOPED},
                bodies.ENVELOPES: {"schema": {"type": "array", "items": envelope}, "example": [ENVELOPED]},
            },
        }
    }


def _describe_event() -> dict[str, Any]:
    """The schema of an event, a sentence for each field and each type."""
    schema: dict[str, Any] = msgspec.json.schema(Line)["$defs"]["Line"]
    said = {column.name: column.en for column in EVENT} | OWN_FIELDS
    types = {type_: en for type_, (en, _) in EVENT_TYPES_SAID.items()} | OWN_TYPES
    said["type"] = "what happened:\n" + "\n".join(f"- `{type_}`: {words}" for type_, words in types.items())
    for type_, name in NEEDED.items():
        said[name] += f"; needed by `{type_}`"
    properties = {
        name: {key: value for key, value in one.items() if key != "default"} | {"description": said[name]}
        for name, one in schema["properties"].items()
    }
    return {
        "title": "Event",
        "description": "An event. A field without a value is left out or null.",
        "type": "object",
        "properties": properties,
        "required": list(ALWAYS),
    }
