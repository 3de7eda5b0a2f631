"""The pathway on its page: what may follow, what is missing, the step, and what it opens."""

from __future__ import annotations

import json
import tomllib
from datetime import datetime, timedelta

import pytest
from clinic_world import EXAMPLES, NOW
from django.urls import reverse
from implant_room import ImplantDesk
from new_person import entries, person
from tests.care.forms.form_examples import complete

from thecal.care.forms import filled_from_json, form, read_form
from thecal.clinic import clock
from thecal.clinic.access.signing import signature_draft
from thecal.clinic.flows.form_log import filled_draft, meaning_of
from thecal.clinic.flows.standing import standing_of
from thecal.clinic.flows.trial_log import GIVEN, PLANNED, SCORED
from thecal.clinic.ledger.case_values import case_to_json
from thecal.clinic.ledger.log import Draft, patient_stream, write
from thecal.clinic.ledger.projection import STAGE
from thecal.clinic.ledger.registration import stage_draft
from thecal.clinic.ledger.tasks import OPENED
from thecal.clinic.models import Projection, Role
from thecal.clinic.plans.log import case_draft

REFUSED = 422


@pytest.fixture
def referred(world):
    """A new person of the pathway of chronic pain, without a pump."""
    return person(world, "non-cancer")


def take(world, patient, to: str, role: Role = Role.PHYSICIAN, **sent):
    sent = {"to": to, "seen": patient_stream(patient).head_seq, **sent}
    return world.browser(role).post(reverse("pathway step", args=[patient.pk]), sent)


def page(world, patient) -> str:
    return world.browser(Role.NURSE).get(reverse("pathway", args=[patient.pk])).content.decode()


def sign(world, patient, *names: str) -> None:
    """Put signed forms into the record."""
    for name in names:
        filled = read_form(form(name), complete(form(name)))
        draft = filled_draft(filled_from_json(filled.to_json()), {}, 0)
        stream = patient_stream(patient)
        signatures = [
            signature_draft(
                stream, world.people[Role.PHYSICIAN], meaning_of(form(name), one), [draft]
            )
            for one in form(name).signs
        ]
        write(patient, world.author(), (draft, *signatures), expected=None)


def assess(world, patient, **answers: object) -> None:
    """Put an assessment into the record against which nothing stands."""
    case = tomllib.loads((EXAMPLES / "cases" / "selection.toml").read_text())["selection"]
    for key in ("stage", "requested_stage"):
        case.pop(key)
    case |= {"psychology": "clear", "funding": "authorised", "smoking": "no", **answers}
    case["labs"] = {**case["labs"], "hba1c": "6.5 %"}
    write(patient, world.author(), (case_draft("selection", case),), expected=None)


def trial(world, patient, after: str, **more: object) -> None:
    """Put a trial into the record: pain of 8 before a dose, `after` two hours later."""
    day = datetime.fromisoformat("2026-04-18")
    case = {"method": "single-bolus", "therapy": "pain", "drug": "morphine", **more}
    drafts = [Draft(PLANNED, {"case": case})]
    bolus = {"time": day.replace(hour=9), "dose": "0.2 mg"}
    drafts.append(Draft(GIVEN, {"order": 0, "case": case_to_json(bolus)}))
    for hour, score in ((8, "8"), (11, after)):
        one = {"time": day.replace(hour=hour), "nrs": score}
        drafts.append(Draft(SCORED, {"case": case_to_json(one)}))
    write(patient, world.author(), drafts, expected=None)


@pytest.mark.inventory("S3.4")
def test_an_illegal_jump_is_refused_with_what_may_come_instead(world, referred) -> None:
    before = len(entries(referred))
    answer = take(world, referred, "implanted")
    text = answer.content.decode()
    assert answer.status_code == REFUSED
    assert "implanted does not follow referred" in text
    assert "assessed" in text
    assert len(entries(referred)) == before
    assert Projection.objects.get(patient=referred).stage == "referred"


def test_a_step_without_its_form_is_refused_and_taken_once_it_is_signed(world, referred) -> None:
    assert "form F1 is not signed" in page(world, referred)
    refused = take(world, referred, "assessed", reason="seen by the team")
    assert refused.status_code == REFUSED
    assert "form F1 is not signed" in refused.content.decode()
    assert "seen by the team" in refused.content.decode()
    sign(world, referred, "F1")
    assert take(world, referred, "assessed", reason="seen by the team").status_code == 302
    last = entries(referred)[-1]
    assert (last.kind, last.body["to"], last.reason) == (STAGE, "assessed", "seen by the team")
    assert last.body["given"]["forms"] == ["F1"]
    assert Projection.objects.get(patient=referred).stage == "assessed"


def test_a_step_is_taken_by_who_signs_it(world, referred) -> None:
    sign(world, referred, "F1")
    refused = take(world, referred, "assessed", Role.NURSE)
    assert refused.status_code == REFUSED
    assert "nurse may not" in refused.content.decode()
    assert take(world, referred, "assessed", Role.TRAINEE).status_code == 403
    assert take(world, referred, "deceased", Role.PHARMACIST).status_code == 403


def walk(world, patient, *steps: str) -> None:
    for to in steps:
        answer = take(world, patient, to)
        assert answer.status_code == 302, answer.content.decode()


def test_chronic_pain_from_referral_to_the_implant(world, referred) -> None:
    sign(world, referred, "F1", "F2", "F3", "F7", "F11")
    walk(world, referred, "assessed")
    assert "waits for" in take(world, referred, "psychologically-cleared").content.decode()
    assess(world, referred)
    walk(world, referred, "psychologically-cleared", "funded")
    assert take(world, referred, "trial-planned").status_code == REFUSED
    trial(world, referred, "4")
    walk(world, referred, "trial-planned", "trial-passed", "implant-planned")
    refused = take(world, referred, "implanted")
    assert "form F4 is not signed" in refused.content.decode()
    implant(world, referred)
    assert standing_of(entries(referred)).state.implanted
    assert "watch.begun" in [one.kind for one in entries(referred)]


