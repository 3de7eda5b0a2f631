"""`thecal design`: the plain and the optimised schedule of a therapy, reviewed, with the band."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import final

from thecal.care.advice import Advice, Reason, Weight
from thecal.care.derivation import Value
from thecal.care.design.advise import (
    SUMMARIES,
    listings_of,
    meaningful_disagreement,
    results_of,
    weekend_reasons,
)
from thecal.care.design.case import DesignCase, Running
from thecal.care.design.figures import figure
from thecal.care.design.plain import PROPOSED, PlainDesign, design_plainly, with_bolus
from thecal.care.design.reader import TOPIC, read_case
from thecal.errors import CannotComputeError
from thecal.lab.design.effect_site_words import (
    delay_disagreement,
    effect_site_reasons,
    effect_site_results,
    gain_within_band,
)
from thecal.lab.design.optimised import OptimisedDesign, WhereTo, optimise
from thecal.lab.design.reviewed import Reviewed, reviewed
from thecal.lab.design.running import running_in, start_in
from thecal.safety.finding import Amount, Finding
from thecal.therapy.body_course import person_at, tip_level
from thecal.therapy.events import Therapy
from thecal.therapy.table import Table

GAIN, WITHIN_BAND, REFUSED = "gain-beyond-band", "gain-within-band", "refused"
_SUMMARIES = {
    **SUMMARIES,
    GAIN: "the optimised schedule follows the diary better than the plain one, beyond the band of"
    " the priors",
    WITHIN_BAND: "what the optimised schedule gains lies within the band of the priors, or moves"
    " the effect site too little: prefer a plain one",
    REFUSED: "the review refuses every proposal",
}
_PLAIN = "plain schedules follow; none was optimised"
_RETYPE = "; a proposal is a program only after each of its lines was typed again"


@final
@dataclass(frozen=True, slots=True)
class Design:
    """The answer, and the proposals that may be accepted from it.

    Attributes
    ----------
    proposals
        Those that the review does not refuse, plain ones first.
    at
        When any of them would be written.
    """

    advice: Advice
    proposals: tuple[Reviewed, ...]
    at: datetime


def design(
    table: Table,
    therapy: Therapy,
    *,
    with_body: bool = True,
    draws: int | None = None,
    seed: int = 1,
) -> Design:
    """Return the proposals for a therapy from a table `[program-design]`.

    Parameters
    ----------
    with_body
        Whether to optimise the effect site.
    draws, seed
        From the priors of the body; None: the table's number.

    Raises
    ------
    BadFileError
        If the table cannot be read, or no therapy runs.
    """
    at = start_in(therapy, table.optional("start", table.take_moment))
    running = running_in(therapy, at)
    case = replace(read_case(table, running), start=at)
    plain = design_plainly(case)
    best, why = None, ""
    if with_body and plain.proposals:
        place = WhereTo(person_at(therapy, therapy.instant(at)), tip_level(therapy))
        count = int(figure("band", "draws", Fraction).value) if draws is None else draws
        best, why = _optimised(case, plain, place, count, seed)
    offered = plain.proposals
    if best is not None and best.proposal is not None:
        own = best.proposal
        offered = (*offered, with_bolus(running, own)[0] if case.wants_bolus else own)
    judged = tuple(reviewed(therapy, one, at) for one in offered)
    return Design(
        _advice(case, plain, best, why, judged), tuple(one for one in judged if not one.refused), at
    )


def _optimised(
    case: DesignCase, plain: PlainDesign, place: WhereTo, draws: int, seed: int
) -> tuple[OptimisedDesign | None, str]:
    """Return the optimised design, or why there is none."""
    if plain.verdict != PROPOSED:
        return None, SUMMARIES[plain.verdict]
    try:
        return optimise(case, plain, place, draws=draws, seed=seed), ""
    except CannotComputeError as error:
        return None, str(error)


def _advice(
    case: DesignCase,
    plain: PlainDesign,
    best: OptimisedDesign | None,
    why: str,
    judged: tuple[Reviewed, ...],
) -> Advice:
    kept = tuple(one.proposal for one in judged if not one.refused)
    verdict = _verdict(plain, best, judged)
    summary = _SUMMARIES.get(verdict, _PLAIN)
    reasons = (*plain.reasons, *weekend_reasons(case))
    reasons += () if best is None else effect_site_reasons(best)
    reasons += tuple(one for each in judged for one in _review_reasons(each, case.running))
    results: dict[str, Value] = results_of(kept, case.running.unit, case.start)
    for each in judged:
        if not each.refused:
            results[f"worst_case_of_{each.proposal.kind}"] = _worst(each, case.running.unit)
    if best is not None:
        results["effect_site"] = effect_site_results(best)
    return Advice(
        topic=TOPIC,
        verdict=verdict,
        summary=summary + (_RETYPE if kept else ""),
        reasons=reasons,
        results=results,
        listings=listings_of(plain.demand, kept),
        disagreements=(
            *meaningful_disagreement(case),
            *(() if best is None else delay_disagreement(best)),
        ),
        findings=(*plain.findings, *_open(judged)),
        not_checked=_not_checked(case.running, why),
    )


def _not_checked(running: Running, why: str) -> tuple[str, ...]:
    others = ", ".join(name for name in running.mixture if name != running.primary)
    found = [f"the effect site: {why}"] if why else []
    found += [f"the effect site of {others}"] if others else []
    return tuple(found)


def _verdict(plain: PlainDesign, best: OptimisedDesign | None, judged: tuple[Reviewed, ...]) -> str:
    if judged and all(one.refused for one in judged):
        return REFUSED
    if best is None or best.proposal is None:
        return plain.verdict
    return WITHIN_BAND if gain_within_band(best) else GAIN


def _open(judged: tuple[Reviewed, ...]) -> tuple[Finding, ...]:
    """Return what the review says of what may be accepted; refusals only where all are refused."""
    kept = [one for one in judged if not one.refused] or list(judged)
    return tuple(
        replace(finding, message=f"{each.proposal.kind}: {finding.message}")
        for each in kept
        for finding in each.findings
    )


def _review_reasons(each: Reviewed, running: Running) -> tuple[Reason, ...]:
    kind = each.proposal.kind
    if each.refused:
        text = f"{kind}: the review refuses it: " + "; ".join(one.message for one in each.findings)
        return (Reason("review", Weight.AGAINST, text),)
    text = f"{kind}: the review of the therapy with it says {each.verdict.value}"
    differ = each.hours_that_differ(running)
    replayed = "the virtual pump gives it hour by hour on the third day"
    weight = Weight.NOTE
    if differ:
        replayed = f"the virtual pump gives another volume in {len(differ)} hours of the third day"
        weight = Weight.CAUTION
    return Reason("review", Weight.NOTE, text), Reason("replay", weight, f"{kind}: {replayed}")


def _worst(each: Reviewed, unit: str) -> Value:
    assert each.proposal.program.primary is not None
    return Amount(each.program.worst_case_24h[each.proposal.program.primary], unit)
