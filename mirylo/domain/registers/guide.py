"""Understands records as the Guide to administrative services gives them in its lists and dumps."""

import re
from collections.abc import Iterator, Mapping

from mirylo.domain.registers.contents import LARGEST_NUMBER
from mirylo.domain.registers.layouts import BODIES, CENTRES, SERVICES, Layout

Record = Mapping[str, object]

LONGEST_PROVIDER = 500
FIRST_NUMBER = re.compile(r"\d+")


def own_record(record: Record, layout: Layout) -> tuple[Record, bool]:
    """A record under our names, and whether it was in the Guide's layout; any other record is left as it is."""
    if layout is SERVICES and "identifier" in record:
        return _service(record), True
    if layout is CENTRES and (isinstance(record.get("address"), dict) or "timetable" in record):
        return _centre(record), True
    if layout is CENTRES and isinstance(record.get("asc_org"), dict):
        return _centre(record["asc_org"]), True  # type: ignore[arg-type]
    if layout is BODIES and isinstance(record.get("rsa"), dict):
        return _administration(record["rsa"]), True  # type: ignore[arg-type]
    return record, False


def _service(record: Record) -> Record:
    """A service of the register: `identifier`, a name or translations of it, and what else the dump tells."""
    own: dict[str, object] = {"code": _text(record["identifier"]), "uk": _name_of(record)}
    providers = [text for text in map(_text, _listed(record.get("service_provider"))) if text]
    provider = "; ".join(dict.fromkeys(providers))
    if not provider or len(provider) > LONGEST_PROVIDER:
        provider = _text(record.get("owner")) or provider[:LONGEST_PROVIDER]
    if "service_provider" in record or "owner" in record:
        own["provider"] = provider
    for theirs, ours in (("level", "level"), ("thematic_area", "thematic_area")):
        if theirs in record:
            own[ours] = "; ".join(filter(None, map(_text, _listed(record[theirs]))))
    for theirs, ours in (("events", "life_events"), ("produces", "results"), ("refusal_grounds", "refusal_grounds")):
        if theirs in record:
            own[ours] = [text for text in map(_text, _listed(record[theirs])) if text]
    if "variations" in record:
        own["variations"] = list(_variations(record["variations"]))
    return own


def _variations(found: object) -> Iterator[object]:
    """Variations with their terms and costs."""
    for number, variation in enumerate(_listed(found), start=1):
        if not isinstance(variation, dict):
            yield variation  # told as a fault by the reader
            continue
        duration = variation.get("duration")
        amount, unit = _term(duration) if isinstance(duration, dict) else (None, None)
        yield {
            "code": _text(variation.get("identifier")) or str(number),
            "uk": _name_of(variation),
            "term_amount": amount,
            "term_unit": unit,
            "costs": variation.get("costs") or [],
        }


def _term(duration: Record) -> tuple[object, object]:
    """Amount and unit of a duration, as they stand; the amount is looked for in its words where it is not given."""
    amount, unit = duration.get("value"), _text(duration.get("type"))
    if amount in (None, "") and unit:
        number = FIRST_NUMBER.search(_text(duration.get("verbose")))
        amount = number[0] if number else None
    return amount, unit or None


def _centre(record: Record) -> Record:
    """A centre: two keys, a state in words, an address with the code of its settlement, hours."""
    own: dict[str, object] = {name: record[name] for name in ("code", "idf", "name", "state") if name in record}
    if "code" not in own and "idf" in own:
        own["code"] = own["idf"]  # lists of reports name centres by their second key only
    if "state_str" in record:
        own["state"] = record["state_str"]
    if "state" in own:
        own["state"] = _text(own["state"])
    address = record.get("address")
    if isinstance(address, dict):
        own["address"] = address.get("address_full")
        locality = address.get("locality")
        if isinstance(locality, dict) and locality.get("codifier"):
            own["work"] = [{"territory": locality["codifier"]}]
    elif address is not None:
        own["address"] = address
    if "timetable" in record:
        own["hours"] = "; ".join(filter(None, map(_text, _listed(record["timetable"]))))
    return own


def _administration(record: Record) -> Record:
    """An oblast administration, as lists of statistical reports name it."""
    return {"edrpou": record.get("edrpou"), "name": record.get("name"), "kind": "oblast_administration"}


def _name_of(record: Record) -> str:
    """The name, or the first of its translations."""
    name = _text(record.get("name"))
    if not name:
        translations = [entry for entry in _listed(record.get("translations")) if isinstance(entry, dict)]
        name = next((text for text in (_text(entry.get("name")) for entry in translations) if text), "")
    return name


def _listed(found: object) -> list[object]:
    """A list as it is, anything else as a list of one, and nothing as an empty one."""
    if found is None or found == "":
        return []
    return found if isinstance(found, list) else [found]


def _text(found: object) -> str:
    """A text, a number as text, or the name of an object."""
    if isinstance(found, dict):
        found = next((found[key] for key in ("name", "verbose", "title", "text") if found.get(key)), None)
    if isinstance(found, bool) or not isinstance(found, str | int | float):
        return ""
    return str(found).strip() if isinstance(found, str) or abs(found) < LARGEST_NUMBER else ""
