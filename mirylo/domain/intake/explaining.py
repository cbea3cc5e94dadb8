"""Goes through a line that could not be taken in at once, field by field, and names everything that is wrong."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches

import msgspec

from mirylo.core.faults import N_, Fault
from mirylo.domain.intake import personal
from mirylo.domain.intake.envelopes import is_envelope, open_envelope
from mirylo.domain.intake.faults import CODE, fault
from mirylo.domain.intake.lines import EXEMPT, FIELDS, NEEDED, TYPES, Line, encode

EXPECTED = {
    msgspec.inspect.StrType: (str, N_("a text of 1 to 200 signs")),
    msgspec.inspect.IntType: (int, N_("a whole number, 0 or more")),
    msgspec.inspect.BoolType: (bool, N_("true or false")),
    msgspec.inspect.DateTimeType: (datetime, N_("a moment")),
}


def _kind_of(declared: object) -> msgspec.inspect.Type:
    """What a field holds beside null."""
    found = msgspec.inspect.type_info(declared)
    if isinstance(found, msgspec.inspect.UnionType):
        return next(part for part in found.types if not isinstance(part, msgspec.inspect.NoneType))
    return found


KIND_OF = {name: _kind_of(field.type) for name, field in FIELDS.items()}
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
    """A line as far as it could be read: the event if every field is right, its id, all faults, and what to keep."""

    line: Line | None
    event_id: str
    faults: tuple[Fault, ...]
    text: str


def explain(text: bytes) -> Explained:
    """Read a line slowly: CloudEvents are opened, and every field that is wrong is named."""
    try:
        said = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        plain = text.decode("utf-8", "replace").replace("\x00", "\N{REPLACEMENT CHARACTER}")
        found = [fault("not_json", "", detail=str(error))]
        if kind := personal.kind_of(plain):
            found.append(fault("personal_data", "", kind=KINDS[kind]))
        return Explained(None, "", tuple(found), personal.blot_out(plain))
    if not isinstance(said, dict):
        return Explained(None, "", (fault("not_an_object", ""),), _keep(text, said, ()))
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
    if faults:
        faults += missing(fields)
        return Explained(None, event_id, tuple(faults), _keep(text, said, faults))
    return Explained(Line(**values), event_id, (), _keep(text, said, ()))  # type: ignore[arg-type]


def missing(fields: Mapping[str, object]) -> Iterator[Fault]:
    """Fields that every event must have, and the one that its type needs."""
    type_ = fields.get("type")
    wanted = ["id", "type", "happened_at", *([NEEDED[type_]] if isinstance(type_, str) and type_ in NEEDED else [])]
    for name in wanted:
        if fields.get(name) in (None, ""):
            yield fault("missing", name, type=type_ or "…")


def _unknown(name: str, value: object) -> Fault:
    """A field that events do not have; if it seems to hold a person's data, that is what is said."""
    shown = name[:100].replace("\x00", "")
    if personal.is_personal_field(name):
        return fault("personal_data", shown, kind=KINDS["field"])
    for text in personal.texts_in(value):
        if kind := personal.kind_of(text):
            return fault("personal_data", shown, kind=KINDS[kind])
    near = get_close_matches(name, FIELDS, n=1, cutoff=0)
    return fault("unknown_field", shown, nearest=near[0] if near else "number")


def _read(name: str, value: object) -> tuple[object, list[Fault]]:
    """The value of a field in its own type, or what is wrong with it."""
    field = FIELDS[name]
    if name not in EXEMPT:
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
        near = get_close_matches(str(value), TYPES, n=5, cutoff=0.3)
        return fault("bad_value", name, known=", ".join(near or TYPES))
    if isinstance(kind, msgspec.inspect.LiteralType):
        return fault("bad_value", name, known=", ".join(map(str, kind.values)))
    if isinstance(kind, msgspec.inspect.DateTimeType) and isinstance(value, str):
        try:
            if datetime.fromisoformat(value).tzinfo is None:
                return fault("no_offset", name)
        except ValueError:
            pass
        return fault("bad_form", name, expected=N_("a moment like 2026-10-05T09:30:00+03:00"))
    if name in PLACES and isinstance(value, str):
        return fault("bad_form", name, expected=N_("a code of KATOTTG: UA and 17 digits"))
    python_type, expected = EXPECTED[type(kind)]
    return fault("bad_form" if type(value) is python_type else "wrong_type", name, expected=expected)


def _keep(text: bytes, said: object, faults: Iterable[Fault]) -> str:
    """What is kept of a line: all of it, but for personal data, which are blotted out."""
    if not any(found.values[CODE] == "personal_data" for found in faults):
        return text.decode("utf-8", "replace").replace("\x00", "\N{REPLACEMENT CHARACTER}")
    return encode(_blotted(said)).decode()


def _blotted(said: object, name: str = "") -> object:
    if isinstance(said, dict):
        return {key: _blotted(value, key) for key, value in said.items()}
    if personal.is_personal_field(name) and name not in FIELDS:
        return personal.BLOT
    if isinstance(said, list):
        return [_blotted(value, name) for value in said]
    if name in EXEMPT or said is None or isinstance(said, bool):
        return said
    plain = str(said)
    blotted = personal.blot_out(plain)
    return said if blotted == plain else blotted
