"""A clinic of years for the benchmark: patients with events, people in session, a crowd of rows.

Import it after Django is set up.
"""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any, final

from django.conf import settings
from django.test import Client

from thecal.clinic import clock
from thecal.clinic.access.sessions import FACTOR, MEMBERSHIP
from thecal.clinic.ledger.log import Author, write
from thecal.clinic.ledger.registration import register, therapy_drafts
from thecal.clinic.models import Clinic, Membership, Patient, Projection, Role, Stream, User
from thecal.therapy.events import Therapy
from thecal.therapy.file_reader import SCHEMA, read_therapy_table

YEARS = 3
_OFFSET = timezone(timedelta(hours=1))
_INTERVAL = timedelta(days=84)
_WEEK = timedelta(days=7)


@final
@dataclass(frozen=True)
class Person:
    """Somebody with a session."""

    cookie: str


def make_people(clinic: Clinic, count: int) -> list[Person]:
    """Return people of a clinic with a session each."""
    people = []
    for number in range(count):
        user = User(username=f"bench-{number}", name=f"Person {number}")
        user.set_unusable_password()
        user.save()
        member = Membership.objects.create(user=user, clinic=clinic, role=Role.NURSE)
        people.append(Person(f"{settings.SESSION_COOKIE_NAME}={_session(member)}"))
    return people


def make_patients(clinic: Clinic, count: int, seed: int) -> list[Patient]:
    """Return patients with three years of events each."""
    user = User.objects.create_user("bench-maker", uuid.uuid4().hex, "Maker")
    member = Membership.objects.create(user=user, clinic=clinic, role=Role.PHYSICIAN)
    author = Author.of(member, "bench")
    chance = random.Random(seed)  # noqa: S311 - a clinic that is the same each time
    return [_patient(clinic, author, number, chance) for number in range(count)]


def make_crowd(clinic: Clinic, count: int, seed: int) -> None:
    """Add rows of patients that only lists and searches see, copied from those who are there."""
    chance = random.Random(seed)  # noqa: S311
    models = list(Projection.objects.filter(clinic=clinic))
    now = clock.now()
    ids = [uuid.uuid4() for _ in range(count)]
    Patient.objects.bulk_create(Patient(id=one, clinic=clinic, created=now) for one in ids)
    Stream.objects.bulk_create(
        Stream(kind=Stream.Kind.PATIENT, clinic=clinic, patient_id=one) for one in ids
    )
    rows = []
    for number, one in enumerate(ids):
        model = chance.choice(models)
        rows.append(
            Projection(
                patient_id=one,
                clinic=clinic,
                seq=0,
                name_key=f"crowd {chance.randrange(count):06d} {number}",
                number_key=f"c-{number:06d}",
                stage=model.stage,
                wakes=now + timedelta(days=1 + chance.random()),
                urgency=model.urgency,
                urgent=model.urgent,
                content=model.content,
            )
        )
    Projection.objects.bulk_create(rows, batch_size=1000)


def _session(member: Membership) -> str:
    client = Client()
    client.force_login(member.user)
    session = client.session
    session[FACTOR], session[MEMBERSHIP] = True, member.pk
    session.save()
    return str(session.session_key)


def _patient(clinic: Clinic, author: Author, number: int, chance: random.Random) -> Patient:
    therapy = _therapy(number, chance)
    patient = register(
        clinic,
        author,
        name=f"Bench {number:03d}",
        number=f"B-{number:03d}",
        birth_date=date(1940 + chance.randrange(50), 1, 1),
        sex="female",
        pathway="non-cancer",
    )
    write(patient, author, therapy_drafts(therapy), expected=None)
    return patient


def _therapy(number: int, chance: random.Random) -> Therapy:
    """Return three years: a refill each twelve weeks, a program after it, a score each week."""
    end = clock.now().astimezone(_OFFSET).replace(hour=9, minute=0, second=0, microsecond=0)
    moment = end - timedelta(days=365 * YEARS + chance.randrange(84))
    events: list[dict[str, Any]] = []
    while moment < end:
        events += _visit(moment, first=not events, chance=chance)
        for week in range(1, _INTERVAL // _WEEK):
            at = moment + week * _WEEK + timedelta(hours=1)
            if at < end:
                score = {"scale": "nrs", "value": chance.randrange(2, 8)}
                events.append({"time": at, "type": "observe", **score})
        moment += _INTERVAL
    root = {
        "schema": SCHEMA,
        "utc_offset": "+01:00",
        "patient": {
            "id": f"B-{number:03d}",
            "birth_date": date(1960, 1, 1),
            "sex": "female",
            "weight": "80 kg",
            "therapy": "pain",
            "setting": "non-cancer",
            "opioid_tolerant": True,
        },
        "pump": {"model": "synchromed-iii-40", "serial": f"BENCH{number:04d}"},
        "catheter": {"model": "ascenda-8780", "implanted_length": "76 cm", "tip": "T10"},
        "events": events,
    }
    return read_therapy_table(root, "the benchmark")


def _visit(moment: datetime, *, first: bool, chance: random.Random) -> list[dict[str, Any]]:
    mixture = {"morphine": "10 mg/mL", "bupivacaine": "20 mg/mL"}
    fill = {"time": moment, "type": "fill", "volume": "38 mL", "mixture": mixture}
    if not first:
        fill["aspirated"] = f"{20 + chance.random():.1f} mL"
    step = {"days": "daily", "start": "07:00", "duration": "1 h", "dose": "0.2 mg"}
    program = {
        "time": moment + timedelta(minutes=40),
        "type": "program",
        "primary": "morphine",
        "mode": "flex",
        "daily_dose": f"1.{chance.randrange(3, 9)} mg/d",
        "steps": [step],
    }
    prime = {"time": moment + timedelta(minutes=5), "type": "prime"}
    return [fill, prime, program] if first else [fill, program]
