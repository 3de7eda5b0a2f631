"""What the database holds: who works here, the entries, and what was folded from them."""

from thecal.clinic.models.accounts import EmergencyAccess, SenderFailures
from thecal.clinic.models.people import SECOND_PERSON, Clinic, Membership, Role, User
from thecal.clinic.models.record import EntryRow, Patient, Projection, SealedText, Stream
from thecal.clinic.models.training import TrainingCase, TrainingRun

__all__ = [
    "SECOND_PERSON",
    "Clinic",
    "EmergencyAccess",
    "EntryRow",
    "Membership",
    "Patient",
    "Projection",
    "Role",
    "SealedText",
    "SenderFailures",
    "Stream",
    "TrainingCase",
    "TrainingRun",
    "User",
]
