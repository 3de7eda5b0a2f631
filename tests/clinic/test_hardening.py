"""What every answer carries, what no address and no log may hold, and how the program fails."""

from __future__ import annotations

import inspect
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from addresses import addresses, guarded
from django.conf import settings
from django.core import mail
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import include, path, reverse
from logins import PASSWORD, clinic_log, give_password

from thecal.clinic.access.guard import page
from thecal.clinic.ledger.log import Draft, write
from thecal.clinic.models import EntryRow, Patient, Role
from thecal.clinic.urls import handler403, handler404, handler500
from thecal.clinic.web.quiet_log import QuietFormatter

__all__ = ["handler403", "handler404", "handler500"]
NAME = "Ada Example"
POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "media-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
}


@pytest.fixture(autouse=True)
def _no_body_is_computed(monkeypatch) -> None:
    """Walking along every address would begin minutes of computing."""
    monkeypatch.setattr("thecal.clinic.patient.body_jobs.BodyJob.begin", lambda *given: None)


@page("own account")
def broken(request) -> HttpResponse:
    try:
        raise OperationalError(f"cannot read {NAME}")
    except OperationalError as error:
        raise RuntimeError(f"{NAME}, born on 1 January 1960") from error


@page("own account")
def broken_after_writing(request) -> HttpResponse:
    patient = Patient.objects.get(clinic=request.clinic)
    note = {"type": "note", "time": "2026-04-20T10:00:00+01:00", "text": "x"}
    refused = Draft("therapy.event", {"type": "note", "time": "never"})
    write(patient, request.author, (Draft("therapy.event", note), refused), expected=None)
    return HttpResponse("written")


urlpatterns = [
    path("broken/", broken),
    path("broken-after-writing/", broken_after_writing),
    path("", include("thecal.clinic.urls")),
]


@dataclass(frozen=True)
class Walk:
    """What came of looking at every address and sending nothing to it, let in and kept out."""

    answers: list[tuple[str, dict[str, str], str]]
    log: str
    entries: str


_walked: list[Walk] = []


@pytest.fixture
def walk(world, caplog) -> Walk:
    """Walk once for all tests of this file."""
    if not _walked:
        caplog.set_level(logging.DEBUG)
        caplog.set_level(logging.INFO, logger="django")
        answers = list(_every_answer(world))
        give_password(Client(), username=NAME)
        entries = str([str(entry.body) for entry in clinic_log(world.clinic)])
        _walked.append(Walk(answers, caplog.text, entries))
    return _walked[0]


def _every_answer(world) -> Iterator[tuple[str, dict[str, str], str]]:
    for one in addresses():
        path_ = one.path(world.patient.pk)
        let_in = next((role for role in Role if one.may(role)), Role.NURSE)
        for browser in (world.browser(let_in), Client()):
            browser.raise_request_exception = False
            for answer in (browser.get(path_), browser.post(path_)):
                yield one.route, dict(answer.headers), answer.content.decode(errors="replace")


def test_every_answer_forbids_foreign_content_being_kept_and_being_framed(walk: Walk) -> None:
    for route, headers, _ in walk.answers:
        policy = {part.strip() for part in headers["Content-Security-Policy"].split(";")}
        assert policy == POLICY, route
        assert headers["Cache-Control"] == "no-store", route
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["X-Frame-Options"] == "DENY"


def test_no_page_has_a_script_or_a_style_in_it(walk: Walk) -> None:
    for route, headers, text in walk.answers:
        is_file = headers.get("Content-Disposition", "").startswith("attachment")
        if headers.get("Content-Type", "").startswith("text/html") and not is_file:
            assert not re.search(r'<script(?![^>]*\b(src=|type="application/json"))', text), route
            assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text), route


def test_no_address_on_any_page_holds_anything_about_a_patient(walk: Walk, world) -> None:
    told = (NAME.lower(), "ada", world.patient.projection.number_key, "1960")
    for route, headers, text in walk.answers:
        links = re.findall(r'(?:href|src|action|hx-\w+)="([^"]*)"', text)
        for link in [*links, headers.get("Location", "")]:
            plain = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "", link.lower())
            assert not any(word in plain for word in told), (route, link)


