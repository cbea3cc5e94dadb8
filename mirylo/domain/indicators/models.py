"""Runs of the methodology over the facts, and the one that readers see now."""

from django.db import models


class Run(models.Model):
    """A finished run: what was counted with what, and where the values of each cut and period are.

    A run counts a few periods anew and carries the others over from the run before, so it is always whole.
    """

    methodology = models.CharField(max_length=40)
    """The version of the methodology and a mark of what its files said."""
    manifest = models.CharField(max_length=64)
    """The SHA-256 of the manifest of the facts."""
    as_of = models.DateField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    is_history = models.BooleanField(default=False)
    """Whether it counted other periods than the present month."""
    counted = models.JSONField()
    """Codes of the periods that this run counted."""
    periods = models.JSONField()
    """By code of each period, when it was counted last, as of which day, from which facts, and in which `state` the
    marks of its months and its list of access points were then. A period in another state now is to be counted anew."""
    sheets = models.JSONField()
    """By "cut/period", the name of a file in the folder of results."""

    class Meta:
        ordering = ("pk",)


class CurrentRun(models.Model):
    """The pointer to the run that readers see; there is one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    run = models.ForeignKey(Run, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_current_run")]
