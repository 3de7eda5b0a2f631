"""Somebody new without a pump, and what the record says of them."""

from __future__ import annotations

from datetime import date

from thecal.clinic.ledger.log import patient_stream, read_entries
from thecal.clinic.ledger.registration import register
from thecal.clinic.models import Patient
from thecal.record.entry import Entry


def person(world, pathway: str) -> Patient:
    """Return a new person of a pathway."""
    return register(
        world.clinic,
        world.author(),
        name="Nora New",
        number="T-9",
        birth_date=date(1961, 4, 12),
        sex="female",
        pathway=pathway,
    )


def entries(patient: Patient) -> tuple[Entry, ...]:
    """Return every entry of a person."""
    return read_entries(patient_stream(patient))
