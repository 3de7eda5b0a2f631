"""What the clinic offers, as its own stream tells it.

Kinds of entries: `calendar.settings` {hours, slot, rooms, closed, tours, tour_visits, window,
country}, with the reason of the change.
"""

from __future__ import annotations

from thecal.care.appointments.opening import Opening, opening_of
from thecal.clinic.ledger.log import Author, Draft, write_to_clinic
from thecal.clinic.models import Clinic, EntryRow
from thecal.record.entry import entry_of

SETTINGS = "calendar.settings"


def opening_for(clinic: Clinic) -> Opening:
    """Return what a clinic offers; the shipped defaults until somebody says otherwise."""
    row = EntryRow.objects.filter(stream__clinic=clinic, kind=SETTINGS).order_by("-seq").first()
    return opening_of(None if row is None else entry_of(row.text).body)


def change_opening(clinic: Clinic, author: Author, opening: Opening, reason: str) -> None:
    """Write down what a clinic offers from now on."""
    before = opening_for(clinic).to_json()
    write_to_clinic(clinic, author, (Draft(SETTINGS, opening.to_json(), reason, before),))
