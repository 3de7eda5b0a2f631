"""What a patient takes, against what the pump gives, and what must not get lost on the way."""

from thecal.care.interactions.medicines import Medicine, medicine, medicine_classes
from thecal.care.interactions.meetings import Meeting, meetings
from thecal.care.interactions.reader import InteractionCase
from thecal.care.interactions.reconcile import Lost, added, lost

__all__ = [
    "InteractionCase",
    "Lost",
    "Medicine",
    "Meeting",
    "added",
    "lost",
    "medicine",
    "medicine_classes",
    "meetings",
]
