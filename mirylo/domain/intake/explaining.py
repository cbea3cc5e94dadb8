"""Goes through a line that could not be taken in at once, field by field, and names everything that is wrong."""

import base64
import binascii
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches
from functools import lru_cache

import msgspec

from mirylo.core.faults import N_, Fault
from mirylo.domain.intake import personal
from mirylo.domain.intake.envelopes import is_envelope, open_envelope
from mirylo.domain.intake.faults import ALWAYS, fault
from mirylo.domain.intake.lines import EXEMPT, FIELDS, MOMENTS, NEEDED, TYPES, Line, encode

A_MOMENT = N_("a moment like 2026-10-05T09:30:00+03:00")
EXPECTED = {
    msgspec.inspect.StrType: (str, ""),
    msgspec.inspect.IntType: (int, N_("a whole number from 0 to 1,000,000")),
    msgspec.inspect.BoolType: (bool, N_("true or false")),
    msgspec.inspect.DateTimeType: (datetime, A_MOMENT),
}


def _kind_of(declared: object) -> msgspec.inspect.Type:
    """What a field holds beside null."""
    found = msgspec.inspect.type_info(declared)
    if isinstance(found, msgspec.inspect.UnionType):
        return next(part for part in found.types if not isinstance(part, msgspec.inspect.NoneType))
    return found


KIND_OF = {name: _kind_of(field.type) for name, field in FIELDS.items()}
LENGTHS = {
    40: N_("a text of 1 to 40 signs, in one line"),
    100: N_("a text of 1 to 100 signs, in one line"),
    200: N_("a text of 1 to 200 signs, in one line"),
}
"""What is expected of a text, by how many signs it may have."""
LONGEST_NAME = 100
"""Signs of an unknown name that are shown and compared."""
PLACES = ("hromada", "raion", "oblast")
KINDS = {
    "e_mail": N_("an e-mail address"),
    "phone": N_("a telephone number"),
    "tax_number": N_("a tax number"),
    "register_record": N_("a record number of the demographic register"),
    "passport": N_("a passport number"),
    "name": N_("the name of a person"),
    "field": N_("a field of that name"),
}


@dataclass(frozen=True)
class Explained:
    """A line as far as it could be read: its fields that are right, its id, all faults, and what to keep of it.

    `line` is none where there are no fields at all.
    """

    line: Line | None
    event_id: str
    faults: tuple[Fault, ...]
    text: str


def explain(text: bytes) -> Explained:
    """Read a line slowly: CloudEvents are opened, and every field that is wrong is named."""
    try:
        said = msgspec.json.decode(text)
        return _explain(text, said)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        plain = text.decode("utf-8", "replace").replace("\x00", "\N{REPLACEMENT CHARACTER}")
        found = [fault("not_json", "", detail=str(error))]
        if kind := personal.kind_of(plain):
            found.append(fault("personal_data", "", kind=KINDS[kind]))
        return Explained(None, "", tuple(found), personal.blot_out(plain))


def _explain(text: bytes, said: object) -> Explained:
    if not isinstance(said, dict):
        return Explained(None, "", (fault("not_an_object", ""),), _keep(text, said))
    fields, faults = open_envelope(said) if is_envelope(said) else (said, [])
    values: dict[str, object] = {}
    for name, value in fields.items():
        if name not in FIELDS:
            faults.append(_unknown(name, value))
        elif value is not None:
            values[name], found = _read(name, value)
            faults += found
    event_id = fields.get("id")
    event_id = event_id[:200].replace("\x00", "") if isinstance(event_id, str) else ""
    line = Line(**{name: value for name, value in values.items() if value is not None})  # type: ignore[arg-type]
    return Explained(line, event_id, tuple(faults), _keep(text, said))


def missing(fields: Mapping[str, object]) -> Iterator[Fault]:
    """Fields that every event must have, and the one that its type needs."""
    type_ = fields.get("type")
    for name in ("id", "type", "happened_at"):
        if fields.get(name) in (None, ""):
            yield replace(fault("missing", name), remedy=ALWAYS)
    needed = NEEDED.get(type_) if isinstance(type_, str) else None
    if needed and fields.get(needed) in (None, ""):
        yield fault("missing", needed, type=type_)


def _unknown(name: str, value: object) -> Fault:
    """A field that events do not have; if it seems to hold a person's data, that is what is said."""
    shown = name[:LONGEST_NAME].replace("\x00", "")
    if any(map(personal.is_personal_field, (name, *_names_in(value)))):
        return fault("personal_data", shown, kind=KINDS["field"])
    for text in personal.texts_in(value):
        if kind := personal.kind_of(text):
            return fault("personal_data", shown, kind=KINDS[kind])
    return fault("unknown_field", shown, nearest=_nearest_field(shown))


