"""A routine refill and what is known before it, to be changed in one place by each test.

A 40 mL pump got 20 mL of morphine 10 mg/mL and gives 4 mg a day; 4 mL are expected after 40 days.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from thecal.care.notices import Notice, UnreadNotice
from thecal.care.visit import Knowledge, KnownPump, Visit, visit_findings
from thecal.care.visit.arrival import (
    Complaints,
    Consciousness,
    DrugDose,
    Gait,
    Identifier,
    Identity,
    Reading,
    Vitals,
)
from thecal.care.visit.leaving import Departure, Observation, Waste
from thecal.care.visit.needle import Access, Appearance, Aspirate, Colour, Filling, Imaging, Port
from thecal.care.visit.programming import (
    Presence,
    ProgramLine,
    Programming,
    ReadBack,
    SecondCheck,
)
from thecal.care.visit.solution import DoseDecision, LabelReading, Verification
from thecal.device import pump_model
from thecal.pharmacy import Mixture
from thecal.program.program import Mode
from thecal.safety.finding import Finding
from thecal.units import Length, MassRate, Volume, parse_quantity
from thecal.units.quantity import Concentration

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
NOW = START + timedelta(minutes=90)
SERIAL = "NGV700001H"


def ml(text: str) -> Volume:
    return parse_quantity(f"{text} mL", Volume, zero_allowed=True)


def mixture(**concentrations: str) -> Mixture:
    return Mixture.of(
        {name: parse_quantity(one, Concentration) for name, one in concentrations.items()}
    )


def dose(drug: str, text: str) -> DrugDose:
    return DrugDose(drug=drug, daily_dose=parse_quantity(text, MassRate))


def lines(**values: str) -> tuple[ProgramLine, ...]:
    return tuple(ProgramLine(name=name, value=value) for name, value in values.items())


MORPHINE = mixture(morphine="10 mg/mL")
STRONG = mixture(morphine="20 mg/mL")
BACLOFEN = mixture(baclofen="500 ug/mL")
SAME = (dose("morphine", "4 mg/d"),)
DRAWN = Aspirate(volume=ml("4"), colour=Colour.COLOURLESS, appearance=Appearance.CLEAR)

PUMP = KnownPump(
    model=pump_model("synchromed-ii-40"),
    serial=SERIAL,
    implanted=date(2023, 5, 2),
    last_fill=MORPHINE,
    filled=ml("20"),
    expected=ml("4"),
    earlier=(),
    mode=Mode.CONTINUOUS,
    daily_doses={"morphine": SAME[0].daily_dose},
    empty_since=None,
)

KNOWN = Knowledge(
    now=NOW,
    pump=PUMP,
    starts=None,
    refill_by=datetime(2027, 1, 4, 10, 5, tzinfo=NOW.tzinfo),
    refill_by_decided_by="alarm date",
    controlled=frozenset({"morphine"}),
    escalating=False,
    doses_told="morphine: 4 mg/d since 1 May 2023, 0 % in the last year",
    punctures=12,
    unexplained=(),
    due_readings=(),
    unread_notices=(),
    exception_allowed=False,
    exceptions=0,
    spinal_procedure=None,
    interactions=None,
    anticoagulants=None,
    reviewed=(),
)

ROUTINE = Visit(
    patient="DEMO-001",
    started=START,
    operator="nurse.a",
    identify=Identity(
        identifiers=(Identifier.NAME, Identifier.BIRTH_DATE), identifiers_match=True, serial=SERIAL
    ),
    complaints=Complaints(
        weakness=False,
        numbness=False,
        bladder_or_bowel=False,
        walking=False,
        alarms_heard=False,
        mri_since=False,
    ),
    vitals=Vitals(
        consciousness=Consciousness.ALERT,
        gait=Gait.STEADY,
        heart_rate=72,
        systolic=128,
        diastolic=76,
        respiratory_rate=14,
    ),
    interrogate=Reading(
        read_at=START + timedelta(minutes=10),
        mixture=MORPHINE,
        mode=Mode.CONTINUOUS,
        daily_doses=SAME,
        expected=ml("4"),
        boluses_requested=0,
    ),
    verify=Verification(
        order=MORPHINE,
        label=MORPHINE,
        label_reading=LabelReading.SCANNED,
        patient_on_label=True,
        intact=True,
        volume=ml("20"),
        lot="L-17",
        beyond_use=date(2026, 12, 24),
    ),
    decide=DoseDecision(mode=Mode.CONTINUOUS, daily_doses=SAME),
    second_check=SecondCheck(
        checker="nurse.b",
        presence=Presence.BESIDE,
        mixture=MORPHINE,
        volume=ml("20"),
        daily_doses=SAME,
    ),
    access=Access(
        kit="synchromed-refill",
        kit_lot="K-3",
        needle_gauge=22,
        needle_length=Length.of("3.8", "cm"),
        template_fits=True,
        port=Port.RESERVOIR,
        imaging=Imaging.NONE,
        attempts=1,
        aseptic=True,
        consent=True,
    ),
    aspirate=DRAWN,
    fill=Filling(filtered=True, portions=4, re_aspirated=True, resistance=False, swelling=False),
    program=Programming(
        first=ml("20"),
        second=ml("20"),
        programmed_volume=ml("20"),
        mixture=MORPHINE,
        mode=Mode.CONTINUOUS,
        daily_doses=SAME,
        old=lines(dose="4 mg/day", volume="4 mL"),
        new=lines(dose="4 mg/day", volume="20 mL"),
        ticked=("volume",),
    ),
    read_back=ReadBack(
        read_at=START + timedelta(minutes=40),
        mode=Mode.CONTINUOUS,
        intended=lines(dose="4 mg/day", volume="20 mL"),
        read=lines(dose="4 mg/day", volume="20 mL"),
    ),
    waste=Waste(
        received=ml("20"),
        injected=ml("20"),
        wasted=ml("0"),
        returned=ml("0"),
        old_wasted=ml("4"),
        witness="nurse.b",
    ),
    observe=Observation(
        started=START + timedelta(minutes=45),
        ended=START + timedelta(minutes=80),
        consciousness=Consciousness.ALERT,
        gait=Gait.STEADY,
        released_by="nurse.a",
        escort="daughter",
    ),
    leave=Departure(
        documents=("patient-summary",),
        given_at=START + timedelta(minutes=82),
        next_visit=date(2026, 12, 28),
    ),
)


def unread(title: str) -> UnreadNotice:
    """A notice about every pump that the nurse has not read."""
    notice = Notice(
        id="n-1",
        title=title,
        day=date(2026, 7, 1),
        models=(),
        programmer_versions=(),
        action="read the total of the day",
        source="an invented maker",
    )
    return UnreadNotice(notice, ("nurse.a",))


def changed(step: str, visit: Visit = ROUTINE, **values: Any) -> Visit:
    """Return the visit with some fields of one step changed."""
    fields: dict[str, Any] = {step: replace(getattr(visit, step), **values)}
    return replace(visit, **fields)


def without(*keys: str, visit: Visit = ROUTINE) -> Visit:
    """Return the visit with steps not recorded."""
    nothing: dict[str, Any] = dict.fromkeys(keys)
    return replace(visit, **nothing)


def knowing(**known: Any) -> Knowledge:
    """Return what is known with some of it changed, of the pump or of the clinic."""
    of_pump = {key: known.pop(key) for key in [*known] if hasattr(PUMP, key)}
    return replace(KNOWN, pump=replace(PUMP, **of_pump), **known)


def found(visit: Visit, check: str, **known: Any) -> tuple[Finding, ...]:
    """Return the findings of one check."""
    everything = visit_findings(visit, knowing(**known))
    return tuple(one for one in everything if one.check == check)


def worst(visit: Visit, check: str, **known: Any) -> str:
    """Return the gravest severity of a check, `silent` where it says nothing."""
    order = ("hard", "soft", "warn", "info")
    severities = {str(one.severity) for one in found(visit, check, **known)}
    return next((one for one in order if one in severities), "silent")
