"""What one implanted system is: the figures of its pump and catheter that decide delivery."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import final

from thecal.device import PumpKind
from thecal.device.battery import BatteryLife
from thecal.program.quantise import DeliveryGrid
from thecal.units import Duration, Volume, VolumePerLength, VolumeRate


@final
@dataclass(frozen=True, slots=True)
class PumpSetup:
    """The constants by which a virtual pump runs.

    Parameters
    ----------
    programmable
        Whether it takes programs; else it runs at `nominal_flow` from its first fill.
    capacity
        Reservoir capacity, None where unknown.
    residual
        Volume that cannot be drawn or pumped.
    minimum_rate, maximum_rate
        Lowest therapy rate and highest rate; None where unknown.
    grid
        Strokes and minimum-rate mode.
    tubing_volume, bridge_tubing_volume
        Pump tubing as it is primed, and as the pump's bridge reckons it: two constants.
    catheter_volume
        Of the implanted catheter.
    low_reservoir_alarm
        Computed volume at which the alarm sounds.
    stopped_alarm_after
        How long the pump may stand before it sounds.
    nominal_flow, propellant
        Of a constant-flow pump; the propellant decides what its surroundings do to the flow.
    catheter_volume_per_length
        Of the implanted catheter; None where unknown.
    port_volume
        Of an access port between tubing and catheter; it is part of `catheter_volume`.
    occlusion_volume, air_volume
        Of an external pump that watches its line: what it pumps against an occlusion, and what air
        it lets pass, until it sounds and stops; None where nothing watches.
    kind
        How the pump is driven; None where that is left open: any fault can befall it then.
    battery
        What its battery gives; None where it has none, or nothing of it is known.
    """

    programmable: bool
    capacity: Volume | None
    residual: Volume
    minimum_rate: VolumeRate | None
    maximum_rate: VolumeRate | None
    grid: DeliveryGrid
    tubing_volume: Volume
    bridge_tubing_volume: Volume
    catheter_volume: Volume
    low_reservoir_alarm: Volume
    stopped_alarm_after: Duration
    nominal_flow: VolumeRate | None = None
    propellant: str = ""
    catheter_volume_per_length: VolumePerLength | None = None
    port_volume: Volume = field(default_factory=Volume.zero)
    occlusion_volume: Volume | None = None
    air_volume: Volume | None = None
    kind: PumpKind | None = None
    battery: BatteryLife | None = None

    @property
    def bridge_volume(self) -> Volume:
        """What a bridge pumps: the tubing as reckoned for bridging, and the catheter."""
        return self.bridge_tubing_volume + self.catheter_volume
