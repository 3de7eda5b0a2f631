"""The pause around a procedure: days count as calendar days, hours from the beginning."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.care.anticoagulants.agents import agent, agents, nonsteroidals, procedure, procedures
from thecal.care.anticoagulants.pause import Pause, Standing, pause
from thecal.errors import UnknownIdError

DAY_D = datetime.fromisoformat("2026-12-10T08:00")
END = DAY_D + timedelta(hours=2)
IMPLANT = procedure("implant")
MOMENTS = st.datetimes(datetime.fromisoformat("2020-01-01"), datetime.fromisoformat("2030-01-01"))
HIGH_RISK = sorted(one.id for one in procedures().values() if one.is_high_risk)


def implant(drug: str, last_dose: datetime | None = None, **known: object) -> Pause:
    return pause(agent(drug), IMPLANT, DAY_D, ends=END, last_dose=last_dose, **known)


@pytest.mark.inventory("T33")
def test_warfarin_is_taken_last_on_day_d_minus_5_or_earlier() -> None:
    found = implant("warfarin", datetime.fromisoformat("2026-12-05T23:59"))
    assert found.last_day == date(2026, 12, 5)
    assert found.standing is Standing.LONG_ENOUGH
    assert implant("warfarin", datetime.fromisoformat("2026-12-06")).standing is Standing.TOO_LATE
    assert found.agent.test is not None
    assert found.agent.test.value == "normal INR"
    assert found.restart_from == END + timedelta(hours=6)


@pytest.mark.inventory("T33")
def test_therapeutic_enoxaparin_is_taken_last_24_h_before() -> None:
    edge = DAY_D - timedelta(hours=24)
    assert implant("enoxaparin-therapeutic", edge).standing is Standing.LONG_ENOUGH
    late = implant("enoxaparin-therapeutic", edge + timedelta(minutes=1))
    assert late.standing is Standing.TOO_LATE
    assert late.last_dose == edge


@pytest.mark.inventory("S1.R23")
@pytest.mark.parametrize(
    ("drug", "hold", "restart"),
    [
        ("aspirin-primary", "6 d", 24),
        ("cilostazol", "2 d", 24),
        ("dipyridamole", "2 d", 24),
        ("warfarin", "5 d", 6),
        ("acenocoumarol", "3 d", 24),
        ("heparin-intravenous", "6 h", 24),
        ("heparin-subcutaneous", "24 h", 6),
        ("enoxaparin-prophylactic", "12 h", 24),
        ("enoxaparin-therapeutic", "24 h", 24),
        ("dalteparin", "24 h", 24),
        ("fondaparinux", "4 d", 24),
        ("clopidogrel", "7 d", 24),
        ("prasugrel", "10 d", 24),
        ("ticagrelor", "5 d", 24),
        ("rivaroxaban", "3 d", 24),
        ("apixaban", "3 d", 24),
        ("edoxaban", "3 d", 24),
        ("fibrinolytic", "48 h", 48),
    ],
)
def test_hold_and_restart_of_each_drug(drug: str, hold: str, restart: int) -> None:
    found = implant(drug)
    assert found.hold is not None
    assert f"{found.hold.value.in_unit(found.hold.unit)} {found.hold.unit}" == hold
    assert found.restart_from == END + timedelta(hours=restart)


@pytest.mark.inventory("S1.R23")
def test_nonsteroidals_wait_five_half_lives() -> None:
    days = {one.id: one.hold[0].value.in_unit("d") for one in nonsteroidals()}
    assert days == {
        **dict.fromkeys(("diclofenac", "ketorolac", "ibuprofen"), Fraction(1)),
        **dict.fromkeys(("etodolac", "indomethacin"), Fraction(2)),
        **dict.fromkeys(("naproxen", "meloxicam"), Fraction(4)),
        "nabumetone": Fraction(6),
        **dict.fromkeys(("oxaprozin", "piroxicam"), Fraction(10)),
    }


@pytest.mark.inventory("S1.R23")
def test_the_table_for_surgery_is_never_used() -> None:
    for drug in ("apixaban", "rivaroxaban"):
        one = agent(drug)
        assert [fact.value.in_unit("d") for fact in one.surgery] == [2]
        assert [fact.value.in_unit("d") for fact in one.hold] == [3]
        assert implant(drug).last_day == date(2026, 12, 7)


@pytest.mark.parametrize(("renal", "day"), [(True, 4), (None, 4), (False, 6)])
def test_dabigatran_waits_longer_unless_the_kidneys_are_known_to_work(
    renal: bool | None, day: int
) -> None:
    found = implant("dabigatran", renal_impairment=renal)
    assert found.last_day == date(2026, 12, day)
    assert found.renal_unknown is (renal is None)


def test_without_an_end_no_restart_time_is_made_up() -> None:
    assert pause(agent("warfarin"), IMPLANT, DAY_D).restart_from is None


def test_aspirin_for_secondary_prevention_has_no_length() -> None:
    found = implant("aspirin-secondary", DAY_D - timedelta(days=30))
    assert found.standing is Standing.NO_LENGTH
    assert found.last_dose is None


def test_a_drug_or_procedure_that_no_row_knows_is_refused() -> None:
    with pytest.raises(UnknownIdError, match="warfarine"):
        agent("warfarine")
    with pytest.raises(UnknownIdError, match="tooth"):
        procedure("tooth")


@given(st.sampled_from(sorted(agents())), MOMENTS, MOMENTS)
def test_a_refill_asks_for_no_hold_whatever_is_taken(
    drug: str, begins: datetime, last_dose: datetime
) -> None:
    found = pause(agent(drug), procedure("refill"), begins, last_dose=last_dose)
    assert found.standing is Standing.NO_HOLD_USUAL
    assert found.last_dose is None


@given(st.sampled_from(sorted(agents())), st.sampled_from(HIGH_RISK), MOMENTS, MOMENTS, MOMENTS)
def test_an_earlier_last_dose_never_stands_worse(
    drug: str, name: str, begins: datetime, one: datetime, other: datetime
) -> None:
    earlier, later = sorted((one, other))
    standings = [
        pause(agent(drug), procedure(name), begins, last_dose=dose).standing
        for dose in (earlier, later)
    ]
    if standings[1] is Standing.LONG_ENOUGH:
        assert standings[0] is Standing.LONG_ENOUGH


@given(st.sampled_from(sorted(agents())), MOMENTS, st.integers(0, 3000))
def test_a_later_procedure_never_asks_for_an_earlier_last_dose(
    drug: str, begins: datetime, hours: int
) -> None:
    first = pause(agent(drug), IMPLANT, begins)
    second = pause(agent(drug), IMPLANT, begins + timedelta(hours=hours))
    if first.last_day is not None and second.last_day is not None:
        assert first.last_day <= second.last_day
    if first.last_time is not None and second.last_time is not None:
        assert first.last_time <= second.last_time
