"""The topic `microdose` of `thecal advise`: the next step of a low-dose protocol, or the day."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from thecal.care.advice import Advice, Cited, Disagreement, Listing, Reason, Weight
from thecal.care.derivation import Value
from thecal.care.weaning.figures import cited, figure
from thecal.care.weaning.microdose import (
    ADEQUATE,
    GRIDER,
    HAMZA,
    NextStep,
    in_order,
    next_step,
    protocol_steps,
)
from thecal.care.weaning.microdose_case import OUTPATIENT, MicrodoseCase, read_case
from thecal.pharmacy import Limit, limits
from thecal.safety.finding import Amount, Finding, Severity
from thecal.therapy.table import Table
from thecal.units import Duration, Mass, show, show_date

TOPIC = "microdose"
ALLOWED, REFUSED, NONE_LEFT = "allowed", "refused", "no-further-step"
DRUG = "morphine"


def advise(case: Table) -> Advice:
    """Return the next step for a table `[microdose]`.

    Raises
    ------
    BadFileError
        If the table cannot be read.
    """
    return advice_on(read_case(case))


def advice_on(case: MicrodoseCase) -> Advice:
    """Return what may come next in a case, or from what day on."""
    step = next_step(case.protocol, case.history)
    verdict = ALLOWED if step.allowed else NONE_LEFT if step.dose is None else REFUSED
    if not in_order(case.protocol, case.history.given):
        verdict = REFUSED
    day = None if step.allowed_from is None else show_date(step.allowed_from)
    results: dict[str, Value] = {
        "protocol": case.protocol,
        "next_dose": Amount(step.dose, "ug") if step.dose is not None and step.allowed else None,
        "refused_dose": None if step.dose is None or step.allowed else Amount(step.dose, "ug"),
        "allowed_from": day,
    }
    results.update(_start_after_trial(case))
    return Advice(
        topic=TOPIC,
        verdict=verdict,
        summary=_summary(step, day),
        reasons=tuple(_reasons(case, step)),
        results=results,
        listings=(_steps_listing(case, step),),
        disagreements=(_disagreement(case),),
        findings=tuple(_findings(case, step, verdict)),
        not_checked=tuple(_not_checked(case)),
    )


def _summary(step: NextStep, day: str | None) -> str:
    if step.dose is None:
        return step.why
    shown = f"{show(step.dose, 'ug')} of intrathecal {DRUG}"
    if step.allowed:
        return f"{shown} may come next: {step.why}"
    when = f"; allowed from {day}, if no opioid is taken and that is recorded" if day else ""
    return f"{shown} is refused: {step.why}{when}"


def _reasons(case: MicrodoseCase, step: NextStep) -> Iterator[Reason]:
    weight = Weight.FOR if step.allowed else Weight.AGAINST
    rests_on = "opioid-free" if case.protocol == GRIDER else "systemic-cut"
    yield Reason(rests_on, weight, step.why, cited(case.protocol, rests_on, "step"))
    if case.protocol == GRIDER:
        yield Reason(
            "response",
            Weight.NOTE,
            "where response was seen, and where doses stayed on average afterwards; pain was the"
            " same before and after the opioid-free time",
            (*cited(GRIDER, "response-low", "response-high"), *cited("grider-2016", "mean-below")),
        )
    else:
        yield Reason(
            "given",
            Weight.NOTE,
            "doses in that series",
            cited(HAMZA, "given-at-6-months", "given-at-36-months"),
        )
    for limit in _bolus_limits():
        yield Reason(
            "bolus-limit",
            Weight.NOTE,
            f"highest trial dose, {limit.parameter}, {limit.edition}: {show(limit.mass, 'ug')}",
            (Cited(f"{limit.edition}, {limit.population}", limit.fact),),
        )


def _findings(case: MicrodoseCase, step: NextStep, verdict: str) -> Iterator[Finding]:
    if verdict == REFUSED:
        rests_on = "opioid-free" if case.protocol == GRIDER else "systemic-cut"
        fact = cited(case.protocol, rests_on)[0].fact
        until = "" if step.allowed_from is None else f"from {show_date(step.allowed_from)}"
        source = f"{case.protocol}: {fact.provenance()}"
        yield Finding("K27", Severity.HARD, step.why, source, suggestion=until)
    if step.dose is None or not step.allowed or case.protocol != GRIDER:
        return
    for limit in _bolus_limits():
        naive = limit.parameter == "trial-outpatient-high"
        if step.dose > limit.mass and not (naive and case.place not in (None, OUTPATIENT)):
            where = "nobody said where it is given; " if naive and case.place is None else ""
            yield Finding(
                "K27",
                Severity.SOFT,
                f"{where}{show(step.dose, 'ug')} is above {show(limit.mass, 'ug')}, the highest"
                f" trial dose of {limit.edition}"
                + (" outside a hospital for somebody without opioids" if naive else ""),
                limit.whose(),
                value=Amount(step.dose, "ug"),
                limit=Amount(limit.mass, "ug"),
                follow_up="watch for 24 hours",
            )


def _bolus_limits() -> tuple[Limit, ...]:
    return tuple(
        one
        for parameter in ("trial-high", "trial-outpatient-high")
        for one in limits(DRUG, parameter, populations=("naive",))
        if one.rank == 1
    )


def _steps_listing(case: MicrodoseCase, step: NextStep) -> Listing:
    rows: list[tuple[Value, ...]] = []
    for dose in protocol_steps(case.protocol):
        days = [show_date(one.day) for one in case.history.given if one.dose == dose]
        standing = "given " + ", ".join(days) if days else _standing(dose, step)
        rows.append((Amount(dose, "ug"), standing))
    return Listing(f"Steps of {case.protocol}", ("dose", "standing"), tuple(rows))


def _standing(dose: Mass, step: NextStep) -> str:
    if dose != step.dose:
        return "later"
    return "next, allowed" if step.allowed else "next, refused"


def _start_after_trial(case: MicrodoseCase) -> dict[str, Value]:
    """Return the range of a start after a trial dose that was enough, where a source has one."""
    if case.protocol != HAMZA or not case.history.given or case.history.response != ADEQUATE:
        return {}
    dose = case.history.given[-1].dose / Duration.of(1, "d")
    parts = (figure(HAMZA, f"start-part-{end}", Fraction).value for end in ("low", "high"))
    return {"daily_start": tuple(Amount(dose.scaled(part), "ug/d") for part in parts)}


def _disagreement(case: MicrodoseCase) -> Disagreement:
    answers = [
        Cited(f"{GRIDER}: free of opioids first", cited(GRIDER, "opioid-free")[0].fact),
        Cited(f"{HAMZA}: cut by this part first", cited(HAMZA, "systemic-cut")[0].fact),
    ]
    if case.protocol == HAMZA:
        answers.reverse()
    return Disagreement("What comes before the trial?", tuple(answers))


def _not_checked(case: MicrodoseCase) -> Iterator[str]:
    yield "the time between two trial doses: no source on record names one"
    if case.protocol == HAMZA:
        yield "steps after the first: no source on record names them"
    if case.place is None:
        yield "where the dose is given"
