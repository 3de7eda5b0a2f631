"""K24, K25, K31, K34, H05: solution, catheter, clocks, and what the replay does not follow."""

from __future__ import annotations

from datetime import date

import pytest

from builders import BACLOFEN, BACLOFEN_STRONG, MORPHINE, Chart, baclofen, morphine

UNKNOWN = {"tip": "T10"}
RANGE = {"implanted_length_range": ["40 cm", "90 cm"]}


@pytest.mark.req("K24", "E16", "E19")
@pytest.mark.parametrize(
    ("mixture", "severity"),
    [
        ({"morphine": "25 mg/mL"}, "silent"),
        ({"morphine": "25.1 mg/mL"}, "warn"),
        ({"baclofen": "2000 ug/mL"}, "silent"),
        ({"baclofen": "4000 ug/mL"}, "warn"),
        ({"clonidine": "500 ug/mL"}, "silent"),
        # Ten times what was meant: a dilution error (E19).
        ({"ziconotide": "250 ug/mL"}, "warn"),
    ],
)
def test_a_solution_stronger_than_what_is_sold_is_weighed_or_a_slip(mixture, severity):
    found = Chart().fill(0, "09:00", mixture).review()
    assert found.worst("K24", 0) == severity
    if severity == "warn":
        assert "check the unit and the point" in found.message("K24", 0)


@pytest.mark.req("K24")
def test_a_drug_of_which_no_strength_is_known_is_not_checked():
    found = Chart().fill(0, "09:00", {"hydromorphone": "100 mg/mL"}).review()
    assert found.worst("K24", 0) == "info"


@pytest.mark.req("K25", "S11", "E18")
def test_without_the_catheters_length_nothing_is_primed_or_bridged():
    chart = Chart("spinal", catheter=UNKNOWN).start(BACLOFEN, "baclofen", "100 ug/d")
    found = chart.review()
    assert found.worst("K25", 1) == "hard"
    assert "measure it on an X-ray" in found.message("K25", 1)
    chart = Chart("spinal", catheter=UNKNOWN).fill(0, "09:00", BACLOFEN)
    chart.run(0, "09:30", "baclofen", "100 ug/d")
    chart.fill(30, "09:00", BACLOFEN_STRONG, aspirated="15.6 mL")
    chart.run(30, "09:05", "baclofen", "100 ug/d", bridge={"daily_dose": "100 ug/d"})
    assert chart.review().worst("K25", 3) == "hard"


@pytest.mark.req("K25")
def test_a_range_asks_and_names_both_volumes():
    chart = Chart("spinal", catheter=RANGE).start(BACLOFEN, "baclofen", "100 ug/d")
    found = chart.review()
    assert found.worst("K25", 1) == "soft"
    # 0.14 mL of tubing and 40 or 90 cm of 0.0022 mL.
    assert "0.228 mL for the shortest and 0.338 mL for the longest" in found.message("K25", 1)
    assert found.verdict == "override-needed"
    assert baclofen().review().worst("K25") == "silent"


@pytest.mark.req("K25", "S11")
def test_scenario_11_the_trimmed_length_is_enough():
    catheter = {"model": "prometra-11823", "trimmed_length": "30 cm"}
    chart = Chart(catheter=catheter).fill(0, "09:00", MORPHINE).add("prime", 0, "09:05")
    # (110 - 30) cm of 0.0026 mL are 0.208 mL; the tubing of this pump adds 0.14 mL.
    assert (
        chart.add("prime", 0, "10:00").review().message("H01", 2).startswith("a prime of 0.348 mL")
    )


@pytest.mark.req("K31")
@pytest.mark.parametrize(
    ("day", "severity"),
    [(date(2026, 3, 1), "soft"), (date(2026, 3, 2), "silent"), (None, "info")],
)
def test_the_beyond_use_date_is_the_last_day(day, severity):
    found = Chart().fill(0, "09:00", MORPHINE, beyond_use=day).review()
    assert found.worst("K31", 0) == severity


@pytest.mark.req("K31", "T11")
@pytest.mark.parametrize(("day", "severity"), [(77, "silent"), (77.1, "soft")])
def test_baclofen_keeps_77_days_by_label(day, severity):
    chart = baclofen("100 ug/d")
    chart.fill(day, "09:00", BACLOFEN, aspirated="3 mL", beyond_use=date(2027, 1, 1))
    assert chart.review().worst("K31", 3) == severity


@pytest.mark.req("K31", "T28")
def test_a_recalled_stability_only_warns():
    mixture = {"ziconotide": "25 ug/mL", "morphine": "20 mg/mL"}
    chart = Chart().start(mixture, "ziconotide", "2.4 ug/d")
    chart.fill(10, "09:00", mixture, aspirated="17.3 mL")
    chart.fill(40, "09:00", mixture, aspirated="17.1 mL")
    found = chart.review()
    assert found.worst("K31", 4) == "warn"
    assert any("recalled" in one.source for one in found.of("K31", 4))


