"""The signed code of a patient's pump card, from the record as it stands.

Kind of entry: `own.card` {sha256, until, named}: a code was made, and which.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from thecal.care.document import Language
from thecal.care.names import drug_name, texts
from thecal.care.own.words import RULES
from thecal.care.papers.parts import dose_now
from thecal.care.refill import plan_after
from thecal.care.spans import span
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import Draft
from thecal.clinic.models import Clinic
from thecal.pharmacy import drug
from thecal.record.card import CardFacts, card_key
from thecal.units import Duration, show

KIND = "own.card"


def clinic_key(clinic: Clinic) -> Ed25519PrivateKey:
    """Return the key with which a clinic signs cards; raises `CardError`."""
    return card_key(settings.ANCHOR_KEY_DIR, str(clinic.pk))


def card_facts(chart: Chart, clinic: Clinic, now: datetime, *, named: bool) -> CardFacts | None:
    """Return what a card says now; None without a pump in the patient.

    It may be believed until the pump has to be refilled, for then it holds something else.
    """
    simulation = chart.simulation(now)
    if simulation is None or simulation.therapy is None or not simulation.hardware.serial:
        return None
    zone = ZoneInfo(clinic.timezone)
    today = now.astimezone(zone).date()
    until = today + span(RULES.get("card", "longest", Duration).value)
    plan = plan_after(simulation)
    if plan is not None and plan.refill_by is not None:
        until = min(until, simulation.therapy.moment(plan.refill_by).astimezone(zone).date())
    written = simulation.reservoir_written
    return CardFacts(
        number=str(chart.content["number"]),
        pump=simulation.model.name,
        serial=simulation.hardware.serial,
        drugs=tuple(
            f"{drug_name(one).en} {show(written[one], drug(one).concentration_unit)}, "
            + texts("card_words")["dose"].en.format(words=dose_now(simulation, one).en)
            for one in sorted(written)
        ),
        made=today,
        until=max(until, today),
        telephone=clinic.telephone_always or clinic.telephone,
        clinic=clinic.name,
        name=str(chart.content["name"]) if named else "",
    )


def card_draft(code: str, facts: CardFacts, language: Language) -> Draft:
    """Return the entry that says that a code was made, and which."""
    body = {
        "sha256": hashlib.sha256(code.encode()).hexdigest(),
        "until": facts.until.isoformat(),
        "named": bool(facts.name),
        "language": language,
    }
    return Draft(KIND, body)
