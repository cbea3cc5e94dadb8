"""The registers: territories, bodies, access points with their dated territories, services with their variations."""

from typing import Any

from django.db import models
from django.db.models import F, Q

from mirylo.domain.registers.names import fold_name

TERM_UNITS = ("minutes", "hours", "working_days", "calendar_days", "months")


class SearchField(models.CharField):
    """Another field's text as it is looked for; kept by itself whenever a row is saved, and not by `update`.

    It is there because SQLite does not know that Ukrainian letters come in two sizes.
    """

    def __init__(self, *args: Any, of: str = "name", **kwargs: Any) -> None:
        """Take the name of the other field."""
        self.of = of
        super().__init__(*args, **{"editable": False, "default": "", **kwargs})

    def deconstruct(self) -> Any:
        """What a migration writes down of the field."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "of": self.of}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        """Fold the other field's text."""
        folded = fold_name(getattr(model_instance, self.of))
        setattr(model_instance, self.attname, folded)
        return folded


class Territory(models.Model):
    """A unit of КАТОТТГ. `oblast`, `raion` and `hromada` are codes of what it lies in, itself included."""

    class Category(models.TextChoices):
        """The codifier's own letters."""

        OBLAST = "O"
        SPECIAL_CITY = "K"
        RAION = "P"
        HROMADA = "H"
        CITY = "M"
        SETTLEMENT = "X"
        VILLAGE = "C"
        DISTRICT = "B"

    code = models.CharField(max_length=19, primary_key=True)
    category = models.CharField(max_length=1, choices=Category)
    name = models.CharField(max_length=200)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    oblast = models.CharField(max_length=19)
    raion = models.CharField(max_length=19, null=True)
    hromada = models.CharField(max_length=19, null=True)
    search_name = SearchField(max_length=200, db_index=True)

    class Meta:
        ordering = ("code",)


class FormerName(models.Model):
    """What a territory was called, or which code it had, before."""

    territory = models.ForeignKey(Territory, models.CASCADE, related_name="former_names")
    name = models.CharField(max_length=200)
    search_name = SearchField(max_length=200, db_index=True)
    code = models.CharField(max_length=19, blank=True, db_index=True)
    until_year = models.PositiveSmallIntegerField(null=True)
    """The year in which it got its present name; empty if that is not certain."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=("territory", "name", "code"), name="former_name_once")]


class Body(models.Model):
    """A legal entity that takes part in administrative services: a provider, a council, an administration."""

    class Kind(models.TextChoices):
        """What sort of body it is."""

        MINISTRY = "ministry"
        CENTRAL = "central"
        OBLAST_ADMINISTRATION = "oblast_administration"
        RAION_ADMINISTRATION = "raion_administration"
        COUNCIL = "council"
        MILITARY_ADMINISTRATION = "military_administration"
        TERRITORIAL_OFFICE = "territorial_office"
        ENTERPRISE = "enterprise"
        OTHER = "other"

    edrpou = models.CharField(max_length=8, primary_key=True)
    name = models.CharField(max_length=500)
    search_name = SearchField(max_length=500)
    short_name = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=24, choices=Kind)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="subordinates")
    territory = models.ForeignKey(Territory, models.PROTECT, null=True, related_name="bodies")

    class Meta:
        ordering = ("edrpou",)


class AccessPoint(models.Model):
    """A service centre, its territorial unit, a remote or a mobile workplace."""

    class Kind(models.TextChoices):
        """What sort of access point it is."""

        CENTRE = "centre"
        UNIT = "unit"
        REMOTE = "remote"
        MOBILE = "mobile"

    class State(models.TextChoices):
        """The Guide's states: Діючий, Тимчасово закритий, Закритий назавжди."""

        ACTIVE = "active"
        CLOSED_FOR_NOW = "closed_for_now"
        CLOSED = "closed"

    class Mode(models.TextChoices):
        """How it works while there is war."""

        ON_SITE = "on_site"
        RELOCATED = "relocated"
        REMOTE = "remote"
        SUSPENDED = "suspended"

    code = models.CharField(max_length=40, unique=True)
    idf = models.CharField(max_length=40, null=True, unique=True)
    name = models.CharField(max_length=500)
    search_name = SearchField(max_length=500)
    kind = models.CharField(max_length=8, choices=Kind)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="branches")
    body = models.ForeignKey(Body, models.PROTECT, null=True, related_name="access_points")
    state = models.CharField(max_length=16, choices=State, default=State.ACTIVE)
    mode = models.CharField(max_length=12, choices=Mode, default=Mode.ON_SITE)
    address = models.CharField(max_length=500, blank=True)
    hours = models.CharField(max_length=500, blank=True)
    opened_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    confirmed_on = models.DateField(null=True)
    """When somebody last said that the record is right."""

    class Meta:
        ordering = ("code",)
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(opened_on__isnull=True) | Q(closed_on__gte=F("opened_on")),
                name="access_point_closes_after_it_opens",
            )
        ]


