"""What a selection says of the stage that is asked for; the stages are those of the pathway.

Ending the therapy is never blocked.
"""

from __future__ import annotations

from collections.abc import Iterator

from thecal.care.advice import Weight
from thecal.care.pathway.given import Given
from thecal.care.pathway.lacks import Lack, evaluation_lacks, jump_lacks
from thecal.care.pathway.stages import TABLE, ends
from thecal.care.selection.case import SelectionCase
from thecal.care.selection.checklist import Entry
from thecal.care.selection.items import UNNEEDED
from thecal.care.selection.judgement import DECIDING
from thecal.safety.finding import Finding, Severity

CHECK = "stage"


def judge_step(case: SelectionCase, verdict: str, checked: tuple[Entry, ...]) -> Iterator[Finding]:
    """Yield what refuses the stage that is asked for; an ending is never refused.

    Raises
    ------
    UnknownIdError
        If a stage is unknown.
    """
    wanted = case.requested_stage
    if wanted is None or (case.stage is None and ends(wanted)):
        return
    if case.stage is None:
        what = f"{wanted} is asked for, and where the person stands is not said"
        yield _refused(Lack(what, TABLE.get(wanted, "next", str).provenance()))
        return
    jumps = tuple(jump_lacks(case.stage, wanted))
    yield from (_refused(one) for one in jumps)
    if jumps or ends(wanted):
        return
    given = given_by(case, verdict, checked)
    yield from (_refused(one) for one in evaluation_lacks(wanted, case.pathway, given))


def given_by(case: SelectionCase, verdict: str, checked: tuple[Entry, ...]) -> Given:
    """Return what a selection gives the pathway: its verdict, and the answers that are settled."""
    answers, unneeded = {}, set()
    for entry in checked:
        weight = Weight.FOR if entry.judgement is None else entry.judgement.weight
        if entry.answer is None:
            if entry.item.need(case.pathway).value == UNNEEDED:
                unneeded.add(entry.item.id)
        elif weight not in DECIDING:
            answers[entry.item.id] = entry.answer
    return Given(selection=verdict, answers=answers, unneeded=frozenset(unneeded), drugs=case.drugs)


def _refused(lack: Lack) -> Finding:
    return Finding(CHECK, Severity.HARD, lack.what, lack.source)
