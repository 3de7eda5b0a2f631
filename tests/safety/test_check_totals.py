"""K3, K5, D18: the day's total, new beside old, and the factors of slips."""

from __future__ import annotations

from dataclasses import replace

import pytest

from builders import BACLOFEN, Chart, baclofen, morphine
from thecal.pharmacy import conversion_facts

ASK = [{"check": "K4", "reason": "a test", "by": "Dr Test"}]


@pytest.mark.req("K3")
@pytest.mark.parametrize(
    ("dose", "check", "severity"),
    [
        ("299.9 ug/d", "K3", "silent"),
        ("300 ug/d", "K3", "hard"),
        ("750 ug/d", "K3", "hard"),
        # A rise by a factor of slips is named as one.
        ("990 ug/d", "K5", "hard"),
        ("989 ug/d", "K5", "silent"),
        ("1000 ug/d", "K5", "hard"),
        ("1010 ug/d", "K5", "hard"),
        ("1011 ug/d", "K5", "silent"),
    ],
)
def test_a_rise_to_three_times_or_more_is_refused(dose, check, severity):
    found = baclofen("100 ug/d").run(10, "09:00", "baclofen", dose).review()
    assert found.worst(check, 3) == severity
    if severity == "hard":
        assert found.verdict == "refused"
        assert "100 mcg of baclofen a day" in found.message(check, 3)


@pytest.mark.req("E1", "K3")
def test_e1_60_mcg_each_hour_instead_of_each_morning():
    chart = baclofen("60 ug/d", {"baclofen": "500 ug/mL"})
    found = chart.run(10, "09:00", "baclofen", "1440 ug/d").review()
    assert found.worst("K5", 3) == "hard"
    assert "the factor is 24: was it per hour for per day?" in found.message("K5", 3)


@pytest.mark.req("E1", "K3")
def test_e1_as_steps_the_same_total_is_refused_too():
    steps = [
        {"days": "daily", "start": f"{hour:02}:00", "duration": "1 h", "dose": "60 ug"}
        for hour in range(12)
    ]
    found = baclofen("240 ug/d").run(10, "09:00", "baclofen", "240 ug/d", steps=steps).review()
    assert found.worst("K3", 3) == "hard"
    assert "840 mcg of baclofen a day" in found.message("K3", 3)
    right = [{"days": "daily", "start": "07:00", "duration": "1 h", "dose": "60 ug"}]
    found = baclofen("240 ug/d").run(10, "09:00", "baclofen", "240 ug/d", steps=right).review()
    assert found.verdict == "accepted"


@pytest.mark.req("K5", "T25")
@pytest.mark.inventory("W9")
def test_mg_for_mcg_is_a_factor_of_1000():
    found = baclofen("500 ug/d", {"baclofen": "2000 ug/mL"})
    found = found.run(10, "09:00", "baclofen", "500 mg/d").review()
    assert found.worst("K5", 3) == "hard"
    assert "was it mg for mcg?" in found.message("K5", 3)


@pytest.mark.req("T25")
def test_t25_a_first_dose_of_milligrams_is_above_the_ceiling():
    found = baclofen("627.9 mg/d", {"baclofen": "2000 ug/mL"}).review()
    assert found.worst("K27", 2) == "hard"
    assert "2,000 mcg of baclofen a day" in found.message("K27", 2)
    assert found.worst("D01", 2) == "soft"  # the highest rate is only recalled


@pytest.mark.req("K5")
@pytest.mark.parametrize(
    ("dose", "severity"), [("200.1 ug/d", "silent"), ("200 ug/d", "warn"), ("60 ug/d", "warn")]
)
def test_a_fall_to_a_third_or_less_asks(dose, severity):
    found = baclofen("600 ug/d").run(10, "09:00", "baclofen", dose).review()
    assert found.worst("K5", 3) == severity
    assert found.verdict == "accepted"
    if severity == "warn":
        (one,) = found.of("K5", 3)
        assert "give the reason" in one.message
        assert "withdrawal of baclofen" in one.follow_up


@pytest.mark.req("K5")
@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("9.9", ""),
        ("9.902", "a shifted point"),
        ("10.1", "a shifted point"),
        ("10.11", ""),
        ("24.2", "per hour for per day"),
        ("60.5", "per minute for per hour"),
        ("1000", "mg for mcg"),
    ],
)
def test_a_fall_within_one_percent_of_a_slip_names_it(part, words):
    dose = f"{20 / float(part):.6f} mg/d"
    found = morphine("20 mg/d").run(5, "09:00", "morphine", dose).review()
    assert found.worst("K5", 3) == "warn"
    assert ("was it" in found.message("K5", 3)) == bool(words)
    assert words in found.message("K5", 3)
    # An opioid's fall is asked about but opens no follow-up: its stop is no emergency.
    assert not found.of("K5", 3)[0].follow_up


