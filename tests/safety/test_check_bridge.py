"""K26, H02, R09: what the tip gets while old solution clears; orders over a bridge or prime."""

from __future__ import annotations

import pytest

from builders import BACLOFEN, BACLOFEN_STRONG, MORPHINE, Chart, baclofen, morphine, plain

STRONG = {"morphine": "20 mg/mL"}
WEAK = {"morphine": "5 mg/mL"}


def _changed(new, dose, bridge=None, *, old="2 mg/d", volume="20 mL"):
    chart = morphine(old).fill(30, "09:00", new, volume, aspirated="12.29 mL")
    return chart.run(30, "09:05", next(iter(new)), dose, bridge=bridge)


# -- K26 ----------------------------------------------------------------------------------------


@pytest.mark.req("K26", "S10")
def test_scenario_10_no_bridge_to_half_the_concentration_gives_200_percent():
    found = _changed(WEAK, "2 mg/d").review()
    assert found.worst("K26", 4) == "hard"
    assert "200 % of the ordered morphine for 18.4 h" in found.message("K26", 4)


@pytest.mark.req("K26")
def test_no_bridge_from_500_to_2000_gives_25_percent():
    chart = baclofen().fill(30, "09:00", BACLOFEN_STRONG, aspirated="6.29 mL")
    found = chart.run(30, "09:05", "baclofen", "200 ug/d").review()
    assert found.worst("K26", 4) == "hard"
    # 0.3072 mL less what was pumped since the fill, at 0.1 mL/d.
    assert "25 % of the ordered baclofen for 73.4 h" in found.message("K26", 4)


@pytest.mark.req("K26")
@pytest.mark.parametrize(
    ("new", "bridge"),
    [(STRONG, "2 mg/d"), (WEAK, "2 mg/d"), (STRONG, "1.8 mg/d")],
)
def test_the_right_bridge_is_silent(new, bridge):
    found = _changed(new, "2 mg/d", {"daily_dose": bridge}, volume="40 mL").review()
    assert found.worst("K26", 4) == "silent"
    assert found.worst("H02") == "silent"


@pytest.mark.req("K26")
@pytest.mark.parametrize(
    ("old", "new", "bridge", "severity"),
    [
        ("2 mg/d", "2 mg/d", "1.8 mg/d", "silent"),
        ("2 mg/d", "2 mg/d", "1.79 mg/d", "soft"),
        ("2 mg/d", "2.2 mg/d", "1.8 mg/d", "silent"),
        ("2 mg/d", "2.2 mg/d", "1.5 mg/d", "soft"),
        ("2 mg/d", "1.5 mg/d", "1.35 mg/d", "silent"),
        ("2 mg/d", "1.5 mg/d", "1 mg/d", "warn"),
    ],
)
def test_a_bridge_below_the_old_and_the_new_dose_asks_for_a_reason(old, new, bridge, severity):
    found = _changed(STRONG, new, {"daily_dose": bridge}, old=old, volume="40 mL").review()
    assert found.worst("K26", 4) == severity
    if severity == "soft":
        given = f"the bridge: {bridge.removesuffix('/d')} of morphine a day is"
        assert plain(found.message("K26", 4)).startswith(given)
        (text,) = {plain(one.suggestion) for one in found.of("K26", 4)}
        assert text.endswith("with a bridge of morphine at 2 mg/day")


@pytest.mark.req("K26")
def test_a_quarter_of_the_dose_is_the_immediate_rate_under_another_name():
    chart = baclofen("240 ug/d").fill(30, "09:00", BACLOFEN_STRONG, aspirated="4.29 mL")
    chart.run(30, "09:05", "baclofen", "240 ug/d", bridge={"daily_dose": "60 ug/d"})
    found = chart.review()
    assert found.worst("K26", 4) == "soft"
    assert "60 mcg of baclofen a day is 25 % of 240 mcg" in plain(found.message("K26", 4))
    assert found.verdict == "override-needed"


