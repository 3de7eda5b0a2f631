"""What is known at a visit besides the visit: the pump before it, and what the record says."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from fractions import Fraction

from thecal.care.medicine_list.checks import VISIT
from thecal.care.notices import UnreadNotice
from thecal.care.pathway.delivery import controlled_ids
from thecal.care.visit import DueReading, Knowledge, KnownPump, due_readings, known_pump
from thecal.clinic.flows.trouble_case import unexplained_days
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.folding import Folded, folded_of
from thecal.clinic.models import Clinic
from thecal.clinic.plans.rising import escalating, rises
from thecal.clinic.refill.entries import Running
from thecal.clinic.refill.medicines import anticoagulants, interactions
from thecal.errors import BadFileError
from thecal.pharmacy import drug
from thecal.program.program import Mode
from thecal.pump.pump import Pump
from thecal.record.second_person import exceptions
from thecal.safety.finding import Finding
from thecal.therapy.events import Fill, Interrogate, Mri
from thecal.therapy.replay import Replay
from thecal.units import MassRate

_DECIMALS = 6


def before_visit(chart: Chart, running: Running) -> Folded:
    """Return the record as it stood when the visit began: what the visit is held against."""
    seq = running.begun.seq
    return folded_of(tuple(one for one in chart.entries if one.seq <= seq))


def replay_at(folded: Folded, moment: datetime) -> Replay:
    """Return the pump of a record at a moment; raises `BadFileError` where there is none."""
    replay = folded.replay
    if replay is None:
        raise BadFileError(
            "no pump is recorded for this patient", remedy="record the implant and its first event"
        )
    ahead = copy.copy(replay)
    ahead.pump = Pump(replay.pump.setup, replay.pump.state.copy())
    ahead.faults = copy.deepcopy(replay.faults)
    ahead.advance_to(max(replay.therapy.instant(moment), replay.pump.state.now))
    return ahead


def pump_before(chart: Chart, running: Running, now: datetime) -> KnownPump:
    """Return the pump before the visit, at the time of the aspiration once there was one.

    Its daily doses are told to a few decimals, as they can be written down: the doses of a visit
    are held against them as they are written.
    """
    at = running.written.get("aspirate", now)
    pump = known_pump(replay_at(before_visit(chart, running), at))
    return replace(pump, daily_doses=written_doses(pump.daily_doses))


def written_doses(doses: Mapping[str, MassRate]) -> dict[str, MassRate]:
    """Return doses a day as they can be written down, to six decimals of the drug's unit."""
    return {name: _written(name, dose) for name, dose in doses.items()}


def _written(name: str, dose: MassRate) -> MassRate:
    unit = f"{drug(name).mass_unit}/d"
    scaled = round(dose.in_unit(unit) * 10**_DECIMALS)
    return MassRate.of(Fraction(scaled, 10**_DECIMALS), unit)


def knowledge(
    chart: Chart,
    clinic: Clinic,
    running: Running,
    pump: KnownPump,
    now: datetime,
    *,
    refill_by: tuple[datetime, str] | None,
    reviewed: tuple[Finding, ...],
    unread: tuple[UnreadNotice, ...],
) -> Knowledge:
    """Return what a visit knows.

    Parameters
    ----------
    refill_by, reviewed
        Of the draft fill and program of the visit: the latest time and what decides it, and the
        findings of the review.
    unread
        The notices about this pump that somebody at the visit has not confirmed to have read.
    """
    entries, starts = chart.entries, _starts(pump)
    rose = rises(chart, tuple(pump.last_fill or ()), running.visit.started)
    return Knowledge(
        now=now,
        pump=pump,
        starts=starts,
        refill_by=None if refill_by is None else refill_by[0],
        refill_by_decided_by="" if refill_by is None else refill_by[1],
        controlled=controlled_ids(),
        escalating=escalating(rose),
        doses_told="; ".join(one.told for one in rose),
        punctures=_punctures(chart),
        unexplained=unexplained_days(entries, now),
        due_readings=_due_readings(chart),
        unread_notices=unread,
        exception_allowed=clinic.second_person == "exception",
        exceptions=exceptions(entries),
        spinal_procedure=None,
        interactions=interactions(chart, running, pump, now, starts or VISIT),
        anticoagulants=anticoagulants(chart, now),
        reviewed=reviewed,
    )


def _starts(pump: KnownPump) -> str | None:
    if pump.last_fill is None:
        return "start"
    stands = pump.mode in (Mode.STOPPED, Mode.MINIMUM_RATE)
    return "restart" if stands or pump.empty_since is not None else None


def _punctures(chart: Chart) -> int | None:
    """Return the fills of this record: the least that the septum was punctured."""
    therapy = chart.therapy
    return None if therapy is None else sum(isinstance(one, Fill) for one in therapy.events)


def _due_readings(chart: Chart) -> tuple[DueReading, ...]:
    therapy = chart.therapy
    if therapy is None:
        return ()
    scans = [
        ("mri", therapy.moment(therapy.instant(one.time) + int(one.duration.base)))
        for one in therapy.events
        if isinstance(one, Mri)
    ]
    read = [one.time for one in therapy.events if isinstance(one, Interrogate)]
    return due_readings(scans, read)
