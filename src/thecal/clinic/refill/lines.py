"""A program and the volume in the reservoir as the lines that people compare."""

from __future__ import annotations

from thecal.care.programming.lines import program_lines
from thecal.care.visit.programming import ProgramLine
from thecal.pharmacy import Mixture, both_units
from thecal.program.program import InfusionProgram, WrittenProgram
from thecal.units import Mass, Volume, show, show_percent

VOLUME, MODE = "Reservoir volume", "Mode"


def visit_lines(
    program: InfusionProgram | None, solution: Mixture, volume: Volume | None
) -> tuple[ProgramLine, ...]:
    """Return what the pump is told, line by line: the program, then the volume it counts from."""
    told = {**program_lines(program, solution)}
    told[VOLUME] = "nothing" if volume is None else show(volume, "mL")
    return tuple(ProgramLine(name=name, value=value) for name, value in told.items())


def dose_rows(old: WrittenProgram | None, new: WrittenProgram | None) -> list[dict[str, str]]:
    """Return the day's total of every drug, before and after, in milligram and microgram."""
    before = {} if old is None else old.daily_doses()
    after = {} if new is None else new.daily_doses()
    return [_row(name, before.get(name), after.get(name)) for name in sorted({*before, *after})]


def _row(name: str, old: Mass | None, new: Mass | None) -> dict[str, str]:
    both = old and new
    return {
        "drug": name,
        "old": both_units(name, old) if old else "none",
        "new": both_units(name, new) if new else "none",
        "change": show_percent(new.ratio(old) - 1) if both and old and new else "",
    }