@pytest.mark.req("K26")
def test_after_a_gap_a_lower_bridge_only_warns():
    chart = morphine().add("stop", 28, "09:00").fill(30, "09:00", STRONG, "40 mL", aspirated="9 mL")
    found = chart.run(30, "09:05", "morphine", "2 mg/d", bridge={"daily_dose": "1 mg/d"}).review()
    assert "the bridge: 1 mg of morphine a day is 50 %" in plain(found.message("K26", 5))
    assert {one.severity for one in found.of("K26", 5)} == {"warn"}


@pytest.mark.req("K26")
def test_the_bridge_of_a_change_of_drug_is_held_against_the_old_dose():
    for dose, severity in (("1.8 mg/d", "silent"), ("1 mg/d", "soft")):
        bridge = {"drug": "morphine", "daily_dose": dose}
        new = {"hydromorphone": "2 mg/mL"}
        found = _changed(new, "0.3 mg/d", bridge, volume="40 mL").review()
        assert found.worst("K26", 4) == severity


@pytest.mark.req("K26")
def test_a_bridge_of_another_drug_is_named():
    found = _changed({"hydromorphone": "2 mg/mL"}, "0.3 mg/d").review()
    assert found.worst("K26", 4) == "hard"
    assert "morphine of the old solution would still leave the tip" in found.message("K26", 4)
    bridge = {"drug": "morphine", "daily_dose": "2 mg/d"}
    found = _changed({"hydromorphone": "2 mg/mL"}, "0.3 mg/d", bridge, volume="40 mL").review()
    assert found.worst("K26", 4) == "silent"


@pytest.mark.req("K26", "T19")
def test_a_deviation_from_residual_mixing_alone_is_soft():
    # 1.4 mL of 20 mg/mL under 10.5 mL of 10 mg/mL: 11.76 % too much.
    chart = morphine("2 mg/d", STRONG).fill(30, "09:00", MORPHINE, "10.5 mL", aspirated="15.3 mL")
    chart.run(30, "09:05", "morphine", "2 mg/d", bridge={"daily_dose": "2 mg/d"})
    found = chart.review()
    assert found.worst("K26", 4) == "soft"
    assert "112 % of the ordered morphine" in found.message("K26", 4)
    assert "unusable residual" in found.message("K26", 4)
    assert found.verdict == "override-needed"


@pytest.mark.req("K26")
@pytest.mark.parametrize(("volume", "severity"), [("12.6 mL", "silent"), ("12.5 mL", "soft")])
def test_ten_percent_is_the_tolerance(volume, severity):
    # 14 / (1.4 + v) of excess is 10 % at v = 12.6 mL.
    chart = morphine("2 mg/d", STRONG).fill(30, "09:00", MORPHINE, volume, aspirated="15.3 mL")
    chart.run(30, "09:05", "morphine", "2 mg/d", bridge={"daily_dose": "2 mg/d"})
    assert chart.review().worst("K26", 4) == severity


@pytest.mark.req("K26")
def test_a_constant_deviation_does_not_add_up_over_more_than_a_day():
    # 6.5 % less bupivacaine for good: within the tolerance however long it lasts.
    mixed = {"morphine": "10 mg/mL", "bupivacaine": "20 mg/mL"}
    chart = morphine().fill(30, "09:00", mixed, aspirated="12.29 mL")
    chart.run(30, "09:05", "morphine", "2 mg/d", bridge={"daily_dose": "2 mg/d"})
    chart.run(32, "00:00", "morphine", "2.1 mg/d")
    assert chart.review().worst("K26") == "silent"


@pytest.mark.req("K26")
def test_a_program_in_the_middle_of_the_old_solution_is_compared_too():
    # Bridged with half the volume's time gone is not bridged at all.
    chart = morphine().fill(30, "09:00", WEAK, aspirated="12.29 mL")
    chart.run(30, "09:05", "morphine", "2 mg/d").run(30, "12:00", "morphine", "2.1 mg/d")
    assert chart.review().worst("K26", 5) == "hard"


