"""The trial on its page: doses that are checked, scores by the clock, the verdict, the papers."""

from __future__ import annotations

import pytest
from browser.paper import text_of_pdf
from clinic_world import PASSWORD
from django.urls import reverse
from new_person import entries, person

from thecal.clinic.access.second import requests_open
from thecal.clinic.flows.trial_log import ENDED, GIVEN, ORDERED, PLANNED, SCORED, trial_of
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import patient_stream
from thecal.clinic.models import Patient, Role
from thecal.clinic.web.documents import PRINTED

REFUSED = 422
BACLOFEN = {"method": "repeated-bolus", "drug": "baclofen", "origin": "spinal"}
MORPHINE = {"method": "single-bolus", "drug": "morphine", "opioid_tolerant": "yes"}


@pytest.fixture
def stiff(world):
    """Somebody of the pathway of spasticity."""
    return person(world, "spasticity")


@pytest.fixture
def sore(world):
    """Somebody of the pathway of chronic pain."""
    return person(world, "non-cancer")


def post(world, patient, name: str, role: Role = Role.PHYSICIAN, **sent):
    sent = {"seen": patient_stream(patient).head_seq, **sent}
    return world.browser(role).post(reverse(name, args=[patient.pk]), sent)


def page(world, patient) -> str:
    return world.browser(Role.NURSE).get(reverse("trial", args=[patient.pk])).content.decode()


def syringe(**other: str) -> dict:
    """Return how 50 mcg are taken from an ampoule of 50 mcg/mL."""
    return {
        "syringe.stock": "50",
        "syringe.stock.unit": "ug/mL",
        "syringe.drawn": "1",
        "syringe.made": "1",
        "syringe.injected": "1",
        "anticoagulants.drug": "none",
        "order.naloxone": "yes",
        **other,
    }


def order(world, patient, dose: str, time: str, **other: str):
    sent = {"planned.dose": dose, "planned.time": time, **syringe(**other)}
    return post(world, patient, "order trial dose", **sent)


def check(world, patient, role: Role = Role.NURSE, **wrong: str):
    """Let a second person read the figures off ampoule and syringe, and type them."""
    (asked,) = requests_open(Chart(Patient.objects.get(pk=patient.pk)))
    typed = {one.key: one.value.partition(" ")[0] for one in asked.blind} | wrong
    sent = {"password": PASSWORD, "seen": patient_stream(patient).head_seq, **typed}
    address = reverse("check", args=[patient.pk, asked.seq])
    return world.browser(role).post(address, sent)


def give(world, patient, dose: str, time: str, **other: str) -> None:
    """Order a dose, have it checked, and write down that it was given."""
    answer = order(world, patient, dose, time, **other)
    assert answer.status_code == 302, answer.content.decode()
    assert check(world, patient).status_code == 302
    answer = post(world, patient, "give trial dose", Role.NURSE, **{"given.time": time})
    assert answer.status_code == 302, answer.content.decode()


def score(world, patient, time: str, **scores: str) -> None:
    sent = {f"score.{key}": one for key, one in scores.items()}
    answer = post(world, patient, "score trial", Role.NURSE, **{"score.time": time, **sent})
    assert answer.status_code == 302, answer.content.decode()


def twofold(dose: str) -> dict[str, str]:
    """Return the syringe of a dose of baclofen: as many millilitres as fifties of mcg."""
    volume = {"75": "1.5", "100": "2"}.get(dose, "1")
    return {f"syringe.{one}": volume for one in ("drawn", "made", "injected")}


@pytest.mark.inventory("W22")
def test_the_second_bolus_waits_a_day_and_there_is_no_fourth(world, stiff) -> None:
    assert post(world, stiff, "plan trial", **BACLOFEN).status_code == 302
    give(world, stiff, "50", "2026-04-13T09:00")
    early = order(world, stiff, "75", "2026-04-14T08:00", **twofold("75"))
    assert early.status_code == REFUSED
    assert "at least" in early.content.decode()
    assert 'value="75"' in early.content.decode()
    give(world, stiff, "75", "2026-04-14T09:00", **twofold("75"))
    give(world, stiff, "100", "2026-04-15T09:00", **twofold("100"))
    fourth = order(world, stiff, "100", "2026-04-17T09:00", **twofold("100"))
    assert fourth.status_code == REFUSED
    assert "no further one is given" in fourth.content.decode()
    assert [one.kind for one in entries(stiff)].count(GIVEN) == 3


