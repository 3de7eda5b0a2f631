"""Below level three or expired a supervisor signs; never for a stop, or in an emergency."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from clinic_pumps import chart_of, patient_today
from clinic_world import NOW, PASSWORD
from django.urls import reverse
from flow_desk import FlowDesk, local, patient_with, text_of
from logins import logged_in
from programming_desk import Desk, checked, order_of
from refill_room import Room
from skilled import TODAY, begun, give, keep_levels
from supply_desk import WORKED, SupplyDesk

from thecal.clinic.access.competence import matrix_of
from thecal.clinic.access.second import SecondPersonError, go_on_alone, requests_open
from thecal.clinic.flows.competence_counts import counts_of
from thecal.clinic.ledger.signatures import SIGNATURE, unfitting
from thecal.clinic.models import Membership, Role, User
from thecal.clinic.programs.drafts import ORDERED, ORDERED_SINGLE

WAITS = "A supervisor signs first"


def supervised(world, patient, role: Role = Role.PHYSICIAN):
    """Let somebody sign what a supervisor is asked for."""
    (asked,) = [one for one in requests_open(chart_of(patient)) if one.step]
    address = reverse("check", args=[patient.pk, asked.seq])
    return world.browser(role).post(address, {"password": PASSWORD}, follow=True)


def asked(world, patient, step: str, role: Role, **more: object):
    sent = {"seen": chart_of(patient).seq, **more}
    address = reverse("ask supervisor", args=[patient.pk, step])
    return world.browser(role).post(address, sent, follow=True)


def signed_beside(patient) -> list[str]:
    """Return who signed as supervisor; a second person who checked is none."""
    given = [one for one in chart_of(patient).entries if one.kind == "second.given"]
    return [one.actor for one in given if "supervises" in one.body]


def room_at_the_end(world, monkeypatch) -> Room:
    room = Room(world, monkeypatch)
    room.up_to("leave")
    return room


@pytest.mark.inventory("S1.8")
@pytest.mark.inventory("W29")
def test_a_guest_without_refill_level_three_cannot_sign_a_refill_alone(world, monkeypatch) -> None:
    begun(world, physician=4, nurse=2)
    room = room_at_the_end(world, monkeypatch)
    assert "Let a supervisor stand beside you" in text_of(room.get("refill"))
    page = text_of(room.get("close refill"))
    assert WAITS in page
    assert "2 supervised" in page
    assert "Physician of Example Clinic (physician)" in page
    refused = room.close()
    assert "a supervisor signs the end of a refill visit first" in text_of(refused)
    assert "visit.closed" not in room.kinds()
    room.post("ask supervisor", "refill-close")
    assert "Asked for on" in text_of(room.get("close refill"))
    assert "visit.closed" not in (room.close() and room.kinds())
    supervised(world, room.patient)
    assert "Physician of Example Clinic signed beside you" in text_of(room.get("close refill"))
    room.close()
    assert room.kinds()[-1] == SIGNATURE
    assert "visit.closed" in room.kinds()
    entries = chart_of(room.patient).entries
    assert unfitting(entries) == ()
    assert "supervised" in [one.body["meaning"] for one in entries if one.kind == SIGNATURE]
    counts = counts_of(world.clinic, matrix_of(world.clinic), "nurse-1")["nurse-1", "refill"]
    assert (counts.supervised, counts.solo) == (1, 0)


def test_at_level_three_a_refill_is_closed_as_before_and_counts_as_done_alone(
    world, monkeypatch
) -> None:
    begun(world, physician=4, nurse=3)
    room = room_at_the_end(world, monkeypatch)
    assert WAITS not in text_of(room.get("close refill"))
    room.close()
    assert "visit.closed" in room.kinds()
    counts = counts_of(world.clinic, matrix_of(world.clinic), "nurse-1")["nurse-1", "refill"]
    assert (counts.supervised, counts.solo) == (0, 1)


def test_a_visit_that_is_corrected_after_the_signature_is_signed_for_anew(
    world, monkeypatch
) -> None:
    begun(world, physician=4, nurse=2)
    room = room_at_the_end(world, monkeypatch)
    room.post("ask supervisor", "refill-close")
    supervised(world, room.patient)
    room.record("vitals", heart_rate="80")
    assert WAITS in text_of(room.get("close refill"))
    room.close()
    assert "visit.closed" not in room.kinds()


def test_breaking_a_visit_off_waits_for_nobody(world, monkeypatch) -> None:
    begun(world, physician=4)
    room = Room(world, monkeypatch)
    room.up_to("aspirate")
    room.post("leave refill", reason="the patient is unwell")
    assert room.kinds()[-1] == "visit.left"


@pytest.fixture
def today(world):
    """The patient's newest event lies before now."""
    return replace(world, patient=patient_today(world))


