"""The plain proposals: the running dose evenly, the diary's shape in steps, and a patient bolus."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.care.advice import Reason, Weight
from thecal.care.design.bolus import propose_bolus
from thecal.care.design.bounds import Bounds, beyond_daily_limits, bounds_of, total_wanted
from thecal.care.design.case import HOURS, DesignCase, Running, typed_rate
from thecal.care.design.deliver import deliverable, hourly_rates
from thecal.care.design.demand import Demand, demand_of
from thecal.care.design.figures import cited, figure
from thecal.care.design.proposal import CONTINUOUS, FLEX, Proposal
from thecal.care.design.segments import Segment, coarser, loss
from thecal.care.design.shape import relative_rates
from thecal.care.outcomes.instrument import instrument
from thecal.device import concentration_for_dose
from thecal.pharmacy import drug
from thecal.program.program import InfusionProgram, Mode, PatientBolus
from thecal.safety.finding import Amount, Finding, Severity
from thecal.safety.rules import hard_unless_recalled
from thecal.units import Concentration, MassRate, show, show_number, show_percent

NO_PATTERN, PROPOSED, NOT_DELIVERABLE = "no-pattern", "proposed", "not-deliverable"
BEYOND_LIMIT, NO_STEPS = "beyond-limit", "no-steps"

_THREE_DIGITS = 1000


@final
@dataclass(frozen=True, slots=True)
class PlainDesign:
    """What the rules propose.

    Attributes
    ----------
    wanted
        Each hour's rate over the even rate; even where the diary shows no pattern.
    bounds
        None where no limit of an hour is known, or nothing can be delivered.
    proposals
        Continuous first; none where the pump takes no program or cannot run the dose.
    """

    verdict: str
    demand: Demand
    wanted: tuple[Fraction, ...]
    bounds: Bounds | None
    proposals: tuple[Proposal, ...]
    reasons: tuple[Reason, ...]
    findings: tuple[Finding, ...]


def design_plainly(case: DesignCase) -> PlainDesign:
    """Return the plain proposals of a case; no figure of them lies beyond a limit."""
    demand = demand_of(case.scores)
    even = (Fraction(1),) * HOURS
    problem = _cannot_run(case.running, case.daily_dose or case.running.daily_dose)
    if problem is not None:
        return PlainDesign(NOT_DELIVERABLE, demand, even, None, (), (), (problem,))
    total, refusals, reasons = total_wanted(case)
    beyond = tuple(beyond_daily_limits(case.running, total))
    if beyond:
        findings = tuple(dict.fromkeys((*refusals, *beyond)))
        return PlainDesign(BEYOND_LIMIT, demand, even, None, (), reasons, findings)
    bounds = bounds_of(case, total)
    proposals = [_continuous(case.running, total)]
    pattern = demand_reasons(case, demand)
    wanted = even
    reasons += (*pattern, *_followers(case.running))
    if bounds is None:
        reasons += (Reason("hour-limits", Weight.MISSING, _no_limit(case.running)),)
    else:
        reasons += bounds.reasons
        if _matters(case, demand):
            wanted = relative_rates(demand.shape, bounds)
            flex, more = stepped(FLEX, wanted, case.running, bounds, case.running.patient_bolus)
            reasons += more
            proposals += [] if flex is None else [flex]
    if case.wants_bolus:
        pairs = [with_bolus(case.running, one) for one in proposals]
        proposals = [one for one, _ in pairs]
        reasons += tuple(dict.fromkeys(reason for _, told in pairs for reason in told))
    lone = NO_STEPS if _matters(case, demand) else NO_PATTERN
    verdict = PROPOSED if len(proposals) > 1 else lone
    return PlainDesign(verdict, demand, wanted, bounds, tuple(proposals), reasons, refusals)


def stepped(
    kind: str,
    wanted: tuple[Fraction, ...],
    running: Running,
    bounds: Bounds,
    patient_bolus: PatientBolus | None,
) -> tuple[Proposal | None, tuple[Reason, ...]]:
    """Return relative rates by the hour as a program of few deliverable steps, and how many.

    The fewest steps are taken that lose no more of the shape than the table allows; where the pump
    holds fewer, it loses more, and that is said.
    """
    if bounds.steps is None:
        text = f"how many steps {running.model.name} holds a day is not known: none is proposed"
        return None, (Reason("steps", Weight.MISSING, text),)
    levels = [one for one in coarser(wanted) if len(one) > 1]
    allowed = figure("flex", "shape-lost", Fraction).value
    enough = [one for one in levels if loss(wanted, one) <= allowed]
    for segments in (*reversed(enough), *levels):
        program = deliverable(segments, running, bounds, patient_bolus)
        if program is not None and program.mode is Mode.FLEX:
            return Proposal(kind, program), (_lost(kind, wanted, segments, program),)
    text = "the pump's grid holds no step between the limits with this solution"
    return None, (Reason("steps", Weight.AGAINST, text),)


def demand_reasons(case: DesignCase, demand: Demand) -> tuple[Reason, ...]:
    """Return what the diary says, and what it does not."""
    found = []
    cites = cited("diary", "reach", "least-days", "noise-multiple")
    unknown = [one.hour for one in demand.hours if one.mean is None]
    if unknown:
        text = f"no score near {len(unknown)} hours ({_hours(unknown)}): they ask for nothing"
        found.append(Reason("diary", Weight.MISSING, text, cites))
    meaningful = instrument(case.scale).cited("change")
    span = show_number(demand.span)
    if not demand.span:
        text = "the diary tells no hour apart from the mean of the day: keep the even rate"
        found.append(Reason("diary", Weight.AGAINST, text, cites))
    elif not _matters(case, demand):
        text = f"hours differ by {span} points, less than matters to a patient: keep the even rate"
        found.append(Reason("diary", Weight.AGAINST, text, meaningful))
    else:
        text = f"hours that the diary tells apart differ by {span} points"
        found.append(Reason("diary", Weight.FOR, text, (*meaningful, *cites)))
    if demand.predictable is not None:
        text = (
            f"{show_percent(demand.predictable, signed=False)} of the scatter goes with the hour of"
            " the day; a schedule can answer only that, a bolus the rest"
        )
        found.append(Reason("predictable", Weight.NOTE, text))
    return tuple(found)


def _matters(case: DesignCase, demand: Demand) -> bool:
    return demand.span > 0 and demand.span >= instrument(case.scale).number("change")


def _hours(hours: list[int]) -> str:
    return ", ".join(f"{hour:02}" for hour in hours)


def _followers(running: Running) -> tuple[Reason, ...]:
    others = [name for name in running.mixture if name != running.primary]
    if not others:
        return ()
    text = f"{', '.join(others)} in the same solution rise and fall with {running.primary}"
    return (Reason("mixture", Weight.CAUTION, text),)


def _no_limit(running: Running) -> str:
    return (
        f"no titration step of {running.primary} is known, so no hour may leave the even rate:"
        " name lowest and highest in the case"
    )


def _continuous(running: Running, total: MassRate) -> Proposal:
    program = InfusionProgram(
        mode=Mode.CONTINUOUS,
        primary=running.primary,
        daily_dose=typed_rate(running, total),
        patient_bolus=running.patient_bolus,
    )
    return Proposal(CONTINUOUS, program)


def with_bolus(running: Running, proposal: Proposal) -> tuple[Proposal, tuple[Reason, ...]]:
    """Return a proposal with a patient bolus on top of its own busiest hour, and why or why not."""
    if running.patient_bolus is not None:
        text = "a patient bolus is in force and stays as it is"
        return proposal, (Reason("patient-bolus", Weight.NOTE, text),)
    busiest = MassRate(max(hourly_rates(proposal.program)))
    answer = propose_bolus(running, proposal.total, busiest)
    bolus = answer.bolus
    return proposal if bolus is None else proposal.with_bolus(bolus), answer.reasons


def _lost(
    kind: str, wanted: tuple[Fraction, ...], segments: tuple[Segment, ...], program: InfusionProgram
) -> Reason:
    share = show_percent(loss(wanted, segments), signed=False)
    text = f"{kind}: {len(program.steps)} steps a day; fewer than the hours asked lose {share}"
    cites = cited("flex", "shape-lost")
    return Reason("steps", Weight.NOTE, f"{text} of the shape", cites)


def _cannot_run(running: Running, dose: MassRate) -> Finding | None:
    """Return why the pump takes no program or cannot run the dose, with what would help."""
    model, unit = running.model, drug(running.primary).concentration_unit
    if not model.programmable:
        flow = model.nominal_flow
        instead = "; its flow is not known here, so no concentration can be named"
        if flow is not None:
            needed = concentration_for_dose(dose, flow.value)
            instead = (
                f"; at {show(flow.value, 'mL/d')} ({flow.provenance()}) a fill of"
                f" {running.primary} {show(needed, unit)} gives {show(dose, running.unit + '/d')}"
            )
        return Finding(
            check="H03",
            severity=Severity.HARD,
            message=f"{model.name} runs at a constant flow and takes no schedule{instead}",
            source="facts/workflow.md S0.3, S0.5",
        )
    least = model.minimum_rate
    rate = dose / running.mixture[running.primary]
    if least is None or rate >= least.value:
        return None
    strongest = _rounded_down(concentration_for_dose(dose, least.value), unit)
    return Finding(
        check="D01",
        severity=hard_unless_recalled(least),
        message=(
            f"{show(rate, 'mL/d')} is below the lowest rate of {model.name},"
            f" {show(least.value, 'mL/d')}: dilute to {running.primary} {show(strongest, unit)} or"
            " less"
        ),
        source=least.provenance(),
        value=Amount(rate, "mL/d"),
        limit=Amount(least.value, "mL/d"),
    )


def _rounded_down(strength: Concentration, unit: str) -> Concentration:
    """Return a concentration cut to three digits, never across the limit that it stands for."""
    number, grain = strength.in_unit(unit), Fraction(1)
    while number >= grain * _THREE_DIGITS:
        grain *= 10
    while number < grain * _THREE_DIGITS / 10:
        grain /= 10
    return Concentration.of((number / grain).__floor__() * grain, unit)
