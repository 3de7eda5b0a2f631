"""From the record of pump and catheter to the constants that a virtual pump runs by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from thecal.device import ImplantedCatheter, PumpModel, catheter_model, implant_catheter, pump_model
from thecal.device.battery import battery_life
from thecal.program.quantise import DeliveryGrid
from thecal.program.setup import PumpSetup
from thecal.safety.rules import threshold
from thecal.therapy.events import CatheterRecord, PumpRecord
from thecal.units import Duration, Volume, show


@final
@dataclass(frozen=True, slots=True)
class Hardware:
    """One patient's pump and catheter, ready to run.

    Attributes
    ----------
    catheter_length_known, catheter_length_is_range
        Whether the implanted length was measured, or only bounded. A range runs with its shorter
        end, an unknown length with an empty catheter that no replay may use.
    """

    model: PumpModel
    serial: str
    setup: PumpSetup
    catheter: ImplantedCatheter
    catheter_length_known: bool
    catheter_length_is_range: bool

    def range_note(self) -> str:
        """Return prime and bridge volume of both ends of the range, in words."""
        ends = self.catheter.volume_range()
        if not self.catheter_length_is_range or ends is None:
            return ""
        shortest, longest = (self.setup.tubing_volume + end for end in ends)
        return f"{show(shortest, 'mL')} for the shortest and {show(longest, 'mL')} for the longest"


def build_hardware(pump: PumpRecord, catheter: CatheterRecord) -> Hardware:
    """Return the hardware of a record; raises what catalogue and catheter refuse."""
    model = pump_model(pump.model)
    implanted = implant_catheter(
        catheter_model(catheter.model),
        supplied_length=catheter.supplied_length,
        trimmed_length=catheter.trimmed_length,
        implanted_length=catheter.implanted_length,
        implanted_length_range=catheter.implanted_length_range,
        volume_per_length=catheter.volume_per_length,
    )
    volume = implanted.volume()
    ends = implanted.volume_range()
    is_range = catheter.implanted_length_range is not None
    if volume is None and ends is not None:
        volume = ends[0]
    nothing = Volume.zero()
    tubing = model.tubing_volume_prime.value if model.tubing_volume_prime else nothing
    alarm = pump.low_reservoir_alarm
    if alarm is None:
        alarm = model.low_reservoir_alarm.value if model.low_reservoir_alarm else nothing
    setup = PumpSetup(
        programmable=model.programmable,
        capacity=model.capacity.value if model.capacity else None,
        residual=model.residual_volume.value if model.residual_volume else nothing,
        minimum_rate=model.minimum_rate.value if model.minimum_rate else None,
        maximum_rate=model.maximum_rate.value if model.maximum_rate else None,
        grid=DeliveryGrid(
            stroke=model.stroke_volume.value if model.stroke_volume else None,
            minimum_rate=model.minimum_rate_mode.value if model.minimum_rate_mode else None,
        ),
        tubing_volume=tubing,
        bridge_tubing_volume=(
            model.tubing_volume_bridge.value if model.tubing_volume_bridge else tubing
        ),
        catheter_volume=volume if volume is not None else nothing,
        low_reservoir_alarm=alarm,
        stopped_alarm_after=threshold("K13", "stopped-alarm", Duration).value,
        nominal_flow=model.nominal_flow.value if model.nominal_flow else None,
        propellant=_propellant(model),
        catheter_volume_per_length=implanted.volume_per_length,
        port_volume=implanted.port_volume(),
        occlusion_volume=_watched(model, "occlusion-alarm-volume"),
        air_volume=_watched(model, "air-detector-volume"),
        kind=model.kind,
        battery=battery_life(model.id),
    )
    return Hardware(model, pump.serial, setup, implanted, volume is not None, is_range)


def _watched(model: PumpModel, parameter: str) -> Volume | None:
    fact = model.facts.get(parameter)
    return None if fact is None else fact.of_kind(Volume).value


def _propellant(model: PumpModel) -> str:
    fact = model.facts.get("propellant") if model.kind == "constant-flow" else None
    return "" if fact is None else fact.of_kind(str).value
