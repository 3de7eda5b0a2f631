"""What is typed into a draft: fixed units, nothing guessed, nothing dropped without a word."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thecal.care.programming.fields import read_draft, typed_of
from thecal.care.programming.judged import judge, lowers_only, why_second_person
from thecal.pharmacy import Mixture
from thecal.program.program import Mode, write_program
from thecal.therapy.events import Program
from thecal.therapy.file_reader import read_therapy, read_therapy_file
from thecal.therapy.file_writer import write_therapy
from thecal.therapy.review import review_therapy
from thecal.therapy.simulation import simulate
from thecal.units import Concentration

FILE = Path(__file__).parents[3] / "examples" / "pain_two_drugs.toml"
WHOLE = read_therapy_file(FILE)
THERAPY = replace(WHOLE, events=WHOLE.events[:6])
NOW = THERAPY.events[-1].time + timedelta(days=14)
SOLUTION = Mixture.of(
    {"morphine": Concentration.of(5, "mg/mL"), "bupivacaine": Concentration.of(10, "mg/mL")}
)
PLAIN = {"mode": "continuous", "primary": "morphine", "daily_dose": "0.5"}


def read(**typed: str):
    return read_draft({key: text for key, text in typed.items() if text}, SOLUTION, THERAPY, NOW)


def test_a_unit_is_fixed_and_only_digits_are_typed() -> None:
    event = read(**PLAIN).event
    assert event.program.daily_dose.in_unit("mg/d") == 0.5
    assert "daily_dose" in read(**PLAIN | {"daily_dose": "0.5 mg"}).errors
    assert "daily_dose" in read(**PLAIN | {"daily_dose": "0.5 ug"}).errors


@pytest.mark.parametrize("typed", ["", "0"])
def test_no_dose_and_a_dose_of_zero_stop_nothing(typed: str) -> None:
    draft = read(**PLAIN | {"daily_dose": typed})
    assert draft.event is None
    assert "daily_dose" in draft.errors


def test_every_wrong_field_is_named_at_once() -> None:
    errors = read(
        mode="flex",
        primary="morphine",
        daily_dose="1,5",
        step0_days="daily",
        step0_start="25:00",
        step0_lasts="60",
        step0_dose=".1",
        bolus_dose="0.05",
    ).errors
    assert set(errors) >= {
        "daily_dose",
        "step0_start",
        "step0_dose",
        "bolus_duration",
        "bolus_lockout",
    }


def test_steps_that_overlap_are_refused() -> None:
    steps = {"step0_days": "daily", "step0_start": "07:00", "step0_lasts": "120"}
    steps |= {"step0_dose": "0.1", "step1_days": "mon", "step1_start": "08:00"}
    draft = read(**PLAIN | steps | {"mode": "flex", "step1_lasts": "60", "step1_dose": "0.1"})
    assert "overlap" in draft.errors["steps"]


def test_steps_typed_into_a_mode_without_steps_are_not_dropped_in_silence() -> None:
    step = {"step0_days": "daily", "step0_start": "07:00", "step0_lasts": "60"}
    draft = PLAIN | step | {"step0_dose": "0.1"}
    assert "steps" in read(**draft).errors
    same = read_draft(draft, SOLUTION, THERAPY, NOW, draft)
    assert same.errors == {}


@pytest.mark.parametrize("mode", ["stopped", "minimum-rate"])
def test_leaving_a_pump_without_therapy_takes_a_reason(mode: str) -> None:
    assert "reason" in read(mode=mode, primary="morphine").errors
    assert read(mode=mode, primary="morphine", reason="infection").event.reason == "infection"


def test_the_program_in_the_pump_is_what_a_draft_begins_with() -> None:
    running = simulate(THERAPY).program.program
    again = read(**typed_of(running, "morphine"))
    assert again.event.program == replace(running, bridge=None)


# -- the same verdict as that of the exported file -------------------------------------------------

figures = st.sampled_from(["0.05", "0.45", "0.5", "0.6", "0.7", "1.2", "5", "12", "500"])
drafts = st.fixed_dictionaries(
    {
        "mode": st.sampled_from(["continuous", "flex", "minimum-rate", "stopped"]),
        "primary": st.sampled_from(["morphine", "bupivacaine"]),
        "daily_dose": figures,
        "reason": st.just("asked for"),
        "step0_days": st.sampled_from(["daily", "mon-fri"]),
        "step0_start": st.sampled_from(["00:00", "07:00", "23:30"]),
        "step0_lasts": st.sampled_from(["15", "60", "600"]),
        "step0_dose": figures,
    },
    optional={
        "bolus_dose": figures,
        "bolus_duration": st.just("10"),
        "bolus_lockout": st.just("4"),
        "bolus_most": st.sampled_from(["1", "6"]),
        "bridge_dose": figures,
    },
)


@settings(max_examples=25, deadline=None)
@given(drafts)
def test_a_page_judges_a_draft_as_the_exported_file_is_judged(typed: dict[str, str]) -> None:
    if typed["mode"] != "flex":
        typed = {key: text for key, text in typed.items() if not key.startswith("step")}
    draft = read(**typed)
    if draft.event is None:
        assert draft.errors
        return
    judged = judge(THERAPY, draft.event)
    exported = write_therapy(replace(THERAPY, events=(*THERAPY.events, draft.event)))
    whole = review_therapy(read_therapy(exported.encode(), "exported"))
    index = len(THERAPY.events)
    assert sorted(map(repr, judged.findings)) == sorted(
        repr(one) for one in whole.findings if one.event in (None, index)
    )
    for row in judged.doses:
        assert row.drug in SOLUTION


# -- the second person -----------------------------------------------------------------------------


def written(**typed: str):
    grid = simulate(THERAPY).hardware.setup.grid
    return write_program(read(**PLAIN | typed).event.program, SOLUTION, grid)


@pytest.mark.req("K8")
def test_a_second_person_is_asked_for_where_something_rises_or_changes() -> None:
    old = written(daily_dose="0.6")
    assert why_second_person(old, written(daily_dose="0.7"))
    assert "the mode is another" in why_second_person(
        old,
        written(
            mode="flex",
            step0_days="daily",
            step0_start="07:00",
            step0_lasts="60",
            step0_dose="0.2",
        ),
    )
    assert "the primary drug is another" in why_second_person(
        old, written(primary="bupivacaine", daily_dose="1.4")
    )


@pytest.mark.req("K8")
def test_nobody_is_asked_for_where_a_program_only_lowers() -> None:
    old = written(daily_dose="0.6")
    assert why_second_person(old, written(daily_dose="0.6")) == ()
    assert why_second_person(old, written(daily_dose="0.1")) == ()
    bolus = {"bolus_dose": "0.05", "bolus_duration": "10", "bolus_lockout": "4"}
    assert lowers_only(written(**bolus), written())
    assert not lowers_only(written(), written(**bolus))
    assert why_second_person(None, written())


def test_a_stop_waits_for_no_second_person() -> None:
    grid = simulate(THERAPY).hardware.setup.grid
    event = read(mode="minimum-rate", primary="morphine", reason="why").event
    assert isinstance(event, Program)
    assert event.program.mode is Mode.MINIMUM_RATE
    assert why_second_person(written(), write_program(event.program, SOLUTION, grid)) == ()
