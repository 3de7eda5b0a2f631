"""Somebody at the pages of the flows."""

from __future__ import annotations

import html
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from clinic_pumps import chart_of
from clinic_world import EXAMPLES, NOW, PASSWORD
from django.urls import reverse

from thecal.clinic.ledger.log import write
from thecal.clinic.ledger.registration import register, stage_draft, therapy_drafts
from thecal.clinic.ledger.tasks import open_tasks
from thecal.clinic.models import Patient, Role
from thecal.record.fold import effective
from thecal.therapy.file_reader import read_therapy_file


class FlowDesk:
    """A browser of one role at the pages of one patient."""

    def __init__(self, world, role: Role = Role.PHYSICIAN, patient: Patient | None = None) -> None:
        self.world = world
        self.patient = world.patient if patient is None else patient
        self.role = role

    @property
    def client(self):
        """A browser that has just logged in: tests move the clock further than a session lasts."""
        return self.world.browser(self.role)

    def go(self, name: str, *more: object):
        return self.client.get(reverse(name, args=[self.patient.pk, *more]), follow=True)

    def send(self, name: str, what: str, *, seen: int | None = None, **fields: object):
        """Send one form of a page as the page does; signed with the right password."""
        chart = chart_of(self.patient)
        sent = {
            "what": what,
            "seen": chart.seq if seen is None else seen,
            f"password_{what}": PASSWORD,
        }
        address = reverse(name, args=[self.patient.pk])
        return self.client.post(address, sent | fields, follow=True)

    def tasks(self) -> list[str]:
        return [one.kind for one in open_tasks(effective(chart_of(self.patient).entries))]

    def entries(self, kind: str):
        return [one for one in chart_of(self.patient).entries if one.kind == kind]

    def due(self) -> list[str]:
        return [one["rule"] for one in chart_of(self.patient).content["due"]]


def text_of(page) -> str:
    return html.unescape(page.content.decode()).replace("\u00a0", " ")


def local(moment: datetime, zone: str) -> str:
    """Return a moment as a field of a page holds it."""
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None).isoformat(timespec="minutes")


def patient_with(world, example: str, model: str | None = None, name: str = "Cy Flow") -> Patient:
    """Return a patient of the first clinic: an example up to now, with another pump."""
    therapy = read_therapy_file(EXAMPLES / example)
    events = tuple(event for event in therapy.events if event.time <= NOW)
    pump = therapy.pump if model is None else replace(therapy.pump, model=model)
    therapy = replace(therapy, events=events, next_visit=None, pump=pump)
    patient = register(
        world.clinic,
        world.author(),
        name=name,
        number=name.replace(" ", "-"),
        birth_date=date(1961, 4, 12),
        sex="female",
        pathway="spasticity" if "baclofen" in example else "non-cancer",
    )
    drafts = (*therapy_drafts(therapy), stage_draft("maintenance"))
    write(patient, world.author(), drafts, expected=None)
    return patient
