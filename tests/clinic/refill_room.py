"""A patient whose refill is due, the people at the visit, and what they type at each step."""

from __future__ import annotations

import html
import re
from abc import ABC, abstractmethod
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from clinic_pumps import chart_of
from clinic_world import EXAMPLES, PASSWORD
from django.conf import settings
from django.urls import reverse
from refill_routine import ROUTINE, portions_of

from thecal.care.kits import Port, fitting
from thecal.care.visit import known_pump
from thecal.clinic import clock
from thecal.clinic.access.second import requests_open
from thecal.clinic.ledger.log import write
from thecal.clinic.ledger.registration import register, stage_draft, therapy_drafts
from thecal.clinic.models import Patient, Role
from thecal.clinic.refill.entries import running_visit
from thecal.clinic.refill.form import figure
from thecal.clinic.refill.known import replay_at
from thecal.clinic.refill.mixture_text import write_mixture
from thecal.clinic.refill.situation import Situation
from thecal.device import pump_model
from thecal.therapy.events import Therapy
from thecal.therapy.file_reader import read_therapy_file

AT = datetime.fromisoformat("2026-04-20T11:00:00+02:00")
"""When the visits of these tests begin: some weeks after the last fill of the example."""
HERE = ZoneInfo("Europe/Berlin")


