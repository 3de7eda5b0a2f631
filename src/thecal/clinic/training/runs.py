"""A run begins: a patient made from the case, in a training clinic, for one learner.

Entries of a training stream
----------------------------
`training.begun`
    `case`, `title`, `sha256` of the case file, `seq`: how many entries the record had then.
`training.time`
    `minutes`: the clock of the run was set ahead by them.
`training.asked`
    `question`: id of the answer, `words`: what the virtual patient said.
`training.colleague`
    `what`: `check`, `witness`, `answer` or `difference`: what the simulated colleague signed.
`training.ended`
    `passed`, `points`, `of`, `percent`.
`training.rated`
    `rating`: 1 to 5; the reason is what the instructor wrote.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import get_close_matches
from fractions import Fraction
from typing import final
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password
from django.db import transaction

from thecal.care.counted_days import therapy_counted
from thecal.care.training.case import Case
from thecal.care.training.case_reader import read_case
from thecal.care.training.catalogue import shipped_texts
from thecal.clinic import clock
from thecal.clinic.ledger.kind_words import KIND_WORDS
from thecal.clinic.ledger.log import (
    Author,
    Draft,
    patient_stream,
    read_entries,
    training_stream,
    write,
    write_to_training,
)
from thecal.clinic.ledger.registration import register, stage_draft, therapy_drafts
from thecal.clinic.ledger.truth import UnreadableCaseError, kept_case, offset_in
from thecal.clinic.models import Clinic, Membership, Role, TrainingCase, TrainingRun, User
from thecal.errors import BadFileError, ThecalError
from thecal.record.entry import Entry

BEGUN, TIME, ASKED = "training.begun", "training.time", "training.asked"
COLLEAGUE, ENDED, RATED = "training.colleague", "training.ended", "training.rated"
_AUTHOR = Author("training", "training", "training")
_COLLEAGUE = "Dr. Simon Simulated"
_NUMBER_BYTES = 4


class TrainingError(ThecalError):
    """This cannot be done in a training run, or there is none."""


@final
@dataclass(frozen=True)
class CaseFile:
    """A case that can be begun, with its file; `by` is who wrote it, None for a shipped one."""

    case: Case
    text: str
    by: str | None = None

    @property
    def id(self) -> str:
        """Names the case within the clinic."""
        return self.case.id


def check_training(clinic: Clinic) -> None:
    """Refuse training anywhere but in a training clinic; raises `TrainingError`."""
    if not clinic.training:
        raise TrainingError(
            "this clinic treats patients: nobody trains in it",
            remedy="choose a training clinic at the login",
        )


@final
@dataclass(frozen=True)
class UnreadableCase:
    """A case of an instructor that the reader refuses; nobody begins it until it is replaced."""

    id: str
    by: str
    error: UnreadableCaseError


def cases_of(clinic: Clinic) -> tuple[CaseFile, ...]:
    """Return every case that can be begun in a clinic; its own replaces a shipped one of its id."""
    return tuple(one for one in all_cases(clinic) if isinstance(one, CaseFile))


def all_cases(clinic: Clinic) -> list[CaseFile | UnreadableCase]:
    """Return the newest case of each id, read or refused, in the order of their ids."""
    found: dict[str, CaseFile | UnreadableCase] = {}
    for name, text in shipped_texts().items():
        case = read_case(text.encode("utf-8"), name)
        found[case.id] = CaseFile(case, text)
    own = TrainingCase.objects.filter(clinic=clinic).select_related("by__user").order_by("added")
    for row in own:
        by = row.by.user.name
        try:
            found[row.case] = CaseFile(kept_case(row.case, row.text), row.text, by)
        except UnreadableCaseError as error:
            found[row.case] = UnreadableCase(row.case, by, error)
    return [found[id] for id in sorted(found, key=lambda one: (len(one), one))]


def add_case(clinic: Clinic, member: Membership, data: bytes, name: str) -> Case:
    """Keep an instructor's case; raises `BadFileError` naming the place of what is wrong."""
    check_training(clinic)
    case = read_case(data, name)
    check_kinds(case, name)
    TrainingCase.objects.create(
        clinic=clinic, case=case.id, text=data.decode("utf-8"), by=member, added=clock.real()
    )
    return case