@pytest.mark.req("K5", "K4")
@pytest.mark.parametrize(
    ("dose", "check", "severity"),
    [
        ("2000 ug/d", "K5", "hard"),
        ("600 ug/d", "K3", "hard"),
        ("281 ug/d", "K4", "soft"),
        ("280 ug/d", "K4", "silent"),
        ("24 ug/d", "K5", "warn"),
    ],
)
def test_the_dose_of_the_bridge_is_held_against_the_old_one_too(dose, check, severity):
    chart = baclofen().fill(30, "09:00", BACLOFEN_STRONG, "40 mL", aspirated="6.29 mL")
    found = chart.run(30, "09:05", "baclofen", "200 ug/d", bridge={"daily_dose": dose}).review()
    assert found.worst(check, 4) == severity
    if severity != "silent":
        assert "the bridge: " in found.message(check, 4)
    if severity in ("hard", "soft"):
        # What would pass is the same program with the bridge at the old dose.
        (text,) = {plain(one.suggestion) for one in found.of(check, 4)}
        assert text.endswith("with a bridge of baclofen at 200 mcg/day")


@pytest.mark.req("K3")
def test_a_lower_program_does_not_excuse_a_higher_bridge():
    chart = baclofen("200 ug/d", BACLOFEN_STRONG)
    chart.fill(30, "09:00", BACLOFEN, "40 mL", aspirated="15.2 mL")
    chart.run(30, "09:05", "baclofen", "190 ug/d", bridge={"daily_dose": "1000 ug/d"})
    assert chart.review().worst("K3", 4) == "hard"


@pytest.mark.req("K26")
def test_a_new_pump_on_an_old_catheter_cannot_bridge_and_says_what_else_helps():
    chart = baclofen("200 ug/d", BACLOFEN_STRONG)
    chart.add("replace", 20, "09:00", pump={"model": "synchromed-ii-20", "serial": "N2"})
    chart.fill(20, "09:10", BACLOFEN).add("prime", 20, "09:15", kind="back-table")
    found = chart.run(20, "09:40", "baclofen", "200 ug/d").review()
    assert found.worst("K26", 6) == "hard"
    assert "400 %" in found.message("K26", 6)
    assert "draw it off through the access port" in found.message("K26", 6)


@pytest.mark.req("K26")
def test_a_revised_catheter_that_holds_another_solution():
    new = {"model": "ascenda-8780", "implanted_length": "80 cm", "tip": "T9"}
    chart = baclofen().add("revise", 10, "09:00", catheter=new, line={"baclofen": "1000 ug/mL"})
    assert chart.review().worst("K26", 3) == "hard"
    chart = baclofen().add("revise", 10, "09:00", catheter=new, line=BACLOFEN)
    assert chart.review().worst("K26", 3) == "silent"


# -- R09 ----------------------------------------------------------------------------------------


@pytest.mark.req("R09")
@pytest.mark.inventory("S0.18")
def test_an_unprimed_line_warns_and_opens_a_follow_up():
    chart = Chart().fill(0, "09:00", MORPHINE).run(0, "09:30", "morphine", "2 mg/d")
    found = chart.review()
    assert found.worst("R09", 1) == "warn"
    assert "36.9 h" in found.message("R09", 1)
    assert found.of("R09")[0].follow_up
    assert found.worst("K26") == "silent"
    assert morphine().review().worst("R09") == "silent"


@pytest.mark.req("R09")
def test_a_line_aspirated_through_the_access_port_warns_and_is_not_refused():
    chart = morphine().add("access-port", 10, "09:00", aspirated="1 mL")
    found = chart.run(10, "09:10", "morphine", "2 mg/d").review()
    assert found.worst("R09", 4) == "warn"
    assert found.verdict == "accepted"


