"""What the checks are told: gaps, first doses, what leaves the tip."""

from __future__ import annotations

import pytest

from builders import BACLOFEN, BACLOFEN_STRONG, MORPHINE, Chart, baclofen, morphine
from thecal.therapy.review import review_events


def _hours(gap):
    return gap.duration.in_unit("h")


def test_no_gap_while_therapy_runs():
    assert baclofen().run(5, "09:00", "baclofen", "210 ug/d").situation().gap is None


@pytest.mark.parametrize(
    ("how", "kind"), [("stop", "stopped"), ("minimum-rate", "at minimum rate")]
)
def test_a_gap_has_a_kind_a_length_and_the_dose_before(how, kind):
    chart = baclofen()
    if how == "stop":
        chart.add("stop", 5, "09:00")
    else:
        chart.add("program", 5, "09:00", mode=how)
    gap = chart.run(6, "12:00", "baclofen", "100 ug/d").situation().gap
    assert gap.kind == kind
    assert _hours(gap) == 27
    assert gap.dose_before["baclofen"].in_unit("ug") == 200


def test_a_pump_that_ran_dry_and_was_stopped_stood_since_it_ran_dry():
    chart = baclofen("500 ug/d").add("stop", 60, "08:00").fill(60, "09:00", BACLOFEN)
    gap = chart.run(60, "09:05", "baclofen", "100 ug/d").situation().gap
    assert gap.kind == "empty"
    assert _hours(gap) > 24 * 40


def test_a_program_written_while_it_was_dry_is_not_the_dose_before():
    chart = baclofen("500 ug/d").run(60, "08:00", "baclofen", "100 ug/d")
    gap = chart.fill(60, "09:00", BACLOFEN, aspirated="0 mL").situation().gap
    assert gap.dose_before["baclofen"].in_unit("ug") == 500


def test_a_drug_of_less_than_a_day_is_known_with_the_dose_it_began_with():
    chart = baclofen("100 ug/d").run(0, "12:00", "baclofen", "120 ug/d")
    later = chart.run(0, "18:00", "baclofen", "130 ug/d")
    assert later.situation().first_doses["baclofen"].in_unit("ug") == 100
    chart = baclofen("100 ug/d").run(1.1, "12:00", "baclofen", "120 ug/d")
    assert chart.situation().first_doses == {}


def test_what_leaves_the_tip_is_bridge_then_program():
    chart = baclofen().fill(30, "09:00", BACLOFEN_STRONG, aspirated="6.3 mL")
    chart.run(30, "09:00", "baclofen", "200 ug/d", bridge={"daily_dose": "200 ug/d"})
    tip = chart.situation().order.tip
    old, new = tip[0], tip[-1]
    assert old.reckoned == old.solution.written
    assert (old.end - old.start) / 3600 == pytest.approx(18.432)
    assert new.reckoned["baclofen"].in_unit("ug/mL") == 2000
    assert new.solution.actual["baclofen"].in_unit("ug/mL") < 2000  # the residual
    assert new.end - new.start == 86400


def test_a_fill_knows_what_was_due():
    order = baclofen().fill(10, "09:30", BACLOFEN, aspirated="14 mL").situation().order
    # 10 days at 0.4 mL/d and the prime of 0.3072 mL.
    assert order.due.in_unit("mL") == pytest.approx(4.3072)
    assert order.expected + order.due == order.expected.of("18.6", "mL")


def test_a_fill_of_a_constant_flow_pump_starts_its_dose():
    chart = Chart("cancer", pump="isomed-35-10").fill(0, "09:00", MORPHINE, "35 mL")
    order = chart.situation().order
    assert order.starts.daily_doses()["morphine"].in_unit("mg") == 10
    assert morphine().situation(0).order.starts is None


def test_the_restart_of_an_opioid_forgets_the_dose_before_a_long_gap():
    chart = morphine("4 mg/d").add("stop", 10, "09:00", reason="x")
    chart.run(13, "09:00", "morphine", "1 mg/d").run(13, "12:00", "morphine", "4 mg/d")
    findings, _ = review_events(chart.therapy())
    assert [one.check for one in findings if one.event == 5 and one.severity == "hard"] == ["K3"]
