"""The calendar of the clinic: months, weeks, what it offers, and a proposal to be confirmed."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import date, timedelta

import pytest
from clinic_pumps import chart_of
from clinic_world import NOW, patient_of_file
from django.urls import reverse
from flow_desk import patient_with, text_of

from thecal.clinic.appointments import proposal_worker
from thecal.clinic.appointments.listed import listed
from thecal.clinic.appointments.proposal_jobs import ProposalJob
from thecal.clinic.appointments.settings_log import opening_for
from thecal.clinic.models import EntryRow, Role
from thecal.clinic.patient import body_jobs
from thecal.record.fold import PLAN
from thecal.units import show_date

OFFERED = {
    "monday": "09:00-12:00",
    "wednesday": "13:00-16:00",
    "slot": "30",
    "rooms": "2",
    "tours": "0",
    "tour_visits": "5",
    "window": "10",
    "closed": "2026-05-04",
    "reason": "summer hours",
}


@pytest.fixture
def clinic(world):
    """Three patients who come for refills."""
    patient_with(world, "pain_two_drugs.toml", name="Cy Flow")
    patient_with(world, "spasticity_baclofen.toml", name="Di Flow")
    return world


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The worker answers before the page does."""
    begun = []

    def start(command, data):
        begun.append(command)
        answer = proposal_worker.compute(data, 5.0, 0.0, lambda _: None)
        proposal_worker._finish(ProposalJob(_place(command)).place, answer)

    monkeypatch.setattr(body_jobs, "start_worker", start)
    return begun


def _place(command):
    from pathlib import Path

    return Path(command[3])


def test_the_months_show_places_bookings_and_who_is_not_booked(clinic) -> None:
    page = text_of(clinic.browser(Role.NURSE).get(reverse("calendar")))
    assert page.count('<tr><th scope="row"><a href="/calendar/week/') == 26
    assert "sum of 30.4 / interval over" in page
    assert "Cy Flow" in page
    assert "<svg" in page


def test_a_week_shows_each_visit_at_its_time(clinic) -> None:
    nurse = clinic.browser(Role.NURSE)
    year, week, _ = (NOW + timedelta(days=7)).isocalendar()
    assert "18 of 18" not in text_of(nurse.get(reverse("calendar week", args=[year, week])))
    assert nurse.get(reverse("calendar week", args=[1, 1])).status_code == 404
    assert nurse.get(reverse("calendar week", args=[2026, 54])).status_code == 404


@pytest.mark.inventory("S0.21")
def test_what_the_clinic_offers_is_written_into_its_log_and_kept_where_refused(clinic) -> None:
    nurse = clinic.browser(Role.NURSE)
    page = text_of(nurse.get(reverse("calendar settings")))
    assert "two pages of one hospital disagree" in page
    assert "3 days to 5 days" in page
    assert "7 days to 10 days" in page
    bad = nurse.post(reverse("calendar settings"), OFFERED | {"monday": "noon"})
    assert bad.status_code == 422
    assert 'value="noon"' in text_of(bad)
    assert nurse.post(reverse("calendar settings"), OFFERED).status_code == 302
    found = opening_for(clinic.clinic)
    assert found.window == 10
    assert found.rooms == 2
    entry = EntryRow.objects.get(kind="calendar.settings")
    assert "summer hours" in entry.text
    assert opening_for(clinic.elsewhere) != found
    assert clinic.browser(Role.PHARMACIST).get(reverse("calendar settings")).status_code == 403


def shown_in(page) -> str:
    return re.search(r'name="shown" value="(\w+)"', page.content.decode())[1]


def confirm(client, **ticked: object):
    """Send the form of a proposal as its page stands now."""
    shown = shown_in(client.get(reverse("calendar proposal")))
    address = reverse("confirm calendar proposal")
    return client.post(address, {"shown": shown, **ticked}, follow=True)


