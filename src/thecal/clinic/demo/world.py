"""Making the demonstration clinic: people with a login each, patients from `patients.toml`."""

from __future__ import annotations

import tomllib
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import Any

from thecal.care.counted_days import dated, therapy_counted
from thecal.care.due.knowledge import WATCH
from thecal.care.implant_visit import watch_ends
from thecal.care.notices import Notice
from thecal.clinic import clock
from thecal.clinic.demo.competence import add_competence
from thecal.clinic.demo.logins import Login, add_login
from thecal.clinic.demo.own_pages import add_own_pages
from thecal.clinic.demo.register import add_register
from thecal.clinic.demo.revision import add_revision
from thecal.clinic.demo.supply import fill_cupboards
from thecal.clinic.flows.implant_visit import BEGUN
from thecal.clinic.flows.notices import enter
from thecal.clinic.ledger.appointments import CONTACTED, DETAILS
from thecal.clinic.ledger.case_values import case_to_json
from thecal.clinic.ledger.due import WATCH_BEGUN
from thecal.clinic.ledger.log import Author, Draft, write
from thecal.clinic.ledger.registration import register, stage_draft, therapy_drafts
from thecal.clinic.ledger.tasks import OPENED
from thecal.clinic.models import Clinic, Membership, Patient, Role
from thecal.errors import DataError
from thecal.therapy.events import Therapy

_PATIENTS = Path(__file__).with_name("patients.toml")
_PEOPLE: tuple[tuple[str, str, Role], ...] = (
    ("dr.demo", "Dr. Dora Demo", Role.PHYSICIAN),
    ("dr.second", "Dr. Sven Second", Role.PHYSICIAN),
    ("nurse", "Nils Nurse", Role.NURSE),
    ("guest", "Gina Guest", Role.NURSE),
    ("pharmacist", "Phyllis Pharmacist", Role.PHARMACIST),
    ("checker", "Carla Checker", Role.CHECKER),
    ("admin", "Albert Administrator", Role.ADMINISTRATOR),
    ("trainee", "Tara Trainee", Role.TRAINEE),
)
_NOTICE_AGE = 12
_OFFSET = timezone(timedelta(hours=1))


def make_demo(progress: Callable[[str], None]) -> tuple[Clinic, tuple[Login, ...]]:
    """Make the clinic; `progress` is told the name of each patient.

    Raises
    ------
    DataError
        If a patient of the file cannot be a record.
    """
    clinic = Clinic.objects.create(
        name="Demonstration Clinic",
        telephone="+49 30 000000",
        telephone_always="+49 30 000001",
        physician="Dr. Dora Demo",
        address="Example Street 1, Berlin",
        training=True,
        second_person="remote",
        handle="demonstration",
    )
    logins = tuple(add_login(clinic, *person) for person in _PEOPLE)
    member = Membership.objects.select_related("user").get(
        clinic=clinic, user__username=_PEOPLE[0][0]
    )
    author = Author.of(member, "demonstration")
    enter(clinic, author, _notice(clock.now().astimezone(_OFFSET).date()))
    add_competence(clinic, clock.now().astimezone(_OFFSET).date())
    patients = {}
    for values in patients_on_file():
        progress(values["name"])
        today = clock.now().astimezone(_OFFSET).date()
        patient = add_patient(clinic, author, values, today)
        patients[values["name"]] = patient
        if "revision" in values:
            add_revision(patient, member, values["revision"], today, _OFFSET)
    add_register(clinic, author, patients, clock.now().astimezone(_OFFSET).date())
    fill_cupboards(clinic, clock.now().astimezone(_OFFSET).date())
    return clinic, (*logins, *add_own_pages(clinic, author, clock.now().astimezone(_OFFSET)))


def _notice(today: date) -> Notice:
    """Return a notice that nobody ever gave: it shows where an unread one stands."""
    return Notice(
        id=str(uuid.uuid4()),
        title="Invented for training: a step of the flex mode is repeated as the programmer says",
        day=today - timedelta(days=_NOTICE_AGE),
        models=("synchromed-ii-20", "synchromed-ii-40"),
        programmer_versions=("2.1 (invented)",),
        action="before signing, compare the total of the day with what was meant",
        source="invented for this demonstration; no maker and no authority gave it",
    )


def patients_on_file() -> list[dict[str, Any]]:
    """Return who stands in `patients.toml`: days are counted from the day they are made."""
    found: list[dict[str, Any]] = tomllib.loads(_PATIENTS.read_text())["patients"]
    return found


def add_patient(clinic: Clinic, author: Author, values: Mapping[str, Any], today: date) -> Patient:
    """Add one patient of the file to a clinic, with the record up to a day.

    Raises
    ------
    DataError
        If the values cannot be a record.
    """
    patient = register(
        clinic,
        author,
        name=values["name"],
        number=values["number"],
        birth_date=values["birth_date"],
        sex=values["sex"],
        pathway=values["pathway"],
    )
    drafts: list[Draft] = []
    if "setup" in values:
        drafts += therapy_drafts(_therapy(values, today))
    drafts += [
        stage_draft(step["to"], step["reason"], {"day": str(today + timedelta(step["day"]))})
        for step in values["stages"]
    ]
    for task in values.get("tasks", ()):
        due = datetime.combine(today + timedelta(task["due"]), time(12), UTC)
        body = {"kind": task["kind"], "what": task["what"], "due": due.isoformat()}
        drafts.append(Draft(OPENED, body))
    drafts += [_statement(one, today) for one in values.get("medicines", ())]
    if "planning" in values:
        drafts.append(Draft(DETAILS, _planning(values["planning"], today)))
    drafts += [Draft(CONTACTED, dict(one)) for one in values.get("calls", ())]
    if "watch" in values:
        begun = datetime.combine(today + timedelta(values["watch"]["day"]), time(11), _OFFSET)
        ends = watch_ends(begun).isoformat()
        drafts.append(Draft(WATCH_BEGUN, {"kind": WATCH, "ends": ends}))
    if drafts:
        write(patient, author, drafts, expected=None)
    for purpose in values.get("implant", ()):
        write(patient, author, (Draft(BEGUN, {"purpose": purpose}),), expected=None)
    return patient


def _statement(told: Mapping[str, Any], today: date) -> Draft:
    """Return what was said of the medicines, by the list's own rules: a test reads it back."""
    values = {key: dated(value, today) for key, value in told.items() if key != "said"}
    if "begins" in values:
        on, at = values["begins"]["day"], time.fromisoformat(values["begins"]["at"])
        values["begins"] = datetime.combine(today + timedelta(on), at)
    kind = f"medicines.{told['said']}"
    return Draft(kind, case_to_json(values))


def _planning(told: Mapping[str, Any], today: date) -> dict[str, Any]:
    """Return what the calendar has to know of a patient; what nobody said stays unsaid."""
    blocked = [[dated(one, today).isoformat() for one in both] for both in told.get("blocked", ())]
    return {
        "transport": told.get("transport", ""),
        "kilometres": told.get("kilometres"),
        "district": told.get("district", ""),
        "at_home": told.get("at_home", False),
        "blocked": blocked,
    }


def _therapy(values: Mapping[str, Any], today: date) -> Therapy:
    try:
        return therapy_counted(
            values["number"],
            values["birth_date"],
            values["sex"],
            values["setup"],
            values["events"],
            today=today,
            offset=_OFFSET,
            next_visit=values.get("next_visit"),
        )
    except Exception as error:
        raise DataError(f"the demonstration patient {values['number']}: {error}") from error
