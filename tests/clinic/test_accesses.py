"""Who opened which record: seen by those who review, and reading it leaves a trace too."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from logins import clinic_log, logged_in

from thecal.clinic import clock
from thecal.clinic.models import Role, Stream


@pytest.fixture
def opened(world):
    """The nurse has opened the record of the first clinic's patient."""
    world.browser(Role.NURSE).get(reverse("patient", args=[world.patient.pk]))
    return world


@pytest.mark.req("L01")
@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.PHYSICIAN])
def test_who_opened_a_record_is_listed_for_the_clinic_and_for_the_patient(opened, role) -> None:
    browser = opened.browser(role)
    for address in (
        reverse("accesses"),
        reverse("patient accesses", args=[opened.patient.pk]),
    ):
        shown = browser.get(address).content.decode()
        assert "nurse-1" in shown
        assert "overview" in shown


def test_reading_who_opened_a_record_is_written_down(opened) -> None:
    browser = opened.browser(Role.ADMINISTRATOR)
    browser.get(reverse("accesses"), {"from": "2026-04-01", "to": "2026-04-30"})
    read = clinic_log(opened.clinic)[-1]
    assert (read.kind, read.actor) == ("log.read", "administrator-1")
    assert dict(read.body) == {"what": "accesses", "from": "2026-04-01", "to": "2026-04-30"}
    browser.get(reverse("patient accesses", args=[opened.patient.pk]))
    assert str(opened.patient.pk) in clinic_log(opened.clinic)[-1].body["what"]
    assert Stream.objects.get(kind="access", patient=opened.patient).head_seq == 2


def test_the_days_asked_for_are_whole_days_of_the_clinic(opened, monkeypatch) -> None:
    browser = opened.browser(Role.ADMINISTRATOR)

    def listed(first: str, last: str) -> bool:
        answer = browser.get(reverse("accesses"), {"from": first, "to": last})
        return "nurse-1" in answer.content.decode()

    assert listed("2026-04-20", "2026-04-20")
    assert not listed("2026-04-19", "2026-04-19")
    assert not listed("2026-04-21", "2026-04-21")
    assert not listed("2026-04-21", "2026-04-20")
    assert listed("0001-01-02", "9999-12-31")
    later = clock.now() + timedelta(days=8)
    monkeypatch.setattr(clock, "now", lambda: later)
    shown = opened.browser(Role.ADMINISTRATOR).get(reverse("accesses")).content.decode()
    assert "Nobody, between these days" in shown


def test_what_is_no_day_is_refused(opened) -> None:
    answer = opened.browser(Role.ADMINISTRATOR).get(reverse("accesses"), {"from": "soon"})
    assert answer.status_code == 422


def test_accesses_of_another_clinic_are_not_listed(opened) -> None:
    shown = logged_in(opened.stranger).get(reverse("accesses")).content.decode()
    assert "nurse-1" not in shown


def test_an_administrator_reads_what_happened_in_the_clinic(opened) -> None:
    opened.browser(Role.ADMINISTRATOR).get(reverse("patients"))
    shown = opened.browser(Role.ADMINISTRATOR).get(reverse("clinic log")).content.decode()
    assert "page refused" in shown
    assert opened.browser(Role.PHYSICIAN).get(reverse("clinic log")).status_code == 403