@pytest.mark.req("K5")
def test_clonidine_in_a_mixture_opens_the_follow_up():
    mixture = {"morphine": "10 mg/mL", "clonidine": "500 ug/mL"}
    found = Chart().start(mixture, "morphine", "2 mg/d").run(10, "09:00", "morphine", "0.5 mg/d")
    by_drug = {one.message.split(" of ")[1].split()[0]: one for one in found.review().of("K5", 3)}
    assert by_drug["clonidine"].follow_up
    assert not by_drug["morphine"].follow_up


@pytest.mark.req("U11")
def test_the_trap_holds_for_every_drug_that_follows_the_primary():
    mixture = {"morphine": "10 mg/mL", "bupivacaine": "5 mg/mL"}
    found = Chart().start(mixture, "morphine", "2 mg/d").run(10, "09:00", "bupivacaine", "10 mg/d")
    assert {one.message.split(" of ")[1].split()[0] for one in found.review().of("K5", 3)} == {
        "morphine",
        "bupivacaine",
    }


# -- the comparator -----------------------------------------------------------------------------


@pytest.mark.req("K3")
@pytest.mark.parametrize(
    "interrupt",
    [
        lambda c: c.add("stop", 10, "09:00", reason="a mistake").add("resume", 10, "09:30"),
        lambda c: c.add("stop", 10, "09:00", reason="x").run(10, "21:00", "baclofen", "300 ug/d"),
        lambda c: c.run(10, "09:00", "baclofen", "30 ug/d").run(
            10, "09:30", "baclofen", "300 ug/d"
        ),
        lambda c: c.run(10, "09:00", "baclofen", "30 ug/d").run(
            16, "09:00", "baclofen", "300 ug/d"
        ),
        lambda c: c.add("program", 10, "09:00", mode="minimum-rate", reason="x").run(
            13, "09:00", "baclofen", "300 ug/d"
        ),
        lambda c: c.add("program", 10, "09:00", mode="stopped", reason="x").run(
            16, "09:00", "baclofen", "300 ug/d"
        ),
        lambda c: c.add("program", 10, "09:00", mode="stopped", reason="x").run(
            19, "09:00", "baclofen", "300 ug/d"
        ),
        lambda c: c.add("program", 10, "09:00", mode="minimum-rate", reason="x").run(
            19, "09:00", "baclofen", "300 ug/d"
        ),
    ],
)
def test_restoring_what_was_lowered_or_interrupted_is_not_refused(interrupt):
    assert interrupt(baclofen("300 ug/d")).review().verdict != "refused"


@pytest.mark.req("K3")
def test_a_lowering_of_more_than_seven_days_is_the_dose_the_patient_has():
    chart = baclofen("300 ug/d").run(10, "09:00", "baclofen", "90 ug/d")
    assert chart.run(18.1, "09:00", "baclofen", "300 ug/d").review().worst("K3", 4) == "hard"


@pytest.mark.req("K3")
def test_a_bridge_is_no_comparator():
    # During the bridge 60 mcg a day of old solution leave the tip; before it were 200.
    chart = baclofen("200 ug/d").fill(30, "09:00", {"baclofen": "2000 ug/mL"}, aspirated="6.29 mL")
    chart.run(30, "09:10", "baclofen", "200 ug/d", bridge={"daily_dose": "60 ug/d"})
    found = chart.run(33, "09:00", "baclofen", "230 ug/d").review()
    assert found.worst("K3", 5) == "silent"


@pytest.mark.req("K3")
def test_quick_rises_on_one_another_are_held_against_the_dose_begun_with():
    chart = baclofen("100 ug/d").run(0, "10:00", "baclofen", "290 ug/d", override=ASK)
    found = chart.run(0, "11:00", "baclofen", "800 ug/d").review()
    assert found.worst("K3", 4) == "hard"
    assert "began with less than a day ago (100 mcg" in found.message("K3", 4)


@pytest.mark.req("K3")
def test_quick_rises_in_a_running_therapy_too():
    chart = baclofen("100 ug/d").run(10, "10:00", "baclofen", "290 ug/d", override=ASK)
    # One hour at 290 lifts what was received in a day to 107.9 mcg.
    assert chart.run(10, "11:00", "baclofen", "330 ug/d").review().worst("K3", 4) == "hard"


