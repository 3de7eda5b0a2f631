"""The topic `program-design` of `thecal advise`: plain schedules from a diary, for a pump."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from math import isqrt

from thecal.care.advice import Advice, Disagreement, Listing, Reason, Weight
from thecal.care.derivation import Value
from thecal.care.design.case import DesignCase
from thecal.care.design.deliver import hourly_rates
from thecal.care.design.demand import Demand, weekend_differs
from thecal.care.design.figures import cited
from thecal.care.design.plain import (
    BEYOND_LIMIT,
    NO_PATTERN,
    NO_STEPS,
    NOT_DELIVERABLE,
    PlainDesign,
    design_plainly,
)
from thecal.care.design.proposal import Proposal
from thecal.care.design.reader import TOPIC, read_case
from thecal.care.outcomes.instrument import instrument
from thecal.safety.finding import Amount
from thecal.therapy.table import Table
from thecal.units import MassRate, show, show_number

_PERCENT = 100
SUMMARIES = {
    NO_PATTERN: "nothing better than the even rate follows from this diary within these limits",
    NOT_DELIVERABLE: "this pump cannot run a schedule of this dose",
    NO_STEPS: "the diary shows a pattern, but no schedule in steps can be proposed here",
    BEYOND_LIMIT: "the dose of the day lies beyond a limit, so no schedule of it is proposed",
}


def advise(case: Table) -> Advice:
    """Return the plain proposals of a table `[program-design]`.

    Raises
    ------
    BadFileError
        If the table cannot be read.
    """
    return plain_advice(read_case(case))


def plain_advice(case: DesignCase) -> Advice:
    """Return the plain proposals of a case; nothing in them is accepted or sent."""
    design = design_plainly(case)
    summary = SUMMARIES.get(design.verdict, "a schedule follows the diary within the limits")
    if design.proposals:
        summary += "; a proposal is a program only after each of its lines was typed again"
    return Advice(
        topic=TOPIC,
        verdict=design.verdict,
        summary=summary,
        reasons=(*design.reasons, *weekend_reasons(case)),
        results=results_of(design.proposals, case.running.unit, case.start),
        listings=listings_of(design.demand, design.proposals),
        disagreements=meaningful_disagreement(case),
        findings=design.findings,
        not_checked=not_checked(design),
    )


def meaningful_disagreement(case: DesignCase) -> tuple[Disagreement, ...]:
    """Return every answer to how much a score has to change, where there are several."""
    answers = instrument(case.scale).all_cited("change")
    if len(answers) == 1:
        return ()
    return (Disagreement("How much does a score have to change to matter?", answers),)


def weekend_reasons(case: DesignCase) -> tuple[Reason, ...]:
    """Return a caution where the weekend differs: the proposals are the same every day."""
    hours = weekend_differs(case.scores)
    if not hours:
        return ()
    text = (
        "Saturday and Sunday differ from the other days at "
        + ", ".join(f"{hour:02}" for hour in hours)
        + ": the proposals below are the same every day; ask with the days of one kind alone"
    )
    figures = cited("diary", "least-days", "noise-multiple")
    return (Reason("weekend", Weight.CAUTION, text, figures),)


def not_checked(design: PlainDesign) -> tuple[str, ...]:
    """Return what this topic does not look at."""
    if not design.proposals:
        return ()
    return (
        "the review of the therapy (its line, its dates, the day before): thecal design does",
        "what the schedule does at the effect site: thecal design does",
    )


def results_of(
    proposals: tuple[Proposal, ...], unit: str, start: datetime | None
) -> dict[str, Value]:
    """Return each proposal by kind: id, total of a day, extremes, and the event to be read."""
    return {one.kind: _result(one, unit, start) for one in proposals}


def _result(proposal: Proposal, unit: str, start: datetime | None) -> Mapping[str, Value]:
    rates = hourly_rates(proposal.program)
    found: dict[str, Value] = {
        "id": proposal.id,
        "total_a_day": Amount(proposal.total, f"{unit}/d"),
        "lowest_hour": Amount(MassRate(min(rates)), f"{unit}/h"),
        "highest_hour": Amount(MassRate(max(rates)), f"{unit}/h"),
    }
    bolus = proposal.program.patient_bolus
    if bolus is not None and bolus.max_per_day is not None:
        worst = proposal.total.per_day() + bolus.dose.scaled(bolus.max_per_day)
        found["day_with_every_bolus"] = Amount(worst, unit)
    if start is not None:
        found["event"] = proposal.toml(start)
    return found


def listings_of(demand: Demand, proposals: tuple[Proposal, ...]) -> tuple[Listing, ...]:
    """Return the demand by the hour beside each proposal's rate, and the lines to be retyped."""
    hours = tuple(
        (
            f"{one.hour:02}:00",
            None if one.mean is None else _short(one.mean),
            Fraction(one.days),
            None if one.variance is None else _short(_root(one.variance)),
            _signed(one.difference),
            *(_percent_of_even(proposal, one.hour) for proposal in proposals),
        )
        for one in demand.hours
    )
    columns = ("hour", "score", "days", "standard error", "told apart by")
    kinds = tuple(f"{one.kind}, % of even" for one in proposals)
    lines = tuple(
        Listing(
            f"{one.kind}, {one.id}: retype each line; {_day(one)} a day in all",
            ("line", "figure"),
            tuple((line.label, line.text) for line in one.lines()),
        )
        for one in proposals
    )
    return (Listing("Demand by the hour of the pump clock", (*columns, *kinds), hours), *lines)


def _day(proposal: Proposal) -> str:
    return f"{show(proposal.total, 'mg/d')}, {show(proposal.total, 'ug/d')}".replace("/day", "")


def _percent_of_even(proposal: Proposal, hour: int) -> str:
    rate = hourly_rates(proposal.program)[hour] / proposal.total.base
    return show_number(rate * _PERCENT, digits=3)


def _short(number: Fraction) -> str:
    return show_number(number, digits=3)


def _signed(number: Fraction) -> str:
    if not number:
        return "-"
    return ("+" if number > 0 else "-") + _short(abs(number))


def _root(number: Fraction) -> Fraction:
    """Return the square root to a thousandth."""
    thousandths = 10**6
    return Fraction(isqrt(int(number * thousandths)), 1000)
