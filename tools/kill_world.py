"""A clinic with people in session, made beside the server. Import it after Django is set up."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from django.conf import settings
from django.test import Client
from kill_writers import Writer

from thecal.clinic.access.sessions import FACTOR, MEMBERSHIP
from thecal.clinic.ledger.log import Author, write
from thecal.clinic.ledger.registration import register, therapy_drafts
from thecal.clinic.models import Clinic, Membership, Patient, Role, User
from thecal.therapy.file_reader import read_therapy_file

_EXAMPLES = Path(__file__).resolve().parent.parent / "examples"


def make_writers(count: int, round_: int) -> list[Writer]:
    """Return people of a clinic with a session and a new patient each."""
    clinic, _ = Clinic.objects.get_or_create(name="Example Clinic")
    return [_writer(clinic, f"writer-{round_}-{number}") for number in range(count)]


def _writer(clinic: Clinic, name: str) -> Writer:
    user = User(username=name, name=name)
    user.set_unusable_password()
    user.save()
    member = Membership.objects.create(user=user, clinic=clinic, role=Role.NURSE)
    patient = _patient(clinic, Author.of(member, "tool"), name)
    return Writer(name, f"{settings.SESSION_COOKIE_NAME}={_session(member)}", str(patient.pk))


def _session(member: Membership) -> str:
    """Return the key of a session of a member who has shown both factors."""
    client = Client()
    client.force_login(member.user)
    session = client.session
    session[FACTOR], session[MEMBERSHIP] = True, member.pk
    session.save()
    return str(session.session_key)


def _patient(clinic: Clinic, author: Author, name: str) -> Patient:
    therapy = read_therapy_file(_EXAMPLES / "spasticity_baclofen.toml")
    patient = register(
        clinic,
        author,
        name=name,
        number=name,
        birth_date=therapy.patient.birth_date or date(1960, 1, 1),
        sex=therapy.patient.sex,
        pathway="spasticity",
    )
    write(patient, author, therapy_drafts(therapy), expected=None)
    return patient
