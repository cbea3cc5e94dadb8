"""Runs of the methodology over the facts, and the one that readers see now."""

from django.db import models


class Run(models.Model):
    """A finished run: what was counted with what, and where the values of each cut and period are.

    `sheets` maps "cut/period" to the name of a file in the folder of results; those that were not counted anew are
    the files of earlier runs.
    """

    methodology = models.CharField(max_length=40)
    manifest = models.CharField(max_length=64)
    as_of = models.DateField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    counted = models.JSONField()
    """Codes of the periods that this run counted."""
    sheets = models.JSONField()

    class Meta:
        ordering = ("pk",)


class CurrentRun(models.Model):
    """The pointer to the run that readers see; there is one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    run = models.ForeignKey(Run, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_current_run")]
