"""The order of T21 as a case, for the tests of compounding: complete, and nothing against it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from thecal.care.advice import Advice
from thecal.care.compounding.case import CompoundingCase, PatientBolus, Pump, Times
from thecal.device import pump_model
from thecal.pharmacy import Ingredient, Making
from thecal.safety.finding import Severity
from thecal.units import Concentration, Mass, MassRate, Volume, VolumeRate

T21 = {
    "morphine": Ingredient(MassRate.of(2, "mg/d"), "salt", Concentration.of(25, "mg/mL")),
    "bupivacaine": Ingredient(MassRate.of(6, "mg/d"), "salt"),
    "clonidine": Ingredient(MassRate.of(60, "ug/d"), "salt", Concentration.of(500, "ug/mL")),
}
T21_MIXTURE = {
    "morphine": Concentration.of(5, "mg/mL"),
    "bupivacaine": Concentration.of(15, "mg/mL"),
    "clonidine": Concentration.of(150, "ug/mL"),
}
BOLUS = PatientBolus("morphine", Mass.of("0.2", "mg"), 4)
_COMPLETE = CompoundingCase(
    use="off-label",
    fill=Volume.of(20, "mL"),
    flow=VolumeRate.of("0.4", "mL/d"),
    ingredients=T21,
    pump=Pump(pump_model("synchromed-ii-20"), first_fill=False, alarm_volume=Volume.of(2, "mL")),
    making=Making("2", "aseptic", "non-sterile", tested=False, storage="refrigerator"),
    times=Times(
        mixed=datetime.fromisoformat("2026-11-23T09:00"),
        beyond_use=datetime.fromisoformat("2026-11-27T09:00"),
        fill=datetime.fromisoformat("2026-11-26T10:00"),
        next_refill=datetime.fromisoformat("2026-12-26T10:00"),
    ),
    diluent="water",
    preservative_free=True,
    consent=True,
    signed={"prescriber": "Dr A", "prepared_by": "P. R.", "checked_by": "C. H."},
    texts={"batch": "DEMO-17"},
)


def case(**changes: Any) -> CompoundingCase:
    """Return the complete order with these fields changed."""
    return replace(_COMPLETE, **changes)


def said(advice: Advice, severity: Severity) -> str:
    """Return what the findings of a severity say."""
    return " | ".join(one.message for one in advice.findings if one.severity is severity)


def refused(advice: Advice) -> bool:
    """Whether any finding refuses."""
    return advice.verdict == "refused"
