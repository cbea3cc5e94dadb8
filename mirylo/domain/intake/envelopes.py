"""Takes events out of CloudEvents, the envelope in which many systems send them (CloudEvents 1.0, HTTP binding).

In structured mode an envelope is a JSON object; in batched mode there is an array of them; in binary mode its
attributes are headers and its data the body. All three become the same line: `time` is when it happened, `subject` the
number of the case, and what Mirylo needs beside stands in `data`.
"""

import base64
import binascii
from collections.abc import Mapping
from urllib.parse import unquote

import msgspec

from mirylo.core.faults import N_, Fault
from mirylo.domain.intake.faults import CODE

VERSION = "1.0"
ATTRIBUTES = {"id": "id", "source": "source", "type": "type", "time": "happened_at", "subject": "number"}
"""Attribute of an envelope to field of a line."""
EXTENSIONS = {"corrects": "corrects", "sentat": "sent_at"}
"""Attributes beside the standard's own that mean something here; others, such as `traceparent`, are passed over."""
PREFIX = "ua.mirylo."
"""Types may stand under this name: `ua.mirylo.application.registered`."""


def is_envelope(said: object) -> bool:
    """Whether a decoded line is a CloudEvent."""
    return isinstance(said, dict) and "specversion" in said


def read_headers(headers: Mapping[str, str], body: bytes) -> bytes:
    """A binary-mode request as one envelope in JSON: attributes from the headers `ce-…`, data from the body.

    >>> read_headers({"ce-specversion": "1.0", "ce-id": "1", "Content-Type": "application/json"}, b'{"a": 1}')
    b'{"specversion":"1.0","id":"1","datacontenttype":"application/json","data":{"a": 1}}'
    """
    attributes: dict[str, object] = {
        name.lower()[3:]: unquote(value, errors="replace")
        for name, value in headers.items()
        if name.lower().startswith("ce-")
    }
    content_type = next((value for name, value in headers.items() if name.lower() == "content-type"), None)
    if content_type:
        attributes["datacontenttype"] = content_type
    if body:
        attributes["data"] = msgspec.Raw(body) if _is_json(body) else body.decode("utf-8", "replace")
    return msgspec.json.encode(attributes)


def _is_json(body: bytes) -> bool:
    try:
        msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return True


def open_envelope(envelope: Mapping[str, object]) -> tuple[dict[str, object], list[Fault]]:
    """The fields of a line, and what is wrong with the envelope; faults of the fields themselves are found later."""
    faults: list[Fault] = []
    if envelope.get("specversion") != VERSION:
        problem, remedy = N_("this version of CloudEvents is not read"), N_("Send specversion 1.0.")
        faults.append(Fault("specversion", problem, remedy, {CODE: "bad_value"}))
    said = _data_of(envelope, faults)
    for attribute, field in (ATTRIBUTES | EXTENSIONS).items():
        value = envelope.get(attribute)
        if value is None:
            continue
        if said.get(field, value) != value:
            problem = N_("the envelope and its data say different things")
            remedy = N_("Say it once: as {attribute} of the envelope, or as {field} in its data.")
            faults.append(Fault(field, problem, remedy, {CODE: "bad_value", "attribute": attribute, "field": field}))
        said[field] = value
    if isinstance(type_ := said.get("type"), str):
        said["type"] = type_.removeprefix(PREFIX)
    return said, faults


def _data_of(envelope: Mapping[str, object], faults: list[Fault]) -> dict[str, object]:
    """The data as an object; none are an empty one, since the attributes may say everything."""
    data = envelope.get("data")
    if data is None and "data_base64" in envelope:
        try:
            data = msgspec.json.decode(base64.b64decode(str(envelope["data_base64"]), validate=True))
        except (binascii.Error, msgspec.DecodeError, ValueError, RecursionError):
            data = "unreadable"
    if data is None:
        return {}
    if not isinstance(data, dict):
        problem, remedy = N_("the data are not a JSON object"), N_("Send an object with the fields of the event.")
        faults.append(Fault("data", problem, remedy, {CODE: "wrong_type"}))
        return {}
    return dict(data)
