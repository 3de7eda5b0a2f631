"""Pumps and links of the clinic's tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest
from clinic_world import EXAMPLES, NOW

from thecal.clinic import clock
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import write
from thecal.clinic.ledger.registration import register, stage_draft, therapy_drafts
from thecal.clinic.models import Patient
from thecal.clinic.pumps import virtual_pump
from thecal.clinic.pumps.telemetry import last_reading
from thecal.link.errors import LinkBrokenError
from thecal.program.program import InfusionProgram
from thecal.therapy.file_reader import read_therapy_file


def chart_of(patient: Patient) -> Chart:
    """Return the chart as it stands now."""
    return Chart(Patient.objects.select_related("projection").get(pk=patient.pk))


def kinds(patient: Patient) -> list[str]:
    """Return the kinds of all entries."""
    return [entry.kind for entry in chart_of(patient).entries]


def running_program(chart: Chart) -> InfusionProgram | None:
    """Return the program that runs by the record."""
    simulation = chart.simulation(clock.now())
    assert simulation is not None
    assert last_reading(chart.entries) is not None
    return None if simulation.program is None else simulation.program.program


class BrokenLink:
    """A link that breaks after the pump heard so many messages, in the first sessions.

    The message is heard and its answer lost. `then_deaf`: every later session hears nothing.
    """

    def __init__(
        self,
        patch: pytest.MonkeyPatch,
        *,
        breaks_after_hearing: int,
        sessions: int,
        then_deaf: bool = False,
    ) -> None:
        self.broke = False
        self._left = sessions
        self._messages, self._then_deaf = breaks_after_hearing, then_deaf
        self._connect = virtual_pump.connect
        patch.setattr(virtual_pump, "connect", self.connect)

    def connect(self, session):
        whole = self._connect(session)
        if self._left > 0:
            self._left -= 1
            return _Cut(whole, self, self._messages)
        return _Cut(whole, self, 0) if self._then_deaf else whole


class _Cut:
    """Carries the handshake and so many messages, then nothing."""

    _HANDSHAKE = 2

    def __init__(self, whole, link: BrokenLink, messages: int) -> None:
        self._whole, self._link = whole, link
        self._left = messages + self._HANDSHAKE if messages else 0

    def send(self, data: bytes) -> None:
        if not self._left:
            self._link.broke = True
            raise LinkBrokenError("the link broke")
        self._left -= 1
        self._whole.send(data)
        if not self._left:
            self._link.broke = True
            raise LinkBrokenError("the link broke")

    def receive(self) -> bytes:
        return self._whole.receive()

    def close(self) -> None:
        self._whole.close()


def patient_today(world, example: str = "pain_two_drugs.toml", until: datetime = NOW) -> Patient:
    """Return another patient of the first clinic, with the events of an example up to a time."""
    therapy = read_therapy_file(EXAMPLES / example)
    events = tuple(event for event in therapy.events if event.time <= until)
    therapy = replace(therapy, events=events, next_visit=None)
    author = world.author()
    patient = register(
        world.clinic,
        author,
        name="Bea Today",
        number="TODAY-1",
        birth_date=date(1961, 4, 12),
        sex="female",
        pathway="non-cancer",
    )
    write(patient, author, (*therapy_drafts(therapy), stage_draft("maintenance")), expected=None)
    return patient