def desk_with(world, level: int) -> Desk:
    begun(world, physician=level, nurse=3)
    return Desk(world)


def test_an_order_of_a_program_waits_for_a_supervisor(today) -> None:
    world = today
    desk = desk_with(world, 2)
    page = desk.drafted(mode="continuous", daily_dose="0.7")
    assert WAITS in text_of(page)
    assert "program, simple" in text_of(page)
    refused = desk.signed()
    assert "a supervisor signs an order of a program first" in text_of(refused)
    assert ORDERED not in [one.kind for one in chart_of(world.patient).entries]
    asked(world, world.patient, "program-order", Role.PHYSICIAN)
    supervised(world, world.patient, Role.NURSE)
    desk.signed()
    assert order_of(world).actor == "physician-1"


def test_a_level_that_ends_after_the_supervisor_signed_is_asked_about_anew(today) -> None:
    """The nurse may stand beside a simple program, and was never asked about patients' boluses."""
    world = today
    desk = desk_with(world, 4)
    give(world, Role.PHYSICIAN, 2, "program-simple")
    give(world, Role.NURSE, 1, "patient-bolus")
    desk.drafted(mode="continuous", daily_dose="0.7")
    asked(world, world.patient, "program-order", Role.PHYSICIAN)
    supervised(world, world.patient, Role.NURSE)
    give(world, Role.PHYSICIAN, 1, "patient-bolus")
    refused = text_of(desk.signed())
    assert "a supervisor signs an order of a program first" in refused
    assert ORDERED not in [one.kind for one in chart_of(world.patient).entries]
    asked(world, world.patient, "program-order", Role.PHYSICIAN)
    supervised(world, world.patient, Role.NURSE)
    assert signed_beside(world.patient) == ["nurse-1"]
    give(world, Role.NURSE, 3, "patient-bolus")
    supervised(world, world.patient, Role.NURSE)
    desk.signed()
    assert order_of(world).actor == "physician-1"


def test_a_lower_dose_and_a_stop_wait_for_nobody(today) -> None:
    world = today
    desk = desk_with(world, 0)
    page = desk.drafted(daily_dose="0.45")
    assert WAITS not in text_of(page)
    desk.signed()
    assert order_of(world).kind == ORDERED
    trainee = Desk(world, Role.TRAINEE)
    trainee.send("stop pump", {"command": ""})
    assert chart_of(world.patient).simulation(NOW).activity == "stopped"


def test_writing_an_order_to_the_pump_waits_too_and_the_lack_names_what_it_uses(today) -> None:
    world = today
    begun(world, physician=4, nurse=3)
    desk = Desk(world)
    desk.drafted(mode="continuous", daily_dose="0.7")
    desk.signed()
    checked(world, Role.PHARMACIST)
    give(world, Role.NURSE, 1, "program-simple")
    nurse = Desk(world, Role.NURSE)
    command = order_of(world).body["command"]
    refused = nurse.send("send program", {"command": command})
    assert "a supervisor signs writing an order to the pump first" in text_of(refused)
    assert "pump.order" not in [
        one.kind for one in chart_of(world.patient).entries if one.body.get("what") == "program"
    ]
    asked(world, world.patient, "program-send", Role.NURSE)
    supervised(world, world.patient)
    sent = nurse.send("send program", {"command": command})
    assert "Read back whole" in text_of(sent)


