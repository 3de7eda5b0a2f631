"""What is shown of a patient in lists and headers: a pure function of the folded log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, final

from thecal.care.pathway.stages import TRANSFERRED_IN
from thecal.care.supply.lead import SupplySettings
from thecal.clinic.ledger.appointments import (
    Standing,
    appointments,
    details,
    standing_appointment,
)
from thecal.clinic.ledger.due import due_list
from thecal.clinic.ledger.folding import Folded
from thecal.clinic.ledger.tasks import open_tasks
from thecal.pharmacy import both_units, drug
from thecal.record.fold import SETUP, Effective, effective
from thecal.record.second_person import open_requests
from thecal.therapy.simulation import Simulation, simulate_on
from thecal.units import show

REGISTERED = "patient.registered"
STAGE = "pathway.stage"
FIRST_STAGE = "referred"
REMOVED = "[removed]"
"""Stands where a personal text was taken out of the record."""


@final
@dataclass(frozen=True, slots=True)
class Projected:
    """A projection before it becomes a row."""

    seq: int
    name: str
    number: str
    stage: str
    wakes: datetime | None
    urgency: int | None
    urgent: datetime | None
    content: Mapping[str, Any]


def projected(
    folded: Folded,
    personal: Mapping[str, str],
    now: datetime,
    settings: SupplySettings | None = None,
) -> Projected:
    """Return the projection of a folded log.

    Parameters
    ----------
    folded
        The log.
    personal
        Personal texts by hash; those removed are missing.
    now
        With the clinic's offset: what is due is reckoned from it.
    settings
        Of the clinic's supply; None: the shipped defaults.
    """
    who: dict[str, Any] = {}
    stage, since = FIRST_STAGE, ""
    standing = effective(folded.entries)
    for one in standing:
        if one.body is None:
            continue
        if one.entry.kind == REGISTERED:
            who = dict(one.body)
        elif one.entry.kind == SETUP and not since:
            stage = TRANSFERRED_IN  # until a step says where somebody with a pump stands
        elif one.entry.kind == STAGE:
            stage, since = str(one.body["to"]), one.entry.utc
    sealed = {key: personal.get(value, REMOVED) for key, value in who.get("sealed", {}).items()}
    plain = {key: value for key, value in who.items() if key != "sealed"}
    dates, therapy = _therapy(folded)
    due = due_list(folded, stage, now, settings)
    first = due.items[0] if due.items else None
    return Projected(
        seq=folded.entries[-1].seq,
        name=sealed.get("name", REMOVED),
        number=str(plain.get("number", "")),
        stage=stage,
        wakes=due.wakes,
        urgency=None if first is None else first.urgency.place,
        urgent=None if first is None else first.due,
        content={
            **plain,
            **sealed,
            "stage": stage,
            "stage_since": since,
            "visit_open": _visit_open(standing),
            "due": due.as_json(),
            "supply": due.supply,
            "tasks": [task.as_json() for task in open_tasks(standing)],
            **_visits(standing),
            "checks": [
                {"seq": one.seq, "subject": one.subject} for one in open_requests(folded.entries)
            ],
            "dates": dates,
            "therapy": therapy,
        },
    )


def _visit_open(standing: Iterable[Effective]) -> bool:
    """Whether a refill visit was begun and neither closed nor left (`refill.entries`)."""
    begun: set[int] = set()
    for one in standing:
        if one.entry.kind == "visit.begun":
            begun.add(one.entry.seq)
        elif one.entry.kind in ("visit.closed", "visit.left"):
            begun.discard(int(one.entry.body["visit"]))
    return bool(begun)


def _visits(standing: tuple[Effective, ...]) -> dict[str, Any]:
    """Return the appointment that stands, how many were missed, and what planning has to know."""
    every = appointments(standing)
    booked = standing_appointment(every)
    return {
        "appointment": None if booked is None else booked.as_json(),
        "missed": sum(one.standing is Standing.MISSED for one in every),
        "planning": dict(details(standing)),
    }


def _therapy(folded: Folded) -> tuple[dict[str, datetime], dict[str, Any]]:
    replay = folded.replay
    if replay is None or folded.therapy is None:
        return {}, {}
    simulation = simulate_on(replay, replay.pump.state.now)
    outlook = simulation.outlook
    by = outlook.refill_by
    instants = {
        "low_reservoir": outlook.low_reservoir,
        "low_reservoir_all_boluses": outlook.low_reservoir_all_boluses,
        "empty": outlook.empty,
        "refill_by": None if by is None else by.instant,
        "last_fill": simulation.last_fill,
    }
    dates = {
        name: folded.therapy.moment(instant)
        for name, instant in instants.items()
        if instant is not None
    }
    return dates, _figures(simulation)


def _figures(simulation: Simulation) -> dict[str, Any]:
    program = simulation.program
    doses = {} if program is None else program.daily_doses()
    return {
        "model": simulation.model.id,
        "model_name": simulation.model.name,
        "kind": simulation.model.kind,
        "serial": simulation.hardware.serial,
        "tip": simulation.catheter_tip,
        "activity": str(simulation.activity),
        "mixture": {
            name: show(concentration, f"{drug(name).mass_unit}/mL")
            for name, concentration in simulation.reservoir_written.items()
        },
        "daily_doses": {name: both_units(name, mass) for name, mass in doses.items()},
        "volume": show(simulation.reservoir_volume, "mL"),
        "mode": "" if program is None else program.program.mode,
    }
