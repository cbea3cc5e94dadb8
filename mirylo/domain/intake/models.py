"""What intake keeps: connected systems, their batches, events, rejected lines, and cases that wait for a fold."""

from django.db import models
from django.db.models import Q

from mirylo.domain.registers.models import AccessPoint, Service


class ConnectedSystem(models.Model):
    """An information system that sends events with a key; of the key only a hash is kept."""

    class Kind(models.TextChoices):
        """Whose side of a case it tells."""

        CENTRES = "centres"
        PROVIDER = "provider"
        PORTAL = "portal"

    name = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=8, choices=Kind)
    key_hash = models.CharField(max_length=64, unique=True)
    key_start = models.CharField(max_length=12)
    """The first characters of the key, so that people can tell which one it is."""
    is_active = models.BooleanField(default=True)
    keeps_registers = models.BooleanField(default=False)
    """Whether the key may upload registers too."""
    has_all_centres = models.BooleanField(default=False)
    access_points = models.ManyToManyField(AccessPoint, related_name="systems")
    services = models.ManyToManyField(Service, related_name="systems")
    number_format = models.CharField(max_length=200, blank=True)
    """A regular expression that the whole of every case number matches; case numbers are exempt from the search for
    personal data, so a system says how its own look."""
    lines_per_minute = models.PositiveIntegerField(default=600_000)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("name",)


class Source(models.Model):
    """A name under which a system sends events; it belongs to one system, and ids and case numbers are unique in it."""

    name = models.CharField(max_length=200, unique=True)
    system = models.ForeignKey(ConnectedSystem, models.PROTECT, related_name="sources")

    class Meta:
        ordering = ("name",)


class Batch(models.Model):
    """A request that was answered: how many lines it had, and what became of them."""

    system = models.ForeignKey(ConnectedSystem, models.PROTECT, related_name="batches")
    received_at = models.DateTimeField()
    lines = models.PositiveIntegerField()
    accepted = models.PositiveIntegerField(default=0)
    duplicate = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=("system", "received_at"), name="batch_of_system")]


class Event(models.Model):
    """An accepted event, never changed. `content` is JSON of everything else that it says, in a fixed order.

    Its key is (source, event_id). There are no other constraints and one full index, since each costs intake some of
    its rate. The moment of receipt is that of the batch.
    """

    source = models.ForeignKey(Source, models.PROTECT, db_index=False, db_constraint=False, related_name="events")
    event_id = models.CharField(max_length=200)
    type = models.CharField(max_length=40)
    number = models.CharField(max_length=200)
    """The case or ticket; for what a whole access point reports, its code after `lines.OF_CENTRE`."""
    happened_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    corrects = models.CharField(max_length=200, null=True)
    content = models.TextField()
    batch = models.ForeignKey(Batch, models.PROTECT, db_index=False, db_constraint=False, related_name="events")

    class Meta:
        ordering = ("pk",)
        constraints = [models.UniqueConstraint(fields=("source", "event_id"), name="event_once_a_source")]
        indexes = [
            models.Index(fields=("number", "source"), name="event_of_case"),
            models.Index(fields=("source", "corrects"), name="event_corrects", condition=Q(corrects__isnull=False)),
        ]


class StaleCase(models.Model):
    """A mark: events of this case arrived, and it is to be folded anew. `version` is the last batch that touched it."""

    source = models.ForeignKey(Source, models.CASCADE, db_index=False, related_name="+")
    number = models.CharField(max_length=200)
    version = models.BigIntegerField()
    marked_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=("source", "number"), name="case_stale_once")]


class RejectedLine(models.Model):
    """A line that was not accepted, kept whole but for personal data, with everything that is wrong with it."""

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="rejected_lines")
    line = models.PositiveIntegerField()
    event_id = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    print = models.CharField(max_length=64, db_index=True)
    """A hash of the text: a line that comes again is kept once."""
    times = models.PositiveIntegerField(default=1)
    faults = models.JSONField()
    """Each an object: code, field, problem, remedy, values."""

    class Meta:
        ordering = ("batch", "line")
