"""Reads what a system sent: undoes gzip, looks at the content type, and cuts the body into lines, one an event."""

import zlib

import msgspec
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, UnreadablePostError
from django.http.request import RawPostDataException

from mirylo.core.faults import N_
from mirylo.domain.intake.envelopes import read_headers
from mirylo.web.api.problems import ProblemError

ENVELOPE, ENVELOPES = "application/cloudevents+json", "application/cloudevents-batch+json"
LINES = ("application/x-ndjson", "application/ndjson", "application/jsonl")
JSON = "application/json"
READ = (JSON, *LINES, ENVELOPE, ENVELOPES)
"""Content types that are read."""
GZIP = b"\x1f\x8b"
"""What every gzip begins with, and no JSON does."""
PIECE = 2**14
"""Bytes of gzip that are undone together."""
MOST_COMMAS = 50
"""In an event of an array, on average: an event has some 35 fields. What has more is no events, and each element of an
array takes memory before the array is whole."""
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def read_lines(request: HttpRequest) -> tuple[list[bytes], bool]:
    """The lines of a request, and whether it is about one event only. ProblemError says what cannot be read."""
    kind = request.content_type.lower()
    is_binary = "ce-specversion" in request.headers or "ce-id" in request.headers
    is_read = kind in READ or (is_binary and not kind)
    charset = request.content_params.get("charset", "utf-8").lower()
    if not is_read or charset not in ("utf-8", "utf8", "us-ascii"):
        raise ProblemError(
            415,
            "content_type",
            N_("This content type is not read"),
            N_("Send events in UTF-8 as one of: {known}."),
            headers={"Accept-Post": ", ".join(READ)},
            known=", ".join(READ),
        )
    body = unpack(request).removeprefix(BYTE_ORDER_MARK)
    if is_binary and kind in (JSON, ""):
        return [read_headers(request.headers, body)], True
    if body.startswith(GZIP):
        detail = N_("Send the header Content-Encoding: gzip with it.")
        raise ProblemError(400, "packed", N_("The body is gzip, and no header says so"), detail)
    if kind in LINES:
        if body.count(b"\n") > settings.MOST_LINES:
            raise _too_many_lines()
        lines, is_single = body.split(b"\n"), False
    else:
        lines, is_single = _objects_of(body)
    if len(lines) > settings.MOST_LINES + 1:
        raise _too_many_lines()
    if not any(line.strip() for line in lines):
        raise ProblemError(400, "empty", N_("The request is empty"), N_("Send at least one event."))
    return lines, is_single


def _objects_of(body: bytes) -> tuple[list[bytes], bool]:
    """The elements of a JSON array, or the one value that is there; what is no JSON is one bad line."""
    if body.lstrip()[:1] != b"[":
        return [body], True
    if body.count(b",") > settings.MOST_LINES * MOST_COMMAS:
        raise _too_many_lines()
    try:
        return [bytes(raw) for raw in msgspec.json.decode(body, type=list[msgspec.Raw])], False
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ProblemError(
            400,
            "not_json",
            N_("The body is not a JSON array"),
            N_("It cannot be read: {detail}. Send NDJSON if one bad line must not hold up the others."),
            detail=str(error),
        ) from None


def unpack(request: HttpRequest) -> bytes:
    """The body with its gzip undone. ProblemError for what is too large, broken, or packed in another way."""
    if request.headers.get("Transfer-Encoding"):
        detail = N_("Send the header Content-Length; bodies in chunks are not read.")
        raise ProblemError(411, "length_required", N_("The length of the body is not known"), detail)
    packing = request.headers.get("Content-Encoding", "identity").strip().lower()
    if packing not in ("identity", "", "gzip"):
        raise ProblemError(
            415,
            "content_encoding",
            N_("The body is packed in a way that is not read"),
            N_("Send it as it is, or with Content-Encoding: gzip."),
            headers={"Accept-Encoding": "gzip, identity"},
        )
    try:
        body = request.body
    except RequestDataTooBig:
        raise too_large(N_("Send at most {most} bytes at once."), most=settings.LARGEST_BODY) from None
    except (UnreadablePostError, RawPostDataException):
        detail = N_("The connection broke off. Send the whole of it again: what is known already is not taken twice.")
        raise ProblemError(400, "broken_off", N_("The body did not arrive whole"), detail) from None
    return _gunzip(body) if packing == "gzip" else body


def _gunzip(body: bytes) -> bytes:
    """Undo gzip, up to the largest size; a body that was cut off is refused, not read halfway.

    Several gzip files one after another are one, as the standard has it; anything else behind the first is refused.
    What is left of a piece behind the end of a file is copied, so the pieces are small: else millions of empty files
    would be copied millions of times.
    """
    parts, left = [], settings.LARGEST_TEXT
    unpacker = zlib.decompressobj(wbits=31)
    for first in range(0, len(body), PIECE):
        piece = body[first : first + PIECE]
        while piece:
            if unpacker.eof:
                unpacker = zlib.decompressobj(wbits=31)
            try:
                part = unpacker.decompress(piece, left + 1)
            except zlib.error as error:
                raise _broken_gzip(str(error)) from None
            left -= len(part)
            if left < 0:
                raise too_large(N_("Send at most {most} bytes at once, gzip undone."), most=settings.LARGEST_TEXT)
            parts.append(part)
            piece = unpacker.unused_data
    if not unpacker.eof:
        raise _broken_gzip("cut off")
    return b"".join(parts)


def _broken_gzip(detail: str) -> ProblemError:
    title, remedy = N_("The gzip of the body is broken"), N_("Pack it anew and send it again ({detail}).")
    return ProblemError(400, "broken_gzip", title, remedy, detail=detail)


def _too_many_lines() -> ProblemError:
    return too_large(N_("Send at most {most} lines at once."), most=settings.MOST_LINES)


def too_large(detail: str, **values: object) -> ProblemError:
    """The problem of a request that is too large."""
    return ProblemError(413, "too_large", N_("The request is too large"), detail, **values)