def test_a_proposal_is_not_confirmed_from_the_page_of_an_older_one(clinic, at_once) -> None:
    """What is booked is what somebody saw: the day and the time of everybody on their page."""
    nurse = clinic.browser(Role.NURSE)
    shown = shown_in(nurse.post(reverse("begin calendar proposal"), follow=True))
    plans = EntryRow.objects.filter(kind=PLAN).count()
    job = ProposalJob.of(clinic.clinic)
    answer = job.answer
    for one in answer["plan"]:
        one["day"] = (date.fromisoformat(one["day"]) - timedelta(days=7)).isoformat()
    proposal_worker._finish(job.place, answer)
    assert shown_in(nurse.get(reverse("calendar proposal"))) != shown
    for old in ({"shown": shown, "all": "yes"}, {"all": "yes"}):
        page = nurse.post(reverse("confirm calendar proposal"), old, follow=True)
        assert "the proposal is another one by now" in text_of(page)
    assert EntryRow.objects.filter(kind=PLAN).count() == plans


def test_a_proposal_books_nobody_until_somebody_confirms(clinic, at_once) -> None:
    nurse = clinic.browser(Role.NURSE)
    plans = EntryRow.objects.filter(kind=PLAN).count()
    page = nurse.post(reverse("begin calendar proposal"), follow=True)
    told = text_of(page)
    assert "Proposal beside first-come planning" in told
    assert "above the best possible" in told
    assert EntryRow.objects.filter(kind=PLAN).count() == plans
    who = next(one for one in listed(clinic.clinic) if one.name == "Cy Flow")
    done = confirm(nurse, take=[who.patient])
    assert "Booked: 1." in text_of(done)
    assert EntryRow.objects.filter(kind=PLAN).count() == plans + 1
    booked = next(one for one in listed(clinic.clinic) if one.name == "Cy Flow")
    assert booked.booked is not None
    assert booked.at is not None
    assert booked.at <= booked.refill_by
    shown = f"{booked.booked.day} {booked.at:%B %Y, %H:%M}"
    assert shown in told, "the clinic's clock, not Greenwich's"
    assert booked.at.time() in opening_for(clinic.clinic).starts(booked.booked)


def test_confirming_all_books_everybody_who_needs_no_reason_at_places_of_their_own(
    clinic, at_once
) -> None:
    nurse = clinic.browser(Role.NURSE)
    nurse.post(reverse("begin calendar proposal"))
    confirm(nurse, all="yes")
    here = [one for one in listed(clinic.clinic) if one.at is not None]
    assert len(here) >= 2
    assert len({one.at for one in here}) == len(here)
    again = confirm(nurse, all="yes")
    assert "Nothing was booked" in text_of(again)


def test_a_time_is_not_given_away_before_who_has_it_moves(clinic, at_once) -> None:
    """The proposal moves Di and gives the place to Cy: Cy alone confirmed, Di has it still."""
    nurse = clinic.browser(Role.NURSE)
    every_day = dict.fromkeys(("tuesday", "wednesday", "thursday", "friday"), "09:00-10:00")
    offered = OFFERED | every_day | {"monday": "09:00-10:00", "slot": "60", "rooms": "1"}
    assert nurse.post(reverse("calendar settings"), offered).status_code == 302
    di, cy = (one_named(clinic, name) for name in ("Di Flow", "Cy Flow"))
    nurse.post(reverse("begin calendar proposal"))
    confirm(nurse, take=[di.patient])
    day = one_named(clinic, "Di Flow").booked
    assert day is not None
    nurse.post(reverse("begin calendar proposal"))
    job = ProposalJob.of(clinic.clinic)
    answer = job.answer
    days = {di.patient: day - timedelta(weeks=1), cy.patient: day}
    answer["plan"] = [
        {"person": who, "number": 0, "day": on.isoformat(), "extra": False}
        for who, on in days.items()
    ]
    proposal_worker._finish(job.place, answer)
    page = confirm(nurse, take=[cy.patient])
    assert "Cy Flow: who is booked at that time now was not moved" in text_of(page)
    assert one_named(clinic, "Cy Flow").booked is None
    confirm(nurse, take=[di.patient, cy.patient])
    assert one_named(clinic, "Cy Flow").booked == day
    assert one_named(clinic, "Di Flow").booked == days[di.patient]


