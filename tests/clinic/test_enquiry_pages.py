"""The inbox of the clinic: answered, declined, unwanted, or a new patient in stage referred."""

from __future__ import annotations

import itertools
from dataclasses import replace
from html import unescape

import pytest
from clinic_pumps import chart_of
from django.urls import reverse
from logins import clinic_log, logged_in
from test_outside_pages import REFERRAL

from thecal.care.enquiry import read_sent
from thecal.clinic import clock
from thecal.clinic.flows.enquiry_log import (
    ACCEPTED,
    CLOSED,
    READ,
    TAKEN,
    EnquiryError,
    accept,
    close,
    enquiries,
    receive,
    sent_of,
)
from thecal.clinic.flows.standing import selection_of, standing_of
from thecal.clinic.models import Patient, Role, SealedText
from thecal.clinic.patient.details import read_details

MORE = {
    **REFERRAL,
    "indication": "failed-back-surgery-syndrome",
    "patient_telephone": "0331 77",
    "therapy_1": "oral-opioid",
    "outcome_1": "failed",
    "current_drugs": "morphine 60 mg\ngabapentin",
    "morphine_equivalent": "120",
    "anticoagulant": "none",
    "goals": "walk",
    "attendance": "reliable",
    "imaging_words": "MRI in March",
    "message": "Thank you",
}
ACCEPT = {
    "what": "accept",
    "name": "Paul Patient",
    "number": "T-77",
    "birth_date": "1961-04-12",
    "sex": "male",
    "pathway": "non-cancer",
    "telephone": "0331 77",
}


@pytest.fixture
def number(world) -> int:
    sent = read_sent("referral", MORE, clock.now().date())
    assert not sent.errors
    receive(world.clinic, "s" * 64, "de", sent)
    return enquiries(world.clinic)[0].number


def post(world, of: int, role: Role = Role.NURSE, **fields: str):
    return world.browser(role).post(reverse("enquiry", args=[of]), fields, follow=True)


def shown(answer) -> str:
    return unescape(answer.content.decode()).replace("\u00a0", " ")


def test_staff_read_what_was_typed_with_its_red_flags_and_what_is_missing(world, number) -> None:
    listed = shown(world.browser(Role.NURSE).get(reverse("enquiries")))
    assert "red flag: infection" in listed
    page = shown(world.browser(Role.NURSE).get(reverse("enquiry", args=[number])))
    for words in ("120 mg/day", "MRI in March", "failed back surgery", "in German", "Call back"):
        assert words in page, words
    assert "psychological summary" in page
    entry = clinic_log(world.clinic)[-1]
    assert (entry.kind, entry.actor, entry.body) == (READ, "nurse-1", {"enquiry": number})


@pytest.mark.inventory("S0.25")
@pytest.mark.inventory("S1.R28")
def test_a_referral_becomes_a_patient_and_its_answers_the_assessment(world, number) -> None:
    page = shown(post(world, number, **ACCEPT))
    assert "in stage referred" in page
    patient = Patient.objects.get(projection__number_key="t-77")
    chart = chart_of(patient)
    assert (chart.content["stage"], chart.content["name"]) == ("referred", "Paul Patient")
    assert chart.content["telephone"] == "0331 77"
    assessed = selection_of(chart.entries, standing_of(chart.entries).episode)
    assert assessed is not None
    case = assessed.case
    assert case.indication_id == "failed-back-surgery-syndrome"
    assert case.answers["infection"] == "active"
    assert case.current_drugs == ("morphine 60 mg", "gabapentin")
    (taken,) = [one for one in chart.entries if one.kind == TAKEN]
    assert "Rosa" not in taken.canonical()
    texts = set(SealedText.objects.filter(stream__patient=patient).values_list("text", flat=True))
    assert "Dr. Rosa Referrer; Practice, Potsdam; 0331 000" in texts
    entry = clinic_log(world.clinic)[-1]
    assert (entry.kind, entry.body["patient"]) == (ACCEPTED, str(patient.pk))
    (one,) = enquiries(world.clinic)
    assert (one.state, one.patient) == ("accepted", str(patient.pk))
    plan = world.browser(Role.PHYSICIAN).get(reverse("plan", args=[patient.pk, "selection"]))
    assert "gabapentin" in shown(plan)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"number": ""}, "Number in this clinic: this is needed"),
        ({"birth_date": "x"}, "is no date"),
        ({"pathway": "spasticity"}, "keep the pathway of the referral"),
    ],
)
def test_what_cannot_be_registered_leaves_it_open_and_nobody_registered(
    world, number, changed, told
) -> None:
    before = Patient.objects.count()
    answer = post(world, number, **{**ACCEPT, **changed})
    assert answer.status_code == 422
    assert told in shown(answer)
    assert Patient.objects.count() == before
    assert enquiries(world.clinic)[0].state == "open"


