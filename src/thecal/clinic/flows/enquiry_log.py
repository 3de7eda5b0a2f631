"""What outsiders sent to a clinic, folded from its own stream.

Kinds of entries of the clinic
------------------------------
`enquiry.received`
    `kind`, `language`, `red_flags`, `missing`; what was typed is sealed: it can be removed.
`enquiry.closed`
    `enquiry` (number of the entry), `how` (`answered`, `declined`, `spam`), `removed`: whether the
    sealed text was taken away; the reason is the entry's.
`enquiry.accepted`
    `enquiry`, `patient`: a referral became a patient.
`enquiry.opened`
    `enquiry`: somebody read what was typed.

Of the patient
--------------
`referral.taken`
    `enquiry`; who referred and what they wrote besides, sealed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, final

from django.db import transaction

from thecal.care.enquiry import REFERRAL, Question, Sent, selection_case, standing
from thecal.care.enquiry.questions import questions
from thecal.care.selection.reader import read_selection
from thecal.care.selection.referral import missing_fields
from thecal.clinic.ledger.log import Author, Draft, write, write_to_clinic
from thecal.clinic.ledger.registration import register
from thecal.clinic.models import Clinic, EntryRow, Patient, SealedText, Stream
from thecal.clinic.patient.details import Details, check_number
from thecal.clinic.plans.log import SELECTION, case_draft
from thecal.errors import BadFileError, ThecalError
from thecal.record.entry import Entry, entry_of
from thecal.record.redaction import seal
from thecal.therapy.table import Table
from thecal.units import show_date, show_unit

RECEIVED, CLOSED, ACCEPTED = "enquiry.received", "enquiry.closed", "enquiry.accepted"
READ, TAKEN = "enquiry.opened", "referral.taken"
ANSWERED, DECLINED, SPAM = "answered", "declined", "spam"
OPEN = "open"
_SENT = "sent"
_NOBODY = "not logged in"
_SHOWN = 12
_TAKEN_OVER = (
    ("referrer", ("referrer_name", "referrer_place", "referrer_telephone")),
    ("diagnosis", ("diagnosis_words",)),
    ("imaging", ("imaging_words",)),
    ("transport", ("transport",)),
    ("message", ("message",)),
)


class EnquiryError(ThecalError):
    """Something that an outsider sent cannot be dealt with so; nothing was written."""


@final
@dataclass(frozen=True)
class Enquiry:
    """One message of an outsider.

    Attributes
    ----------
    number
        Of the entry that received it.
    red_flags
        Names of the fields that have to be looked at on the day.
    state
        `open`, `answered`, `declined`, `spam`, `accepted`.
    ended
        The entry that closed it; None while it is open.
    patient
        Whom a referral became; empty otherwise.
    """

    number: int
    received: datetime
    kind: str
    language: str
    red_flags: tuple[str, ...]
    missing: tuple[str, ...]
    sealed: str
    state: str = OPEN
    ended: Entry | None = None
    patient: str = ""

    @property
    def red(self) -> bool:
        """Whether it waits and has a red flag."""
        return self.state == OPEN and bool(self.red_flags)


def enquiries(clinic: Clinic) -> tuple[Enquiry, ...]:
    """Return every message that came to a clinic, the newest first."""
    rows = EntryRow.objects.filter(
        stream__clinic=clinic,
        stream__kind=Stream.Kind.CLINIC,
        kind__in=(RECEIVED, CLOSED, ACCEPTED),
    )
    texts = rows.order_by("seq").values_list("text", flat=True)
    return _folded(entry_of(text) for text in texts)


def _folded(entries: Iterable[Entry]) -> tuple[Enquiry, ...]:
    found: dict[int, Enquiry] = {}
    for entry in entries:
        body = entry.body
        if entry.kind == RECEIVED:
            found[entry.seq] = Enquiry(
                number=entry.seq,
                received=entry.written,
                kind=str(body["kind"]),
                language=str(body["language"]),
                red_flags=tuple(body["red_flags"]),
                missing=tuple(body["missing"]),
                sealed=str(body["sealed"][_SENT]),
            )
            continue
        number = int(body["enquiry"])
        how = str(body["how"]) if entry.kind == CLOSED else "accepted"
        found[number] = replace(
            found[number], state=how, ended=entry, patient=str(body.get("patient", ""))
        )
    return tuple(sorted(found.values(), key=lambda one: one.number, reverse=True))


def waiting(clinic: Clinic) -> tuple[int, int]:
    """Return how many messages wait for an answer, and how many of them have a red flag."""
    found = [one for one in enquiries(clinic) if one.state == OPEN]
    return len(found), sum(one.red for one in found)


def sent_of(one: Enquiry) -> Mapping[str, str] | None:
    """Return what was typed; None where it was removed."""
    text = SealedText.objects.filter(hash=one.sealed).values_list("text", flat=True).first()
    return None if text is None else {key: str(value) for key, value in json.loads(text).items()}


def note_read(clinic: Clinic, author: Author, one: Enquiry) -> None:
    """Write down that somebody read what was typed; nothing is shown otherwise."""
    write_to_clinic(clinic, author, (Draft(READ, {"enquiry": one.number}),))


def receive(clinic: Clinic, sender: str, language: str, sent: Sent) -> None:
    """Write down what an outsider sent; what was typed lies beside the log."""
    flags: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    if sent.kind == REFERRAL:
        fields = standing(sent.values)
        flags = tuple(one.name.en for one in fields if one.red_flag)
        missing = missing_fields(fields)
    typed = seal(json.dumps(dict(sent.values), ensure_ascii=False, sort_keys=True))
    body = {
        "kind": sent.kind,
        "language": language,
        "red_flags": list(flags),
        "missing": list(missing),
        "sealed": {_SENT: typed.hash},
    }
    author = Author("", _NOBODY, f"sender {sender[:_SHOWN]}")
    write_to_clinic(clinic, author, (Draft(RECEIVED, body, sealed=(typed,)),))


def close(
    clinic: Clinic, author: Author, number: int, how: str, reason: str, *, remove: bool
) -> None:
    """Close a message: answered, declined or unwanted; take away what was typed where wanted.

    Raises
    ------
    EnquiryError
        If it is not open any more.
    """
    with transaction.atomic():
        one = _still_open(clinic, number)
        if remove:
            SealedText.objects.filter(hash=one.sealed, stream__clinic=clinic).delete()
        body = {"enquiry": number, "how": how, "removed": remove}
        write_to_clinic(clinic, author, (Draft(CLOSED, body, reason),))


def accept(clinic: Clinic, author: Author, number: int, details: Details) -> Patient:
    """Return the patient whom a referral became, with what was typed as the case of a selection.

    Raises
    ------
    EnquiryError
        If it is no referral, not open any more, or what was typed has been removed.
    DetailError
        If another patient has the number.
    """
    with transaction.atomic():
        check_number(clinic, details.number)
        one = _still_open(clinic, number)
        sent = sent_of(one)
        if one.kind != REFERRAL or sent is None:
            raise EnquiryError("this is no referral that can be taken over", remedy="register anew")
        patient = register(clinic, author, **details.values())
        case = {
            **selection_case(sent),
            "pathway": details.pathway,
            "birth_date": details.birth_date,
        }
        _check_case(case)
        write(patient, author, (_taken(number, sent), case_draft(SELECTION, case)), expected=None)
        body = {"enquiry": number, "patient": str(patient.pk)}
        write_to_clinic(clinic, author, (Draft(ACCEPTED, body),))
    return patient


def _check_case(case: Mapping[str, Any]) -> None:
    try:
        read_selection(Table(dict(case), SELECTION))
    except BadFileError as error:
        raise EnquiryError(
            f"what was typed does not fit: {error.what}",
            why="the answers of the referral are read as the assessment reads them",
            remedy="keep the pathway of the referral; it can be corrected after registration",
        ) from None


def _taken(number: int, sent: Mapping[str, str]) -> Draft:
    texts = {
        name: "; ".join(sent[one] for one in parts if one in sent) for name, parts in _TAKEN_OVER
    }
    sealed = {name: seal(text) for name, text in texts.items() if text}
    body = {"enquiry": number, "sealed": {name: one.hash for name, one in sealed.items()}}
    return Draft(TAKEN, body, sealed=tuple(sealed.values()))


def _still_open(clinic: Clinic, number: int) -> Enquiry:
    """Return a message nobody has closed; nobody else closes it before the transaction ends."""
    Clinic.objects.select_for_update().get(pk=clinic.pk)
    one = next((each for each in enquiries(clinic) if each.number == number), None)
    if one is None or one.state != OPEN:
        raise EnquiryError(
            "this message is not open any more",
            why="somebody has dealt with it after you opened this page",
            remedy="open the list again",
        )
    return one


def as_typed(kind: str, sent: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return question and answer in English, as staff read them."""
    return [
        (one.label.en, _as_read(one, sent[one.id])) for one in questions(kind) if sent.get(one.id)
    ]


def _as_read(one: Question, text: str) -> str:
    if text in one.choices:
        return one.choices[text].en
    if one.kind == "date":
        return show_date(date.fromisoformat(text))
    return f"{text} {show_unit(one.unit)}" if one.unit else text
