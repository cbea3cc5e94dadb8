"""Finds territories by their names, new and former, or by their codes, and says what lies in what."""

import re
from dataclasses import dataclass

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from mirylo.core.codes import straighten
from mirylo.domain.registers.models import FormerName, Territory
from mirylo.domain.registers.names import alphabetical, fold_name

MOST = 500

_CODE_START = re.compile(r"UA[0-9]{0,17}")

Category = Territory.Category
RANKS = {
    Category.OBLAST: 0,
    Category.SPECIAL_CITY: 0,
    Category.CITY: 1,
    Category.RAION: 2,
    Category.HROMADA: 3,
    Category.SETTLEMENT: 4,
    Category.DISTRICT: 5,
    Category.VILLAGE: 6,
}
"""What people mean first, where several territories bear a name."""

WORDS = {
    "м": (Category.CITY, Category.SPECIAL_CITY),
    "місто": (Category.CITY, Category.SPECIAL_CITY),
    "с": (Category.VILLAGE,),
    "село": (Category.VILLAGE,),
    "смт": (Category.SETTLEMENT,),
    "с-ще": (Category.SETTLEMENT,),
    "селище": (Category.SETTLEMENT,),
    "область": (Category.OBLAST,),
    "обл": (Category.OBLAST,),
    "район": (Category.RAION, Category.DISTRICT),
    "р-н": (Category.RAION, Category.DISTRICT),
    "громада": (Category.HROMADA,),
    "тг": (Category.HROMADA,),
}
"""Words beside a name that say what kind of territory is meant."""

IDLE = {"територіальна", "міська", "сільська", "селищна"}
"""Words between a community's name and the word for it, which the codifier leaves out."""


@dataclass(frozen=True)
class Found:
    """A territory that was found; `former` is the name by which, if it is not its present one."""

    territory: Territory
    former: str = ""


def find(text: str, limit: int = 20) -> list[Found]:
    """Territories by a name or its part, or by a code or its beginning; the likeliest come first."""
    limit = max(0, min(limit, MOST))
    code = straighten(text)
    if _CODE_START.fullmatch(code):
        return _find_by_code(code, limit)
    name, categories = _read_words(fold_name(text))
    if not name or not limit:
        return []
    territories = _likeliest(Territory.objects.all(), name)
    former = _likeliest(FormerName.objects.select_related("territory"), name, "territory__")
    if categories:
        territories = territories.filter(category__in=categories)
        former = former.filter(territory__category__in=categories)
    found = [((row.likeness, row.rank, row.search_name, row.code), Found(row)) for row in territories[:limit]]
    for row in former[:limit]:
        found.append(
            ((row.likeness, row.rank, row.search_name, row.territory_id), Found(row.territory, former=row.name))
        )
    once = {entry.territory.pk: entry for _, entry in sorted(found, key=lambda one: one[0], reverse=True)}
    return list(reversed(once.values()))[:limit]


def path_of(code: str) -> list[Territory]:
    """The territory with all that it lies in, the oblast first; empty for a code that nobody has."""
    path: list[Territory] = []
    territory = Territory.objects.filter(pk=code).first()
    while territory is not None:
        path.append(territory)
        territory = territory.parent
    return path[::-1]


def children_of(code: str | None) -> QuerySet[Territory]:
    """What lies right in a territory, by name; of no territory, the oblasts and the cities with special status."""
    return Territory.objects.filter(parent_id=code).order_by(alphabetical("search_name"), "code")


def _find_by_code(code: str, limit: int) -> list[Found]:
    """Territories whose codes begin so; those that had such a code before come after."""
    found = [Found(territory) for territory in Territory.objects.filter(code__startswith=code).order_by("code")[:limit]]
    former = FormerName.objects.filter(code__startswith=code).exclude(code="").select_related("territory")
    return (found + [Found(row.territory, former=row.code) for row in former.order_by("code")[:limit]])[:limit]


def _read_words(name: str) -> tuple[str, set[str]]:
    """The name without the words for its kind, and the kinds that they mean: «м. Київ», «Бучанський р-н»."""
    words = name.replace(". ", " ").removesuffix(".").split()
    categories: set[str] = set()
    while len(words) > 1 and words[0] in WORDS:
        categories.update(WORDS[words.pop(0)])
    while len(words) > 1 and words[-1] in WORDS:
        categories.update(WORDS[words.pop()])
    if Category.HROMADA in categories:
        words = [word for word in words if word not in IDLE] or words
    return " ".join(words), categories


def _likeliest(rows: QuerySet, name: str, before: str = "") -> QuerySet:  # type: ignore[type-arg]
    """Rows with the name in theirs: the same name first, then names that begin so; cities before villages."""
    likeness = Case(
        When(search_name=name, then=Value(0)),
        When(search_name__startswith=name, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    ranks = [When(**{f"{before}category": category}, then=Value(rank)) for category, rank in RANKS.items()]
    return (
        rows.filter(Q(search_name__contains=name))
        .annotate(likeness=likeness, rank=Case(*ranks, output_field=IntegerField()))
        .order_by("likeness", "rank", alphabetical("search_name"), "pk")
    )
