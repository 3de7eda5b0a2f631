"""K2, K17: what the syringe drew against what was due."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from builders import BACLOFEN, Chart, baclofen, plain
from thecal.safety.residual import check_residual
from thecal.safety.residual_bands import assess_residual
from thecal.units import Volume


def _refilled(day, aspirated, *, after=None, dose="200 ug/d"):
    chart = baclofen(dose).fill(day, "09:30", BACLOFEN, aspirated=aspirated)
    if after is not None:
        chart.run(day, "09:40", "baclofen", after)
    return chart.review()


# 40 days at 0.4 mL/d and a prime of 0.3072 mL; 1.4 mL stay behind in a new pump.
DUE = 16 + 0.3072
EXPECTED = 20 - 1.4 - DUE


@pytest.mark.req("K2")
@pytest.mark.parametrize(
    ("ratio", "severity"),
    [
        (1.0, "silent"),
        (0.9001, "silent"),
        (1.0999, "silent"),
        (0.899, "warn"),
        (1.101, "warn"),
        (0.851, "warn"),
        (0.849, "soft"),
        (1.14, "warn"),
    ],
)
def test_bands_of_the_delivered_ratio(ratio, severity):
    drawn = 18.6 - DUE * ratio
    found = _refilled(40, f"{drawn:.4f} mL")
    assert found.worst("K2", 3) == severity
    if severity != "silent":
        assert f"{EXPECTED:.3g}"[:3] in found.message("K2", 3)


@pytest.mark.req("K2")
@pytest.mark.inventory("S0.20")
def test_red_names_the_ratio_and_asks_for_the_cause():
    found = _refilled(40, "6.6928 mL")
    (one,) = found.of("K2", 3)
    assert one.severity == "soft"
    assert "2.293 mL were expected" in found.message("K2")
    assert "6.693 mL" in found.message("K2")
    assert one.follow_up


@pytest.mark.req("K17")
@pytest.mark.parametrize(
    ("aspirated", "severity"),
    [("12 mL", "hard"), ("10.5 mL", "hard"), ("10.4 mL", "silent"), ("2.3 mL", "silent")],
)
def test_a_ratio_below_one_half_forbids_to_go_on(aspirated, severity):
    # Half of 16.3072 mL delivered leaves 10.4464 mL of the 18.6 mL that can be drawn.
    assert _refilled(40, aspirated).worst("K17", 3) == severity


@pytest.mark.req("E8")
@pytest.mark.parametrize("day", [40, 6])
@pytest.mark.inventory("W7")
def test_e8_19_of_20_ml_found_refilled_and_going_on(day):
    found = _refilled(day, "19 mL")
    assert found.worst("K17", 3) == "hard"
    message = found.message("K17", 3)
    assert "20 mL filled" in message
    assert "19 mL drawn" in message
    assert "do not just refill" in message
    assert found.verdict == "refused"


@pytest.mark.req("E8")
@pytest.mark.parametrize("after", ["200 ug/d", "198 ug/d"])
def test_a_program_of_the_visit_at_the_old_dose_is_no_answer(after):
    assert _refilled(40, "19 mL", after=after).worst("K17", 3) == "hard"


@pytest.mark.req("E8")
def test_a_stop_in_between_is_no_answer():
    chart = baclofen().fill(40, "09:30", BACLOFEN, aspirated="19 mL")
    for more in (
        lambda c: c.add("resume", 40, "09:50"),
        lambda c: c.run(40, "09:50", "baclofen", "200 ug/d"),
    ):
        again = Chart("spinal")
        again.events = [*chart.events]
        again.add("stop", 40, "09:40", reason="checking")
        assert more(again).review().worst("K17", 3) == "hard"


@pytest.mark.req("K17")
def test_starting_low_or_standing_is_warned_of_only():
    assert _refilled(40, "19 mL", after="100 ug/d").worst("K17", 3) == "warn"
    chart = baclofen().fill(40, "09:30", BACLOFEN, aspirated="19 mL")
    chart.add("stop", 40, "09:31", reason="nothing was delivered")
    assert chart.review().worst("K17", 3) == "warn"


@pytest.mark.req("K17")
@pytest.mark.parametrize(
    ("hours", "aspirated", "severity"),
    [
        # Fewer than 4 mL due: no ratio, but a syringe that draws the fill again tells.
        # 2 mL are due after 4.232 days at 0.4 mL/d and the prime; 18.6 mL can be drawn.
        (4.24 * 24, "17.6 mL", "hard"),
        (4.24 * 24, "17.599 mL", "silent"),
        (4.20 * 24, "17.6 mL", "silent"),
        (9 * 24, "18.6 mL", "hard"),
        (1 * 24, "18.6 mL", "silent"),
    ],
)
def test_little_was_due_and_almost_nothing_was_delivered(hours, aspirated, severity):
    chart = baclofen().fill(hours / 24, "09:30", BACLOFEN, aspirated=aspirated)
    found = chart.review()
    assert found.worst("K17", 3) == severity
    if severity == "hard":
        assert "due" in found.message("K17", 3)


@pytest.mark.req("K17")
def test_an_ordinary_early_refill_is_silent():
    found = _refilled(8, "15 mL")
    assert found.worst("K17") == "silent"
    assert found.worst("K2") == "silent"


# -- exactly at the limits ----------------------------------------------------------------------

BOTH = {"morphine": "10 mg/mL", "bupivacaine": "5 mg/mL"}


def _asked(**more):
    """A refill that found too much, after a fill of 20 mL, some of it replaced."""
    asked = baclofen().fill(40, "09:30", BACLOFEN, aspirated="19 mL").situation()
    return replace(asked, order=replace(asked.order, **more))


def _not_delivered(asked):
    return [one for one in check_residual(asked) if one.check == "K17"]


@pytest.mark.req("K17")
@pytest.mark.parametrize(("drawn", "fires"), [("11", False), ("11.0001", True)])
def test_a_delivered_ratio_of_exactly_one_half_is_enough(drawn, fires):
    # 18 mL can be drawn, 4 were expected: 14 were due, 7 of them were delivered at 11 mL.
    filled, expected, aspirated = (Volume.of(one, "mL") for one in ("18", "4", drawn))
    assessed = assess_residual(filled, expected, aspirated)
    asked = _asked(residual=assessed, expected=expected, aspirated=aspirated, due=filled - expected)
    found = _not_delivered(asked)
    assert bool(found) is fires
    for one in found:
        assert "20 mL filled, 14 mL due, 11 mL drawn" in plain(one.message)


@pytest.mark.req("K17")
@pytest.mark.parametrize(
    ("due", "drawn", "fires"),
    [("2", "17", True), ("2", "16.999", False), ("1.999", "18", False), ("3.9", "17", True)],
)
def test_with_two_millilitres_due_an_aspirate_near_the_fill_tells(due, drawn, fires):
    filled, aspirated = Volume.of(18, "mL"), Volume.of(drawn, "mL")
    expected = filled - Volume.of(due, "mL")
    assessed = assess_residual(filled, expected, aspirated)
    assert assessed.delivered_ratio is None
    asked = _asked(residual=assessed, expected=expected, aspirated=aspirated, due=filled - expected)
    assert bool(_not_delivered(asked)) is fires


@pytest.mark.req("K17")
@pytest.mark.parametrize(
    ("expected", "drawn", "parameter"),
    [("4", "18", "least-ratio"), ("4", "12", "least-ratio"), ("15", "18", "almost-full")],
)
def test_the_rule_that_a_refill_broke_is_named(monkeypatch, expected, drawn, parameter):
    monkeypatch.setattr("thecal.safety.residual.source", lambda rule, name: f"{rule} {name}")
    filled, left, aspirated = (Volume.of(one, "mL") for one in ("18", expected, drawn))
    assessed = assess_residual(filled, left, aspirated)
    asked = _asked(residual=assessed, expected=left, aspirated=aspirated, due=filled - left)
    assert [one.source for one in _not_delivered(asked)] == [f"K17 {parameter}"]


@pytest.mark.req("K17")
@pytest.mark.parametrize(
    ("dose", "more", "severity"),
    [("2 mg/d", "5 mg/mL", "hard"), ("1 mg/d", "10 mg/mL", "hard"), ("1 mg/d", "5 mg/mL", "warn")],
)
def test_any_drug_that_goes_on_at_the_old_dose_is_no_low_start(dose, more, severity):
    chart = (
        Chart()
        .start(BOTH, "morphine", "2 mg/d")
        .fill(40, "09:00", {**BOTH, "bupivacaine": more}, aspirated="18 mL")
    )
    found = chart.run(40, "09:10", "morphine", dose).review()
    assert found.worst("K17", 3) == severity


@pytest.mark.req("K2")
def test_a_refill_says_what_was_found_what_was_expected_and_what_is_to_be_done():
    (one,) = _refilled(40, "6.6928 mL").of("K2", 3)
    assert plain(one.message).startswith("red: delivered ratio 0.73")
    assert one.value.quantity.in_unit("mL") == Fraction("6.6928")
    assert one.limit.quantity.in_unit("mL") == Fraction("2.2928")
    (amber,) = _refilled(40, "4 mL").of("K2", 3)
    assert plain(amber.message).startswith("amber: delivered ratio 0.89")
    assert not amber.follow_up
