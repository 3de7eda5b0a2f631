"""What faults, surroundings and scans of a record do to the virtual pump, and what is left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from thecal.device import FaultKind, PumpModel, fault_kind
from thecal.errors import PumpRefusalError
from thecal.program.clock import Instant
from thecal.pump.disturbance import Surroundings
from thecal.pump.fault_settings import FaultSettings
from thecal.pump.pump import Pump
from thecal.pump.scan import CONTINUES, Scan
from thecal.safety.rules import threshold
from thecal.therapy.events import Environment, Event, Fault, Fill, Mri, Therapy
from thecal.therapy.fault_log import FaultLog
from thecal.units import Duration, Volume

MISSED = "missed-refill"


def faults_of_fills(therapy: Therapy) -> Mapping[int, tuple[int, ...]]:
    """Return for each fill that something goes wrong at the numbers of those faults.

    It is the next fill of the visit, else the one before in it, else the next one ever: the file
    may name the fault before or after the fill.
    """
    found: dict[int, tuple[int, ...]] = {}
    visit = threshold("K12", "visit", Duration).value.base
    fills = [number for number, event in enumerate(therapy.events) if isinstance(event, Fill)]
    for number, event in enumerate(therapy.events):
        if not isinstance(event, Fault) or fault_kind(event.kind).part != "fill":
            continue
        now = therapy.instant(event.time)
        after = [one for one in fills if one > number]
        before = [one for one in fills if one < number]
        near = [one for one in after[:1] if _time(therapy, one) - now <= visit]
        near += [one for one in before[-1:] if now - _time(therapy, one) <= visit]
        for fill in [*near, *after][:1]:
            found[fill] = (*found.get(fill, ()), number)
    return found


def missed_fills(therapy: Therapy) -> frozenset[int]:
    """Return the numbers of the fills that did not happen."""
    return frozenset(
        fill
        for fill, numbers in faults_of_fills(therapy).items()
        if any(kind.id == MISSED for kind, _ in mishaps_of(therapy, numbers))
    )


def _time(therapy: Therapy, number: int) -> Instant:
    return therapy.instant(therapy.events[number].time)


def mishaps_of(
    therapy: Therapy, numbers: tuple[int, ...]
) -> tuple[tuple[FaultKind, FaultSettings], ...]:
    """Return what goes wrong at a fill, kind by kind."""
    events = [therapy.events[number] for number in numbers]
    return tuple(
        (fault_kind(event.kind), event.settings) for event in events if isinstance(event, Fault)
    )


def apply_fault(
    therapy: Therapy, number: int, event: Fault, pump: Pump, model: PumpModel, log: FaultLog
) -> None:
    """Let a fault of pump or catheter begin or be mended; one of a fill waits for its fill."""
    kind, now = fault_kind(event.kind), pump.state.now
    if event.mended:
        pump.mend(kind.id)
        return
    if kind.part == "fill":
        if not any(number in numbers for numbers in faults_of_fills(therapy).values()):
            raise PumpRefusalError(f"no fill of this record could be a {kind.id}")
        return
    settings = event.settings
    if event.pump_clock is not None:
        settings = replace(settings, pump_clock=therapy.instant(event.pump_clock))
    if kind.id == "wrong-tubing-constant" and settings.volume is None:
        settings = replace(settings, volume=_other_tubing(model))
    pump.fault(kind.id, settings, source=number)
    log.begin(number, kind.id, now, until_fill=kind.id == "diversion")


def _other_tubing(model: PumpModel) -> Volume | None:
    """Return the tubing volume that was once on record and is no longer; None where none was."""
    answers = model.disagreements.get("tubing-volume-prime", ())
    return answers[1].of_kind(Volume).value if len(answers) > 1 else None


def apply_scan(number: int, event: Mri, pump: Pump, model: PumpModel, log: FaultLog) -> None:
    """Expose the pump to a scanner as its model bears it."""
    behaviour = _behaviour(model)
    if behaviour is None:
        return
    trip = model.facts.get("mri-trip-volume")
    scan = Scan(
        recovery=event.recovery,
        telemetry_mode=event.telemetry_mode,
        trip_volume=None if trip is None else trip.of_kind(Volume).value,
        source=number,
    )
    before = len(pump.state.faults)
    pump.scan(behaviour, event.duration, scan)
    for fault in pump.state.faults[before:]:
        log.begin(number, fault.kind, fault.start)


def _behaviour(model: PumpModel) -> str | None:
    """Return what the model does in a field; None where it is not known."""
    fact = model.facts.get("mri-behaviour")
    if fact is not None:
        return fact.of_kind(str).value
    # Nothing in a constant-flow pump moves or is magnetic (workflow.md 2.M).
    return CONTINUES if model.kind == "constant-flow" else None


def apply_environment(event: Environment, pump: Pump) -> None:
    """Let the patient be elsewhere for a while."""
    now = pump.state.now
    pump.surround(
        Surroundings(now, now + event.duration.base, event.temperature, event.altitude, event.depth)
    )


def why_not_replayed(therapy: Therapy, number: int, event: Event, model: PumpModel) -> str:
    """Return what the replay leaves out of an event; empty: it follows all of it."""
    if model.kind == "external" and isinstance(event, Environment):
        return "no figure says what surroundings do to an external pump"
    if isinstance(event, Environment) and model.kind == "constant-flow":
        return "" if "propellant" in model.facts else "the propellant of this pump is not known"
    if isinstance(event, Mri) and _behaviour(model) is None:
        return "nothing is known of this pump in a scanner"
    return _why_no_fault(therapy, number, event, model) if isinstance(event, Fault) else ""


def _why_no_fault(therapy: Therapy, number: int, event: Fault, model: PumpModel) -> str:
    kind = fault_kind(event.kind)
    if event.mended:
        return ""
    if model.kind not in kind.pumps:
        return f"a {model.kind} pump cannot have it"
    if kind.part == "fill" and not any(
        number in numbers for numbers in faults_of_fills(therapy).values()
    ):
        return "no fill of this record belongs to it"
    if kind.id == "wrong-drug" and event.settings.mixture is None:
        return "mixture does not say what was filled"
    if (
        kind.id == "wrong-tubing-constant"
        and event.settings.volume is None
        and _other_tubing(model) is None
    ):
        return "volume does not say which constant was used"
    return kind.not_replayed
