"""Takes centres and other access points from a file into the register, and gives them back with their dated places."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.utils import timezone

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
    in_batches,
)
from mirylo.domain.registers.layouts import CENTRES
from mirylo.domain.registers.models import AccessPoint, Body, Seat
from mirylo.domain.registers.names import fold_name
from mirylo.domain.registers.reading import Row

OWN = ("idf", "name", "kind", "body", "state", "mode", "address", "hours", "opened_on", "closed_on", "confirmed_on")
BATCH = 300

Seats = dict[tuple[str, str], dict[date | None, str]]
"""Code of an access point and role, to territories by the day from which each holds."""


def prepare(entries: Sequence[Entry], faults: list[Fault], at: datetime) -> Save:
    """Check access points against those that are kept; what comes back writes them."""
    stored = AccessPoint.objects.in_bulk([entry.key for entry in entries], field_name="code")
    check_new(entries, stored, CENTRES, faults)
    _check_parents(entries, faults)
    bodies = set(Body.objects.values_list("pk", flat=True))
    named = [(entry.row, "body", entry.values["body"]) for entry in entries if entry.values.get("body")]
    check_known(named, bodies, N_("there is no body {value}"), faults)
    _check_second_keys(entries, faults)
    today = timezone.localdate(at)
    for entry in entries:
        _check_dates(entry, stored.get(entry.key), today, faults)
    check_territories(
        (
            (part.row, f"{role}_territory", part.values[f"{role}_territory"])
            for entry in entries
            for part in entry.parts
            for role in Seat.Role.values
            if part.values.get(f"{role}_territory")
        ),
        faults,
    )
    kept = _kept_seats(entries)
    new = {
        (entry.key, role): _new_seats(entry, role, kept.get((entry.key, role), {}), today, faults)
        for entry in entries
        for role in Seat.Role.values
    }
    return lambda: count(entries, *_save(entries, new))


def _check_parents(entries: Sequence[Entry], faults: list[Fault]) -> None:
    parents = dict(AccessPoint.objects.values_list("code", "parent__code"))
    named = [(entry.row, "parent", entry.values["parent"]) for entry in entries if entry.values.get("parent")]
    keys = {entry.key for entry in entries}
    check_known(named, {*parents, *keys}, N_("there is no access point {value}"), faults)
    parents.update({entry.key: entry.values["parent"] for entry in entries if "parent" in entry.values})
    check_no_circles(entries, parents, faults)


def _check_second_keys(entries: Sequence[Entry], faults: list[Fault]) -> None:
    """No two access points may have the same second key (idf)."""
    told = {entry.key for entry in entries if "idf" in entry.values}
    kept = AccessPoint.objects.exclude(idf=None).values_list("idf", "code")
    owners = {idf: code for idf, code in kept if code not in told}
    for entry in entries:
        idf = entry.values.get("idf")
        if idf is not None and owners.setdefault(idf, entry.key) != entry.key:
            problem = N_("{value} is the second key of {other} already")
            faults.append(entry.row.fault("idf", problem, N_("Check both."), value=idf, other=owners[idf]))


def _check_dates(entry: Entry, stored: AccessPoint | None, today: date, faults: list[Fault]) -> None:
    opened_on, closed_on = (entry.values.get(name, getattr(stored, name, None)) for name in ("opened_on", "closed_on"))
    if opened_on and closed_on and closed_on < opened_on:
        problem = N_("{column} is before {first}")
        faults.append(entry.row.fault("closed_on", problem, N_("Mend one of the two dates."), first="opened_on"))
    confirmed_on = entry.values.get("confirmed_on")
    if confirmed_on and confirmed_on > today:
        problem = N_("{value} lies in the future")
        faults.append(entry.row.fault("confirmed_on", problem, N_("Check the date."), value=confirmed_on))


def _kept_seats(entries: Sequence[Entry]) -> Seats:
    kept: Seats = {}
    codes = {entry.key for entry in entries}
    for code, role, since, territory in Seat.objects.values_list(
        "access_point__code", "role", "valid_from", "territory_id"
    ):
        if code in codes:
            kept.setdefault((code, role), {})[since] = territory
    return kept


def _new_seats(
    entry: Entry, role: str, kept: Mapping[date | None, str], today: date, faults: list[Fault]
) -> dict[date | None, str]:
    """Territories that an entry adds to a role, by the day. What was true before is never written over.

    Where a file has no column for the day, another territory than the last one holds from today.
    """
    held = dict(kept)
    of_territory, of_day = f"{role}_territory", f"{role}_since"
    for part in entry.parts:
        territory, since = part.values.get(of_territory), part.values.get(of_day)
        if territory is None:
            if since is not None and not part.row.cells.get(of_territory):
                faults.append(part.row.fault(of_day, N_("a day without a territory"), N_("Add the territory.")))
            continue
        if since is None and held:
            if territory in (held.get(None), _last(held)):
                continue
            if of_day in part.row.cells:
                faults.append(_undated(part.row, of_day, _last(held)))
                continue
            since = today
        if held.setdefault(since, territory) != territory:
            faults.append(_overwriting(part.row, of_territory, since, held[since]))
    return {since: territory for since, territory in held.items() if since not in kept}


def _last(held: Mapping[date | None, str]) -> str:
    """The territory that holds last."""
    return held[max(held, key=lambda since: since or date.min)]


def _undated(row: Row, column: str, last: str) -> Fault:
    problem = N_("it belonged to {other} so far, and it is not said since when that is otherwise")
    return row.fault(column, problem, N_("Write the day from which it is so."), other=last)


def _overwriting(row: Row, column: str, since: date | None, other: str) -> Fault:
    problem = N_("from {since} on it belongs to {other} already, and history is not written over")
    if since is None:
        problem = N_("it belongs to {other} since ever, and history is not written over")
    return row.fault(column, problem, N_("Write the day from which it is so."), since=since, other=other)


def _save(
    entries: Sequence[Entry], seats: Mapping[tuple[str, str], Mapping[date | None, str]]
) -> tuple[list[str], set[str]]:
    """Write the access points and their new seats; the keys of those added, and of those changed."""
    stored = AccessPoint.objects.in_bulk([entry.key for entry in entries], field_name="code")
    added, changed = [], []
    for entry in entries:
        values = {name: value for name, value in entry.values.items() if name != "parent"}
        point = stored.get(entry.key)
        if point is None:
            point = AccessPoint(code=entry.key, kind=AccessPoint.Kind.CENTRE)
            apply(point, values, CENTRES, {"body": "body_id"})
            added.append(point)
        elif apply(point, values, CENTRES, {"body": "body_id"}):
            point.search_name = fold_name(point.name)
            changed.append(point)
    # Second keys may wander from one access point to another, and no two may have the same one meanwhile.
    for keys in in_batches(point.pk for point in changed):
        AccessPoint.objects.filter(pk__in=keys).update(idf=None)
    AccessPoint.objects.bulk_update(changed, (*OWN, "search_name"), BATCH)
    AccessPoint.objects.bulk_create(added, BATCH)
    new = {point.code for point in added}
    touched = {point.code for point in changed} | _save_parents(entries) | _save_seats(seats)
    return list(new), touched - new


def _save_parents(entries: Sequence[Entry]) -> set[str]:
    """Set who belongs to whom, now that all of them are there; the codes of those that this changed."""
    wanted = {entry.key: entry.values["parent"] for entry in entries if "parent" in entry.values}
    if not wanted:
        return set()
    points = {point.code: point for point in AccessPoint.objects.only("code", "parent_id")}
    changed = []
    for code, parent in wanted.items():
        key = points[parent].pk if parent is not None else None
        if points[code].parent_id != key:
            points[code].parent_id = key
            changed.append(points[code])
    AccessPoint.objects.bulk_update(changed, ("parent",), BATCH)
    return {point.code for point in changed}


def _save_seats(seats: Mapping[tuple[str, str], Mapping[date | None, str]]) -> set[str]:
    keys = dict(AccessPoint.objects.values_list("code", "pk"))
    new = [
        (code, Seat(access_point_id=keys[code], role=role, valid_from=since, territory_id=territory))
        for (code, role), held in seats.items()
        for since, territory in held.items()
    ]
    Seat.objects.bulk_create((seat for _, seat in new), BATCH)
    return {code for code, _ in new}


def read(some: Sequence[AccessPoint] | None = None) -> Iterator[dict[str, Any]]:
    """Access points, or all of them, as records of a file, with all their places, the earliest first."""
    points = some if some is not None else AccessPoint.objects.select_related("parent").order_by("code")
    rows = Seat.objects.order_by("access_point_id", "role")
    rows = (rows if some is None else rows.filter(access_point__in=some)).values_list(
        "access_point_id", "role", "valid_from", "territory_id"
    )
    seats = {
        key: sorted(((since, territory) for *_, since, territory in held), key=lambda seat: seat[0] or date.min)
        for key, held in groupby(rows, key=lambda row: (row[0], row[1]))
    }
    for point in points:
        own = {name: getattr(point, name) for name in OWN if name != "body"}
        places = {
            role: [{"territory": territory, "since": since} for since, territory in seats.get((point.pk, role), [])]
            for role in Seat.Role.values
        }
        parent = point.parent.code if point.parent is not None else None
        yield {"code": point.code, **own, "parent": parent, "body": point.body_id, **places}
