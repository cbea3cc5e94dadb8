"""Sees when the registers changed, and has the cases folded anew that stand on what changed.

Facts follow from events and from the registers: a term, what finishes a service, the community of an access point. A
service that was not in the register when its first events came is in it later, and its cases lose their flaw.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from itertools import islice

from django.db import connection, transaction

from mirylo.domain.cases.models import Case, Ground
from mirylo.domain.intake.storing import mark_stale
from mirylo.domain.registers.rules import access_point_places, service_rules, variation_terms

COLUMN_OF = {Ground.Kind.SERVICE: "service", Ground.Kind.CENTRE: "centre"}
"""The column of a case that names its service or its access point."""
PORTION = 50_000
"""Cases marked with one statement."""
Named = tuple[str, str]
"""Kind and code of a ground."""


def mark_regrounded(*, at: datetime) -> int:
    """Mark the cases whose service or access point the registers tell otherwise than before; returns how many."""
    now = read_grounds()
    before = {(ground.kind, ground.code): ground.print for ground in Ground.objects.all()}
    changed = {named for named in now.keys() | before.keys() if now.get(named) != before.get(named)}
    if not changed:
        return 0
    marked = 0
    with transaction.atomic():
        for kind in Ground.Kind.values:
            marked += _mark_cases_on(kind, sorted(code for k, code in changed if k == kind), at)
            gone = [code for k, code in before.keys() - now.keys() if k == kind]
            Ground.objects.filter(kind=kind, code__in=gone).delete()
        Ground.objects.bulk_create(
            (Ground(kind=kind, code=code, print=now[kind, code]) for kind, code in sorted(changed & now.keys())),
            update_conflicts=True,
            unique_fields=["kind", "code"],
            update_fields=["print"],
        )
    return marked


def read_grounds() -> dict[Named, str]:
    """A hash of what the registers say of each service and access point, as far as facts depend on it."""
    terms: dict[str, list[str]] = {}
    for (service, variation), term in sorted(variation_terms().items()):
        terms.setdefault(service, []).append(f"{variation}: {term}")
    said = {(str(Ground.Kind.SERVICE), code): f"{rule} {terms.get(code)}" for code, rule in service_rules().items()}
    said |= {(str(Ground.Kind.CENTRE), code): str(places) for code, places in access_point_places().items()}
    return {named: hashlib.md5(text.encode(), usedforsecurity=False).hexdigest() for named, text in said.items()}


def _mark_cases_on(kind: str, codes: Sequence[str], at: datetime) -> int:
    """Mark the cases of these services or access points, in portions: of one service there may be millions."""
    marked, most = 0, connection.features.max_query_params or PORTION
    # A version that no batch has: batches are numbered from 1 upwards.
    version = -int(at.timestamp() * 1_000_000)
    for first in range(0, len(codes), most):
        some = {f"{COLUMN_OF[Ground.Kind(kind)]}__in": codes[first : first + most]}
        found = iter(Case.objects.filter(**some).order_by("source_id", "number").values_list("source_id", "number"))
        while keys := list(islice(found, PORTION)):
            mark_stale(keys, version, at)
            marked += len(keys)
    return marked
