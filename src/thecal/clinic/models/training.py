"""Runs of training cases: whose they are and where their clock stands; and an instructor's cases.

What happened in a run stands in entries of the patient's training stream. This row answers, at
every page, who may open the run and how far its clock is ahead.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models

from thecal.clinic.models.people import Clinic, Membership
from thecal.clinic.models.record import Patient


class TrainingRun(models.Model):
    """One learner with one case: its patient is made for it and belongs to nobody else.

    Attributes
    ----------
    case, title, text
        Id and title of the case, and its file as it was when the run began.
    role
        What the learner is in it.
    ahead
        How far the clock of the run is ahead of the clinic's.
    ended
        By the clock of the run; None while it goes on.
    passed, percent
        As they were at the end; the debrief computes them anew.
    """

    patient = models.OneToOneField(
        Patient, primary_key=True, on_delete=models.PROTECT, related_name="run"
    )
    learner = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="runs")
    case = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    text = models.TextField()
    role = models.CharField(max_length=20)
    begun = models.DateTimeField()
    ahead = models.DurationField(default=timedelta)
    ended = models.DateTimeField(null=True)
    passed = models.BooleanField(null=True)
    percent = models.PositiveSmallIntegerField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["learner", "begun"])]

    def ahead_at(self, moment: datetime) -> timedelta:
        """Return how far its clock is ahead at a real moment; from its end on it stands there."""
        return self.ahead if self.ended is None else self.ended - moment


class TrainingCase(models.Model):
    """A case that an instructor of a training clinic wrote; a later one of its id replaces it."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    case = models.CharField(max_length=40)
    text = models.TextField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    added = models.DateTimeField()