def test_walking_through_every_page_logs_neither_a_name_nor_a_password(walk: Walk) -> None:
    assert "/patients/" in walk.log
    assert NAME not in walk.log
    assert PASSWORD not in walk.log
    assert PASSWORD not in walk.entries


def test_a_search_stands_in_no_address(world) -> None:
    answer = world.browser(Role.NURSE).post(reverse("patients"), {"search": "ada"})
    assert answer.status_code == 200
    shown = world.browser(Role.NURSE).get(reverse("patients"), {"search": "nobody"})
    assert NAME in shown.content.decode()


@override_settings(ROOT_URLCONF=__name__)
def test_a_failure_shows_a_plain_page_and_tells_nobody_whose_record_it_was(world, caplog):
    browser = world.browser(Role.NURSE)
    browser.raise_request_exception = False
    answer = browser.get("/broken/")
    assert answer.status_code == 500
    shown = answer.content.decode()
    assert "nothing was half-written" in shown
    assert NAME not in shown
    assert "Traceback" not in shown
    assert answer.headers["Content-Security-Policy"]
    assert mail.outbox == []


def test_the_log_of_a_failure_says_where_and_of_what_sort_and_no_words() -> None:
    try:
        inspect.unwrap(broken)(None)
    except RuntimeError:
        record = logging.LogRecord("x", 40, "f", 1, "Error: %s", ("/x/",), sys.exc_info())
    text = QuietFormatter("%(levelname)s %(message)s").format(record)
    assert text.startswith("ERROR Error: /x/\nRuntimeError\n")
    assert "OperationalError" in text
    assert "in broken" in text
    assert NAME not in text


def test_every_logger_writes_without_the_words() -> None:
    for name in ("django", "thecal.clinic"):
        handlers = logging.getLogger(name).handlers
        ours = [one for one in handlers if type(one) is logging.StreamHandler]
        assert [type(one.formatter) for one in ours] == [QuietFormatter]


@override_settings(ROOT_URLCONF=__name__)
def test_what_fails_writes_nothing(world) -> None:
    before = EntryRow.objects.filter(stream__patient=world.patient).count()
    answer = world.browser(Role.NURSE).get("/broken-after-writing/")
    assert answer.status_code == 422
    assert EntryRow.objects.filter(stream__patient=world.patient).count() == before


@pytest.mark.parametrize(
    "where", ["thecal.clinic.access.guard.may", "thecal.clinic.access.guard.write_access"]
)
def test_a_failure_on_the_way_in_lets_nobody_in(world, monkeypatch, where: str) -> None:
    def fail(*given: object) -> None:
        raise OperationalError("the database is away")

    browser = world.browser(Role.NURSE)
    browser.raise_request_exception = False
    monkeypatch.setattr(where, fail)
    answer = browser.get(reverse("patient", args=[world.patient.pk]))
    assert answer.status_code == 500
    assert NAME not in answer.content.decode()


def test_cookies_are_hidden_from_scripts_and_stay_in_the_clinic(world) -> None:
    browser = Client()
    give_password(browser)
    cookie = browser.cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    assert not cookie["expires"]
    assert set(browser.cookies) == {"sessionid"}


def test_what_a_page_tells_after_a_step_travels_in_no_cookie(world) -> None:
    browser = world.browser(Role.ADMINISTRATOR)
    path_ = reverse("change person", args=[world.people[Role.NURSE].pk, "unlock"])
    told = browser.post(path_, {"reason": "asked in person"}, follow=True)
    assert "can try to log in again" in told.content.decode()
    assert set(browser.cookies) == {"sessionid"}


def test_over_https_cookies_and_pages_go_no_other_way() -> None:
    code = (
        "from django.conf import settings as s;"
        "print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS > 0, s.DEBUG)"
    )
    environment = {
        **os.environ,
        "THECAL_HTTPS": "1",
        "DJANGO_SETTINGS_MODULE": "thecal.clinic.settings",
    }
    run = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert run.stdout.split() == ["True", "True", "True", "False"]


def test_the_secret_of_an_installation_is_its_own_and_readable_by_its_owner_alone() -> None:
    key = Path(settings.CLINIC_DIR) / "secret.key"
    assert key.stat().st_mode & 0o077 == 0
    assert len(key.read_text()) >= 50


def test_every_guarded_address_has_a_view_with_a_name_for_the_log() -> None:
    assert all(one.view.__name__ != "guarded" for one in guarded())
