"""First-come planning: whoever leaves a visit takes the latest free day before refill-by."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable
from datetime import date

from thecal.care.appointments.needs import DAY, Need, Needs
from thecal.care.appointments.plan import Visit


def first_come(needs: Needs) -> tuple[Visit, ...]:
    """Return the plan that people make one after the other.

    Appointments that stand stay. Everybody else takes, when the visit before is over, the latest
    free day on which they can come; where none is left, the visit is an extra on its last day.
    """
    desk = _Desk(needs)
    queue: list[tuple[date, str, int, date, date]] = []
    people = {one.id: one for one in needs.people}
    made = []
    for one in sorted(needs.people, key=lambda each: (not each.frozen, each.since, each.id)):
        if not needs.visits(one):
            continue
        booked = one.booked
        if booked is not None and booked in needs.days(one, 0) and desk.takes(one, booked):
            made.append(Visit(one.id, 0, booked))
            _queue_next(queue, needs, one, made[-1])
        else:
            queue.append((one.since, one.id, 0, one.earliest, one.latest))
    heapq.heapify(queue)
    while queue:
        _, who, number, low, high = heapq.heappop(queue)
        one = people[who]
        wanted = (day for day in reversed(needs.days(one, number)) if low <= day <= high)
        day = desk.first_free(one, wanted)
        made.append(Visit(who, number, high if day is None else day, extra=day is None))
        _queue_next(queue, needs, one, made[-1])
    return tuple(sorted(made, key=lambda each: (each.person, each.number)))


def _queue_next(
    queue: list[tuple[date, str, int, date, date]], needs: Needs, one: Need, visit: Visit
) -> None:
    number = visit.number + 1
    if number < needs.visits(one):
        low, high = visit.day + DAY * one.shortest, visit.day + DAY * one.interval
        heapq.heappush(queue, (visit.day, one.id, number, low, high))


class _Desk:
    """What is taken so far."""

    def __init__(self, needs: Needs) -> None:
        self._needs = needs
        self._here: Counter[date] = Counter()
        self._away: dict[date, Counter[str]] = {}

    def first_free(self, one: Need, wanted: Iterable[date]) -> date | None:
        """Take the first of some days that has room; None where none has."""
        return next((day for day in wanted if self.takes(one, day)), None)

    def takes(self, one: Need, day: date) -> bool:
        """Take a place on a day; False where there is none."""
        if not one.at_home:
            if self._here[day] >= self._needs.capacity.get(day, 0):
                return False
            self._here[day] += 1
            return True
        tours = self._away.setdefault(day, Counter())
        opening = self._needs.opening
        begins = one.district not in tours
        if tours[one.district] >= opening.tour_visits or (begins and len(tours) >= opening.tours):
            return False
        tours[one.district] += 1
        return True
