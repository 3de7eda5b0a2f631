"""Runs of training cases: whose they are and where their clock stands; and an instructor's cases.

What happened in a run stands in entries of the patient's training stream. This row answers, at
every page, who may open the run and how far its clock is ahead.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models

from thecal.care.spans import span
from thecal.care.training.rules import RULES
from thecal.clinic.models.people import Clinic, Membership
from thecal.clinic.models.record import Patient
from thecal.units import Duration


class TrainingRun(models.Model):
    """One learner with one case: its patient is made for it and belongs to nobody else.

    Attributes
    ----------
    case, title, text
        Id and title of the case, and its file as it was when the run began.
    role
        What the learner is in it.
    ahead
        How far the clock of the run was ahead of the clinic's when its learner last acted.
    acted
        When its learner last opened or sent a page of it, by the clinic's clock; None: never yet.
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
    acted = models.DateTimeField(null=True)
    ended = models.DateTimeField(null=True)
    passed = models.BooleanField(null=True)
    percent = models.PositiveSmallIntegerField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["learner", "begun"])]

    def ahead_at(self, moment: datetime) -> timedelta:
        """Return how far its clock is ahead at a real moment.

        From its end on it stands there, and while nobody acts it stands after a while.
        """
        if self.ended is not None:
            return self.ended - moment
        return self.ahead - self.stood_at(moment)

    def stood_at(self, moment: datetime) -> timedelta:
        """Return how long its clock has stood at a real moment because its learner did not act."""
        if self.acted is None:
            return timedelta()
        goes_on = span(RULES.get("time", "stands-after", Duration).value)
        return max(timedelta(), moment - self.acted - goes_on)

    def act(self, moment: datetime) -> None:
        """Keep that its learner acts at a real moment: the clock goes on from where it stood."""
        if self.ended is not None:
            return
        before, stood = self.acted, self.stood_at(moment)
        kept = {"acted": moment} | ({"ahead": self.ahead - stood} if stood else {})
        TrainingRun.objects.filter(pk=self.pk, acted=before).update(**kept)
        self.refresh_from_db(fields=["acted", "ahead"])


class TrainingCase(models.Model):
    """A case that an instructor of a training clinic wrote; a later one of its id replaces it."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    case = models.CharField(max_length=40)
    text = models.TextField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    added = models.DateTimeField()
