"""Who works in a clinic and by which rules: every change is written down with what stood before.

Kinds of entries: `people.added`, `people.role`, `people.deactivated`, `people.reactivated`,
`people.factor_reset`, `people.password_reset`, `people.unlocked`, `clinic.settings`.
"""

from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.db import transaction

from thecal.clinic import clock
from thecal.clinic.access import lockout, second_factor
from thecal.clinic.ledger.log import Author, Draft, write_to_clinic
from thecal.clinic.models import SECOND_PERSON, Clinic, EntryRow, Membership, Role, User
from thecal.errors import ThecalError

GIVEN_ROLES = tuple(role for role in Role if role != Role.PATIENT)
SETTINGS = (
    "name",
    "telephone",
    "telephone_always",
    "physician",
    "address",
    "timezone",
    "second_person",
    "handle",
)
_EXCEPTION = "second.exception"
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,59}")
_HANDLE = re.compile(r"[a-z][a-z0-9-]{2,39}")
_FIRST_PASSWORD_BYTES = 10
_GROUP = 4


class StaffError(ThecalError):
    """A change to the people or the rules of a clinic cannot be made; nothing was changed."""


def add_person(
    clinic: Clinic, author: Author, *, username: str, name: str, role: str, reason: str
) -> tuple[Membership, str]:
    """Return a new member of a clinic and their first password, which nobody can read again.

    Raises
    ------
    StaffError
        If the name cannot be used, or there is no such role or no reason.
    """
    _need(reason)
    _need_role(role)
    with transaction.atomic():
        user, password = new_user(username, name)
        member = Membership.objects.create(user=user, clinic=clinic, role=role)
        _write(member, author, "people.added", reason, {"name": name, "role": role})
    return member, password


def new_user(username: str, name: str) -> tuple[User, str]:
    """Return a new user and their first password, which nobody can read again.

    Raises
    ------
    StaffError
        If the name cannot be used.
    """
    if not _USERNAME.fullmatch(username):
        raise StaffError(
            "this user name cannot be used",
            remedy="write 2 to 60 small letters, digits, dots or hyphens, a letter or digit first",
            place="username",
        )
    if not name:
        raise StaffError("a person has a name", remedy="write it as others know it", place="name")
    if User.objects.filter(username=username).exists():
        raise StaffError("this user name is taken", remedy="choose another", place="username")
    user = User(username=username, name=name)
    password = _first_password(user)
    user.save()
    return user, password


def change_role(member: Membership, author: Author, role: str, reason: str) -> None:
    """Give a member another role, from their next request on.

    Raises
    ------
    StaffError
        If it is the author's own, there is no such role, or no reason is given.
    """
    _need(reason)
    _need_role(role)
    _not_oneself(member, author)
    if role == member.role:
        raise StaffError(f"{member.user.name} has this role already", remedy="choose another")
    before = {"role": member.role}
    with transaction.atomic():
        member.role = role
        member.save(update_fields=["role"])
        _write(member, author, "people.role", reason, {"role": role}, before)


def deactivate(member: Membership, author: Author, reason: str) -> None:
    """End a person's work in a clinic at once; what they wrote stays theirs.

    Raises
    ------
    StaffError
        If it is the author themself, or no reason is given.
    """
    _need(reason)
    _not_oneself(member, author)
    with transaction.atomic():
        _stand(member, active=False)
        _write(member, author, "people.deactivated", reason, {"active": False}, {"active": True})


def reactivate(member: Membership, author: Author, reason: str) -> None:
    """Let a person work in a clinic again; raises `StaffError` without a reason."""
    _need(reason)
    with transaction.atomic():
        _stand(member, active=True)
        _write(member, author, "people.reactivated", reason, {"active": True}, {"active": False})


def reset_factor(member: Membership, author: Author, reason: str) -> None:
    """Take a lost second factor away; the person sets up a new one after their password.

    Raises
    ------
    StaffError
        If the person belongs to another clinic too, or no reason is given.
    """
    _need(reason)
    _of_this_clinic_alone(member)
    enrolled = second_factor.is_enrolled(member.user)
    with transaction.atomic():
        second_factor.reset(member.user)
        _end_sessions(member.user)
        before = {"enrolled": enrolled}
        _write(member, author, "people.factor_reset", reason, {"enrolled": False}, before)


def reset_password(member: Membership, author: Author, reason: str) -> str:
    """Return a new first password, which its person has to change; raises as `reset_factor`."""
    _need(reason)
    _of_this_clinic_alone(member)
    password = _first_password(member.user)
    with transaction.atomic():
        member.user.save()
        _end_sessions(member.user)
        _write(member, author, "people.password_reset", reason, {})
    return password


