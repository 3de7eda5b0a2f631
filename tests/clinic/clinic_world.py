"""A clinic with one person in each role, a second clinic, and patients in both.

It sets Django up, so whatever needs models imports it first.
"""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import tempfile
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from django.contrib.auth.hashers import Argon2PasswordHasher

# As slow as it must be, a password takes a tenth of a second: eight people wait a second.
Argon2PasswordHasher.time_cost = 1
Argon2PasswordHasher.memory_cost = 8
Argon2PasswordHasher.parallelism = 1

_FOLDER = tempfile.mkdtemp(prefix="thecal-clinic-")
atexit.register(shutil.rmtree, _FOLDER, ignore_errors=True)
os.environ.setdefault("THECAL_CLINIC_DIR", _FOLDER)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "thecal.clinic.settings")

import django  # noqa: E402

django.setup()

from django.contrib.auth.hashers import make_password  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from logins import PASSWORD, logged_in  # noqa: E402

from thecal.clinic.ledger.log import Author, write  # noqa: E402
from thecal.clinic.ledger.registration import register, stage_draft, therapy_drafts  # noqa: E402
from thecal.clinic.models import Clinic, Membership, Patient, Role, User  # noqa: E402
from thecal.therapy.file_reader import read_therapy_file  # noqa: E402

if connection.vendor == "sqlite":
    # A file, as in a clinic: in memory several connections see each other's unfinished writes.
    connection.settings_dict["TEST"]["NAME"] = str(Path(_FOLDER) / "test.sqlite3")

EXAMPLES = Path(__file__).parents[2] / "examples"
WHOLE_FIGURES = "thecal.clinic.web.whole_figures.whole_figures"
EXPLAINED_MARKS = "thecal.clinic.web.marks.explained_marks"
NOW = datetime(2026, 4, 20, 9, 0, tzinfo=UTC)
"""Some weeks after the last event of the examples."""


@dataclass(frozen=True)
class World:
    """Two clinics; `people` by role in the first, one physician in the other."""

    clinic: Clinic
    people: dict[Role, Membership]
    elsewhere: Clinic
    stranger: Membership
    patient: Patient
    their_patient: Patient

    def browser(self, role: Role) -> Client:
        """Return a client of somebody of the first clinic who has shown both factors."""
        return logged_in(self.people[role])

    def author(self, role: Role = Role.PHYSICIAN) -> Author:
        """Return who writes in a role."""
        return Author.of(self.people[role], "test")


def make_world() -> World:
    """Return two clinics with people and patients."""
    clinic = Clinic.objects.create(name="Example Clinic", telephone="000 111")
    elsewhere = Clinic.objects.create(name="Other Clinic")
    people = {role: _member(clinic, role, f"{role.value}-1") for role in Role}
    stranger = _member(elsewhere, Role.PHYSICIAN, "stranger")
    author = Author.of(people[Role.PHYSICIAN], "test")
    patient = patient_of_file(clinic, author, "pain_two_drugs.toml", "Ada Example")
    they = Author.of(stranger, "test")
    theirs = patient_of_file(elsewhere, they, "spasticity_baclofen.toml", "B")
    return World(clinic, people, elsewhere, stranger, patient, theirs)


def patient_of_file(clinic: Clinic, author: Author, example: str, name: str) -> Patient:
    """Return a patient in maintenance with the therapy of an example."""
    therapy = read_therapy_file(EXAMPLES / example)
    patient = register(
        clinic,
        author,
        name=name,
        number=therapy.patient.id,
        birth_date=therapy.patient.birth_date or date(1960, 1, 1),
        sex=therapy.patient.sex,
        pathway="spasticity" if therapy.patient.therapy == "spasticity" else "non-cancer",
    )
    drafts = (*therapy_drafts(therapy), stage_draft("maintenance", "taken over with its record"))
    write(patient, author, drafts, expected=None)
    return patient


@functools.cache
def _hashed() -> str:
    return make_password(PASSWORD)


def _member(clinic: Clinic, role: Role, username: str) -> Membership:
    name = f"{role.value.title()} of {clinic.name}"
    user = User.objects.create(username=username, name=name, password=_hashed())
    return Membership.objects.create(user=user, clinic=clinic, role=role)
