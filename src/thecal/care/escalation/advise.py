"""The topic `escalation` of `thecal advise`: is the dose rising, why, and what to look for."""

from __future__ import annotations

from collections.abc import Iterator

from thecal.care.advice import Advice, Disagreement, Listing, Reason, Weight
from thecal.care.derivation import Derivation, Value, read_in
from thecal.care.document import Document
from thecal.care.dose_words import dose_amount, dose_text
from thecal.care.escalation.boluses import bolus_reasons, bolus_report, bolus_results
from thecal.care.escalation.case import SIGNS, EscalationCase, read_escalation
from thecal.care.escalation.cohorts import cohort_listings, cohort_reason
from thecal.care.escalation.options import missing_predictors, option_reasons, predictor_listing
from thecal.care.escalation.review_form import review_form
from thecal.care.escalation.signals import (
    GRANULOMA,
    REDUCE,
    REVIEW,
    SEARCH,
    STEADY,
    TOLERANCE,
    TOO_SHORT,
    WORK_UP,
    Signal,
    escalates,
    signals,
)
from thecal.care.escalation.trend import ROLLING, TABLE, Trend, history_listing, trend
from thecal.safety.finding import Amount, Finding, Severity
from thecal.therapy.table import Table
from thecal.units import Duration, show, show_percent

TOPIC = "escalation"
_SUMMARIES = {
    GRANULOMA: "a granuloma is there: no rise",
    WORK_UP: "signs that call for imaging of the catheter tip: no rise until it is seen",
    SEARCH: "signs that call for a search of pump and catheter: no rise until it is done",
    REDUCE: "reduce or rotate",
    REVIEW: "the dose has to be reviewed before it rises again",
    TOLERANCE: "the rise meets the definition of tolerance",
    TOO_SHORT: "the history is too short to judge a rise",
    STEADY: "nothing that was entered calls for a review",
}


def advise(case: Table) -> Advice:
    """Return what the table `[escalation]` comes to.

    Raises
    ------
    BadFileError
        If the table cannot be read.
    """
    return advice_on(read_escalation(case))


def documents(case: Table) -> tuple[Document, ...]:
    """Return the review form of a table `[escalation]`; raises `BadFileError`."""
    read = read_escalation(case)
    found = trend(read.history, read.now)
    return (review_form(read, found, signals(read, found)[0].word),)


def advice_on(case: EscalationCase) -> Advice:
    """Return the review of one dose over time."""
    found = trend(case.history, case.now)
    seen = signals(case, found)
    word = seen[0].word
    results: dict[str, Value] = {
        "drug": case.drug,
        "current": dose_amount(case.drug, case.history.current),
        "observed": Amount(found.observed, "d"),
        "change": found.whole,
        "yearly_change": found.yearly,
        "yearly_basis": found.basis or "none",
        "above_signal": escalates(case, found),
    }
    if case.boluses is not None:
        results["boluses"] = bolus_results(bolus_report(case.boluses, case.history.current))
    return Advice(
        topic=TOPIC,
        verdict=word,
        summary=_SUMMARIES[word],
        reasons=tuple(_reasons(case, found, seen)),
        results=results,
        listings=tuple(_listings(case)),
        disagreements=tuple(_disagreements(case)),
        steps=tuple(_steps(case, found)),
        findings=tuple(_findings(case, found, word)),
        not_checked=tuple(_not_checked(case)),
    )


def _reasons(case: EscalationCase, found: Trend, seen: tuple[Signal, ...]) -> Iterator[Reason]:
    yield from (one.reason for one in seen)
    against = cohort_reason(case, found)
    if against is not None:
        yield against
    if case.boluses is not None:
        yield from bolus_reasons(case.drug, bolus_report(case.boluses, case.history.current))
    if seen[0].word not in (STEADY, TOO_SHORT):
        yield from option_reasons(case)
    missing = missing_predictors(case)
    cited = TABLE.cited("predictor", "fields", "use")
    text = TABLE.text("predictor", "use")
    if missing:
        text = f"not recorded at the trial: {', '.join(missing)}"
    yield Reason("predictors", Weight.MISSING if missing else Weight.NOTE, text, cited)


def _listings(case: EscalationCase) -> Iterator[Listing]:
    yield history_listing(case.drug, case.history)
    yield from cohort_listings(case)
    yield predictor_listing(case)


def _disagreements(case: EscalationCase) -> Iterator[Disagreement]:
    if case.opioid:
        yield TABLE.disagreement(
            "Does the concentration or the dose make a granuloma?",
            "granuloma",
            "association",
            used=False,
        )


def _steps(case: EscalationCase, found: Trend) -> Iterator[Derivation]:
    first, last = case.history.changes[0].dose, case.history.current
    yield Derivation(
        "change since the start",
        "dose now / first dose - 1",
        f"{dose_text(case.drug, last)} / {dose_text(case.drug, first)} - 1",
        show_percent(found.whole),
        read_in("workflow.md 3 F17"),
    )
    if found.yearly is not None:
        yield Derivation(
            "change a year",
            "dose now / dose a year ago - 1"
            if found.basis == ROLLING
            else "change since the start x year / time observed",
            _year_numbers(case, found),
            show_percent(found.yearly),
            read_in("workflow.md 3 F17"),
        )


def _year_numbers(case: EscalationCase, found: Trend) -> str:
    if found.basis != ROLLING or found.yearly_rise is None:
        year = TABLE.get("any", "year", Duration).value
        return f"{show_percent(found.whole)} x {show(year, 'd')} / {show(found.observed, 'd')}"
    now = case.history.current
    return f"{dose_text(case.drug, now)} / {dose_text(case.drug, now - found.yearly_rise)} - 1"


def _findings(case: EscalationCase, found: Trend, word: str) -> Iterator[Finding]:
    if word == WORK_UP and case.imaging is None:
        yield Finding(
            check="K28",
            severity=Severity.SOFT,
            message=f"imaging is not entered: {TABLE.text('granuloma', 'work-up')}",
            source=TABLE.every("granuloma", "work-up")[0].provenance(),
            follow_up="image the catheter tip",
        )
    if escalates(case, found) and found.yearly is not None:
        yield Finding(
            check="escalation",
            severity=Severity.WARN,
            message=f"the dose rose by {show_percent(found.yearly)} a year: review (form F17)",
            source=read_in("workflow.md 1b S1.9"),
            follow_up="escalation review",
        )


def _not_checked(case: EscalationCase) -> Iterator[str]:
    unasked = [one.replace("_", " ") for one in SIGNS if one not in case.signs]
    if unasked:
        yield "signs that nobody asked for: " + ", ".join(unasked)
    if case.opioid and case.concentration is None:
        yield "concentration: left out"
    if case.new_disease is None:
        yield "whether new disease explains the rise: not answered, taken as unexplained"
    if case.boluses is None:
        yield "patient boluses: no record"