def test_the_page_names_the_next_dose_and_its_earliest_time(world, stiff) -> None:
    post(world, stiff, "plan trial", **BACLOFEN)
    assert "50" in page(world, stiff)
    give(world, stiff, "50", "2026-04-13T09:00")
    for time in ("2026-04-13T08:30", "2026-04-13T13:00"):
        groups = {f"ashworth.{one}": "3" for one in ("left-hip", "left-knee", "right-hip")}
        score(world, stiff, time, **groups)
    text = page(world, stiff)
    assert "Next not before" in text
    assert "14 April 2026, 09:00" in text


@pytest.mark.req("K24")
@pytest.mark.req("K27")
@pytest.mark.inventory("E19")
def test_a_tenfold_error_of_dilution_is_refused_before_the_dose_is_given(world, stiff) -> None:
    post(world, stiff, "plan trial", **BACLOFEN)
    wrong = order(world, stiff, "50", "2026-04-13T09:00", **{"syringe.stock": "500"})
    text = wrong.content.decode()
    assert wrong.status_code == REFUSED
    assert "10 times the dose" in text
    assert "K24" in text
    assert ORDERED not in [one.kind for one in entries(stiff)]
    right = {"syringe.stock": "500", "syringe.drawn": "0.5", "syringe.made": "5"}
    assert order(world, stiff, "50", "2026-04-13T09:00", **right).status_code == 302


@pytest.mark.inventory("E19")
def test_nothing_is_given_before_a_second_person_has_read_the_syringe(world, stiff) -> None:
    post(world, stiff, "plan trial", **BACLOFEN)
    order(world, stiff, "50", "2026-04-13T09:00")
    early = post(world, stiff, "give trial dose", **{"given.time": "2026-04-13T09:00"})
    assert early.status_code == REFUSED
    assert "no second person" in early.content.decode()
    check(world, stiff, drawn="10")
    still = post(world, stiff, "give trial dose", **{"given.time": "2026-04-13T09:00"})
    assert still.status_code == REFUSED
    assert GIVEN not in [one.kind for one in entries(stiff)]


def test_who_ordered_is_not_the_second_person(world, stiff) -> None:
    post(world, stiff, "plan trial", **BACLOFEN)
    order(world, stiff, "50", "2026-04-13T09:00")
    assert "Observation from 13 April 2026, 09:00" in page(world, stiff)
    assert check(world, stiff, Role.PHYSICIAN).status_code == REFUSED


def test_a_dropped_order_is_not_given(world, stiff) -> None:
    post(world, stiff, "plan trial", **BACLOFEN)
    order(world, stiff, "50", "2026-04-13T09:00")
    assert post(world, stiff, "drop trial dose", reason="fever").status_code == 302
    gone = post(world, stiff, "give trial dose", **{"given.time": "2026-04-13T09:00"})
    assert gone.status_code == 404


@pytest.mark.inventory("S2.10")
@pytest.mark.inventory("W21")
@pytest.mark.parametrize(("after", "word"), [("4", "passed"), ("4.1", "failed")])
def test_half_the_pain_passes_and_a_tenth_above_it_does_not(world, sore, after, word) -> None:
    post(world, sore, "plan trial", **MORPHINE)
    small = {
        "syringe.stock": "1",
        "syringe.stock.unit": "mg/mL",
        **{f"syringe.{one}": "0.2" for one in ("drawn", "made", "injected")},
        "order.reason": "as agreed in the team",
    }
    give(world, sore, "0.2", "2026-04-13T09:00", **small)
    score(world, sore, "2026-04-13T08:30", nrs="8")
    score(world, sore, "2026-04-13T11:00", nrs=after)
    assert f"<h1>Trial: {word}" in page(world, sore)


@pytest.mark.req("K35")
def test_an_anticoagulant_that_was_not_paused_asks(world, stiff) -> None:
    post(world, stiff, "plan trial", **BACLOFEN)
    taken = {"anticoagulants.drug": "apixaban", "anticoagulants.last_dose": "2026-04-13T07:00"}
    asked = order(world, stiff, "50", "2026-04-13T09:00", **taken)
    assert asked.status_code == REFUSED
    assert "K35" in asked.content.decode()
    answered = {**taken, "order.reason": "haematology agrees"}
    assert order(world, stiff, "50", "2026-04-13T09:00", **answered).status_code == 302
    assert any(one["check"] == "K35" for one in trial_of(entries(stiff)).order.body["findings"])


@pytest.mark.req("K35")
def test_who_takes_no_anticoagulant_is_not_asked(world, stiff) -> None:
    post(world, stiff, "plan trial", **BACLOFEN)
    order(world, stiff, "50", "2026-04-13T09:00")
    body = trial_of(entries(stiff)).order.body
    assert all(one["check"] != "K35" for one in body["findings"])