def test_going_on_after_a_stop_waits_but_not_in_an_emergency(today) -> None:
    world = today
    desk = desk_with(world, 1)
    desk.read()
    desk.send("stop pump", {"command": ""})
    page = desk.go("resume pump")
    assert WAITS in text_of(page)
    refused = desk.send("resume pump", {"sign": "yes", "password": PASSWORD})
    assert "a supervisor signs a bolus, or going on after a stop first" in text_of(refused)
    assert ORDERED_SINGLE not in [one.kind for one in chart_of(world.patient).entries]
    moment = local(NOW - timedelta(minutes=20), "Europe/Berlin")
    FlowDesk(world).send(
        "record emergency", "record", happening="withdrawal", at=moment, done=["called"], words="x"
    )
    assert "An emergency of this patient stands on record" in text_of(desk.go("resume pump"))


def test_a_bolus_is_asked_for_as_it_was_typed(today) -> None:
    world = today
    desk = desk_with(world, 1)
    desk.read()
    typed = {"dose": "0.05", "duration": "10"}
    desk.send("give bolus", typed | {"ask supervisor": "yes"})
    supervised(world, world.patient, Role.NURSE)
    fits = text_of(desk.send("give bolus", typed))
    assert "signed beside you" in fits
    other = text_of(desk.send("give bolus", typed | {"dose": "0.06"}))
    assert WAITS in other


def test_clearing_a_pump_for_a_scan_waits_and_emptying_it_does_not(world) -> None:
    begun(world, physician=4, nurse=2)
    patient = patient_with(world, "pain_two_drugs.toml")
    desk = FlowDesk(world, Role.NURSE, patient)
    plan = {
        "field": "1.5",
        "gradient": "1900",
        "cover": "oral cover is arranged",
        "done_before": [],
        "reason_before": "looked at together",
    }
    assert WAITS in text_of(desk.go("mri"))
    refused = desk.send("mri step", "plan", **plan)
    assert "a supervisor signs clearing a pump for a scan first" in text_of(refused)
    asked(world, patient, "scan-clear", Role.NURSE)
    supervised(world, patient)
    assert "signed beside you" in text_of(desk.go("mri"))
    desk.send("mri step", "plan", **plan)
    assert desk.entries("mri.planned")


def test_recomputing_a_solution_waits_for_a_supervisor(world) -> None:
    begun(world, physician=4, pharmacist=2)
    desk = SupplyDesk(world)
    desk.order()
    assert WAITS in text_of(desk.look(Role.PHARMACIST))
    refused = desk.step(Role.PHARMACIST, "recompute", WORKED)
    assert "a supervisor signs recomputing or releasing a solution first" in text_of(refused)
    asked(world, world.patient, "solution-check", Role.PHARMACIST, about=str(desk.last.number))
    supervised(world, world.patient)
    desk.step(Role.PHARMACIST, "recompute", WORKED)
    assert desk.last.state == "recomputed"
    counts = counts_of(world.clinic, matrix_of(world.clinic), "pharmacist-1")[
        "pharmacist-1", "compounding-check"
    ]
    assert (counts.supervised, counts.solo) == (1, 0)


def scan_asked(world):
    """Return a patient for whose scan a nurse asked for a supervisor, and the request."""
    patient = patient_with(world, "pain_two_drugs.toml")
    asked(world, patient, "scan-clear", Role.NURSE)
    (wanted,) = [one for one in requests_open(chart_of(patient)) if one.step]
    return patient, wanted


