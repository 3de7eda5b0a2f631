"""T6 of standards.md 6.4: whatever is typed stays a text, in the log, on pages and in exports."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import patient_stream, read_entries
from thecal.clinic.ledger.registration import register
from thecal.clinic.models import EntryRow, Patient, Projection, Role
from thecal.record.chain import StoredEntry, check_chain

NASTY = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ settings.SECRET_KEY }}{% include 'clinic/login.html' %}",
    "'; DROP TABLE clinic_entryrow; --",
    '"}\n{"seq": 2, "actor": "nobody"}',
    "first\r\nSet-Cookie: a=b",
    "long " * 20_000,
    "Zoë \N{GREEK SMALL LETTER MU} 日本",
]


def send(world, text: str):
    chart = Chart(Patient.objects.get(pk=world.patient.pk))
    page = reverse("notes", args=[world.patient.pk])
    return world.browser(Role.NURSE).post(page, {"seen": chart.seq, "text": text})


@pytest.mark.req("L01")
@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_t6_a_note_is_a_text_in_log_and_page(world, text: str) -> None:
    assert send(world, text).status_code == 302
    stream = patient_stream(world.patient)
    assert read_entries(stream)[-1].body["text"] == " ".join(text.split())
    row = EntryRow.objects.filter(stream=stream).latest("seq")
    assert row.text.isascii()
    assert row.text.isprintable()
    rows = EntryRow.objects.filter(stream=stream).order_by("seq")
    stored = [StoredEntry(str(stream.pk), one.seq, one.text, one.hash) for one in rows]
    assert check_chain(str(stream.pk), stored).bad is None
    page = world.browser(Role.NURSE).get(reverse("notes", args=[world.patient.pk]))
    shown = page.content.decode()
    assert page.status_code == 200
    assert "<script>alert" not in shown
    assert "<img src=x" not in shown
    assert "Set-Cookie" not in page.headers


@pytest.mark.parametrize("text", ["a\x1b[2Jb", "a\x00b", "a\x07", "", " \n "])
def test_t6_control_characters_are_refused_at_the_field(world, text: str) -> None:
    before = patient_stream(world.patient).head_seq
    answer = send(world, text)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    assert patient_stream(world.patient).head_seq == before


def registered(world, name: str) -> Patient:
    return register(
        world.clinic,
        world.author(),
        name=name,
        number="N-1",
        birth_date=date(1960, 1, 1),
        sex="female",
        pathway="chronic-pain",
    )


@pytest.mark.parametrize("name", ["<b>Eve</b>", "E" * 5000, "Eve\n{}", "Zoë"])
def test_t6_a_name_is_a_text_in_lists_and_headers(world, name: str) -> None:
    patient = registered(world, name)
    found = world.browser(Role.NURSE).get(reverse("patients"))
    assert "<b>Eve" not in found.content.decode()
    assert world.browser(Role.NURSE).get(reverse("patient", args=[patient.pk])).status_code == 200
    assert Projection.objects.get(patient=patient).content.isascii()


def test_a_registration_alone_shows_the_name(world) -> None:
    patient = registered(world, "Eve Example")
    assert Projection.objects.get(patient=patient).name_key == "eve example"
