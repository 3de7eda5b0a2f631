"""The patient's own pages: who reaches them, what they say, and that nobody reads another's."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from addresses import guarded
from clinic_pumps import chart_of, patient_today
from clinic_world import NOW, patient_of_file
from django.test import RequestFactory
from django.urls import reverse
from logins import clinic_log
from own_room import CARER, GIVEN, ask, entries_of, own_browser, told, withdraw

from thecal.clinic import clock
from thecal.clinic.access.entering import wanted
from thecal.clinic.ledger.appointments import booked_body
from thecal.clinic.ledger.log import Draft, read_entries, write
from thecal.clinic.ledger.projection import STAGE
from thecal.clinic.models import Membership, Role, Stream
from thecal.record.fold import PLAN

PAGES = ("own home", "own diary", "own alarms", "own card")


@pytest.fixture(autouse=True)
def _now(monkeypatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def text(answer) -> str:
    return answer.content.decode().replace("\u00a0", " ")


@pytest.mark.inventory("S3.29")
@pytest.mark.parametrize("page", PAGES)
def test_every_own_page_shows_whom_to_call_and_that_it_is_no_advice(world, page) -> None:
    browser = own_browser(world)
    shown = browser.get(reverse(page))
    assert shown.status_code == 200
    assert "information and not medical advice" in text(shown)
    assert 'href="tel:000111"' in text(shown)
    assert "slow breathing" in text(shown)


def test_a_german_page_names_the_role_in_german(world) -> None:
    browser = own_browser(world)
    assert "Ada Example, patient," in text(browser.get(reverse("own account")))
    browser.post(reverse("own language"), {"language": "de"})
    nowhere = reverse("own information page", args=["nothing"])
    for address in (reverse("own account"), reverse("choose clinic"), nowhere):
        shown = text(browser.get(address))
        assert '<html lang="de">' in shown
        assert "Patientin oder Patient" in shown, address
        assert ", patient," not in shown
        assert "als patient" not in shown
        assert ">patient<" not in shown


@pytest.mark.inventory("S0.24")
def test_the_language_is_the_persons_own_and_is_changed_on_the_page(world) -> None:
    browser = own_browser(world)
    assert '<html lang="en">' in text(browser.get(reverse("own home")))
    browser.post(reverse("own language"), {"language": "de"})
    for page in PAGES:
        shown = text(browser.get(reverse(page)))
        assert '<html lang="de">' in shown
        assert "kein ärztlicher Rat" in shown
        assert "langsame Atmung" in shown
    other = own_browser(world, CARER)
    assert '<html lang="en">' in text(other.get(reverse("own home")))


def test_the_refill_date_is_the_records_and_is_spelled_out(world) -> None:
    shown = own_browser(world).get(reverse("own home"))
    staff = world.browser(Role.NURSE).get(reverse("patient", args=[world.patient.pk]))
    by = staff.context["outlook"].refill_by.moment.date()
    assert shown.context["refill"] == by
    assert f"{by.day} {by:%B} {by.year}" in text(shown)
    assert f"in {(by - NOW.date()).days} days" in text(shown)


def test_what_is_not_known_says_to_ask_the_clinic(world, monkeypatch) -> None:
    monkeypatch.setattr("thecal.clinic.pages.own_home.outlook", lambda *given: None)
    shown = text(own_browser(world).get(reverse("own home")))
    assert "Not known here: ask the clinic." in shown


def test_a_role_of_staff_reaches_no_own_page_and_a_patient_no_page_of_the_staff(world) -> None:
    browser = own_browser(world)
    browser.raise_request_exception = False
    for one in guarded():
        if not one.may(Role.PATIENT):
            path = one.path(world.patient.pk)
            got = {browser.get(path).status_code, browser.post(path).status_code} - {405}
            # The first page leads a patient to the own pages.
            assert got == ({302} if path == "/" else {403}), one.route
    nurse = world.browser(Role.NURSE)
    assert {nurse.get(reverse(page)).status_code for page in PAGES} == {403}


@pytest.mark.req("L01")
def test_every_look_is_written_down_with_who_it_was(world) -> None:
    own_browser(world, CARER).get(reverse("own home"))
    stream = Stream.objects.get(patient=world.patient, kind=Stream.Kind.ACCESS)
    last = read_entries(stream)[-1]
    assert (last.actor, last.role) == ("own-carl", "carer of the patient")
    assert last.body["page"] == "home"
    assert last.body["as"] == "carer"


def test_a_login_shows_its_own_patient_and_no_other(world) -> None:
    author = world.author()
    other = patient_of_file(world.clinic, author, "spasticity_baclofen.toml", "Olga Other")
    browser = own_browser(world)
    mine = "".join(text(browser.get(reverse(page))) for page in PAGES)
    assert "Olga" not in mine
    member = Membership.objects.get(user__username="own-ada")
    Membership.objects.filter(pk=member.pk).update(patient=other)
    # The record of the other patient gave nobody this login: the link alone opens nothing.
    assert {browser.get(reverse(page)).status_code for page in PAGES} == {404}
    Membership.objects.filter(pk=member.pk).update(patient=world.their_patient)
    assert {browser.get(reverse(page)).status_code for page in PAGES} == {404}


def test_a_login_that_is_of_no_patient_opens_nothing(world) -> None:
    browser = world.browser(Role.PATIENT)
    assert {browser.get(reverse(page)).status_code for page in PAGES} == {404}


def test_a_carer_reaches_what_the_patient_allowed_and_no_more(world) -> None:
    browser = own_browser(world, CARER)
    opened = {page: browser.get(reverse(page)).status_code for page in PAGES}
    assert opened == {
        "own home": 200,
        "own alarms": 200,
        "own diary": 403,
        "own card": 403,
    }
    shown = text(browser.get(reverse("own home")))
    assert "Carl Carer, for Ada Example" in shown
    assert reverse("own diary") not in shown
    more = own_browser(world, {**CARER, "username": "own-cora", "allows": ["diary"]})
    assert more.get(reverse("own diary")).status_code == 200
    assert more.get(reverse("own card")).status_code == 403


def test_a_withdrawn_carer_is_out_at_once(world) -> None:
    browser = own_browser(world, CARER)
    assert browser.get(reverse("own home")).status_code == 200
    assert withdraw(world).status_code == 302
    assert browser.get(reverse("own home")).status_code == 302
    assert told(world.patient, "own.withdrawn")[-1].reason == "wishes it so"
    assert "people.deactivated" in [one.kind for one in clinic_log(world.clinic)]


def test_a_withdrawn_login_opens_nothing_even_if_its_account_is_woken(world) -> None:
    browser = own_browser(world, CARER)
    withdraw(world)
    member = Membership.objects.get(user__username="own-carl")
    member.active, member.user.is_active, member.user.sessions_from = True, True, None
    member.save()
    member.user.save()
    assert browser.get(reverse("own home")).status_code == 404


def test_a_login_is_given_once_with_a_first_password_and_is_written_down(world) -> None:
    given = ask(world, GIVEN)
    assert given.context["first"] in text(given)
    entry = told(world.patient, "own.given")[-1]
    assert entry.body["as"] == "patient"
    assert entry.body["allows"] == ["card", "diary"]
    assert "Ada Example" not in entry.canonical()
    page = world.browser(Role.NURSE).get(reverse("own logins", args=[world.patient.pk]))
    assert given.context["first"] not in text(page)
    again = ask(world, {**GIVEN, "username": "own-two"})
    assert again.status_code == 422
    assert "has a login already" in text(again)
    assert 'value="own-two"' in text(again)


@pytest.mark.parametrize(
    ("field", "value"), [("username", "Ada!"), ("username", "nurse-1"), ("name", ""), ("who", "")]
)
def test_a_login_that_cannot_be_is_refused_and_nothing_is_written(world, field, value) -> None:
    before = len(entries_of(world.patient))
    answer = ask(world, {**GIVEN, field: value})
    assert answer.status_code == 422
    assert f'id="e-{field}"' in text(answer)
    assert len(entries_of(world.patient)) == before


def test_a_page_that_is_out_of_date_gives_no_login(world) -> None:
    old = {**GIVEN, "seen": 1}
    nurse = world.browser(Role.NURSE)
    answer = nurse.post(reverse("own logins", args=[world.patient.pk]), old)
    assert answer.status_code == 409
    assert not Membership.objects.filter(user__username="own-ada").exists()


def test_a_new_password_and_a_new_factor_are_given_and_written_down(world) -> None:
    own_browser(world)
    change = {"what": "help", "account": "own-ada", "why": "forgotten"}
    given = ask(world, {**change, "help": "password"})
    assert given.context["first"] in text(given)
    assert ask(world, {**change, "help": "factor"}).status_code == 302
    kinds = [one.kind for one in clinic_log(world.clinic)]
    assert kinds[-2:] == ["people.password_reset", "people.factor_reset"]


def test_an_administrator_does_not_turn_a_patient_into_staff(world) -> None:
    own_browser(world)
    member = Membership.objects.get(user__username="own-ada")
    administrator = world.browser(Role.ADMINISTRATOR)
    assert "own-ada" not in text(administrator.get(reverse("people")))
    given = {"role": "nurse", "reason": "x"}
    answer = administrator.post(reverse("change role", args=[member.pk]), given)
    assert answer.status_code == 404
    member.refresh_from_db()
    assert member.role == Role.PATIENT


def test_the_login_leads_to_the_own_pages(world) -> None:
    own_browser(world)
    member = Membership.objects.get(user__username="own-ada")

    asked = RequestFactory().get("/")
    asked.session = {}
    assert wanted(asked, member) == "own home"


def test_looking_and_writing_on_own_pages_changes_no_therapy(world) -> None:
    browser = own_browser(world)
    before = [one for one in entries_of(world.patient) if one.kind.startswith("therapy.")]
    for page in PAGES:
        browser.get(reverse(page))
        browser.post(reverse(page), {"pain": "3", "when": "2026-04-20T08:00"})
    after = entries_of(world.patient)
    assert [one for one in after if one.kind.startswith("therapy.")] == before
    kinds = {one.kind for one in after if one.actor == "own-ada"}
    assert kinds == {"diary.entry", "own.card"}


def test_an_appointment_after_the_refill_by_time_of_its_own_day_says_call(world) -> None:
    """A dose that rose after the booking can bring refill-by before the hour of the visit."""
    object.__setattr__(world, "patient", patient_today(world))
    by = chart_of(world.patient).simulation(NOW).outlook.refill_by
    by = chart_of(world.patient).therapy.moment(by.instant).astimezone(ZoneInfo("Europe/Berlin"))
    browser = own_browser(world)
    for at, late in ((by - timedelta(minutes=1), False), (by + timedelta(minutes=1), True)):
        assert at.date() == by.date()
        plan = Draft(PLAN, booked_body(at.date(), at))
        write(world.patient, world.author(), (plan,), expected=None)
        shown = text(browser.get(reverse("own home")))
        assert f"{at:%H:%M}" in shown
        assert ("lies after the refill-by date" in shown) is late


@pytest.mark.parametrize("stage", ["deceased", "explanted", "transferred-out"])
def test_nobody_is_told_a_refill_date_of_a_treatment_that_ended(world, stage) -> None:
    object.__setattr__(world, "patient", patient_today(world))
    browser = own_browser(world, {**CARER, "allows": ["card"]})
    assert "in 41 days" in text(browser.get(reverse("own home")))
    body = {"from": "maintenance", "to": stage, "given": {"day": "2026-04-19"}}
    write(world.patient, world.author(), (Draft(STAGE, body, "ended"),), expected=None)
    shown = text(browser.get(reverse("own home")))
    assert "the treatment with this pump ended here" in shown
    assert "in 41 days" not in shown
    assert "31 May 2026" not in shown
    card = browser.post(reverse("own card"), {"named": "yes"})
    assert "the treatment with this pump ended here" in text(card)
    assert not told(world.patient, "own.card"), "a code would vouch for a drug nobody knows of here"