def test_the_supervisor_is_somebody_else_who_does_it_alone(world) -> None:
    begun(world, physician=2, nurse=2, checker=4, pharmacist=4)
    patient, wanted = scan_asked(world)
    address = reverse("check", args=[patient.pk, wanted.seq])
    shown = text_of(world.browser(Role.PHARMACIST).get(address))
    assert "Supervision of clearing a pump for a scan, asked for by nurse-1" in shown
    for role, says in (
        (Role.PHYSICIAN, "you do not"),
        (Role.CHECKER, "works from afar"),
        (Role.NURSE, "somebody else"),
    ):
        assert says in text_of(world.browser(role).get(address)), role
        supervised(world, patient, role)
        assert not signed_beside(patient)
    give(world, Role.PHYSICIAN, 3, until=TODAY)
    supervised(world, patient)
    assert signed_beside(patient) == ["physician-1"]


def test_a_wrong_password_signs_nothing(world) -> None:
    begun(world, physician=4, nurse=2)
    patient, wanted = scan_asked(world)
    address = reverse("check", args=[patient.pk, wanted.seq])
    page = world.browser(Role.PHYSICIAN).post(address, {"password": "wrong"})
    assert page.status_code == 422
    assert not signed_beside(patient)


def test_nobody_goes_on_without_a_supervisor_even_where_a_check_may_be_left_out(world) -> None:
    world.clinic.second_person = "exception"
    world.clinic.save()
    begun(world, physician=4, nurse=2)
    patient, wanted = scan_asked(world)
    author = world.author(Role.NURSE)
    with pytest.raises(SecondPersonError, match="supervisor"):
        go_on_alone(chart_of(patient), world.clinic, author, wanted.seq, "nobody is here")


def test_a_check_is_no_supervision_and_a_supervision_no_check(today) -> None:
    world = today
    desk = desk_with(world, 2)
    desk.drafted(mode="continuous", daily_dose="0.7")
    asked(world, world.patient, "program-order", Role.PHYSICIAN)
    supervised(world, world.patient, Role.NURSE)
    desk.signed()
    assert order_of(world).body["second"]
    assert [one.step for one in requests_open(chart_of(world.patient))] == [""]


def test_an_expired_level_is_supervised_again(world) -> None:
    begun(world, physician=4)
    give(world, Role.NURSE, 4, on=TODAY - timedelta(100), until=TODAY - timedelta(days=1))
    desk = FlowDesk(world, Role.NURSE, patient_with(world, "pain_two_drugs.toml"))
    assert "the level expired on 19 April 2026" in text_of(desk.go("mri"))


def test_where_levels_are_not_asked_the_page_says_so_and_nothing_waits(world) -> None:
    """Everything else of the clinic is tested without the rule: there nothing waits."""
    desk = FlowDesk(world, Role.NURSE, patient_with(world, "pain_two_drugs.toml"))
    assert "does not keep a competence matrix" in text_of(desk.go("mri"))
    keep_levels(world)
    assert WAITS in text_of(desk.go("mri"))
    keep_levels(world, kept=False)
    assert "does not keep a competence matrix" in text_of(desk.go("mri"))


def test_asking_for_what_waits_for_nobody_writes_nothing(world) -> None:
    begun(world, physician=4, nurse=3)
    patient = patient_with(world, "pain_two_drugs.toml")
    before = chart_of(patient).seq
    for step in ("refill-close", "program-order", "stop", "scan-clear", "trial-give", "nonsense"):
        asked(world, patient, step, Role.NURSE)
    assert chart_of(patient).seq == before


def test_a_guest_who_is_new_has_no_level_at_all(world) -> None:
    begun(world, physician=4, nurse=3)
    user = User.objects.create(username="guest", name="Gina Guest")
    guest = Membership.objects.create(user=user, clinic=world.clinic, role=Role.NURSE)
    patient = patient_with(world, "pain_two_drugs.toml")
    page = logged_in(guest).get(reverse("mri", args=[patient.pk]))
    assert "MRI: no level was given" in text_of(page)
