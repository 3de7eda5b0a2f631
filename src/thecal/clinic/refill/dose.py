"""Step 6 as fields: what shall run after the visit, with the bridge of a changed solution."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from thecal.care.calculators.bridge import bridge
from thecal.care.derivation import Calculation, Typed
from thecal.care.programming.fields import read_draft, typed_of
from thecal.care.visit.solution import Bridge
from thecal.clinic.programs import drafting
from thecal.clinic.refill.form import Recorded, choice
from thecal.clinic.refill.known import written_doses
from thecal.clinic.refill.situation import Situation
from thecal.clinic.refill.standing import was_stopped
from thecal.clinic.web.sheet import Sheet, SheetField
from thecal.pharmacy import drug
from thecal.program.prime_bridge import PrimeKind
from thecal.program.program import Mode
from thecal.record.fold import event_body
from thecal.therapy.events import Fill, Program
from thecal.therapy.file_writer import write_quantity
from thecal.units import DAY, Duration, show


def program_situation(situation: Situation) -> drafting.Situation:
    """Return the pump as the fields of a program know it, with the solution that will be in it."""
    simulation = replace(situation.simulation, reservoir_written=situation.solution)
    return drafting.Situation(situation.therapy, simulation, situation.now)


def decision_fields(situation: Situation) -> Sequence[SheetField]:
    """Return what is decided beside the program; of a constant flow that is all there is."""
    if not programmable(situation):
        hint = "needed where another strength is filled: it changes the dose of every drug"
        changes = situation.pump.last_fill not in (None, situation.solution)
        return (SheetField("reason", "Why this solution", required=changes, hint=hint),)
    fields: list[SheetField] = []
    if situation.pump.last_fill is not None and situation.solution != situation.pump.last_fill:
        fields.append(choice("bridge", "Bridge for the old solution in the line", Bridge))
    if situation.pump.last_fill is None:
        fields.append(choice("prime", "Prime after the fill", PrimeKind, required=False))
    fields.append(
        SheetField(
            "restart_reviewed_by",
            "Who reviewed the dose of a restart",
            required=False,
            hint="after an empty or stopped pump; Plans and letters, restart, reckons the dose",
        )
    )
    return fields


def stands_at_first(situation: Situation) -> dict[str, str]:
    """Return what stands in the fields of the program before anybody types: the one that runs."""
    program = situation.ordered
    primary = None if program is None else program.primary
    return typed_of(program, primary or next(iter(situation.solution), ""))


def read_decision(
    sheet: Sheet, situation: Situation, typed: Mapping[str, str]
) -> tuple[Recorded | None, Mapping[str, str]]:
    """Return the decision that was typed, and what is wrong with which field of the program."""
    if not programmable(situation):
        return _by_flow(sheet, situation), {}
    fills = tuple(one for one in situation.events if isinstance(one, Fill))
    filled = replace(situation.therapy, events=(*situation.therapy.events, *fills))
    known = stands_at_first(situation)
    read = read_draft(typed, situation.solution, filled, situation.now, known)
    event = read.event
    if event is None:
        return None, read.errors
    planned = sheet.typed.get("bridge") == Bridge.PLANNED
    if event.program.is_therapy and planned != (event.program.bridge is not None):
        words = "type the dose of the bridge" if planned else "no bridge is planned: leave it empty"
        return None, {"bridge_dose": words}
    table: dict[str, Any] = {"mode": event.program.mode.value}
    doses = situation.doses_of(event.program)
    if doses:
        table["daily_doses"] = [
            {"drug": name, "daily_dose": write_quantity(dose, f"{drug(name).mass_unit}/d")}
            for name, dose in doses.items()
        ]
    if typed.get("reason"):
        table["reason"] = typed["reason"]
    for name in ("bridge", "restart_reviewed_by"):
        if sheet.typed.get(name):
            table[name] = sheet.typed[name]
    beside = {"program": _program(situation, event)}
    if sheet.typed.get("prime"):
        beside["prime"] = sheet.typed["prime"]
    return Recorded(table, beside), {}


def programmable(situation: Situation) -> bool:
    """Whether the pump takes a program; else its dose follows from flow and solution alone."""
    return situation.simulation.hardware.setup.programmable


def _by_flow(sheet: Sheet, situation: Situation) -> Recorded:
    written = situation.written
    masses = {} if written is None else written.daily_doses()
    doses = written_doses({name: mass / DAY for name, mass in masses.items()})
    table: dict[str, Any] = {"mode": Mode.CONTINUOUS.value}
    if doses:
        table["daily_doses"] = [
            {"drug": name, "daily_dose": write_quantity(dose, f"{drug(name).mass_unit}/d")}
            for name, dose in doses.items()
        ]
    if sheet.typed.get("reason"):
        table["reason"] = sheet.typed["reason"]
    return Recorded(table, {"program": None})


def _program(situation: Situation, event: Program) -> Mapping[str, Any] | None:
    """Return the event without its time; None where exactly this runs already.

    A pump that stands stopped does not run it: the same program starts it again.
    """
    same = situation.solution == situation.pump.last_fill and not was_stopped(situation)
    if same and event.program == situation.program_before:
        return None
    return {key: value for key, value in event_body(event).items() if key != "time"}


def bridge_advice(situation: Situation) -> Calculation | None:
    """Return the bridge that a change of solution wants; None where it cannot be reckoned.

    It rests on a catheter whose length is known: without it nothing is guessed.
    """
    old, new = situation.pump.last_fill, situation.solution
    program = situation.program_before
    if old is None or old == new or program is None or program.daily_dose is None:
        return None
    hardware, primary = situation.simulation.hardware, program.primary
    if primary is None or primary not in new or not hardware.catheter_length_known:
        return None
    unit = drug(primary).concentration_unit
    return bridge(
        old_concentration=Typed(old[primary], unit),
        new_concentration=Typed(new[primary], unit),
        daily_dose=Typed(program.daily_dose, f"{drug(primary).mass_unit}/d"),
        tubing_volume=Typed(hardware.setup.bridge_tubing_volume, "mL"),
        catheter_volume=Typed(hardware.setup.catheter_volume, "mL"),
    )


def no_bridge(situation: Situation) -> str:
    """Return why no bridge stands beside a change of solution, and what is to be done."""
    hardware = situation.simulation.hardware
    catheter = hardware.setup.catheter_volume
    if not programmable(situation):
        return " ".join(_runs_out_first(situation))
    if not hardware.catheter_length_known:
        return "no bridge can be reckoned: the volume of the catheter is not known. Measure it"
    return (
        f"no bridge can be reckoned from the dose that runs and the new solution. The catheter"
        f" holds {show(catheter, 'mL')}: decide what becomes of the old solution in it"
    )


def _runs_out_first(situation: Situation) -> Iterator[str]:
    hardware = situation.simulation.hardware
    setup, model = hardware.setup, hardware.model
    yield "this pump can give no bridge: the old solution in the line runs out first, at its flow."
    if not hardware.catheter_length_known:
        yield "How long that takes is not known: the volume of the catheter is not on record"
        return
    tubing = model.tubing_volume_bridge or model.tubing_volume_prime
    if setup.nominal_flow is not None:
        hours = Duration(setup.bridge_volume.base / setup.nominal_flow.base)
        flow = show(setup.nominal_flow, "mL/d")
        yield f"That takes about {show(hours, 'h', digits=2)} at {flow}:"
    yield f"the catheter holds {show(setup.catheter_volume, 'mL')}"
    yield (
        f"and the tubing of the pump {show(tubing.value, 'mL')}"
        if tubing is not None
        else "(the tubing of this pump is not on record, and not counted)"
    )
