"""An end is reached from every stage and never waits for a paper; what it leaves is followed up."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pathway_cases import ENDS, PATHWAYS, START, WEEK, at, refused, step, taken

from thecal.care.pathway import (
    Given,
    PathwayState,
    Refusal,
    Transition,
    begin,
    delivery_places,
    stages,
    transition,
)
from thecal.data import FACT_COLUMNS, use_clinic_tables
from thecal.errors import UnknownIdError
from thecal.pharmacy import drugs
from thecal.safety.finding import Severity


@given(st.sampled_from(stages()), st.sampled_from(ENDS), st.booleans(), st.sampled_from(PATHWAYS))
def test_every_stage_reaches_every_end_with_nothing_signed(
    stage: str, end: str, implanted: bool, which: str
) -> None:
    if stage == end:
        return
    state = PathwayState(which, stage, START, implanted)
    found = taken(transition(state, end, Given(), START))
    assert found.after.stage == end
    assert {one.severity for one in found.findings} == {Severity.WARN}


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(st.sampled_from(stages()), st.booleans()),
        max_size=40,
    ),
    st.sampled_from(PATHWAYS),
    st.booleans(),
)
def test_no_legal_way_leads_to_an_implant_without_assessment_clearance_and_trial(
    asked: list[tuple[str, bool]], which: str, with_pump: bool
) -> None:
    """Steps are asked for at random; those on the way are asked for between them."""
    state = begin(which, START, with_pump=with_pump)
    episode: list[str] = []
    way = ("assessed", "psychology-waived", "funded", "trial-planned", "trial-passed")
    for number, (wanted, reason) in enumerate(asked):
        for to in (wanted, way[number % len(way)], "implant-planned", "implanted"):
            found = step(state, to, **({} if reason else {"reason": None}))
            if isinstance(found, Refusal):
                continue
            state = found.after
            episode = [] if to in ("referred", "assessed") else episode
            episode.append(to)
            if to == "implanted":
                assert "assessed" in episode
                assert {"psychologically-cleared", "psychology-waived"} & set(episode)
                assert {"trial-passed", "trial-waived"} & set(episode)


@pytest.mark.inventory("W26")
def test_a_death_closes_every_reminder_and_asks_about_cremation_within_a_day() -> None:
    found = taken(transition(at("maintenance"), "deceased", Given(), START + 52 * WEEK))
    assert found.closes_reminders
    tasks = {one.id: one for one in found.follow_ups}
    cremation = tasks["deceased cremation"]
    assert "explant before cremation" in cremation.what
    assert cremation.due - (START + 52 * WEEK) == timedelta(hours=24)
    assert {"deceased drain", "deceased manufacturer", "deceased record"} <= set(tasks)


def test_a_death_without_a_pump_asks_nothing_about_one() -> None:
    found = taken(step(at("funded"), "deceased"))
    assert found.closes_reminders
    assert found.follow_ups == ()


def test_a_signed_record_opens_no_task_to_sign_it() -> None:
    tasks = {one.id for one in taken(step(at("maintenance"), "deceased")).follow_ups}
    assert "deceased record" not in tasks
    assert "deceased cremation" in tasks


def test_who_has_died_may_be_explanted_and_goes_nowhere_else() -> None:
    state = taken(step(at("maintenance"), "deceased")).after
    assert not taken(step(state, "explanted")).after.implanted
    assert "does not follow" in refused(step(state, "maintenance"))
    assert "does not follow" in refused(step(state, "deceased"))


@pytest.mark.req("K12")
@pytest.mark.inventory("W23")
def test_a_transfer_is_blocked_where_the_pump_would_run_dry_before_it() -> None:
    state = at("maintenance")
    late = step(state, "transferred-out", accepted_on=date(2026, 9, 2), refill_by=date(2026, 9, 1))
    assert "refill first" in refused(late)
    assert [one.check for one in late.findings] == ["K12"]
    last = step(state, "transferred-out", accepted_on=date(2026, 9, 1), refill_by=date(2026, 9, 1))
    assert "comes late" in "".join(one.message for one in taken(last).findings)
    early = step(state, "transferred-out", accepted_on=date(2026, 8, 2), refill_by=date(2026, 9, 1))
    assert taken(early).findings == ()


def test_a_transfer_that_nobody_accepted_stays_on_the_list() -> None:
    found = taken(step(at("maintenance"), "transferred-out"))
    assert "transferred-out accepted" in {one.id for one in found.follow_ups}
    assert "stays in charge" in found.findings[0].message
    accepted = step(at("maintenance"), "transferred-out", accepted_on=date(2026, 5, 1))
    assert "transferred-out accepted" not in {one.id for one in taken(accepted).follow_ups}


@pytest.mark.req("K13")
@pytest.mark.parametrize("end", ["ceased", "explanted"])
def test_an_abrupt_stop_of_baclofen_is_said_and_watched(end: str) -> None:
    hazard = taken(step(at("maintenance"), end, drugs=("baclofen",)))
    assert f"{end} withdrawal" in {one.id for one in hazard.follow_ups}
    assert [one.check for one in hazard.findings] == ["K13"]
    harmless = taken(step(at("maintenance"), end, drugs=("bupivacaine",)))
    assert f"{end} withdrawal" not in {one.id for one in harmless.follow_ups}


def test_a_pump_that_stays_after_the_therapy_keeps_its_reminders() -> None:
    found = taken(step(at("maintenance"), "ceased"))
    assert found.after.implanted
    assert not found.closes_reminders
    assert "ceased pump" in {one.id for one in found.follow_ups}


def test_an_explant_without_a_pump_on_record_is_asked_about_and_not_refused() -> None:
    found = taken(step(at("funded"), "explanted"))
    assert "no pump is on record" in found.findings[0].message


def test_an_implant_and_a_scan_open_their_watch() -> None:
    implant = taken(step(at("implant-planned"), "implanted"))
    assert implant.follow_ups[0].id == "implanted watch"
    scan = taken(step(at("maintenance"), "scan"))
    assert [one.id for one in scan.follow_ups] == ["scan reading"]
    assert scan.follow_ups[0].due - scan.after.since == timedelta(hours=2)


def test_whoever_lacks_a_role_is_named_at_an_end_and_stops_nothing() -> None:
    found = step(at("maintenance"), "ceased", role="trainee")
    assert isinstance(found, Transition)
    assert "trainee may not" in found.findings[0].message


@pytest.mark.inventory("W24")
@pytest.mark.parametrize("drug", ["morphine", "hydromorphone", "fentanyl", "sufentanil"])
def test_a_controlled_drug_does_not_go_home_in_the_united_states(drug: str) -> None:
    found = delivery_places((drug, "bupivacaine"), "us")
    assert found.places == ("clinic",)
    assert drug in found.why_not_home
    assert delivery_places((drug,), "de").places == ("clinic", "home")


@pytest.mark.inventory("W24")
@pytest.mark.parametrize("drug", ["baclofen", "ziconotide"])
def test_what_is_not_controlled_may_go_home(drug: str) -> None:
    assert delivery_places((drug,), "us").places == ("clinic", "home")


def test_every_drug_says_whether_it_is_controlled() -> None:
    for one in drugs():
        assert delivery_places((one.id,), "us").rests_on
    with pytest.raises(UnknownIdError):
        delivery_places(("aspirin",), "us")


@pytest.mark.inventory("S3.4")
def test_no_table_of_a_clinic_opens_a_short_cut_to_an_implant(tmp_path: Path) -> None:
    (tmp_path / "pathway_stages.csv").write_text(
        "stage,parameter,rank," + ",".join(FACT_COLUMNS) + "\n"
        "referred,next,1,implanted,text,ours,read,,2026-11-21,\n"
    )
    use_clinic_tables(tmp_path)
    try:
        assert "without tried in this episode" in refused(step(begin("cancer", START), "implanted"))
    finally:
        use_clinic_tables(None)
