"""The topic `titration` of `thecal advise`: the next dose, from when, how far, when to go back."""

from __future__ import annotations

from collections.abc import Iterator

from thecal.care.advice import Advice, Listing, Reason, Weight
from thecal.care.derivation import Derivation, Value
from thecal.care.document import Document
from thecal.care.dose_words import dose_amount, dose_text
from thecal.care.titration.bounds import Bounds, bounds
from thecal.care.titration.calendar import Calendar, calendar
from thecal.care.titration.case import BACLOFEN, TitrationCase
from thecal.care.titration.conflicts import cited_limit, conflicts, high_dose_reason
from thecal.care.titration.deliverable import line_of
from thecal.care.titration.listings import calendar_listing, schemes_listing
from thecal.care.titration.mixture import mixture_findings, mixture_listing
from thecal.care.titration.monitoring import monitoring_listing, watch_figures, watch_text
from thecal.care.titration.next_dose import NextDose, most_careful, next_dose
from thecal.care.titration.oral_wean import oral_listing
from thecal.care.titration.plan_document import plan_document
from thecal.care.titration.questions import open_points, unanswered
from thecal.care.titration.reader import read_titration
from thecal.care.titration.request import request_findings
from thecal.care.titration.response import GO_ON, HOLD, REDUCE, SEARCH, STOP, Response, responses
from thecal.care.titration.schemes import TABLE, schemes
from thecal.care.titration.start import start_advice
from thecal.errors import CannotComputeError
from thecal.pharmacy import limits
from thecal.safety.finding import Finding, Severity
from thecal.therapy.table import Table
from thecal.units import show_time

TOPIC = "titration"
WAIT, AT_MAXIMUM, MAY_RAISE = "wait", "at-maximum", "may-raise"
ASK_FIRST = "ask-first"
REFUSED, NEEDS_REASON = "refused", "needs-a-reason"
_RISING = (MAY_RAISE, ASK_FIRST, WAIT, REFUSED, NEEDS_REASON, AT_MAXIMUM)
_SUMMARIES = {
    STOP: "stop now; see why",
    REDUCE: "lower the dose; see why and by how much",
    SEARCH: "no rise: search for the cause first",
    HOLD: "the dose stays",
    WAIT: "too early for a rise",
    AT_MAXIMUM: "no rise is left below the maximum",
    ASK_FIRST: "no rise beside an unknown answer: what is missing is asked first",
    MAY_RAISE: "a rise within the range below is within the scheme",
    NEEDS_REASON: "the dose asked for is beyond a practice or a maximum: who wants it says why",
    REFUSED: "the dose asked for is refused; what is allowed stands below",
}


def advise(case: Table) -> Advice:
    """Return what the table `[titration]` comes to.

    Raises
    ------
    BadFileError
        If the table cannot be read.
    """
    return advice_on(read_titration(case))


def documents(case: Table) -> tuple[Document, ...]:
    """Return the plan of a table `[titration]`, none where the dose does not rise.

    Raises
    ------
    BadFileError
        If the table cannot be read.
    """
    read = read_titration(case)
    if read.history is None:
        return ()
    held = bounds(read.drug, read.populations)
    chosen = choose(read, tuple(next_dose(one, held, read.history) for one in schemes(read)))
    findings = (*request_findings(read, chosen, held), *mixture_findings(read, chosen))
    if verdict(read, chosen, responses(read), findings) not in _RISING:
        return ()
    planned = calendar(
        chosen.scheme, held, read.history, read.now, target=read.target, steps=read.steps
    )
    return (plan_document(read, chosen, planned),)


