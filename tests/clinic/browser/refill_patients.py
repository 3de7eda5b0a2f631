"""Patients of the refill visits: each visit has one of its own, like one of the demonstration."""

from __future__ import annotations

from browser.served import Served

LIKE = {
    "Rosa Reihe": "Ada Example",
    "Fritz Folge": "Ada Example",
    "Karla Konzentrat": "Ada Example",
    "Konrad Konstant": "Clara Case",
    "Dina Differenz": "Ada Example",
    "Susi Schwellung": "Ada Example",
    "Hugo Halt": "Ada Example",
    "Paula Pause": "Ada Example",
}
_MAKE = """
from datetime import date
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import Author, write
from thecal.clinic.ledger.registration import register, stage_draft, therapy_drafts
from thecal.clinic.models import Clinic, Membership, Patient
clinic = Clinic.objects.get(name="Demonstration Clinic")
member = Membership.objects.select_related("user").get(clinic=clinic, user__username="dr.demo")
author = Author.of(member, "test")
charts = [Chart(one) for one in Patient.objects.select_related("projection")]
known = {one.content["name"]: one for one in charts}
for place, (name, like) in enumerate({LIKE}.items()):
    patient = register(clinic, author, name=name, number=f"F-{3001 + place}",
        birth_date=date(1961, 4, 12), sex="female", pathway="non-cancer")
    drafts = therapy_drafts(known[like].therapy)
    write(patient, author, (*drafts, stage_draft("maintenance")), expected=None)
"""


def add_patients(clinic: Served) -> None:
    """Add the patients of the refill visits to a served clinic."""
    clinic.made_by(_MAKE.replace("{LIKE}", repr(LIKE)))
