"""What somebody of the demonstration types to come in."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import final

from thecal.clinic.access import second_factor
from thecal.clinic.models import Clinic, Membership, Patient, Role, User

_PASSWORD_BYTES = 9


@final
@dataclass(frozen=True, slots=True)
class Login:
    """What somebody of the demonstration types to come in; `key` is their second factor's."""

    username: str
    password: str
    key: str
    name: str
    role: str


def add_login(
    clinic: Clinic, username: str, name: str, role: Role, patient: Patient | None = None
) -> Login:
    """Return the login of a new person of a clinic, past first password and second factor."""
    password = secrets.token_urlsafe(_PASSWORD_BYTES)
    user = User.objects.create_user(username, password, name)
    Membership.objects.create(user=user, clinic=clinic, role=role, patient=patient)
    return Login(username, password, second_factor.enrol(user), name, role.label)
