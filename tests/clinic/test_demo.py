"""The demonstration clinic: every stage, every kind of pump, some overdue, some with findings."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from thecal.clinic import clock
from thecal.clinic.access import second_factor
from thecal.clinic.access.second_factor import shown_in_training
from thecal.clinic.cohort.summary import summaries
from thecal.clinic.flows.enquiry_log import waiting
from thecal.clinic.flows.form_log import filed_forms
from thecal.clinic.flows.implant_visit import implant_visits
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.models import Clinic, Membership, Patient, Projection, Role, User
from thecal.clinic.patient.medicines import medicines_of
from thecal.safety.finding import Verdict
from thecal.therapy.review import review_therapy


@pytest.fixture
def demo(db) -> tuple[str, Clinic]:
    out = StringIO()
    call_command("demo", stdout=out)
    return out.getvalue(), Clinic.objects.get()


def test_its_patients_are_on_every_kind_of_pump_and_spread_over_the_stages(demo) -> None:
    _, clinic = demo
    rows = Projection.objects.filter(clinic=clinic)
    charts = [Chart(patient) for patient in Patient.objects.select_related("projection")]
    kinds = {chart.content["therapy"].get("kind") for chart in charts} - {None}
    assert kinds == {"roller", "valve-gated", "constant-flow", "external"}
    assert rows.count() >= 12
    assert len({row.stage for row in rows}) >= 12


def test_some_are_overdue_and_some_have_findings(demo) -> None:
    _, clinic = demo
    assert Projection.objects.filter(clinic=clinic, urgent__lt=clock.now()).count() >= 2
    verdicts = [
        review_therapy(therapy).verdict
        for patient in Patient.objects.all()
        if (therapy := Chart(patient).therapy) is not None
    ]
    assert Verdict.OVERRIDE_NEEDED in verdicts
    assert Verdict.REFUSED not in verdicts
    assert verdicts.count(Verdict.ACCEPTED) > len(verdicts) // 2


def test_its_logins_are_printed_and_it_is_never_made_twice(demo) -> None:
    printed, _ = demo
    assert "dr.demo" in printed
    assert "pharmacist" in printed
    with pytest.raises(CommandError, match="nothing was changed"):
        call_command("demo", stdout=StringIO())


def test_the_printed_login_opens_the_clinic(demo) -> None:
    printed, _ = demo
    line = next(line for line in printed.splitlines() if "dr.demo" in line)
    name, password, key, _ = line.split()
    browser = Client()
    browser.post(reverse("login"), {"username": name, "password": password})
    answer = browser.post(reverse("second factor"), {"code": second_factor.current_code(key)})
    assert answer.url == reverse("today")


def test_a_code_is_shown_in_a_training_clinic_and_to_nobody_who_works_elsewhere(demo) -> None:
    user = User.objects.get(username="nurse")
    assert len(shown_in_training(user)) == 6
    real = Clinic.objects.create(name="A clinic with patients")
    Membership.objects.create(user=user, clinic=real, role=Role.NURSE)
    assert shown_in_training(user) == ""


def test_some_have_a_list_of_medicines_and_each_can_be_read(demo) -> None:
    lists = [medicines_of(Chart(one).entries) for one in Patient.objects.all()]
    assert not any(one.unread for one in lists)
    assert any(one.taken for one in lists)
    assert any(one.reconciled and one.reconciled.nothing for one in lists)
    assert any(one.puncture for one in lists)
    assert any(not one.begun for one in lists)


def test_a_catheter_was_revised_yesterday_and_is_watched(demo) -> None:
    chart = Chart(Patient.objects.get(projection__name_key="yvonne ypsilon"))
    (visit,) = implant_visits(chart.entries)
    assert visit.closed is not None
    assert not visit.visit.missing
    replay = chart.folded.replay
    assert replay is not None
    assert replay.catheter_record.tip == "T9"
    assert "watch" in {one["rule"] for one in chart.content["due"]}
    (filed,) = filed_forms(chart.entries)
    assert filed.signatures
    assert filed.filled.typed["stayed"] == "pump"
    verdict = review_therapy(chart.therapy).verdict
    assert verdict is Verdict.ACCEPTED


def test_its_register_and_its_inbox_hold_something_that_can_be_read(demo) -> None:
    _, clinic = demo
    people = summaries(clinic)
    assert sum(len(one.recorded) for one in people) >= 8
    assert not any(one.noted.unreadable for one in people)
    assert any(one.open for person in people for one in person.recorded)
    assert all(len(one.visits) == len(one.asked) for one in people)
    assert sum(bool(one.visits) for one in people) >= 4
    assert waiting(clinic) == (2, 1)
    assert Client().get(f"/outside/{clinic.handle}/de/").status_code == 200
