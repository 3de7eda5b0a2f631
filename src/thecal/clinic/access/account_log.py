"""What happens to accounts, written into the streams of the clinics that they belong to.

Kinds of entries: `account.login`, `account.logout`, `account.session_over`, `account.refused`,
`account.locked`, `account.factor_refused`, `account.factor_enrolled`, `account.codes_made`,
`account.password_changed`, `page.denied`. None holds a password, a code, or a name that was typed
and is nobody's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thecal.clinic.ledger.log import Author, Draft, write_to_clinic
from thecal.clinic.models import Membership, User

_NOBODY = "not logged in"
_SHOWN = 12


def note_refused(user: User, kind: str, sender: str) -> None:
    """Write that a login to an account was refused, into each clinic the person works in."""
    author = Author("", _NOBODY, f"sender {sender[:_SHOWN]}")
    for member in _memberships(user):
        write_to_clinic(member.clinic, author, (Draft(kind, {"account": user.username}),))


def note(user: User, kind: str, device: str, body: Mapping[str, Any] | None = None) -> None:
    """Write what a person did to their own account, into each clinic they work in."""
    for member in _memberships(user):
        note_in(member, kind, device, body)


def note_in(
    member: Membership, kind: str, device: str, body: Mapping[str, Any] | None = None
) -> None:
    """Write what a person did into the stream of one clinic."""
    write_to_clinic(member.clinic, Author.of(member, device), (Draft(kind, body or {}),))


def _memberships(user: User) -> list[Membership]:
    found = Membership.objects.filter(user=user, active=True)
    return list(found.select_related("clinic", "user"))
