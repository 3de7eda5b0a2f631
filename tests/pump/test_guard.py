"""The pump's guard at the very edges of its limits, asked directly."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pump_bench import (
    MONDAY,
    ROLLER,
    STROKES,
    continuous,
    hours,
    milligrams,
    minutes,
    mixture,
)

from thecal.errors import RateRefusalError
from thecal.program.program import (
    InfusionProgram,
    Mode,
    PatientBolus,
    WrittenProgram,
    write_program,
)
from thecal.program.setup import PumpSetup
from thecal.pump.guard import Denial, check_program_rates, decide_press
from thecal.units import Mass, VolumeRate

MORPHINE = mixture(morphine="10 mg/mL")
BOLUS = PatientBolus(milligrams("0.1"), minutes(5), hours(3))


def written(order: InfusionProgram, setup: PumpSetup = ROLLER) -> WrittenProgram:
    return write_program(order, MORPHINE, setup.grid)


def refused(dose: str, setup: PumpSetup = ROLLER) -> bool:
    try:
        check_program_rates(written(continuous(dose), setup), setup)
    except RateRefusalError:
        return True
    return False


@pytest.mark.req("D01")
def test_a_program_runs_at_the_lowest_and_at_the_highest_rate_and_not_beyond() -> None:
    """0.048 and 24 mL/d at 10 mg/mL."""
    assert not refused("0.48 mg/d")
    assert refused("0.479999 mg/d")
    assert not refused("240 mg/d")
    assert refused("240.000001 mg/d")


@pytest.mark.req("D01")
def test_what_whole_strokes_make_of_a_rate_decides() -> None:
    """0.04999 mL/d are 24 strokes of 2 uL, 0.048 mL/d: below a lowest rate of 0.0485 mL/d."""
    setup = replace(STROKES, minimum_rate=VolumeRate.of("0.048", "mL/d"))
    assert not refused("0.4999 mg/d", setup)
    assert refused("0.4999 mg/d", replace(setup, minimum_rate=VolumeRate.of("0.0485", "mL/d")))


@pytest.mark.req("D06")
def test_a_program_that_gives_no_therapy_grants_no_bolus_though_it_names_one() -> None:
    order = InfusionProgram(Mode.MINIMUM_RATE, "morphine", patient_bolus=BOLUS)
    program = written(order)
    denial = decide_press(MONDAY, program, program.achievable.rates[0], (), Mass.zero(), ROLLER)
    assert denial is Denial.NO_BOLUS
