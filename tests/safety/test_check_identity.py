"""K6, K30, R04: the right drug in the right pump."""

from __future__ import annotations

import pytest

from builders import MORPHINE, Chart, morphine

STRONG = {"morphine": "20 mg/mL"}
OTHER = {"morphine": "10 mg/mL", "bupivacaine": "5 mg/mL"}


@pytest.mark.req("K6")
@pytest.mark.parametrize("name", ["order", "label"])
@pytest.mark.parametrize(
    ("stated", "severity"), [(MORPHINE, "info"), (STRONG, "hard"), (OTHER, "hard")]
)
def test_order_and_label_name_what_is_filled(name, stated, severity):
    found = Chart().fill(0, "09:00", MORPHINE, **{name: stated}).review()
    assert found.worst("K6", 0) == severity
    if severity == "hard":
        assert "morphine 10 mg/mL" in found.message("K6")


@pytest.mark.req("K6")
def test_all_four_the_same_is_silent():
    found = Chart().fill(0, "09:00", MORPHINE, order=MORPHINE, label=MORPHINE).review()
    assert found.worst("K6") == "silent"


@pytest.mark.req("K30", "U03")
@pytest.mark.parametrize(
    ("serial", "severity"), [("NGV1", "silent"), ("NGV2", "hard"), (None, "info")]
)
def test_the_serial_number_that_was_read_is_the_patients(serial, severity):
    found = morphine().add("interrogate", 5, "09:00", serial=serial).review()
    assert found.worst("K30", 3) == severity
    if severity == "hard":
        assert "NGV2" in found.message("K30")
        assert "NGV1" in found.message("K30")


def _changed(**program):
    chart = morphine().fill(30, "09:00", STRONG, aspirated="12.29 mL")
    return chart.run(program["day"], program["clock"], "morphine", "2 mg/d", **program["more"])


@pytest.mark.req("R04")
def test_another_solution_needs_a_program():
    chart = morphine().fill(30, "09:00", STRONG, aspirated="12.29 mL")
    found = chart.review()
    assert found.worst("R04", 3) == "hard"
    assert "morphine 10 mg/mL to morphine 20 mg/mL" in found.message("R04")
    assert "no program follows" in found.message("R04")


@pytest.mark.req("R04")
def test_a_program_in_the_same_visit_is_silent():
    found = _changed(day=30, clock="12:59", more={"bridge": {"daily_dose": "2 mg/d"}}).review()
    assert found.worst("R04", 3) == "silent"


@pytest.mark.req("R04")
def test_a_program_days_later_comes_after_the_new_solution_has_reached_the_tip():
    # 0.3072 mL at 0.2 mL/d last 36.9 h: after that twice the dose leaves the tip.
    assert _changed(day=31, clock="21:00", more={}).review().worst("R04", 3) == "soft"
    assert _changed(day=31, clock="22:00", more={}).review().worst("R04", 3) == "hard"
    assert _changed(day=35, clock="09:00", more={}).review().verdict == "refused"


@pytest.mark.req("R04")
def test_a_stopped_program_is_not_resumed_on_another_solution():
    chart = morphine().add("stop", 30, "08:55", reason="refill")
    chart.fill(30, "09:00", STRONG, aspirated="12.29 mL").add("resume", 30, "09:10")
    found = chart.run(35, "09:00", "morphine", "2 mg/d").review()
    assert found.worst("R04", 5) == "hard"
    assert "written for morphine 10 mg/mL" in found.message("R04", 5)
    # The dose it would give is reckoned with what is there.
    assert "4 mg of morphine a day" in found.message("K4", 5)


@pytest.mark.req("R04")
def test_the_same_solution_leaves_the_program_running():
    found = morphine().fill(30, "09:00", MORPHINE, aspirated="12.29 mL").review()
    assert found.worst("R04") == "silent"


@pytest.mark.req("R04")
def test_where_no_program_runs_no_old_rate_can_go_on():
    chart = Chart().fill(0, "09:00", MORPHINE).fill(1, "09:00", STRONG, aspirated="18.6 mL")
    assert chart.review().worst("R04") == "silent"
    constant = Chart("cancer", pump="isomed-35-10").fill(0, "09:00", MORPHINE, "35 mL")
    constant.fill(20, "09:00", {"morphine": "11 mg/mL"}, "35 mL", aspirated="15 mL")
    assert constant.review().worst("R04") == "silent"
