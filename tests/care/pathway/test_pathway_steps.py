"""A step needs its role, forms, answers and times; an illegal jump names what may come instead."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from pathway_cases import PATHWAYS, SIDES, START, WAY, at, complete, refused, step, taken

from thecal.care.pathway import (
    Refusal,
    Transition,
    begin,
    next_stages,
    pathway,
    read_given,
    read_state,
    transition,
)
from thecal.care.pathway.stages import TABLE, stages
from thecal.errors import BadFileError, EntryError, UnknownIdError
from thecal.safety.finding import Severity
from thecal.therapy.table import Table

ROLES = {"physician", "nurse", "pharmacist", "checker", "administrator", "trainee", "patient"}
FOREVER = frozenset[str]()


@pytest.mark.inventory("S1.2", "S3.4")
@pytest.mark.parametrize("which", PATHWAYS)
def test_the_whole_way_is_open_to_whoever_brings_everything(which: str) -> None:
    state = begin(which, START)
    for stage in WAY:
        found = taken(step(state, stage))
        assert found.after.stage == stage
        state = found.after
    assert state.implanted
    assert state.landmarks == {"assessed", "cleared", "tried"}


@pytest.mark.inventory("S3.4")
def test_an_illegal_jump_names_what_is_missing_and_what_may_come() -> None:
    found = step(begin("non-cancer", START), "implanted")
    message = refused(found)
    assert "does not follow referred" in message
    assert "without tried in this episode" in message
    assert isinstance(found, Refusal)
    assert found.next_stages == next_stages("referred")
    assert found.next_stages[0] == "assessed"


@pytest.mark.parametrize("stage", stages())
def test_every_stage_says_who_signs_what_goes_in_and_out_and_when(stage: str) -> None:
    for parameter in ("signs", "who", "inputs", "checks", "outputs", "timing", "kind", "next"):
        assert TABLE.text(stage, parameter)
    assert set(TABLE.text(stage, "signs").split("; ")) <= ROLES
    assert set(next_stages(stage)) <= set(stages())


@pytest.mark.parametrize("role", [None, "nurse", "trainee", "patient"])
def test_an_assessment_is_signed_by_a_physician(role: str | None) -> None:
    assert "signed by physician" in refused(step(begin("cancer", START), "assessed", role=role))


@pytest.mark.parametrize(
    ("stage", "to", "form"),
    [
        ("referred", "assessed", "F1"),
        ("funded", "trial-planned", "F11"),
        ("trial-planned", "trial-passed", "F2"),
        ("trial-passed", "implant-planned", "F3"),
        ("implant-planned", "implanted", "F4"),
        ("implanted", "titrating", "F6"),
        ("titrating", "maintenance", "F7"),
        ("refill-due", "maintenance", "F5"),
        ("dose-change", "maintenance", "F6"),
        ("scan", "maintenance", "F12"),
        ("maintenance", "travel", "F9"),
    ],
)
def test_a_step_waits_for_its_form(stage: str, to: str, form: str) -> None:
    state = at(stage)
    taken(step(state, to))
    without = complete(to).forms - {form}
    assert f"form {form} is not signed" in refused(step(state, to, forms=without))


def test_the_psychologist_is_waived_outside_cancer_only_with_a_reason() -> None:
    non_cancer, cancer = at("assessed"), at("assessed", "cancer")
    assert "written reason" in refused(step(non_cancer, "psychology-waived", reason=None))
    found = taken(step(non_cancer, "psychology-waived"))
    assert [one.severity for one in found.findings] == []
    taken(step(cancer, "psychology-waived", reason=None))
    unneeded = {"answers": {}, "unneeded": frozenset({"psychology"})}
    taken(step(cancer, "psychology-waived", reason=None, **unneeded))


@pytest.mark.inventory("S0.10")
def test_no_trial_is_for_cancer_and_with_a_written_reason() -> None:
    cancer = at("funded", "cancer")
    assert "written reason" in refused(step(cancer, "trial-waived", reason=None))
    after = taken(step(cancer, "trial-waived")).after
    assert "tried" in after.landmarks
    taken(step(after, "implant-planned"))
    for other in ("non-cancer", "spasticity"):
        assert "not a stage of the pathway" in refused(step(at("funded", other), "trial-waived"))


@pytest.mark.inventory("S0.13")
@pytest.mark.parametrize(
    "method", ["single-bolus", "repeated-bolus", "catheter", "port", "external-pump"]
)
@pytest.mark.parametrize("which", PATHWAYS)
def test_each_pathway_tries_by_bolus_catheter_or_port(which: str, method: str) -> None:
    assert method in pathway(which).trial_methods.value.split("; ")
    taken(step(at("funded", which), "trial-planned", trial_method=method))


@pytest.mark.parametrize("method", [None, "none", "tablet"])
def test_a_trial_without_a_method_of_the_pathway_is_refused(method: str | None) -> None:
    found = refused(step(at("funded"), "trial-planned", trial_method=method))
    assert "choose single-bolus" in found


def test_the_watch_after_an_implant_takes_a_day_unless_somebody_writes_why_not() -> None:
    state = at("implanted")
    soon, later = (state.since + timedelta(hours=hours) for hours in (23, 24))
    given = complete("titrating", reason=None)
    early = transition(state, "titrating", given, soon)
    assert "the watch is not over" in refused(early)
    assert [one.check for one in early.findings] == ["K29"]
    assert [one.severity for one in early.findings] == [Severity.SOFT]
    assert taken(transition(state, "titrating", given, later)).findings == ()
    answered = taken(transition(state, "titrating", complete("titrating"), soon)).findings
    assert [one.answer is not None for one in answered] == [True]


@pytest.mark.req("K16")
@pytest.mark.inventory("W12")
@pytest.mark.parametrize("back", ["maintenance", "titrating"])
def test_a_scan_is_not_closed_before_the_pump_was_read_after_it(back: str) -> None:
    state = at("scan", beside=back)
    assert state.beside == back
    missing = step(state, back, done=frozenset())
    assert "post-scan-reading" in refused(missing)
    assert [one.check for one in missing.findings] == ["K16"]
    taken(step(state, back))
    taken(step(state, "troubleshooting", done=frozenset()))


@pytest.mark.parametrize("side", SIDES)
def test_a_side_stage_leads_back_to_where_the_therapy_stood(side: str) -> None:
    state = at(side)
    assert state.beside == "maintenance"
    assert taken(step(state, "maintenance")).after.beside is None
    assert state.implanted


def test_a_patient_under_titration_gets_the_summary_before_maintenance() -> None:
    without = complete("maintenance").forms - {"F7"}
    beside_titration = at("scan", beside="titrating")
    assert "form F7" in refused(step(beside_titration, "maintenance", forms=without))
    taken(step(at("scan"), "maintenance", forms=without))


def test_a_side_stage_of_a_side_stage_keeps_what_goes_on_beside_both() -> None:
    ward = taken(step(at("scan", beside="titrating"), "inpatient")).after
    assert ward.beside == "titrating"


@pytest.mark.req("K12")
def test_a_journey_ends_before_the_refill_is_due() -> None:
    state = at("maintenance")
    dates = {"returns_on": date(2026, 9, 1), "reason": None}
    assert "refill before the journey" in refused(
        step(state, "travel", refill_by=date(2026, 9, 7), **dates)
    )
    taken(step(state, "travel", refill_by=date(2026, 9, 8), **dates))
    assert "name the day" in refused(step(state, "travel", returns_on=None, reason=None))
    taken(step(state, "travel", returns_on=None))


def test_who_comes_with_a_pump_begins_elsewhere_and_shows_its_papers_before_a_new_one() -> None:
    state = begin("spasticity", START, with_pump=True)
    assert state.implanted
    state = taken(step(state, "maintenance")).after
    state = taken(step(state, "replacement-planning")).after
    lacking = refused(step(state, "implant-planned"))
    for one in ("assessed", "cleared", "tried"):
        assert f"without {one}" in lacking
    papers = frozenset({"earlier-assessed", "earlier-cleared", "earlier-tried"})
    taken(step(state, "implant-planned", done=papers))


def test_papers_from_elsewhere_count_only_for_somebody_with_a_pump() -> None:
    papers = frozenset({"earlier-assessed", "earlier-cleared", "earlier-tried"})
    state = replace(at("trial-passed"), landmarks=FOREVER)
    assert "without tried" in refused(step(state, "implant-planned", done=papers))


def test_a_new_assessment_asks_for_clearance_and_trial_again() -> None:
    failed = taken(step(at("trial-planned"), "trial-failed")).after
    assert taken(step(failed, "assessed")).after.landmarks == {"assessed"}


def test_a_state_and_what_was_given_survive_the_log() -> None:
    for stage in ("referred", "trial-passed", "scan"):
        state = at(stage)
        assert read_state(Table(state.to_json(), "step")) == state
    given = complete("scan", accepted_on=date(2026, 5, 4), unneeded=frozenset({"psychology"}))
    assert read_given(Table(given.to_json(), "step")) == given
    assert read_given(Table({}, "step")) == type(given)()


@pytest.mark.parametrize(
    ("key", "value"),
    [("refill_by", "02.03.2026"), ("drugs", ["aspirin"]), ("answers", {"imaging": 1}), ("x", "y")],
)
def test_what_the_log_cannot_hold_is_refused(key: str, value: object) -> None:
    with pytest.raises(BadFileError):
        read_given(Table({key: value}, "step"))


@pytest.mark.parametrize("since", ["yesterday", "2026-03-02T09:00:00"])
def test_a_state_without_a_time_is_refused(since: str) -> None:
    with pytest.raises(BadFileError):
        read_state(Table({**at("referred").to_json(), "since": since}, "step"))


def test_what_is_unknown_or_out_of_order_is_bad_input() -> None:
    state = begin("cancer", START)
    with pytest.raises(UnknownIdError):
        step(state, "waiting-room")
    with pytest.raises(UnknownIdError):
        begin("dental", START)
    with pytest.raises(UnknownIdError):
        pathway("dental")
    for wrong in (START - timedelta(seconds=1), START.replace(tzinfo=None)):
        with pytest.raises(EntryError):
            transition(state, "assessed", complete("assessed"), wrong)


def test_a_step_says_what_it_gives() -> None:
    found = step(at("maintenance"), "travel")
    assert isinstance(found, Transition)
    assert found.outputs == ("travel letter", "local clinics")
