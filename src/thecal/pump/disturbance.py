"""What faults and surroundings make of a pump's orders: one value, constant between two instants.

A fault is kept as an `ActiveFault`; `disturbance_of` folds all of them, and what surrounds the
pump, into a `Disturbance` that the flow multiplies by. Between two of its instants everything is
constant, so the replay of a fault is as exact as that of a program.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import final

from thecal.data import cached
from thecal.device import fault_kind, gas_pump_flow_ratio
from thecal.errors import DataError
from thecal.program.clock import Instant
from thecal.program.holes import Hole, Place, share_at_tip
from thecal.program.setup import PumpSetup
from thecal.pump.alarms import AlarmKind
from thecal.pump.fault_settings import FaultSettings
from thecal.units import Altitude, Duration, Temperature, Volume

_NOTHING, _ALL = Fraction(0), Fraction(1)
_PLACES = {"catheter-disconnection": Place.POCKET}
_STOPS_PUMPING = frozenset({"motor-stall", "motor-stall-recovering", "valve-stuck-closed"})


@final
@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where the patient is for a while; None: as at home."""

    start: Instant
    end: Instant
    temperature: Temperature | None = None
    altitude: Altitude | None = None
    depth: Altitude | None = None


@final
@dataclass(frozen=True, slots=True)
class ActiveFault:
    """A fault that has begun and is not over.

    Attributes
    ----------
    source
        What its author calls it by: the number of the event.
    end
        When it is over by itself; None: when it is mended.
    alarms
        Alarms that it will still raise, and when.
    counted
        The pump's count when it began, moved along at each fill: this less the count now is what
        the pump has counted meanwhile.
    """

    kind: str
    source: int
    start: Instant
    end: Instant | None
    settings: FaultSettings
    alarms: tuple[tuple[Instant, AlarmKind], ...] = ()
    counted: Fraction = _NOTHING


def stalls(fault: ActiveFault) -> bool:
    """Whether a fault brings the motor to stand, now or later; one that only slows it does not."""
    return AlarmKind.MOTOR_STALL in fault_kind(fault.kind).alarms and not fault.settings.factor


@final
@dataclass(frozen=True)
class Disturbance:
    """What flows for what the pump counts.

    Attributes
    ----------
    until
        When something changes by itself; None: never.
    share
        Microlitres that leave the reservoir under their own purpose for one that is counted.
    surplus
        Microlitres beside it for one that is counted, with the purpose fault.
    drain
        Microlitres a second through the line whatever is counted, with the purpose fault.
    weep
        Microlitres a second out of the reservoir into the pocket.
    passed
        What the catheter lets through of what is pushed at once.
    purged
        Microlitres out of a tubing that no catheter is joined to for one that is counted.
    holes
        Holes of the catheter, from the pump to the tip; `at_tip` is what they leave of the flow.
    """

    until: Instant | None = None
    share: Fraction = _ALL
    surplus: Fraction = _NOTHING
    drain: Fraction = _NOTHING
    weep: Fraction = _NOTHING
    passed: Fraction = _ALL
    holes: tuple[Hole, ...] = ()
    at_tip: Fraction = _ALL
    purged: Fraction = _ALL

    @property
    def parts_count_from_flow(self) -> bool:
        """Whether another volume leaves the reservoir than the pump counts."""
        return self.share != 1 or bool(self.surplus or self.drain or self.weep)

    # Worked out once: a replay asks for them at every step.

    @cached_property
    def line(self) -> Fraction:
        """Microlitres through the line for one that is counted."""
        return self.share + self.surplus

    @cached_property
    def share_at_tip(self) -> Fraction:
        """Microlitres at the tip, under their own purpose, for one that is counted."""
        return self.share * self.at_tip

    @cached_property
    def surplus_at_tip(self) -> Fraction:
        """Microlitres at the tip with the purpose fault for one that is counted."""
        return self.surplus * self.at_tip

    @cached_property
    def drain_at_tip(self) -> Fraction:
        """Microlitres a second at the tip whatever is counted."""
        return self.drain * self.at_tip

    @cached_property
    def lost(self) -> tuple[tuple[Place, Fraction], ...]:
        """Of each microlitre through the line, what leaves at its holes, by place."""
        parts: dict[Place, Fraction] = {}
        left = _ALL
        for hole in self.holes:
            parts[hole.place] = parts.get(hole.place, _NOTHING) + left * hole.fraction
            left *= 1 - hole.fraction
        return tuple(parts.items())


SOUND = Disturbance()
"""A sound pump at home: what leaves is what is counted."""


