"""What stands beside the people: failed logins by sender, and accesses in an emergency."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models

from thecal.clinic.models.people import Membership
from thecal.clinic.models.record import Patient


class SenderFailures(models.Model):
    """Failed logins, or messages of outsiders, from one network address: a keyed hash alone."""

    sender = models.CharField(max_length=64, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    since = models.DateTimeField()


class EmergencyAccess(models.Model):
    """Somebody opened a record in an emergency; open to review until somebody signed it.

    The streams tell the same; this row answers, at every page, whether it still holds.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    member = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    opened = models.DateTimeField()
    until = models.DateTimeField()
    reviewed = models.DateTimeField(null=True, blank=True)
    reviewer = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        indexes: ClassVar = [models.Index(fields=["patient", "reviewed"])]