def unlock(member: Membership, author: Author, reason: str) -> None:
    """Let a person try their password again before the lock ends; raises `StaffError`."""
    _need(reason)
    with transaction.atomic():
        lockout.forget(member.user)
        _write(member, author, "people.unlocked", reason, {})


def change_settings(
    clinic: Clinic, author: Author, given: Mapping[str, str], reason: str
) -> tuple[str, ...]:
    """Return which settings of a clinic were changed.

    Raises
    ------
    StaffError
        If a value cannot be, nothing would change, or no reason is given.
    """
    _need(reason)
    if given["second_person"] not in dict(SECOND_PERSON):
        raise StaffError("there is no such rule", remedy="choose one", place="second_person")
    if given["timezone"] not in available_timezones():
        raise StaffError(
            "there is no such time zone",
            remedy="write one as in Europe/Berlin",
            place="timezone",
        )
    if not given["name"]:
        raise StaffError("a clinic has a name", remedy="write it", place="name")
    _check_handle(clinic, given["handle"])
    changed = tuple(key for key in SETTINGS if given[key] != getattr(clinic, key))
    if not changed:
        raise StaffError("nothing would change", remedy="change something, or leave the page")
    before = {key: getattr(clinic, key) for key in changed}
    with transaction.atomic():
        for key in changed:
            setattr(clinic, key, given[key])
        clinic.save(update_fields=changed)
        body = {key: given[key] for key in changed}
        write_to_clinic(clinic, author, (Draft("clinic.settings", body, reason, before),))
    return changed


def _check_handle(clinic: Clinic, handle: str) -> None:
    """Refuse a public name that cannot stand in an address, or that another clinic has."""
    if not handle:
        return
    if not _HANDLE.fullmatch(handle):
        raise StaffError(
            "this name cannot stand in an address",
            remedy="write 3 to 40 small letters, digits or hyphens, a letter first",
            place="handle",
        )
    if Clinic.objects.filter(handle=handle).exclude(pk=clinic.pk).exists():
        raise StaffError("another clinic has this name", remedy="choose another", place="handle")


def exceptions(clinic: Clinic, since: datetime | None = None) -> list[EntryRow]:
    """Return where somebody of a clinic went on without a second person, the latest first.

    Parameters
    ----------
    since
        None: ever.
    """
    found = EntryRow.objects.filter(stream__clinic=clinic, kind=_EXCEPTION)
    if since is not None:
        found = found.filter(utc__gte=since)
    return list(found.select_related("stream").order_by("-utc"))


def month_begun(clinic: Clinic) -> datetime:
    """Return when the month of today began in the clinic's time."""
    now = clock.real().astimezone(ZoneInfo(clinic.timezone))
    return now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _first_password(user: User) -> str:
    letters = base64.b32encode(secrets.token_bytes(_FIRST_PASSWORD_BYTES)).decode().lower()
    password = "-".join(letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP))
    user.set_password(password)
    user.must_change_password = True
    user.password_until = clock.real() + settings.FIRST_PASSWORD_FOR
    return password


def _stand(member: Membership, *, active: bool) -> None:
    member.active = active
    member.save(update_fields=["active"])
    member.user.is_active = Membership.objects.filter(user=member.user, active=True).exists()
    member.user.save(update_fields=["is_active"])
    if not active:
        _end_sessions(member.user)


def _end_sessions(user: User) -> None:
    user.sessions_from = clock.real()
    user.save(update_fields=["sessions_from"])


def _write(
    member: Membership,
    author: Author,
    kind: str,
    reason: str,
    body: Mapping[str, object],
    before: Mapping[str, object] | None = None,
) -> None:
    whole = {"account": member.user.username, **body}
    write_to_clinic(member.clinic, author, (Draft(kind, whole, reason, before or {}),))


def _need(reason: str) -> None:
    if not reason:
        raise StaffError("a change like this has a reason", remedy="write why", place="reason")


def _need_role(role: str) -> None:
    if role not in GIVEN_ROLES:
        raise StaffError("there is no such role to give", remedy="choose one", place="role")


def _not_oneself(member: Membership, author: Author) -> None:
    # It also keeps one administrator in the clinic: the one who asks.
    if member.user.username == author.actor:
        raise StaffError(
            "nobody changes their own role or standing", remedy="ask another administrator"
        )


def _of_this_clinic_alone(member: Membership) -> None:
    if Membership.objects.filter(user=member.user).exclude(pk=member.pk).exists():
        raise StaffError(
            f"{member.user.name} belongs to another clinic too",
            why="who can set their password or second factor could open that clinic's records",
            remedy="they change both themselves while logged in, or with a recovery code",
        )