def advice_on(case: TitrationCase) -> Advice:
    """Return the next dose of a case; the start where nothing runs yet."""
    held = bounds(case.drug, case.populations)
    if case.history is None:
        return start_advice(TOPIC, case, held)
    answers = tuple(next_dose(one, held, case.history) for one in schemes(case))
    chosen = choose(case, answers)
    demands = responses(case)
    findings = (*request_findings(case, chosen, held), *mixture_findings(case, chosen))
    word = verdict(case, chosen, demands, findings)
    planned = calendar(
        chosen.scheme, held, case.history, case.now, target=case.target, steps=case.steps
    )
    return Advice(
        topic=TOPIC,
        verdict=word,
        summary=_SUMMARIES[word],
        reasons=tuple(_reasons(case, chosen, demands, held)),
        results=_results(case, chosen, demands, held, word),
        listings=tuple(_listings(case, answers, chosen, planned, word)),
        disagreements=tuple(conflicts(case, answers, chosen, held)),
        steps=tuple(_steps(case, chosen, held)),
        findings=findings,
        not_checked=tuple(_not_checked(case, held)),
    )


def choose(case: TitrationCase, answers: tuple[NextDose, ...]) -> NextDose:
    """Return the answer of the scheme that was asked for, else the most careful one.

    Raises
    ------
    CannotComputeError
        If no edition has a step for this drug and patient.
    """
    named = [one for one in answers if case.scheme in (None, one.scheme.edition)]
    if not named:
        raise CannotComputeError(
            f"there is no step on record for {case.drug} here",
            remedy="add rows step-up and step-interval for it to the clinic's limits.csv",
        )
    return most_careful(tuple(named))


def verdict(
    case: TitrationCase,
    chosen: NextDose,
    demands: tuple[Response, ...],
    findings: tuple[Finding, ...],
) -> str:
    """Return the verdict; what protects goes before what allows."""
    if demands and demands[0].word in (STOP, REDUCE):
        return demands[0].word
    if any(one.severity is Severity.HARD for one in findings):
        return REFUSED
    if demands and demands[0].word != GO_ON:
        return demands[0].word
    if any(one.blocks for one in findings):
        return NEEDS_REASON
    if not chosen.room:
        return AT_MAXIMUM
    if case.refill_overdue is True or case.now < chosen.earliest:
        return WAIT
    return ASK_FIRST if unanswered(case) else MAY_RAISE


def _results(
    case: TitrationCase,
    chosen: NextDose,
    demands: tuple[Response, ...],
    held: Bounds,
    word: str,
) -> dict[str, Value]:
    def shown(dose_of: NextDose) -> dict[str, Value]:
        return {
            "computed_by_step": dose_amount(case.drug, dose_of.computed),
            "allowed": (
                dose_amount(case.drug, dose_of.lowest),
                dose_amount(case.drug, dose_of.highest),
            ),
            "earliest": dose_of.earliest.isoformat(timespec="minutes"),
        }

    results: dict[str, Value] = {
        "drug": case.drug,
        "scheme": chosen.scheme.edition,
        "current": dose_amount(case.drug, chosen.current),
    }
    if word in _RISING:
        results.update(shown(chosen))
    if demands and demands[0].lowest is not None and demands[0].highest is not None:
        results["reduce_to"] = (
            dose_amount(case.drug, demands[0].lowest),
            dose_amount(case.drug, demands[0].highest),
        )
    if held.lowest is not None:
        results["maximum"] = dose_amount(case.drug, held.lowest.rate)
    if case.requested is not None:
        results["requested"] = dose_amount(case.drug, case.requested)
    return results


