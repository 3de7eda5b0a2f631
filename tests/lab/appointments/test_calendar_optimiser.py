"""The optimiser's calendar: never worse than first-come on any refill-by, and certified."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings

from calendar_cases import MONDAY, calendars, need, needs
from thecal.care.appointments.needs import DAY, Needs
from thecal.care.appointments.plan import Visit, faults, measure
from thecal.lab.appointments.optimise import Answer, optimise


def solved(wanted: Needs) -> Answer:
    return optimise(wanted, seconds=20, largest_gap=0.0)


def kept(plan: tuple[Visit, ...]) -> set[tuple[str, int]]:
    return {(one.person, one.number) for one in plan if not one.extra}


@settings(max_examples=25, deadline=None)
@given(calendars())
def test_it_keeps_every_refill_by_that_first_come_keeps_and_breaks_no_rule(wanted: Needs) -> None:
    found = solved(wanted)
    assert kept(found.first) <= kept(found.plan)
    assert found.measured.broken <= found.first_measured.broken
    assert found.fewest_broken <= found.measured.broken
    assert list(faults(wanted, found.plan)) == []
    if found.measured.broken == found.first_measured.broken:
        assert found.measured.cost <= found.first_measured.cost
    assert 0 <= found.gap <= 1


def test_a_place_that_first_come_wastes_is_given_to_who_has_no_other() -> None:
    """Two people, one place a day: who came first takes the only day of the other."""
    free = need("a", 1, interval=20)
    tight = replace(need("b", 1, interval=19), earliest=MONDAY + DAY)
    wanted = needs(free, tight, weeks=2, starts=1)
    found = solved(wanted)
    assert found.first_measured.broken == 1
    assert found.measured.broken == 0 == found.fewest_broken


def test_patients_of_one_mixture_share_a_delivery() -> None:
    people = [need("a", 11), need("b", 18)]
    found = solved(needs(*people, weeks=3))
    assert found.first_measured.deliveries == 2
    assert found.measured.deliveries == 1
    apart = solved(needs(people[0], replace(people[1], mixture="baclofen"), weeks=3))
    assert apart.measured.deliveries == 2


def test_home_visits_of_a_district_share_a_tour() -> None:
    home = [need(name, day, at_home=True, district="north") for name, day in (("a", 8), ("b", 11))]
    found = solved(needs(*home, weeks=3))
    assert found.first_measured.tours == 2
    assert found.measured.tours == 1


def test_who_is_at_risk_comes_earlier() -> None:
    plan = solved(needs(need("calm", 11), weeks=3)).plan
    risky = solved(needs(need("risky", 11, risk=10), weeks=3)).plan
    assert risky[0].day < plan[0].day


def test_a_day_on_which_nobody_can_come_stays_free_and_a_frozen_booking_stays() -> None:
    away = need("a", 4, blocked=((MONDAY + DAY * 3, MONDAY + DAY * 4),))
    assert solved(needs(away, weeks=2)).plan[0].day < MONDAY + DAY * 3
    fixed = need("b", 11, booked=MONDAY + DAY, frozen=True, risk=10)
    fixed = replace(fixed, earliest=MONDAY)
    assert solved(needs(fixed, weeks=3)).plan[0].day == MONDAY + DAY


@pytest.mark.parametrize("day", [MONDAY + DAY, MONDAY + DAY * 5])
def test_bookings_that_stay_keep_their_places_on_a_day_too_full_or_closed(day: date) -> None:
    """Two were booked at one place, or on a day closed since: both have an appointment."""
    two = [replace(need(name, 11, booked=day, frozen=True), earliest=MONDAY) for name in ("a", "b")]
    wanted = needs(*two, replace(need("c", 11), earliest=MONDAY), weeks=3, starts=1)
    found = solved(wanted)
    assert found.measured.broken == found.first_measured.broken == 0
    held = {one.person: one.day for one in found.plan}
    assert held["a"] == held["b"] == day
    assert held["c"] != day


@pytest.mark.parametrize("seconds", [20, 0.2])
def test_the_same_calendar_has_the_same_plan_and_little_time_is_no_worse_than_first_come(
    seconds: float,
) -> None:
    people = [need(f"p{number}", 2 + number % 9, risk=number % 5) for number in range(14)]
    wanted = needs(*people, weeks=3)
    one = optimise(wanted, seconds=seconds, largest_gap=0.0)
    assert kept(one.first) <= kept(one.plan)
    if not one.timed_out:
        assert optimise(wanted, seconds=seconds, largest_gap=0.0).plan == one.plan


def test_the_bound_is_below_what_every_single_plan_costs() -> None:
    """Two patients who would both like one day that holds one: every pair of days is tried."""
    wanted = needs(need("a", 4, risk=4), need("b", 5, risk=6), weeks=2, starts=1)
    found = solved(wanted)
    every = (
        (Visit("a", 0, first), Visit("b", 0, second))
        for first in wanted.days(wanted.people[0], 0)
        for second in wanted.days(wanted.people[1], 0)
    )
    costs = [float(measure(wanted, one).cost) for one in every if not list(faults(wanted, one))]
    assert float(found.measured.cost) == pytest.approx(min(costs))
    assert float(found.measured.cost) * (1 - found.gap) <= min(costs) + 1e-6