class Seat(models.Model):
    """Where an access point belongs from a day on: the community that founded it, or the place where it works."""

    class Role(models.TextChoices):
        """In which sense it belongs there."""

        FOUNDING = "founding"
        WORK = "work"

    access_point = models.ForeignKey(AccessPoint, models.CASCADE, related_name="seats")
    role = models.CharField(max_length=8, choices=Role)
    territory = models.ForeignKey(Territory, models.PROTECT, related_name="seats")
    valid_from = models.DateField(null=True)
    """Empty: since ever."""

    class Meta:
        ordering = ("access_point", "role", F("valid_from").asc(nulls_first=True))
        constraints = [
            models.UniqueConstraint(fields=("access_point", "role", "valid_from"), name="one_seat_from_a_day_on"),
            models.UniqueConstraint(
                fields=("access_point", "role"), name="one_seat_since_ever", condition=Q(valid_from__isnull=True)
            ),
        ]


class Service(models.Model):
    """An administrative service of the register, and the rules by which its cases are counted."""

    class Finish(models.TextChoices):
        """What finishes it."""

        READY = "ready"
        NOTIFIED = "notified"
        ISSUED = "issued"

    class Deficiency(models.TextChoices):
        """What a deficiency of the application does to the clock."""

        STOPS = "stops"
        RESTARTS = "restarts"
        IGNORED = "ignored"

    code = models.CharField(max_length=5, primary_key=True)
    uk = models.CharField(max_length=1000)
    search_name = SearchField(max_length=1000, of="uk")
    en = models.CharField(max_length=1000, blank=True)
    provider = models.CharField(max_length=500, blank=True)
    """Who decides, in words: most services are decided by one of many bodies of a kind."""
    level = models.CharField(max_length=40, blank=True)
    thematic_area = models.CharField(max_length=200, blank=True)
    life_events = models.JSONField(default=list)
    results = models.JSONField(default=list)
    refusal_grounds = models.JSONField(default=list)
    finish = models.CharField(max_length=8, choices=Finish, default=Finish.READY)
    deficiency = models.CharField(max_length=8, choices=Deficiency, default=Deficiency.STOPS)
    is_suspendable = models.BooleanField(default=True)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)

    class Meta:
        ordering = ("code",)
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True) | Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="service_ends_after_it_begins",
            )
        ]


class Variation(models.Model):
    """A variation of a service with its term and costs; the first one holds where a case names none."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="variations")
    code = models.CharField(max_length=40)
    uk = models.CharField(max_length=1000, blank=True)
    en = models.CharField(max_length=1000, blank=True)
    term_amount = models.PositiveIntegerField(null=True)
    term_unit = models.CharField(max_length=13, choices=[(unit, unit) for unit in TERM_UNITS], blank=True)
    costs = models.JSONField(default=list)
    """Each an object: type, value, currency, verbose."""

    class Meta:
        ordering = ("service", "pk")
        constraints = [
            models.UniqueConstraint(fields=("service", "code"), name="variation_code_once_a_service"),
            models.CheckConstraint(
                condition=Q(term_amount__isnull=True, term_unit="") | (Q(term_amount__isnull=False) & ~Q(term_unit="")),
                name="term_has_amount_and_unit",
            ),
        ]
