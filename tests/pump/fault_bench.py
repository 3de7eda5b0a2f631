"""Pumps that are about to break: filled, running evenly, and what of them must add up."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from pump_bench import ROLLER, STROKES, Bench, continuous, mixture

from thecal.program.delivery import Purpose
from thecal.program.setup import PumpSetup
from thecal.pump.alarms import AlarmKind
from thecal.pump.fault_settings import FaultSettings
from thecal.units import Duration, Length, Volume, VolumePerLength, VolumeRate

CATHETER = VolumePerLength.of("0.0022", "mL/cm")  # 76 cm of it: 0.1672 mL
ROLLER_PUMP = replace(ROLLER, kind="roller", catheter_volume_per_length=CATHETER)
VALVE_PUMP = replace(STROKES, kind="valve-gated", catheter_volume_per_length=CATHETER)
GAS_PUMP = replace(
    ROLLER,
    kind="constant-flow",
    programmable=False,
    residual=Volume.zero(),
    low_reservoir_alarm=Volume.zero(),
    nominal_flow=VolumeRate.of("0.5", "mL/d"),
    propellant="n-butane",
    catheter_volume_per_length=CATHETER,
)
MORPHINE = mixture(morphine="10 mg/mL")
FILLED = Fraction(20_000)
PER_DAY = 400
"""Microlitres a day of the program, 4 mg/d of morphine at 10 mg/mL."""


def settings(**given: str) -> FaultSettings:
    """Return settings from texts: a number, or a quantity as it is typed."""
    kinds = {"duration": Duration, "rate": VolumeRate, "volume": Volume, "distance": Length}
    return FaultSettings(
        **{
            name: kinds[name].of(*text.split(" ")) if name in kinds else Fraction(text)
            for name, text in given.items()
        }
    )


def running(setup: PumpSetup = ROLLER_PUMP) -> Bench:
    """Return a pump filled with 20 mL, its line full of the same, that runs at 0.4 mL/d."""
    bench = Bench(setup)
    bench.pump.fill(Volume.of(20, "mL"), MORPHINE)
    bench.pump.set_line(MORPHINE)
    if setup.programmable:
        bench.pump.write(continuous("4 mg/d"))
    return bench


def microlitres(bench: Bench, purpose: Purpose | None = None) -> Fraction:
    return bench.volume(purpose).base


def missing(bench: Bench) -> Fraction:
    """Return by how much less is in the reservoir than the pump counts, residual left out."""
    state = bench.pump.state
    return state.computed - state.physical


def alarms(bench: Bench) -> list[tuple[Fraction, AlarmKind]]:
    return [(alarm.time - bench.start, alarm.kind) for alarm in bench.pump.state.alarms]


def check_mass(bench: Bench) -> None:
    """D03: filled = withdrawn + reservoir + line + delivered + unaccounted, from the rows."""
    state = bench.pump.state
    account = state.account
    line = state.line.mass()
    for drug in {*account.filled, *account.withdrawn}:
        reservoir = state.solution.actual.get_concentration(drug).base * state.physical
        delivered = bench.mass(drug).base
        assert delivered == account.delivered(drug).base
        assert account.filled[drug] == (
            account.left_otherwise(drug).base
            + reservoir
            + (line[drug].base if drug in line else 0)
            + delivered
            + account.unaccounted.get(drug, 0)
        )
