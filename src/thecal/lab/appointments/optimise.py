"""A calendar that breaks no refill-by that first-come planning keeps, and costs little otherwise.

First the visits without a slot are made as few as can be, among plans that keep whatever
first-come planning keeps: its own plan is one of them, so there is always one. Then, with no more
of them, deliveries, days of travel, days too early, missing slack and moves are made cheap
together, part by part: the patients of some mixtures are planned anew among everybody else, as long
as that makes the whole plan cheaper. Nothing is ever taken that costs more or breaks a rule, by a
count in whole numbers.

No plan is cheaper than the sum of what each part costs alone on an empty calendar, each paying its
share of a day of travel: a mixture belongs to one part, a day of travel is shared by the parts that
travel there, and crowding only adds. That is the bound that the gap is told against. HiGHS runs on
one thread with a fixed seed, so the same calendar has the same answer unless the clock ends it.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import final

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from thecal.care.appointments.first_come import first_come
from thecal.care.appointments.needs import Need, Needs
from thecal.care.appointments.plan import Measure, Visit, faults, measure
from thecal.errors import CannotComputeError
from thecal.lab.appointments.problem import Around, FloatArray, Problem, problem_of

Plan = tuple[Visit, ...]
Kept = frozenset[tuple[str, int]]
_CHOSEN = 0.5
_TIME_LIMIT = 1
_ROUNDING = 1e-6
_PEOPLE = 24
"""Patients of one part, so that HiGHS answers in about a second; one mixture is never divided."""
_FOR_BROKEN, _FOR_BOUND = 0.6, 0.25
"""At most so much of the time goes into visits without a slot; so much is left for the bound."""
_BEFORE_COST = 1000.0
_LONGEST_TURN = 0.15
"""And at most this share into one part at a time."""


@final
@dataclass(frozen=True, slots=True)
class Answer:
    """A plan with its certificate.

    Attributes
    ----------
    plan, first
        The optimiser's, and that of first-come planning.
    gap
        By what share of its cost the plan is dearer than the best one at most.
    fewest_broken
        No plan that keeps what first-come keeps has fewer visits without a slot.
    timed_out
        Whether the clock ended a search: then another machine may find another plan.
    """

    plan: Plan
    first: Plan
    measured: Measure
    first_measured: Measure
    gap: float
    fewest_broken: int
    timed_out: bool
    seconds: float


def optimise(
    needs: Needs,
    *,
    seconds: float,
    largest_gap: float,
    progress: Callable[[str], None] = lambda _: None,
) -> Answer:
    """Return a plan for everybody.

    Parameters
    ----------
    seconds
        After which the best plan so far is the answer.
    largest_gap
        So near to the best possible each search stops.
    progress
        Told in words what is being done.

    Raises
    ------
    CannotComputeError
        If the plan breaks a rule in whole numbers: none is shown then.
    """
    search = _Search(needs, seconds, largest_gap)
    progress("as few visits without a slot as can be")
    search.fewest()
    progress("deliveries, travel, slack and moves")
    search.improve()
    progress("what the best plan costs at least")
    search.bound()
    wrong = next(faults(needs, search.plan), None)
    if wrong is not None:
        raise CannotComputeError(f"the optimiser's plan breaks a rule: {wrong}")
    measured = measure(needs, search.plan)
    cost = float(measured.cost)
    return Answer(
        plan=search.plan,
        first=search.first,
        measured=measured,
        first_measured=measure(needs, search.first),
        gap=max(cost - search.least, 0.0) / cost if cost else 0.0,
        fewest_broken=search.fewest_broken,
        timed_out=search.timed_out,
        seconds=search.gone,
    )


class _Search:
    """The best plan so far, and what is known of the best one that there can be."""

    def __init__(self, needs: Needs, seconds: float, largest_gap: float) -> None:
        self.needs, self.seconds, self.largest_gap = needs, seconds, largest_gap
        self.began = time.monotonic()
        self.first = first_come(needs)
        self.plan = self.first
        self.kept: Kept = frozenset((one.person, one.number) for one in self.first if not one.extra)
        self.fewest_broken = len(self.first) - len(self.kept)
        self.least = 0.0
        self.timed_out = False
        self.parts = _parts(needs)

    @property
    def gone(self) -> float:
        """Seconds since it began."""
        return time.monotonic() - self.began

    def fewest(self) -> None:
        """Find a plan with as few visits without a slot as can be."""
        if not self.fewest_broken:
            return
        problem = problem_of(self.needs, self.kept, around=Around(priced=False))
        cost = np.zeros(len(problem.cost))
        cost[problem.extras] = 1.0
        solved = _solve(problem, cost, self.seconds * _FOR_BROKEN, 0.0)
        if solved is None:
            self.fewest_broken, self.timed_out = 0, True
            return
        self.timed_out |= solved.timed_out
        self.fewest_broken = int(np.ceil(solved.bound - _ROUNDING))
        self._take(_read(problem, solved.values))

    def bound(self) -> None:
        """Find what the best plan costs at least."""
        shares, apiece = _shares(self.parts), 0.0
        if self.parts:
            apiece = (self.seconds - self.gone) / len(self.parts)
        around = Around(crowded=False, share=shares)
        for part in self.parts:
            problem = problem_of(self.needs, self.kept, part, around)
            solved = _solve(problem, np.array(problem.cost), apiece, self.largest_gap)
            if solved is None:
                self.timed_out = True
            else:
                self.timed_out |= solved.timed_out
                self.least += max(solved.bound + problem.always, 0.0)

    def improve(self) -> None:
        """Plan part after part anew, until none of them makes the plan cheaper."""
        in_vain, ends = 0, self.seconds * (1 - _FOR_BOUND)
        turn = self.seconds * _LONGEST_TURN
        for part in cycle(self.parts):
            left = ends - self.gone
            if in_vain >= len(self.parts):
                return
            if left <= 0:
                self.timed_out = True
                return
            in_vain = 0 if self._improved(part, min(left, turn)) else in_vain + 1

    def _improved(self, part: Sequence[Need], seconds: float) -> bool:
        who = {one.id for one in part}
        fixed = tuple(one for one in self.plan if one.person not in who)
        problem = problem_of(self.needs, self.kept, part, Around(fixed))
        extras = sum(one.extra for one in self.plan if one.person in who)
        problem.row(((place, 1.0) for place in problem.extras), high=float(extras))
        cost = np.array(problem.cost)
        # A visit without a slot stands before every cost, also while a part is planned.
        cost[problem.extras] += _BEFORE_COST
        solved = _solve(problem, cost, seconds, self.largest_gap)
        if solved is None:
            self.timed_out = True
            return False
        self.timed_out |= solved.timed_out
        return self._take((*fixed, *_read(problem, solved.values)))

    def _take(self, plan: Plan) -> bool:
        """Take a plan that is better in whole numbers; return whether it is."""
        plan = tuple(sorted(plan, key=lambda one: (one.person, one.number)))
        if next(faults(self.needs, plan), None) is not None:
            return False
        new, old = measure(self.needs, plan), measure(self.needs, self.plan)
        if (new.broken, new.cost) >= (old.broken, old.cost):
            return False
        self.plan = plan
        return True


def _parts(needs: Needs) -> list[list[Need]]:
    """Return the patients in parts; those of one mixture stand together."""
    mixtures: dict[str, list[Need]] = defaultdict(list)
    for one in needs.people:
        if needs.visits(one):
            mixtures[one.mixture].append(one)
    parts: list[list[Need]] = []
    for _, people in sorted(mixtures.items()):
        if not parts or len(parts[-1]) + len(people) > _PEOPLE:
            parts.append([])
        parts[-1] += people
    return parts


def _shares(parts: Sequence[Sequence[Need]]) -> dict[str, float]:
    """Return the share of a day of travel to a district that each part which goes there pays."""
    goes: dict[str, int] = defaultdict(int)
    for part in parts:
        for district in {one.district for one in part if one.district}:
            goes[district] += 1
    return {district: 1.0 / count for district, count in sorted(goes.items())}


@final
@dataclass(frozen=True, slots=True, eq=False)
class _Solved:
    """What HiGHS found: values, what no plan can cost less than, and whether the clock ended it."""

    values: FloatArray
    bound: float
    timed_out: bool


def _solve(problem: Problem, cost: FloatArray, seconds: float, gap: float) -> _Solved | None:
    """Return what HiGHS finds; None: nothing in time."""
    found = milp(
        cost,
        integrality=np.array(problem.whole),
        bounds=Bounds(0.0, np.array(problem.highest)),
        constraints=LinearConstraint(problem.matrix(), problem.low, problem.high),
        options={"time_limit": max(seconds, 0.1), "mip_rel_gap": gap},
    )
    if found.x is None:
        return None
    return _Solved(found.x, float(found.mip_dual_bound), found.status == _TIME_LIMIT)


def _read(problem: Problem, values: FloatArray) -> Plan:
    return tuple(one for place, one in problem.visits.items() if values[place] > _CHOSEN)
