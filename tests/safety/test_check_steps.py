"""K4: how far and how often a dose may rise."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from builders import BACLOFEN, BACLOFEN_STRONG, Chart, baclofen, morphine, plain
from thecal.safety.steps import check_bridge_step, check_steps
from thecal.units import Mass


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
@pytest.mark.inventory("S3.17")
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


# -- exactly at the limits, and what is told ------------------------------------------------------


def _rises_before(*days_ago):
    """Ziconotide raised from 2.4 to 2.6 mcg after rises so many days ago."""
    asked = Chart().start(ZICO, "ziconotide", "2.4 ug/d").run(30, "09:00", "ziconotide", "2.6 ug/d")
    situation = asked.situation()
    return replace(
        situation,
        increases=tuple(situation.now - int(days * 86400) for days in days_ago),
    )


def _frequency(asked):
    return [plain(one.message) for one in check_steps(asked) if "within 7 days" in one.message]


@pytest.mark.req("T16")
@pytest.mark.parametrize(
    ("days_ago", "told"),
    [((6.9, 5, 3), ["4"]), ((7, 5, 3), []), ((7.1, 5, 3), []), ((6, 5, 4, 3), ["5"]), ((5, 3), [])],
)
def test_three_rises_within_seven_days_are_advised_at_most(days_ago, told):
    words = _frequency(_rises_before(*days_ago))
    assert [one.split(" of ziconotide")[0] for one in words] == [
        f"this is rise number {number}" for number in told
    ]
    assert all("at most 3 are advised" in one for one in words)


@pytest.mark.req("K4")
@pytest.mark.parametrize(
    ("day", "clock", "words"),
    [
        (30, "13:00", None),
        (30, "13:01", "at most +30 %"),
        (35, "09:00", "at most +30 %"),
    ],
)
def test_the_larger_step_holds_within_the_visit_of_a_refill_only(day, clock, words):
    chart = baclofen("200 ug/d").fill(30, "09:00", BACLOFEN, aspirated="6.29 mL")
    message = chart.run(day, clock, "baclofen", "280 ug/d").review().message("K4", 4)
    assert message == "" if words is None else words in message


@pytest.mark.req("K4")
def test_the_first_fill_is_no_refill():
    found = baclofen("200 ug/d").run(0, "10:00", "baclofen", "281 ug/d").review()
    assert "+40.5 % against 200 mcg of baclofen a day; a step of at most +30 %" in (
        found.message("K4", 3)
    )


@pytest.mark.req("K4")
def test_the_same_dose_again_is_no_rise_that_comes_too_early():
    chart = baclofen("200 ug/d").run(0, "12:00", "baclofen", "200 ug/d")
    assert _worst(chart, 3) == "silent"


@pytest.mark.req("K4")
def test_a_step_names_the_dose_that_would_have_been_advised():
    (size,) = baclofen("100 ug/d").run(2, "09:30", "baclofen", "140 ug/d").review().of("K4", 3)
    assert (size.value.quantity.in_unit("ug"), size.limit.quantity.in_unit("ug")) == (140, 130)
    chart = Chart().start(ZICO, "ziconotide", "2.4 ug/d").run(9, "09:30", "ziconotide", "4.81 ug/d")
    advised = {one.source.split(":")[0]: one.limit.quantity for one in chart.review().of("K4", 3)}
    assert {whose: float(limit.in_unit("ug")) for whose, limit in advised.items()} == {
        "label-us": 4.8,
        "label-eu": 4.8,
        "practice": 2.9,
        "sfetd-2024": 2.6,
    }


@pytest.mark.req("K4")
def test_an_early_rise_is_told_in_hours():
    chart = baclofen("100 ug/d").run(0, "21:30", "baclofen", "110 ug/d")
    assert "comes 12 h after the start; 24 h are advised" in chart.review().message("K4", 3)
    chart = baclofen("100 ug/d").run(5, "09:30", "baclofen", "110 ug/d")
    found = chart.run(5, "12:00", "baclofen", "120 ug/d").review()
    assert "comes 2.5 h after the last rise; 24 h are advised" in found.message("K4", 4)


@pytest.mark.req("K4")
@pytest.mark.parametrize(("dose", "severity"), [(None, "silent"), (281, "soft"), (190, "silent")])
def test_a_bridge_is_held_against_the_dose_before_drug_by_drug(dose, severity):
    asked = baclofen("200 ug/d").run(30, "09:00", "baclofen", "200 ug/d").situation()
    # Clonidine was never given: nothing to step from.
    doses = {"clonidine": Mass.of(50, "ug")}
    if dose is not None:
        doses["baclofen"] = Mass.of(dose, "ug")
    order = replace(asked.order, bridge_doses=doses)
    found = [str(one.severity) for one in check_bridge_step(replace(asked, order=order))]
    assert (found[0] if found else "silent") == severity