def implant(world, patient) -> None:
    """Take the step to implanted as it is taken: by the visit of the implant."""
    desk = ImplantDesk(world, patient=patient)
    desk.implant("begin")
    desk.all_steps()
    desk.checked()
    desk.implant("close", reason="agreed in the team")


@pytest.mark.inventory("S2.10")
@pytest.mark.inventory("W21")
@pytest.mark.parametrize(
    ("after", "passes"), [("4", True), ("4.1", False), ("4.08", False), ("3.9", True)]
)
def test_half_the_pain_passes_and_less_does_not(world, referred, after, passes) -> None:
    sign(world, referred, "F1", "F2", "F3", "F11")
    assess(world, referred)
    trial(world, referred, after)
    walk(world, referred, "assessed", "psychologically-cleared", "funded", "trial-planned")
    answer = take(world, referred, "trial-passed")
    assert (answer.status_code == 302) is passes
    if not passes:
        assert "verdict is failed" in answer.content.decode()
        assert take(world, referred, "trial-failed").status_code == 302


def test_a_waived_psychology_of_chronic_pain_needs_a_reason(world, referred) -> None:
    sign(world, referred, "F1")
    assess(
        world,
        referred,
        psychology="waived",
        override=[{"check": "psychology", "reason": "assessed for a stimulator this year"}],
    )
    walk(world, referred, "assessed")
    refused = take(world, referred, "psychology-waived")
    assert "needs a written reason" in refused.content.decode()
    taken = take(world, referred, "psychology-waived", reason="assessed this year for a stimulator")
    assert taken.status_code == 302
    assert "stimulator" in entries(referred)[-1].reason


def test_only_cancer_goes_without_a_trial_and_only_with_a_reason(world) -> None:
    for pathway in ("non-cancer", "spasticity"):
        patient = person(world, pathway)
        for to in ("assessed", "psychologically-cleared", "funded"):
            write(patient, world.author(), (stage_draft(to),), expected=None)
        answer = take(world, patient, "trial-waived", reason="weeks to live")
        assert answer.status_code == REFUSED
        assert f"not a stage of the pathway {pathway}" in answer.content.decode()


def test_who_came_with_a_pump_stands_there_with_it(world) -> None:
    state = standing_of(entries(world.patient)).state
    assert state.implanted
    assert state.stage == "maintenance"
    assert "A pump is implanted" in page(world, world.patient)


@pytest.mark.req("K16")
def test_a_scan_is_not_closed_without_a_reading_and_its_form(world) -> None:
    assert take(world, world.patient, "scan").status_code == 302
    opened = entries(world.patient)[-1]
    assert opened.kind == OPENED
    assert opened.body["kind"] == "scan reading"
    refused = take(world, world.patient, "maintenance", done=["post-scan-reading"])
    text = refused.content.decode()
    assert refused.status_code == REFUSED
    assert "cannot be closed without: post-scan-reading" in text
    assert "F12" in text


@pytest.mark.req("K12")
@pytest.mark.inventory("W23")
def test_nobody_is_handed_over_to_run_dry(world) -> None:
    refused = take(world, world.patient, "transferred-out", accepted_on="2027-12-01")
    assert refused.status_code == REFUSED
    assert "refill first" in refused.content.decode()
    assert take(world, world.patient, "transferred-out").status_code == 302


@pytest.mark.inventory("W26")
def test_a_death_is_never_refused_and_closes_every_reminder(world) -> None:
    assert take(world, world.patient, "deceased", Role.NURSE).status_code == 302
    row = Projection.objects.get(patient=world.patient)
    assert row.stage == "deceased"
    rules = {one["rule"] for one in json.loads(row.content)["due"]}
    assert all("refill" not in one and "alarm" not in one for one in rules)
    kinds = [one.body["kind"] for one in entries(world.patient) if one.kind == OPENED]
    assert "deceased cremation" in kinds


def test_a_therapy_that_ceased_keeps_the_reminders_of_the_pump_that_stays(world) -> None:
    before = json.loads(Projection.objects.get(patient=world.patient).content)["due"]
    assert take(world, world.patient, "ceased").status_code == 302
    after = json.loads(Projection.objects.get(patient=world.patient).content)["due"]
    assert {one["rule"] for one in before} <= {one["rule"] for one in after}
    assert before


def test_titration_within_a_day_of_the_implant_asks_for_a_reason(world, monkeypatch) -> None:
    write(world.patient, world.author(), (stage_draft("implanted"),), expected=None)
    sign(world, world.patient, "F4", "F6", "F7")
    refused = take(world, world.patient, "titrating")
    assert "the watch is not over" in refused.content.decode()
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(hours=25))
    later = take(world, world.patient, "titrating")
    assert later.status_code == 302, later.content.decode()


def test_somebody_elses_entry_is_not_overlooked(world) -> None:
    seen = patient_stream(world.patient).head_seq
    write(world.patient, world.author(), (stage_draft("titrating"),), expected=None)
    answer = take(world, world.patient, "refill-due", seen=seen)
    assert answer.status_code == 409


@pytest.mark.req("K12")
def test_a_journey_that_ends_after_the_refill_asks(world) -> None:
    refused = take(world, world.patient, "travel", returns_on="2027-12-01")
    assert refused.status_code == REFUSED
    assert "refill before the journey" in refused.content.decode()
    wrong = take(world, world.patient, "travel", returns_on="soon")
    assert "is no date" in wrong.content.decode()
