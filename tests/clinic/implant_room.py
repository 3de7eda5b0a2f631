"""Somebody who is to get a pump, and what is typed at the visit."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import implant_typed
from clinic_pumps import chart_of
from clinic_world import NOW, PASSWORD
from django.urls import reverse
from flow_desk import FlowDesk, local

from thecal.clinic.ledger.log import write
from thecal.clinic.ledger.registration import register, stage_draft
from thecal.clinic.models import Role

BERLIN = "Europe/Berlin"
BEFORE = {**implant_typed.BEFORE, "identified_by": list(implant_typed.IDENTIFIED)}
PUMP = {**implant_typed.PUMP, "serial": "NGV900123H"}
CATHETER = {**implant_typed.CATHETER, "rows.segments": "2"}
OPERATION = implant_typed.OPERATION


def fill(at: datetime = NOW, drug: str = "morphine", strength: str = "1") -> dict[str, str]:
    return {
        **implant_typed.FILL,
        "mixture.drug1": drug,
        "mixture.concentration1": strength,
        "primary": drug,
        "beyond_use": (at + timedelta(days=30)).date().isoformat(),
        "filled_at": local(at - timedelta(hours=3), BERLIN),
    }


def programmed(at: datetime = NOW, **more: str) -> dict[str, str]:
    return {
        **implant_typed.PROGRAM,
        "programmed_at": local(at - timedelta(hours=2), BERLIN),
        **more,
    }


def waiting_for_a_pump(world, pathway: str = "non-cancer"):
    """Return somebody at `implant-planned` whose evaluation is behind them."""
    patient = register(
        world.clinic,
        world.author(),
        name="Ines Implant",
        number="T-77",
        birth_date=date(1966, 2, 3),
        sex="female",
        pathway=pathway,
    )
    names = ("assessed", "psychologically-cleared", "funded", "trial-planned", "trial-passed")
    drafts = [stage_draft(one) for one in (*names, "implant-planned")]
    write(patient, world.author(), drafts, expected=None)
    return patient


class ImplantDesk(FlowDesk):
    """Who does the visit, and the second person."""

    def implant(self, what: str, **fields: object):
        return self.send("implant step", what, **fields)

    def all_steps(self, **other: dict[str, object]):
        steps = {
            "before": BEFORE,
            "pump": PUMP,
            "catheter": CATHETER,
            "operation": OPERATION,
            "fill": fill(),
            "program": programmed(),
        } | other
        for name, fields in steps.items():
            page = self.implant(name, **fields)
            assert page.status_code == 200, (name, errors_of(page))

    def checked(self, **typed: str):
        """Ask for the second person, who types what stands on label and order."""
        self.implant("second")
        chart = chart_of(self.patient)
        request = [one for one in chart.entries if one.kind == "second.requested"][-1]
        values = {one["key"]: one["value"].split()[0] for one in request.body["blind"]} | typed
        client = self.world.browser(Role.NURSE)
        address = reverse("check", args=[self.patient.pk, request.seq])
        return client.post(address, {**values, "password": PASSWORD}, follow=True)


def errors_of(page) -> list[str]:
    import re

    return re.findall(r'field-error"[^>]*>([^<]*)', page.content.decode())
