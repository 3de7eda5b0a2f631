"""Somebody at the programming pages of a patient: reads, drafts, signs; and the second person."""

from __future__ import annotations

import html
import re

from clinic_pumps import chart_of
from clinic_world import PASSWORD
from django.urls import reverse

from thecal.clinic import clock
from thecal.clinic.access.second import requests_open
from thecal.clinic.models import Role
from thecal.clinic.programs.drafts import ORDERED
from thecal.clinic.pumps.pump_log import ORDER

TO_THE_PUMP = ("send program", "give bolus", "resume pump")


def asked_before(chart) -> dict[str, object]:
    """Return the answers of somebody who matched the patient and means every order."""
    orders = [one.seq for one in chart.entries if one.kind == ORDER]
    matched = {"identified_by": ["name", "birth-date"], "identity_matches": "yes"}
    return matched | {"again": orders[-1] if orders else ""}


class Desk:
    """Somebody at the programming pages of the patient."""

    def __init__(self, world, role: Role = Role.PHYSICIAN) -> None:
        self.patient = world.patient
        self.client = world.browser(role)

    def go(self, name: str, *more: object):
        return self.client.get(reverse(name, args=[self.patient.pk, *more]), follow=True)

    def send(self, name: str, fields: dict[str, object] | None = None, *more: object):
        """Send a form as its page does, with what the page had seen and what it asks."""
        chart = chart_of(self.patient)
        sent = {"seen": chart.seq} | (asked_before(chart) if name in TO_THE_PUMP else {})
        sent |= fields or {}
        return self.client.post(reverse(name, args=[self.patient.pk, *more]), sent, follow=True)

    def read(self):
        return self.send("read pump")

    def fields(self) -> dict[str, str]:
        """Return what stands in the fields of the draft."""
        page = self.go("programming").content.decode()
        form = page[page.index('id="draft"') : page.index("</form>", page.index('id="draft"'))]
        found = {
            name: html.unescape(value)
            for name, value in re.findall(r'<input[^>]* name="([^"]+)" value="([^"]*)"', form)
        }
        for name, options in re.findall(r'<select[^>]* name="(\w+)">(.*?)</select>', form, re.S):
            chosen = re.search(r'value="([^"]*)" selected', options)
            found[name] = chosen[1] if chosen else ""
        return {name: value for name, value in found.items() if value and "csrf" not in name}

    def drafted(self, **changes: str):
        """Read the pump, change fields, go on to the confirmation."""
        self.read()
        fields = {name: v for name, v in (self.fields() | changes).items() if v}
        return self.send("save draft", fields | {"go on": "yes"})

    def lines(self, page) -> list[str]:
        return [html.unescape(one) for one in re.findall(r'name="tick" value="([^"]+)"', page)]

    def signed(self, page=None, **changes: object):
        text = self.go("confirm program").content.decode() if page is None else page
        answers = {f"answer_{one}": "seen" for one in re.findall(r'name="answer_(\w+)"', text)}
        fields = answers | {"tick": self.lines(text), "password": PASSWORD} | changes
        looked_at = re.search(r'name="draft" value="(\d+)"', text)
        fields |= {} if looked_at is None else {"draft": looked_at[1]}
        return self.send("confirm program", fields)

    def discard(self):
        """Discard the draft that the page of the question shows."""
        return self.send("discard draft", {"draft": self._hidden("discard draft", "draft")})

    def withdraw(self):
        """Take back the order that the page shows."""
        return self.send("withdraw order", {"order": self.order_shown()})

    def order_shown(self) -> str:
        """Return the number of the order that the page shows."""
        return self._hidden("program order", "order")

    def _hidden(self, page: str, name: str) -> str:
        return re.findall(rf'name="{name}" value="(\d+)"', self.go(page).content.decode())[-1]


def text_of(page) -> str:
    return html.unescape(page.content.decode()).replace("\u00a0", " ")


def program_now(world):
    return chart_of(world.patient).simulation(clock.now()).program.program


def order_of(world):
    return [one for one in chart_of(world.patient).entries if one.kind == ORDERED][-1]


def checked(world, role: Role = Role.NURSE) -> None:
    """Somebody else types what stands in the order."""
    (asked,) = requests_open(chart_of(world.patient))
    typed = {one.key: one.value.split()[0] for one in asked.blind} | {"password": PASSWORD}
    world.browser(role).post(reverse("check", args=[world.patient.pk, asked.seq]), typed)
