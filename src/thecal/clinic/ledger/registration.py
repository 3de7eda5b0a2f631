"""A patient enters the record: registered by hand, or with a therapy that was read from a file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db import transaction

from thecal.clinic import clock
from thecal.clinic.ledger.log import Author, Draft, write
from thecal.clinic.ledger.projection import REGISTERED, STAGE
from thecal.clinic.models import Clinic, Patient
from thecal.record.fold import EVENT, PLAN, SETUP, event_body, setup_body
from thecal.record.redaction import seal
from thecal.therapy.events import Therapy

NON_CANCER_PAIN, CANCER_PAIN, SPASTICITY = "non-cancer", "cancer", "spasticity"
"""The pathways, as `care.pathway` names them."""


def register(
    clinic: Clinic,
    author: Author,
    *,
    name: str,
    number: str,
    birth_date: date,
    sex: str,
    pathway: str,
    telephone: str = "",
) -> Patient:
    """Return a new patient with the first entry; name and telephone are sealed.

    Raises
    ------
    ThecalError
        If the entry cannot be written; there is no patient then.
    """
    with transaction.atomic():
        patient = Patient.objects.create(clinic=clinic, created=clock.now())
        personal = {"name": name, "telephone": telephone}
        sealed = {key: seal(text) for key, text in personal.items() if text}
        body = {
            "number": number,
            "birth_date": birth_date.isoformat(),
            "sex": sex,
            "pathway": pathway,
            "sealed": {key: one.hash for key, one in sealed.items()},
            **({"training": True} if clinic.training else {}),
        }
        draft = Draft(REGISTERED, body, sealed=tuple(sealed.values()))
        write(patient, author, (draft,), expected=0)
    return patient


def therapy_drafts(therapy: Therapy) -> tuple[Draft, ...]:
    """Return the entries that tell a therapy: what is implanted, every event, the plan."""
    drafts = [Draft(SETUP, setup_body(therapy))]
    drafts += [Draft(EVENT, event_body(event), pump_time=event.time) for event in therapy.events]
    if therapy.next_visit is not None:
        drafts.append(Draft(PLAN, {"next_visit": therapy.next_visit.isoformat()}))
    return tuple(drafts)


def stage_draft(to: str, reason: str = "", given: Mapping[str, str] | None = None) -> Draft:
    """Return the entry of a step on the pathway; whether it may be taken is asked before."""
    return Draft(STAGE, {"to": to, "given": dict(given or {})}, reason)
