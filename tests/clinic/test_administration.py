"""What an administrator signs on the pathway: found, taken, and nothing else of the record seen."""

from __future__ import annotations

from datetime import date

import pytest
from clinic_world import PASSWORD
from django.urls import reverse
from test_pathway_pages import assess

from thecal.clinic.access.permissions import PERMISSIONS
from thecal.clinic.ledger.log import Draft, patient_stream, read_entries, write
from thecal.clinic.ledger.projection import STAGE
from thecal.clinic.ledger.registration import register, stage_draft
from thecal.clinic.ledger.signatures import signed_by
from thecal.clinic.models import Role
from thecal.clinic.plans.log import FUNDING_ANSWERED, STATED, last_case

REFUSED = 422


@pytest.fixture
def waiting(world):
    """A person whose evaluation is done and whose funding is open."""
    patient = register(
        world.clinic,
        world.author(),
        name="Nora New",
        number="T-9",
        birth_date=date(1961, 4, 12),
        sex="female",
        pathway="non-cancer",
    )
    steps = [stage_draft(to) for to in ("assessed", "psychologically-cleared")]
    write(patient, world.author(), steps, expected=None)
    return patient


def authorised(world, patient, funding: str) -> None:
    assess(world, patient, funding=funding)


def unanswered(world, patient) -> None:
    """Assess everything but the funding."""
    assess(world, patient)
    case = dict(last_case(read_entries(patient_stream(patient)), "selection").values)
    del case["funding"]
    draft = Draft(STATED, {"topic": "selection", "case": case})
    write(patient, world.author(), (draft,), expected=None)


def page(world, patient=None, role: Role = Role.ADMINISTRATOR):
    name, args = (
        ("administration", []) if patient is None else ("administrative step", [patient.pk])
    )
    return world.browser(role).get(reverse(name, args=args))


def take(world, patient, to: str, **sent):
    sent = {"to": to, "seen": patient_stream(patient).head_seq, **sent}
    browser = world.browser(Role.ADMINISTRATOR)
    return browser.post(reverse("administrative step", args=[patient.pk]), sent)


def steps(patient) -> list[str]:
    entries = read_entries(patient_stream(patient))
    return [str(one.body["to"]) for one in entries if one.kind == STAGE]


def test_the_list_names_who_waits_for_funding_and_nobody_else(world, waiting) -> None:
    text = page(world).content.decode()
    assert "Nora New" in text
    assert "Ada Example" not in text
    assert "funded" in text


def test_the_administrator_takes_the_step_once_it_is_authorised(world, waiting) -> None:
    authorised(world, waiting, "requested")
    assert "waits for" in page(world, waiting).content.decode()
    assert take(world, waiting, "funded").status_code == REFUSED
    authorised(world, waiting, "authorised")
    answer = take(world, waiting, "funded", reason="letter of 3 April")
    assert answer.status_code == 302, answer.content.decode()
    last = read_entries(patient_stream(waiting))[-1]
    assert (last.kind, last.role, last.reason) == (STAGE, "administrator", "letter of 3 April")
    assert "Nora New" not in page(world).content.decode()


def answer(world, patient, funding: str, **sent):
    typed = {
        "what": "funding",
        "funding_answer": funding,
        "funding_number": "AB-7",
        "funding_expires": "2026-12-31",
        "password_funding": PASSWORD,
        "seen": patient_stream(patient).head_seq,
    }
    address = reverse("administrative step", args=[patient.pk])
    return world.browser(Role.ADMINISTRATOR).post(address, typed | sent)


@pytest.mark.parametrize("case_first", [True, False])
def test_the_administrator_signs_the_answer_that_the_step_waits_for(
    world, waiting, case_first
) -> None:
    if case_first:
        assess(world, waiting, funding="requested")
    assert answer(world, waiting, "authorised").status_code == 302
    written, signature = read_entries(patient_stream(waiting))[-2:]
    assert written.kind == FUNDING_ANSWERED
    assert written.body == {"answer": "authorised", "number": "AB-7", "expires": "2026-12-31"}
    assert signed_by(read_entries(patient_stream(waiting)), written) == (signature,)
    if not case_first:
        unanswered(world, waiting)
    text = page(world, waiting).content.decode()
    assert "Funding authorised, number AB-7, holds until 31 December 2026" in text
    assert take(world, waiting, "funded").status_code == 302
    assert steps(waiting)[-1] == "funded"


def test_a_later_assessment_that_answers_otherwise_counts(world, waiting) -> None:
    answer(world, waiting, "authorised")
    assess(world, waiting, funding="refused")
    assert take(world, waiting, "funded").status_code == REFUSED


@pytest.mark.parametrize(
    "wrong",
    [
        {"password_funding": "guess"},
        {"funding_expires": "2026-01-01"},
        {"funding_expires": "soon"},
        {"funding_answer": "perhaps"},
        {"funding_answer": ""},
    ],
)
def test_an_answer_that_is_refused_is_not_written_and_what_was_typed_stays(
    world, waiting, wrong
) -> None:
    before = len(read_entries(patient_stream(waiting)))
    refused = answer(world, waiting, "authorised", **wrong)
    assert refused.status_code == REFUSED
    assert 'value="AB-7"' in refused.content.decode()
    assert len(read_entries(patient_stream(waiting))) == before


def test_no_answer_is_taken_where_no_step_waits_for_it(world) -> None:
    assert "Sign the answer" not in page(world, world.patient).content.decode()
    assert answer(world, world.patient, "authorised").status_code == REFUSED


@pytest.mark.parametrize("to", ["trial-planned", "deceased", "explanted", "assessed", "nothing"])
def test_no_other_step_is_taken_here(world, waiting, to) -> None:
    authorised(world, waiting, "authorised")
    before = steps(waiting)
    assert take(world, waiting, to).status_code == REFUSED
    assert steps(waiting) == before


def test_nothing_of_the_therapy_is_on_the_page(world) -> None:
    text = page(world, world.patient).content.decode()
    assert "No step that an administrator signs follows here" in text
    for word in ("morphine", "mg/mL", "SynchroMed", "Refill by"):
        assert word not in text


def test_the_pathway_itself_stays_closed_to_an_administrator(world, waiting) -> None:
    browser = world.browser(Role.ADMINISTRATOR)
    for name in ("pathway", "patient", "record", "forms"):
        assert browser.get(reverse(name, args=[waiting.pk])).status_code == 403


def test_who_treats_uses_the_pathway_and_not_this_page(world, waiting) -> None:
    assert PERMISSIONS["sign administrative steps"] == {Role.ADMINISTRATOR}
    assert page(world, waiting, Role.PHYSICIAN).status_code == 403


def test_somebody_elses_entry_is_not_overlooked(world, waiting) -> None:
    authorised(world, waiting, "authorised")
    seen = patient_stream(waiting).head_seq
    write(waiting, world.author(), (stage_draft("assessed"),), expected=None)
    write(waiting, world.author(), (stage_draft("psychologically-cleared"),), expected=None)
    assert take(world, waiting, "funded", seen=seen).status_code == 409
