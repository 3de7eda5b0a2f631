"""Answers, not walls: every refused program comes with one that passes, or with none."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import BACLOFEN, BACLOFEN_STRONG, MORPHINE, Chart, baclofen, morphine, plain
from thecal.pharmacy import ceiling
from thecal.program.program import write_program
from thecal.safety.finding import Severity
from thecal.safety.review import review
from thecal.therapy.events import Program
from thecal.therapy.replay import Replay
from thecal.therapy.review import review_therapy
from thecal.therapy.situations import situation_of
from thecal.therapy.suggest import NONE, describe, nearest_passing, nearest_program

GRAVE = (Severity.HARD, Severity.SOFT)


def _asked(chart: Chart):
    """The replay before the last event, its index, what the review says of it, the suggestion."""
    therapy = chart.therapy()
    index = len(therapy.events) - 1
    replay = Replay(therapy, for_review=True)
    for number in range(index):
        replay.advance_to(therapy.instant(therapy.events[number].time))
        replay.apply(number)
    replay.advance_to(therapy.instant(therapy.events[index].time))
    findings = review(situation_of(replay, index))
    return therapy, replay, index, findings, nearest_program(replay, index, findings)


def _put_in_place(therapy, index, suggestion):
    """The therapy with the suggested program in place of the refused one, without overrides."""
    event = therapy.events[index]
    time = event.time if suggestion.after is None else therapy.moment(suggestion.after)
    program = Program(time=time, program=suggestion.program)
    return replace(therapy, events=(*therapy.events[:index], program))


def _holds(chart: Chart):
    """Assert what every suggestion promises; return it."""
    therapy, replay, index, findings, suggestion = _asked(chart)
    if not any(one.severity in GRAVE for one in findings):
        return None
    words = nearest_passing(replay, index, findings)
    assert (words == NONE) == (suggestion is None)
    if suggestion is None:
        return None
    answer = review_therapy(_put_in_place(therapy, index, suggestion))
    assert [one for one in answer.findings if one.event == index and one.severity in GRAVE] == []
    written = write_program(
        suggestion.program, replay.pump.state.solution.written, replay.hardware.setup.grid
    )
    populations = situation_of(replay, index).patient.populations
    for drug, mass in written.daily_doses().items():
        assert written.achievable_daily_doses()[drug] <= mass
        highest = ceiling(drug, populations=populations)
        assert highest is None or mass <= highest.rate.per_day()
    rates = [rate for rate in written.achievable.rates if rate]
    assert min(rates) >= replay.hardware.model.minimum_rate.value
    assert written.largest_rate() <= replay.hardware.setup.maximum_rate
    return suggestion


CASES = {
    "threefold": lambda: baclofen().run(10, "09:00", "baclofen", "800 ug/d"),
    "step": lambda: baclofen().run(10, "09:00", "baclofen", "300 ug/d"),
    "too early": lambda: baclofen().run(0, "12:00", "baclofen", "220 ug/d"),
    "ceiling": lambda: baclofen("5000 ug/d", BACLOFEN_STRONG),
    "maximum": lambda: baclofen("1200 ug/d", BACLOFEN_STRONG),
    "no bridge": lambda: (
        baclofen()
        .fill(30, "09:00", BACLOFEN_STRONG, aspirated="6.29 mL")
        .run(30, "09:05", "baclofen", "200 ug/d")
    ),
    "wrong bridge": lambda: (
        morphine()
        .fill(30, "09:00", {"hydromorphone": "2 mg/mL"}, "40 mL", aspirated="12.29 mL")
        .run(30, "09:05", "hydromorphone", "0.3 mg/d")
    ),
    "restart": lambda: (
        morphine("5 mg/d")
        .fill(100, "09:00", MORPHINE, aspirated="0 mL")
        .run(100, "09:05", "morphine", "5 mg/d")
    ),
    "over a bridge": lambda: (
        baclofen()
        .fill(30, "09:00", BACLOFEN_STRONG, "40 mL", aspirated="6.29 mL")
        .run(30, "09:05", "baclofen", "200 ug/d", bridge={"daily_dose": "200 ug/d"})
        .run(30, "12:00", "baclofen", "220 ug/d")
    ),
    "bridged again": lambda: (
        baclofen()
        .fill(30, "09:00", BACLOFEN_STRONG, "40 mL", aspirated="6.29 mL")
        .run(30, "09:05", "baclofen", "200 ug/d", bridge={"daily_dose": "200 ug/d"})
        .run(30, "12:00", "baclofen", "220 ug/d", bridge={"daily_dose": "200 ug/d"})
    ),
    "boluses": lambda: morphine("1 mg/d").run(
        10,
        "09:00",
        "morphine",
        "1 mg/d",
        patient_bolus={"dose": "0.1 mg", "duration": "5 min", "lockout": "1 h", "max_per_day": 24},
    ),
    "no patient bolus": lambda: Chart("spinal").start(
        BACLOFEN,
        "baclofen",
        "200 ug/d",
        patient_bolus={"dose": "10 ug", "duration": "5 min", "lockout": "6 h", "max_per_day": 2},
    ),
    "fast bolus": lambda: morphine("2 mg/d").run(
        10,
        "09:00",
        "morphine",
        "2 mg/d",
        patient_bolus={"dose": "0.4 mg", "duration": "1 min", "lockout": "6 h", "max_per_day": 2},
    ),
    "flex": lambda: baclofen().run(
        10,
        "09:00",
        "baclofen",
        "150 ug/d",
        steps=[{"days": "daily", "start": "07:00", "duration": "2 h", "dose": "700 ug"}],
    ),
    "opioid change": lambda: (
        morphine("4 mg/d")
        .fill(30, "09:00", {"hydromorphone": "2 mg/mL"}, "40 mL", aspirated="6.29 mL")
        .run(
            30,
            "09:05",
            "hydromorphone",
            "4 mg/d",
            bridge={"drug": "morphine", "daily_dose": "4 mg/d"},
        )
    ),
    "a little below the minimum rate": lambda: Chart("spinal").start(
        BACLOFEN, "baclofen", "20 ug/d"
    ),
    "resume": lambda: (
        morphine("5 mg/d").add("stop", 1, "09:00", reason="x").add("resume", 3, "09:00")
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_refused_program_comes_with_one_that_passes(name):
    assert _holds(CASES[name]()) is not None


@pytest.mark.parametrize(
    "chart",
    [
        lambda: Chart().start({"ziconotide": "25 ug/mL"}, "ziconotide", "0.5 ug/d"),
        lambda: baclofen().run(
            10,
            "09:00",
            "baclofen",
            "200 ug/d",
            steps=[
                {"days": "daily", "start": f"{h:02}:00", "duration": "30 min", "dose": "5 ug"}
                for h in range(14)
            ],
        ),
        lambda: (
            Chart("cancer", pump="isomed-35-10")
            .fill(0, "09:00", {"morphine": "2 mg/mL"}, "35 mL")
            .run(1, "09:00", "morphine", "3 mg/d")
        ),
    ],
    ids=["below the minimum rate", "14 steps", "constant flow"],
)
def test_or_it_says_that_there_is_none(chart):
    found = chart().review()
    grave = [one for one in found.findings if one.severity in GRAVE and one.event]
    assert grave
    assert {one.suggestion for one in grave} == {NONE}


def test_every_grave_finding_on_a_program_carries_the_text():
    for make in CASES.values():
        chart = make()
        last = len(chart.events) - 1
        for one in chart.review().findings:
            if one.event == last and one.severity in GRAVE:
                assert one.suggestion, one


def test_the_text_names_dose_rate_and_bridge():
    chart = CASES["no bridge"]()
    (text,) = {plain(one.suggestion) for one in chart.review().of("K26", 4)}
    assert text == (
        "continuous, background baclofen 200 mcg/day (0.1 mL/day);"
        " with a bridge of baclofen at 200 mcg/day"
    )


def test_over_a_bridge_it_says_from_when_on():
    (text,) = {plain(one.suggestion) for one in CASES["over a bridge"]().review().of("H02", 5)}
    # 18.432 h after 1 April, 09:05.
    assert text.endswith("written after 2 April 2026, 03:30:56")


def test_a_suggestion_above_the_order_says_so_and_is_never_far_above_it():
    chart = CASES["a little below the minimum rate"]()
    (text,) = {plain(one.suggestion) for one in chart.review().of("D01", 2)}
    assert "24 mcg/day" in text
    assert "more than was ordered" in text


def test_describe_names_steps_and_boluses():
    chart = baclofen().run(
        10,
        "09:00",
        "baclofen",
        "150 ug/d",
        steps=[{"days": "daily", "start": "07:30", "duration": "2 h", "dose": "20 ug"}],
        patient_bolus={"dose": "5 ug", "duration": "5 min", "lockout": "6 h", "max_per_day": 2},
    )
    therapy, replay, index, _, _ = _asked(chart)
    text = plain(describe(therapy.events[index].program, replay))
    assert "flex" in text
    assert "07:30 20 mcg" in text
    assert "patient bolus 5 mcg over 5 min, at most 2 a day" in text


mass = st.integers(1, 4000)


@st.composite
def programs(draw):
    """Anything that a person could order of baclofen, sense or not."""
    more = {}
    if draw(st.booleans()):
        count = draw(st.integers(1, 4))
        more["steps"] = [
            {
                "days": draw(st.sampled_from(["daily", "mon-fri", "sat-sun"])),
                "start": f"{6 * number:02}:00",
                "duration": draw(st.sampled_from(["10 min", "1 h", "5 h"])),
                "dose": f"{draw(st.integers(1, 400))} ug",
            }
            for number in range(count)
        ]
    if draw(st.booleans()):
        more["patient_bolus"] = {
            "dose": f"{draw(st.integers(1, 60))} ug",
            "duration": draw(st.sampled_from(["1 min", "5 min", "30 min"])),
            "lockout": draw(st.sampled_from(["10 min", "1 h", "6 h"])),
            **({"max_per_day": draw(st.integers(1, 8))} if draw(st.booleans()) else {}),
        }
    return f"{draw(mass)} ug/d", more


@given(programs(), st.sampled_from(["start", "later", "strong", "weak", "dry", "stopped"]))
@settings(max_examples=60)
def test_whatever_was_ordered_the_suggestion_holds(order, when):
    dose, more = order
    chart = Chart("spinal")
    if when == "start":
        chart.fill(0, "09:00", BACLOFEN_STRONG).add("prime", 0, "09:05")
        _holds(chart.run(0, "09:30", "baclofen", dose, **more))
        return
    chart.start(BACLOFEN, "baclofen", "200 ug/d")
    if when in ("strong", "weak"):
        strength = "2000 ug/mL" if when == "strong" else "250 ug/mL"
        chart.fill(30, "08:50", {"baclofen": strength}, aspirated="6.29 mL")
    elif when == "dry":
        chart.fill(60, "08:50", BACLOFEN, aspirated="0 mL")
    elif when == "stopped":
        chart.add("stop", 25, "09:00", reason="x")
    _holds(chart.run(60 if when == "dry" else 30, "09:00", "baclofen", dose, **more))