class Playing(ABC):
    """Who plays the visit of one patient; whose clock it is, and whose pump, say the rooms."""

    patient: Patient

    def __init__(self, world: Any) -> None:
        self.world = world
        self._browsers: dict[tuple[Role, datetime], Any] = {}

    @property
    @abstractmethod
    def now(self) -> datetime:
        """What the wall clock of the visit says."""

    @property
    @abstractmethod
    def therapy(self) -> Therapy:
        """What runs in the patient's pump."""

    @property
    def nurse(self) -> Any:
        """The browser of who does the visit."""
        return self._browser(Role.NURSE)

    @property
    def physician(self) -> Any:
        """The browser of a second person."""
        return self._browser(Role.PHYSICIAN)

    def _browser(self, role: Role) -> Any:
        """Return a browser of somebody; a session that would be over is a new login."""
        key = (role, self.now)
        if key not in self._browsers:
            self._browsers[key] = self.world.browser(role)
        return self._browsers[key]

    # -- pages ---------------------------------------------------------------------------------

    def url(self, name: str, *more: object) -> str:
        return reverse(name, args=[self.patient.pk, *more])

    def get(self, name: str, *more: object, browser: Any = None) -> Any:
        return (browser or self.nurse).get(self.url(name, *more), follow=True)

    def post(
        self, name: str, *more: object, browser: Any = None, seen: int | None = None, **fields: Any
    ) -> Any:
        sent = {"seen": chart_of(self.patient).seq if seen is None else seen, **fields}
        return (browser or self.nurse).post(self.url(name, *more), sent, follow=True)

    def begin(self, purpose: str = "refill", path: str = "full", by_hand: str = "no link") -> Any:
        page = self.post("begin refill", purpose=purpose, path=path, again="as ordered")
        if by_hand:
            page = self.post("refill by hand", "identify", reason=by_hand)
        return page

    def record(self, name: str, browser: Any = None, **changes: Any) -> Any:
        """Send a page of the visit as a routine refill fills it in, with some fields changed."""
        few = f"few-{name}" in FEW and self.running.visit.path == "refill-only"
        typed = self.typed(f"few-{name}" if few else name)
        seen = changes.pop("witness", "physician-1")
        fields = {key: value for key, value in (typed | changes).items() if value != ""}
        if name == "leave" and self.running.visit.leave is None:
            more = {one: fields[one] for one in ("visit_at", "booking_why") if one in fields}
            page = self.book(fields["next_visit"], browser=browser, **more)
            if page.status_code != 200 or self.running.visit.leave is None:
                return page
        page = self.post("record refill step", name, browser=browser, **fields)
        if name in ("waste", "account") and seen and page.status_code == 200:
            self.witness()
        return page

    def book(self, day: str, browser: Any = None, **more: str) -> Any:
        """Send the first half of step 15: the next refill."""
        return self.post("record refill step", "leave", browser=browser, next_visit=day, **more)

    def witness(self, browser: Any = None) -> Any:
        """Let somebody who saw the waste say so."""
        seen = browser or self.physician
        return self.post("witness refill", browser=seen, password=PASSWORD)

    def settle(self) -> None:
        """Let second people do what they are asked for: answers and the check."""
        self.answer()
        if self.situation.why_second and self.situation.given is None:
            self.second()

    def answer(self) -> None:
        for one in self.situation.asks:
            if one.check != "K8":
                self.post(
                    "answer refill",
                    browser=self.physician,
                    check=one.check,
                    message=one.message,
                    reason="looked at together",
                    password=PASSWORD,
                )

    def second(self, role: Role = Role.PHYSICIAN, **changes: str) -> Any:
        self.post("ask second for refill")
        return self.answered(role, **changes)

    def answered(self, role: Role = Role.PHYSICIAN, **changes: str) -> Any:
        """Let a second person type what was asked of them."""
        (asked,) = requests_open(chart_of(self.patient))
        typed = {one.key: one.value.split()[0] for one in asked.blind} | changes
        return self.world.browser(role).post(
            reverse("check", args=[self.patient.pk, asked.seq]), typed | {"password": PASSWORD}
        )

    def close(self, **fields: Any) -> Any:
        return self.post("sign refill", **({"password": PASSWORD} | fields))

    # -- what stands ---------------------------------------------------------------------------

    @property
    def situation(self) -> Situation:
        return Situation.of(chart_of(self.patient), self.world.clinic)

    @property
    def running(self) -> Any:
        return running_visit(chart_of(self.patient).entries)

    @property
    def checks(self) -> set[str]:
        return {one.check for one in self.situation.findings}

    @property
    def blocking(self) -> set[str]:
        return {one.check for one in self.situation.findings if one.blocks}

    @property
    def shut(self) -> set[str]:
        stands = self.situation.progress
        return {"close" if one.step is None else one.step.key for one in stands.shut}

    def kinds(self) -> list[str]:
        return [one.kind for one in chart_of(self.patient).entries]

    @property
    def emptying(self) -> bool:
        running = self.running
        return running is not None and running.visit.purpose == "emptying"

    def expected(self) -> Any:
        running = self.running
        if running is not None and "aspirate" in running.written:
            return self.situation.pump.expected
        return known_pump(replay_at(chart_of(self.patient).folded, self.now)).expected

    # -- what a routine refill types -----------------------------------------------------------

    def typed(self, name: str) -> dict[str, Any]:
        if name in FEW:
            fields: dict[str, Any] = {}
            for key in FEW[name]:
                fields |= self.typed(key)
            return fields
        minutes = self.now.astimezone(HERE).strftime("%Y-%m-%dT%H:%M")
        solution = write_mixture(self.solution())
        lines = {f"same{number}": "yes" for number in range(20)}
        ticks = re.findall(r'name="ticked" value="([^"]+)"', self._page("program", name))
        own = {
            "identify": {"serial": self.therapy.pump.serial},
            "interrogate": {"read_at": minutes, "mixture": solution, "mode": self.mode()},
            "verify": {
                "order": solution,
                "label": solution,
                "label_again": solution,
                "beyond_use": "2026-07-30",
            },
            "decide": self._decided(name),
            "access": {"kit": fitting(pump_model(self.therapy.pump.model), Port.RESERVOIR)[0].id},
            "aspirate": {
                "why_emptied": "the therapy pauses" if self.emptying else "",
                "volume_drawn": f"{float(self.expected().in_unit('mL')):.1f}",
            },
            "fill": self._portions(),
            "program": {
                "programmed_volume": "38",
                "left": "yes",
                "ticked": [html.unescape(one) for one in ticks],
            },
            "read_back": {"read_at": minutes, "read_mode": self.mode(), **lines},
            "waste": {"old_wasted": self._drawn()},
            "observe": {"started": self._watch_began(), "ended": minutes},
            "leave": {"given_at": minutes, "next_visit": "2026-07-01"},
        }
        return {**ROUTINE[name], **own.get(name, {})}

    def solution(self) -> Any:
        return known_pump(replay_at(chart_of(self.patient).folded, self.now)).last_fill

    def mode(self) -> str:
        return str(known_pump(replay_at(chart_of(self.patient).folded, self.now)).mode)

    def _page(self, wanted: str, name: str) -> str:
        if name != wanted:
            return ""
        screen = "fill" if self.running.visit.path == "refill-only" else wanted
        return self.get("refill step", screen).content.decode()

    def _decided(self, name: str) -> dict[str, str]:
        """Return what stands in the fields of the dose decision at first."""
        page = self._page("decide", name)
        found = {
            key: html.unescape(value)
            for key, value in re.findall(r'<input[^>]* name="([\w ]+)" value="([^"]*)"', page)
        }
        for key, options in re.findall(
            r'<select[^>]* name="(\w+)"[^>]*>(.*?)</select>', page, re.S
        ):
            chosen = re.search(r'value="([^"]*)" selected', options)
            found[key] = chosen[1] if chosen else ""
        mine = ("mode", "primary", "daily_dose", "reason", "bolus_", "step", "bridge_")
        return {key: value for key, value in found.items() if value and key.startswith(mine)}

    def _drawn(self) -> str:
        running = self.running
        if running is None or running.visit.aspirate is None:
            return ""
        return figure(running.visit.aspirate.volume, "mL") or "0"

    def _portions(self) -> dict[str, str]:
        running = self.running
        if running is None or running.visit.verify is None:
            return {}
        return {"portions": portions_of(figure(running.visit.verify.volume, "mL"))}

    def _watch_began(self) -> str:
        running = self.running
        began = None if running is None else running.written.get("fill")
        return "" if began is None else began.astimezone(HERE).strftime("%Y-%m-%dT%H:%M")


