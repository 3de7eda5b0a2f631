"""A plan of visits: what it comes to, and whether it keeps its rules, in whole numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, final

from thecal.care.appointments.figures import days, number
from thecal.care.appointments.needs import DAY, Need, Needs


@final
@dataclass(frozen=True, slots=True)
class Visit:
    """One visit of a plan.

    Attributes
    ----------
    person
        Id of the patient.
    number
        0 for the next visit, 1 for the one after it.
    extra
        Whether no slot is left for it by then: refill-by breaks unless somebody opens one.
    """

    person: str
    number: int
    day: date
    extra: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return it for another process."""
        day = self.day.isoformat()
        return {"person": self.person, "number": self.number, "day": day, "extra": self.extra}


def visit_of(body: Mapping[str, Any]) -> Visit:
    """Return what `to_json` made."""
    day = date.fromisoformat(body["day"])
    return Visit(str(body["person"]), int(body["number"]), day, bool(body["extra"]))


@final
@dataclass(frozen=True, slots=True)
class Measure:
    """What a plan comes to.

    Attributes
    ----------
    broken
        Visits without a slot by their last day.
    deliveries
        Weeks with a visit, for each mixture.
    tours
        Days with a visit, for each district to or from which somebody travels.
    early
        Days by which visits lie before their last day, all together.
    short
        Days of slack that patients at risk lack, all together.
    moved
        Appointments that stand and are moved.
    cost
        The weighted sum that the optimiser makes small; broken visits stand before it.
    """

    visits: int
    broken: int
    deliveries: int
    tours: int
    early: int
    short: int
    moved: int
    cost: Fraction

    @property
    def slack(self) -> Fraction:
        """Mean days between a visit and its last day."""
        return Fraction(self.early, self.visits) if self.visits else Fraction(0)


@final
@dataclass(frozen=True, slots=True)
class Weights:
    """What a delivery, a day of travel, a day too early and so on count against each other."""

    delivery: Fraction
    tour: Fraction
    early: Fraction
    slack: Fraction
    move: Fraction


def weights() -> Weights:
    """Return the weights of the table."""
    names = ("delivery", "tour", "early", "slack", "move")
    return Weights(*(number("plan", f"cost-{name}") for name in names))


def wanted_slack(one: Need) -> int:
    """Return the days that the visits of a patient should lie before their last day."""
    return min(int(one.risk * number("plan", "slack-per-point")), days("plan", "slack-most"))


def week_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - DAY * day.weekday()


def last_days(needs: Needs, plan: Sequence[Visit]) -> dict[tuple[str, int], date]:
    """Return the last day of each visit: by the visit before it in the plan."""
    people = {one.id: one for one in needs.people}
    held = {(one.person, one.number): one.day for one in plan}
    return {
        (who, at): people[who].latest if at == 0 else held[who, at - 1] + DAY * people[who].interval
        for who, at in held
    }


def measure(needs: Needs, plan: Sequence[Visit]) -> Measure:
    """Return what a plan comes to."""
    people, last = {one.id: one for one in needs.people}, last_days(needs, plan)
    slack = {key: (last[key] - one.day).days for one in plan for key in [(one.person, one.number)]}
    short = sum(max(wanted_slack(people[who]) - left, 0) for (who, _), left in slack.items())
    moved = sum(
        1 for one in plan if one.number == 0 and people[one.person].booked not in (None, one.day)
    )
    deliveries = {(people[one.person].mixture, week_of(one.day)) for one in plan}
    tours = {
        (people[one.person].district, people[one.person].at_home, one.day)
        for one in plan
        if people[one.person].district
    }
    early, by = sum(slack.values()), weights()
    cost = by.delivery * len(deliveries) + by.tour * len(tours) + by.early * early
    return Measure(
        visits=len(plan),
        broken=sum(one.extra for one in plan),
        deliveries=len(deliveries),
        tours=len(tours),
        early=early,
        short=short,
        moved=moved,
        cost=cost + by.slack * short + by.move * moved,
    )


def faults(needs: Needs, plan: Sequence[Visit]) -> Iterator[str]:
    """Yield every rule that a plan breaks, in words; a plan that is shown breaks none."""
    people, last = {one.id: one for one in needs.people}, last_days(needs, plan)
    held = {(one.person, one.number): one.day for one in plan}
    wanted = {(one.id, at) for one in needs.people for at in range(needs.visits(one))}
    if set(held) != wanted or len(held) != len(plan):
        yield "a visit is missing, or planned twice"
        return
    for one in plan:
        who, key = people[one.person], (one.person, one.number)
        first = (
            who.earliest
            if one.number == 0
            else held[one.person, one.number - 1] + DAY * who.shortest
        )
        if not first <= one.day <= last[key]:
            yield f"visit {one.number} of {one.person} on {one.day} is outside {first}, {last[key]}"
        if not one.extra and one.day not in needs.days(who, one.number):
            yield f"visit {one.number} of {one.person} on {one.day} is on a day that is closed"
    yield from _crowded(needs, [one for one in plan if not one.extra], people)


def _crowded(needs: Needs, plan: Sequence[Visit], people: Mapping[str, Need]) -> Iterator[str]:
    here = Counter(one.day for one in plan if not people[one.person].at_home)
    for day, count in sorted(here.items()):
        if count > needs.capacity.get(day, 0):
            yield f"{day} holds {needs.capacity.get(day, 0)} visits, not {count}"
    away = Counter(
        (one.day, people[one.person].district) for one in plan if people[one.person].at_home
    )
    tours = Counter(day for day, _ in away)
    for day, count in sorted(tours.items()):
        if count > needs.opening.tours:
            yield f"{day} has {count} tours"
    for (day, district), count in sorted(away.items()):
        if count > needs.opening.tour_visits:
            yield f"the tour to {district} on {day} has {count} visits"
