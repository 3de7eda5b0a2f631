"""Projections are only ever what the log gives; one command makes them anew and compares."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command

from thecal.clinic.ledger.log import Draft, write
from thecal.clinic.models import Projection, Stream

NOTE = Draft("therapy.event", {"type": "note", "time": "2026-04-01T10:00:00+01:00", "text": "calm"})


def run(*options: str) -> str:
    said = io.StringIO()
    call_command("rebuild", *options, stdout=said)
    return said.getvalue()


def test_what_was_stored_is_what_the_log_gives(world) -> None:
    write(world.patient, world.author(), (NOTE,), expected=None)
    assert "2 projections made anew, 0 were not what the log gives" in run()


def test_a_projection_that_was_altered_is_named_and_mended(world) -> None:
    Projection.objects.filter(patient=world.patient).update(stage="death", urgent=None)
    said = run()
    assert f"differed: patient {world.patient.pk}: stage, urgent" in said
    assert "Ada" not in said
    assert Projection.objects.get(patient=world.patient).stage == "maintenance"
    assert "0 were not" in run()


def test_a_projection_that_is_gone_is_made(world) -> None:
    before = Projection.objects.get(patient=world.patient)
    before.delete()
    run()
    after = Projection.objects.get(patient=world.patient)
    assert (after.content, after.seq) == (before.content, before.seq)


def test_a_check_changes_nothing_and_ends_with_3(world) -> None:
    Projection.objects.filter(patient=world.patient).update(stage="death")
    with pytest.raises(SystemExit) as ended:
        run("--check")
    assert ended.value.code == 3
    assert Projection.objects.get(patient=world.patient).stage == "death"


def test_the_heads_for_paper_name_every_stream_and_nobody(world) -> None:
    said = io.StringIO()
    call_command("anchors", stdout=said)
    for stream in Stream.objects.filter(head_seq__gt=0):
        assert stream.head_hash in said.getvalue()
    assert "Ada" not in said.getvalue()
