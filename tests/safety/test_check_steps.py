"""K4: how far and how often a dose may rise."""

from __future__ import annotations

from datetime import date

import pytest

from builders import BACLOFEN, BACLOFEN_STRONG, Chart, baclofen, morphine


def _worst(chart, event):
    found = chart.review()
    return found.worst("K4", event)


def _series(kind, doses, *, every=2):
    chart = Chart(kind).start(BACLOFEN, "baclofen", doses[0])
    for number, dose in enumerate(doses[1:], 1):
        chart.run(number * every, "09:30", "baclofen", dose)
    return chart.review()


@pytest.mark.req("T9")
def test_t9_spinal_30_percent_steps_pass():
    found = _series("spinal", ["100 ug/d", "130 ug/d", "169 ug/d", "219.7 ug/d", "285.61 ug/d"])
    assert found.worst("K4") == "silent"
    assert found.verdict == "accepted"


@pytest.mark.req("T9")
def test_t9_100_to_140_asks_and_an_increase_inside_the_first_day_too():
    found = _series("spinal", ["100 ug/d", "140 ug/d"])
    assert found.worst("K4", 3) == "soft"
    assert "+40 %" in found.message("K4", 3)
    assert "at most +30 %" in found.message("K4", 3)
    chart = baclofen("100 ug/d").run(1, "09:29", "baclofen", "110 ug/d")
    assert _worst(chart, 3) == "soft"
    assert "after the start" in chart.review().message("K4", 3)
    chart = baclofen("100 ug/d").run(1, "09:30", "baclofen", "110 ug/d")
    assert _worst(chart, 3) == "silent"


@pytest.mark.req("T10")
def test_t10_cerebral_15_percent_steps_pass_and_20_asks():
    doses = ["100 ug/d", "115 ug/d", "132.25 ug/d", "152.0875 ug/d", "174.900625 ug/d"]
    assert _series("cerebral", doses).worst("K4") == "silent"
    assert _series("cerebral", ["100 ug/d", "115.01 ug/d"]).worst("K4", 3) == "soft"
    assert _series("cerebral", ["100 ug/d", "120 ug/d"]).worst("K4", 3) == "soft"


@pytest.mark.req("T10")
def test_a_child_of_spinal_origin_has_the_stricter_step():
    chart = Chart("spinal", patient={"birth_date": date(2018, 5, 17)})
    chart.start(BACLOFEN, "baclofen", "100 ug/d").run(5, "09:00", "baclofen", "120 ug/d")
    assert _worst(chart, 3) == "soft"


@pytest.mark.req("K4")
def test_exactly_30_percent_after_a_refill_with_residual_mixing_is_no_larger_step():
    # 1.4 mL at 500 under 20 mL at 2000 mcg/mL: the patient gets 4.9 % less than ordered.
    chart = baclofen("200 ug/d").fill(30, "09:00", BACLOFEN_STRONG, aspirated="6.3 mL")
    chart.run(30, "09:05", "baclofen", "200 ug/d", bridge={"daily_dose": "200 ug/d"})
    assert _worst(chart.run(40, "09:00", "baclofen", "260 ug/d"), 5) == "silent"


@pytest.mark.req("K4")
@pytest.mark.parametrize(
    ("kind", "born", "dose", "severity"),
    [
        ("spinal", 1970, "280 ug/d", "silent"),
        ("spinal", 1970, "281 ug/d", "soft"),
        ("cerebral", 1970, "240 ug/d", "silent"),
        ("cerebral", 1970, "241 ug/d", "soft"),
        # A child of spinal origin keeps the child's step.
        ("spinal", 2018, "240 ug/d", "soft"),
    ],
)
def test_the_label_allows_a_larger_step_at_a_refill(kind, born, dose, severity):
    chart = Chart(kind, patient={"birth_date": date(born, 5, 17)})
    chart.start(BACLOFEN, "baclofen", "200 ug/d")
    chart.fill(30, "09:00", BACLOFEN, aspirated="6.29 mL").run(30, "09:05", "baclofen", dose)
    assert _worst(chart, 4) == severity


