"""Step 12 for people: what stood in the pump, what was written to it, what it answers."""

from __future__ import annotations

from typing import Any

from thecal.care.visit.programming import lines_of
from thecal.clinic.pumps.pump_reading import program_read
from thecal.clinic.refill.lines import dose_rows
from thecal.clinic.refill.reading import mode_told, solution_told
from thecal.clinic.refill.situation import Situation
from thecal.program.program import Mode, WrittenProgram

_NOTHING = "nothing"


def compared_lines(situation: Situation) -> list[dict[str, Any]]:
    """Return each line as it stood before, as it was written, as the pump answers.

    Nothing is returned before the pump was read back.
    """
    entered, back = situation.visit.program, situation.visit.read_back
    if entered is None or back is None:
        return []
    old, told, says = lines_of(entered.old), lines_of(back.intended), lines_of(back.read)
    return [
        {
            "name": name,
            "old": old.get(name, _NOTHING),
            "told": told.get(name, _NOTHING),
            "says": says.get(name, _NOTHING),
            "differs": told.get(name) != says.get(name),
            "changed": old.get(name) != told.get(name),
        }
        for name in dict.fromkeys((*told, *says, *old))
    ]


def compared_doses(situation: Situation) -> list[dict[str, str]]:
    """Return each day's total of every drug: before, as written, as the pump answers.

    The change is that from before to what the pump answers.
    """
    if situation.visit.read_back is None:
        return []
    before, said = situation.simulation.program, _answered(situation)
    told = {one["drug"]: one["new"] for one in dose_rows(before, situation.written)}
    return [
        {**one, "told": told.get(one["drug"], "none"), "says": one["new"]}
        for one in dose_rows(before, said)
    ]


def _answered(situation: Situation) -> WrittenProgram | None:
    """Return the program of the newest reading, with the solution that the pump tells.

    None where the pump stands stopped: it gives nothing then, whatever program it holds.
    """
    read = situation.talks.read
    if read is None or read.reading is None:
        return None
    program = program_read(read.reading, situation.therapy)
    if program is None or mode_told(read.reading, situation) is Mode.STOPPED:
        return None
    return situation.write_with(program, solution_told(read.reading, situation))
