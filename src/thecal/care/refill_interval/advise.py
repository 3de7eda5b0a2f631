"""The topic `refill-interval` of `thecal advise`: how often to refill, when to replace the pump."""

from __future__ import annotations

from collections.abc import Iterator

from thecal.care.advice import Advice, Cited, Disagreement, Listing, Reason, Weight
from thecal.care.derivation import Derivation, Value, read_in
from thecal.care.dose_words import dose_amount
from thecal.care.figures import cited_stability
from thecal.care.refill_interval.case import (
    IntervalCase,
    alarm_volume,
    daily_volume,
    intervals,
    read_interval,
    window,
)
from thecal.care.refill_interval.findings import interval_findings
from thecal.care.refill_interval.interval import (
    DUE,
    PLAN,
    PLAUSIBLE,
    PUMP,
    STABILITY,
    TABLE,
    Interval,
    Replacement,
    plausible,
    replacement,
)
from thecal.pharmacy import stability_in_pump
from thecal.safety.finding import Amount
from thecal.safety.rules import window_before_alarm
from thecal.therapy.table import Table
from thecal.units import show, show_date, show_number

TOPIC = "refill-interval"
FLAGGED = "flagged"


def advise(case: Table) -> Advice:
    """Return what the table `[refill-interval]` comes to.

    Raises
    ------
    BadFileError
        If the table cannot be read.
    """
    return advice_on(read_interval(case))


def advice_on(case: IntervalCase) -> Advice:
    """Return the advice on one pump.

    Raises
    ------
    EntryError
        If no alarm volume is known.
    """
    found = intervals(case)
    judged = found.wanted if case.planned is None else case.planned
    verdict, low, high = plausible(case.drug, judged)
    ends = _replacement(case)
    results: dict[str, Value] = {
        "dose": dose_amount(case.drug, case.dose),
        "flow": Amount(daily_volume(case), "mL/d"),
        "to_alarm": Amount(found.to_alarm, "d"),
        "refill_after": Amount(found.wanted, "d"),
        "decided_by": found.decided_by,
        "plausible": verdict == PLAUSIBLE,
    }
    if ends is not None:
        results["pump_age_years"] = ends.age
        results["pump_ends_on"] = ends.ends_on.isoformat()
        results["plan_replacement_from"] = ends.plan_from.isoformat()
        results["replacement"] = ends.state
    told = f"{show(judged, 'd')}; refills are told as {show(low.value, 'd')} to " + show(
        high.value, "d"
    )
    inside = verdict == PLAUSIBLE
    cited = (Cited("shortest told", low), Cited("longest told", high))
    weight = Weight.FOR if inside else Weight.AGAINST
    return Advice(
        topic=TOPIC,
        verdict=verdict if inside else f"{FLAGGED}-{verdict}",
        summary=told,
        reasons=(
            Reason("interval", weight, f"{told}: {verdict.replace('-', ' ')}", cited),
            *_reasons(case, found, ends),
        ),
        results=results,
        listings=(told_listing(),),
        disagreements=tuple(_disagreements(case, ends)),
        steps=tuple(_steps(case, found)),
        findings=tuple(interval_findings(case, found, verdict, ends)),
        not_checked=tuple(_not_checked(case)),
    )


def told_listing() -> Listing:
    """Return what sources tell patients about the interval."""
    rows = tuple((str(one.value), one.source) for one in TABLE.every("any", "interval-told"))
    return Listing("What patients are told", ("interval", "source"), rows)


def _replacement(case: IntervalCase) -> Replacement | None:
    if case.implanted is None or case.today is None:
        return None
    return replacement(case.model, case.implanted, case.today)


def _reasons(case: IntervalCase, found: Interval, ends: Replacement | None) -> Iterator[Reason]:
    text = f"refilled {show(window(case), 'd')} before the alarm"
    used = Cited("window before the alarm", window_before_alarm(case.model))
    yield Reason("window", Weight.NOTE, text, () if case.window is not None else (used,))
    longest = case.model.maximum_refill_interval
    if found.decided_by == PUMP and longest is not None:
        text = f"the pump's longest interval of {show(longest.value, 'd')} decides"
        yield Reason("pump", Weight.CAUTION, text, (Cited("longest interval", longest),))
    yield _keeps(case, found)
    if ends is not None:
        text = (
            f"the pump is {show_number(ends.age)} years old; it ends at"
            f" {show_number(ends.latest.value)} years, on {show_date(ends.ends_on)}; plan from"
            f" {show_date(ends.plan_from)}"
        )
        life = (Cited("life, from", ends.earliest), Cited("life, to", ends.latest))
        weight = Weight.AGAINST if ends.state == DUE else Weight.CAUTION
        if ends.state not in (DUE, PLAN):
            weight = Weight.NOTE
        cited = (*life, *TABLE.cited("any", "planning-lead", "life-median"))
        yield Reason("replacement", weight, text, cited)


def _keeps(case: IntervalCase, found: Interval) -> Reason:
    keeps = case.keeps
    if keeps is None:
        text = f"no figure on record says how long {case.drug} keeps in this pump"
        return Reason(STABILITY, Weight.MISSING, text)
    decides = found.decided_by == STABILITY
    text = f"{case.drug} is told to keep {show(keeps.fact.value, 'd')} in the pump" + (
        ": this decides" if decides else ""
    )
    weight = Weight.CAUTION if decides else Weight.NOTE
    return Reason(STABILITY, weight, text, (cited_stability(keeps),))


def _disagreements(case: IntervalCase, ends: Replacement | None) -> Iterator[Disagreement]:
    question = "How long before the alarm?"
    yield TABLE.disagreement(question, "any", "window", used=case.window is None)
    answers = dict.fromkeys(
        cited_stability(one)
        for first in (True, False)
        if case.first_fill in (None, first)
        for one in stability_in_pump(
            [case.drug], first_fill=first, diluted=case.diluted, pump=case.pump
        )
    )
    if len({one.fact.value for one in answers}) > 1:
        yield Disagreement("How long does it keep in the pump?", tuple(answers))
    if ends is not None:
        told = [
            one
            for parameter in ("life-high", "life-low")
            for one in TABLE.disagreement("", "any", parameter).answers
            if one.fact != ends.latest
        ]
        used = Cited(f"end of life taken for {case.pump}", ends.latest)
        yield Disagreement("After how many years is a pump replaced?", (used, *told))


def _steps(case: IntervalCase, found: Interval) -> Iterator[Derivation]:
    daily = daily_volume(case)
    yield Derivation(
        "days to the alarm",
        "(filled - alarm volume) / flow",
        f"({show(case.filled, 'mL')} - {show(alarm_volume(case), 'mL')}) / {show(daily, 'mL/d')}",
        show(found.to_alarm, "d"),
        read_in("workflow.md 5"),
    )


def _not_checked(case: IntervalCase) -> Iterator[str]:
    yield "other drugs in the reservoir: a mixture keeps another time (rules of compounding)"
    if case.keeps is None:
        yield f"how long {case.drug} keeps in this pump: no figure on record"
    elif case.first_fill is None or case.diluted is None:
        yield "first fill or not, diluted or not: where unanswered, the shortest figure is taken"
    yield "patient boluses: they shorten the interval (thecal calc refill-date)"
    if case.implanted is None:
        yield "replacement of the pump: no date of the implant"