STEPS = (
    "identify",
    "complaints",
    "vitals",
    "interrogate",
    "verify",
    "decide",
    "access",
    "aspirate",
    "discrepancy",
    "fill",
    "program",
    "read_back",
    "waste",
    "observe",
    "leave",
)
FEW = {
    "arrive": ("identify", "complaints", "vitals", "interrogate"),
    "drug": ("verify",),
    "needle": ("access", "aspirate"),
    "few-fill": ("fill", "program", "read_back"),
    "account": ("waste",),
    "watch": ("observe",),
}


class Room(Playing):
    """A visit of one patient; the hands of the wall clock are moved by the test."""

    def __init__(
        self,
        world: Any,
        monkeypatch: Any,
        example: str = "pain_two_drugs.toml",
        *,
        trimmed: bool = True,
        at: datetime = AT,
        therapy: Therapy | None = None,
    ) -> None:
        super().__init__(world)
        self._now = at
        monkeypatch.setattr(clock, "now", lambda: self.now)
        monkeypatch.setattr(settings, "SESSION_IDLE", timedelta(hours=2))
        therapy = therapy or read_therapy_file(EXAMPLES / example)
        if not trimmed:
            therapy = replace(therapy, catheter=replace(therapy.catheter, trimmed_length=None))
        past = tuple(one for one in therapy.events if one.time <= at)
        self._therapy = replace(therapy, events=past, next_visit=None)
        self.patient = self._patient(world)

    def _patient(self, world: Any) -> Patient:
        patient = register(
            world.clinic,
            world.author(),
            name="Refa Example",
            number="R-1",
            birth_date=date(1961, 4, 12),
            sex="female",
            pathway="non-cancer",
        )
        drafts = (*therapy_drafts(self.therapy), stage_draft("maintenance"))
        write(patient, world.author(), drafts, expected=None)
        return patient

    @property
    def now(self) -> datetime:
        return self._now

    @now.setter
    def now(self, moment: datetime) -> None:
        self._now = moment

    @property
    def therapy(self) -> Therapy:
        return self._therapy

    def up_to(self, name: str, **changes: dict[str, Any]) -> Any:
        """Go through a routine refill up to a step, which is recorded last."""
        page = self.begin()
        for key in STEPS:
            if key == "decide" and key not in changes:
                page = self.post("skip refill step", key, reason="dose unchanged")
            elif key != "discrepancy" or key in changes:
                if key == "fill":
                    self.settle()
                if key == "observe":
                    self.now += timedelta(minutes=40)
                page = self.record(key, **changes.get(key, {}))
            if key == name:
                return page
        raise AssertionError(name)


def text_of(page: Any) -> str:
    """Return the words of a page as a browser shows them."""
    return html.unescape(page.content.decode()).replace("\u00a0", " ")