def test_a_number_that_is_taken_is_refused_at_its_field(world, number) -> None:
    taken = chart_of(world.patient).content["number"]
    answer = post(world, number, **{**ACCEPT, "number": taken})
    assert 'id="e-number"' in answer.content.decode()
    assert enquiries(world.clinic)[0].state == "open"


def test_two_who_take_the_same_referral_make_one_patient(world, number) -> None:
    post(world, number, **ACCEPT)
    again = post(world, number, Role.PHYSICIAN, **{**ACCEPT, "number": "T-78"})
    assert again.status_code == 422
    assert "not open any more" in shown(again)
    assert Patient.objects.filter(projection__name_key="paul patient").count() == 1


def shut(world, number: int, **fields: str):
    return post(world, number, **{"what": "close", "reason": "called back", **fields})


def test_a_referral_is_declined_with_a_reason(world, number) -> None:
    assert shut(world, number, how="declined", reason="").status_code == 422
    shut(world, number, how="declined", reason="too far away")
    (one,) = enquiries(world.clinic)
    assert one.state == "declined"
    assert sent_of(one) is not None
    entry = clinic_log(world.clinic)[-1]
    assert (entry.kind, entry.reason, entry.actor) == (CLOSED, "too far away", "nurse-1")


@pytest.mark.parametrize("fields", [{"how": "spam"}, {"how": "answered", "remove": "yes"}])
def test_what_was_typed_is_taken_away_and_the_chain_stays_whole(world, number, fields) -> None:
    shut(world, number, **fields)
    (one,) = enquiries(world.clinic)
    assert sent_of(one) is None
    page = shown(world.browser(Role.NURSE).get(reverse("enquiry", args=[number])))
    assert "has been taken away" in page
    assert "Paul" not in page
    entries = clinic_log(world.clinic)
    assert all(b.previous == a.hash() for a, b in itertools.pairwise(entries))


def test_a_name_that_is_known_here_is_pointed_out(world) -> None:
    sent = read_sent("referral", {**REFERRAL, "patient_name": "ada example"}, clock.now().date())
    receive(world.clinic, "s" * 64, "en", sent)
    page = shown(
        world.browser(Role.NURSE).get(reverse("enquiry", args=[enquiries(world.clinic)[0].number]))
    )
    assert "A patient of this clinic has the same name" in page


def test_nobody_of_another_clinic_reads_it(world, number) -> None:
    assert logged_in(world.stranger).get(reverse("enquiry", args=[number])).status_code == 404


def test_an_administrator_may_answer_and_sees_no_record_by_it(world, number) -> None:
    page = shown(post(world, number, Role.ADMINISTRATOR, **ACCEPT))
    assert "Messages from outside" in page
    assert enquiries(world.clinic)[0].state == "accepted"


def test_who_held_the_page_open_cannot_deal_with_a_message_a_second_time(world, number) -> None:
    """Two requests at once: the second finds it closed under the lock, whatever its page said."""
    details = read_details({**ACCEPT})
    accept(world.clinic, world.author(), number, details)
    again = replace(details, number="T-78")
    with pytest.raises(EnquiryError, match="not open any more"):
        accept(world.clinic, world.author(), number, again)
    with pytest.raises(EnquiryError, match="not open any more"):
        close(world.clinic, world.author(), number, "spam", "x", remove=True)
    assert sent_of(enquiries(world.clinic)[0]) is not None
