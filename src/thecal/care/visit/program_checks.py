"""Steps 11 and 12: K1 the volume, K7 ticked lines, U09 the read-back, K13 not left standing."""

from __future__ import annotations

from collections.abc import Iterator

from thecal.care.visit.knowledge import Knowledge
from thecal.care.visit.programming import changed_lines, lines_of
from thecal.care.visit.visit import Visit
from thecal.pharmacy import DRUG_FREE
from thecal.program.program import Mode
from thecal.safety.finding import Amount, Finding, Severity
from thecal.safety.interruption import left_standing
from thecal.safety.rules import threshold
from thecal.safety.volumes import over_capacity, typed_against_filled
from thecal.units import Volume, show

_LEFT = {Mode.STOPPED: "stopped", Mode.MINIMUM_RATE: "at its minimum rate"}


def check_volume(visit: Visit, knowledge: Knowledge) -> Iterator[Finding]:
    """Hold both blind entries and the typed volume equal, and below the capacity."""
    entered = visit.program
    if entered is None:
        return
    tolerance = threshold("K1", "tolerance", Volume)
    if abs(entered.first - entered.second) > tolerance.value:
        yield Finding(
            check="K1",
            severity=Severity.HARD,
            message=(
                f"the volume filled was entered as {show(entered.first, 'mL')} and as"
                f" {show(entered.second, 'mL')}: read the syringes again"
            ),
            source=tolerance.provenance(),
            value=Amount(entered.second, "mL"),
            limit=Amount(entered.first, "mL"),
        )
    yield from typed_against_filled(entered.first, entered.programmed_volume)
    yield from over_capacity(knowledge.model, entered.first, entered.programmed_volume)


def check_ticks(visit: Visit, _knowledge: Knowledge) -> Iterator[Finding]:
    """Refuse to write a program while a changed line is not ticked."""
    entered = visit.program
    if entered is None:
        return
    changed = changed_lines(lines_of(entered.old), lines_of(entered.new))
    for line in changed:
        if line.name not in entered.ticked:
            yield Finding(
                check="K7",
                severity=Severity.HARD,
                message=(
                    f"{line.name} changes from {line.old or 'nothing'} to {line.new or 'nothing'}"
                    " and is not ticked: look at both and tick it"
                ),
                source="workflow.md 4c K7",
                value=line.new,
                limit=line.old,
            )


def check_read_back(visit: Visit, knowledge: Knowledge) -> Iterator[Finding]:
    """Refuse a read-back that differs from what was meant; ask why a pump is left standing."""
    back = visit.read_back
    if back is None:
        return
    for line in changed_lines(lines_of(back.intended), lines_of(back.read)):
        yield Finding(
            check="U09",
            severity=Severity.HARD,
            message=(
                f"{line.name}: meant was {line.old or 'nothing'}, the pump says"
                f" {line.new or 'nothing'}: write the program again and read it back before the"
                " patient leaves"
            ),
            source="standards.md 3 U09",
            value=line.new,
            limit=line.old,
            follow_up=f"{line.name} in the pump was not what was meant: compare again",
        )
    if back.mode in _LEFT:
        mixture = knowledge.last_fill if visit.verify is None else visit.verify.label
        yield from left_standing(_LEFT[back.mode], back.reason, mixture or DRUG_FREE)
