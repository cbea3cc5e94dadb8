"""Narrows the list of a register down to what somebody looks for, in whatever letters it is typed."""

from django.db.models import Q, QuerySet

from mirylo.domain.registers.models import AccessPoint, Body, Service
from mirylo.domain.registers.names import fold_name


def search_bodies(text: str = "") -> QuerySet[Body]:
    """Bodies by a part of the name or the beginning of the code."""
    return _narrow(Body.objects.order_by("edrpou"), text, "edrpou")


def search_centres(text: str = "", territory: str = "") -> QuerySet[AccessPoint]:
    """Access points by a part of the name or the beginning of the code, and by any territory that they belong to."""
    points = _narrow(AccessPoint.objects.select_related("parent").order_by("code"), text, "code")
    if not territory:
        return points
    of_territory = Q()
    for level in ("code", "hromada", "raion", "oblast"):
        of_territory |= Q(**{f"seats__territory__{level}": territory})
    return points.filter(pk__in=AccessPoint.objects.filter(of_territory).values("pk"))


def search_services(text: str = "") -> QuerySet[Service]:
    """Services by a part of the name or the beginning of the code."""
    return _narrow(Service.objects.order_by("code"), text, "code")


def _narrow(records: QuerySet, text: str, key: str) -> QuerySet:  # type: ignore[type-arg]
    folded = fold_name(text)
    if not folded:
        return records
    return records.filter(Q(search_name__contains=folded) | Q(**{f"{key}__istartswith": folded}))
