"""Signatures: bound to the content they sign, with a meaning, after the person proved who they are.

A signature lies in the same stream as what it signs and names it by a hash over stream, kind and
body, so that it fits nothing else (21 CFR 11.50, 11.70, 11.200).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.contrib.auth import authenticate
from django.http import HttpRequest

from thecal.clinic.ledger.log import Draft
from thecal.clinic.models import Membership, Stream
from thecal.errors import ThecalError
from thecal.record.entry import Entry, canonical_json

SIGNATURE = "signature"


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
            {"kind": one.kind, "sha256": _digest(stream.pk, one.kind, one.body)} for one in signed
        ],
    }
    return Draft(SIGNATURE, body)


def unfitting(entries: Iterable[Entry]) -> tuple[int, ...]:
    """Return the numbers of signatures that name something that is not in their stream."""
    known: set[str] = set()
    signatures: list[Entry] = []
    for entry in entries:
        if entry.kind == SIGNATURE:
            signatures.append(entry)
        else:
            known.add(_digest(entry.stream, entry.kind, entry.body))
    return tuple(
        entry.seq
        for entry in signatures
        if not all(one["sha256"] in known for one in entry.body["of"])
    )


def signed_by(entries: Iterable[Entry], entry: Entry) -> tuple[Entry, ...]:
    """Return the signatures of an entry."""
    digest = _digest(entry.stream, entry.kind, entry.body)
    return tuple(
        one
        for one in entries
        if one.kind == SIGNATURE and any(named["sha256"] == digest for named in one.body["of"])
    )


def _digest(stream: object, kind: str, body: Mapping[str, Any]) -> str:
    text = canonical_json({"stream": str(stream), "kind": kind, "body": body})
    return hashlib.sha256(text.encode("ascii")).hexdigest()