def disturbance_of(
    faults: Iterable[ActiveFault],
    surroundings: tuple[Surroundings, ...],
    setup: PumpSetup,
    now: Instant,
    *,
    counting: bool,
) -> Disturbance | None:
    """Return what holds from `now` on; None where a sound pump would do just the same.

    `counting` asks for one in any case: the pump's clock is off, or it counts on while it is dry.
    """
    ends: list[Instant] = []
    pumped, passed, drain, weep = _ALL, _ALL, _NOTHING, _NOTHING
    holes: list[Hole] = []
    for fault in faults:
        settings = fault.settings
        ends.extend(time for time, _ in fault.alarms)
        if fault.end is not None:
            ends.append(fault.end)
        match fault.kind:
            case kind if kind in _STOPS_PUMPING:
                pumped = _NOTHING
            case "rotor-magnet" | "over-infusion" | "expansion-blocked":
                pumped *= _factor(fault)
            case "gear-wear" | "propellant-loss":
                gone, total, step = steps_gone(fault, now)
                pumped *= 1 - (1 - _factor(fault)) * Fraction(gone, total)
                if gone < total:
                    ends.append(fault.start + (gone + 1) * step)
            case "clock-drift":
                gone, _, step = steps_gone(fault, now)
                ends.append(fault.start + (gone + 1) * step)
            case "catheter-kink" | "granuloma":
                passed *= _factor(fault)
            case "catheter-occlusion":
                passed = _NOTHING
            case "valve-stuck-open":
                assert settings.rate is not None
                drain += settings.rate.base
            case "septum-leak":
                assert settings.rate is not None
                weep += settings.rate.base
            case "catheter-leak" | "catheter-fracture" | "catheter-disconnection":
                holes.append(_hole(fault, setup))
            case _:
                pass
    purged, flow = pumped, passed
    if surroundings:
        surrounded, changes = _surrounded(surroundings, setup, now)
        purged *= surrounded
        flow *= surrounded
        ends += changes
    found = Disturbance(
        until=min(ends, default=None),
        share=min(pumped, _ALL) * flow,
        surplus=(pumped - 1) * flow if pumped > 1 else _NOTHING,
        drain=drain * passed,
        weep=weep,
        passed=passed,
        holes=tuple(sorted(holes, key=lambda hole: -hole.distal.base)),
        at_tip=share_at_tip(tuple(holes)),
        purged=purged,
    )
    return None if found == SOUND and not counting else found


def clock_offset_of(faults: Iterable[ActiveFault], now: Instant) -> Fraction:
    """Return the seconds by which the pump's clock is fast."""
    offset = _NOTHING
    for fault in faults:
        if fault.kind == "clock-reset":
            assert fault.settings.pump_clock is not None
            offset += fault.settings.pump_clock - fault.start
        elif fault.kind == "clock-drift":
            gone, _, step = steps_gone(fault, now)
            offset += (_factor(fault) - 1) * gone * step
    return offset


def steps_gone(fault: ActiveFault, now: Instant) -> tuple[int, int, Fraction]:
    """Return how many steps of a gradual fault are over, of how many, and their length."""
    step = _step_of(fault.kind)
    gone = (now - fault.start) // step
    if fault.settings.duration is None:
        return gone, gone, step
    total = max(1, -(-fault.settings.duration.base // step))
    return min(gone, total), total, step


@cached
def _step_of(kind: str) -> Fraction:
    length = fault_kind(kind).quantity("step", Duration)
    if length is None:
        raise DataError(f"faults.csv has no step of {kind}", remedy="restore the row")
    return length.base


def hole_distance_fits(settings: FaultSettings, setup: PumpSetup) -> bool:
    """Whether a hole at this distance lies on the catheter."""
    if not settings.distance:
        return True
    per_length = setup.catheter_volume_per_length
    if per_length is None:
        return False
    return settings.distance * per_length + setup.port_volume <= setup.catheter_volume


def _factor(fault: ActiveFault) -> Fraction:
    assert fault.settings.factor is not None
    return fault.settings.factor


def _hole(fault: ActiveFault, setup: PumpSetup) -> Hole:
    distal = setup.catheter_volume
    if fault.settings.distance and setup.catheter_volume_per_length is not None:
        before = fault.settings.distance * setup.catheter_volume_per_length
        distal = Volume(max(_NOTHING, distal.base - setup.port_volume.base - before.base))
    fraction = fault.settings.fraction
    place = _PLACES.get(fault.kind, Place.TISSUE)
    return Hole(distal, _ALL if fraction is None else fraction, place)


def _surrounded(
    surroundings: tuple[Surroundings, ...], setup: PumpSetup, now: Instant
) -> tuple[Fraction, list[Instant]]:
    """Return the flow of a gas-driven pump over its nominal one, and when that changes."""
    here = [one for one in surroundings if one.start <= now < one.end]
    if not here or not setup.propellant:
        return _ALL, []

    def latest(name: str) -> Altitude | Temperature | None:
        values = [getattr(one, name) for one in here if getattr(one, name) is not None]
        return values[-1] if values else None

    ratio = gas_pump_flow_ratio(
        propellant=setup.propellant,
        temperature=latest("temperature"),  # type: ignore[arg-type]
        altitude=latest("altitude"),  # type: ignore[arg-type]
        depth=latest("depth"),  # type: ignore[arg-type]
    )
    return ratio, [one.end for one in here]
