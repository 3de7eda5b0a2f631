"""A dose that somebody asks for, held against step, time and maxima.

A lower dose is never refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from thecal.care.dose_words import dose_amount, dose_text
from thecal.care.titration.bounds import Bounds
from thecal.care.titration.case import TitrationCase
from thecal.care.titration.next_dose import NextDose
from thecal.care.titration.questions import unanswered
from thecal.care.titration.response import GO_ON, REDUCE, STOP, responses
from thecal.care.titration.schemes import TABLE
from thecal.pharmacy import Limit, limits
from thecal.safety.finding import Finding, Severity
from thecal.safety.rules import hard_unless_recalled
from thecal.units import MassRate, show_percent, show_time

ASKED, AGE = "ask-first", "age"
STEP, INTERVAL, MAXIMUM = "step-size", "step-interval", "maximum"
RESPONSE, REFILL = "response", "refill-overdue"
_REFUSING = (STOP, REDUCE)


def request_findings(case: TitrationCase, allowed: NextDose, bounds: Bounds) -> tuple[Finding, ...]:
    """Return what stands against `case.requested`; empty for a dose that is no rise."""
    asked = case.requested
    if asked is None or asked <= allowed.current:
        return ()
    return (
        *_age(case),
        *_response(case),
        *_size(case, allowed, asked),
        *_time(case, allowed, asked),
        *_maxima(case.drug, bounds, asked, allowed.highest),
    )


def maximum_findings(drug_id: str, bounds: Bounds, asked: MassRate) -> tuple[Finding, ...]:
    """Return what the maxima say against a dose: the highest ever reported refuses, others ask."""
    return tuple(_maxima(drug_id, bounds, asked, None))


def _age(case: TitrationCase) -> Iterator[Finding]:
    """Yield that the person is younger than the label of the drug begins."""
    for one in limits(case.drug, "minimum-age", populations=()):
        if case.age is not None and case.age < one.number:
            yield Finding(
                check=AGE,
                severity=Severity.SOFT,
                message=f"{case.drug} at {case.age} years: the label begins at {one.number} years",
                source=one.whose(),
                value=f"{case.age} y",
                limit=f"{one.number} y",
            )


def _response(case: TitrationCase) -> Iterator[Finding]:
    """Yield that a rise goes against what the present dose did, or beside what nobody answered."""
    open_ones = unanswered(case)
    if open_ones:
        yield Finding(
            check=ASKED,
            severity=Severity.SOFT,
            message="no rise beside an unknown answer: " + ", ".join(open_ones).replace("-", " "),
            source=TABLE.every("any", "baseline")[0].provenance(),
        )
    for one in responses(case):
        if one.word == GO_ON:
            continue
        facts = [cited.fact for cited in one.reason.figures]
        # A sentence explains; only a figure decides, and a remembered one never refuses.
        remembered = any(fact.recalled and not isinstance(fact.value, str) for fact in facts)
        refuses = one.word in _REFUSING and not remembered
        sources = dict.fromkeys(fact.provenance() for fact in facts)
        yield Finding(
            check=RESPONSE,
            severity=Severity.HARD if refuses else Severity.SOFT,
            message=f"no rise: {one.reason.text}",
            source="; ".join(sources) or "project rule",
        )
    if case.refill_overdue is True:
        yield Finding(
            check=REFILL,
            severity=Severity.SOFT,
            message=TABLE.text("any", "refill-overdue"),
            source=TABLE.every("any", "refill-overdue")[0].provenance(),
        )


def _severity(limit: Limit) -> Severity:
    """Return `hard` for a label that was read; a practice or a remembered figure asks."""
    if limit.edition.startswith("label"):
        return hard_unless_recalled(limit.fact)
    return Severity.SOFT


def _size(case: TitrationCase, allowed: NextDose, asked: MassRate) -> Iterator[Finding]:
    if asked <= allowed.computed:
        return
    rise = show_percent(asked.ratio(allowed.current) - 1)
    yield Finding(
        check=STEP,
        severity=_severity(allowed.scheme.step),
        message=(
            f"{dose_text(case.drug, asked)} is {rise} against"
            f" {dose_text(case.drug, allowed.current)}; the step allows"
            f" {dose_text(case.drug, allowed.computed)}"
        ),
        source=allowed.scheme.step.whose(),
        value=dose_amount(case.drug, asked),
        limit=dose_amount(case.drug, allowed.computed),
        suggestion=_suggested(case, allowed),
    )


def _time(case: TitrationCase, allowed: NextDose, asked: MassRate) -> Iterator[Finding]:
    if case.now >= allowed.earliest:
        return
    figure = allowed.wait.figure
    yield Finding(
        check=INTERVAL,
        severity=_severity(figure) if isinstance(figure, Limit) else Severity.SOFT,
        message=(
            f"{dose_text(case.drug, asked)} comes too early:"
            f" no rise before {show_time(allowed.earliest)}"
        ),
        source=figure.whose() if isinstance(figure, Limit) else figure.provenance(),
        value=_moment(case.now),
        limit=_moment(allowed.earliest),
        suggestion=_suggested(case, allowed),
    )


def _maxima(
    drug_id: str, bounds: Bounds, asked: MassRate, propose: MassRate | None
) -> Iterator[Finding]:
    every = [one for one in bounds.maxima if one.rank == 1]
    if bounds.highest_reported is not None:
        every.append(bounds.highest_reported)
    for limit in every:
        if asked <= limit.rate:
            continue
        hard = limit is bounds.highest_reported
        left = "" if propose is None else f"; allowed is {dose_text(drug_id, propose)}"
        yield Finding(
            check=MAXIMUM,
            severity=hard_unless_recalled(limit.fact) if hard else Severity.SOFT,
            message=(
                f"{dose_text(drug_id, asked)} is above {dose_text(drug_id, limit.rate)}"
                f" ({limit.parameter.replace('-', ' ')}, {limit.edition}){left}"
            ),
            source=limit.whose(),
            value=dose_amount(drug_id, asked),
            limit=dose_amount(drug_id, limit.rate),
        )


def _suggested(case: TitrationCase, allowed: NextDose) -> str:
    if not allowed.room:
        return "no rise is left below the maximum"
    return f"up to {dose_text(case.drug, allowed.highest)} from {show_time(allowed.earliest)}"


def _moment(time: datetime) -> str:
    return time.isoformat(timespec="minutes")
