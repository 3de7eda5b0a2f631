"""The page of a patient's medicines: what is stated, by whom, what it asks, who may write."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from clinic_world import NOW
from django.urls import reverse

from thecal.care.medicine_list import CHANGED, RECONCILED
from thecal.clinic import clock
from thecal.clinic.ledger.log import patient_stream, read_entries
from thecal.clinic.ledger.registration import register
from thecal.clinic.models import Role
from thecal.clinic.patient.medicines import medicines_of

REFUSED = 422
OXYCODONE = {"change.medicine": "oxycodone", "change.dose": "40", "change.dose.unit": "mg/d"}
WHOLE = {"list.asked": "the patient, with the boxes", "list.alcohol": "no"}


@pytest.fixture
def sore(world):
    return register(
        world.clinic,
        world.author(),
        name="Mira Example",
        number="M-1",
        birth_date=date(1961, 4, 12),
        sex="female",
        pathway="non-cancer",
    )


def entries(patient):
    return read_entries(patient_stream(patient))


def known(patient):
    return medicines_of(entries(patient))


def post(world, patient, name: str, role: Role = Role.NURSE, **sent):
    sent = {"seen": patient_stream(patient).head_seq, **sent}
    return world.browser(role).post(reverse(name, args=[patient.pk]), sent)


def page(world, patient, role: Role = Role.NURSE) -> str:
    answer = world.browser(role).get(reverse("medicines", args=[patient.pk]))
    return answer.content.decode().replace("\N{NO-BREAK SPACE}", " ")


def test_an_empty_list_is_not_the_same_as_no_medicine(world, sore) -> None:
    assert "not the same as none" in page(world, sore)
    silent = post(world, sore, "reconcile medicines", **WHOLE)
    assert silent.status_code == REFUSED
    no = post(world, sore, "reconcile medicines", **WHOLE, **{"list.nothing": "no"})
    assert no.status_code == REFUSED
    assert entries(sore)[-1].kind != RECONCILED
    done = post(world, sore, "reconcile medicines", **WHOLE, **{"list.nothing": "yes"})
    assert done.status_code == 302
    text = page(world, sore)
    assert "No medicine is taken; that was asked" in text
    assert "not the same as none" not in text


def test_nobody_says_that_nothing_is_taken_of_somebody_who_takes_something(world, sore) -> None:
    post(world, sore, "change medicine", **OXYCODONE)
    wrong = post(world, sore, "reconcile medicines", **WHOLE, **{"list.nothing": "yes"})
    assert wrong.status_code == 302
    assert not known(sore).reconciled.nothing
    assert "No medicine is taken" not in page(world, sore)


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"change.medicine": "oxycodone"}, "the dose is missing"),
        ({"change.medicine": "oxycodone", "change.dose": "40"}, "unit"),
        ({**OXYCODONE, "change.dose_words": "when needed"}, "the dose is told twice"),
        ({**OXYCODONE, "change.dose.unit": "ug/h"}, "by mouth, and a dose per hour"),
        ({**OXYCODONE, "change.medicine": "fentanyl-patch"}, "a patch is labelled per hour"),
        ({**OXYCODONE, "change.dose": "forty"}, "forty"),
        ({**OXYCODONE, "change.other": "a tea"}, "one of both"),
        ({**OXYCODONE, "change.since": "2039-01-01"}, "lies ahead of now"),
        ({**OXYCODONE, "change.counts_as": "benzodiazepine"}, "stands in the tables"),
    ],
)
def test_what_is_typed_wrongly_is_refused_and_kept_on_the_page(world, sore, sent, told) -> None:
    answer = post(world, sore, "change medicine", **sent)
    text = answer.content.decode()
    assert answer.status_code == REFUSED
    assert told in text
    assert 'aria-invalid="true"' in text or "f-change.counts_as" in text
    assert CHANGED not in [one.kind for one in entries(sore)]


def test_who_said_it_and_when_the_list_was_gone_through_stand_on_the_page(world, sore) -> None:
    post(world, sore, "change medicine", **OXYCODONE, **{"change.since": "2026-03-02"})
    assert "never gone through" in page(world, sore)
    post(world, sore, "reconcile medicines", Role.PHARMACIST, **WHOLE)
    text = page(world, sore)
    assert "40 mg/day" in text
    assert "2 March 2026" in text
    assert "the patient, with the boxes" in text
    assert "never gone through" not in text
    assert "60 mg/day" in text


def test_a_list_grows_old(world, sore, monkeypatch) -> None:
    post(world, sore, "change medicine", **OXYCODONE)
    post(world, sore, "reconcile medicines", **WHOLE)
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=180))
    assert "days ago" not in page(world, sore)
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=181))
    assert "more than 180 days ago" in page(world, sore)


def test_free_text_that_nobody_explains_is_not_checked_and_says_so(world, sore) -> None:
    tea = {"change.other": "St. Example's tea", "change.dose_words": "two cups"}
    assert post(world, sore, "change medicine", **tea).status_code == 302
    text = page(world, sore)
    assert "nobody knows: not checked" in text
    assert "is in no table, so nothing was checked for it" in text
    said = {**tea, "change.counts_as": "none"}
    assert post(world, sore, "change medicine", **said).status_code == 302
    assert "is in no table, so nothing was checked" not in page(world, sore)
    assert "said: none" in page(world, sore)


def test_what_is_stopped_keeps_its_reason_and_can_be_started_again(world, sore) -> None:
    post(world, sore, "change medicine", **OXYCODONE)
    sent = {"stop.medicine": "oxycodone", "stop.last_day": "2026-03-30"}
    assert post(world, sore, "stop medicine", **sent).status_code == REFUSED
    assert post(world, sore, "stop medicine", **sent, **{"stop.reason": "pump"}).status_code == 302
    assert not known(sore).taken
    assert known(sore).stopped["oxycodone"].reason == "pump"
    assert "30 March 2026" in page(world, sore)
    post(world, sore, "change medicine", **OXYCODONE)
    assert not known(sore).stopped


def test_a_wrong_entry_is_withdrawn_in_the_record_as_any_other(world, sore) -> None:
    post(world, sore, "change medicine", **OXYCODONE)
    seq = entries(sore)[-1].seq
    address = reverse("correct an entry", args=[sore.pk, seq])
    sent = {"seen": patient_stream(sore).head_seq, "reason": "another patient", "step": "write"}
    answer = world.browser(Role.NURSE).post(address, {**sent, "withdraw": "yes"})
    assert answer.status_code == 302, answer.content.decode()
    assert not known(sore).taken


def test_a_correction_that_cannot_be_read_is_told_and_takes_nothing_for_granted(
    world, sore
) -> None:
    post(world, sore, "change medicine", **OXYCODONE)
    seq = entries(sore)[-1].seq
    post(world, sore, "reconcile medicines", **WHOLE)
    address = reverse("correct an entry", args=[sore.pk, seq])
    sent = {"seen": patient_stream(sore).head_seq, "reason": "typed wrongly", "step": "write"}
    answer = world.browser(Role.NURSE).post(
        address, {**sent, "value-0": "40 mg", "value-1": "oxycodone"}
    )
    assert answer.status_code == 302, answer.content.decode()
    assert known(sore).unread
    assert "cannot be read" in page(world, sore)


@pytest.mark.req("K35")
def test_what_is_held_before_a_puncture_stands_with_its_source_and_its_doubt(world, sore) -> None:
    apixaban = {
        "change.medicine": "apixaban",
        "change.dose": "10",
        "change.dose.unit": "mg/d",
        "change.last_taken": "2026-04-01T08:00",
    }
    post(world, sore, "change medicine", **apixaban)
    post(world, sore, "reconcile medicines", **WHOLE)
    plan = {"puncture.procedure": "implant", "puncture.begins": "2026-04-30T08:00"}
    assert post(world, sore, "plan puncture", **plan).status_code == 302
    text = page(world, sore)
    assert "Before the implant of pump and catheter on 30 April 2026, 08:00" in text
    assert "27 April 2026" in text
    assert "factor Xa inhibitor" in text
    assert "held against nothing" in text
    assert "unverified" in text
    assert "K35" in text


@pytest.mark.req("K35")
def test_nothing_against_clotting_is_held_of_who_takes_nothing(world, sore) -> None:
    post(world, sore, "reconcile medicines", **WHOLE, **{"list.nothing": "yes"})
    plan = {"puncture.procedure": "implant", "puncture.begins": "2026-04-30T08:00"}
    post(world, sore, "plan puncture", **plan)
    text = page(world, sore)
    assert "Nothing that acts against clotting stands on the list" in text
    assert "K35" not in text


@pytest.mark.parametrize("role", [Role.NURSE, Role.PHYSICIAN, Role.PHARMACIST])
def test_who_treats_or_keeps_the_drugs_writes_the_list(world, sore, role) -> None:
    assert post(world, sore, "change medicine", role, **OXYCODONE).status_code == 302
    assert "It is taken</button>" in page(world, sore, role)


@pytest.mark.parametrize("role", [Role.CHECKER, Role.TRAINEE])
def test_who_checks_or_learns_reads_it(world, sore, role) -> None:
    assert post(world, sore, "change medicine", role, **OXYCODONE).status_code == 403
    assert "<h1>Medicines</h1>" in page(world, sore, role)
    assert "It is taken</button>" not in page(world, sore, role)
