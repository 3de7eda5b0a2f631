"""D01, D11, D14, H03, H04: what this pump can do at all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from builders import BACLOFEN, MORPHINE, Chart, baclofen, morphine
from thecal.safety.delivery import check_rates

ZICO = {"ziconotide": "25 ug/mL"}


@pytest.mark.req("T14", "D01")
def test_t14_half_a_microgram_of_undiluted_ziconotide_is_refused():
    found = Chart().start(ZICO, "ziconotide", "0.5 ug/d").review()
    assert found.worst("D01", 2) == "hard"
    assert "0.02 mL/day, is below the lowest" in found.message("D01", 2)
    assert "dilute the solution at a refill to ziconotide 10.4 mcg/mL or less" in found.message(
        "D01"
    )
    diluted = Chart().start({"ziconotide": "10 ug/mL"}, "ziconotide", "0.5 ug/d").review()
    assert diluted.verdict == "accepted"
    assert diluted.review.programs[0].volume_rate.in_unit("mL/d") * 20 == 1


@pytest.mark.req("T13", "D01")
def test_t13_1_2_is_exactly_the_pump_minimum_and_passes():
    found = Chart().start(ZICO, "ziconotide", "1.2 ug/d").review()
    assert found.worst("D01") == "silent"
    assert found.review.programs[0].volume_rate.in_unit("mL/d") * 1000 == 48
    below = Chart().start(ZICO, "ziconotide", "1.199 ug/d").review()
    assert below.worst("D01", 2) == "hard"


@pytest.mark.req("D01")
def test_a_bridge_below_the_minimum_rate():
    chart = morphine("2 mg/d").fill(30, "09:00", {"morphine": "20 mg/mL"}, aspirated="12.29 mL")
    found = chart.run(30, "09:05", "morphine", "2 mg/d", bridge={"daily_dose": "0.4 mg/d"})
    assert "the bridge, 0.04 mL/day" in found.review().message("D01", 4)


@pytest.mark.req("D01", "T26")
@pytest.mark.parametrize(
    ("dose", "severity"), [("12 mg/d", "silent"), ("240 mg/d", "silent"), ("241 mg/d", "soft")]
)
def test_the_highest_rate_is_only_recalled_so_it_asks(dose, severity):
    # T26: 0.5 mL/h of 10 mg/mL is 120 mg a day: the ceiling refuses it long before.
    found = Chart("cancer").start(MORPHINE, "morphine", dose, volume="40 mL").review()
    assert found.worst("D01", 2) == severity


@pytest.mark.req("T26")
def test_t26_half_a_millilitre_an_hour_is_refused_by_the_dose():
    found = Chart("cancer").start(MORPHINE, "morphine", "120 mg/d").review()
    assert found.worst("K27", 2) == "hard"
    assert found.review.programs[0].volume_rate.in_unit("mL/h") * 2 == 1


@pytest.mark.req("D01")
def test_a_bolus_on_top_of_the_background_counts():
    bolus = {"dose": "0.5 mg", "duration": "1 min", "lockout": "6 h", "max_per_day": 2}
    found = morphine("2 mg/d", patient=None).run(
        10, "09:00", "morphine", "2 mg/d", patient_bolus=bolus
    )
    assert "bolus and background together" in found.review().message("D01", 3)


@pytest.mark.req("D11")
@pytest.mark.parametrize(
    "before",
    [
        lambda c: c.add("stop", 10, "08:00", reason="x"),
        lambda c: c.add("program", 10, "08:00", mode="minimum-rate", reason="x").add(
            "stop", 10, "08:10", reason="x"
        ),
        lambda c: c.add("bolus", 10, "08:55", dose="10 ug", duration="10 min"),
        lambda c: c.fill(10, "08:00", {"baclofen": "2000 ug/mL"}, aspirated="14.4 mL").run(
            10, "08:10", "baclofen", "200 ug/d", bridge={"daily_dose": "200 ug/d"}
        ),
    ],
    ids=["stopped", "minimum, stopped", "bolus running", "bridge running"],
)
def test_no_bolus_while_the_pump_cannot_give_one(before):
    chart = before(baclofen())
    index = len(chart.events)
    found = chart.add("bolus", 10, "09:00", dose="10 ug", duration="5 min").review()
    assert found.worst("D11", index) == "hard"


@pytest.mark.req("D11")
def test_a_bolus_while_the_pump_runs_is_silent():
    found = baclofen().add("bolus", 10, "09:00", dose="10 ug", duration="5 min").review()
    assert found.worst("D11") == "silent"
    assert found.verdict == "accepted"


@pytest.mark.req("D14")
def test_whole_strokes_say_both_numbers_and_never_more_than_was_ordered():
    chart = Chart(
        pump="prometra-ii-20", catheter={"model": "prometra-11823", "trimmed_length": "40 cm"}
    )
    found = chart.start(MORPHINE, "morphine", "1.0123 mg/d").review()
    program = found.review.programs[0]
    assert program.achievable_daily_doses["morphine"] <= program.daily_doses["morphine"]
    if program.achievable_daily_doses["morphine"] < program.daily_doses["morphine"]:
        assert found.worst("D14", 2) == "warn"
        assert "1.012" in found.message("D14", 2)
    assert morphine().review().worst("D14") == "silent"


@pytest.mark.req("D14")
def test_a_bolus_smaller_than_a_stroke_would_give_nothing():
    bolus = {"dose": "0.001 mg", "duration": "5 min", "lockout": "6 h", "max_per_day": 2}
    chart = Chart(
        pump="prometra-ii-20", catheter={"model": "prometra-11823", "trimmed_length": "40 cm"}
    )
    chart.start(MORPHINE, "morphine", "1 mg/d", patient_bolus=bolus)
    found = chart.review()
    assert "smaller than one stroke" in found.message("D14", 2)
    assert found.worst("D14", 2) in ("hard", "soft")


@pytest.mark.req("H03", "S0.3")
@pytest.mark.inventory("S2.7")
def test_a_constant_flow_pump_asked_for_a_program_names_the_concentration():
    chart = Chart("cancer", pump="isomed-35-10").fill(0, "09:00", MORPHINE, "35 mL")
    found = chart.run(1, "09:00", "morphine", "5 mg/d").review()
    assert found.worst("H03", 1) == "hard"
    assert "morphine 5 mg/mL would give the dose" in found.message("H03", 1)
    for what, more in (
        ("stop", {}),
        ("prime", {}),
        ("bolus", {"dose": "1 mg", "duration": "5 min"}),
    ):
        again = Chart("cancer", pump="isomed-35-10").fill(
            0, "09:00", {"morphine": "2 mg/mL"}, "35 mL"
        )
        assert again.add(what, 1, "09:00", **more).review().worst("H03", 1) == "hard"
    assert morphine().review().worst("H03") == "silent"


@pytest.mark.req("H04")
@pytest.mark.parametrize(("count", "severity"), [(13, "silent"), (14, "hard")])
def test_thirteen_steps_a_day_are_held(count, severity):
    steps = [
        {"days": "daily", "start": f"{hour:02}:00", "duration": "30 min", "dose": "5 ug"}
        for hour in range(count)
    ]
    found = baclofen().run(10, "09:00", "baclofen", "200 ug/d", steps=steps).review()
    assert found.worst("H04", 3) == severity
    if severity == "hard":
        assert "14 steps on one day" in found.message("H04", 3)
        assert "13" in found.message("H04", 3)


@pytest.mark.req("H04")
def test_steps_are_counted_day_by_day():
    steps = [
        {"days": days, "start": f"{hour:02}:00", "duration": "30 min", "dose": "5 ug"}
        for hour in range(10)
        for days in ("mon-fri", "sat-sun")
    ]
    found = baclofen().run(10, "09:00", "baclofen", "200 ug/d", steps=steps).review()
    assert found.worst("H04") == "silent"


@pytest.mark.req("D01")
def test_resuming_without_a_program():
    found = Chart("spinal").fill(0, "09:00", BACLOFEN).add("resume", 0, "10:00").review()
    assert found.worst("D01", 1) == "hard"


@pytest.mark.req("D01")
@pytest.mark.parametrize("day", [0, 9])
def test_a_program_that_the_pump_refuses_still_shows_what_it_would_give(day):
    chart = Chart().fill(0, "09:00", MORPHINE).add("prime", 0, "09:05")
    if day:
        chart = chart.run(0, "10:00", "morphine", "0.5 mg/d")
    found = chart.run(day, "11:00", "morphine", "0.4 mg/d").review()
    program = found.review.programs[-1]
    assert found.worst("D01", program.event) == "hard"
    assert program.worst_case_24h["morphine"] >= program.daily_doses["morphine"]


@pytest.mark.req("D01")
@pytest.mark.parametrize(
    ("background", "step", "words"),
    [
        # 0.04 mL a day under steps of 1.2 mL a day; then 24.1 mL a day over 0.2.
        ("0.4 mg/d", "0.5 mg", "the lowest rate of this program, 0.04 mL/day, is below"),
        ("2 mg/d", "10.05 mg", "the highest rate of this program, 24.12 mL/day, is above"),
        ("2 mg/d", "10 mg", ""),
    ],
)
def test_the_lowest_and_the_highest_rate_of_a_day_are_both_held(background, step, words):
    steps = [{"days": "daily", "start": "08:00", "duration": "1 h", "dose": step}]
    found = morphine("2 mg/d").run(9, "09:00", "morphine", background, steps=steps).review()
    assert words in found.message("D01", 3)
    assert len(found.of("D01", 3)) == bool(words)


@pytest.mark.req("D01")
@pytest.mark.parametrize(("minutes", "severity"), [(60, "silent"), (1, "soft")])
def test_a_clinicians_bolus_is_no_faster_than_the_pump(minutes, severity):
    # 0.5 mg are 0.05 mL: in one minute 72 mL a day.
    chart = morphine("2 mg/d").add("bolus", 9, "09:00", dose="0.5 mg", duration=f"{minutes} min")
    found = chart.review()
    assert found.worst("D01", 3) == severity
    assert ("72.2 mL/day" in found.message("D01", 3)) == (severity == "soft")


@pytest.mark.req("H03")
def test_a_constant_flow_pump_asked_to_stop_has_no_concentration_to_name():
    chart = Chart("cancer", pump="isomed-35-10").fill(0, "09:00", MORPHINE, "35 mL")
    chart.add("program", 1, "09:00", mode="stopped", primary="morphine", reason="pain")
    assert chart.review().message("H03", 1).endswith("; only emptying its reservoir ends the dose")


@pytest.mark.req("H04")
def test_the_busiest_day_counts():
    daily = [
        {"days": "daily", "start": f"{hour:02}:00", "duration": "30 min", "dose": "5 ug"}
        for hour in range(12)
    ]
    thursday = [
        {"days": "thu", "start": f"{hour:02}:00", "duration": "30 min", "dose": "5 ug"}
        for hour in range(12, 14)
    ]
    found = baclofen().run(10, "09:00", "baclofen", "200 ug/d", steps=[*daily, *thursday]).review()
    assert found.worst("H04", 3) == "hard"
    assert "14 steps on one day" in found.message("H04", 3)


@pytest.mark.req("H04")
def test_a_model_of_which_no_number_of_changes_is_known_is_not_held_to_one():
    steps = [{"days": "daily", "start": "08:00", "duration": "1 h", "dose": "5 ug"}]
    asked = baclofen().run(10, "09:00", "baclofen", "200 ug/d", steps=steps).situation()
    model = replace(asked.model, changes_per_day=None)
    assert [one for one in check_rates(replace(asked, model=model)) if one.check == "H04"] == []
