"""What comes next for the reservoir, seen from the pump's now."""

from __future__ import annotations

import pytest

from builders import Chart, baclofen, morphine
from thecal.therapy.simulation import simulate

BOLUS = {"dose": "0.1 mg", "duration": "5 min", "lockout": "1 h", "max_per_day": 4}


def _outlook(chart):
    therapy = chart.therapy()
    return simulate(therapy).outlook, therapy.instant(therapy.events[0].time)


def _days(instant, since):
    return float((instant - since) / 86400)


def test_alarm_empty_and_refill_by_of_a_continuous_program():
    outlook, start = _outlook(baclofen())
    assert _days(outlook.low_reservoir, start) == pytest.approx((18 - 0.3072) / 0.4 + 0.5 / 24)
    # The first fill of a new pump leaves 1.4 mL behind.
    assert _days(outlook.empty, start) == pytest.approx((18.6 - 0.3072) / 0.4 + 0.5 / 24)
    assert outlook.refill_by.decided_by == "alarm date"
    assert _days(outlook.refill_by.instant, start) == pytest.approx(
        (18 - 0.3072) / 0.4 + 0.5 / 24 - 7
    )


def test_every_allowed_bolus_brings_the_alarm_forward():
    chart = morphine("1 mg/d")
    chart.events[-1][1]["patient_bolus"] = BOLUS
    outlook, start = _outlook(chart)
    assert _days(outlook.low_reservoir, start) == pytest.approx(17.6928 / 0.1 + 0.5 / 24)
    assert _days(outlook.low_reservoir_all_boluses, start) == pytest.approx(
        17.6928 / 0.14 + 0.5 / 24
    )


def test_a_stopped_pump_is_never_low_and_stability_decides():
    outlook, start = _outlook(baclofen().add("stop", 5, "09:00"))
    assert outlook.low_reservoir is None
    assert outlook.empty is None
    assert outlook.refill_by.decided_by == "stability"
    assert _days(outlook.refill_by.instant, start) == 77


def test_an_unfilled_pump_has_no_dates():
    outlook, _ = _outlook(Chart("spinal").add("note", 0, "09:00", text="x"))
    assert outlook.refill_by is None
    assert outlook.empty is None


def test_what_has_happened_stays():
    outlook, start = _outlook(baclofen("500 ug/d").add("note", 60, "09:00", text="x"))
    assert _days(outlook.empty, start) == pytest.approx(18.2928 + 0.5 / 24)
    assert outlook.low_reservoir < outlook.empty


def test_a_bridge_counts_with_its_own_rate():
    chart = baclofen().fill(30, "09:30", {"baclofen": "2000 ug/mL"}, aspirated="6.29 mL")
    chart.run(30, "09:30", "baclofen", "200 ug/d", bridge={"daily_dose": "200 ug/d"})
    therapy = chart.therapy()
    outlook = simulate(therapy).outlook
    since = therapy.instant(therapy.events[3].time)
    # 0.3072 mL at 0.4 mL/d, the rest of 18 mL at 0.1.
    assert _days(outlook.low_reservoir, since) == pytest.approx(0.768 + 17.6928 / 0.1)
