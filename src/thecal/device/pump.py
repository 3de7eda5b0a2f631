"""A pump model with its constants, and one implanted pump of a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, final

from thecal.data import Fact, FactValue
from thecal.errors import EntryError
from thecal.units import Duration, Volume, VolumeRate

PumpKind = Literal["roller", "valve-gated", "constant-flow", "external"]


@final
@dataclass(frozen=True, slots=True)
class PumpModel:
    """A model of the catalogue; None where nothing is known, and nothing is guessed.

    Attributes
    ----------
    capacity, residual_volume
        Volume of the reservoir, and the part of it that cannot be pumped.
    minimum_rate, maximum_rate, minimum_rate_mode
        Smallest and largest therapy rate, and the rate of the "minimum rate" mode.
    tubing_volume_prime, tubing_volume_bridge
        Volume between reservoir and catheter, for priming and for bridging: two constants.
    access_port_volume
        Volume of the catheter access port.
    stroke_volume
        Volume of one stroke or pulse; None means the pump delivers what is programmed.
    low_reservoir_alarm
        The alarm volume unless the clinic sets another.
    maximum_refill_interval
        The longest time between refills.
    changes_per_day
        Rate changes that a flex program may hold in a day.
    nominal_flow
        The flow of a constant-flow pump.
    accuracy
        Specified band either way, as a fraction of what is programmed.
    facts
        Every constant of the model by name (`mri-field`), those above too.
    disagreements
        Name to every answer, the shipped default first, where sources disagree.
    """

    id: str
    name: str
    maker: str
    kind: PumpKind
    programmable: bool
    capacity: Fact[Volume] | None = None
    residual_volume: Fact[Volume] | None = None
    minimum_rate: Fact[VolumeRate] | None = None
    maximum_rate: Fact[VolumeRate] | None = None
    minimum_rate_mode: Fact[VolumeRate] | None = None
    tubing_volume_prime: Fact[Volume] | None = None
    tubing_volume_bridge: Fact[Volume] | None = None
    access_port_volume: Fact[Volume] | None = None
    stroke_volume: Fact[Volume] | None = None
    low_reservoir_alarm: Fact[Volume] | None = None
    maximum_refill_interval: Fact[Duration] | None = None
    changes_per_day: Fact[Fraction] | None = None
    nominal_flow: Fact[VolumeRate] | None = None
    accuracy: Fact[Fraction] | None = None
    facts: Mapping[str, Fact[FactValue]] = field(default_factory=dict, repr=False, compare=False)
    disagreements: Mapping[str, tuple[Fact[FactValue], ...]] = field(
        default_factory=dict, repr=False, compare=False
    )


@final
@dataclass(frozen=True, slots=True)
class ImplantedPump:
    """One pump in one patient.

    Attributes
    ----------
    calibration_constant
        The unit's own constant from its package; None where it is not recorded.
    low_reservoir_alarm
        The alarm volume in use; None where the pump has no alarm.
    """

    model: PumpModel
    serial: str
    calibration_constant: Fraction | None
    low_reservoir_alarm: Volume | None


def implant_pump(
    model: PumpModel,
    serial: str = "",
    *,
    low_reservoir_alarm: Volume | None = None,
    calibration_constant: Fraction | None = None,
) -> ImplantedPump:
    """Return the implanted pump; the alarm volume is the model's unless one is given.

    Raises
    ------
    EntryError
        If the alarm volume is not below the capacity, or the calibration constant not above zero.
    """
    alarm = low_reservoir_alarm
    if alarm is None and model.low_reservoir_alarm is not None:
        alarm = model.low_reservoir_alarm.value
    if alarm is not None and model.capacity is not None and alarm >= model.capacity.value:
        raise EntryError(
            "the alarm volume is not below the capacity of the reservoir",
            remedy=f"{model.name} holds {model.capacity.value.in_unit('mL')} mL",
            place="low_reservoir_alarm",
        )
    if calibration_constant is not None and calibration_constant <= 0:
        raise EntryError(
            "the calibration constant is not above zero", remedy="copy it from the package"
        )
    return ImplantedPump(model, serial, calibration_constant, alarm)
