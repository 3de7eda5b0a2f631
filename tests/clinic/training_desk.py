"""A training clinic with a learner at a case: what they press and type, as a script reads."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from clinic_pumps import chart_of
from clinic_world import NOW, PASSWORD
from django.conf import settings
from django.urls import reverse
from refill_room import HERE, STEPS, Playing, text_of

from thecal.care.kits import Port, fitting
from thecal.clinic import clock
from thecal.clinic.access.second import requests_open
from thecal.clinic.models import Clinic, Patient, Role, TrainingRun
from thecal.clinic.training.box import Box
from thecal.clinic.training.debrief import Debrief
from thecal.device import pump_model
from thecal.therapy.events import Therapy


class Desk(Playing):
    """A learner with one run; the wall clock stands, the clock of the run is set by its buttons."""

    def __init__(self, world: Any, monkeypatch: Any, case: str, role: Role = Role.NURSE) -> None:
        monkeypatch.setattr(clock, "now", lambda: NOW + clock.ahead())
        monkeypatch.setattr(settings, "SESSION_IDLE", timedelta(hours=2))
        Clinic.objects.filter(pk=world.clinic.pk).update(training=True)
        world.clinic.refresh_from_db()
        super().__init__(world)
        self.role = role
        self.learner = world.browser(role)
        page = self.learner.post(reverse("begin training", args=[case]), follow=True)
        assert page.status_code == 200, text_of(page)[text_of(page).index("<main") :][:1500]
        self.patient = Patient.objects.select_related("projection").get(run__case=case)
        self.begun_page = page

    @property
    def nurse(self) -> Any:
        return self.learner

    @property
    def run(self) -> TrainingRun:
        return TrainingRun.objects.get(pk=self.patient.pk)

    @property
    def now(self) -> datetime:
        return NOW + self.run.ahead

    @property
    def therapy(self) -> Therapy:
        found = chart_of(self.patient).therapy
        assert found is not None
        return found

    @property
    def situation(self) -> Any:
        with clock.ahead_by(self.run.ahead):
            return super().situation

    def typed(self, name: str) -> dict[str, Any]:
        with clock.ahead_by(self.run.ahead):
            return super().typed(name)

    @property
    def box(self) -> Box:
        with clock.ahead_by(self.run.ahead):
            box = Box(chart_of(self.patient), self.world.clinic, self.run)
            _ = (box.told, box.asks, box.witness, box.checks)
            return box

    def told(self) -> str:
        """Return all that the learner was told so far."""
        return " ".join(one.text for one in self.box.told).replace("\u00a0", " ")

    def drawn(self) -> str:
        """Return what the box says that the syringe draws."""
        return re.search(r"draws ([0-9.]+) mL", self.told())[1]

    # -- the buttons of the box ------------------------------------------------------------------

    def let_pass(self, minutes: int) -> Any:
        return self.post("training time", minutes=str(minutes))

    def ask(self, question: str) -> Any:
        return self.post("training ask", question=question)

    def colleague(self, what: str = "check", **fields: str) -> Any:
        return self.post("training colleague", what=what, **fields)

    def end(self) -> Any:
        return self.post("end training")

    @property
    def debrief(self) -> Debrief:
        return Debrief(chart_of(self.patient), self.world.clinic, self.run)

    @property
    def missed(self) -> set[str]:
        return {one.id for one in self.debrief.score.missed}

    @property
    def mistakes(self) -> set[str]:
        return {one.mistake.id for one in self.debrief.score.mistakes}

    # -- the refill of a learner -----------------------------------------------------------------

    def witness(self, browser: Any = None) -> Any:
        return self.colleague("witness") if self.box.witness else None

    def settle(self) -> None:
        """Ask for whom the visit needs, and let the colleague sign."""
        for one in self.box.asks:
            self.colleague(
                "answer", check=one.check, message=one.message, reason="looked at together here"
            )
        if self.situation.why_second and self.situation.given is None:
            self.post("ask second for refill")
        if requests_open(chart_of(self.patient)):
            self.colleague("check")

    def refill(self, volume: str, next_visit: int, *, until: str = "leave", **changes: Any) -> Any:
        """Go through the steps as the box tells them, some of them changed."""
        self.begin(by_hand="")
        self.post("read pump at refill", "identify")
        return self.go_on(STEPS, volume, next_visit, until, changes)

    def go_on(
        self, keys: Any, volume: str, next_visit: int, until: str = "leave", changes: Any = None
    ) -> Any:
        """Go through some of the steps."""
        page, changes = None, changes or {}
        for key in keys:
            given = changes.get(key, {})
            if given is None:
                continue
            if key == "decide" and key not in changes:
                page = self.post("skip refill step", key, reason="the order leaves the dose")
            elif key == "read_back" and key not in changes:
                page = self.post("write pump at refill")
            elif key == "discrepancy":
                if given:
                    page = self.colleague("difference", **given)
            else:
                if key == "fill":
                    self.settle()
                if key == "observe":
                    self.let_pass(30)
                    self.let_pass(10)
                page = self.record(key, **(self._as_told(key, volume, next_visit) | given))
            assert page is None or page.status_code == 200, (key, wrong(page))
            if key == until:
                break
        return page

    def _as_told(self, key: str, volume: str, next_visit: int) -> dict[str, str]:
        day = (self.now + timedelta(days=next_visit)).astimezone(HERE).date().isoformat()
        later = (self.now + timedelta(days=20)).astimezone(HERE).date().isoformat()
        kit = fitting(pump_model(self.therapy.pump.model), Port.RESERVOIR)[0].id
        alarms = re.findall(r'name="alarms_read" value="([^"]+)"', self._page("interrogate", key))
        return {
            "interrogate": {"alarms_read": alarms} if alarms else {},
            "verify": {"volume": volume, "lot": "L-9", "beyond_use": later},
            "access": {"kit": kit},
            "aspirate": {"volume_drawn": self.drawn() if key == "aspirate" else ""},
            "program": {"first": volume, "second": volume, "programmed_volume": volume},
            "waste": {"received": volume, "injected": volume},
            "leave": {"next_visit": day, "booking_why": "the day that the patient wants"},
        }.get(key, {})

    def close_and_end(self) -> Any:
        self.settle()
        page = self.post("sign refill", password=PASSWORD)
        assert "closed and signed" in text_of(page), text_of(page)[-3000:]
        return self.end()


def wrong(page: Any) -> list[str]:
    """Return what a page says that was not accepted."""
    shown = text_of(page)
    words = (r'field-error"[^>]*>([^<]+)<', r'class="message error"[^>]*>(.{0,300})')
    return [one for part in words for one in re.findall(part, shown, re.S)]