def check_kinds(case: Case, name: str) -> None:
    """Refuse a case that waits for an entry which nothing here writes: nobody could ever pass it.

    Raises
    ------
    BadFileError
        Naming the part of the case, and the kinds that read alike.
    """
    for part, conditions in case.conditions():
        for one in conditions:
            if one.kind not in KIND_WORDS:
                near = get_close_matches(one.kind, KIND_WORDS, n=3) or sorted(KIND_WORDS)[:3]
                raise BadFileError(
                    f'nothing writes an entry of the kind "{one.kind[:40]}"',
                    why="what it asks for could never happen",
                    remedy="write one as the timeline of a patient names them, as "
                    + ", ".join(near),
                    place=f"{name}: {part}",
                )


def begin(clinic: Clinic, learner: Membership, file: CaseFile) -> TrainingRun:
    """Begin a case: a fresh patient, whose clock stands at the time of day at which it begins.

    Raises
    ------
    TrainingError
        If this is no training clinic.
    """
    check_training(clinic)
    colleague_of(clinic)
    case, real = file.case, clock.real()
    zone = ZoneInfo(clinic.timezone)
    begun = datetime.combine(real.astimezone(zone).date(), case.starts, zone)
    offset = offset_in(clinic.timezone, begun)
    number = f"TRAINING-{case.id}-{secrets.token_hex(_NUMBER_BYTES)}"
    therapy = therapy_counted(
        number,
        case.person.birth_date,
        case.person.sex,
        case.setup,
        case.events,
        today=begun.astimezone(offset).date(),
        offset=offset,
        next_visit=case.next_visit,
    )
    with clock.ahead_by(begun - real), transaction.atomic():
        patient = register(
            clinic,
            _AUTHOR,
            name=case.person.name,
            number=number,
            birth_date=case.person.birth_date,
            sex=case.person.sex,
            pathway=case.person.pathway,
        )
        drafts = (*therapy_drafts(therapy), stage_draft(case.stage, "so far, in this case"))
        write(patient, _AUTHOR, drafts, expected=None)
        run = TrainingRun.objects.create(
            patient=patient,
            learner=learner,
            case=case.id,
            title=case.title,
            text=file.text,
            role=case.role,
            begun=begun,
            ahead=begun - real,
            acted=real,
        )
        body = {
            "case": case.id,
            "title": case.title,
            "sha256": hashlib.sha256(file.text.encode("utf-8")).hexdigest(),
            "seq": patient_stream(patient).head_seq,
        }
        write_to_training(patient, Author.of(learner, "training"), (Draft(BEGUN, body),))
    return run


def colleague_of(clinic: Clinic) -> Membership:
    """Return the simulated colleague of a training clinic, who can never log in."""
    check_training(clinic)
    username = f"colleague-{clinic.pk.hex[:12]}"
    user, _ = User.objects.get_or_create(
        username=username, defaults={"name": _COLLEAGUE, "password": make_password(None)}
    )
    member, _ = Membership.objects.select_related("user", "clinic").get_or_create(
        user=user, clinic=clinic, defaults={"role": Role.PHYSICIAN}
    )
    return member


def let_pass(run: TrainingRun, minutes: int, longest: Fraction, author: Author) -> None:
    """Set the clock of a run ahead; raises `TrainingError` where it went on for too long."""
    if minutes < 1:
        raise TrainingError("time goes on, never back", remedy="choose how much shall pass")
    much = timedelta(minutes=minutes)
    if clock.now() + much - run.begun > timedelta(seconds=float(longest)):
        raise TrainingError("this run went on for long enough", remedy="end the case")
    TrainingRun.objects.filter(pk=run.pk).update(ahead=run.ahead + much)
    with clock.ahead_by(run.ahead + much):
        write_to_training(run.patient, author, (Draft(TIME, {"minutes": minutes}),))


def entries_of(run: TrainingRun) -> tuple[Entry, ...]:
    """Return the entries of the run itself."""
    return read_entries(training_stream(run.patient))


def begun_after(run: TrainingRun) -> int:
    """Return how many entries the record had when the run began."""
    return next(int(one.body["seq"]) for one in entries_of(run) if one.kind == BEGUN)
