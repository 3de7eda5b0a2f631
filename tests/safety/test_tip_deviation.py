"""K26, R09: the deviation at the tip, exact at its limits, for any course of stretches."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import BACLOFEN, BACLOFEN_STRONG, MORPHINE, Chart, baclofen, morphine, plain
from thecal.pharmacy import Mixture
from thecal.program.line import Solution
from thecal.safety.bridge import check_bridge, check_line_change
from thecal.safety.situation import TipStretch
from thecal.units import Concentration, VolumeRate

HOUR = 3600
DAY = 24 * HOUR
PROGRAM = morphine("10 mg/d").situation()
NEEDLE = morphine("10 mg/d").add("access-port", 9, "09:00", aspirated="1 mL").situation()


def _mixture(strength) -> Mixture:
    """Morphine in mg/mL; nothing for drug-free fluid."""
    return Mixture.of({"morphine": Concentration.of(Fraction(strength), "mg/mL")})


def _tip(*stretches) -> tuple[TipStretch, ...]:
    """Stretches as (seconds, strength at the tip, strength reckoned with, mL/d) in their order."""
    found, start = [], Fraction(0)
    for seconds, at_tip, reckoned, rate in stretches:
        end = start + Fraction(seconds)
        there = _mixture(at_tip)
        found.append(
            TipStretch(
                start,
                end,
                VolumeRate.of(rate, "mL/d"),
                _mixture(reckoned),
                Solution(there, there),
            )
        )
        start = end
    return tuple(found)


def _findings(tip, check="K26"):
    order = replace(PROGRAM.order, tip=tip)
    return [one for one in check_bridge(replace(PROGRAM, order=order)) if one.check == check]


def _told(tip, check="K26") -> list[str]:
    return [plain(one.message) for one in _findings(tip, check)]


STEADY = (DAY, 10, 10, 1)


@pytest.mark.req("K26")
@pytest.mark.parametrize(
    ("at_tip", "severities"),
    [("11", []), ("11.01", ["hard"]), ("9", []), ("8.99", ["hard"])],
)
def test_ten_percent_off_the_order_is_allowed_and_no_more(at_tip, severities):
    tip = _tip((2 * DAY, at_tip, 10, 1), STEADY)
    assert [one.severity for one in _findings(tip)] == severities
    order = replace(NEEDLE.order, tip=tip)
    found = check_line_change(replace(NEEDLE, order=order))
    assert [one.severity for one in found if one.check == "K26"] == severities


@pytest.mark.req("K26")
@pytest.mark.parametrize(("seconds", "words"), [(HOUR, ["for 1 h"]), (HOUR - 1, [])])
def test_a_stretch_is_judged_by_itself_from_one_hour_on(seconds, words):
    # 15 % for an hour are nothing over a day.
    told = _told(_tip((seconds, "11.5", 10, 1), STEADY))
    assert [
        "for 1 h" for message in told if "115 % of the ordered morphine for 1 h" in message
    ] == (words)
    assert len(told) == len(words)


@pytest.mark.req("K26")
@pytest.mark.parametrize(
    ("seconds", "at_tip", "words"),
    [
        # 30 minutes at 5.8 times the order are 4.8 / 48 of a day's dose too much: 10 %.
        (HOUR // 2, "58", []),
        (HOUR // 2, "58.1", ["would get 110 % of the ordered morphine over 24 hours:"]),
        (HOUR // 2, "100", ["would get 119 % of the ordered morphine over 24 hours:"]),
    ],
)
@pytest.mark.parametrize("before", [(), ((3 * HOUR, 10, 10, 1),), ((2 * DAY, 10, 10, 1),)])
def test_a_shorter_stretch_is_judged_by_the_dose_of_24_hours(seconds, at_tip, words, before):
    told = _told(_tip(*before, (seconds, at_tip, 10, 1), STEADY))
    assert len(told) == len(words)
    for message, part in zip(told, words, strict=True):
        assert part in message


@pytest.mark.req("K26")
def test_the_larger_deviation_is_told_once():
    (message,) = _told(_tip((2 * HOUR, 30, 10, 1), (2 * HOUR, 20, 10, 1), STEADY))
    assert "would get 300 % of the ordered morphine for 2 h:" in message
    (message,) = _told(_tip((2 * HOUR, 20, 10, 1), (3 * HOUR, 2, 10, 1), STEADY))
    assert "would get 200 % of the ordered morphine for 2 h:" in message


@pytest.mark.req("K26")
@pytest.mark.parametrize(
    "course",
    [
        # Five times the order for 40 minutes, 11 % of a day too much: the day before the low
        # stretch counts, and so does the day after it.
        [(2 * DAY, 10, 10, 1), (2400, 50, 10, 1), (2400, 1, 10, 1)],
        [(2 * DAY, 10, 10, 1), (2400, 1, 10, 1), (2400, 50, 10, 1)],
    ],
)
def test_too_little_beside_it_excuses_no_day_of_too_much(course):
    (message,) = _told(_tip(*course, STEADY))
    assert "would get 111 % of the ordered morphine over 24 hours:" in message


SLOT = 600
STRETCH = st.tuples(
    st.sampled_from([1, 2, 4, 5, 6, 9, 30, 150]).map(lambda slots: slots * SLOT),
    st.sampled_from([0, 1, 5, 9, 10, 11, 40, 200]),
    st.sampled_from([1, 10, 20]),
    st.sampled_from([1, 10, 60]),
)


def _beyond(course) -> bool:
    """Whether an hour's stretch or any 24 hours are off by more than a tenth, slot by slot."""
    if any(s >= HOUR and at and abs(at - due) * 10 > due for s, at, due, _ in course):
        return True
    slots = [one for one in course for _ in range(one[0] // SLOT)]
    many = DAY // SLOT
    for start in range(len(slots) - many + 1):
        day = slots[start : start + many]
        excess = sum((at - due) * rate for _, at, due, rate in day if at)
        if abs(excess) * 10 > max(due * rate for _, _, due, rate in day) * many:
            return True
    return False


@pytest.mark.req("K26")
@given(st.lists(STRETCH, max_size=4), st.sampled_from([(DAY, 10, 10, 1), (DAY, 9, 10, 1)]))
@settings(max_examples=60)
def test_any_course_is_refused_exactly_where_an_hour_or_a_day_is_off(stretches, last):
    course = [*stretches, last]
    assert bool(_findings(_tip(*course))) == _beyond(course)


@pytest.mark.req("R09")
@pytest.mark.parametrize(
    ("stretches", "words"),
    [
        ([(HOUR - 1, 0, 10, 1)], []),
        ([(HOUR, 0, 10, 1)], ["only after 1 h;"]),
        ([(HOUR // 2, 0, 10, 1), (HOUR, 10, 10, 1), (HOUR // 2, 0, 10, 1)], ["only after 1 h;"]),
        ([(12345, 0, 10, 1)], ["only after 3.43 h;"]),
    ],
)
def test_an_hour_without_drug_is_told_in_hours(stretches, words):
    found = _findings(_tip(*stretches, STEADY), "R09")
    assert [one.severity for one in found] == ["warn"] * len(words)
    for one, part in zip(found, words, strict=True):
        assert part in plain(one.message)


# -- a drug that nobody ordered ------------------------------------------------------------------

BOTH = {"morphine": "10 mg/mL", "bupivacaine": "5 mg/mL"}


@pytest.mark.req("K26")
def test_a_second_drug_of_the_old_solution_is_refused_though_the_first_fits():
    chart = (
        Chart().start(BOTH, "morphine", "2 mg/d").fill(30, "09:00", MORPHINE, aspirated="12.3 mL")
    )
    found = chart.run(30, "09:05", "morphine", "2 mg/d").review()
    assert found.severities("K26", 4) == ["hard"]
    assert "bupivacaine of the old solution would still leave the tip" in found.message("K26", 4)


@pytest.mark.req("K26")
@pytest.mark.parametrize(("seconds", "severities"), [(HOUR, ["hard"]), (HOUR - 1, [])])
def test_an_hour_of_a_drug_that_nobody_ordered_is_refused(seconds, severities):
    first, last = _tip((seconds, 10, 10, 1), STEADY)
    there = Mixture.of({**first.reckoned, "bupivacaine": Concentration.of(5, "mg/mL")})
    tip = (replace(first, solution=Solution(there, there)), last)
    assert [one.severity for one in _findings(tip)] == severities


# -- over a running bridge or prime --------------------------------------------------------------


def _bridging():
    chart = baclofen().fill(30, "09:00", BACLOFEN_STRONG, "40 mL", aspirated="6.29 mL")
    return chart.run(30, "09:05", "baclofen", "200 ug/d", bridge={"daily_dose": "200 ug/d"})


@pytest.mark.req("K26")
def test_a_higher_dose_over_a_bridge_is_refused_for_what_the_line_still_holds():
    found = _bridging().run(30, "12:00", "baclofen", "220 ug/d").review()
    assert found.severities("K26", 5) == ["hard"]
    assert "add a bridge at the old dose" in found.message("K26", 5)
    assert not found.of("K26", 5)[0].follow_up
    assert "a bridge is running: wait until it has ended" in found.message("H02", 5)


@pytest.mark.req("K26")
def test_a_lower_dose_over_a_bridge_says_why_the_tip_gets_less_and_opens_a_follow_up():
    found = _bridging().run(30, "12:00", "baclofen", "150 ug/d").review()
    (one,) = found.of("K26", 5)
    assert "25 % of the ordered baclofen" in plain(one.message)
    assert one.message.endswith("the line still holds what the bridge had not cleared")
    assert one.follow_up == "watch the patient until the line is clear"
    assert "a bridge is running: this order ends it" in found.message("H02", 5)


@pytest.mark.req("K26", "H02")
@pytest.mark.parametrize(("above", "severity"), [("0", "warn"), ("0.001", "hard")])
def test_a_lower_dose_eases_only_where_the_tip_gets_no_more_than_before(above, severity):
    chart = baclofen("400 ug/d", BACLOFEN_STRONG)
    chart.fill(30, "09:00", BACLOFEN, "40 mL", aspirated="12.2 mL")
    chart.run(30, "09:05", "baclofen", "400 ug/d", bridge={"daily_dose": "400 ug/d"})
    asked = chart.run(30, "12:00", "baclofen", "300 ug/d").situation()
    # 300 mcg of a 500 mcg/mL solution are 0.6 mL: of the old 2000 mcg/mL these are 1200 mcg a day.
    before = asked.therapy_before["baclofen"]
    most = before.of(Fraction(1200) - Fraction(above), "ug")
    asked = replace(asked, therapy_before={"baclofen": most}, worst_before={"baclofen": most})
    assert {one.severity for one in check_bridge(asked) if one.check == "K26"} == {severity}


@pytest.mark.req("K26")
def test_mixing_with_the_residual_says_so():
    chart = morphine("2 mg/d", {"morphine": "20 mg/mL"})
    chart.fill(30, "09:00", MORPHINE, "10.5 mL", aspirated="15.3 mL")
    chart.run(30, "09:05", "morphine", "2 mg/d", bridge={"daily_dose": "2 mg/d"})
    (one,) = chart.review().of("K26", 4)
    assert one.message.endswith("mixes with the new one; rinse, or accept it")
    assert not one.follow_up
    # What was accepted then is no news when a needle goes into the access port.
    chart.add("access-port", 40, "09:00", injected="0.01 mL", mixture=MORPHINE)
    assert chart.review().worst("K26", 5) == "silent"


@pytest.mark.req("H02")
def test_a_stop_over_the_first_prime_is_told_that_it_ends_the_prime():
    chart = Chart("spinal").fill(0, "09:00", BACLOFEN).add("prime", 0, "09:05")
    found = chart.add("program", 0, "09:10", mode="stopped", reason="pain").review()
    assert found.worst("H02", 2) == "warn"
    assert "a prime is running: this order ends it" in found.message("H02", 2)
