"""A record of another clinic in an emergency: short, loud, a look and the stop, reviewed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import include, path, reverse
from logins import PASSWORD, clinic_log, kinds, logged_in

from thecal.clinic import clock
from thecal.clinic.access.guard import patient_page
from thecal.clinic.ledger.log import Author, Draft, patient_stream, read_entries, write
from thecal.clinic.ledger.registration import register
from thecal.clinic.ledger.signatures import unfitting
from thecal.clinic.models import EmergencyAccess, Membership, Projection, Role, Stream
from thecal.clinic.urls import handler403, handler404, handler500

__all__ = ["handler403", "handler404", "handler500"]
WHY = "found unconscious, pump under the skin"


@patient_page("stop therapy")
def stop(request, chart) -> HttpResponse:
    note = {"type": "note", "time": "2026-04-20T10:00:00+01:00", "text": "stopped"}
    write(chart.patient, request.author, (Draft("therapy.event", note),), expected=chart.seq)
    return HttpResponse("stopped")


@patient_page("write the record")
def change(request, chart) -> HttpResponse:
    return HttpResponse("written")


@patient_page("read patients")
def send(request, chart) -> HttpResponse:
    return HttpResponse("looked")


urlpatterns = [
    path("stop/<uuid:patient>/", stop),
    path("change/<uuid:patient>/", change),
    path("look/<uuid:patient>/", send),
    path("", include("thecal.clinic.urls")),
]


@pytest.fixture
def nurse(world) -> Client:
    return world.browser(Role.NURSE)


def ask(browser: Client, world, **other: str):
    theirs = Projection.objects.get(patient=world.their_patient)
    given = {
        "words": theirs.number_key,
        "birth_date": born(world),
        "reason": WHY,
        "password": PASSWORD,
    }
    return browser.post(reverse("emergency access"), {**given, **other})


def born(world) -> str:
    first = read_entries(patient_stream(world.their_patient))[0]
    return str(first.body["birth_date"])


def record(world) -> str:
    return reverse("patient", args=[world.their_patient.pk])


def test_name_date_of_birth_reason_and_password_open_a_record_of_another_clinic(world, nurse):
    assert nurse.get(record(world)).status_code == 404
    assert ask(nurse, world).url == record(world)
    assert nurse.get(record(world)).status_code == 200
    for page in (record(world), reverse("today"), reverse("own account")):
        shown = nurse.get(page).content.decode()
        assert "<strong>Emergency access</strong>" in shown
    assert logged_in(world.people[Role.PHYSICIAN]).get(record(world)).status_code == 404


def test_both_clinics_and_the_record_itself_are_told_who_and_why(world, nurse) -> None:
    ask(nurse, world)
    nurse.get(record(world))
    for clinic in (world.clinic, world.elsewhere):
        opened = clinic_log(clinic)[-1]
        assert (opened.kind, opened.actor, opened.reason) == ("emergency.opened", "nurse-1", WHY)
        assert opened.role == "nurse of Example Clinic, in an emergency"
        assert opened.body["patient"] == str(world.their_patient.pk)
    accesses = read_entries(Stream.objects.get(kind="access", patient=world.their_patient))
    assert [entry.body["page"] for entry in accesses] == ["opened", "overview"]
    assert all(entry.body["emergency"] for entry in accesses)


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"reason": ""}, 422),
        ({"words": ""}, 422),
        ({"words": "somebody else"}, 422),
        ({"birth_date": "1900-01-01"}, 422),
        ({"birth_date": "yesterday"}, 422),
        ({"password": "wrong"}, 422),
    ],
)
def test_without_each_of_them_nothing_opens(world, nurse, wrong, status: int) -> None:
    assert ask(nurse, world, **wrong).status_code == status
    assert nurse.get(record(world)).status_code == 404
    assert "emergency.opened" not in kinds(world.elsewhere)


def test_where_two_have_the_same_name_and_birthday_the_number_is_needed(world, nurse) -> None:
    birth_date = date.fromisoformat(born(world))
    they = Author.of(world.stranger, "test")
    for number in ("twin-1", "twin-2"):
        register(
            world.elsewhere,
            they,
            name="Twin Example",
            number=number,
            birth_date=birth_date,
            sex="female",
            pathway="spasticity",
        )
    assert ask(nurse, world, words="Twin Example").status_code == 422
    assert ask(nurse, world, words="twin-2").status_code == 302


def test_looking_for_somebody_who_is_not_found_is_written_down_without_the_name(world, nurse):
    ask(nurse, world, words="somebody else")
    last = clinic_log(world.clinic)[-1]
    assert (last.kind, last.body) == ("emergency.not_found", {})


def test_only_roles_that_treat_open_a_record_in_an_emergency(world) -> None:
    for role in (Role.TRAINEE, Role.ADMINISTRATOR, Role.PATIENT):
        assert ask(world.browser(role), world).status_code == 403


def test_half_an_hour_later_it_is_closed_and_so_it_is_after_logging_out(
    world, nurse, monkeypatch
) -> None:
    ask(nurse, world)
    at = clock.now()
    for minutes in (10, 20, 29):
        monkeypatch.setattr(clock, "now", lambda past=minutes: at + timedelta(minutes=past))
        assert nurse.get(record(world)).status_code == 200
    monkeypatch.setattr(clock, "now", lambda: at + timedelta(minutes=30))
    assert nurse.get(record(world)).status_code == 404
    ask(nurse, world)
    nurse.post(reverse("logout"))
    assert world.browser(Role.NURSE).get(record(world)).status_code == 404


def test_it_can_be_ended_before_its_time(world, nurse) -> None:
    ask(nurse, world)
    nurse.post(reverse("end emergency access", args=[world.their_patient.pk]))
    assert nurse.get(record(world)).status_code == 404
    assert kinds(world.elsewhere) == ["emergency.opened", "emergency.ended"]


@override_settings(ROOT_URLCONF=__name__)
def test_it_gives_a_look_and_the_stop_and_nothing_else(world, nurse) -> None:
    ask(nurse, world)
    pk = world.their_patient.pk
    assert nurse.get(f"/look/{pk}/").content == b"looked"
    assert nurse.post(f"/look/{pk}/").status_code == 403
    assert nurse.get(f"/change/{pk}/").status_code == 403
    assert nurse.post(f"/change/{pk}/").status_code == 403
    assert nurse.post(f"/stop/{pk}/").content == b"stopped"
    last = read_entries(patient_stream(world.their_patient))[-1]
    assert (last.actor, last.role) == ("nurse-1", "nurse of Example Clinic, in an emergency")


def test_the_page_that_stops_a_pump_is_open_in_an_emergency(world, nurse) -> None:
    stop_pump = reverse("stop pump", args=[world.their_patient.pk])
    assert nurse.post(stop_pump).status_code == 404
    ask(nurse, world)
    assert nurse.post(stop_pump, {"confirm": "yes"}).status_code not in (403, 404, 409, 500)
    reading = reverse("read pump", args=[world.their_patient.pk])
    assert nurse.post(reading).status_code == 403


def test_of_the_papers_it_gives_the_sheet_for_emergencies_alone(world, nurse) -> None:
    ask(nurse, world)
    sheet = reverse("document", args=[world.their_patient.pk, "emergency"])
    assert nurse.get(sheet).status_code == 200
    assert nurse.post(sheet).status_code == 200
    other = reverse("document", args=[world.their_patient.pk, "transfer"])
    assert nurse.get(other).status_code == 403


def test_it_waits_until_somebody_of_the_patients_clinic_has_signed_the_review(world, nurse):
    ask(nurse, world)
    access = EmergencyAccess.objects.get()
    path = reverse("review emergency access", args=[access.pk])
    given = {"remark": "it was needed", "password": PASSWORD}
    theirs = logged_in(world.stranger)
    assert WHY in theirs.get(reverse("emergency reviews")).content.decode()
    ours = world.browser(Role.PHYSICIAN)
    assert WHY not in ours.get(reverse("emergency reviews")).content.decode()
    assert ours.post(path, given).status_code == 422
    assert theirs.post(path, {**given, "password": "wrong"}).status_code == 422
    assert theirs.post(path, {**given, "remark": ""}).status_code == 422
    assert theirs.post(path, given).status_code == 302
    assert WHY not in theirs.get(reverse("emergency reviews")).content.decode()
    log = clinic_log(world.elsewhere)
    assert [entry.kind for entry in log][-2:] == ["emergency.reviewed", "signature"]
    assert log[-1].body["meaning"] == "reviewed the emergency access"
    assert unfitting(log) == ()


def test_nobody_reviews_their_own_access(world) -> None:
    user = world.people[Role.PHYSICIAN].user
    ask(world.browser(Role.PHYSICIAN), world)
    there = Membership.objects.create(user=user, clinic=world.elsewhere, role=Role.ADMINISTRATOR)
    access = EmergencyAccess.objects.get()
    path = reverse("review emergency access", args=[access.pk])
    answer = logged_in(there).post(path, {"remark": "fine", "password": PASSWORD})
    assert "nobody reviews their own access" in answer.content.decode()
    assert EmergencyAccess.objects.get().reviewed is None
