"""The dose after a gap, by class of drug: when the old one may run on, when it is a new start."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.care.advice import Cited, Reason, Weight
from thecal.care.dose_words import dose_amount, dose_text
from thecal.care.titration.monitoring import watch_figures, watched
from thecal.data import Fact
from thecal.pharmacy import drug, limits
from thecal.pharmacy.lookup import by_key
from thecal.pharmacy.restart import restart_rule
from thecal.safety.finding import Finding, Severity
from thecal.safety.rules import factor, factor_fact, source, threshold
from thecal.units import Duration, MassRate, show

RESUME, RESTORE, NEW_START, UNKNOWN_GAP = "resume", "restore", "new-start", "gap-unknown"
_TABLE = "restart"


@final
@dataclass(frozen=True, slots=True)
class RestartCase:
    """One drug that did not run for a while.

    Attributes
    ----------
    gap
        How long nothing was given; None: not known, which counts as a new start.
    requested
        The dose that somebody wants to restart at.
    watched_for
        How long the patient will be watched after the restart.
    ran_empty
        Whether the reservoir ran empty (else the pump stood still); None: not known.
    """

    drug: str
    old: MassRate
    gap: Duration | None = None
    requested: MassRate | None = None
    watched_for: Duration | None = None
    ran_empty: bool | None = None

    @property
    def drug_class(self) -> str:
        """Class of the drug."""
        return drug(self.drug).drug_class


@final
@dataclass(frozen=True, slots=True)
class RestartAnswer:
    """What the gap makes of the old dose.

    Attributes
    ----------
    by_fraction
        The old dose times the part of the class (after an empty pump, of every class); None where
        there is none.
    start_high
        The lowest upper bound of a start on record; None where there is none.
    highest
        Up to where a restart is proposed; None where no source gives a figure.
    """

    word: str
    by_fraction: MassRate | None
    start_high: MassRate | None
    highest: MassRate | None


def restart(case: RestartCase) -> RestartAnswer:
    """Return the answer; after the gap of the class tolerance is taken as gone.

    A class without a part of the old dose to restart at (baclofen, clonidine: the gap itself
    harms) is restored to no more than the old dose as long as a received dose serves as
    comparator, as check K12 has it; after a pump that ran empty, to no more than a part of it.
    """
    rule, fraction = restart_rule(case.drug), part_of_old(case)
    part = None if fraction is None else case.old.scaled(fraction.value)
    if case.gap is not None and case.gap <= rule.gap.value:
        return RestartAnswer(RESUME, None, None, case.old)
    look_back = threshold("K12", "look-back", Duration).value
    if case.gap is not None and rule.fraction is None and case.gap <= look_back:
        return RestartAnswer(RESTORE, part, None, case.old if part is None else part)
    starts = [fact.value for _, fact in start_figures(case.drug)]
    start_high = min(starts, default=None)
    candidates = [one for one in (part, start_high) if one is not None]
    highest = min((case.old, *candidates)) if candidates else None
    word = UNKNOWN_GAP if case.gap is None else NEW_START
    return RestartAnswer(word, part, start_high, highest)


def part_of_old(case: RestartCase) -> Fact[Fraction] | None:
    """Return the part of the old dose to restart at: of the class, or of K12 after running empty.

    None where the class has none and the pump is not known to have run empty.
    """
    rule = restart_rule(case.drug)
    if rule.fraction is None and case.ran_empty:
        return factor_fact("K12", "asked-above")
    return rule.fraction


def start_figures(drug_id: str) -> tuple[tuple[str, Fact[MassRate]], ...]:
    """Return the upper bounds of a start for somebody who is no longer tolerant."""
    found = [
        (f"start high, {one.edition}, {one.population}", one.fact.of_kind(MassRate))
        for one in limits(drug_id, "start-high", populations={"naive"})
        if one.rank == 1
    ]
    if found:
        return tuple(found)
    own = by_key(_TABLE, "drug_class")[drug(drug_id).drug_class].get("start-high", ())
    return tuple(("start high, practice", one.of_kind(MassRate)) for one in own[:1])


def restart_reasons(case: RestartCase, answer: RestartAnswer) -> Iterator[Reason]:
    """Yield why."""
    rule, fraction = restart_rule(case.drug), part_of_old(case)
    gap = Cited(f"{case.drug_class}: a longer gap is a new start", rule.gap)
    bound = show(rule.gap.value, "h")
    if answer.word == RESUME and case.gap is not None:
        text = f"{show(case.gap, 'h')} are not more than {bound}: the old dose may run on"
        yield Reason("gap", Weight.FOR, text, (gap,))
    elif answer.word == RESTORE and case.gap is not None:
        soon = "; the gap itself harms: restore soon" if rule.stop_is_hazard else ""
        most = "the old dose" if fraction is None else "a part of the old dose"
        text = (
            f"{show(case.gap, 'h')} are more than {bound}: at most {most}, watched as after"
            f" a start{soon}"
        )
        back = Cited(
            "a received dose serves as comparator for", threshold("K12", "look-back", Duration)
        )
        yield Reason("gap", Weight.CAUTION, text, (gap, back))
    elif case.gap is not None:
        text = f"{show(case.gap, 'h')} are more than {bound}: a new start, not the old dose"
        yield Reason("gap", Weight.AGAINST, text, (gap,))
    else:
        text = "how long nothing was given is not known: it counts as a new start"
        yield Reason("gap", Weight.MISSING, text, (gap,))
    if case.ran_empty is None:
        text = "whether the reservoir ran empty is not known: after that the old dose is refused"
        yield Reason("ran-empty", Weight.MISSING, text)
    if fraction is not None and answer.by_fraction is not None:
        text = f"part of the old dose: {dose_text(case.drug, answer.by_fraction)}"
        part = Cited(f"{case.drug_class}: part of the old dose", fraction)
        yield Reason("fraction", Weight.CAUTION, text, (part,))
    if answer.word in (NEW_START, UNKNOWN_GAP):
        yield from _start_reason(case, answer)
    weight = Weight.CAUTION if rule.stop_is_hazard else Weight.NOTE
    text = f"without it: {rule.abrupt_stop.value}; after {rule.onset.value}"
    cited = (Cited("abrupt stop", rule.abrupt_stop), Cited("onset", rule.onset))
    yield Reason("gap-itself", weight, text, cited)
    long = watched(case.drug, "restart")
    if long is not None:
        text = f"watch for at least {show(long, 'h')} after the restart"
        yield Reason("watch", Weight.CAUTION, text, watch_figures(case.drug, "restart"))


def _start_reason(case: RestartCase, answer: RestartAnswer) -> Iterator[Reason]:
    figures = tuple(Cited(what, fact) for what, fact in start_figures(case.drug))
    if answer.start_high is None:
        text = f"no start dose of {case.drug} is on record: the prescriber has to find one"
        yield Reason("start", Weight.MISSING, text)
    else:
        text = f"a start is at most {dose_text(case.drug, answer.start_high)}, the lowest on record"
        yield Reason("start", Weight.CAUTION, text, figures)


def restart_findings(case: RestartCase, answer: RestartAnswer) -> Iterator[Finding]:
    """Yield what stands against the dose and the watch that are planned."""
    if case.requested is not None:
        yield from _dose_findings(case, answer, case.requested)
    need = watched(case.drug, "restart")
    if need is not None and (case.watched_for is None or case.watched_for < need):
        planned = "none is planned" if case.watched_for is None else show(case.watched_for, "h")
        yield Finding(
            check="watch",
            severity=Severity.SOFT,
            message=f"watch after the restart: {show(need, 'h')} are needed, {planned}",
            source=watch_figures(case.drug, "restart")[0].fact.provenance(),
        )


def _dose_findings(case: RestartCase, answer: RestartAnswer, asked: MassRate) -> Iterator[Finding]:
    rule, old_again = restart_rule(case.drug), asked >= case.old.scaled(factor("K12", "same-dose"))
    long = answer.word != RESUME
    refused = answer.word in (NEW_START, UNKNOWN_GAP) or (case.ran_empty is True and long)
    if refused and old_again:
        yield Finding(
            check="K12",
            severity=Severity.HARD,
            message=f"{dose_text(case.drug, asked)} is the old dose or more after a gap",
            source=f"{rule.gap.provenance()}; {source('K12', 'same-dose')}; workflow.md 4c K12",
            value=dose_amount(case.drug, asked),
            limit=dose_amount(case.drug, case.old),
            suggestion=_suggestion(case, answer),
        )
    elif answer.highest is None or asked > answer.highest:
        yield Finding(
            check="K12",
            severity=Severity.SOFT,
            message=f"{dose_text(case.drug, asked)} is more than is proposed after this gap",
            source=rule.gap.provenance(),
            value=dose_amount(case.drug, asked),
            limit=None if answer.highest is None else dose_amount(case.drug, answer.highest),
            suggestion=_suggestion(case, answer),
        )
    elif old_again and (case.ran_empty is True or (case.ran_empty is None and long)):
        why = (
            "after the pump ran empty" if case.ran_empty else "and nobody said whether it ran empty"
        )
        yield Finding(
            check="K12",
            severity=Severity.SOFT,
            message=f"{dose_text(case.drug, asked)} is the old dose again, {why}",
            source=f"{source('K12', 'same-dose')}; workflow.md 4c K12",
            value=dose_amount(case.drug, asked),
            limit=dose_amount(case.drug, case.old),
        )


def _suggestion(case: RestartCase, answer: RestartAnswer) -> str:
    if answer.highest is None:
        return "no start dose is on record"
    return f"at most {dose_text(case.drug, answer.highest)}, watched"