@pytest.mark.req("R09")
@pytest.mark.parametrize(
    ("after", "severity"),
    [([], "warn"), ([("prime", {"kind": "catheter", "volume": "0.16 mL"})], "silent")],
)
def test_a_revised_catheter_without_a_prime_warns_at_once(after, severity):
    new = {"model": "ascenda-8780", "implanted_length": "80 cm", "tip": "T9"}
    chart = morphine().add("revise", 10, "09:00", catheter=new)
    for what, more in after:
        chart.add(what, 10, "09:10", **more)
    found = chart.review()
    assert found.worst("R09", 3) == severity
    # 80 cm of 0.0022 mL at 0.2 mL/d.
    assert ("21.1 h" in found.message("R09", 3)) == (severity == "warn")


@pytest.mark.req("R09")
def test_a_stopped_pump_or_a_line_that_holds_drug_is_silent():
    new = {"model": "ascenda-8780", "implanted_length": "80 cm", "tip": "T9"}
    chart = morphine().add("revise", 10, "09:00", catheter=new, line=MORPHINE)
    assert chart.review().worst("R09") == "silent"
    chart = morphine().add("stop", 10, "08:00", reason="revision")
    chart.add("revise", 10, "09:00", catheter=new)
    assert chart.review().worst("R09") == "silent"


# -- H02 ----------------------------------------------------------------------------------------


def _bridging():
    chart = baclofen().fill(30, "09:00", BACLOFEN_STRONG, "40 mL", aspirated="6.29 mL")
    return chart.run(30, "09:05", "baclofen", "200 ug/d", bridge={"daily_dose": "200 ug/d"})


@pytest.mark.req("H02")
def test_a_program_over_a_running_bridge_is_refused_until_it_has_ended():
    # 0.3072 mL at 0.4 mL/d are 18.43 h.
    found = _bridging().run(31, "03:00", "baclofen", "220 ug/d").review()
    assert found.worst("H02", 5) == "hard"
    assert "wait until it has ended, or bridge again" in found.message("H02", 5)
    assert _bridging().run(31, "03:31", "baclofen", "220 ug/d").review().worst("H02") == "silent"


@pytest.mark.req("H02")
def test_a_stop_or_a_lower_dose_over_it_warns():
    stopped = _bridging().add("stop", 30, "12:00", reason="confusion").review()
    assert stopped.verdict == "accepted"
    for mode in ("stopped", "minimum-rate"):
        found = _bridging().add("program", 30, "12:00", mode=mode, reason="confusion").review()
        assert found.worst("H02", 5) == "warn"
        assert found.verdict == "accepted"
    found = _bridging().run(30, "12:00", "baclofen", "150 ug/d").review()
    assert found.worst("H02", 5) == "warn"
    assert found.worst("K26", 5) == "warn"  # the tip gets less than before, and that is said
    assert found.verdict == "accepted"


@pytest.mark.req("H02", "K26")
def test_a_lower_dose_that_would_give_more_at_the_tip_stays_refused():
    chart = baclofen("400 ug/d", BACLOFEN_STRONG)
    chart.fill(30, "09:00", BACLOFEN, "40 mL", aspirated="12.2 mL")
    chart.run(30, "09:05", "baclofen", "400 ug/d", bridge={"daily_dose": "400 ug/d"})
    found = chart.run(30, "12:00", "baclofen", "300 ug/d").review()
    assert found.worst("H02", 5) == "warn"
    assert found.worst("K26", 5) == "hard"
    assert "400 %" in found.message("K26", 5)


@pytest.mark.req("H02")
def test_a_bridge_that_was_stopped_may_go_on():
    chart = _bridging().add("stop", 30, "10:00", reason="a question").add("resume", 30, "10:10")
    assert chart.review().verdict == "accepted"


@pytest.mark.req("H02")
def test_a_program_over_a_running_prime():
    chart = Chart("spinal").fill(0, "09:00", BACLOFEN).add("prime", 0, "09:05")
    assert chart.run(0, "09:23", "baclofen", "100 ug/d").review().worst("H02", 2) == "hard"
    chart = Chart("spinal").fill(0, "09:00", BACLOFEN).add("prime", 0, "09:05")
    assert chart.run(0, "09:24", "baclofen", "100 ug/d").review().worst("H02", 2) == "silent"
