"""Every paper by the word that asks for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import NamedTuple, final

from thecal.care.document import Document, Field, Text
from thecal.care.emergency.sheet import emergency_sheet
from thecal.care.papers.ending import death_record, explant_record
from thecal.care.papers.letter import visit_letter
from thecal.care.papers.operation import operation_record
from thecal.care.papers.record import PaperRecord
from thecal.care.papers.scan import mri_form
from thecal.care.papers.session import SessionPeople, session_printout
from thecal.care.papers.staff import about_my_pump, inpatient_sheet
from thecal.care.papers.summary import id_card, patient_summary
from thecal.care.papers.transfer import transfer_summary
from thecal.care.papers.travel import Journey, travel_letter

EMERGENCY = "emergency"


@final
@dataclass(frozen=True, slots=True)
class PaperDetails:
    """What one kind of paper needs besides the record; None: left to be written by hand.

    Attributes
    ----------
    journey
        For the travel letter.
    discharge
        For the inpatient sheet: the day on which the stay is expected to end.
    died
        For the record of a death.
    explant, death
        For the record of an explant and of a death: the answers of form F16 by its keys.
    medicines
        For the emergency and the inpatient sheet: what is taken beside the pump, as stated.
    session
        For the printout of the session: who was there.
    operation
        For the record of the operation: form F4 as it is printed.
    """

    journey: Journey | None = None
    discharge: date | None = None
    died: datetime | None = None
    explant: Mapping[str, Text] = field(default_factory=dict)
    death: Mapping[str, Text] = field(default_factory=dict)
    medicines: tuple[Field, ...] = ()
    session: SessionPeople | None = None
    operation: Document | None = None


class Paper(NamedTuple):
    """One kind of paper: what it is, and how it is made."""

    summary: str
    make: Callable[[PaperRecord, PaperDetails], Document]


def title(kind: str) -> str:
    """Return a paper's name, the same wherever it is listed or handed over."""
    return f"{kind.capitalize()}: {PAPERS[kind].summary}"


PAPERS: Mapping[str, Paper] = MappingProxyType(
    {
        "summary": Paper("for the patient after a visit", lambda r, _: patient_summary(r)),
        "card": Paper("implant card of the patient", lambda r, _: id_card(r)),
        "travel": Paper("travel letter", lambda r, more: travel_letter(r, more.journey)),
        "mri": Paper("form before and after an MRI", lambda r, _: mri_form(r)),
        "session": Paper(
            "printout of the last session", lambda r, more: session_printout(r, more.session)
        ),
        "letter": Paper("letter after a visit", lambda r, _: visit_letter(r)),
        "about": Paper("about my pump, for other staff", lambda r, _: about_my_pump(r)),
        "inpatient": Paper(
            "for a ward: not to be re-ordered",
            lambda r, more: inpatient_sheet(r, more.discharge, more.medicines),
        ),
        "transfer": Paper("pump passport for another clinic", lambda r, _: transfer_summary(r)),
        "operation": Paper(
            "record of the operation, with pump and catheter",
            lambda r, more: operation_record(r, more.operation),
        ),
        "explant": Paper("record of an explant", lambda r, more: explant_record(r, more.explant)),
        "death": Paper("record of a death", lambda r, more: death_record(r, more.died, more.death)),
        EMERGENCY: Paper(
            "the one page for an emergency",
            lambda r, more: emergency_sheet(
                r.status,
                name=r.patient_name,
                whose=r.whose(),
                doubt=r.doubt,
                medicines=more.medicines,
                telephone=r.contact.telephone_always,
            ),
        ),
    }
)
