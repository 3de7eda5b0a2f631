"""Benchmark of the calendar: 200 patients over the next months, first-come beside the optimiser.

Both plan the same calendar in the same run; the patients are drawn from a seed, so that they are
the same each time. Three clinics: places enough, hardly enough, and too few. A refill-by that
first-come planning keeps and the optimiser breaks stops the benchmark.

    python tools/bench_calendar.py [--patients 200] [--seconds 40] [--seed 1]
"""

from __future__ import annotations

import argparse
import random
import time
from dataclasses import replace
from datetime import date, timedelta

from thecal.care.appointments.figures import length, number
from thecal.care.appointments.first_come import first_come
from thecal.care.appointments.needs import DAY, Need, Needs, shortest_interval
from thecal.care.appointments.opening import default_opening
from thecal.care.appointments.plan import Measure, Visit
from thecal.lab.appointments.optimise import Answer, optimise

START = date(2026, 11, 23)
INTERVALS = (35, 60, 75, 84, 90, 100, 120, 150, 173)
"""Days from fill to refill: 1 to 6 months, most of them 2 to 4 (facts/workflow.md 5)."""
SOLUTIONS = 8
DISTRICTS = ("north", "south", "east", "west")
AT_HOME, FETCHED, AWAY = 0.12, 0.15, 0.2
RISKS = (0, 1, 2, 3, 3, 4, 5, 6, 8)
HOLIDAYS = (("2026-12-24", "2027-01-03"), ("2027-04-02", "2027-04-05"))
CLINICS = (("places enough", 30, 1), ("hardly enough", 75, 1), ("too few", 105, 1))
"""Name, minutes of an appointment, rooms."""


def people(count: int, seed: int) -> tuple[Need, ...]:
    """Return patients who were filled at some time within their interval."""
    chance = random.Random(seed)  # noqa: S311 - the same patients each time
    return tuple(_patient(index, chance) for index in range(count))


def _patient(index: int, chance: random.Random) -> Need:
    interval = chance.choice(INTERVALS)
    filled = START - DAY * chance.randrange(interval)
    latest, shortest = filled + DAY * interval, shortest_interval(interval)
    at_home = chance.random() < AT_HOME
    fetched = chance.random() < FETCHED
    away = START + DAY * chance.randrange(180)
    return Need(
        id=f"p{index:03}",
        earliest=max(START, filled + DAY * shortest),
        latest=latest,
        interval=interval,
        shortest=shortest,
        mixture=f"solution {chance.randrange(SOLUTIONS)}",
        at_home=at_home,
        district=chance.choice(DISTRICTS) if at_home or fetched else "",
        blocked=((away, away + DAY * 10),) if chance.random() < AWAY else (),
        risk=chance.choice(RISKS),
        booked=None,
        frozen=False,
        since=filled,
    )


def clinic(minutes: int, rooms: int, everybody: tuple[Need, ...]) -> Needs:
    """Return the calendar of a clinic with the shipped hours and some holidays."""
    day = date.fromisoformat
    closed = {
        day(first) + DAY * ahead
        for first, last in HOLIDAYS
        for ahead in range((day(last) - day(first)).days + 1)
    }
    opening = replace(default_opening(), slot=minutes, rooms=rooms, closed=frozenset(closed))
    end = START + timedelta(weeks=int(number("plan", "weeks")))
    return Needs(START, end, everybody, opening, {})


def kept(plan: tuple[Visit, ...]) -> set[tuple[str, int]]:
    """Return the visits that have a place before refill-by."""
    return {(one.person, one.number) for one in plan if not one.extra}


def tell(name: str, needs: Needs, found: Answer, seconds: float) -> None:
    """Print a clinic's table."""
    places = sum(needs.capacity.values())
    print(
        f"\n{name}: {len(needs.people)} patients, {found.measured.visits} visits, {places} places"
    )
    head = ("plan", "broken", "deliveries", "tour days", "slack d", "lacking d", "cost", "s", "gap")
    print("  ".join(f"{one:>11}" for one in head))
    _row("first-come", found.first_measured, seconds, "")
    gap = f"{100 * found.gap:.1f} %" + (" (clock)" if found.timed_out else "")
    _row("optimiser", found.measured, found.seconds, gap)
    print(f"  no plan that keeps first-come's breaks fewer than {found.fewest_broken}")


def _row(name: str, one: Measure, seconds: float, gap: str) -> None:
    cells = (
        name,
        f"{one.broken}",
        f"{one.deliveries}",
        f"{one.tours}",
        f"{float(one.slack):.1f}",
        f"{one.short}",
        f"{float(one.cost):.0f}",
        f"{seconds:.2f}",
        gap,
    )
    print("  ".join(f"{cell:>11}" for cell in cells))


def main() -> None:
    """Plan each clinic both ways."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--patients", type=int, default=200)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--seconds", type=float, default=length("plan", "seconds").total_seconds())
    given = asked.parse_args()
    everybody = people(given.patients, given.seed)
    for name, minutes, rooms in CLINICS:
        needs = clinic(minutes, rooms, everybody)
        start = time.perf_counter()
        first = first_come(needs)
        seconds = time.perf_counter() - start
        found = optimise(needs, seconds=given.seconds, largest_gap=float(number("plan", "gap")))
        lost = kept(first) - kept(found.plan)
        if lost:
            raise SystemExit(f"the optimiser breaks what first-come keeps: {sorted(lost)}")
        tell(name, needs, found, seconds)


if __name__ == "__main__":
    main()
