"""Takes services with their variations, terms and costs from a file into the register, and gives them back."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from mirylo.core.faults import N_, Fault
from mirylo.domain.registers.contents import WrongContentError, term_of
from mirylo.domain.registers.entries import Entry, Part, Save, apply, check_new, count, in_batches
from mirylo.domain.registers.layouts import SERVICES
from mirylo.domain.registers.models import Service, Variation
from mirylo.domain.registers.names import fold_name

OWN = tuple(column.name for column in SERVICES.columns[1:] if not column.repeats)
BATCH = 300
TOLD = {"variation_uk": "uk", "variation_en": "en", "costs": "costs"}
"""Columns of a variation that are kept as they stand, and where."""

Told = dict[str, Any]
"""What a file tells of a variation: values of its fields; a field that the file does not have is not there."""


def prepare(entries: Sequence[Entry], faults: list[Fault], at: datetime) -> Save:
    """Check services against those that are kept; what comes back writes them."""
    stored = Service.objects.in_bulk([entry.key for entry in entries])
    check_new(entries, stored, SERVICES, faults)
    told: dict[str, list[Told]] = {}
    for entry in entries:
        _check_dates(entry, stored.get(entry.key), faults)
        if any(part.values for part in entry.parts):
            told[entry.key] = list(_variations(entry, faults))
    return lambda: count(entries, *_save(entries, told))


def _check_dates(entry: Entry, stored: Service | None, faults: list[Fault]) -> None:
    first_on, last_on = (entry.values.get(name, getattr(stored, name, None)) for name in ("valid_from", "valid_to"))
    if first_on and last_on and last_on < first_on:
        problem = N_("{column} is before {first}")
        faults.append(entry.row.fault("valid_to", problem, N_("Mend one of the two dates."), first="valid_from"))


def _variations(entry: Entry, faults: list[Fault]) -> Iterator[Told]:
    """What the rows of a service tell of its variations, in their order."""
    seen: set[str] = set()
    for part in entry.parts:
        if part.is_empty:
            continue
        told = _variation(part, faults)
        if told["code"] in seen:
            problem = N_("the variation {code} is there already for {key}")
            remedy = N_("Give each variation of a service a code of its own.")
            faults.append(part.row.fault("variation", problem, remedy, code=told["code"], key=entry.key))
        seen.add(told["code"])
        yield told


def _variation(part: Part, faults: list[Fault]) -> Told:
    told: Told = {"code": part.values.get("variation") or "1"}
    for column, name in TOLD.items():
        if column in part.values:
            told[name] = part.values[column] or ([] if column == "costs" else "")
    if not {"term_amount", "term_unit"} <= part.row.cells.keys() or {"term_amount", "term_unit"} <= part.values.keys():
        try:
            term = term_of(part.values.get("term_amount"), part.values.get("term_unit"))
            if {"term_amount", "term_unit"} & part.values.keys():
                told["term_amount"], told["term_unit"] = term
        except WrongContentError as error:
            column = "term_unit" if part.values.get("term_unit") is None else "term_amount"
            faults.append(part.row.fault(column, error.problem, error.remedy, **error.values))
    return told


def _save(entries: Sequence[Entry], told: dict[str, list[Told]]) -> tuple[list[str], set[str]]:
    """Write the services; the keys of those added, and of those changed."""
    stored = Service.objects.in_bulk([entry.key for entry in entries])
    added, changed = [], []
    for entry in entries:
        service = stored.get(entry.key)
        if service is None:
            service = Service(code=entry.key)
            apply(service, entry.values, SERVICES)
            added.append(service)
        elif apply(service, entry.values, SERVICES):
            service.search_name = fold_name(service.uk)
            changed.append(service)
    Service.objects.bulk_create(added, BATCH)
    Service.objects.bulk_update(changed, (*OWN, "search_name"), BATCH)
    new = {service.pk for service in added}
    touched = _save_variations(told) | {service.pk for service in changed}
    return list(new), touched - new


def _save_variations(told: dict[str, list[Told]]) -> set[str]:
    """Make the variations of services what the file tells, in its order; the services that this changed.

    Variations that a file no longer tells are gone: the register says what there is. The first one holds where a case
    names none, therefore variations in another order are written anew.
    """
    kept: dict[str, list[Variation]] = {}
    for variation in Variation.objects.order_by("service_id", "pk"):
        kept.setdefault(variation.service_id, []).append(variation)
    touched: set[str] = set()
    new: list[Variation] = []
    for service, variations in told.items():
        by_code = {variation.code: variation for variation in kept.get(service, [])}
        wanted = [by_code.get(one["code"], Variation(service_id=service)) for one in variations]
        changes = [_tell(variation, one) for variation, one in zip(wanted, variations, strict=True)]
        if any(changes) or [variation.pk for variation in wanted] != [old.pk for old in by_code.values()]:
            touched.add(service)
            for variation in wanted:
                variation.pk = None
            new.extend(wanted)
    for services in in_batches(touched):
        Variation.objects.filter(service_id__in=services).delete()
    Variation.objects.bulk_create(new, BATCH)
    return touched


def _tell(variation: Variation, told: Told) -> bool:
    """Write what is told into a variation, and say whether that changed it."""
    is_changed = False
    for name, value in told.items():
        if getattr(variation, name) != value:
            setattr(variation, name, value)
            is_changed = True
    return is_changed


def read(some: Sequence[Service] | None = None) -> Iterator[dict[str, Any]]:
    """Services, or all of them, as records of a file, their variations inside."""
    rows = Variation.objects.order_by("service_id", "pk")
    variations: dict[str, list[dict[str, Any]]] = {}
    for variation in rows if some is None else rows.filter(service__in=some):
        variations.setdefault(variation.service_id, []).append(
            {
                "code": variation.code,
                "uk": variation.uk,
                "en": variation.en,
                "term_amount": variation.term_amount,
                "term_unit": variation.term_unit or None,
                "costs": variation.costs,
            }
        )
    for service in some if some is not None else Service.objects.order_by("code").iterator():
        own = {name: getattr(service, name) for name in OWN}
        yield {"code": service.code, **own, "variations": variations.get(service.code, [])}
