"""Patients, the entries of their streams, and what was folded from them."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models

from thecal.clinic.models.people import Clinic
from thecal.record.entry import NO_ENTRY

LONGEST_NAME = 200
LONGEST_NUMBER = 80
"""How much of a name and of a number a search compares; the log keeps all of both."""


class Patient(models.Model):
    """A patient's place in the record; whatever is known of them stands in entries."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="patients")
    created = models.DateTimeField()


class Stream(models.Model):
    """One chain of entries: of a patient, the accesses to one, a training run, or the clinic."""

    class Kind(models.TextChoices):
        """Whose chain it is."""

        PATIENT = "patient"
        ACCESS = "access"
        CLINIC = "clinic"
        TRAINING = "training"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="streams")
    patient = models.ForeignKey(
        Patient, null=True, on_delete=models.PROTECT, related_name="streams"
    )
    head_seq = models.PositiveIntegerField(default=0)
    head_hash = models.CharField(max_length=64, default=NO_ENTRY)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "patient"], name="one_stream_of_a_kind"),
            models.UniqueConstraint(
                fields=["clinic"],
                condition=models.Q(kind="clinic"),
                name="one_stream_of_a_clinic",
            ),
        ]


class EntryRow(models.Model):
    """An entry as it was written. The database refuses to change or delete it."""

    stream = models.ForeignKey(Stream, on_delete=models.PROTECT, related_name="entries")
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=40)
    utc = models.DateTimeField()
    text = models.TextField()
    hash = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["stream", "seq"], name="one_entry_of_a_number")
        ]
        indexes: ClassVar = [models.Index(fields=["stream", "kind", "seq"])]


class SealedText(models.Model):
    """A personal text whose hash stands in an entry; it can be removed, the chain stays whole."""

    hash = models.CharField(max_length=64, primary_key=True)
    stream = models.ForeignKey(Stream, on_delete=models.PROTECT, related_name="sealed")
    salt = models.CharField(max_length=32)
    text = models.TextField()


class Projection(models.Model):
    """What is known of a patient after an entry: folded from the log, never typed, remade at will.

    Attributes
    ----------
    seq
        The entry it was folded up to.
    name_key, number_key
        What a search compares: lower case.
    wakes
        Until when the list of what is due holds; None: it never changes by itself.
    urgency, urgent
        How urgent the first of what is due is (0: the most), and when it is, or was, due.
    content
        Everything else, JSON.
    """

    patient = models.OneToOneField(
        Patient, primary_key=True, on_delete=models.PROTECT, related_name="projection"
    )
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT)
    seq = models.PositiveIntegerField()
    name_key = models.CharField(max_length=LONGEST_NAME)
    number_key = models.CharField(max_length=LONGEST_NUMBER)
    stage = models.CharField(max_length=40)
    wakes = models.DateTimeField(null=True)
    urgency = models.PositiveSmallIntegerField(null=True)
    urgent = models.DateTimeField(null=True)
    content = models.TextField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["clinic", "urgency", "urgent"]),
            models.Index(fields=["clinic", "wakes"]),
            models.Index(fields=["clinic", "name_key"]),
            models.Index(fields=["clinic", "number_key"]),
        ]

    @classmethod
    def of_clinic(cls, clinic: Clinic) -> models.QuerySet[Projection]:
        """Return the projections of a clinic's patients, without those of its training runs."""
        found = cls.objects.filter(clinic=clinic)
        return found.filter(patient__run=None) if clinic.training else found
