"""T7 of standards.md 6.4: a name can be taken out, the chain and everything else stay."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse

from thecal.clinic.ledger.log import patient_stream, read_entries
from thecal.clinic.models import EntryRow, Projection, Role, SealedText
from thecal.clinic.operations.redacting import REDACTED
from thecal.errors import UsageError
from thecal.record.chain import StoredEntry, check_chain


def redact(world, *, what: str = "name", by: str = "physician-1", reason: str = "asked") -> str:
    said = io.StringIO()
    arguments = ["--patient", str(world.patient.pk), "--what", what]
    call_command("redact", *arguments, "--reason", reason, "--by", by, stdout=said)
    return said.getvalue()


@pytest.mark.req("L01")
def test_t7_the_name_goes_and_the_chain_stays(world) -> None:
    stream = patient_stream(world.patient)
    before = list(EntryRow.objects.filter(stream=stream).order_by("seq").values("text", "hash"))
    assert "1 removed" in redact(world, reason="the patient asked for it")
    rows = EntryRow.objects.filter(stream=stream).order_by("seq")
    stored = [StoredEntry(str(stream.pk), row.seq, row.text, row.hash) for row in rows]
    assert check_chain(str(stream.pk), stored).bad is None
    assert list(rows.values("text", "hash"))[: len(before)] == before
    last = read_entries(patient_stream(world.patient))[-1]
    assert (last.kind, last.reason, last.actor) == (
        REDACTED,
        "the patient asked for it",
        "physician-1",
    )


def test_t7_every_page_shows_that_it_was_removed(world) -> None:
    redact(world)
    assert not SealedText.objects.filter(text="Ada Example").exists()
    assert Projection.objects.get(patient=world.patient).name_key == "[removed]"
    browser = world.browser(Role.NURSE)
    page = browser.get(reverse("patient", args=[world.patient.pk])).content.decode()
    assert "[removed]" in page
    assert "Ada" not in page
    assert "Ada" not in browser.post(reverse("patients"), {"search": "ada"}).content.decode()


def test_t7_a_rebuild_does_not_bring_it_back(world) -> None:
    redact(world)
    said = io.StringIO()
    call_command("rebuild", stdout=said)
    assert "0 were not" in said.getvalue()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"reason": " "}, "for a reason"),
        ({"what": "telephone"}, 'no "telephone"'),
        ({"by": "trainee-1"}, "may not take"),
        ({"by": "stranger"}, "may not take"),
        ({"by": "nobody"}, "may not take"),
    ],
)
def test_t7_nothing_goes_without_reason_person_or_text(world, changed, words: str) -> None:
    before = patient_stream(world.patient).head_seq
    with pytest.raises((UsageError, CommandError), match=words):
        redact(world, **changed)
    assert SealedText.objects.filter(text="Ada Example").exists()
    assert patient_stream(world.patient).head_seq == before
