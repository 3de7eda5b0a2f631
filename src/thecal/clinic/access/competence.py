"""The competence of a clinic's people, folded from the clinic's own stream, and what is written.

Kinds of entries of the clinic
------------------------------
`competence.kept`
    `kept`: whether this clinic asks for levels from now on; the reason is the entry's. Before the
    first one none is asked, and the pages say so.
`competence.place`
    `where`: where the emergency drugs are kept.
`competence.practice`
    `person` (login name), `practice`: implanting, managing or both.
`competence.assessed`
    `person`, `skill`, `level`, `on`, `until`, `evidence` (class), `text`; signed by the assessor.
`competence.evidence`
    `person`, `skill`, `on`, `evidence`, `text`: it speaks for a level and is none; `run`: the
    training run that it is.
`competence.logged`
    `person`, `skill`, `on`, `how` (observed, supervised, solo), `supervisor`, `text`: a case of
    which no record here tells.
`competence.item`
    `person`, `item`, `on`, `text`: a mandatory item was done.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from thecal.care.competence import (
    Assessed,
    AssessmentError,
    Evidence,
    ItemDone,
    Logged,
    Matrix,
    Practice,
    check_assessment,
    evidence_classes,
    items,
    skill,
)
from thecal.care.competence.counts import HOWS
from thecal.clinic.access.signing import signature_draft
from thecal.clinic.ledger.log import Author, Draft, write_to_clinic
from thecal.clinic.models import Clinic, EntryRow, Membership, Stream
from thecal.record.entry import Entry, entry_of

KEPT, PLACE, PRACTICE = "competence.kept", "competence.place", "competence.practice"
ASSESSED, EVIDENCE = "competence.assessed", "competence.evidence"
LOGGED, ITEM = "competence.logged", "competence.item"
KINDS = (KEPT, PLACE, PRACTICE, ASSESSED, EVIDENCE, LOGGED, ITEM)
MEANING = "competence assessed"


def matrix_of(clinic: Clinic) -> Matrix:
    """Return what a clinic has written down of its people's competence."""
    rows = EntryRow.objects.filter(
        stream__clinic=clinic, stream__kind=Stream.Kind.CLINIC, kind__in=KINDS
    )
    return folded(entry_of(one) for one in rows.order_by("seq").values_list("text", flat=True))


def folded(entries: Iterable[Entry]) -> Matrix:
    """Return the matrix that entries of a clinic tell, in their order."""
    matrix = Matrix()
    for entry in entries:
        matrix = _with(matrix, entry)
    return matrix


def keep(clinic: Clinic, author: Author, *, kept: bool, reason: str) -> None:
    """Begin or end that levels are asked in a clinic; raises `AssessmentError` without a reason."""
    _need(reason, "reason", "a change of this rule has a reason")
    write_to_clinic(clinic, author, (Draft(KEPT, {"kept": kept}, reason),))


def say_place(clinic: Clinic, author: Author, where: str) -> None:
    """Write down where the emergency drugs are; everybody confirms it anew."""
    _need(where, "where", "a place is written so that somebody finds it")
    write_to_clinic(clinic, author, (Draft(PLACE, {"where": where}),))


def say_practice(person: Membership, author: Author, practice: Practice) -> None:
    """Write down what a person does."""
    body = {"person": person.user.username, "practice": practice.value}
    write_to_clinic(person.clinic, author, (Draft(PRACTICE, body),))


def assess(
    person: Membership,
    assessor: Membership,
    author: Author,
    *,
    skill_id: str,
    level: int,
    on: date,
    until: date,
    evidence_class: str,
    text: str,
    today: date,
) -> None:
    """Give somebody a level, signed; who signs has proved before who they are.

    Raises
    ------
    AssessmentError
        If it cannot be given.
    """
    _need(text, "text", "a level names what it was given on")
    check_assessment(
        matrix_of(person.clinic),
        assessor.user.username,
        person.user.username,
        skill_id,
        level,
        on,
        until,
        evidence_class,
        today,
    )
    stream, _ = Stream.objects.get_or_create(
        kind=Stream.Kind.CLINIC, clinic=person.clinic, patient=None
    )
    given = level_draft(person, skill_id, level, on, until, evidence_class, text)
    signed = signature_draft(stream, assessor, MEANING, [given])
    write_to_clinic(person.clinic, author, (given, signed))


