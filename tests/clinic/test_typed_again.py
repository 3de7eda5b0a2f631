"""What somebody typed is never lost: not to somebody else's entry, not to a refusal."""

from __future__ import annotations

import re

from django.urls import reverse

from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import Draft, patient_stream, write
from thecal.clinic.models import Patient, Role

NOTE = Draft("therapy.event", {"type": "note", "time": "2026-04-01T10:00:00+01:00", "text": "x"})


def test_after_somebody_elses_entry_what_was_typed_can_be_sent_with_one_click(world) -> None:
    browser = world.browser(Role.NURSE)
    address = reverse("notes", args=[world.patient.pk])
    seen = Chart(Patient.objects.get(pk=world.patient.pk)).seq
    write(world.patient, world.author(), (NOTE,), expected=None)
    late = browser.post(address, {"seen": seen, "text": "walks <better> today", "score": "3"})
    page = late.content.decode()
    assert late.status_code == 409
    assert "walks &lt;better&gt; today" in page
    head = re.search(r'name="seen" value="(\d+)"', page)
    assert head is not None
    assert int(head[1]) == patient_stream(world.patient).head_seq
    again = browser.post(address, {"seen": head[1], "text": "walks <better> today", "score": "3"})
    assert again.status_code == 302


def test_a_password_is_never_shown_again(world) -> None:
    browser = world.browser(Role.NURSE)
    address = reverse("notes", args=[world.patient.pk])
    late = browser.post(address, {"seen": "0", "text": "calm", "password": "my secret word"})
    page = late.content.decode()
    assert "my secret word" not in page
    assert 'type="password"' in page
