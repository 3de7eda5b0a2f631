"""The record on pages: timeline, what was known on a day, corrections that overwrite nothing."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from thecal.clinic import clock
from thecal.clinic.access.signing import signature_draft
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import Draft, patient_stream, read_entries, write
from thecal.clinic.ledger.projection import REGISTERED
from thecal.clinic.ledger.signatures import SIGNATURE, unfitting
from thecal.clinic.models import Patient, Projection, Role, SealedText, Stream
from thecal.clinic.patient.timeline import PAGE
from thecal.record.fold import CORRECTION

NOTE = Draft("therapy.event", {"type": "note", "time": "2026-04-01T10:00:00+01:00", "text": "calm"})
SECRET = "a horse that signs"  # noqa: S105 - of a person that does not exist


def page(world, name: str, *more: object, role: Role = Role.PHYSICIAN, **query: str) -> str:
    url = reverse(name, args=[world.patient.pk, *more])
    answer = world.browser(role).get(url, query)
    assert answer.status_code == 200, answer.content.decode()
    return answer.content.decode()


def entries(world):
    return read_entries(patient_stream(world.patient))


def fill_seqs(world) -> list[int]:
    return [one.seq for one in entries(world) if one.body.get("type") == "fill"]


def fill_seq(world) -> int:
    return min(fill_seqs(world))


def correct(world, seq: int, *, step: str = "write", role: Role = Role.PHYSICIAN, **changed: str):
    """Send the form of an entry as its page shows it, with some fields changed."""
    url = reverse("correct an entry", args=[world.patient.pk, seq])
    browser = world.browser(role)
    shown = browser.get(url).content.decode()
    fields = dict(
        re.findall(r'name="(value-\d+)" type="text" autocomplete="off" value="(.*?)"', shown)
    )
    labels = dict(re.findall(r'<label for="(value-\d+)">(.*?)</label>', shown))
    for key, label in labels.items():
        if label in changed:
            fields[key] = changed.pop(label)
    seen = re.search(r'name="seen" value="(\d+)"', shown)
    assert seen is not None
    form = {"seen": seen[1], "reason": "misread the syringe", "step": step, **fields, **changed}
    return browser.post(url, form)


def test_the_timeline_says_what_who_in_which_role_when_and_why(world) -> None:
    write(world.patient, world.author(Role.NURSE), (NOTE,), expected=None)
    shown = page(world, "record")
    assert "calm" in shown
    assert "Nurse of Example Clinic (nurse-1), nurse, 20 April 2026, 11:00" in shown
    assert "filled 38\u00a0mL of bupivacaine 10\u00a0mg/mL + morphine 5\u00a0mg/mL" in shown
    assert "taken over with its record" in shown
    assert "steps, 1, dose: 0.1\u00a0mg" in shown


def test_the_timeline_is_paged_and_filtered_by_kind(world) -> None:
    write(world.patient, world.author(), (NOTE,) * PAGE, expected=None)
    first, second = page(world, "record"), page(world, "record", page="2")
    assert "Page 1 of 2" in first
    assert first.count('id="entry-') == PAGE
    assert "registered" in second
    fills = page(world, "record", sort="therapy.event:fill")
    assert fills.count('id="entry-') == 2
    assert 'id="entry-1"' in page(world, "record", find="1")
    assert "Page 2 of 2" in page(world, "record", page="99")


def test_a_text_with_markup_stays_a_text(world) -> None:
    body = {**NOTE.body, "text": "<script>alert(1)</script>"}
    write(world.patient, world.author(), (Draft(NOTE.kind, body),), expected=None)
    shown = page(world, "record")
    assert "&lt;script&gt;" in shown
    assert "<script>alert" not in shown


@pytest.mark.req("L01")
def test_a_correction_is_a_new_entry_and_the_earlier_value_stays_readable(world) -> None:
    seq, before = fill_seq(world), len(entries(world))
    answer = correct(world, seq, volume="37 mL")
    assert answer.status_code == 302
    last = entries(world)[-1]
    assert (last.kind, last.body["replaces"], last.reason) == (
        CORRECTION,
        seq,
        "misread the syringe",
    )
    assert last.before["volume"] == "38 mL"
    assert last.body["body"]["volume"] == "37 mL"
    assert len(entries(world)) == before + 1
    shown = page(world, "record")
    assert "<del>filled 38\u00a0mL of bupivacaine" in shown
    assert "filled 37\u00a0mL of bupivacaine" in shown
    assert (
        f'href="{reverse("record", args=[world.patient.pk])}?find={last.seq}#entry-{last.seq}"'
        in shown
    )
    assert Projection.objects.get(patient=world.patient).seq == before + 1


def test_what_would_follow_is_shown_before_anything_is_written(world) -> None:
    seq, before = max(fill_seqs(world)), len(entries(world))
    answer = correct(world, seq, step="check", **{"mixture, morphine": "5 mg/mL"})
    shown = answer.content.decode()
    assert len(entries(world)) == before
    assert "What would follow" in shown
    assert 'class="changed"><th scope="row">bupivacaine each day, programmed</th>' in shown
    assert "bupivacaine each day, programmed" in shown
    assert "Write the correction" in shown


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"volume": "38"}, "volume"),
        ({"volume": "thirty"}, "volume"),
        ({"volume": ""}, "volume"),
        ({"time": "noon"}, "no time"),
        ({"reason": " "}, "needs its reason"),
        ({}, "nothing would change"),
        ({"name-0": "colour", "added-0": "red"}, "colour"),
        ({"seen": "x"}, "what you had seen"),
    ],
)
def test_a_correction_that_the_core_cannot_read_is_refused_and_keeps_its_text(
    world, changed, says
) -> None:
    before = len(entries(world))
    if changed and set(changed) <= {"reason", "seen"}:
        changed = {**changed, "volume": "37 mL"}
    answer = correct(world, fill_seq(world), **changed)
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert says in shown
    assert 'role="alert"' in shown
    for text in changed.values():
        if text.strip() and text != "x":
            assert f'value="{text}"' in shown
    assert len(entries(world)) == before


def test_a_withdrawn_entry_is_struck_through_and_folds_no_more(world) -> None:
    seq = next(one.seq for one in entries(world) if one.body.get("type") == "press")
    assert correct(world, seq, withdraw="yes").status_code == 302
    events = Chart(Patient.objects.get(pk=world.patient.pk)).therapy.events
    assert sum(event.type == "press" for event in events) == 1
    assert "Withdrawn" in page(world, "record")
    assert correct_status(world, seq) == 422


def correct_status(world, seq: int, role: Role = Role.PHYSICIAN) -> int:
    url = reverse("correct an entry", args=[world.patient.pk, seq])
    return world.browser(role).get(url).status_code


def test_some_entries_are_never_corrected_or_withdrawn(world) -> None:
    by_kind = {one.kind: one.seq for one in entries(world)}
    assert correct_status(world, by_kind["pathway.stage"]) == 422
    answer = correct(world, by_kind["therapy.setup"], withdraw="yes")
    assert "cannot be withdrawn" in answer.content.decode()


def test_only_carers_correct(world) -> None:
    seq = fill_seq(world)
    assert correct_status(world, seq, Role.NURSE) == 200
    for role in (Role.PHARMACIST, Role.CHECKER, Role.TRAINEE, Role.ADMINISTRATOR, Role.PATIENT):
        assert correct_status(world, seq, role) == 403


def test_two_who_correct_at_once_do_not_overwrite_each_other(world) -> None:
    seq = fill_seq(world)
    seen = str(len(entries(world)))
    write(world.patient, world.author(), (NOTE,), expected=None)
    assert correct(world, seq, volume="37 mL", seen=seen).status_code == 409


@pytest.mark.req("L01")
def test_a_signature_is_shown_with_name_time_and_meaning_and_its_entry_needs_another(world) -> None:
    stream = patient_stream(world.patient)
    signer = world.people[Role.PHYSICIAN]
    signer.user.set_password(SECRET)
    signer.user.save()
    signature = signature_draft(stream, signer, "prescribed", [NOTE])
    first = write(world.patient, world.author(), (NOTE, signature), expected=None)[0]
    assert "Signed by Physician of Example Clinic, 20 April 2026, 11:00: prescribed" in page(
        world, "record"
    )
    refused = correct(world, first.seq, text="restless", password=SECRET[1:])
    assert refused.status_code == 422
    assert "password" in refused.content.decode()
    assert correct(world, first.seq, text="restless", password=SECRET).status_code == 302
    kinds = [one.kind for one in entries(world)][-2:]
    assert kinds == [CORRECTION, SIGNATURE]
    assert unfitting(entries(world)) == ()
    assert "of the value that was struck through" in page(world, "record")


def test_what_was_known_on_a_day_leaves_out_what_was_written_later(world, monkeypatch) -> None:
    seq = fill_seq(world)
    later = clock.now() + timedelta(days=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert correct(world, seq, volume="30 mL").status_code == 302
    then = page(world, "known on a day", day="2026-04-20")
    assert "As known on 21 April 2026, 00:00, not now" in then
    assert "1 later entry is left out" in then
    now = page(world, "known on a day", day="2026-04-22")
    assert "0 later entries are left out" in now
    assert "correction of entry" in now.lower()
    assert "correction of entry" not in then.lower()


def test_a_day_that_is_none_or_has_not_come_is_refused(world) -> None:
    browser = world.browser(Role.NURSE)
    url = reverse("known on a day", args=[world.patient.pk])
    for day in ("", "20.04.2026", "9999-12-31", "2026-04-22"):
        assert browser.get(url, {"day": day}).status_code == 422, day
    before = browser.get(url, {"day": "2020-01-01"})
    assert "Nothing had been written by then" in before.content.decode()


def test_demographics_are_corrected_by_a_new_entry(world) -> None:
    url = reverse("correct details", args=[world.patient.pk])
    browser = world.browser(Role.NURSE)
    form = {
        "seen": str(len(entries(world))),
        "name": "Ada Exemplar",
        "number": "DEMO-001",
        "birth_date": "1961-04-12",
        "sex": "female",
        "pathway": "non-cancer",
        "telephone": "000 222",
        "reason": "married",
    }
    assert browser.post(url, form).status_code == 302
    shown = browser.get(reverse("patient", args=[world.patient.pk])).content.decode()
    assert "Ada Exemplar" in shown
    timeline = page(world, "record")
    assert "<del>name: Ada Example</del>" in timeline
    assert "name: Ada Exemplar" in timeline
    assert browser.post(reverse("patients"), {"search": "ada exemplar"}).status_code == 200
    bad = browser.post(url, {**form, "birth_date": "12.4.61", "seen": str(len(entries(world)))})
    assert bad.status_code == 422
    assert 'value="12.4.61"' in bad.content.decode()
    assert 'aria-invalid="true"' in bad.content.decode()


def test_a_removed_text_is_shown_as_removed(world) -> None:
    stream = Stream.objects.get(patient=world.patient, kind=Stream.Kind.PATIENT)
    name = next(one for one in entries(world) if one.kind == REGISTERED).body["sealed"]["name"]
    SealedText.objects.filter(stream=stream, hash=name).delete()
    assert "name: [removed]" in page(world, "record", find="1")


@pytest.mark.inventory("S0.25")
def test_a_new_referral_is_registered_once(world) -> None:
    browser = world.browser(Role.ADMINISTRATOR)
    form = {
        "name": "Cleo Example",
        "number": "DEMO-777",
        "birth_date": "1970-02-03",
        "sex": "other",
        "pathway": "cancer",
        "telephone": "",
    }
    url = reverse("register a patient")
    assert browser.post(url, form).status_code == 302
    made = Projection.objects.get(number_key="demo-777")
    assert (made.stage, made.name_key) == ("referred", "cleo example")
    again = browser.post(url, form)
    assert again.status_code == 422
    assert "another patient of this clinic" in again.content.decode()
    for field, value in (("name", ""), ("birth_date", "2027-01-01"), ("sex", "x"), ("pathway", "")):
        answer = browser.post(url, {**form, "number": "N", field: value})
        assert answer.status_code == 422, field
    assert world.browser(Role.PHARMACIST).get(url).status_code == 403
