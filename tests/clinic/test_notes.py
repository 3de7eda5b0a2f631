"""Notes: what was seen, with a score, together or not at all."""

from __future__ import annotations

import pytest
from django.urls import reverse

from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import patient_stream, read_entries
from thecal.clinic.models import Patient, Role


def send(world, **form: object):
    chart = Chart(Patient.objects.get(pk=world.patient.pk))
    page = reverse("notes", args=[world.patient.pk])
    return world.browser(Role.NURSE).post(page, {"seen": chart.seq, **form})


def test_a_note_and_its_score_are_two_events_of_the_therapy(world) -> None:
    assert send(world, text="walks better", score="4").status_code == 302
    note, score = read_entries(patient_stream(world.patient))[-2:]
    assert (note.body["type"], note.body["text"]) == ("note", "walks better")
    assert (score.body["scale"], score.body["value"]) == ("nrs", 4)
    page = world.browser(Role.NURSE).get(reverse("notes", args=[world.patient.pk]))
    assert "walks better" in page.content.decode()


@pytest.mark.parametrize("score", ["11", "-1", "2,5", "four"])
def test_a_score_off_its_scale_writes_nothing_and_keeps_what_was_typed(world, score) -> None:
    before = patient_stream(world.patient).head_seq
    answer = send(world, text="walks better", score=score)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert f'value="{score}"' in page
    assert 'aria-invalid="true"' in page
    assert patient_stream(world.patient).head_seq == before


def test_a_note_on_a_page_that_is_out_of_date_is_refused(world) -> None:
    assert send(world, text="first", seen=1).status_code == 409
