"""K23 the balance, K11 and K29 the watch, K12 the next visit."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from visit_cases import (
    BACLOFEN,
    MORPHINE,
    NOW,
    ROUTINE,
    START,
    changed,
    found,
    mixture,
    ml,
    without,
    worst,
)

from thecal.care.visit.arrival import Consciousness, Gait
from thecal.care.visit.leaving import Observation
from thecal.care.visit.leaving_checks import watch_after, watch_left
from thecal.care.visit.visit import Skipped
from thecal.units import Volume

STARTED = START + timedelta(minutes=45)


@pytest.mark.req("K23")
@pytest.mark.inventory("W27")
def test_scenario_27_20_received_18_injected_1_wasted_leaves_1_missing() -> None:
    visit = changed("waste", injected=ml("18"), wasted=ml("1"))
    visit = changed("program", visit, first=ml("18"))
    (told,) = found(visit, "K23")
    assert "new solution: 1\u00a0mL missing" in told.message
    sums = "20 mL received, but 18 mL injected + 1 mL destroyed + 0 mL given back = 19 mL"
    assert sums in told.message.replace("\u00a0", " ")
    assert "10\u00a0mg" in told.message
    assert str(told.severity) == "soft"
    assert worst(visit, "K23", controlled=frozenset()) == "warn"
    assert worst(changed("waste", visit, returned=ml("1")), "K23") == "silent"


@pytest.mark.req("K23")
@pytest.mark.parametrize(
    ("changes", "severity"),
    [
        ({}, "silent"),
        ({"received": ml("20.2")}, "silent"),
        ({"received": ml("20.3")}, "soft"),
        ({"wasted": ml("1")}, "soft"),
        ({"injected": ml("19"), "wasted": ml("1")}, "soft"),
        ({"old_wasted": ml("2")}, "soft"),
        ({"old_wasted": ml("4.2")}, "silent"),
        ({"witness": None}, "soft"),
        ({"witness": "nurse.a"}, "soft"),
    ],
)
def test_everything_is_accounted_for_before_a_witness(
    changes: dict[str, object], severity: str
) -> None:
    assert worst(changed("waste", **changes), "K23") == severity


@pytest.mark.req("K23")
def test_the_old_solution_counts_with_its_own_drugs_and_no_witness_is_asked_without_any() -> None:
    visit = changed("waste", old_wasted=ml("2"), witness=None)
    visit = changed("verify", visit, label=BACLOFEN, order=BACLOFEN)
    assert any("20\u00a0mg" in one.message for one in found(visit, "K23"))
    assert worst(changed("waste", witness=None), "K23", controlled=frozenset()) == "silent"


@pytest.mark.req("K23")
@given(
    injected=st.integers(0, 300),
    wasted=st.integers(0, 50),
    returned=st.integers(0, 50),
    lost=st.integers(0, 40),
)
def test_the_balance_is_silent_exactly_within_its_tolerance(
    injected: int, wasted: int, returned: int, lost: int
) -> None:
    def tenths(number: int) -> Volume:
        return Volume.of(100 * number, "uL")

    visit = changed(
        "waste",
        without("program"),
        received=tenths(injected + wasted + returned + lost),
        injected=tenths(injected),
        wasted=tenths(wasted),
        returned=tenths(returned),
    )
    assert (worst(visit, "K23") == "silent") == (lost <= 2)


@pytest.mark.req("K23")
def test_a_waste_that_is_booked_later_leaves_a_task() -> None:
    visit = replace(without("waste"), skipped=(Skipped(step="waste", reason="tonight"),))
    (told,) = found(visit, "K23")
    assert told.follow_up
    assert worst(without("waste"), "K23") == "silent"


@pytest.mark.req("K11")
def test_the_longest_watch_of_the_drugs_counts_and_the_timer_runs_down() -> None:
    assert watch_after(MORPHINE).value.in_unit("min") == 30
    assert watch_after(mixture(bupivacaine="5 mg/mL")).source == "workflow.md 4c K11"
    watch = Observation(started=STARTED)
    assert watch_left(watch, MORPHINE, STARTED + timedelta(minutes=12)) == timedelta(minutes=18)
    assert watch_left(watch, MORPHINE, STARTED + timedelta(hours=2)) == timedelta()


@pytest.mark.req("K11")
@pytest.mark.inventory("W20")
def test_scenario_20_documents_at_12_minutes_of_30_warn() -> None:
    visit = changed("leave", given_at=STARTED + timedelta(minutes=12))
    (told,) = found(visit, "K11")
    assert str(told.severity) == "warn"
    assert "12 min after the fill" in told.message
    assert worst(changed("leave", given_at=STARTED + timedelta(minutes=30)), "K11") == "silent"


@pytest.mark.req("K11")
@pytest.mark.parametrize(
    ("changes", "severity"),
    [
        ({}, "silent"),
        ({"ended": STARTED + timedelta(minutes=30)}, "silent"),
        ({"ended": STARTED + timedelta(minutes=29)}, "soft"),
        ({"consciousness": Consciousness.DROWSY}, "soft"),
        ({"gait": Gait.UNSTEADY}, "soft"),
        ({"gait": None}, "soft"),
        ({"escort": None}, "warn"),
        ({"ended": None, "escort": None, "gait": None, "released_by": None}, "silent"),
    ],
)
def test_nobody_leaves_early_or_worse_than_they_came(
    changes: dict[str, object], severity: str
) -> None:
    assert worst(changed("observe", **changes), "K11") == severity


@pytest.mark.req("K11")
def test_who_came_drowsy_and_unsteady_is_not_worse_for_being_so() -> None:
    state = {"consciousness": Consciousness.DROWSY, "gait": Gait.WITH_HELP}
    visit = changed("vitals", changed("observe", **state), **state)
    assert worst(visit, "K11") == "silent"


@pytest.mark.req("K29")
@pytest.mark.parametrize(("hours", "severity"), [(None, "soft"), (23, "soft"), (24, "silent")])
def test_a_start_or_restart_is_watched_for_24_hours(hours: int | None, severity: str) -> None:
    until = None if hours is None else STARTED + timedelta(hours=hours)
    visit = changed("observe", watched_until=until)
    assert worst(visit, "K29", starts="restart") == severity
    assert worst(visit, "K29") == "silent"


@pytest.mark.req("K12")
def test_a_next_visit_after_the_refill_by_date_is_refused_with_the_latest_day() -> None:
    assert worst(ROUTINE, "K12") == "silent"
    assert worst(changed("leave", next_visit=date(2027, 1, 3)), "K12") == "silent"
    (late,) = found(changed("leave", next_visit=date(2027, 1, 5)), "K12")
    assert str(late.severity) == "hard"
    assert "book 4 January 2027 or an earlier day" in late.message.replace("\u00a0", " ")
    assert late.follow_up
    assert worst(changed("leave", next_visit=date(2027, 1, 5)), "K12", refill_by=None) == "silent"


@pytest.mark.req("K12")
@pytest.mark.parametrize(
    ("hour", "minute", "severity"), [(10, 5, "silent"), (10, 6, "hard"), (16, 0, "hard")]
)
def test_on_the_last_day_the_hour_decides(hour: int, minute: int, severity: str) -> None:
    last = date(2027, 1, 4)
    at = datetime(2027, 1, 4, hour, minute, tzinfo=NOW.tzinfo)
    assert worst(changed("leave", next_visit=last, visit_at=at), "K12") == severity
    (without,) = found(changed("leave", next_visit=last), "K12")
    assert "until 10:05" in without.message
    assert "name the time of the visit" in without.message
