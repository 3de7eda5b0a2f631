"""One click from a symptom of the record to what left the tip before it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from clinic_pumps import chart_of, patient_today
from clinic_world import EXAMPLES, NOW
from django.urls import reverse
from flow_desk import FlowDesk, patient_with, text_of
from refill_room import AT, Room

from thecal.care.look_back import look_back
from thecal.clinic.ledger.log import Draft, write
from thecal.clinic.models import EntryRow, Role, Stream
from thecal.clinic.patient.look_back import is_symptom, symptoms
from thecal.pharmacy import both_units
from thecal.record.redaction import seal
from thecal.therapy.events import PumpRecord
from thecal.therapy.file_reader import read_therapy_file
from thecal.units import Volume


def noted(world, patient, text: str = "more pain since Monday") -> int:
    desk = FlowDesk(world, Role.NURSE, patient)
    sent = {"text": text, "score": "8", "seen": chart_of(patient).seq}
    desk.client.post(reverse("notes", args=[patient.pk]), sent)
    return next(
        one.seq for one in reversed(chart_of(patient).entries) if one.body.get("type") == "note"
    )


@pytest.fixture
def patient(world):
    """A patient whose newest event lies before now."""
    return patient_today(world)


def test_a_note_leads_to_the_hours_before_it(world, patient) -> None:
    seq = noted(world, patient)
    desk = FlowDesk(world, Role.NURSE, patient)
    address = reverse("look back", args=[patient.pk, seq])
    assert address in text_of(desk.go("notes"))
    assert address in text_of(desk.go("record"))
    assert address in text_of(desk.go("look backs"))
    page = text_of(desk.client.get(address))
    assert "72 hours back from 20 April 2026" in page
    assert "more pain since Monday" in page
    assert "a model, not a measurement" in page
    therapy = chart_of(patient).therapy
    found = look_back(therapy, therapy.instant(NOW))
    for drug in ("morphine", "bupivacaine"):
        assert both_units(drug, found.total(drug)).replace("\u00a0", " ") in page
    assert "From the tip to the port or pump" in page
    assert "What to check first" in page
    assert 'class="chart"' in page
    assert "What left the tip in each hour" in page


def test_looking_back_writes_nothing_but_the_access(world, patient) -> None:
    seq = noted(world, patient)
    before = EntryRow.objects.exclude(stream__kind=Stream.Kind.ACCESS).count()
    FlowDesk(world, Role.TRAINEE, patient).go("look back", seq)
    assert EntryRow.objects.exclude(stream__kind=Stream.Kind.ACCESS).count() == before


def test_who_looks_back_says_how_the_patient_is_and_reads_what_comes_first(world, patient) -> None:
    seq = noted(world, patient)
    client = FlowDesk(world, Role.NURSE, patient).client
    address = reverse("look back", args=[patient.pk, seq])
    page = text_of(client.get(address, {"patient": "withdrawal"}))
    assert "opioid withdrawal; start oral or intravenous cover at once" in page
    assert "opioid withdrawal; start oral" not in text_of(client.get(address))
    assert client.get(address, {"patient": "<script>"}).status_code == 200


def test_what_was_noted_in_an_open_case_counts(world, patient) -> None:
    desk = FlowDesk(world, Role.PHYSICIAN, patient)
    desk.send("troubleshooting", "open", complaint="less effect for a week")
    desk.send("troubleshooting", "findings", finding_rotor="still", finding_onset="sudden")
    page = text_of(desk.go("troubleshooting"))
    opened = desk.entries("trouble.opened")[-1].seq
    address = reverse("look back", args=[patient.pk, opened])
    assert address in page
    back = text_of(desk.client.get(address))
    assert "less effect for a week" in back
    assert "said here or noted in the case" in back


def test_the_complaints_of_a_refill_lead_back(world, monkeypatch) -> None:
    room = Room(world, monkeypatch)
    room.begin()
    room.record("identify")
    assert "Look back from the complaints" not in text_of(room.get("refill"))
    room.record("complaints", score="8")
    seq = next(
        one.seq
        for one in reversed(chart_of(room.patient).entries)
        if one.body.get("step") == "complaints"
    )
    address = reverse("look back", args=[room.patient.pk, seq])
    assert address in text_of(room.get("refill"))
    assert address in text_of(room.get("refill step", "complaints"))
    assert address not in text_of(room.get("refill step", "vitals"))
    assert "72 hours back from" in text_of(room.get("look back", seq))


def test_an_entry_of_a_diary_leads_back_from_the_time_it_tells(world, patient) -> None:
    at = (NOW - timedelta(days=5)).isoformat()
    note = seal("spasms at night")
    body = {"when": at, "reported_by": "patient", "pain": 8, "sealed": {"note": note.hash}}
    first = Draft("diary.entry", {**body, "pain": 3}, sealed=(note,))
    (old,) = write(patient, world.author(), (first,), expected=None)
    again = Draft("diary.entry", {**body, "replaces": old.seq})
    (entry,) = write(patient, world.author(), (again,), expected=None)
    found = {one.entry.seq: one for one in symptoms(chart_of(patient))}
    assert found[entry.seq].at == NOW - timedelta(days=5)
    assert old.seq not in found
    page = text_of(FlowDesk(world, Role.NURSE, patient).go("look back", entry.seq))
    assert "72 hours back from 15 April 2026" in page
    assert "spasms at night" in page


def test_what_is_no_symptom_and_what_was_withdrawn_is_not_found(world, patient) -> None:
    chart = chart_of(patient)
    fill = next(one.seq for one in chart.entries if one.body.get("type") == "fill")
    assert FlowDesk(world, Role.NURSE, patient).go("look back", fill).status_code == 404
    assert FlowDesk(world, Role.NURSE, patient).go("look back", 99999).status_code == 404
    assert not is_symptom("therapy.event", {"type": "fill"})


def test_a_patient_without_a_pump_is_told_so(world) -> None:
    from thecal.clinic.ledger.registration import register

    patient = register(
        world.clinic,
        world.author(),
        name="Nora None",
        number="N-1",
        birth_date=NOW.date().replace(year=1970),
        sex="female",
        pathway="non-cancer",
    )
    draft = Draft("trouble.opened", {"complaint": "pain"})
    (entry,) = write(patient, world.author(), (draft,), expected=None)
    page = text_of(FlowDesk(world, Role.NURSE, patient).go("look back", entry.seq))
    assert "nothing can have left the tip" in page
    empty = text_of(FlowDesk(world, Role.NURSE, world.patient).go("look backs"))
    assert "Look back from a symptom" in empty


def test_an_external_pump_is_looked_back_from(world) -> None:
    patient = patient_with(world, "external_pump.toml")
    seq = noted(world, patient)
    page = text_of(FlowDesk(world, Role.NURSE, patient).go("look back", seq))
    assert "bags and rates as they were written down" in page
    assert "Faults, the likeliest first" in page


def test_a_pump_of_constant_flow_is_looked_back_from(world, monkeypatch) -> None:
    example = read_therapy_file(EXAMPLES / "pain_two_drugs.toml")
    pump = PumpRecord(model="codman-3000-30", serial="C-1")
    fill = replace(example.events[0], volume=Volume.of(28, "mL"))
    therapy = replace(example, pump=pump, events=(fill,))
    room = Room(world, monkeypatch, at=AT - timedelta(days=42), therapy=therapy)
    seq = noted(world, room.patient)
    page = text_of(FlowDesk(world, Role.NURSE, room.patient).go("look back", seq))
    assert "a constant flow follows temperature" in page
    found = look_back(therapy, therapy.instant(AT - timedelta(days=42)))
    assert both_units("morphine", found.total("morphine")).replace("\u00a0", " ") in page
    assert found.total("morphine")


def test_a_catheter_of_unknown_length_says_that_nobody_knows(world, monkeypatch) -> None:
    room = Room(world, monkeypatch, trimmed=False)
    seq = noted(world, room.patient)
    page = text_of(FlowDesk(world, Role.NURSE, room.patient).go("look back", seq))
    assert "Nobody knows: the length of the catheter is not on record" in page
