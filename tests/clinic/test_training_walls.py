"""A training run has its own clock, its own patient and no way to a real record."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from addresses import guarded
from clinic_pumps import chart_of
from clinic_world import NOW, PASSWORD
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from django.urls import reverse
from logins import logged_in
from refill_room import text_of
from training_desk import Desk

from thecal.care.training.case_reader import read_case
from thecal.care.training.catalogue import shipped_texts
from thecal.clinic import clock
from thecal.clinic.access import emergency
from thecal.clinic.ledger.log import Author, patient_stream, read_entries
from thecal.clinic.models import Clinic, Membership, Patient, Role, TrainingRun
from thecal.clinic.patient.adoption import adopt, packet_of
from thecal.clinic.training.runs import TrainingError, begin, cases_of, check_kinds, colleague_of
from thecal.errors import BadFileError
from thecal.exchange.errors import PacketError


@pytest.fixture
def desk(world: Any, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(world, monkeypatch, "C2")


def test_time_passes_in_the_run_alone(desk: Desk, world: Any) -> None:
    before = desk.now
    desk.let_pass(24 * 60)
    assert desk.now - before == timedelta(days=1)
    assert clock.now() == NOW
    desk.post("notes", text="seen a day later")
    assert chart_of(desk.patient).entries[-1].written == desk.now
    other = reverse("notes", args=[world.patient.pk])
    seen = chart_of(world.patient).seq
    world.browser(Role.NURSE).post(other, {"seen": seen, "text": "today"})
    assert chart_of(world.patient).entries[-1].written == NOW


def test_the_chain_of_a_run_holds_and_its_times_never_go_back(desk: Desk) -> None:
    desk.begin(by_hand="")
    desk.let_pass(30)
    desk.post("notes", text="half an hour later")
    entries = read_entries(patient_stream(desk.patient))
    assert [one.previous for one in entries[1:]] == [one.hash() for one in entries[:-1]]
    assert [one.utc for one in entries] == sorted(one.utc for one in entries)


def test_a_login_and_an_access_bear_the_real_time(desk: Desk) -> None:
    desk.let_pass(24 * 60)
    desk.get("patient")
    stream = desk.patient.streams.get(kind="access")
    assert {one.written for one in read_entries(stream)} == {NOW}
    assert desk.get("patient").status_code == 200, "the session is not a day old"


def test_an_odd_jump_is_refused(desk: Desk) -> None:
    for minutes in ("-10", "1000000", "x", ""):
        assert desk.post("training time", minutes=minutes).status_code == 422
    assert desk.run.ahead == TrainingRun.objects.get(pk=desk.patient.pk).ahead


def test_no_page_of_the_learner_tells_what_is_hidden(desk: Desk, world: Any) -> None:
    desk.begin(by_hand="")
    desk.post("read pump at refill", "identify")
    seen = 0
    for one in guarded():
        if one.of_patient and "compute" not in one.route:
            page = desk.learner.get(one.path(desk.patient.pk))
            shown = page.content.decode(errors="replace").lower()
            assert "wrong-volume" not in shown.replace('value="wrong-volume"', ""), one.route
            assert "wrong volume, 20" not in shown, one.route
            assert "syringe 20" not in shown, one.route
            seen += page.status_code == 200
    assert seen > 30
    texts = " ".join(str(one.body) for one in chart_of(desk.patient).entries)
    assert "wrong-volume" not in texts
    assert desk.get("training debrief").redirect_chain, "the debrief waits for the end"


def test_a_run_is_nobody_elses(desk: Desk, world: Any) -> None:
    pharmacist = world.browser(Role.PHARMACIST)
    assert pharmacist.get(desk.url("patient")).status_code == 404
    assert pharmacist.get(desk.url("training debrief")).status_code == 404
    assert world.browser(Role.PHYSICIAN).get(desk.url("patient")).status_code == 200
    for name in ("patients", "today"):
        assert (
            str(desk.patient.pk)
            not in world.browser(Role.NURSE).get(reverse(name)).content.decode()
        )


def test_every_page_of_a_training_clinic_says_so(desk: Desk) -> None:
    for address in (reverse("today"), reverse("training"), desk.url("patient"), desk.url("refill")):
        assert "Training clinic: no real patients." in text_of(desk.learner.get(address))
    therapy = desk.learner.get(desk.url("therapy file")).content.decode()
    assert therapy.startswith("# TRAINING")


def test_nothing_of_a_training_clinic_is_taken_into_a_real_one(desk: Desk, world: Any) -> None:
    packet = packet_of(patient_stream(desk.patient))
    with pytest.raises(PacketError, match="training clinic"):
        adopt(world.elsewhere, Author.of(world.stranger, "test"), packet)
    therapy = desk.learner.get(desk.url("therapy file")).content
    page = logged_in(world.stranger).post(
        reverse("take over a patient"), {"file": SimpleUploadedFile("t.toml", therapy)}
    )
    assert page.status_code == 422
    assert "does not exist" in text_of(page)


def test_a_real_record_is_not_taken_into_a_training_clinic(desk: Desk, world: Any) -> None:
    packet = packet_of(patient_stream(world.their_patient))
    with pytest.raises(PacketError, match="this clinic is for training"):
        adopt(world.clinic, Author.of(world.people[Role.PHYSICIAN], "test"), packet)


def test_a_therapy_file_without_the_mark_of_training_is_not_taken_into_a_training_clinic(
    desk: Desk, world: Any
) -> None:
    marked = desk.learner.get(desk.url("therapy file")).content
    plain = marked.split(b"\n", 1)[1]
    nurse, page = world.browser(Role.NURSE), reverse("take over a patient")
    for data in (plain, plain + b"\n" + marked.split(b"\n", 1)[0]):
        answer = nurse.post(page, {"file": SimpleUploadedFile("t.toml", data)})
        assert answer.status_code == 422
        assert "nothing in this file says that its patient does not exist" in text_of(answer)
        assert nurse.post(page, {"file_text": data.decode(), "step": "write"}).status_code == 422
    assert nurse.post(page, {"file": SimpleUploadedFile("t.toml", marked)}).status_code == 200


def test_nobody_opens_a_real_record_from_a_training_clinic_in_an_emergency(
    desk: Desk, world: Any
) -> None:
    member = world.people[Role.PHYSICIAN]
    member.refresh_from_db()
    request = RequestFactory().get("/")
    with pytest.raises(emergency.EmergencyError, match="training clinic"):
        emergency.open_record(request, member, world.their_patient, "found on the floor", "x")
    with pytest.raises(emergency.EmergencyError, match="training clinic"):
        emergency.open_record(request, world.stranger, world.patient, "found on the floor", "x")


def test_nobody_trains_in_a_real_clinic(world: Any) -> None:
    assert not world.clinic.training
    nurse = world.browser(Role.NURSE)
    assert nurse.get(reverse("training")).status_code == 404
    assert nurse.post(reverse("begin training", args=["C1"])).status_code == 404
    assert "Training</a>" not in text_of(nurse.get(reverse("today")))
    with pytest.raises(TrainingError):
        begin(world.clinic, world.people[Role.NURSE], cases_of(world.clinic)[0])
    with pytest.raises(TrainingError):
        colleague_of(world.clinic)


def test_the_simulated_colleague_can_never_log_in(desk: Desk, world: Any) -> None:
    user = colleague_of(world.clinic).user
    assert not user.has_usable_password()
    assert not Client().login(username=user.username, password=PASSWORD)


def test_a_trainee_acts_in_the_role_of_the_case_and_nowhere_else(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    learner = Desk(world, monkeypatch, "C1", role=Role.TRAINEE)
    assert learner.begin(by_hand="").status_code == 200
    assert learner.running is not None
    seen = {"seen": chart_of(world.patient).seq, "text": "x"}
    refused = learner.learner.post(reverse("notes", args=[world.patient.pk]), seen)
    assert refused.status_code == 403
    assert Membership.objects.get(pk=learner.run.learner_id).role == Role.TRAINEE


def test_after_the_end_nothing_is_written_and_the_instructor_rates(desk: Desk, world: Any) -> None:
    desk.begin(by_hand="")
    desk.end()
    seq = chart_of(desk.patient).seq
    assert desk.post("notes", text="late").status_code == 422
    assert desk.let_pass(10).status_code == 422
    assert chart_of(desk.patient).seq == seq
    assert desk.post("rate training", rating="5").status_code == 403
    lead = world.browser(Role.PHYSICIAN)
    page = lead.post(desk.url("rate training"), {"rating": "3", "why": "calm"}, follow=True)
    assert "safe with a colleague beside" in text_of(page)
    assert lead.post(desk.url("training evidence"), {"skill": "refill"}).status_code == 422
    assert lead.get(desk.url("training debrief to print")).content[:5] == b"%PDF-"


def test_a_passed_case_is_handed_over_as_evidence_and_gives_no_level(
    desk: Desk, world: Any
) -> None:
    desk.end()
    TrainingRun.objects.filter(pk=desk.patient.pk).update(passed=True, percent=90)
    lead = world.browser(Role.PHYSICIAN)
    page = lead.post(desk.url("training evidence"), {"skill": "refill"}, follow=True)
    assert "It gives no level" in text_of(page)
    clinic = Clinic.objects.get(pk=world.clinic.pk)
    kinds = [one.kind for one in read_entries(clinic.streams.get(kind="clinic"))]
    assert kinds.count("competence.evidence") == 1
    assert "competence.assessed" not in kinds
    page = lead.post(desk.url("training evidence"), {"skill": "refill"}, follow=True)
    assert "handed over as evidence for this skill before: nothing was written" in text_of(page)
    lead.post(desk.url("training evidence"), {"skill": "interrogate"})
    kinds = [one.kind for one in read_entries(clinic.streams.get(kind="clinic"))]
    assert kinds.count("competence.evidence") == 2


def test_an_instructor_adds_a_case_as_one_file(desk: Desk, world: Any) -> None:
    lead = world.browser(Role.PHYSICIAN)
    text = shipped_texts()["C1.toml"].replace('id = "C1"', 'id = "OWN-1"')
    bad = SimpleUploadedFile("c.toml", text.replace("critical = true", "critical = 1", 1).encode())
    page = lead.post(reverse("add training case"), {"file": bad})
    assert page.status_code == 422
    assert "actions identify: critical" in text_of(page)
    good = SimpleUploadedFile("c.toml", text.encode())
    assert "OWN-1" in text_of(lead.post(reverse("add training case"), {"file": good}, follow=True))
    nurse = world.browser(Role.NURSE)
    nurse.post(reverse("begin training", args=["OWN-1"]))
    assert Patient.objects.filter(run__case="OWN-1").count() == 1
    assert nurse.get(reverse("add training case")).status_code == 403


def test_a_case_that_waits_for_what_nothing_writes_is_refused_with_what_reads_alike() -> None:
    for name, text in shipped_texts().items():
        check_kinds(read_case(text.encode(), name), name)
    text = shipped_texts()["C1.toml"].replace('kind = "visit.step"', 'kind = "visti.step"', 1)
    with pytest.raises(BadFileError) as caught:
        check_kinds(read_case(text.encode(), "mine.toml"), "mine.toml")
    assert "visti.step" in str(caught.value)
    assert "visit.step" in caught.value.remedy
    assert caught.value.place.startswith("mine.toml: ")
