"""The two-person rule: who may be the second person here, what they type blind, what is written.

It holds up what is ordered, never a stop and never a lower dose. Kinds of entries stand in
`thecal.record.second_person`. A supervisor (`access.supervision`) signs by the same way and types
nothing blind; no such signature is a check, and no check is such a signature.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest

from thecal.clinic import clock
from thecal.clinic.access.competence import matrix_of
from thecal.clinic.access.signing import reauthenticate, signature_draft
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import Author, Draft, write
from thecal.clinic.models import Clinic, Membership, Role
from thecal.errors import EntryError, ThecalError
from thecal.record.entry import Entry, canonical_json
from thecal.record.second_person import (
    AGREES,
    DIFFERS,
    EXCEPTION,
    GIVEN,
    REFUSED,
    REQUESTED,
    Blind,
    Given,
    Request,
    exceptions,
    is_given,
    open_requests,
    request_body,
)
from thecal.units import (
    Concentration,
    Mass,
    MassRate,
    Quantity,
    Volume,
    VolumeRate,
    parse_quantity,
    show_number,
)

__all__ = [
    "Blind",
    "Given",
    "Request",
    "SecondPersonError",
    "digest_of",
    "exceptions",
    "give",
    "go_on_alone",
    "is_given",
    "open_about",
    "refuse",
    "request_draft",
    "request_of",
    "requests_open",
    "why_not",
]
MEANING, SUPERVISED = "checked as second person", "supervised"
ASKED_FOR: tuple[type[Quantity], ...] = (Concentration, Volume, MassRate, Mass, VolumeRate)


class SecondPersonError(ThecalError):
    """This person cannot be the second one, or the check does not exist (any more)."""


def digest_of(content: Mapping[str, Any]) -> str:
    """Return the hash that binds a check to what was checked."""
    return hashlib.sha256(canonical_json(content).encode("ascii")).hexdigest()


def request_draft(
    subject: str,
    content: Mapping[str, Any],
    what: Sequence[str],
    blind: Sequence[Blind],
    why: Sequence[str],
    authors: Iterable[str] = (),
) -> Draft:
    """Return the entry that asks for a second person.

    Parameters
    ----------
    subject
        What sort of thing, as in `program`; a later request on the same subject replaces this one.
    content
        What is checked; `is_given(entries, digest_of(content))` asks for the answer.
    what
        Lines shown to the second person; none may hold a blind value.
    authors
        Login names of more people who cannot be the second one, beside who writes the entry.
    """
    digest = digest_of(content)
    return Draft(REQUESTED, request_body(subject, digest, what, blind, why, authors))


def requests_open(chart: Chart) -> tuple[Request, ...]:
    """Return what waits for a second person in a chart, the oldest first."""
    return open_requests(chart.entries)


def request_of(chart: Chart, seq: int) -> Request:
    """Return an open request by its number; raises `SecondPersonError`."""
    found = next((one for one in requests_open(chart) if one.seq == seq), None)
    if found is None:
        raise SecondPersonError(
            "this check is no longer waited for",
            why="it was given or refused, or the order was changed since",
            remedy="look at the list of checks",
        )
    return found


def why_not(request: Request, clinic: Clinic, member: Membership) -> str:
    """Return why somebody cannot be the second person here; empty: they can."""
    if member.user.username in request.authors:
        return "the second person is somebody else than who ordered or asked"
    if request.skills:
        return _why_no_supervisor(request, clinic, member)
    if member.role == Role.CHECKER and clinic.second_person == "required":
        return "here a physician, nurse or pharmacist of this clinic checks, no remote checker"
    return ""


def give(
    request: HttpRequest,
    chart: Chart,
    clinic: Clinic,
    member: Membership,
    author: Author,
    seq: int,
    typed: Mapping[str, str],
    password: str,
) -> tuple[str, ...]:
    """Write down the check of a second person, signed; return the labels of what differs.

    Parameters
    ----------
    typed
        Digits by key, typed without seeing the values; their unit is that of the request.

    Raises
    ------
    SecondPersonError
        If the request is not open or this person cannot be the second one.
    EntryError
        If something that was typed is outside the grammar; its place is the key.
    ReauthenticationError
        If the password is not theirs.
    """
    asked = request_of(chart, seq)
    not_they = why_not(asked, clinic, member)
    if not_they:
        raise SecondPersonError(not_they, remedy="ask somebody else to check")
    # Every value is read: what is outside the grammar is an error, not a difference.
    differing = [one for one in asked.blind if not _same(one, typed.get(one.key, ""))]
    reauthenticate(request, member, password)
    drafts = given_drafts(chart, member, asked, typed, [one.key for one in differing])
    write(chart.patient, author, drafts, expected=chart.seq)
    return tuple(one.label for one in differing)


def given_drafts(
    chart: Chart,
    member: Membership,
    asked: Request,
    typed: Mapping[str, str],
    differing: Sequence[str] = (),
) -> list[Draft]:
    """Return the entries of a check that a member gives, signed where nothing differs."""
    body = {
        "request": asked.seq,
        "digest": asked.digest,
        "typed": {one.key: f"{typed.get(one.key, '')} {one.unit}" for one in asked.blind},
        "outcome": DIFFERS if differing else AGREES,
    }
    if asked.step:
        body["supervises"] = asked.step
    if differing:
        body["differs_in"] = list(differing)
    given = Draft(GIVEN, body)
    if differing:
        return [given]
    meaning = SUPERVISED if asked.step else MEANING
    return [given, signature_draft(chart.stream, member, meaning, [given])]


def refuse(chart: Chart, author: Author, seq: int, reason: str) -> None:
    """Write down that a second person does not agree; raises `SecondPersonError`."""
    request_of(chart, seq)
    if not reason.strip():
        raise SecondPersonError("a refusal says why", remedy="type what is wrong with the order")
    write(chart.patient, author, (Draft(REFUSED, {"request": seq}, reason),), expected=chart.seq)


def go_on_alone(chart: Chart, clinic: Clinic, author: Author, seq: int, reason: str) -> None:
    """Write down that the author goes on without a second person; it is counted and shown.

    Raises
    ------
    SecondPersonError
        If this clinic does not allow it, or no reason is typed.
    """
    asked = request_of(chart, seq)
    if asked.step:
        raise SecondPersonError(
            "no step goes on without its supervisor",
            remedy="ask somebody who does it alone; stopping and lowering need nobody",
        )
    if clinic.second_person != "exception":
        raise SecondPersonError(
            "this clinic does not let an order go on without a second person",
            remedy="ask a colleague or a remote checker; an administrator can change the rule",
        )
    if not reason.strip():
        raise SecondPersonError(
            "going on alone needs a reason", remedy="type why nobody else can check now"
        )
    body = {"request": seq, "counted": exceptions(chart.entries) + 1}
    write(chart.patient, author, (Draft(EXCEPTION, body, reason),), expected=chart.seq)


def open_about(entries: Iterable[Entry], digest: str) -> Request | None:
    """Return the open request about what has a digest; None where there is none."""
    return next((one for one in open_requests(entries) if one.digest == digest), None)


def _same(one: Blind, typed: str) -> bool:
    """Compare what was typed with the value, exactly or to its figures; raises `EntryError`."""
    kind = next(kind for kind in ASKED_FOR if one.unit in kind.unit_codes())
    text = f"{typed.strip()} {one.unit}"
    try:
        found, wanted = parse_quantity(text, kind), parse_quantity(one.value, kind)
    except EntryError as error:
        raise error.at(one.key) from None
    if one.figures is None:
        return bool(found == wanted)
    return _to_figures(found, one) == _to_figures(wanted, one)


def _to_figures(value: Quantity, one: Blind) -> str:
    assert one.figures is not None
    return show_number(value.in_unit(one.unit), digits=one.figures)


def _why_no_supervisor(request: Request, clinic: Clinic, member: Membership) -> str:
    if member.role == Role.CHECKER:
        return "a supervisor stands beside, and a checker works from afar"
    today = clock.now().astimezone(ZoneInfo(clinic.timezone)).date()
    lacks = [matrix_of(clinic).lack(member.user.username, one, today) for one in request.skills]
    missing = "; ".join(one.why for one in lacks if one is not None)
    return f"who supervises does it alone, and you do not: {missing}" if missing else ""