@pytest.mark.req("K3")
def test_a_stop_in_between_hides_no_rise():
    chart = baclofen("200 ug/d").add("stop", 10, "09:00", reason="x")
    found = chart.run(10, "09:05", "baclofen", "580 ug/d").review()
    assert found.worst("K4", 4) == "soft"
    chart = baclofen("200 ug/d").add("stop", 10, "09:00", reason="x")
    assert chart.run(10, "09:05", "baclofen", "600 ug/d").review().worst("K3", 4) == "hard"


@pytest.mark.req("K3")
def test_a_drug_added_a_few_hours_ago_may_be_stepped_with_its_mixture():
    chart = morphine("1 mg/d").fill(
        30, "09:00", {"morphine": "10 mg/mL", "bupivacaine": "5 mg/mL"}, aspirated="15.3 mL"
    )
    chart.run(30, "09:10", "morphine", "1 mg/d", bridge={"daily_dose": "1 mg/d"})
    # The bridge lasts 73.7 h; an hour after it little bupivacaine was received.
    found = chart.run(33, "12:00", "morphine", "1.2 mg/d").review()
    assert found.worst("K3", 5) == "silent"
    assert found.worst("K5", 5) == "silent"


# -- boluses ------------------------------------------------------------------------------------


@pytest.mark.req("K3", "K32")
@pytest.mark.parametrize(("count", "severity"), [(19, "silent"), (20, "hard")])
def test_the_total_with_every_bolus_may_not_triple_either(count, severity):
    bolus = {"dose": "0.1 mg", "duration": "5 min", "lockout": "1 h", "max_per_day": count}
    found = morphine("1 mg/d").run(10, "09:00", "morphine", "1 mg/d", patient_bolus=bolus).review()
    assert found.worst("K3", 3) == severity
    if severity == "hard":
        assert "3 mg of morphine a day, 3 times" in found.message("K3", 3)


@pytest.mark.req("K3")
def test_an_unchanged_patient_bolus_is_no_rise():
    bolus = {"dose": "0.1 mg", "duration": "5 min", "lockout": "4 h", "max_per_day": 4}
    chart = morphine("0.3 mg/d", {"morphine": "2 mg/mL"}, patient={"opioid_tolerant": True})
    chart.events[-1][1]["patient_bolus"] = bolus
    chart.run(20, "09:00", "morphine", "0.35 mg/d", patient_bolus=bolus)
    assert chart.review().verdict == "accepted"


@pytest.mark.req("K3")
def test_a_clinicians_bolus_counts_with_the_day():
    chart = baclofen("200 ug/d").add("bolus", 10, "09:00", dose="614 ug", duration="18 min")
    found = chart.review()
    assert found.worst("K3", 3) == "hard"
    assert "814 mcg of baclofen a day" in found.message("K3", 3)
    chart = baclofen("200 ug/d").add("bolus", 10, "09:00", dose="50 ug", duration="10 min")
    assert chart.review().verdict == "accepted"


@pytest.mark.req("K3")
def test_one_bolus_does_not_excuse_the_next():
    chart = morphine("0.5 mg/d")
    for hour in range(4):
        chart.add("bolus", 10, f"{9 + 2 * hour:02}:00", dose="0.25 mg", duration="10 min")
    found = chart.review()
    assert [found.worst("K3", event) for event in (3, 4, 5, 6)] == ["silent"] * 3 + ["hard"]


@pytest.mark.req("K4")
def test_a_clinicians_bolus_is_no_dose_to_step_up_from():
    chart = baclofen("100 ug/d").add("bolus", 10, "09:00", dose="100 ug", duration="20 min")
    assert chart.run(12, "09:00", "baclofen", "200 ug/d").review().worst("K4", 4) == "soft"


# -- one opioid for another ---------------------------------------------------------------------


def _rotated(dose, mixture=None, old="4 mg/d"):
    chart = morphine(old).fill(
        30, "09:00", mixture or {"hydromorphone": "2 mg/mL"}, aspirated="6.29 mL"
    )
    primary = next(iter(mixture or {"hydromorphone": ""}))
    bridge = {"drug": "morphine", "daily_dose": old}
    return chart.run(30, "09:10", primary, dose, bridge=bridge).review()


@pytest.mark.req("D18")
@pytest.mark.parametrize(
    ("dose", "severity"), [("1.99 mg/d", "silent"), ("2 mg/d", "hard"), ("4 mg/d", "hard")]
)
def test_milligram_for_milligram_hydromorphone_is_several_times_the_opioid(dose, severity):
    found = _rotated(dose)
    assert found.worst("D18", 4) == severity
    if severity == "hard":
        assert "1 mg of hydromorphone for 6 mg of morphine" in found.message("D18", 4)