@pytest.mark.req("K4")
@pytest.mark.parametrize(("hour", "severity"), [("09:29", "soft"), ("09:30", "silent")])
def test_two_rises_are_24_hours_apart(hour, severity):
    chart = baclofen("100 ug/d").run(2, "09:30", "baclofen", "110 ug/d")
    assert _worst(chart.run(3, hour, "baclofen", "120 ug/d"), 4) == severity


@pytest.mark.req("K4")
@pytest.mark.parametrize(
    ("kind", "dose", "severity"),
    [
        ("pain", "1.3 mg/d", "silent"),
        ("pain", "1.31 mg/d", "soft"),
        ("cancer", "1.5 mg/d", "silent"),
        ("cancer", "1.51 mg/d", "soft"),
    ],
)
def test_opioid_steps_depend_on_the_setting(kind, dose, severity):
    chart = Chart(kind).start({"morphine": "10 mg/mL"}, "morphine", "1 mg/d")
    assert _worst(chart.run(14, "09:00", "morphine", dose), 3) == severity


@pytest.mark.req("K4")
def test_a_recalled_interval_only_warns():
    chart = morphine("1 mg/d").run(3, "09:00", "morphine", "1.1 mg/d")
    chart.run(6, "09:00", "morphine", "1.2 mg/d")
    assert _worst(chart, 4) == "warn"


ZICO = {"ziconotide": "25 ug/mL"}


@pytest.mark.req("T16")
def test_t16_ziconotide_in_seven_steps_of_2_4_within_21_days():
    chart = Chart().start(ZICO, "ziconotide", "2.4 ug/d", volume="40 mL")
    for number, dose in enumerate(("4.8", "7.2", "9.6", "12", "14.4", "16.8", "19.2"), 1):
        chart.run(number * 3, "09:30", "ziconotide", f"{dose} ug/d")
    found = chart.review()
    assert "soft" not in found.severities("K4")
    assert len(found.of("K27", 9)) >= 1  # exactly at the maximum warns
    assert "soft" not in found.severities("K27", 9)


@pytest.mark.req("T16")
def test_t16_a_fourth_step_in_a_week_asks():
    chart = Chart().start(ZICO, "ziconotide", "2.4 ug/d", volume="40 mL")
    for number in range(1, 5):
        chart.run(1 + number * 2 - 1, "09:30", "ziconotide", f"{2.4 + 0.5 * number:.1f} ug/d")
    found = chart.review()
    assert [found.worst("K4", event) == "soft" for event in (3, 4, 5, 6)] == [False] * 3 + [True]
    assert "rise number 4" in found.message("K4", 6)


@pytest.mark.req("T16")
@pytest.mark.parametrize(("dose", "severity"), [("4.8 ug/d", "warn"), ("4.81 ug/d", "soft")])
def test_a_ziconotide_step_is_at_most_2_4_by_label(dose, severity):
    chart = Chart().start(ZICO, "ziconotide", "2.4 ug/d").run(9, "09:30", "ziconotide", dose)
    assert _worst(chart, 3) == severity


@pytest.mark.req("K4")
def test_the_same_or_a_lower_dose_is_no_step():
    chart = baclofen("200 ug/d").run(0, "12:00", "baclofen", "200 ug/d")
    assert _worst(chart.run(0, "13:00", "baclofen", "150 ug/d"), 4) == "silent"


@pytest.mark.req("K4")
def test_resuming_a_program_raised_shortly_before_is_no_step():
    chart = baclofen("200 ug/d").run(5, "09:00", "baclofen", "260 ug/d")
    chart.add("stop", 5, "11:00", reason="x").add("resume", 5, "11:30")
    assert chart.review().verdict == "accepted"
