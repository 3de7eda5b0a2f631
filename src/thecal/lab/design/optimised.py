"""The optimised proposal: the best hours, in few steps, on the pump's grid, with its band."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import final

import numpy as np

from thecal.body.course import FloatArray
from thecal.body.patients import drawn_patients, one_patient
from thecal.body.person import Person, scaling_of
from thecal.care.design.bounds import Bounds
from thecal.care.design.case import DesignCase
from thecal.care.design.deliver import deliverable, hourly_rates
from thecal.care.design.figures import figure
from thecal.care.design.plain import PlainDesign
from thecal.care.design.proposal import OPTIMISED, Proposal
from thecal.care.design.segments import Segment, coarser
from thecal.data import Fact
from thecal.lab.design.band import Band, band_of
from thecal.lab.design.optimise import Optimum, Problem, optimum, tracking_error
from thecal.lab.design.response import POINTS_PER_HOUR, Response, other_delays, response_of
from thecal.program.program import Mode
from thecal.units import Duration


@final
@dataclass(frozen=True, slots=True)
class WhereTo:
    """Whose body it is, and where the tip lies."""

    person: Person
    tip: str


@final
@dataclass(frozen=True, slots=True)
class OtherDelay:
    """What another source says of the delay, and what the schedules then are worth.

    Attributes
    ----------
    errors
        Tracking error in the median body by kind of proposal.
    """

    fact: Fact[Duration]
    errors: Mapping[str, float]

    @property
    def turns_round(self) -> bool:
        """Whether a plain proposal tracks at least as well as the optimised one."""
        own = self.errors[OPTIMISED]
        return any(error <= own for kind, error in self.errors.items() if kind != OPTIMISED)


@final
@dataclass(frozen=True, slots=True, eq=False)
class OptimisedDesign:
    """The optimised proposal beside the plain one.

    Attributes
    ----------
    response
        Of the median body.
    target
        Shape (points,): the relative course that the diary asks for.
    best
        The best rates by the hour, before steps and grid.
    proposal
        Deliverable; None where the pump's grid holds no steps.
    beside
        The plain proposals that it is held against, each with the band over the draws from the
        priors; none without a proposal.
    errors
        Tracking error in the median body by kind of proposal, and of `best hours`.
    delays
        The same schedules where another source's delay into the effect site holds; none without a
        proposal.
    """

    response: Response
    target: FloatArray
    best: Optimum
    proposal: Proposal | None
    beside: tuple[tuple[Proposal, Band], ...]
    errors: Mapping[str, float]
    delays: tuple[OtherDelay, ...]


def optimise(
    case: DesignCase, plain: PlainDesign, place: WhereTo, *, draws: int, seed: int
) -> OptimisedDesign:
    """Return the schedule whose effect-site course tracks the diary best, and what it gains.

    Parameters
    ----------
    plain
        With bounds and a pattern: the target is its relative rates, so both ask for the same.
    draws, seed
        From the priors; the same seed gives the same band.

    Raises
    ------
    CannotComputeError
        If the drug has no modelled effect here, or no answer could be certified.
    """
    assert plain.bounds is not None, "without limits of an hour nothing is optimised"
    running, bounds = case.running, plain.bounds
    scaling = scaling_of(place.person)
    therapy = running.patient.therapy
    response = response_of(running.primary, therapy, place.tip, one_patient(scaling))
    target = np.repeat(np.array([float(one) for one in plain.wanted]), POINTS_PER_HOUR)
    problem = Problem(
        response=response.relative[0],
        target=target,
        lowest=float(bounds.lowest.base / bounds.total.base),
        highest=float(bounds.highest.base / bounds.total.base),
        smoothness=float(figure("optimiser", "smoothness", Fraction).value),
    )
    gap = float(figure("optimiser", "gap", Fraction).value)
    best = optimum(problem, largest_gap=gap)
    proposal = _in_steps(problem, best, case, bounds, gap)
    errors = {one.kind: _error(problem, relative(one)) for one in plain.proposals}
    errors["best hours"] = _error(problem, best.rates)
    beside: tuple[tuple[Proposal, Band], ...] = ()
    delays: tuple[OtherDelay, ...] = ()
    if proposal is not None:
        errors[proposal.kind] = _error(problem, relative(proposal))
        drawn = drawn_patients(scaling, draws, seed)
        many = response_of(running.primary, therapy, place.tip, drawn)
        beside = tuple(
            (one, band_of(many, target, relative(proposal), relative(one)))
            for one in plain.proposals
        )
        delays = tuple(
            _with_delay(fact, case, place, target, (*plain.proposals, proposal))
            for fact in other_delays(running.primary, therapy)
        )
    return OptimisedDesign(response, target, best, proposal, beside, errors, delays)


def relative(proposal: Proposal) -> FloatArray:
    """Return the rates of a proposal by the hour over its own even rate, shape (HOURS,)."""
    rates = hourly_rates(proposal.program)
    return np.array([float(one / proposal.total.base) for one in rates])


def _with_delay(
    fact: Fact[Duration],
    case: DesignCase,
    place: WhereTo,
    target: FloatArray,
    proposals: tuple[Proposal, ...],
) -> OtherDelay:
    response = response_of(
        case.running.primary,
        case.running.patient.therapy,
        place.tip,
        one_patient(scaling_of(place.person)),
        delay=fact.value,
    ).relative[0]
    errors = {one.kind: float(tracking_error(response, target, relative(one))) for one in proposals}
    return OtherDelay(fact, errors)


def _error(problem: Problem, rates: FloatArray) -> float:
    return float(tracking_error(problem.response, problem.target, rates))


def _in_steps(
    problem: Problem, best: Optimum, case: DesignCase, bounds: Bounds, gap: float
) -> Proposal | None:
    """Return the fewest steps that lose little of what the best hours gain, each refitted."""
    if bounds.steps is None:
        return None
    allowed = float(figure("flex", "shape-lost", Fraction).value)
    worth = problem.objective(np.ones(len(best.rates))) - best.objective
    found: list[tuple[float, Proposal]] = []
    for segments in reversed(coarser([Fraction(float(one)) for one in best.rates])):
        if len(segments) == 1:
            continue
        program = deliverable(
            _refitted(problem, segments, gap), case.running, bounds, case.running.patient_bolus
        )
        if program is None or program.mode is not Mode.FLEX:
            continue
        proposal = Proposal(OPTIMISED, program)
        lost = problem.objective(relative(proposal)) - best.objective
        if lost <= allowed * worth:
            return proposal
        found.append((lost, proposal))
    return min(found, key=lambda one: one[0])[1] if found else None


def _refitted(problem: Problem, segments: tuple[Segment, ...], gap: float) -> list[Segment]:
    """Return the segments with the best value for each."""
    rates = optimum(problem, segments, largest_gap=gap).rates
    return [Segment(one.start, one.hours, Fraction(float(rates[one.start]))) for one in segments]