def _reasons(
    case: TitrationCase, chosen: NextDose, demands: tuple[Response, ...], held: Bounds
) -> Iterator[Reason]:
    yield from (one.reason for one in demands)
    yield from _missing(case)
    if case.refill_overdue is True:
        cited = TABLE.cited("any", "refill-overdue")
        yield Reason("refill", Weight.AGAINST, TABLE.text("any", "refill-overdue"), cited)
    early = case.now < chosen.earliest
    yield Reason(
        "interval",
        Weight.AGAINST if early else Weight.FOR,
        f"{'no rise before' if early else 'a rise is timely since'} {show_time(chosen.earliest)}",
        chosen.scheme.cited(),
    )
    if chosen.cut:
        yield Reason(
            "maximum",
            Weight.AGAINST,
            f"the step computes {dose_text(case.drug, chosen.computed)}; refused, for it is above"
            f" the maximum; allowed is {dose_text(case.drug, chosen.highest)}",
            held.cited(),
        )
    yield from _too_young(case)
    caution = high_dose_reason(case, chosen)
    if caution is not None:
        yield caution
    if case.drug == BACLOFEN:
        yield from _baclofen(case)
    if chosen.scheme.step.fact.recalled:
        text = "the step is only remembered: look it up before it decides anything"
        yield Reason("unverified", Weight.CAUTION, text, (cited_limit(chosen.scheme.step),))
    text = f"after the change watch {watch_text(case.drug)}"
    yield Reason("watch", Weight.NOTE, text, watch_figures(case.drug, "rise"))
    lasts = f"to find the dose takes {TABLE.text('any', 'titration-lasts')}"
    yield Reason("patience", Weight.NOTE, lasts, TABLE.cited("any", "titration-lasts"))


def _missing(case: TitrationCase) -> Iterator[Reason]:
    for rule, (answer, text) in open_points(case).items():
        if answer is None:
            yield Reason(rule, Weight.MISSING, f"not known: {text}")


def _too_young(case: TitrationCase) -> Iterator[Reason]:
    for one in limits(case.drug, "minimum-age", populations=()):
        if case.age is not None and case.age < one.number:
            text = f"below the age of {one.number} years of the label: use is off-label"
            yield Reason("age", Weight.CAUTION, text, (cited_limit(one),))


def _baclofen(case: TitrationCase) -> Iterator[Reason]:
    if case.oral:
        cited = TABLE.cited(
            "oral-wean", "order", "fraction-low", "fraction-high", "reassess-within"
        )
        yield Reason("oral-wean", Weight.CAUTION, TABLE.text("oral-wean", "order"), cited)
        if any(one.name.lower() == BACLOFEN for one in case.oral):
            cited = TABLE.cited("any", "stacking")
            yield Reason("stacking", Weight.CAUTION, TABLE.text("any", "stacking"), cited)


def _listings(
    case: TitrationCase,
    answers: tuple[NextDose, ...],
    chosen: NextDose,
    planned: Calendar,
    word: str,
) -> Iterator[Listing]:
    if word in _RISING:
        yield schemes_listing(case, answers)
        yield calendar_listing(case, chosen, planned)
        if case.mixed_with:
            yield mixture_listing(case, chosen)
    yield monitoring_listing(case.drug)
    if case.oral and case.drug == BACLOFEN:
        yield oral_listing(case.oral)


def _steps(case: TitrationCase, chosen: NextDose, held: Bounds) -> Iterator[Derivation]:
    step = chosen.scheme.step
    added = step.parameter == "step-up-rate"
    by = dose_text(case.drug, step.rate) if added else f"1 + {step.number}"
    yield Derivation(
        "highest dose by the step",
        "present dose + step" if added else "present dose x (1 + step)",
        f"{dose_text(case.drug, chosen.current)} {'+' if added else 'x'} ({by})",
        dose_text(case.drug, chosen.computed),
        step.whose(),
    )
    if held.lowest is not None:
        yield Derivation(
            "highest dose that is proposed",
            "the lower of step and maximum",
            f"{dose_text(case.drug, chosen.computed)}; {dose_text(case.drug, held.lowest.rate)}",
            dose_text(case.drug, chosen.highest),
            held.lowest.whose(),
        )


def _not_checked(case: TitrationCase, held: Bounds) -> Iterator[str]:
    if held.lowest is None:
        yield f"no maximum of {case.drug} is on record"
    if held.highest_reported is None:
        yield f"no source reports a highest given dose of {case.drug}"
    if line_of(case.pump, case.concentration) is None:
        yield "whether the pump can deliver it: pump or concentration left out"
    if not case.mixed_with:
        yield "other drugs in the same reservoir: none named; one rate moves them all"
