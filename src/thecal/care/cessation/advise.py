"""The topic `cessation` of `thecal advise`: how to end a therapy. A stop is never refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from thecal.care.advice import Advice, Cited, Disagreement, Listing, Reason, Weight
from thecal.care.cessation.case import TABLE, URGENT, CessationCase, read_cessation
from thecal.care.cessation.plan import AT_ONCE, PUMP, UNTIL, ZERO, WeanPlan, wean_plan
from thecal.care.cessation.wean_document import wean_document
from thecal.care.derivation import Value
from thecal.care.document import Document
from thecal.care.dose_words import dose_amount, dose_text
from thecal.care.titration.deliverable import line_of
from thecal.data import Fact, FactValue
from thecal.pharmacy import drug
from thecal.pharmacy.restart import restart_rule
from thecal.safety.finding import Amount, Finding, Severity
from thecal.therapy.table import Table
from thecal.units import Duration, show, show_date, show_percent

TOPIC = "cessation"
MAY_STOP, WEAN, STOP_UNDER_COVER = "may-stop", "wean", "stop-under-cover"
_SUMMARIES = {
    MAY_STOP: "it may stop at once; pain returns",
    WEAN: "lower in steps by the plan below",
    STOP_UNDER_COVER: "it stops at once: cover from the first hour, the team on call",
}
_ENDS = {
    UNTIL: "ended by the dose asked for",
    PUMP: "ended by the pump: the last row cannot be given",
    ZERO: "ended at zero",
    AT_ONCE: "no steps are needed",
    "rows": "goes on in the same way",
}


def advise(case: Table) -> Advice:
    """Return what the table `[cessation]` comes to.

    Raises
    ------
    BadFileError
        If the table cannot be read.
    """
    return advice_on(read_cessation(case))


def documents(case: Table) -> tuple[Document, ...]:
    """Return the plan of a table `[cessation]`; raises `BadFileError`."""
    read = read_cessation(case)
    return (wean_document(read, wean_plan(read)),)


def advice_on(case: CessationCase) -> Advice:
    """Return the plan to end a therapy."""
    plan = wean_plan(case)
    word = verdict(case)
    deciding, dose = case.deciding
    results: dict[str, Value] = {
        "deciding_drug": deciding,
        "dose": dose_amount(deciding, dose),
        "reason": case.reason,
        "ended_by": plan.ended_by,
        "last_day": plan.rows[-1].day.isoformat(),
    }
    line = line_of(case.pump, case.concentration)
    least = None if line is None else line.least_dose()
    if least is not None:
        results["least_dose_of_pump"] = dose_amount(deciding, least)
    return Advice(
        topic=TOPIC,
        verdict=word,
        summary=_SUMMARIES[word],
        reasons=tuple(_reasons(case, plan)),
        results=results,
        listings=(plan_listing(case, plan),),
        disagreements=tuple(_disagreements(case, plan)),
        findings=tuple(_findings(case, plan, word)),
        not_checked=tuple(_not_checked(case)),
    )


def verdict(case: CessationCase) -> str:
    """Return the verdict: what the class of the deciding drug allows, and what is planned."""
    if TABLE.text(case.deciding_class, "abrupt-stop-allowed") == "yes":
        return MAY_STOP
    return STOP_UNDER_COVER if case.at_once or case.reason in URGENT else WEAN


def plan_listing(case: CessationCase, plan: WeanPlan) -> Listing:
    """Return the plan as a table: day, what is left, each drug, flow and pump."""
    line = line_of(case.pump, case.concentration)
    names = tuple(name for name, _ in case.doses)
    rows = []
    for row in plan.rows:
        cells: list[Value] = [row.day.isoformat(), show_percent(row.part, signed=False)]
        cells += [dose_amount(name, dose.scaled(row.part)) for name, dose in case.doses]
        if line is not None:
            flow = line.deliver(row.dose).flow
            cells += [Amount(flow, "mL/d"), row.problem or "deliverable"]
        rows.append(tuple(cells))
    columns = ("from", "left", *names, *(("flow", "pump") if line is not None else ()))
    return Listing(f"Plan, {_ENDS[plan.ended_by]}", columns, tuple(rows))


def _reasons(case: CessationCase, plan: WeanPlan) -> Iterator[Reason]:
    for name, _ in case.doses:
        yield _class_reason(name)
    deciding, _ = case.deciding
    if len(case.doses) > 1:
        text = f"one rate lowers every drug: {deciding} sets the pace"
        yield Reason("pace", Weight.NOTE, text, TABLE.cited("any", "wean-order"))
    if plan.fraction is not None:
        every = TABLE.get(case.deciding_class, "wean-interval", Duration).value
        text = f"each step takes {show_percent(plan.fraction, signed=False)} every " + show(
            every, "d"
        )
        cited = (
            _fraction_cited(case, plan),
            *TABLE.cited(case.deciding_class, "wean-interval"),
        )
        yield Reason("steps", Weight.NOTE, text, cited)
    elif plan.ended_by == ZERO:
        days = (plan.rows[-1].day - plan.rows[0].day).days
        text = f"even steps to zero over {days} days"
        yield Reason("steps", Weight.NOTE, text, _days_cited(case))
    if plan.ended_by == PUMP:
        yield _pump_reason(case, plan)
    if case.reason in URGENT:
        cited = TABLE.cited("any", "urgent-share")
        text = f"{case.reason}: there is no time for a plan; cover replaces it"
        yield Reason("urgent", Weight.CAUTION, text, cited)
    yield from _cover(case)
    yield Reason("record", Weight.NOTE, TABLE.text("any", "record"), TABLE.cited("any", "record"))


def _class_reason(name: str) -> Reason:
    drug_class, rule = drug(name).drug_class, restart_rule(name)
    allowed = TABLE.text(drug_class, "abrupt-stop-allowed") == "yes"
    cited = (
        *TABLE.cited(drug_class, "abrupt-stop-allowed", "how"),
        Cited(f"{drug_class}: stopped at once", rule.abrupt_stop),
        Cited(f"{drug_class}: onset", rule.onset),
    )
    text = f"{name}: {TABLE.text(drug_class, 'how')}; stopped at once: {rule.abrupt_stop.value}"
    return Reason(f"stop-{name}", Weight.NOTE if allowed else Weight.CAUTION, text, cited)


def _pump_reason(case: CessationCase, plan: WeanPlan) -> Reason:
    line = line_of(case.pump, case.concentration)
    deciding, _ = case.deciding
    cited = () if line is None else line.cited()
    if len(plan.rows) < 2:
        text = f"the pump cannot give even the present dose: {plan.rows[0].problem}"
    else:
        last = plan.rows[-2]
        text = (
            f"the pump cannot go lower than the step of {show_date(last.day)},"
            f" {dose_text(deciding, last.dose)}: {plan.rows[-1].problem};"
            " dilute, or stop from there under cover"
        )
    return Reason("pump", Weight.AGAINST, text, cited)


def _cover(case: CessationCase) -> Iterator[Reason]:
    for drug_class in dict.fromkeys(drug(name).drug_class for name, _ in case.doses):
        if not TABLE.has(drug_class, "cover"):
            continue
        cited = TABLE.cited(drug_class, "cover")
        if TABLE.has(drug_class, "cover-warning"):
            cited = (*cited, *TABLE.cited(drug_class, "cover-warning"))
        ordered = {True: "ordered", False: "not ordered", None: "nobody has said whether ordered"}
        text = f"cover: {TABLE.text(drug_class, 'cover')} ({ordered[case.covered]})"
        weight = Weight.MISSING if case.covered is None else Weight.NOTE
        if case.covered is False:
            weight = Weight.CAUTION
        yield Reason(f"cover-{drug_class}", weight, text, cited)


def _disagreements(case: CessationCase, plan: WeanPlan) -> Iterator[Disagreement]:
    drug_class = case.deciding_class
    if TABLE.has(drug_class, "wean-fraction"):
        every = TABLE.disagreement("How much at each step?", drug_class, "wean-fraction")
        used = sorted(every.answers, key=lambda one: one.fact.value != plan.fraction)
        yield replace(every, answers=tuple(used))
    if TABLE.has(drug_class, "taper-days"):
        days = Duration.of((plan.rows[-1].day - plan.rows[0].day).days, "d")
        every = TABLE.disagreement("Over how many days?", drug_class, "taper-days")
        used = sorted(every.answers, key=lambda one: one.fact.value != days)
        yield replace(every, answers=tuple(used))


def _fraction_cited(case: CessationCase, plan: WeanPlan) -> Cited:
    every: tuple[Fact[FactValue], ...] = TABLE.every(case.deciding_class, "wean-fraction")
    fact = next(one for one in every if one.value == plan.fraction)
    return Cited(f"part of the dose at each step ({fact.note})", fact)


def _days_cited(case: CessationCase) -> tuple[Cited, ...]:
    every = TABLE.every(case.deciding_class, "taper-days")
    return tuple(Cited(one.note, one) for one in every)


def _findings(case: CessationCase, plan: WeanPlan, word: str) -> Iterator[Finding]:
    """Yield warnings only: a stop or a lower dose is never refused."""
    deciding, _ = case.deciding
    rule = restart_rule(deciding)
    if word == STOP_UNDER_COVER:
        yield Finding(
            check="abrupt-stop",
            severity=Severity.WARN,
            message=f"{deciding} stopped at once: {rule.abrupt_stop.value}",
            source=rule.abrupt_stop.provenance(),
            follow_up=f"watch for withdrawal ({rule.onset.value}); cover ordered and given",
        )
    if plan.ended_by == PUMP:
        line = line_of(case.pump, case.concentration)
        yield Finding(
            check="pump-minimum",
            severity=Severity.WARN,
            message=plan.rows[-1].problem,
            source="" if line is None else line.cited()[0].fact.provenance(),
            follow_up="a lower concentration before that day, or a stop under cover",
        )


def _not_checked(case: CessationCase) -> Iterator[str]:
    if line_of(case.pump, case.concentration) is None:
        yield "whether the pump can deliver each step: pump or concentration left out"
    yield "systemic drugs that take over (thecal calc convert-opioid)"
