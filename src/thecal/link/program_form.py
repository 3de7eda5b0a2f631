"""The form of a received program: what cannot be one at all, before any limit is asked."""

from __future__ import annotations

from fractions import Fraction

from thecal.link.errors import MessageError
from thecal.program.clock import SECONDS_PER_DAY, SECONDS_PER_WEEK
from thecal.program.program import InfusionProgram, Mode


def check_form(program: InfusionProgram) -> None:
    """Check that a received program has the form of one; its limits are the pump guard's.

    Raises
    ------
    MessageError
        If a figure is not above zero, a day or time of day does not exist, or a part is missing.
    """
    if program.mode in (Mode.STOPPED, Mode.MINIMUM_RATE):
        if program.daily_dose or program.steps or program.patient_bolus or program.bridge:
            raise MessageError(f"a program of mode {program.mode} has no dose")
        return
    if program.primary is None or program.daily_dose is None:
        raise MessageError("a running program has a drug and a dose")
    figures: list[Fraction] = [program.daily_dose.base]
    for step in program.steps:
        figures += [step.duration.base, step.dose.base]
        days = bool(step.days) and step.days <= set(range(7))
        if not days or not 0 <= step.start.base < SECONDS_PER_DAY:
            raise MessageError("a step on no day or at no time of day")
        if step.duration.base > SECONDS_PER_WEEK:
            raise MessageError("a step lasts longer than a week")
    if bool(program.steps) != (program.mode is Mode.FLEX):
        raise MessageError("steps belong to the mode flex, and to no other")
    bolus, bridge = program.patient_bolus, program.bridge
    if bolus is not None:
        figures += [bolus.dose.base, bolus.duration.base, bolus.lockout.base]
        figures.append(Fraction(1 if bolus.max_per_day is None else bolus.max_per_day))
        figures.append(
            Fraction(1) if bolus.max_dose_per_day is None else bolus.max_dose_per_day.base
        )
    if bridge is not None:
        figures.append(bridge.daily_dose.base)
    if min(figures) <= 0:
        raise MessageError("a figure of the program is not above zero")