def level_draft(
    person: Membership,
    skill_id: str,
    level: int,
    on: date,
    until: date,
    evidence_class: str,
    text: str,
) -> Draft:
    """Return the entry of a level, as `assess` writes it."""
    body = {
        "person": person.user.username,
        "skill": skill_id,
        "level": level,
        "on": on.isoformat(),
        "until": until.isoformat(),
        "evidence": evidence_class,
        "text": text,
    }
    return Draft(ASSESSED, body)


def evidence(
    person: Membership,
    skill_id: str,
    text: str,
    on: date,
    *,
    author: Author,
    evidence_class: str = "learning",
    run: str = "",
) -> None:
    """Write down evidence for a level of somebody in their clinic; it gives none by itself.

    Parameters
    ----------
    skill_id
        An id of `care.competence.skills`, as in `refill`.
    text
        What it is, as in `training case C1 passed, 82 of 90`.
    evidence_class
        `audit`, `observation`, `documents` or `learning`.
    run
        Id of the training run that it is; empty for what is none.

    Raises
    ------
    UnknownIdError
        If there is no such skill.
    AssessmentError
        If there is no such class, or nothing is said.
    """
    skill(skill_id)
    _need(text, "text", "evidence says what it is")
    if evidence_class not in evidence_classes():
        raise AssessmentError("there is no such evidence", remedy="choose one", place="evidence")
    body = {
        "person": person.user.username,
        "skill": skill_id,
        "on": on.isoformat(),
        "evidence": evidence_class,
        "text": text,
    }
    if run:
        body["run"] = run
    write_to_clinic(person.clinic, author, (Draft(EVIDENCE, body),))


def log_case(
    person: Membership,
    author: Author,
    *,
    skill_id: str,
    how: str,
    on: date,
    supervisor: str,
    text: str,
) -> None:
    """Write down a case of which no record here tells; raises `AssessmentError`."""
    skill(skill_id)
    if how not in HOWS:
        raise AssessmentError("there is no such way", remedy="choose one", place="how")
    if how != "solo":
        _need(supervisor, "supervisor", "somebody did it, or stood beside: say who")
    body = {
        "person": person.user.username,
        "skill": skill_id,
        "on": on.isoformat(),
        "how": how,
        "supervisor": supervisor,
        "text": text,
    }
    write_to_clinic(person.clinic, author, (Draft(LOGGED, body),))


def confirm_item(person: Membership, author: Author, item: str, on: date, text: str) -> None:
    """Write down that a mandatory item was done; raises `AssessmentError` for one there is not."""
    if item not in items():
        raise AssessmentError("there is no such item", remedy="choose one", place="item")
    body = {"person": person.user.username, "item": item, "on": on.isoformat(), "text": text}
    write_to_clinic(person.clinic, author, (Draft(ITEM, body),))


def _with(matrix: Matrix, entry: Entry) -> Matrix:
    body = entry.body
    if entry.kind == KEPT:
        since = entry.written.date() if body["kept"] else None
        return replace(matrix, kept_since=since)
    if entry.kind == PLACE:
        return replace(matrix, place=str(body["where"]), place_entry=entry.seq)
    person = str(body["person"])
    if entry.kind == PRACTICE:
        practices = {**matrix.practices, person: Practice(body["practice"])}
        return replace(matrix, practices=practices)
    told: dict[str, Any] = {"person": person, "on": date.fromisoformat(body["on"])}
    told |= {"by": entry.actor, "text": str(body["text"]), "entry": entry.seq}
    if entry.kind == ITEM:
        return replace(matrix, done=(*matrix.done, ItemDone(item=str(body["item"]), **told)))
    told["skill"] = str(body["skill"])
    if entry.kind == LOGGED:
        logged = Logged(how=str(body["how"]), supervisor=str(body["supervisor"]), **told)
        return replace(matrix, logged=(*matrix.logged, logged))
    told["evidence"] = str(body["evidence"])
    if entry.kind == EVIDENCE:
        spoken = Evidence(run=str(body.get("run", "")), **told)
        return replace(matrix, evidence=(*matrix.evidence, spoken))
    until = date.fromisoformat(body["until"])
    return matrix.with_level(Assessed(level=int(body["level"]), until=until, **told))


def _need(text: str, place: str, what: str) -> None:
    if not text.strip():
        raise AssessmentError(what, remedy="write it", place=place)
