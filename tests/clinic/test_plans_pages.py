"""The clinical rules asked from pages: what is known, what is typed, the answer and its papers."""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, datetime, timedelta

import pytest
from clinic_world import EXAMPLES, NOW
from django.urls import reverse

from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import patient_stream, read_entries
from thecal.clinic.ledger.tasks import OPENED
from thecal.clinic.models import Patient, Projection, Role
from thecal.clinic.pages.plans import PLANS
from thecal.clinic.plans.log import STATED, last_case
from thecal.clinic.plans.sheet import CaseSheet
from thecal.clinic.web.documents import PRINTED
from thecal.units import NO_BREAK_SPACE

REFUSED = 422


def entries(world):
    return read_entries(patient_stream(world.patient))


def case(topic: str) -> dict:
    return tomllib.loads((EXAMPLES / "cases" / f"{topic}.toml").read_text())[topic]


def typed(world, topic: str, **more: object) -> dict:
    """Return the controls of a topic with its example, as a browser sends them."""
    chart = Chart(Patient.objects.get(pk=world.patient.pk))
    fields = PLANS[topic].fields(chart, NOW)
    return {**CaseSheet.from_case(fields, case(topic)).typed, **more}


def ask(world, topic: str, sent: dict, role: Role = Role.PHYSICIAN):
    sent = {"seen": patient_stream(world.patient).head_seq, **sent}
    return world.browser(role).post(reverse("plan", args=[world.patient.pk, topic]), sent)


def page(world, topic: str) -> str:
    address = reverse("plan", args=[world.patient.pk, topic])
    return world.browser(Role.NURSE).get(address).content.decode()


@pytest.mark.parametrize("topic", PLANS)
def test_every_topic_is_asked_and_its_papers_are_printed_in_both_languages(world, topic) -> None:
    answer = ask(world, topic, typed(world, topic))
    assert answer.status_code == 302, answer.content.decode()
    last = entries(world)[-1]
    assert (last.kind, last.body["topic"]) == (STATED, topic)
    text = page(world, topic)
    assert 'id="answer"' in text
    kinds = {
        part.split("/papers/")[1].split("/")[0]
        for part in text.split('href="')
        if "/papers/" in part
    }
    browser = world.browser(Role.NURSE)
    for kind in kinds:
        for language in ("en", "de"):
            address = reverse("plan paper", args=[world.patient.pk, topic, kind])
            assert browser.get(address, {"language": language}).status_code == 200
            assert browser.post(address, {"language": language}).content.startswith(b"%PDF")
            assert entries(world)[-1].kind == PRINTED
    if topic != "titration":
        assert kinds


def test_the_list_names_every_topic(world) -> None:
    text = world.browser(Role.NURSE).get(reverse("plans", args=[world.patient.pk])).content.decode()
    for plan in PLANS.values():
        assert plan.title in text


def test_what_cannot_be_read_marks_its_field_and_stays(world) -> None:
    before = len(entries(world))
    sent = typed(world, "selection", life_expectancy="many", symptoms_since="2018-13-01")
    answer = ask(world, "selection", sent)
    text = answer.content.decode()
    assert answer.status_code == REFUSED
    assert 'value="2018-13-01"' in text
    assert 'href="#f-symptoms_since"' in text
    sent["symptoms_since"] = ""
    text = ask(world, "selection", sent).content.decode()
    assert 'href="#f-life_expectancy"' in text
    assert 'value="many"' in text
    assert len(entries(world)) == before


def test_who_plans_and_who_does_not(world) -> None:
    assert ask(world, "selection", typed(world, "selection"), Role.TRAINEE).status_code == 403
    assert page(world, "selection")
    other = reverse("plan", args=[world.patient.pk, "horoscope"])
    assert world.browser(Role.NURSE).get(other).status_code == 404


@pytest.mark.req("K28")
@pytest.mark.inventory("E20")
def test_a_sign_of_the_nerves_opens_the_image_and_stays_on_the_list(world) -> None:
    answer = ask(world, "escalation", {"signs.weakness": "yes", "signs.bladder_or_bowel": "yes"})
    assert answer.status_code == 302, answer.content.decode()
    task = entries(world)[-1]
    assert task.kind == OPENED
    assert "image the catheter tip" in task.body["what"]
    assert datetime.fromisoformat(task.body["due"]) == NOW + timedelta(hours=24)
    text = page(world, "escalation")
    assert "K28" in text
    assert "image the catheter tip" in Projection.objects.get(patient=world.patient).content


@pytest.mark.req("K28")
def test_without_a_sign_no_image_is_asked_for(world) -> None:
    ask(world, "escalation", {f"signs.{one}": "no" for one in ("weakness", "bladder_or_bowel")})
    assert entries(world)[-1].kind == STATED
    assert "K28" not in page(world, "escalation")


def test_the_next_dose_comes_from_the_record_and_never_beyond_the_limits(world) -> None:
    sent = {"response": "insufficient", "side_effects": "none", "sedation": "1"}
    assert ask(world, "titration", {**sent, "requested": "99"}).status_code == 302
    found = last_case(entries(world), "titration")
    assert found.values["drug"] == "morphine"
    assert found.values["history"]
    text = page(world, "titration")
    assert "Refused" in text
    assert f"99{NO_BREAK_SPACE}mg" in text


def test_doses_stand_in_both_units_and_dates_with_the_month_spelled_out(world) -> None:
    sent = {"response": "insufficient", "side_effects": "none", "sedation": "1"}
    ask(world, "titration", sent)
    answer = page(world, "titration").split('id="answer"')[1].split("<form")[0]
    assert "mcg/day)" in answer
    assert "April 2026" in answer
    assert not re.search(r"\d{4}-\d{2}-\d{2}T", answer)


@pytest.mark.inventory("E21")
def test_a_weaning_calendar_stands_beside_the_start_of_the_pump(world) -> None:
    ask(world, "weaning", typed(world, "weaning"))
    text = page(world, "weaning")
    assert "oxycodone" in text
    assert 'lang="de"' in text


def test_somebody_elses_answer_is_not_overwritten(world) -> None:
    seen = patient_stream(world.patient).head_seq
    ask(world, "weaning", typed(world, "weaning"))
    assert ask(world, "weaning", {**typed(world, "weaning"), "seen": seen}).status_code == 409
    assert NOW.tzinfo is UTC