@pytest.mark.req("D18")
def test_an_ordinary_rotation_is_accepted():
    assert _rotated("0.5 mg/d").verdict == "accepted"


@pytest.mark.req("D18")
def test_without_a_known_ratio_it_is_not_checked():
    found = _rotated("50 ug/d", {"fentanyl": "100 ug/mL"})
    assert found.worst("D18", 4) == "info"
    assert "fentanyl" in found.message("D18", 4)


@pytest.mark.req("D18")
def test_two_opioids_share_one_maximum():
    mixture = {"morphine": "10 mg/mL", "hydromorphone": "10 mg/mL"}
    chart = Chart("cancer").start(mixture, "morphine", "6 mg/d")
    # 6/15 of morphine's and 6/10 of hydromorphone's maximum: exactly one.
    assert chart.review().worst("D18", 2) == "silent"
    chart = Chart("cancer").start(mixture, "morphine", "6.1 mg/d")
    found = chart.review()
    assert found.worst("D18", 2) == "soft"
    assert "1.017 times the maximum" in found.message("D18", 2)


def test_the_first_program_has_nothing_to_be_held_against():
    found = Chart("spinal").start(BACLOFEN, "baclofen", "200 ug/d").review()
    assert found.worst("K3") == found.worst("K5") == "silent"


# -- which opioids are told, and by which ratio ---------------------------------------------------


@pytest.mark.req("D18")
def test_only_opioids_are_told_and_only_what_has_no_ratio_is_unknown():
    mixture = {"hydromorphone": "2 mg/mL", "bupivacaine": "5 mg/mL"}
    found = _rotated("4 mg/d", mixture)
    assert found.message("D18", 4).startswith("4 mg of hydromorphone a day is about 6 times")
    assert "received (4 mg of morphine a day)" in found.message("D18", 4)
    before = Chart("cancer").start({"fentanyl": "1 mg/mL"}, "fentanyl", "200 ug/d", volume="40 mL")
    before.fill(30, "09:00", {"morphine": "10 mg/mL"}, aspirated="32 mL")
    bridge = {"drug": "fentanyl", "daily_dose": "200 ug/d"}
    found = before.run(30, "09:10", "morphine", "1 mg/d", bridge=bridge).review()
    assert found.severities("D18", 4) == ["info"]
    assert "is known for fentanyl;" in found.message("D18", 4)
    # A local anaesthetic beside the old opioid is no opioid without a ratio.
    both = {"morphine": "10 mg/mL", "bupivacaine": "5 mg/mL"}
    chart = Chart("cancer").start(both, "morphine", "4 mg/d", volume="40 mL")
    chart.fill(30, "09:00", {"hydromorphone": "2 mg/mL"}, aspirated="26 mL")
    bridge = {"drug": "morphine", "daily_dose": "4 mg/d"}
    chart.run(30, "09:10", "hydromorphone", "0.5 mg/d", bridge=bridge)
    assert chart.review().worst("D18", 4) == "silent"


@pytest.mark.req("D18")
def test_of_several_ratios_that_were_read_the_smallest_decides(monkeypatch):
    (read,) = [
        one
        for one in conversion_facts("intrathecal-morphine-to-hydromorphone", "ratio")
        if not one.recalled
    ]
    other = replace(read, value=read.value + 2)
    for facts in ((read, other), (other, read)):
        monkeypatch.setattr("thecal.safety.totals.conversion_facts", lambda *_, f=facts: f)
        assert "1 mg of hydromorphone for 6 mg of morphine" in _rotated("4 mg/d").message("D18", 4)


@pytest.mark.req("K3")
def test_a_threefold_schedule_is_told_once_and_not_again_with_its_boluses():
    bolus = {"dose": "0.1 mg", "duration": "5 min", "lockout": "4 h", "max_per_day": 4}
    chart = morphine("1 mg/d").run(10, "09:00", "morphine", "3 mg/d", patient_bolus=bolus)
    assert chart.review().severities("K3", 3) == ["hard"]


@pytest.mark.req("K5")
@pytest.mark.parametrize(("dose", "slip"), [("1.98 mg/d", True), ("1.9799 mg/d", False)])
def test_a_fall_exactly_one_percent_off_a_slip_names_it(dose, slip):
    found = morphine("20 mg/d").run(5, "09:00", "morphine", dose).review()
    assert ("was it a shifted point?" in found.message("K5", 3)) is slip
