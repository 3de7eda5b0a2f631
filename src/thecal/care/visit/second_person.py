"""K8: the second person, independent and blind; remote or by an exception that is seen."""

from __future__ import annotations

from collections.abc import Iterator

from thecal.care.visit.arrival import doses_of
from thecal.care.visit.change import agrees, changes_mode, changes_solution, doses_after
from thecal.care.visit.knowledge import Knowledge
from thecal.care.visit.programming import Presence, SecondCheck
from thecal.care.visit.rules import RULES
from thecal.care.visit.visit import Visit
from thecal.data import Fact
from thecal.pharmacy import drug
from thecal.safety.finding import Finding, Severity
from thecal.safety.identity import shown_mixture
from thecal.units import show

_SOURCE = "workflow.md 4c K8"


def why_second_person(visit: Visit, knowledge: Knowledge) -> tuple[str, ...]:
    """Return why a second person is wanted; empty where none is."""
    return tuple(text for text, _ in _reasons(visit, knowledge))


def _reasons(visit: Visit, knowledge: Knowledge) -> Iterator[tuple[str, Fact[str] | None]]:
    """Yield each reason with the row it rests on, None where it is the rule itself."""
    if visit.verify is None:
        return
    if changes_solution(visit, knowledge):
        yield "the solution is another", None
    if changes_mode(visit, knowledge):
        yield "the mode is another", None
    classes = {fact.value: fact.of_kind(str) for fact in RULES.every("K8", "high-risk-class")}
    for name in visit.verify.label:
        fact = classes.get(drug(name).drug_class)
        if fact is not None:
            yield f"{name} is a drug of high risk", fact


def check_second_person(visit: Visit, knowledge: Knowledge) -> Iterator[Finding]:
    """Want a second person who entered solution, volume and doses blind, and hold them equal.

    Where the only reason is a recalled row, its absence asks and does not refuse.
    """
    reasons = tuple(_reasons(visit, knowledge))
    second = visit.second_check
    if second is None:
        if reasons:
            recalled = all(fact is not None and fact.recalled for _, fact in reasons)
            sources = [_SOURCE if fact is None else fact.provenance() for _, fact in reasons]
            yield Finding(
                check="K8",
                severity=Severity.SOFT if recalled else Severity.HARD,
                message=(
                    f"{', '.join(text for text, _ in reasons)}: a second person, beside you or"
                    " remote, enters solution, volume and doses without seeing yours"
                ),
                source="; ".join(dict.fromkeys(sources)),
            )
        return
    if second.presence is Presence.EXCEPTION:
        yield _exception(second, knowledge)
        return
    if second.checker == visit.operator:
        yield _refused(f"{second.checker} cannot check {second.checker}'s own entry: ask another")
    yield from _unequal(visit, knowledge, second)


def _exception(second: SecondCheck, knowledge: Knowledge) -> Finding:
    if not knowledge.exception_allowed:
        return _refused(
            "this clinic is not configured to go without a second person: ask a remote checker"
        )
    if second.reason is None:
        return _refused("going without a second person needs a reason: write it")
    number = knowledge.exceptions + 1
    return Finding(
        check="K8",
        severity=Severity.WARN,
        message=f"nobody checked, exception {number} of this clinic: {second.reason}",
        source=_SOURCE,
        value=str(number),
        follow_up=f"review exception {number} without a second person: {second.reason}",
    )


def _unequal(visit: Visit, knowledge: Knowledge, second: SecondCheck) -> Iterator[Finding]:
    if visit.verify is None:
        return
    if second.mixture is None or second.volume is None:
        yield _refused("the second person has not entered solution and volume: enter both blind")
        return
    if second.mixture != visit.verify.label:
        yield _refused(
            f"the second person entered {shown_mixture(second.mixture)}, the label was entered as"
            f" {shown_mixture(visit.verify.label)}: read the label again, both of you"
        )
    if second.volume != visit.verify.volume:
        yield _refused(
            f"the second person entered {show(second.volume, 'mL')}, you"
            f" {show(visit.verify.volume, 'mL')}: look at the syringe again, both of you"
        )
    entered, wanted = doses_of(second.daily_doses), doses_after(visit, knowledge)
    typed = {} if visit.decide is None else wanted
    if not agrees(entered, wanted) or not agrees(typed, entered) or bool(wanted) != bool(entered):
        yield _refused(
            "the second person entered other daily doses: read the order again, both of you"
        )


def _refused(message: str) -> Finding:
    return Finding(check="K8", severity=Severity.HARD, message=message, source=_SOURCE)
