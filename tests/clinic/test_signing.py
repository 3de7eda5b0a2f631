"""A signature belongs to what it signs, in the record in which it was given."""

from __future__ import annotations

from dataclasses import replace

from django.urls import reverse

from thecal.clinic.access.signing import signature_draft
from thecal.clinic.ledger.log import Author, Draft, patient_stream, read_entries, write
from thecal.clinic.ledger.signatures import signed_by, unfitting
from thecal.clinic.models import Patient, Role

NOTE = Draft("therapy.event", {"type": "note", "time": "2026-04-01T10:00:00+01:00", "text": "calm"})


def sign(world, patient: Patient, note: Draft) -> Draft:
    return signature_draft(patient_stream(patient), world.people[Role.PHYSICIAN], "read", [note])


def test_a_signature_names_its_signer_its_meaning_and_what_it_signs(world) -> None:
    write(world.patient, world.author(), (NOTE, sign(world, world.patient, NOTE)), expected=None)
    entries = read_entries(patient_stream(world.patient))
    signature = signed_by(entries, entries[-2])[0]
    assert signature.body["name"] == "Physician of Example Clinic"
    assert signature.body["meaning"] == "read"
    assert unfitting(entries) == ()


def test_a_signature_copied_to_another_record_fits_nothing_and_the_page_says_so(world) -> None:
    write(world.patient, world.author(), (NOTE,), expected=None)
    copied = sign(world, world.patient, NOTE)
    other = Author.of(world.stranger, "test")
    write(world.their_patient, other, (NOTE, copied), expected=None)
    entries = read_entries(patient_stream(world.their_patient))
    assert unfitting(entries) == (entries[-1].seq,)
    write(
        world.patient,
        world.author(),
        (
            replace(
                copied, body={**copied.body, "of": [{"kind": "therapy.event", "sha256": "0" * 64}]}
            ),
        ),
        expected=None,
    )
    page = world.browser(Role.NURSE).get(reverse("record", args=[world.patient.pk]))
    assert "Do not rely on" in page.content.decode()
