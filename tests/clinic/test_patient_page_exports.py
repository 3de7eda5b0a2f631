"""Therapy files and packets: what leaves comes back as it was, and what is broken stays outside."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from three_years import three_years

from thecal.cli.simulate_output import simulation_json
from thecal.clinic.ledger.log import patient_stream, read_entries
from thecal.clinic.ledger.projection import REGISTERED
from thecal.clinic.models import EntryRow, Patient, Projection, Role, SealedText, Stream
from thecal.clinic.patient.adoption import IMPORTED, packet_of
from thecal.clinic.triggers import TABLE, install
from thecal.errors import UsageError
from thecal.exchange.packet import write_packet
from thecal.record.anchor import read_anchors
from thecal.therapy.file_reader import read_therapy, read_therapy_file
from thecal.therapy.review import review_therapy
from thecal.therapy.simulation import simulate

NO_BODY = UsageError("the body is not asked for here")


def exported(world, name: str, patient: Patient | None = None) -> bytes:
    patient = world.patient if patient is None else patient
    answer = world.browser(Role.PHYSICIAN).get(reverse(name, args=[patient.pk]))
    assert answer.status_code == 200
    assert "Ada" not in answer.get("Content-Disposition", "")
    return answer.content


def emptied(world) -> None:
    """Take the patient out of the database, as if this were another place."""
    stream = patient_stream(world.patient)
    with connection.cursor() as cursor:
        for name in ("entry_never_changes", "entry_never_goes", "entry_never_truncated"):
            of_table = "" if connection.vendor == "sqlite" else f" ON {TABLE}"
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{of_table}")
    SealedText.objects.filter(stream=stream).delete()
    EntryRow.objects.filter(stream__patient=world.patient).delete()
    Projection.objects.filter(patient=world.patient).delete()
    Stream.objects.filter(patient=world.patient).delete()
    Patient.objects.filter(pk=world.patient.pk).delete()
    with connection.schema_editor(atomic=False) as editor:
        install(None, editor)


def sent(world, data: bytes, role: Role = Role.ADMINISTRATOR):
    file = SimpleUploadedFile("packet.json", data, "application/json")
    return world.browser(role).post(reverse("import a packet"), {"file": file})


def replayed(therapy) -> str:
    return json.dumps(
        simulation_json(simulate(therapy), review_therapy(therapy), NO_BODY), indent=1
    )


def test_the_exported_therapy_file_replays_to_the_same_output(world) -> None:
    data = exported(world, "therapy file")
    assert b"Ada" not in data
    again = read_therapy(data, "export")
    examples = Path(__file__).parents[2] / "examples"
    original = read_therapy_file(examples / "pain_two_drugs.toml")
    assert replayed(again) == replayed(original)


def test_the_same_record_gives_the_same_bytes(world) -> None:
    first = exported(world, "packet")
    assert exported(world, "packet") == first
    assert json.loads(first)["schema"] == "thecal.packet/1"


@pytest.mark.django_db(transaction=True)
def test_export_import_export_gives_the_same_bytes(committed, world) -> None:
    first = exported(world, "packet")
    old = [
        (row.seq, row.hash)
        for row in EntryRow.objects.filter(
            stream__patient=world.patient, stream__kind="patient"
        ).order_by("seq")
    ]
    emptied(world)
    assert sent(world, first).status_code == 302
    patient = Projection.objects.get(name_key="ada example").patient
    assert exported(world, "packet", patient) == first
    stream = patient_stream(patient)
    rows = EntryRow.objects.filter(stream=stream).order_by("seq")
    assert [(row.seq, row.hash) for row in rows] == old
    noted = read_entries(Stream.objects.get(kind="clinic", clinic=world.clinic))[-1]
    assert (noted.kind, noted.body["hash"]) == (IMPORTED, stream.head_hash)
    assert read_anchors(settings.ANCHOR_DIR)[str(stream.pk)][stream.head_seq] == stream.head_hash


def test_the_packet_on_paper_has_the_same_bytes_for_the_same_record(world) -> None:
    first = exported(world, "packet to print")
    assert first.startswith(b"%PDF")
    assert exported(world, "packet to print") == first


def test_a_record_never_stands_twice_in_one_place(world) -> None:
    answer = sent(world, exported(world, "packet"))
    assert answer.status_code == 422
    assert "here already" in answer.content.decode()


def test_a_broken_packet_changes_nothing(world) -> None:
    value = json.loads(exported(world, "packet"))
    value["entries"][3]["entry"]["body"]["volume"] = "1 mL"
    before = Patient.objects.count()
    answer = sent(world, json.dumps(value).encode())
    assert answer.status_code == 422
    assert "entry 4 of the packet" in answer.content.decode()
    assert Patient.objects.count() == before
    assert sent(world, b"").status_code == 422


def test_who_may_not_read_the_log_gets_no_packet(world) -> None:
    url = reverse("packet", args=[world.patient.pk])
    for role in (Role.TRAINEE, Role.PATIENT):
        assert world.browser(role).get(url).status_code == 403
    assert world.browser(Role.NURSE).get(reverse("import a packet")).status_code == 200
    assert world.browser(Role.CHECKER).get(reverse("import a packet")).status_code == 403


def test_a_removed_name_is_not_in_the_packet(world) -> None:
    stream = patient_stream(world.patient)
    name = next(one for one in read_entries(stream) if one.kind == REGISTERED).body["sealed"][
        "name"
    ]
    SealedText.objects.filter(hash=name).delete()
    assert b"Ada Example" not in write_packet(packet_of(stream))


def take_over(world, **form: str):
    return world.browser(Role.NURSE).post(reverse("take over a patient"), form)


def test_a_therapy_file_is_reviewed_first_and_then_taken_over(world) -> None:
    file = SimpleUploadedFile("a.toml", three_years().encode(), "application/toml")
    url = reverse("take over a patient")
    reviewed = world.browser(Role.NURSE).post(url, {"file": file})
    page = reviewed.content.decode()
    assert reviewed.status_code == 200
    assert "delivered ratio" in page
    assert not Projection.objects.filter(number_key="demo-003").exists()
    assert re.search(r'name="birth_date"[^>]*value=""', page)
    form = {
        "file_text": three_years(),
        "step": "write",
        "name": "Thea Example",
        "number": "DEMO-003",
        "birth_date": "1961-04-21",
        "sex": "female",
        "pathway": "non-cancer",
        "telephone": "",
    }
    wrong = take_over(world, **form)
    assert wrong.status_code == 422
    assert "birth date is not the one in the file" in wrong.content.decode()
    assert take_over(world, **{**form, "birth_date": "1961-04-12"}).status_code == 302
    made = Projection.objects.get(number_key="demo-003")
    assert made.stage == "maintenance"


def test_a_file_that_is_no_therapy_is_refused_in_plain_words(world) -> None:
    url = reverse("take over a patient")
    for data in (b"not toml [", b"\xff\xfe", b'schema = "other"'):
        file = SimpleUploadedFile("a.toml", data, "application/toml")
        answer = world.browser(Role.NURSE).post(url, {"file": file})
        assert answer.status_code == 422
        assert 'role="alert"' in answer.content.decode()
    assert world.browser(Role.PHARMACIST).get(url).status_code == 403
