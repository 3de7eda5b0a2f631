"""The topic `interactions` of `thecal advise`: what meets what, and what got lost on the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from thecal.care.advice import Advice, Cited, Listing, Reason, Weight
from thecal.care.derivation import Value
from thecal.care.interactions.medicines import Medicine
from thecal.care.interactions.meetings import Meeting, meetings
from thecal.care.interactions.reader import STARTS, WATCH, InteractionCase, read_interactions
from thecal.care.interactions.reconcile import Lost, added, lost
from thecal.care.interactions.rules import (
    MAO_INHIBITOR,
    SYSTEMIC_OPIOID,
    classes_that_need_watching,
    rule,
)
from thecal.safety.finding import Amount, Finding, Severity
from thecal.therapy.table import Table
from thecal.units import Duration, show, show_date

TOPIC = "interactions"
K20, K29 = "K20", "K29"
_ORAL_BACLOFEN = "oral-baclofen"


def advise(case: Table) -> Advice:
    """Return the interactions of a table `[interactions]`; raises `BadFileError`."""
    return advice_on(read_interactions(case))


def advice_on(case: InteractionCase) -> Advice:
    """Return interactions, lost medicines and open questions of a case."""
    listed = _everything(case)
    met = meetings(case.pump, listed, case.on, alcohol=bool(case.alcohol))
    gone = _lost(case)
    pairs = [
        *_met(case, met),
        *_reconciled(case, gone),
        *_watched(case, met),
        *_unknown(case, listed),
        *_left_out(case, listed),
        *_not_gone_through(case),
    ]
    findings = tuple(finding for _, finding in pairs if finding is not None)
    verdict = _verdict(findings)
    return Advice(
        topic=TOPIC,
        verdict=verdict,
        summary=_summary(verdict, met, gone),
        reasons=tuple(reason for reason, _ in pairs),
        results=_results(case, gone),
        listings=(_met_listing(met), _list_listing(case)),
        findings=findings,
        not_checked=(
            "interactions that no row of the table names; doses of the medicines",
            *(() if case.home is not None else ("the list from home: nobody entered it",)),
            *(() if case.ordered is not None else ("orders of other drugs: none was entered",)),
        ),
    )


Judged = tuple[Reason, Finding | None]


def _everything(case: InteractionCase) -> tuple[Medicine, ...]:
    """Return home and ordered medicines, each once; what is stopped on purpose is not taken."""
    found: dict[str, Medicine] = {}
    for one in (*(case.home or ()), *(case.ordered or ())):
        if one.name not in case.stopped:
            found.setdefault(one.name, one)
    # An order brings back what had been stopped.
    found.update({one.name: one for one in case.ordered or ()})
    return tuple(found.values())


def _lost(case: InteractionCase) -> tuple[Lost, ...]:
    if case.home is None or case.ordered is None:
        return ()
    return lost(case.home, case.ordered, tuple(case.stopped))


def _finding(
    case: InteractionCase, check: str, severity: Severity, reason: Reason, about: str = ""
) -> Finding:
    """Return a reason as a finding; what is `about` something a person may have answered."""
    source = "; ".join(one.fact.provenance() for one in reason.figures) or "the case itself"
    answer = case.answers.get(about) if severity is Severity.SOFT else None
    return Finding(check, severity, reason.text, source, answer=answer)


def _met(case: InteractionCase, met: tuple[Meeting, ...]) -> Iterator[Judged]:
    for one in met:
        text = f"{one.pump_drug} and {one.name} ({one.partner}): {one.effect.value}"
        figures = [
            Cited(f"{one.pump_drug} with {one.partner}", one.effect),
            Cited(f"how far {one.partner} goes", rule(one.partner, "severity", str)),
        ]
        if one.partner == MAO_INHIBITOR:
            figures.append(Cited("washout", rule(one.partner, "washout", Duration)))
        weight = Weight.AGAINST if one.severity is Severity.HARD else Weight.CAUTION
        reason = Reason("interaction", weight, text, tuple(figures))
        yield reason, _finding(case, K20, one.severity, reason, one.name)


def _reconciled(case: InteractionCase, gone: tuple[Lost, ...]) -> Iterator[Judged]:
    for one in gone:
        dose = f" {one.medicine.dose}" if one.medicine.dose else ""
        text = (
            f"{one.medicine.name}{dose} is taken at home and is neither ordered nor stopped with a"
            " reason"
        )
        figures = [Cited("why it is asked", rule("reconcile", "must-not-vanish", str))]
        if _ORAL_BACLOFEN in one.endangers:
            figures.append(Cited("what happened", rule("reconcile", "consequence", str)))
            text += f": {rule('reconcile', 'consequence', str).value}"
        reason = Reason("reconciliation", Weight.MISSING, text, tuple(figures))
        severity = Severity.SOFT if one.endangers else Severity.WARN
        yield reason, _finding(case, K20, severity, reason)
    if case.home is not None and case.ordered is not None:
        for new in added(case.home, case.ordered):
            text = f"{new.name} is ordered and was not taken at home"
            yield Reason("reconciliation", Weight.NOTE, text), None


def _watched(case: InteractionCase, met: tuple[Meeting, ...]) -> Iterator[Judged]:
    """Yield the gate of a start beside a depressant: it is watched for as long as the rule says."""
    classes = classes_that_need_watching()
    beside = tuple(dict.fromkeys(one.name for one in met if one.partner in classes))
    if case.occasion not in STARTS or not beside:
        return
    fact = rule("monitoring", "depressant-at-start", Duration)
    figures = (
        Cited("watch at least", fact),
        Cited("beside these classes", rule("monitoring", "asked-for", str)),
    )
    name = f"{case.occasion} beside {', '.join(beside)}: watched for {show(fact.value, 'h')}"
    if case.watch is not None and case.watch >= fact.value:
        text = f"{name} at least; planned are {show(case.watch, 'h')}"
        yield Reason("watch", Weight.FOR, text, figures), None
        return
    planned = "nobody said how long" if case.watch is None else f"planned: {show(case.watch, 'h')}"
    weight = Weight.MISSING if case.watch is None else Weight.AGAINST
    reason = Reason("watch", weight, f"{name} at least; {planned}", figures)
    yield reason, _finding(case, K29, Severity.SOFT, reason, WATCH)


def _unknown(case: InteractionCase, listed: tuple[Medicine, ...]) -> Iterator[Judged]:
    for one in listed:
        if one.classes is None:
            text = f"{one.name} is in no table, so nothing was checked for it: name its classes"
            reason = Reason("unknown-medicine", Weight.MISSING, text)
            yield reason, _finding(case, K20, Severity.SOFT, reason, one.name)


def _left_out(case: InteractionCase, listed: tuple[Medicine, ...]) -> Iterator[Judged]:
    if case.alcohol is None:
        yield Reason("alcohol", Weight.MISSING, "say whether alcohol is drunk"), None
    opioid = any(SYSTEMIC_OPIOID in (one.classes or ()) for one in listed)
    if opioid and case.morphine_equivalent is None:
        text = "a systemic opioid is taken: say the morphine equivalent of a day"
        reason = Reason("morphine-equivalent", Weight.MISSING, text)
        yield reason, _finding(case, K20, Severity.SOFT, reason)
    if case.home is None:
        reason = Reason("list", Weight.MISSING, "the list from home is not given")
        yield reason, _finding(case, K20, Severity.SOFT, reason)


def _not_gone_through(case: InteractionCase) -> Iterator[Judged]:
    if not case.unreconciled:
        return
    reason = Reason("list", Weight.MISSING, f"{case.unreconciled}: go through it with the patient")
    severity = Severity.SOFT if case.holds_up else Severity.WARN
    found = _finding(case, K20, severity, reason)
    yield (
        reason,
        replace(
            found,
            source="workflow.md 4c K20",
            follow_up="go through the list of medicines with the patient",
        ),
    )


def _verdict(findings: tuple[Finding, ...]) -> str:
    if any(one.severity is Severity.HARD for one in findings):
        return "contraindicated"
    if any(one.blocks for one in findings):
        return "open"
    return "caution" if findings else "nothing-found"


def _summary(verdict: str, met: tuple[Meeting, ...], gone: tuple[Lost, ...]) -> str:
    names = ", ".join(one.medicine.name for one in gone) or "nothing"
    what = {
        "contraindicated": "a contraindication stands",
        "open": "questions are open",
        "caution": "nothing is open, points need care",
        "nothing-found": "the table names nothing for this list",
    }[verdict]
    return f"{what}; interactions: {len(met)}; missing from the orders: {names}"


def _results(case: InteractionCase, gone: tuple[Lost, ...]) -> dict[str, Value]:
    equivalent = case.morphine_equivalent
    return {
        "pump": case.pump,
        "occasion": case.occasion,
        "missing_from_orders": tuple(one.medicine.name for one in gone),
        "morphine_equivalent": None if equivalent is None else Amount(equivalent, "mg/d"),
        "watch": None if case.watch is None else Amount(case.watch, "h"),
    }


def _met_listing(met: tuple[Meeting, ...]) -> Listing:
    rows = tuple(
        (one.pump_drug, one.name, one.partner, one.effect.value, one.severity.value) for one in met
    )
    return Listing("Interactions", ("pump", "with", "as", "effect", "severity"), rows)


def _list_listing(case: InteractionCase) -> Listing:
    home = {one.name: one for one in case.home or ()}
    ordered = {one.name: one for one in case.ordered or ()}
    rows = tuple(
        (name, _told(home.get(name)), _told(ordered.get(name)), case.stopped.get(name))
        for name in dict.fromkeys((*home, *ordered))
    )
    return Listing("Reconciliation", ("medicine", "at home", "ordered", "stopped because"), rows)


def _told(one: Medicine | None) -> str:
    if one is None:
        return "-"
    if one.stopped_on is not None:
        return f"stopped on {show_date(one.stopped_on)}"
    return one.dose or "taken"
