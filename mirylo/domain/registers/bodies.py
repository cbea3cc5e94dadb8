"""Takes bodies from a file into the register, and gives them back: codes, names, who stands above whom."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from mirylo.core.faults import N_, Fault
from mirylo.domain.registers.entries import (
    Entry,
    Save,
    apply,
    check_known,
    check_new,
    check_no_circles,
    check_territories,
    count,
)
from mirylo.domain.registers.layouts import BODIES
from mirylo.domain.registers.models import Body
from mirylo.domain.registers.names import fold_name

ATTRIBUTES = {"parent": "parent_id", "territory": "territory_id"}
KEPT = ("name", "search_name", "short_name", "kind", "parent", "territory")
BATCH = 500


def prepare(entries: Sequence[Entry], faults: list[Fault], at: datetime) -> Save:
    """Check bodies against those that are kept; what comes back writes them."""
    parents = dict(Body.objects.values_list("edrpou", "parent_id"))
    check_new(entries, parents, BODIES, faults)
    named = [(entry.row, "parent", entry.values["parent"]) for entry in entries if entry.values.get("parent")]
    keys = {entry.key for entry in entries}
    check_known(named, {*parents, *keys}, N_("there is no body {value}"), faults)
    check_territories(
        ((entry.row, "territory", entry.values["territory"]) for entry in entries if entry.values.get("territory")),
        faults,
    )
    parents.update({entry.key: entry.values["parent"] for entry in entries if "parent" in entry.values})
    check_no_circles(entries, parents, faults)
    return lambda: count(entries, *_save(entries))


def _save(entries: Sequence[Entry]) -> tuple[list[str], list[str]]:
    """Write the bodies; the keys of those added, and of those changed."""
    stored = Body.objects.in_bulk([entry.key for entry in entries])
    added, changed = [], []
    for entry in entries:
        body = stored.get(entry.key)
        if body is None:
            body = Body(edrpou=entry.key)
            apply(body, entry.values, BODIES, ATTRIBUTES)
            added.append(body)
        elif apply(body, entry.values, BODIES, ATTRIBUTES):
            body.search_name = fold_name(body.name)
            changed.append(body)
    Body.objects.bulk_create(added, BATCH)
    Body.objects.bulk_update(changed, KEPT, BATCH)
    return [body.pk for body in added], [body.pk for body in changed]


def read(some: Iterable[Body] | None = None) -> Iterator[dict[str, Any]]:
    """Bodies, or all of them, as records of a file."""
    for body in some if some is not None else Body.objects.order_by("edrpou").iterator():
        yield {
            "edrpou": body.edrpou,
            "name": body.name,
            "short_name": body.short_name,
            "kind": body.kind,
            "parent": body.parent_id,
            "territory": body.territory_id,
        }
