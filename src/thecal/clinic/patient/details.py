"""Who a patient is, as a form gives it: read strictly, for a new patient and for a correction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, final
from uuid import UUID

from thecal.clinic import clock
from thecal.clinic.ledger.registration import CANCER_PAIN, NON_CANCER_PAIN, SPASTICITY
from thecal.clinic.models import Clinic, Projection
from thecal.errors import EntryError

SEXES = ("female", "male", "other", "unknown")
PATHWAYS = (NON_CANCER_PAIN, CANCER_PAIN, SPASTICITY)
_MOST = 120
_FIRST_YEAR = 1900


class DetailError(EntryError):
    """A field of who the patient is cannot be so; `field` names it."""

    field: str = ""


@final
@dataclass(frozen=True, slots=True)
class Details:
    """Who a patient is."""

    name: str
    number: str
    birth_date: date
    sex: str
    pathway: str
    telephone: str

    def values(self) -> dict[str, Any]:
        """Return the arguments of `register`."""
        return {name: getattr(self, name) for name in self.__slots__}


def read_details(form: Mapping[str, str]) -> Details:
    """Return the details of a form; raises `DetailError`."""
    name, number = _text(form, "name"), _text(form, "number")
    if not name:
        raise _wrong("name", "the name is missing", "type the name")
    if not number:
        raise _wrong("number", "the number is missing", "type the clinic's number of the patient")
    return Details(
        name=name,
        number=number,
        birth_date=_birth_date(_text(form, "birth_date")),
        sex=_one_of(form, "sex", SEXES),
        pathway=_one_of(form, "pathway", PATHWAYS),
        telephone=_text(form, "telephone"),
    )


def check_number(clinic: Clinic, number: str, *, own: UUID | None = None) -> None:
    """Refuse a number that another patient of the clinic has; raises `DetailError`.

    Within a transaction: nobody else gives out a number of the clinic before it ends.
    """
    Clinic.objects.select_for_update().get(pk=clinic.pk)
    others = Projection.objects.filter(clinic=clinic, number_key=number.lower())
    if own is not None:
        others = others.exclude(patient_id=own)
    if others.exists():
        raise _wrong(
            "number",
            f"another patient of this clinic has the number {number}",
            "look whether the patient is registered already",
        )


def _birth_date(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise _wrong(
            "birth_date", f'"{text}" is no date', "write it as 1961-04-12: year, month, day"
        ) from None
    if not date(_FIRST_YEAR, 1, 1) <= day <= clock.now().date():
        raise _wrong("birth_date", "nobody alive was born then", "look at the date again")
    return day


def _text(form: Mapping[str, str], name: str) -> str:
    text = " ".join(form.get(name, "").split())
    if len(text) > _MOST or not text.isprintable():
        raise _wrong(name, f"a text of more than {_MOST} signs", "shorten it")
    return text


def _one_of(form: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    value = form.get(name, "")
    if value not in choices:
        raise _wrong(name, f"no {name} is chosen", f"choose one of {', '.join(choices)}")
    return value


def _wrong(field: str, what: str, remedy: str) -> DetailError:
    error = DetailError(what, remedy=remedy)
    error.field = field
    return error
