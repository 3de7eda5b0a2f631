"""What comes in from outside: packets and therapy files that were made to do harm."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from clinic_pumps import chart_of, kinds, patient_today
from clinic_world import EXAMPLES, NOW
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from logins import logged_in
from programming_desk import Desk
from together import at_once

from thecal.clinic.models import Membership, Patient, Role, Stream
from thecal.clinic.patient.adoption import packet_of
from thecal.exchange.packet import Packet, write_packet
from thecal.record.entry import NO_ENTRY, utc_text


def sent(world, name: str, data: bytes, **fields: str):
    browser = world.browser(Role.PHYSICIAN)
    file = SimpleUploadedFile("packet\r\nX: y.json", data)
    return browser.post(reverse(name), {"file": file, **fields})


def rechained(packet: Packet, change, sealed=()) -> bytes:
    """Return a packet whose entries were changed and whose chain was made anew."""
    stream, previous, made = "7f1f7b60-0000-4000-8000-000000000001", NO_ENTRY, []
    for entry in packet.entries:
        changed = replace(change(entry), stream=stream, previous=previous)
        made.append(changed)
        previous = changed.hash()
    return write_packet(Packet(stream, tuple(made), sealed))


def their_packet(world) -> Packet:
    return packet_of(chart_of(world.their_patient).stream)


def with_body(kind: str, **values: object):
    def change(entry):
        return replace(entry, body={**entry.body, **values}) if entry.kind == kind else entry

    return change


def of_kind(kind: str, body: object):
    def change(entry):
        return replace(entry, kind=kind, body=body) if entry.kind == "pathway.stage" else entry

    return change


CHANGES = {
    "stage": of_kind("pathway.stage", {}),
    "stage of nothing": of_kind("pathway.stage", {"to": {"a": 1}}),
    "task": of_kind("task.opened", {}),
    "task without time": of_kind("task.opened", {"kind": "a", "what": "b", "due": "now"}),
    "task done": of_kind("task.done", {"task": "x"}),
    "naive task": of_kind("task.opened", {"kind": "a", "what": "b", "due": "2026-01-01T00:00:00"}),
    "correction of nothing": of_kind("correction", {"replaces": 99}),
    "correction of itself": of_kind("correction", {"replaces": True, "body": {"a": 1}}),
    "correction by a text": of_kind("correction", {"replaces": 1, "body": "gone"}),
    "second": of_kind("second.requested", {}),
    "second given": of_kind("second.given", {}),
    "signature": of_kind("signature", {}),
    "draft": of_kind("draft.program", {}),
    "order": of_kind("order.program", {}),
    "pump order": of_kind("pump.order", {}),
    "pump command": of_kind("pump.command", {}),
    "watch": of_kind("watch.begun", {}),
    "alarm": of_kind("alarm.acknowledged", {}),
    "printed": of_kind("document.printed", {}),
    "form": of_kind("form.filled", {}),
    "registered": with_body("patient.registered", sealed="x"),
    "registered as a list": with_body("patient.registered", sealed=["x"]),
    "sealed of lists": with_body("patient.registered", sealed={"name": ["x"]}),
    "number": with_body("patient.registered", number={"a": 1}),
    "setup": with_body("therapy.setup", pump="x"),
    "plan": with_body("therapy.plan", next_visit=7),
    "event": with_body("therapy.event", time="2026"),
    "event of lists": with_body("therapy.event", type=["fill"]),
    "future": lambda entry: replace(entry, utc=utc_text(NOW + timedelta(days=36500))),
    "end of time": lambda entry: replace(entry, utc="9999-12-31T23:59:59.999999+00:00"),
    "nothing but zones": with_body("therapy.setup", utc_offset="+99:99"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_packet_of_nonsense_is_refused_or_can_be_opened(world, name: str) -> None:
    before = Patient.objects.count(), Stream.objects.count()
    answer = sent(world, "import a packet", rechained(their_packet(world), CHANGES[name]))
    assert answer.status_code in (302, 422)
    if answer.status_code == 422:
        assert (Patient.objects.count(), Stream.objects.count()) == before
        return
    browser, patient = world.browser(Role.PHYSICIAN), answer.url.strip("/").split("/")[-1]
    for page in ("patient", "record", "programming", "stop pump", "charts", "tasks", "documents"):
        assert browser.get(reverse(page, args=[patient])).status_code in (200, 302)
    assert browser.get(reverse("today")).status_code == 200
    assert browser.get(reverse("patients")).status_code == 200
    assert browser.get(reverse("checks")).status_code == 200


def test_an_order_that_came_in_a_packet_is_not_sent_to_a_pump(world) -> None:
    world = replace(world, patient=patient_today(world))
    desk = Desk(world)
    desk.drafted(daily_dose="0.45")
    desk.signed()
    packet = packet_of(chart_of(world.patient).stream)
    assert packet.entries[-2].kind == "order.program"
    answer = sent(world, "import a packet", rechained(packet, lambda entry: entry))
    taken = Patient.objects.get(pk=answer.url.strip("/").split("/")[-1])
    there = Desk(replace(world, patient=taken), Role.NURSE)
    there.read()
    command = packet.entries[-2].body["command"]
    refused = there.send("send program", {"command": command})
    assert refused.status_code == 422
    assert "signed in the clinic that the record came from" in refused.content.decode()
    assert "program" not in [one.body.get("what") for one in chart_of(taken).entries]
    there.withdraw()
    assert kinds(taken)[-1] == "order.withdrawn"
    desk.send("send program", {"command": command})
    assert "program" in [one.body.get("what") for one in chart_of(world.patient).entries]


def test_a_packet_with_the_sealed_texts_of_another_record_is_refused(world) -> None:
    packet = their_packet(world)
    data = rechained(packet, lambda entry: entry, packet.sealed)
    assert sent(world, "import a packet", data).status_code == 422


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0",
        b"[" * 200_000,
        b'{"a":' * 100_000,
        b"9" * 100_000,
        b'{"schema": "thecal.packet/2"}',
        b'{"schema": "thecal.packet/1", "stream": 1, "head": 2, "entries": 3, "sealed": 4}',
        json.dumps({"schema": "thecal.packet/1", "stream": "x"}).encode(),
        b"\xff\xfe",
        b"x" * (64 * 1024 * 1024),
    ],
    ids=["empty", "nul", "deep", "deeper", "number", "other", "types", "few", "bytes", "64 MB"],
)
def test_what_is_no_packet_is_refused_in_plain_words(world, data: bytes) -> None:
    before = Stream.objects.count()
    assert sent(world, "import a packet", data).status_code == 422
    assert Stream.objects.count() == before


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0",
        b"\xff",
        b"a=" + b"[" * 20_000,
        b"a." * 20_000 + b"a=1",
        b"a=" + b"9" * 10_000,
        b"schema = 9" + b"9" * 400,
        b'schema = "thecal.therapy/1"\nutc_offset = "+99:99"',
        b"[[events]]\n" * 5000,
    ],
    ids=["empty", "nul", "bytes", "deep", "dots", "number", "long", "offset", "events"],
)
@pytest.mark.parametrize("step", ["", "write"])
def test_what_is_no_therapy_file_is_refused_in_plain_words(world, data: bytes, step: str) -> None:
    before = Patient.objects.count()
    assert sent(world, "take over a patient", data, step=step).status_code == 422
    assert Patient.objects.count() == before


def test_two_clicks_at_once_take_a_patient_over_once(committed_world) -> None:
    world = committed_world
    text = (EXAMPLES / "spasticity_baclofen.toml").read_text()
    member = Membership.objects.get(pk=world.people[Role.PHYSICIAN].pk)
    form = {"name": "Bo", "number": "TWICE-1", "birth_date": "", "sex": "", "pathway": "spasticity"}
    patient = tomllib.loads(text)["patient"]
    form |= {"birth_date": str(patient["birth_date"]), "sex": patient["sex"]}
    form |= {"file_text": text, "step": "write"}
    answers = []

    def click(browser) -> None:
        answers.append(browser.post(reverse("take over a patient"), form).status_code)

    at_once(*(partial(click, logged_in(member)) for _ in range(3)))
    assert sorted(answers) == [302, 422, 422]


def test_two_clicks_at_once_register_a_patient_once(committed_world) -> None:
    member = Membership.objects.get(pk=committed_world.people[Role.PHYSICIAN].pk)
    form = {"name": "Jörg Müßig", "number": "T-1", "birth_date": "1960-02-29", "sex": "male"}
    form |= {"pathway": "cancer", "telephone": ""}
    answers = []

    def click(browser) -> None:
        answers.append(browser.post(reverse("register a patient"), form).status_code)

    at_once(*(partial(click, logged_in(member)) for _ in range(3)))
    assert sorted(answers) == [302, 422, 422]