@pytest.mark.inventory("E21")
def test_an_opioid_without_naloxone_at_hand_asks(world, sore) -> None:
    post(world, sore, "plan trial", **MORPHINE)
    small = {
        "syringe.stock": "1",
        "syringe.stock.unit": "mg/mL",
        **{f"syringe.{one}": "0.2" for one in ("drawn", "made", "injected")},
        "order.naloxone": "no",
    }
    asked = order(world, sore, "0.2", "2026-04-13T09:00", **small)
    assert asked.status_code == REFUSED
    assert "naloxone is not at hand" in asked.content.decode()


def test_only_cancer_goes_without_a_trial_and_only_with_a_reason(world, sore) -> None:
    refused = post(world, sore, "plan trial", method="none", reason="weeks to live")
    assert refused.status_code == REFUSED
    dying = person(world, "cancer")
    without = post(world, dying, "plan trial", method="none")
    assert without.status_code == REFUSED
    assert "nobody has written why" in without.content.decode()
    taken = post(world, dying, "plan trial", method="none", reason="weeks to live")
    assert taken.status_code == 302
    assert "no trial" in page(world, dying)


def test_an_infusion_runs_is_scored_and_is_stopped_by_anybody_who_treats(world, sore) -> None:
    post(world, sore, "plan trial", method="catheter", drug="morphine", opioid_tolerant="yes")
    sent = {
        "planned.time": "2026-04-13T09:00",
        "planned.daily_dose": "0.5",
        "planned.concentration": "0.5",
        "planned.concentration.unit": "mg/mL",
        "anticoagulants.drug": "none",
        "order.naloxone": "yes",
        "order.reason": "as agreed in the team",
    }
    assert post(world, sore, "order trial dose", **sent).status_code == 302
    assert check(world, sore).status_code == 302
    post(world, sore, "give trial dose", **{"given.time": "2026-04-13T09:00"})
    stopped = post(
        world, sore, "end trial infusion", Role.TRAINEE, **{"ended.ended": "2026-04-15T09:00"}
    )
    assert stopped.status_code == 302
    assert entries(sore)[-1].kind == ENDED
    assert "15 April 2026" in page(world, sore)


@pytest.mark.parametrize("language", ["en", "de"])
def test_chart_decision_and_hand_over_come_in_both_languages(world, stiff, language) -> None:
    post(world, stiff, "plan trial", **BACLOFEN)
    give(world, stiff, "50", "2026-04-13T09:00")
    score(world, stiff, "2026-04-13T08:30", **{"ashworth.left-hip": "3", "penn_frequency": "3"})
    score(world, stiff, "2026-04-13T12:00", **{"ashworth.left-hip": "1", "penn_frequency": "1"})
    said = {
        "said": "My legs are soft",
        "stated.effect_duration": "7",
        "stated.accepted_by_patient": "yes",
        "stated.hand_over.tip": "T10",
    }
    assert post(world, stiff, "state trial", **said).status_code == 302
    assert "My legs are soft" in page(world, stiff)
    browser = world.browser(Role.NURSE)
    for kind in ("trial-chart", "trial-decision", "trial-hand-over"):
        address = reverse("trial paper", args=[stiff.pk, kind])
        assert browser.get(address, {"language": language}).status_code == 200
        told = text_of_pdf(browser.post(address, {"language": language}).content)
        born = {"en": "born 12 April 1961", "de": "geboren 12. April 1961"}[language]
        assert f"Nora New, {born} (T-9)" in told
        assert entries(stiff)[-1].kind == PRINTED


def test_what_cannot_be_read_marks_its_field_and_nothing_is_written(world, stiff) -> None:
    post(world, stiff, "plan trial", **BACLOFEN)
    before = len(entries(stiff))
    bad = order(world, stiff, "1e3", "2026-04-13T09:00")
    assert 'value="1e3"' in bad.content.decode()
    assert bad.status_code == REFUSED
    empty = post(world, stiff, "score trial", **{"score.time": "2026-04-13T09:00"})
    assert "nothing was scored" in empty.content.decode()
    soon = post(world, stiff, "score trial", **{"score.time": "soon", "score.penn_frequency": "3"})
    assert "is no time" in soon.content.decode()
    assert len(entries(stiff)) == before


def test_who_writes_a_trial(world, stiff) -> None:
    assert post(world, stiff, "plan trial", Role.TRAINEE, **BACLOFEN).status_code == 403
    assert post(world, stiff, "plan trial", Role.NURSE, **BACLOFEN).status_code == 302
    kinds = [one.kind for one in entries(stiff)]
    assert PLANNED in kinds
    assert SCORED not in kinds
    browser = world.browser(Role.PHYSICIAN)
    assert browser.get(reverse("order trial dose", args=[stiff.pk])).status_code == 405
