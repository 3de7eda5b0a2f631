"""A patient and a carer of the demonstration with logins to the own pages, and a diary."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from thecal.care.information.teaching import SHOWN
from thecal.care.own.diary import DiaryEntry
from thecal.clinic.demo.logins import Login, add_login
from thecal.clinic.flows.education import CONFIRMED, answered_draft
from thecal.clinic.ledger.log import Author, Draft, write
from thecal.clinic.models import Clinic, Patient, Role
from thecal.clinic.own.diary_log import diary_drafts
from thecal.clinic.own.logins import CARD, DIARY, GIVEN
from thecal.record.redaction import seal

_WHOSE = "Ada Example"
_PEOPLE = (
    ("patient", _WHOSE, "patient", (CARD, DIARY), "en"),
    ("carer", "Carl Carer", "carer", (DIARY,), "de"),
)
_SAID = (
    ("what-the-pump-does", "sure", "It gives the drug into the fluid around my spine."),
    ("never-miss-a-refill", "unsure", "Before the date on my card, I think."),
    ("alarm-dual", "explain", ""),
)
"""What the patient said in own words; the clinic has confirmed the first."""
_DAYS = 14
_TIMES = (time(8, 15), time(20, 30))


def add_own_pages(clinic: Clinic, author: Author, now: datetime) -> tuple[Login, ...]:
    """Return the logins of a patient and of her carer, with a diary of two weeks before now."""
    patient = Patient.objects.get(clinic=clinic, projection__name_key=_WHOSE.lower())
    logins, drafts = [], []
    for username, name, who, allows, language in _PEOPLE:
        logins.append(add_login(clinic, username, name, Role.PATIENT, patient))
        sealed = seal(name)
        body = {
            "account": username,
            "as": who,
            "allows": list(allows),
            "language": language,
            "sealed": {"name": sealed.hash},
        }
        drafts.append(Draft(GIVEN, body, "for the demonstration", sealed=(sealed,)))
    write(patient, author, drafts, expected=None)
    told = [one for entry in _diary(now) for one in diary_drafts(entry, "", now)]
    own = Author("patient", "patient", "demonstration")
    write(patient, own, told, expected=None)
    answers = [answered_draft(item, sure, "patient", words) for item, sure, words in _SAID]
    first = write(patient, own, answers, expected=None)[0]
    shown = {"item": _SAID[0][0], "result": SHOWN, "answer": first.seq}
    write(patient, author, (Draft(CONFIRMED, shown),), expected=None)
    return tuple(logins)


def _diary(now: datetime) -> list[DiaryEntry]:
    """Return a morning and an evening of each day: the evenings are worse."""
    found = []
    for day in range(_DAYS, 0, -1):
        for evening, at in enumerate(_TIMES):
            when = datetime.combine((now - timedelta(day)).date(), at, now.tzinfo)
            numbers = {"pain": 3 + 2 * evening + day % 2}
            if evening:
                numbers |= {"boluses": 1 + day % 3, "refused": day % 2, "before": 6, "after": 4}
            found.append(DiaryEntry(when, "patient", numbers))
    return found
