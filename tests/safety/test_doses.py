"""What a dose is held against, and when a program counts as a lowering: exact at the limits."""

from __future__ import annotations

from dataclasses import replace

import pytest

from builders import MORPHINE, Chart, baclofen, morphine
from thecal.safety.doses import (
    comparator,
    gives_less,
    is_lowering,
    scheduled,
    step_comparator,
)
from thecal.safety.review import review
from thecal.safety.situation import Gap
from thecal.units import Mass

DAY = 86400
WEEK = 7 * DAY


def ug(number) -> Mass:
    return Mass.of(number, "ug")


ASKED = replace(
    baclofen("200 ug/d").run(20, "09:00", "baclofen", "100 ug/d").situation(),
    received={"baclofen": ug(150)},
    received_without_boluses={"baclofen": ug(120)},
)


# -- the comparator ------------------------------------------------------------------------------


@pytest.mark.req("K3")
def test_what_was_received_counts_and_not_what_was_ordered():
    assert comparator(ASKED) == {"baclofen": ug(150)}
    nothing = replace(ASKED, received={"baclofen": ug(0)})
    assert comparator(nothing) == {"baclofen": ug(200)}
    assert comparator(replace(nothing, therapy_before=None)) == {}


@pytest.mark.req("K3")
@pytest.mark.parametrize(("begun", "counts"), [(140, 150), (150, 150), (160, 160)])
def test_a_drug_of_less_than_a_day_counts_with_the_dose_it_began_with(begun, counts):
    young = replace(ASKED, first_doses={"baclofen": ug(begun)})
    assert comparator(young) == {"baclofen": ug(counts)}


@pytest.mark.req("K3", "K12")
@pytest.mark.parametrize(("length", "counts"), [(WEEK, 150), (WEEK + 1, 90)])
def test_after_a_gap_of_more_than_the_look_back_the_dose_before_it_counts(length, counts):
    gap = Gap("stopped", ASKED.now - length, ASKED.now, {"baclofen": ug(90)})
    assert comparator(replace(ASKED, gap=gap)) == {"baclofen": ug(counts)}


@pytest.mark.req("K4")
@pytest.mark.parametrize(("seconds", "counts"), [(DAY - 1, 120), (DAY, 200), (DAY + 1, 200)])
def test_a_program_counts_as_ordered_once_it_has_run_for_a_day(seconds, counts):
    running = replace(ASKED, running_since=ASKED.now - seconds)
    assert step_comparator(running) == {"baclofen": ug(counts)}
    young = replace(running, first_doses={"baclofen": ug(60)})
    assert step_comparator(young) == {"baclofen": ug(120)}
    assert step_comparator(replace(running, therapy_before=None)) == {"baclofen": ug(120)}
    # What ran before a gap ran until the gap began.
    gap = Gap("stopped", ASKED.now - 3600, ASKED.now, {"baclofen": ug(200)})
    later = replace(ASKED, gap=gap, running_since=ASKED.now - 3600 - seconds)
    assert step_comparator(later) == {"baclofen": ug(counts)}


@pytest.mark.req("K4")
def test_more_received_than_ordered_counts_for_a_step_too():
    running = replace(ASKED, running_since=ASKED.now - WEEK)
    more = replace(running, received_without_boluses={"baclofen": ug(230)})
    assert step_comparator(more) == {"baclofen": ug(230)}


# -- what is a lowering --------------------------------------------------------------------------

MIXED = {"morphine": "10 mg/mL", "bupivacaine": "5 mg/mL"}
PRESS = {"dose": "0.1 mg", "duration": "5 min", "lockout": "4 h", "max_per_day": 4}


def _mixed(dose, **more):
    """A program over 2 mg of morphine and 1 mg of bupivacaine a day, no bolus."""
    chart = Chart().start(MIXED, "morphine", "2 mg/d")
    return chart.run(20, "09:00", "morphine", dose, **more).situation()


@pytest.mark.parametrize(
    ("dose", "more", "lowers", "less"),
    [
        ("1.9 mg/d", {}, True, True),
        ("2 mg/d", {}, True, False),
        ("2.001 mg/d", {}, False, False),
        # Less by the clock and more with every bolus.
        ("1.9 mg/d", {"patient_bolus": PRESS}, False, False),
        ("1.6 mg/d", {"patient_bolus": PRESS}, True, True),
        ("1.61 mg/d", {"patient_bolus": PRESS}, False, False),
    ],
)
def test_a_lowering_gives_no_more_of_any_drug_with_and_without_boluses(dose, more, lowers, less):
    asked = _mixed(dose, **more)
    assert is_lowering(asked) is lowers
    assert gives_less(asked) is less


@pytest.mark.parametrize(
    ("before", "lowers", "less"),
    [
        ({"morphine": 2000, "bupivacaine": 1000}, True, False),
        ({"morphine": 2001, "bupivacaine": 1000}, True, True),
        ({"morphine": 2001, "bupivacaine": 999}, False, False),
        ({"morphine": 1999, "bupivacaine": 1001}, False, False),
        ({"morphine": 2001}, False, False),
        ({"morphine": 2000, "bupivacaine": 1000, "clonidine": 50}, True, True),
    ],
)
@pytest.mark.parametrize("which", ["therapy_before", "worst_before"])
def test_every_drug_of_a_mixture_has_to_be_no_more(before, lowers, less, which):
    asked = _mixed("2 mg/d")
    totals = {drug: ug(number) for drug, number in before.items()}
    asked = replace(asked, therapy_before=totals, worst_before=totals)
    assert is_lowering(asked) is lowers
    assert gives_less(asked) is less
    # One of both is enough to be more.
    plenty = dict.fromkeys(MIXED, ug(9000))
    assert is_lowering(replace(asked, **{which: plenty})) is lowers


def test_without_a_therapy_in_force_nothing_is_a_lowering():
    asked = _mixed("1 mg/d")
    assert is_lowering(asked)
    for missing in ({"therapy_before": None}, {"worst_before": None}):
        assert not is_lowering(replace(asked, **missing))
    assert not gives_less(replace(asked, therapy_before=None))
    gap = Gap("stopped", asked.now - DAY, asked.now, asked.therapy_before)
    assert not is_lowering(replace(asked, gap=gap))
    assert not is_lowering(morphine().add("stop", 9, "09:00").situation())
    problem = replace(asked.order, written=None, problem="no")
    assert not is_lowering(replace(asked, order=problem))


def test_a_higher_bridge_is_no_lowering():
    asked = _mixed("1 mg/d")
    for dose, lowers in ((2000, True), (2001, False)):
        order = replace(asked.order, bridge_doses={"morphine": ug(dose)})
        assert is_lowering(replace(asked, order=order)) is lowers


def test_only_a_lowering_turns_refusals_into_warnings():
    # Far above every maximum before and after: only going further up is refused.
    lower = morphine("40 mg/d").run(2, "09:00", "morphine", "39 mg/d").situation()
    higher = morphine("40 mg/d").run(2, "09:00", "morphine", "41 mg/d").situation()
    assert {one.severity for one in review(lower) if one.check == "K27"} == {"warn"}
    assert "hard" in {one.severity for one in review(higher) if one.check == "K27"}


def test_what_gives_no_therapy_has_no_schedule():
    assert scheduled(morphine().add("stop", 9, "09:00").situation().order) == {}
    stopped = morphine().add("program", 9, "09:00", mode="minimum-rate", reason="x")
    assert scheduled(stopped.situation().order) == {}
    assert scheduled(Chart().fill(0, "09:00", MORPHINE).situation().order) == {}
    assert scheduled(ASKED.order) == {"baclofen": ug(100)}
