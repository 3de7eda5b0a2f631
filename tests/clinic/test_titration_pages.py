"""Titration on its page: each change beside its scores, what nobody scored, a score to add."""

from __future__ import annotations

from datetime import timedelta

import pytest
from clinic_world import NOW
from django.urls import reverse

from thecal.care.titration.log import titration_log
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import patient_stream, read_entries
from thecal.clinic.ledger.registration import register
from thecal.clinic.models import Patient, Role
from thecal.record.fold import EVENT

REFUSED = 422


def chart(world) -> Chart:
    return Chart(Patient.objects.select_related("projection").get(pk=world.patient.pk))


def page(world) -> str:
    address = reverse("titration", args=[world.patient.pk])
    return world.browser(Role.NURSE).get(address).content.decode()


def score(world, role: Role = Role.NURSE, **sent):
    sent = {"seen": patient_stream(world.patient).head_seq, **sent}
    return world.browser(role).post(reverse("score titration", args=[world.patient.pk]), sent)


def test_every_change_of_dose_stands_with_old_new_and_percent(world) -> None:
    log = titration_log(chart(world).therapy)
    text = page(world)
    assert len(log) > 1
    for one in log:
        for ratio in one.ratios.values():
            assert ratio == 1 or "%" in text
    assert "mcg" in text
    assert text.count('scope="rowgroup"') == len(log)
    assert reverse("programming", args=[world.patient.pk]) in text
    assert reverse("plan", args=[world.patient.pk, "titration"]) in text


def test_a_score_is_an_event_of_the_therapy_and_stands_beside_its_change(world) -> None:
    last = titration_log(chart(world).therapy)[-1]
    assert "was not scored" in page(world)
    day = last.time + timedelta(days=1)
    typed = day.replace(tzinfo=None).isoformat(timespec="minutes")
    assert score(world, scale="nrs", value="3.5", time=typed).status_code == 302
    written = read_entries(patient_stream(world.patient))[-1]
    assert (written.kind, written.body["type"], written.body["scale"]) == (EVENT, "observe", "nrs")
    effect = titration_log(chart(world).therapy)[-1].effect
    assert "3.5" in [one.value for one in effect]
    assert "nrs 3.5" in page(world)


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"scale": "nrs", "value": "11"}, "outside the scale"),
        ({"scale": "nrs", "value": "1e0"}, "1e0"),
        ({"scale": "ashworth", "value": "1.5"}, "no category"),
        ({"scale": "poss", "value": "5"}, "is no level"),
        ({"scale": "mood", "value": "5"}, "is no scale"),
        ({"scale": "nrs", "value": ""}, "this is needed"),
        ({"scale": "nrs", "value": "5", "time": "soon"}, "is no time"),
        ({"scale": "nrs", "value": "5", "time": "2030-01-01T10:00"}, "future"),
    ],
)
def test_what_is_no_score_is_refused_and_kept(world, sent, told) -> None:
    before = patient_stream(world.patient).head_seq
    answer = score(world, **sent)
    assert answer.status_code == REFUSED
    assert told in answer.content.decode()
    assert f'value="{sent["value"]}"' in answer.content.decode()
    assert patient_stream(world.patient).head_seq == before


def test_sedation_and_ashworth_are_categories(world) -> None:
    assert score(world, scale="ashworth", value="1+").status_code == 302
    assert score(world, scale="poss", value="S").status_code == 302


def test_who_scores_and_what_somebody_else_wrote_is_not_lost(world) -> None:
    assert score(world, Role.TRAINEE, scale="nrs", value="3").status_code == 403
    seen = patient_stream(world.patient).head_seq
    score(world, scale="nrs", value="3")
    assert score(world, scale="nrs", value="4", seen=seen).status_code == 409


def test_without_a_pump_there_is_nothing_to_titrate(world) -> None:
    new = register(
        world.clinic,
        world.author(),
        name="N",
        number="9",
        birth_date=NOW.date(),
        sex="female",
        pathway="cancer",
    )
    text = world.browser(Role.NURSE).get(reverse("titration", args=[new.pk])).content.decode()
    assert "Nothing is programmed yet" in text