@pytest.mark.req("K31")
def test_an_unknown_stability_is_not_checked():
    chart = Chart("cancer").start({"fentanyl": "100 ug/mL"}, "fentanyl", "50 ug/d")
    found = chart.fill(20, "09:00", {"fentanyl": "100 ug/mL"}, aspirated="8.3 mL").review()
    assert "no figure is known" in found.message("K31", 3)


@pytest.mark.req("S15")
@pytest.mark.parametrize(
    ("drug", "strength", "dose", "latest"),
    [
        # No figure of stability: the model's 180 days decide (scenario 15).
        ("fentanyl", "1 mg/mL", "150 ug/d", date(2026, 8, 29)),
        # The label's 11 weeks decide for baclofen, 90 days for morphine.
        ("baclofen", "1000 ug/mL", "150 ug/d", date(2026, 5, 18)),
        ("morphine", "10 mg/mL", "1.5 mg/d", date(2026, 5, 31)),
    ],
)
def test_scenario_15_40_ml_at_0_15_ml_a_day(drug, strength, dose, latest):
    kind = "spinal" if drug == "baclofen" else "cancer"
    for day, severity in ((latest, "silent"), (date.fromordinal(latest.toordinal() + 1), "soft")):
        chart = Chart(kind, next_visit=day).start({drug: strength}, drug, dose, volume="40 mL")
        assert chart.review().worst("K12", None) == severity


@pytest.mark.req("K34", "C02")
@pytest.mark.parametrize(
    ("pump_clock", "severity"),
    [("2026-03-07T09:05:00", "silent"), ("2026-03-07T09:05:01", "warn"), (None, "silent")],
)
def test_clocks_may_differ_by_five_minutes(pump_clock, severity):
    from datetime import datetime

    chart = morphine()
    clock = None if pump_clock is None else datetime.fromisoformat(pump_clock)
    chart.add("interrogate", 5, "09:00", serial="NGV1", pump_clock=clock)
    assert chart.review().worst("K34", 3) == severity
    chart = morphine().add("interrogate", 5, "09:00", serial="NGV1", programmer_clock=clock)
    assert chart.review().worst("K34", 3) == severity


@pytest.mark.req("K34")
def test_a_time_in_another_offset_is_pointed_out_and_read_right():
    chart = baclofen().run(5, "09:00", "baclofen", "220 ug/d", offset="-05:00")
    found = chart.review()
    assert found.worst("K34", 3) == "warn"
    assert found.verdict == "accepted"


@pytest.mark.req("H05")
@pytest.mark.parametrize(
    ("what", "more", "severity"),
    [
        ("fault", {"kind": "motor-stall"}, "silent"),
        ("fault", {"kind": "granuloma"}, "warn"),
        ("fault", {"kind": "valve-stuck-open"}, "warn"),
        ("fault", {"kind": "wrong-drug"}, "warn"),
        ("fault", {"kind": "pocket-fill"}, "warn"),
        ("environment", {"temperature": "39 Cel", "duration": "2 h"}, "silent"),
        ("mri", {"field": "1.5 T", "duration": "40 min"}, "silent"),
        ("bag-change", {"volume": "50 mL", "mixture": MORPHINE}, "warn"),
    ],
)
def test_only_what_the_replay_does_not_follow_is_said(what, more, severity):
    found = morphine().add(what, 5, "09:00", **more).review()
    assert found.worst("H05", 3) == severity


@pytest.mark.req("K34")
@pytest.mark.parametrize(
    ("offset", "running", "severity"),
    [("", True, "silent"), ("-05:00", True, "warn"), ("-05:00", False, "silent")],
)
def test_another_offset_matters_only_to_a_program_that_runs(offset, running, severity):
    chart = baclofen() if running else Chart("spinal").fill(0, "09:00", BACLOFEN)
    chart.add("interrogate", 5, "09:00", serial="NGV1", offset=offset)
    assert chart.review().worst("K34", len(chart.events) - 1) == severity


@pytest.mark.req("H05")
@pytest.mark.parametrize(
    ("what", "more", "words"),
    [
        ("fault", {"kind": "granuloma"}, "(40 mL) (that it hinders the spread of drug"),
        (
            "bag-change",
            {"volume": "50 mL", "mixture": MORPHINE},
            "(40 mL) (it is not an external pump): what follows does not contain that",
        ),
    ],
)
def test_why_an_event_is_not_followed_is_said(what, more, words):
    assert words in morphine().add(what, 5, "09:00", **more).review().message("H05", 3)


@pytest.mark.req("K31")
def test_what_is_not_known_of_a_solutions_age_only_informs():
    first = Chart().fill(0, "09:00", MORPHINE)
    assert first.review().severities("K31", 0) == ["info"]  # the beyond-use date alone
    chart = Chart("cancer").start({"fentanyl": "100 ug/mL"}, "fentanyl", "50 ug/d")
    chart.fill(20, "09:00", {"fentanyl": "100 ug/mL"}, aspirated="8.3 mL")
    assert chart.review().severities("K31", 3) == ["info", "info"]
