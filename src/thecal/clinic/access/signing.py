"""Signatures: bound to the content they sign, with a meaning, after the person proved who they are.

A signature lies in the same stream as what it signs and names it by a hash over stream, kind and
body, so that it fits nothing else (21 CFR 11.50, 11.70, 11.200).
"""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth import authenticate
from django.http import HttpRequest

from thecal.clinic.ledger.log import Draft
from thecal.clinic.ledger.signatures import SIGNATURE, digest
from thecal.clinic.models import Membership, Stream
from thecal.errors import ThecalError


class ReauthenticationError(ThecalError):
    """The person who signs did not prove again who they are; nothing was signed or written."""


def reauthenticate(request: HttpRequest, member: Membership, password: str) -> None:
    """Let a person prove again who they are, before they sign.

    Raises
    ------
    ReauthenticationError
        If the password is not theirs; it counts as a failed login.
    """
    if authenticate(request, username=member.user.username, password=password) != member.user:
        raise ReauthenticationError(
            "the password is not right, so nothing was signed",
            remedy="type your own password; several errors lock your account for a while",
        )


def signature_draft(
    stream: Stream, member: Membership, meaning: str, signed: Sequence[Draft]
) -> Draft:
    """Return the entry that signs others, to be written together with them.

    Parameters
    ----------
    meaning
        What the signature says, as in `prescribed`, `checked as second person`.
    signed
        The entries it is about.
    """
    body = {
        "meaning": meaning,
        "name": member.user.name,
        "of": [
            {"kind": one.kind, "sha256": digest(stream.pk, one.kind, one.body)} for one in signed
        ],
    }
    return Draft(SIGNATURE, body)