@lru_cache(maxsize=1000)
def _nearest_field(name: str) -> str:
    """The field that is called most alike: a system that errs in a name does so in every line."""
    return (get_close_matches(name, FIELDS, n=1, cutoff=0) or ["number"])[0]


@lru_cache(maxsize=1000)
def _near_types(name: str) -> str:
    """The types that are called alike, or all of them."""
    return ", ".join(get_close_matches(name, TYPES, n=5, cutoff=0.3) or TYPES)


def _names_in(value: object) -> Iterator[str]:
    """The names of fields inside a value."""
    if isinstance(value, dict):
        yield from value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _names_in(part)


def _read(name: str, value: object) -> tuple[object, list[Fault]]:
    """The value of a field in its own type, or what is wrong with it."""
    field = FIELDS[name]
    is_code = name == "centre" and isinstance(value, str)
    is_clock = name in MOMENTS and isinstance(value, int)
    if name not in EXEMPT and not is_code and not is_clock:
        for text in personal.texts_in(value):
            if kind := personal.kind_of(text):
                return None, [fault("personal_data", name, kind=KINDS[kind])]
    try:
        return msgspec.convert(value, field.type, strict=True), []
    except (msgspec.ValidationError, OverflowError):
        return None, [_wrong(name, value)]


def _wrong(name: str, value: object) -> Fault:
    """Why a value does not fit its field."""
    kind = KIND_OF[name]
    if name == "type":
        return fault("bad_value", name, known=_near_types(str(value)[:LONGEST_NAME]))
    if isinstance(kind, msgspec.inspect.LiteralType):
        return fault("bad_value", name, known=", ".join(map(str, kind.values)))
    if isinstance(kind, msgspec.inspect.DateTimeType) and isinstance(value, str):
        try:
            if datetime.fromisoformat(value).tzinfo is None:
                return fault("no_offset", name)
        except ValueError:
            pass
        return fault("bad_form", name, expected=A_MOMENT)
    if name in PLACES and isinstance(value, str):
        return fault("bad_form", name, expected=N_("a code of KATOTTG: UA and 17 digits"))
    python_type, expected = EXPECTED[type(kind)]
    if isinstance(kind, msgspec.inspect.StrType):
        expected = LENGTHS[kind.max_length or 200]
    return fault("bad_form" if type(value) is python_type else "wrong_type", name, expected=expected)


def _keep(text: bytes, said: object) -> str:
    """What is kept of a line: all of it, but for personal data, which are blotted out.

    Where a field stands twice, only what was read of it is kept: nobody has looked at the rest.
    """
    blotted = _blotted(said)
    if blotted == said and not _has_repeated_fields(text):
        return text.decode("utf-8", "replace")
    return encode(blotted).decode()


def _has_repeated_fields(text: bytes) -> bool:
    """Whether an object has two fields of one name."""
    is_repeated = False

    def look(pairs: list[tuple[str, object]]) -> None:
        nonlocal is_repeated
        is_repeated |= len({name for name, _ in pairs}) < len(pairs)

    json.loads(text.decode("utf-8", "replace"), object_pairs_hook=look)
    return is_repeated


def _blotted(said: object, name: str = "", exempt: Collection[str] = (*EXEMPT, "subject")) -> object:
    """A value with its personal data made unreadable; identifiers are exempt where they identify the event itself."""
    if isinstance(said, dict):
        below = EXEMPT if name == "data" else exempt if not name else ()
        return {personal.blot_out(key): _blotted(value, key, below) for key, value in said.items()}
    if name == "data_base64" and isinstance(said, str):
        return _blotted_base64(said)
    if personal.is_personal_field(name) and name not in FIELDS:
        return personal.BLOT
    if isinstance(said, list):
        return [_blotted(value, name, ()) for value in said]
    if name in exempt or said is None or isinstance(said, bool):
        return said
    plain = str(said)
    blotted = personal.blot_out(plain)
    return said if blotted == plain else blotted


def _blotted_base64(said: str) -> str:
    """Data in base64 as they are, or blotted out whole if there is anything to blot inside."""
    try:
        inside = msgspec.json.decode(base64.b64decode(said, validate=True))
    except (binascii.Error, msgspec.DecodeError, ValueError):
        return personal.BLOT
    return said if _blotted(inside) == inside else personal.BLOT
