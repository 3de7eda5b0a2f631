"""First-come planning: the latest free day before refill-by, one patient after the other."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings

from calendar_cases import MONDAY, calendars, need, needs
from thecal.care.appointments.first_come import first_come
from thecal.care.appointments.needs import DAY, needs_of
from thecal.care.appointments.plan import Visit, faults, measure


def test_who_comes_first_takes_the_last_day_and_the_next_one_the_day_before() -> None:
    early = need("a", 9, interval=60)
    late = need("b", 9, interval=59)
    plan = first_come(needs(early, late, starts=1))
    assert [(one.person, one.day) for one in plan] == [
        ("a", MONDAY + DAY * 9),
        ("b", MONDAY + DAY * 8),
    ]


def test_the_next_visit_follows_within_the_interval_of_the_one_before() -> None:
    first, second, third = first_come(needs(need("a", 1, interval=21)))
    assert second.day - first.day <= timedelta(days=21)
    assert third.day - second.day <= timedelta(days=21)
    assert not any(one.extra for one in (first, second, third))


def test_where_no_place_is_left_the_visit_is_an_extra_on_its_last_day() -> None:
    people = [need(f"p{number}", 0) for number in range(3)]
    plan = first_come(needs(*people, starts=2))
    assert [one.extra for one in plan] == [False, False, True]
    assert plan[2].day == MONDAY
    assert measure(needs(*people, starts=2), plan).broken == 1


def test_a_tour_goes_to_one_district_and_holds_so_many_visits() -> None:
    north = [need(f"n{number}", 3, at_home=True, district="north") for number in range(3)]
    south = need("s", 3, at_home=True, district="south")
    wanted = needs(*north, south, tours=1, tour_visits=2)
    plan = first_come(wanted)
    assert list(faults(wanted, plan)) == []
    days = {one.person: one.day for one in plan}
    assert len({days["n0"], days["n1"], days["n2"]}) == 2
    assert days["s"] not in (days["n0"], days["n1"], days["n2"])


def test_a_plan_that_breaks_a_rule_says_which() -> None:
    wanted = needs(need("a", 9), need("b", 9), starts=1)
    same = (Visit("a", 0, MONDAY + DAY * 9), Visit("b", 0, MONDAY + DAY * 9))
    assert "holds 1 visits, not 2" in next(faults(wanted, same))
    late = (Visit("a", 0, MONDAY + DAY * 10), Visit("b", 0, MONDAY + DAY * 9))
    assert "is outside" in next(faults(wanted, late))
    closed = (Visit("a", 0, MONDAY + DAY * 6), Visit("b", 0, MONDAY + DAY * 9))
    assert "closed" in next(faults(wanted, closed))
    assert "missing" in next(faults(wanted, same[:1]))


@settings(max_examples=150, deadline=None)
@given(calendars())
def test_first_come_breaks_no_rule_and_survives_json(wanted) -> None:
    plan = first_come(wanted)
    assert list(faults(wanted, plan)) == []
    assert first_come(needs_of(wanted.to_json())) == plan
