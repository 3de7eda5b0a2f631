"""What a visit knows of the patient's medicines: against the drugs of the pump, and for the needle.

The list as it stands now counts, not as it stood when the visit began: it is gone through beside.
"""

from __future__ import annotations

from datetime import datetime

from thecal.care.anticoagulants import AnticoagulantCase, procedure
from thecal.care.interactions import InteractionCase
from thecal.care.medicine_list import MedicineList, interaction_case
from thecal.care.visit import KnownPump, Visit
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.patient.medicines import hold_case, medicines_of
from thecal.clinic.refill.entries import Running
from thecal.units import Duration

_REFILL = "refill"


def interactions(
    chart: Chart, running: Running, pump: KnownPump, now: datetime, occasion: str
) -> InteractionCase | None:
    """Return the list against what is in the pump and what is to be filled; None without a list."""
    known = medicines_of(chart.entries)
    label = running.visit.verify
    drugs = {*(pump.last_fill or ()), *(() if label is None else label.label)}
    return interaction_case(
        known,
        now,
        occasion,
        tuple(sorted(drugs)),
        changes_told=_told_since(running, known),
        watch=_watch(running.visit),
    )


def anticoagulants(chart: Chart, now: datetime) -> AnticoagulantCase | None:
    """Return what is taken against clotting, at a refill; None where nothing is on the list."""
    begins = now.replace(tzinfo=None)
    found = hold_case(medicines_of(chart.entries), procedure(_REFILL), begins, now)
    return found if found is not None and found.taken else None


def _told_since(running: Running, known: MedicineList) -> bool:
    """Return whether the patient told of changes and nobody went through the list since."""
    told = running.visit.complaints
    if told is None or not told.oral_drug_changes:
        return False
    done = known.reconciled
    return done is None or done.said.at <= running.written["complaints"]


def _watch(visit: Visit) -> Duration | None:
    watch = visit.observe
    if watch is None or watch.watched_until is None:
        return None
    return Duration.of(int((watch.watched_until - watch.started).total_seconds()), "s")
