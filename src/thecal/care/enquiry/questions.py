"""What an outsider is asked: the referral as workflow.md 2.1 has it, an enquiry with four lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, final

from thecal.care.document import Text
from thecal.care.enquiry.words import limit, said
from thecal.care.forms.choice import choices
from thecal.care.selection.wording import sentence
from thecal.errors import UnknownIdError

ENQUIRY, REFERRAL = "enquiry", "referral"
KINDS = (ENQUIRY, REFERRAL)
QuestionKind = Literal["line", "long", "lines", "choice", "date", "number", "flag"]
_SECTIONS = ("sender", "patient", "illness", "risks", "aims", "message")
_SEXES = ("female", "male", "other", "unknown")
_WRITERS = ("patient", "carer", "professional", "other")


@final
@dataclass(frozen=True, slots=True)
class Question:
    """One question of a form.

    Attributes
    ----------
    section
        Where it stands: one of `sections`.
    item
        The item of the selection that it answers; empty for what the selection does not ask.
    unit
        Of a number, UCUM; empty for none.
    """

    id: str
    label: Text
    section: str
    kind: QuestionKind = "line"
    required: bool = False
    choices: Mapping[str, Text] = field(default_factory=dict)
    item: str = ""
    unit: str = ""

    @property
    def most(self) -> int:
        """How many characters it takes."""
        return limit("length", "long" if self.kind in ("long", "lines") else "line")


def questions(kind: str) -> tuple[Question, ...]:
    """Return the questions of a form, in order.

    Raises
    ------
    UnknownIdError
        If there is no such form.
    """
    if kind not in KINDS:
        raise UnknownIdError(f'"{kind}" is no form', remedy="use one of " + ", ".join(KINDS))
    return tuple(_referral() if kind == REFERRAL else _enquiry())


def sections(kind: str) -> tuple[tuple[str, tuple[Question, ...]], ...]:
    """Return the questions of a form by section, in order."""
    asked = questions(kind)
    return tuple(
        (name, mine)
        for name in _SECTIONS
        if (mine := tuple(one for one in asked if one.section == name))
    )


def _enquiry() -> Iterator[Question]:
    yield Question("name", said("q-name"), "sender", required=True)
    writers = {one: said(f"who-{one}") for one in _WRITERS}
    yield Question("who", said("q-who"), "sender", "choice", required=True, choices=writers)
    yield Question("reply", said("q-reply"), "sender", required=True)
    yield Question("message", said("q-message"), "message", "long", required=True)


def _referral() -> Iterator[Question]:
    for name in ("referrer_name", "referrer_place", "referrer_telephone"):
        yield Question(name, said(f"q-{name}"), "sender", required=True)
    yield Question("agreed", said("q-agreed"), "sender", "flag", required=True)
    yield Question("patient_name", said("q-patient_name"), "patient", required=True)
    yield Question("birth_date", _asked("demographics"), "patient", "date", required=True)
    sexes = {one: said(f"sex-{one}") for one in _SEXES}
    yield Question("sex", said("q-sex"), "patient", "choice", required=True, choices=sexes)
    yield Question("patient_telephone", said("q-patient_telephone"), "patient")
    yield from _illness()
    yield from _risks()
    yield Question("goals", said("q-goals"), "aims", "lines")
    yield _item("capacity", "capacity", "aims")
    yield _item("attendance", "attendance", "aims")
    yield Question("transport", said("q-transport"), "aims")
    yield Question("message", said("q-message"), "message", "long")


def _illness() -> Iterator[Question]:
    yield Question(
        "pathway",
        said("q-pathway"),
        "illness",
        "choice",
        required=True,
        choices=choices("pathway"),
    )
    indications = choices("@indications")
    yield Question("indication", _asked("diagnosis"), "illness", "choice", choices=indications)
    yield Question("diagnosis_words", said("q-diagnosis_words"), "illness", "long")
    yield Question("symptoms_since", _asked("duration"), "illness", "date")
    for row in range(1, limit("length", "rows") + 1):
        told = {"row": str(row)}
        kinds, results = choices("@therapies"), choices("outcome")
        label = said("q-therapy", **told)
        yield Question(f"therapy_{row}", label, "illness", "choice", choices=kinds)
        label = said("q-therapy-outcome", **told)
        yield Question(f"outcome_{row}", label, "illness", "choice", choices=results)
    yield Question("current_drugs", said("q-current_drugs"), "illness", "lines")
    label = said("q-morphine_equivalent")
    yield Question("morphine_equivalent", label, "illness", "number", unit="mg/d")
    yield _item("imaging", "imaging", "illness")
    yield Question("imaging_words", said("q-imaging_words"), "illness", "long")


def _risks() -> Iterator[Question]:
    for item, name in (
        ("sedatives", "sedatives"),
        ("anticoagulant", "anticoagulant"),
        ("coagulopathy", "coagulopathy"),
        ("allergy", "allergies"),
        ("infection", "infection"),
    ):
        yield _item(item, name, "risks")
    label = said("q-life_expectancy")
    yield Question("life_expectancy", label, "risks", "number", unit="d")


def _item(item: str, name: str, section: str) -> Question:
    """Return the question of an item of the selection, with the answers that it knows."""
    label, answers = _asked(name), choices(f"@answer {item}")
    key = item.replace("-", "_")
    return Question(key, label, section, "choice", choices=answers, item=item)


def _asked(name: str) -> Text:
    """Return what a field of a referral asks, as the selection says it."""
    found = sentence(f"referral.{name}")
    return Text(found.en[:1].upper() + found.en[1:], found.de[:1].upper() + found.de[1:])
