"""Cases and tickets as they stand after the last fold of their events, and the months that this changed."""

from django.db import models
from django.db.models import Q

from mirylo.domain.intake.models import Source


class Case(models.Model):
    """A case, or a ticket of a queue. The row of facts is kept whole; a few columns of it are for looking up."""

    class Kind(models.TextChoices):
        """What it is."""

        CASE = "case"
        TICKET = "ticket"

    class State(models.TextChoices):
        """How far it is; nothing here depends on the present day."""

        UNREGISTERED = "unregistered"
        REGISTERED = "registered"
        FORWARDED = "forwarded"
        DECIDED = "decided"
        STOPPED = "stopped"
        READY = "ready"
        ISSUED = "issued"
        CLOSED = "closed"
        DECLINED = "declined"
        WITHDRAWN = "withdrawn"
        VOIDED = "voided"
        WAITING = "waiting"
        CALLED = "called"
        SERVED = "served"
        LEFT = "left"

    source = models.ForeignKey(Source, models.PROTECT, db_index=False, related_name="cases")
    number = models.CharField(max_length=200)
    kind = models.CharField(max_length=6, choices=Kind)
    state = models.CharField(max_length=12, choices=State)
    centre = models.CharField(max_length=40, null=True)
    service = models.CharField(max_length=200, null=True)
    group = models.CharField(max_length=200, null=True)
    """What ties the cases of one complex service together."""
    due_on = models.DateField(null=True)
    flaws = models.CharField(max_length=400, blank=True)
    facts = models.TextField()
    """The row of the fact table as JSON."""
    version = models.BigIntegerField()
    """How often the case came out otherwise than before."""
    is_in_lake = models.BooleanField(default=False)
    lake_month = models.CharField(max_length=7, null=True)
    """The month of the lake that holds the row as it was written last; empty if it was never written."""

    class Meta:
        ordering = ("pk",)
        constraints = [models.UniqueConstraint(fields=("source", "number", "kind"), name="case_once_a_source")]
        indexes = [
            models.Index(fields=("id",), name="case_not_in_lake", condition=Q(is_in_lake=False)),
            models.Index(fields=("centre", "due_on"), name="case_of_centre"),
            models.Index(fields=("service",), name="case_of_service"),
        ]


class Told(models.Model):
    """Something that events told at least once: a column that was filled, or a type that occurred.

    What was never told is not collected, and indicators that need it say so instead of counting nothing as zero.
    """

    class Kind(models.TextChoices):
        """What was told."""

        COLUMN = "column"
        TYPE = "type"

    kind = models.CharField(max_length=6, choices=Kind)
    name = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("kind", "name"), name="told_once")]


class Ground(models.Model):
    """What the registers said of a service or an access point when its cases were folded last, as a hash."""

    class Kind(models.TextChoices):
        """Of what."""

        SERVICE = "service"
        CENTRE = "centre"

    kind = models.CharField(max_length=7, choices=Kind)
    code = models.CharField(max_length=40)
    print = models.CharField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("kind", "code"), name="ground_once")]


class DirtyMonth(models.Model):
    """A month in which facts changed at some time; `version` grows each time, so that a run can tell what it has not
    counted yet. Rows are never deleted."""

    month = models.CharField(max_length=7, primary_key=True)
    version = models.BigIntegerField(default=1)
    marked_at = models.DateTimeField()

    class Meta:
        ordering = ("month",)
