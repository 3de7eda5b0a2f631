"""The calendar as a mixed-integer linear problem: minimise c'v, low <= A v <= high.

A variable says that a visit is on a day. Visits of one patient are chained day by day: whoever came
by day t - interval comes again by day t, and nobody comes again by day t who had not come by day
t - shortest; so cut up, the chain has the tightest relaxation. A visit that first-come planning
keeps has to have a slot here too; every other one may also be an extra, which stands before every
other cost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar, final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from thecal.care.appointments.needs import DAY, Need, Needs
from thecal.care.appointments.plan import Visit, wanted_slack, week_of, weights

FloatArray = NDArray[np.float64]
Key = TypeVar("Key")
_Tour = tuple[str, bool, date]
_NO_BOUND = np.inf


@final
@dataclass(eq=False)
class Problem:
    """Variables and rows as they are added.

    Attributes
    ----------
    visits
        What each variable of a visit says, by its place.
    always
        What the cost of every plan has besides.
    """

    always: float = 0.0
    cost: list[float] = field(default_factory=list)
    whole: list[int] = field(default_factory=list)
    highest: list[float] = field(default_factory=list)
    visits: dict[int, Visit] = field(default_factory=dict)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    _rows: list[int] = field(default_factory=list)
    _columns: list[int] = field(default_factory=list)
    _values: list[float] = field(default_factory=list)

    @property
    def extras(self) -> list[int]:
        """Places of the variables that say that a visit has no slot."""
        return [place for place, one in self.visits.items() if one.extra]

    def variable(self, cost: float, *, whole: bool = True) -> int:
        """Return the place of a new variable: 0 or 1, or any number from 0."""
        self.cost.append(cost)
        self.whole.append(int(whole))
        self.highest.append(1.0 if whole else _NO_BOUND)
        return len(self.cost) - 1

    def row(
        self,
        terms: Iterable[tuple[int, float]],
        low: float = -_NO_BOUND,
        high: float = _NO_BOUND,
    ) -> None:
        """Add low <= sum of terms <= high."""
        for column, value in terms:
            self._rows.append(len(self.low))
            self._columns.append(column)
            self._values.append(value)
        self.low.append(low)
        self.high.append(high)

    def matrix(self) -> csr_array:
        """Return A."""
        shape = (len(self.low), len(self.cost))
        return csr_array((self._values, (self._rows, self._columns)), shape=shape)


@final
@dataclass(frozen=True)
class Around:
    """What a part of the patients is planned into.

    Attributes
    ----------
    fixed
        Visits of everybody else: they take places, and pay for the tours that they are on.
    priced
        Whether anything costs; not where only visits without a slot are counted.
    crowded
        Whether places and tours are counted; not where only a bound is wanted.
    share
        Of the cost of a day of travel that falls on this part, by district; all of it otherwise.
    """

    fixed: tuple[Visit, ...] = ()
    priced: bool = True
    crowded: bool = True
    share: Mapping[str, float] = field(default_factory=dict)


def problem_of(
    needs: Needs,
    kept: frozenset[tuple[str, int]],
    part: Sequence[Need] | None = None,
    around: Around | None = None,
) -> Problem:
    """Return the problem of a calendar.

    Parameters
    ----------
    kept
        Patient and number of each visit that has to have a slot.
    part, around
        The patients who are planned, and into what; everybody where left out.
    """
    made, around = Problem(), around or Around()
    on_day: dict[tuple[str, int], dict[date, list[int]]] = {}
    for one in needs.people if part is None else part:
        for number in range(needs.visits(one)):
            key = (one.id, number)
            on_day[key] = _choices(made, needs, one, number, slot_only=key in kept)
            if number:
                _chain(made, one, on_day[one.id, number - 1], on_day[key])
            if around.priced:
                _slack(made, one, on_day.get((one.id, number - 1), {}), on_day[key])
    if around.priced:
        _deliveries(made, needs)
    if around.crowded:
        _capacity(made, needs, around)
    _travel(made, needs, around)
    return made


def _choices(
    made: Problem, needs: Needs, one: Need, number: int, *, slot_only: bool
) -> dict[date, list[int]]:
    """Add a variable for each day of a visit; return them by day."""
    by, found = weights(), {}
    for day in needs.days(one, number):
        moves = number == 0 and one.booked not in (None, day)
        place = made.variable(float(by.move) if moves else 0.0)
        made.visits[place] = Visit(one.id, number, day)
        found[day] = [place]
    if not slot_only:
        low, high = one.first_day(number), one.last_day(number)
        for day in (low + DAY * ahead for ahead in range((high - low).days + 1)):
            place = made.variable(0.0)
            made.visits[place] = Visit(one.id, number, day, extra=True)
            found.setdefault(day, []).append(place)
    made.row(((place, 1.0) for places in found.values() for place in places), 1.0, 1.0)
    return found


def _chain(
    made: Problem, one: Need, first: Mapping[date, list[int]], then: Mapping[date, list[int]]
) -> None:
    """Keep the days between two visits of a patient."""
    days = {day + DAY * one.interval for day in first} | {
        day + DAY * (one.shortest - 1) for day in first
    }
    for day in sorted(days | set(then)):
        came = [(place, 1.0) for place in _by(first, day - DAY * one.interval)]
        again = [(place, -1.0) for place in _by(then, day)]
        if came:
            made.row((*came, *again), high=0.0)
        if again:
            known = [(place, 1.0) for place in _by(first, day - DAY * one.shortest)]
            made.row((*known, *again), low=0.0)


def _by(places: Mapping[date, list[int]], day: date) -> list[int]:
    return [place for on, some in places.items() if on <= day for place in some]


def _slack(
    made: Problem, one: Need, before: Mapping[date, list[int]], now: Mapping[date, list[int]]
) -> None:
    """Charge days before the last day, and those of slack that a patient at risk lacks."""
    by, wanted = weights(), wanted_slack(one)
    origin = one.latest
    left = [(place, -float((day - origin).days)) for day, some in now.items() for place in some]
    left += [(place, float((day - origin).days)) for day, some in before.items() for place in some]
    always = float(one.interval) if before else 0.0
    made.always += float(by.early) * always
    for place, days in left:
        made.cost[place] += float(by.early) * days
    if wanted:
        lack = made.variable(float(by.slack), whole=False)
        made.row(((lack, 1.0), *left), low=wanted - always)


def _deliveries(made: Problem, needs: Needs) -> None:
    """Charge each week in which a mixture is delivered."""
    people, by = {one.id: one for one in needs.people}, weights()
    weeks: dict[tuple[str, date], dict[tuple[str, int], list[int]]] = {}
    for place, one in made.visits.items():
        batch = weeks.setdefault((people[one.person].mixture, week_of(one.day)), {})
        batch.setdefault((one.person, one.number), []).append(place)
    _charged(made, weeks, float(by.delivery))


def _travel(made: Problem, needs: Needs, around: Around) -> None:
    """Charge each day of travel to or from a district; keep the number and size of tours."""
    people, by = {one.id: one for one in needs.people}, weights()
    paid = Counter(
        (people[one.person].district, people[one.person].at_home, one.day) for one in around.fixed
    )
    days: dict[_Tour, dict[tuple[str, int], list[int]]] = {}
    away: dict[_Tour, list[int]] = {}
    for place, one in made.visits.items():
        who = people[one.person]
        key = (who.district, who.at_home, one.day)
        if around.priced and who.district and key not in paid:
            days.setdefault(key, {}).setdefault((one.person, one.number), []).append(place)
        if who.at_home and not one.extra:
            away.setdefault(key, []).append(place)
    charged: dict[_Tour, int] = {}
    for district in sorted({district for district, _, _ in days}):
        some = {key: visits for key, visits in days.items() if key[0] == district}
        charged |= _charged(made, some, float(by.tour) * around.share.get(district, 1.0))
    if around.crowded:
        held = Counter(
            (people[one.person].district, True, one.day)
            for one in around.fixed
            if people[one.person].at_home and not one.extra
        )
        _tours(made, needs, away, charged, held)


def _tours(
    made: Problem,
    needs: Needs,
    away: Mapping[_Tour, Sequence[int]],
    charged: Mapping[_Tour, int],
    held: Mapping[_Tour, int],
) -> None:
    """Keep the number of home-visit tours of a day, and the visits of each.

    Parameters
    ----------
    charged
        The variable of each tour that has to be paid for.
    held
        Visits of tours that are fixed.
    """
    begun: dict[date, list[int]] = {}
    for key, places in away.items():
        left = float(needs.opening.tour_visits - held.get(key, 0))
        if key in held:
            made.row(((place, 1.0) for place in places), high=left)
            continue
        tour = charged[key] if key in charged else made.variable(0.0)
        made.row((*((place, 1.0) for place in places), (tour, -left)), high=0.0)
        begun.setdefault(key[2], []).append(tour)
    for day, some in begun.items():
        others = sum(1 for _, _, on in held if on == day)
        made.row(((place, 1.0) for place in some), high=float(needs.opening.tours - others))


def _charged(
    made: Problem, groups: Mapping[Key, Mapping[tuple[str, int], Sequence[int]]], cost: float
) -> dict[Key, int]:
    found = {}
    for key, visits in groups.items():
        found[key] = made.variable(cost)
        for places in visits.values():
            made.row((*((place, 1.0) for place in places), (found[key], -1.0)), high=0.0)
    return found


def _capacity(made: Problem, needs: Needs, around: Around) -> None:
    """Keep the appointments that a day holds."""
    people = {one.id: one for one in needs.people}
    taken = Counter(
        one.day for one in around.fixed if not one.extra and not people[one.person].at_home
    )
    here: dict[date, list[int]] = {}
    for place, one in made.visits.items():
        if not one.extra and not people[one.person].at_home:
            here.setdefault(one.day, []).append(place)
    for day, places in here.items():
        left = needs.capacity.get(day, 0) - taken[day]
        if len(places) > left:
            made.row(((place, 1.0) for place in places), high=float(left))
