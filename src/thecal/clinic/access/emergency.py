"""Opening a record of another clinic in an emergency: loud, for a short time, reviewed afterwards.

It gives a look, the stop and the sheet for emergencies, nothing else. Kinds of entries, in the
streams of both clinics: `emergency.opened`, `emergency.ended`; in one: `emergency.not_found`,
`emergency.reviewed` (signed).
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest

from thecal.clinic import clock
from thecal.clinic.access.signing import reauthenticate, signature_draft
from thecal.clinic.ledger.log import Author, Draft, write_access, write_to_clinic
from thecal.clinic.models import Clinic, EmergencyAccess, Membership, Patient, Projection, Stream
from thecal.errors import ThecalError

OPEN = "emergencies"
"""Key of the session: until when which records are open in an emergency."""
LOOK, STOP = "read patients", "stop therapy"
SHEET = ("document", "emergency")
"""The address, and the kind, of the one paper that is for emergencies."""
MEANING = "reviewed the emergency access"
_RELATED = ("member__user", "member__clinic", "patient__clinic", "patient__projection")


class EmergencyError(ThecalError):
    """A record cannot be opened in an emergency, or its review cannot be signed."""


def find(words: str, birth_date: date) -> Patient | None:
    """Return the one patient of any clinic with this whole name or number, and date of birth.

    Nobody is listed: who does not know both finds nobody.
    """
    key = words.strip().lower()
    if not key or "\0" in key:
        return None
    rows = Projection.objects.select_related("patient__clinic").filter(
        Q(name_key=key) | Q(number_key=key),
        patient__run=None,
        content__contains=f'"birth_date": "{birth_date.isoformat()}"',
    )
    found = list(rows[:2])
    return found[0].patient if len(found) == 1 else None


def open_record(
    request: HttpRequest, member: Membership, patient: Patient, reason: str, device: str
) -> EmergencyAccess:
    """Open a record for the person of a session, and tell both clinics.

    Raises
    ------
    EmergencyError
        If there is no reason.
    """
    if not reason:
        raise EmergencyError(
            "an emergency access has a reason", remedy="write what has happened, in a few words"
        )
    if patient.clinic.training is not member.clinic.training:
        raise EmergencyError(
            "nobody comes from a training clinic into a real record, nor the other way",
            remedy="log in to the clinic in which you treat patients",
        )
    now = clock.real()
    with transaction.atomic():
        access = EmergencyAccess.objects.create(
            member=member,
            patient=patient,
            reason=reason,
            opened=now,
            until=now + settings.EMERGENCY_FOR,
        )
        author = author_in_emergency(member, device)
        write_access(patient, author, noted(access, "opened", "POST"), reason)
        _tell(access, author, "emergency.opened", reason)
    kept = {**request.session.get(OPEN, {}), str(patient.pk): access.until.isoformat()}
    request.session[OPEN] = kept
    return access


def end(request: HttpRequest, member: Membership, patient: uuid.UUID, device: str) -> None:
    """End an emergency access before its time."""
    access = standing(request, member, patient)
    kept = dict(request.session.get(OPEN, {}))
    kept.pop(str(patient), None)
    request.session[OPEN] = kept
    if access is not None:
        with transaction.atomic():
            EmergencyAccess.objects.filter(pk=access.pk).update(until=clock.real())
            _tell(access, author_in_emergency(member, device), "emergency.ended", "")


def not_found(clinic: Clinic, author: Author) -> None:
    """Write down that somebody looked for a patient of another clinic, and not for whom."""
    write_to_clinic(clinic, author, (Draft("emergency.not_found", {}),))


def standing(
    request: HttpRequest, member: Membership, patient: uuid.UUID
) -> EmergencyAccess | None:
    """Return the access that this session has to a record now; None where it has none."""
    if str(patient) not in request.session.get(OPEN, {}):
        return None
    found = EmergencyAccess.objects.select_related(*_RELATED)
    return found.filter(member=member, patient=patient, until__gt=clock.real()).first()


def allows(request: HttpRequest, permission: str) -> bool:
    """Return whether an emergency opens a page: a look, the stop, the sheet for emergencies."""
    if permission == LOOK:
        return request.method in ("GET", "HEAD")
    match = request.resolver_match
    is_sheet = match is not None and (match.url_name, match.kwargs.get("kind")) == SHEET
    return permission == STOP or is_sheet


def open_now(request: HttpRequest) -> list[dict[str, Any]]:
    """Return which records are open in this session in an emergency, and until when."""
    session = getattr(request, "session", None)
    kept: Mapping[str, str] = {} if session is None else session.get(OPEN, {})
    untils = {key: datetime.fromisoformat(until) for key, until in kept.items()}
    now = clock.real()
    return [{"patient": key, "until": until} for key, until in untils.items() if until > now]


def author_in_emergency(member: Membership, device: str) -> Author:
    """Return the author of what is written in an emergency: the role says so."""
    return Author(
        member.user.username, f"{member.role} of {member.clinic.name}, in an emergency", device
    )


def noted(access: EmergencyAccess, page: str, method: str) -> dict[str, Any]:
    """Return the body of the note that a page was opened in an emergency."""
    return {
        "page": page,
        "method": method,
        "clinic": access.member.clinic.name,
        "emergency": str(access.pk),
    }


def waiting(clinic: Clinic) -> list[EmergencyAccess]:
    """Return the accesses to a clinic's patients that nobody has reviewed, the oldest first."""
    found = EmergencyAccess.objects.select_related(*_RELATED)
    return list(found.filter(patient__clinic=clinic, reviewed=None).order_by("opened"))


def review(
    request: HttpRequest,
    member: Membership,
    author: Author,
    access: uuid.UUID,
    remark: str,
    password: str,
) -> None:
    """Sign that an emergency access was looked into.

    Raises
    ------
    EmergencyError
        If it does not wait for this person's review, or the remark is missing.
    ReauthenticationError
        If the password is not theirs.
    """
    found = next((one for one in waiting(member.clinic) if one.pk == access), None)
    if found is None:
        raise EmergencyError("this access does not wait for a review", remedy="look at the list")
    if found.member.user_id == member.user_id:
        raise EmergencyError(
            "nobody reviews their own access", remedy="leave it to a colleague or administrator"
        )
    if not remark:
        raise EmergencyError("a review says what was found", remedy="write it in a few words")
    reauthenticate(request, member, password)
    body = {"access": str(found.pk), "patient": str(found.patient_id)}
    draft = Draft("emergency.reviewed", body, remark)
    with transaction.atomic():
        stream = Stream.objects.get(kind=Stream.Kind.CLINIC, clinic=member.clinic)
        signed = signature_draft(stream, member, MEANING, [draft])
        write_to_clinic(member.clinic, author, (draft, signed))
        EmergencyAccess.objects.filter(pk=found.pk).update(reviewed=clock.real(), reviewer=member)


def _tell(access: EmergencyAccess, author: Author, kind: str, reason: str) -> None:
    body = {
        "access": str(access.pk),
        "patient": str(access.patient_id),
        "of": access.patient.clinic.name,
        "by": access.member.clinic.name,
        "until": access.until.isoformat(),
    }
    clinics = {access.patient.clinic_id: access.patient.clinic}
    clinics[access.member.clinic_id] = access.member.clinic
    for clinic in clinics.values():
        write_to_clinic(clinic, author, (Draft(kind, body, reason),))
