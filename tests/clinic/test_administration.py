"""What an administrator signs on the pathway: found, taken, and nothing else of the record seen."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from thecal.clinic.access.permissions import PERMISSIONS
from thecal.clinic.ledger.log import patient_stream, read_entries, write
from thecal.clinic.ledger.projection import STAGE
from thecal.clinic.ledger.registration import register, stage_draft
from thecal.clinic.models import Role

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
    from test_pathway_pages import assess

    assess(world, patient, funding=funding)


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
