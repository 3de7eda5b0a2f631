"""The changes that a case asks for: a taper, a stop at once, or a part that is kept."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

from thecal.care.weaning.case import STOP, WeaningCase
from thecal.care.weaning.figures import figure
from thecal.care.weaning.taper import Step, keep_part, stop_at_once, taper
from thecal.units import Duration


def steps_of(case: WeaningCase) -> tuple[Step, ...]:
    """Return the changes that a case asks for; raises `CannotComputeError` as `taper` does."""
    if case.plan is not None:
        return taper(case.lines, case.plan)
    wait = figure("pace", "interval", Duration).value.in_unit("d") if case.held else 0
    day = case.start + timedelta(days=int(wait))
    if case.pace == STOP:
        return stop_at_once(case.lines, day)
    return keep_part(case.lines, day, figure("half-kept", "part", Fraction).value)
