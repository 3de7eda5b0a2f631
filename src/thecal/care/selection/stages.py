"""The stages from referral to maintenance: which may follow which, and what has to be there first.

Ending the therapy is never blocked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from thecal.care.advice import Weight
from thecal.care.selection.case import SelectionCase
from thecal.care.selection.checklist import Entry
from thecal.care.selection.items import UNNEEDED
from thecal.care.selection.judgement import DECIDING
from thecal.care.selection.rules import entries
from thecal.data import Fact
from thecal.errors import UnknownIdError
from thecal.safety.finding import Finding, Severity

CHECK = "stage"
_ANY = "any"
_ELIGIBLE = "eligible"


def stages() -> tuple[str, ...]:
    """Return every stage."""
    return tuple(one for one in entries("selection_stages", "stage") if one != _ANY)


def next_stages(stage: str) -> tuple[str, ...]:
    """Return the stages that may follow `stage`, the endings last.

    Raises
    ------
    UnknownIdError
        If there is no such stage.
    """
    if stage not in stages():
        raise UnknownIdError(f'"{stage}" is no stage', remedy="use one of " + ", ".join(stages()))
    own = _words(stage, "next")
    endings = tuple(one for one in _words(_ANY, "next") if one not in (stage, *own))
    return (*own, *endings)


def ends(stage: str) -> bool:
    """Whether a stage ends the therapy here."""
    return stage in _words(_ANY, "next")


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
        rule = entries("selection_stages", "stage")[wanted]["next"][0].of_kind(str)
        yield _refused(f"{wanted} is asked for, and where the person stands is not said", rule)
        return
    allowed = next_stages(case.stage)
    rule = entries("selection_stages", "stage")[case.stage]["next"][0].of_kind(str)
    if wanted not in allowed:
        message = f"{wanted} does not follow {case.stage}: after it may come {', '.join(allowed)}"
        yield _refused(message, rule)
        return
    if ends(wanted):
        return
    row = entries("selection_stages", "stage")[wanted]
    if "needs" in row and verdict != _ELIGIBLE:
        message = f"{wanted} needs a person who is eligible; the verdict is {verdict}"
        yield _refused(message, row["needs"][0].of_kind(str))
    if "pathways" in row and case.pathway not in _words(wanted, "pathways"):
        message = f"{wanted} is not a stage of the pathway {case.pathway}"
        yield _refused(message, row["pathways"][0].of_kind(str))
    if "gate" in row and not _passes(_words(wanted, "gate"), case, checked):
        gate = row["gate"][0].of_kind(str)
        yield _refused(f"{wanted} waits for: {gate.value.replace('; ', ' or ')}", gate)


def _passes(gate: tuple[str, ...], case: SelectionCase, checked: tuple[Entry, ...]) -> bool:
    """Whether an answer that the gate accepts is there and nothing of it is open."""
    by_id: Mapping[str, Entry] = {entry.item.id: entry for entry in checked}
    for accepted in gate:
        name, _, answer = accepted.partition(" = ")
        entry = by_id.get(name)
        if entry is None:
            continue
        weight = Weight.FOR if entry.judgement is None else entry.judgement.weight
        if entry.answer == answer and weight not in DECIDING:
            return True
        if entry.answer is None and entry.item.need(case.pathway).value == UNNEEDED:
            return True
    return False


def _refused(message: str, rule: Fact[str]) -> Finding:
    return Finding(CHECK, Severity.HARD, message, rule.provenance())


def _words(stage: str, parameter: str) -> tuple[str, ...]:
    fact = entries("selection_stages", "stage")[stage][parameter][0].of_kind(str)
    return tuple(fact.value.split("; "))