def test_who_is_booked_on_a_day_that_is_closed_now_is_named(clinic, at_once) -> None:
    nurse = clinic.browser(Role.NURSE)
    nurse.post(reverse("begin calendar proposal"))
    confirm(nurse, take=[one_named(clinic, "Cy Flow").patient])
    day = one_named(clinic, "Cy Flow").booked
    assert day is not None
    week = ("monday", "tuesday", "wednesday", "thursday", "friday")
    offered = OFFERED | dict.fromkeys(week, "09:00-16:00")
    page = nurse.post(reverse("calendar settings"), offered, follow=True)
    assert "closed now" not in text_of(page)
    page = nurse.post(reverse("calendar settings"), offered | {"closed": f"{day}"}, follow=True)
    assert f"to be moved: {show_date(day)}: Cy Flow." in text_of(page)


def one_named(clinic, name: str):
    """Return a patient as the calendar sees them."""
    return next(one for one in listed(clinic.clinic) if one.name == name)


def test_a_record_that_changed_since_is_not_booked_from_an_old_proposal(clinic, at_once) -> None:
    nurse = clinic.browser(Role.NURSE)
    nurse.post(reverse("begin calendar proposal"))
    who = next(one for one in listed(clinic.clinic) if one.name == "Cy Flow")
    patient = who.patient
    fields = {"whom": "patient", "how": "letter", "reached": "no", "outcome": "none"}
    sent = {"what": "contact", "seen": who.seq, **fields}
    nurse.post(reverse("change appointments", args=[patient]), sent)
    page = text_of(nurse.get(reverse("calendar proposal")))
    assert "changed since" in page
    plans = EntryRow.objects.filter(kind=PLAN).count()
    confirm(nurse, take=[patient])
    assert EntryRow.objects.filter(kind=PLAN).count() == plans


def test_while_it_works_the_page_shows_how_far_it_is_and_it_can_be_cancelled(clinic) -> None:
    nurse = clinic.browser(Role.NURSE)
    told = text_of(nurse.post(reverse("begin calendar proposal"), follow=True))
    assert "<progress" in told
    assert "Cancel" in told
    job = ProposalJob.of(clinic.clinic)
    nurse.post(reverse("cancel calendar proposal"))
    assert job.place.with_suffix(".cancel").exists()
    proposal_worker._finish(job.place, {"cancelled": True})
    assert "was cancelled" in text_of(nurse.get(reverse("calendar proposal")))
    assert not job.place.with_suffix(".cancel").exists()


def test_the_worker_answers_in_its_own_process_and_knows_no_name(clinic, tmp_path) -> None:
    nurse = clinic.browser(Role.NURSE)
    nurse.post(reverse("begin calendar proposal"))
    job = ProposalJob.of(clinic.clinic)
    assert job.asked is not None
    data = json.dumps(job.asked.needs).encode()
    assert b"Flow" not in data
    command = [sys.executable, "-m", "thecal.clinic.appointments.proposal_worker"]
    subprocess.run([*command, str(job.place), "20", "0.02"], input=data, check=True, timeout=60)
    assert job.answer is not None
    assert job.answer["measured"]["visits"] > 0
    assert job.progress is None


def test_who_gets_no_place_is_named_with_why(clinic, at_once, monkeypatch) -> None:
    from thecal.clinic import clock

    late = NOW + timedelta(days=400)
    monkeypatch.setattr(clock, "now", lambda: late)
    page = text_of(clinic.browser(Role.NURSE).post(reverse("begin calendar proposal"), follow=True))
    assert "Who has no place in it, and why" in page
    assert "see the patient today" in page


def test_the_lists_ask_as_often_for_one_patient_as_for_many(
    clinic, django_assert_max_num_queries
) -> None:
    nurse = clinic.browser(Role.NURSE)
    patient_of_file(clinic.clinic, clinic.author(), "pain_two_drugs.toml", "Eve Example")
    nurse.get(reverse("calendar"))
    with django_assert_max_num_queries(8):
        nurse.get(reverse("calendar"))
    year, week, _ = NOW.isocalendar()
    with django_assert_max_num_queries(8):
        nurse.get(reverse("calendar week", args=[year, week]))
    assert chart_of(clinic.patient)
