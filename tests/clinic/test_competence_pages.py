"""The matrix of a clinic: given by assessors, shown to everybody, counted from the record."""

from __future__ import annotations

from datetime import timedelta

import pytest
from clinic_world import PASSWORD
from django.urls import reverse
from flow_desk import text_of
from logins import kinds
from skilled import TODAY, begun, give, keep_levels

from thecal.care.competence import latest_end
from thecal.clinic.access import competence
from thecal.clinic.access.competence import matrix_of
from thecal.clinic.flows.competence_counts import counts_of
from thecal.clinic.ledger.signatures import unfitting
from thecal.clinic.models import EntryRow, Role, Stream
from thecal.record.entry import entry_of

NURSE = "nurse-1"


def assess(world, role: Role = Role.PHYSICIAN, of: Role = Role.NURSE, **changes: str):
    typed = {
        "what": "assess",
        "skill_assess": "refill",
        "level": "3",
        "on_assess": TODAY.isoformat(),
        "until": "",
        "class_assess": "documents",
        "text_assess": "privileges of another clinic",
        "password_assess": PASSWORD,
    }
    address = reverse("competence of person", args=[world.people[of].pk])
    return world.browser(role).post(address, typed | changes, follow=True)


def own(world, role: Role = Role.NURSE) -> str:
    return text_of(world.browser(role).get(reverse("own competence")))


@pytest.mark.inventory("S1.8")
def test_an_assessor_gives_a_level_signed_with_day_and_evidence(world) -> None:
    assert assess(world).status_code == 200
    given = matrix_of(world.clinic).levels[NURSE, "refill"]
    assert (given.level, given.by, given.until) == (3, "physician-1", latest_end(TODAY))
    stream = Stream.objects.get(kind=Stream.Kind.CLINIC, clinic=world.clinic)
    rows = EntryRow.objects.filter(stream=stream).order_by("seq")
    entries = [entry_of(one.text) for one in rows]
    assert unfitting(entries) == ()
    assert [one.kind for one in entries][-2:] == ["competence.assessed", "signature"]
    assert entries[-1].body["meaning"] == "competence assessed"
    page = own(world)
    assert "3 independent" in page
    assert "20 April 2028" in page
    assert "D documents: privileges of another clinic" in page


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"password_assess": "wrong"}, "the password is not right"),
        ({"class_assess": "observation"}, "somebody who trains in it"),
        ({"class_assess": "learning"}, "not the level"),
        ({"until": "2030-01-01"}, "at most"),
        ({"on_assess": "2026-04-21"}, "lies ahead"),
        ({"on_assess": "soon"}, "this is no date"),
        ({"level": "9"}, "choose one of the list"),
        ({"skill_assess": "tea"}, "choose one of the list"),
        ({"text_assess": ""}, "this is needed"),
    ],
)
def test_a_level_that_cannot_be_given_keeps_what_was_typed(world, changes, says) -> None:
    page = assess(world, **changes)
    assert page.status_code == 422
    assert says in text_of(page)
    if "text_assess" not in changes:
        assert "privileges of another clinic" in text_of(page)
    assert matrix_of(world.clinic).levels == {}


def test_nobody_gives_themselves_a_level(world) -> None:
    assert "nobody gives themselves" in text_of(assess(world, of=Role.PHYSICIAN))
    assert assess(world, Role.ADMINISTRATOR, of=Role.PHYSICIAN).status_code == 200
    assert matrix_of(world.clinic).levels["physician-1", "refill"].level == 3


def test_others_do_not_assess_and_nobody_of_another_clinic_is_found(world) -> None:
    for role in (Role.NURSE, Role.PHARMACIST, Role.TRAINEE, Role.CHECKER, Role.PATIENT):
        assert world.browser(role).get(reverse("competence")).status_code == 403
    stranger = reverse("competence of person", args=[world.stranger.pk])
    assert world.browser(Role.PHYSICIAN).get(stranger).status_code == 404


def test_that_levels_are_asked_is_a_rule_with_an_entry_and_stands_on_the_pages(world) -> None:
    page = text_of(world.browser(Role.PHYSICIAN).get(reverse("competence")))
    assert "This clinic does not ask for levels" in page
    assert "does not ask for levels" in own(world)
    browser = world.browser(Role.ADMINISTRATOR)
    sent = {"what": "begin-rule", "reason_rule": "everybody was assessed"}
    assert "Levels are asked now" in text_of(browser.post(reverse("competence"), sent, follow=True))
    assert kinds(world.clinic)[-1] == "competence.kept"
    assert matrix_of(world.clinic).kept
    browser.post(reverse("competence"), {"what": "end-rule", "reason_rule": "for a month"})
    assert not matrix_of(world.clinic).kept


def test_a_physician_does_not_change_that_rule(world) -> None:
    sent = {"what": "begin-rule", "reason_rule": "everybody was assessed"}
    world.browser(Role.PHYSICIAN).post(reverse("competence"), sent)
    assert not matrix_of(world.clinic).kept


def test_evidence_speaks_for_a_level_and_gives_none(world) -> None:
    competence.evidence(
        world.people[Role.NURSE], "refill", "case C1 passed", TODAY, author=world.author()
    )
    page = own(world)
    assert "case C1 passed" in page
    assert "L learning" in page
    assert matrix_of(world.clinic).levels == {}
    assert matrix_of(world.clinic).evidence[0].skill == "refill"


def test_an_assessor_writes_down_evidence_practice_and_items(world) -> None:
    address = reverse("competence of person", args=[world.people[Role.NURSE].pk])
    browser = world.browser(Role.PHYSICIAN)
    for sent in (
        {
            "what": "evidence",
            "skill_evidence": "mri",
            "on_evidence": "2026-03-01",
            "class_evidence": "audit",
            "text_evidence": "ten visits looked through",
        },
        {"what": "practice", "practice": "managing"},
        {"what": "item", "item": "vendor-training", "on_item": "2026-02-01", "text_item": "here"},
    ):
        assert browser.post(address, sent, follow=True).status_code == 200, sent
    page = own(world)
    assert "A audit" in page
    assert "managing" in page
    assert "not asked of this practice" in page
    assert "1 February 2026" in page


def test_a_case_of_elsewhere_is_typed_in_and_told_apart(world) -> None:
    sent = {
        "what": "case",
        "skill_case": "refill",
        "how": "observed",
        "on_case": "2026-04-01",
        "supervisor": "Dr. Far",
        "text_case": "another clinic",
    }
    browser = world.browser(Role.NURSE)
    assert browser.post(reverse("own competence"), sent, follow=True).status_code == 200
    assert "(1 typed in)" in own(world)
    counts = counts_of(world.clinic, matrix_of(world.clinic), NURSE)[NURSE, "refill"]
    assert (counts.observed, counts.typed) == (1, 1)
    refused = browser.post(reverse("own competence"), sent | {"supervisor": ""})
    assert refused.status_code == 422
    assert "another clinic" in text_of(refused)


def test_the_own_matrix_stands_on_the_account_page_and_is_printed_in_both_languages(world) -> None:
    give(world, Role.NURSE, 3, "refill")
    browser = world.browser(Role.NURSE)
    assert "3 independent" in text_of(browser.get(reverse("own account")))
    for language in ("en", "de"):
        pdf = browser.post(reverse("print own competence"), {"language": language})
        assert pdf["Content-Language"] == language
        assert pdf.content.startswith(b"%PDF")
    assert browser.get(reverse("print own competence")).status_code == 405
    address = reverse("print competence of person", args=[world.people[Role.NURSE].pk])
    assert world.browser(Role.ADMINISTRATOR).post(address).content.startswith(b"%PDF")


def test_a_patient_has_no_matrix(world) -> None:
    page = text_of(world.browser(Role.PATIENT).get(reverse("own account")))
    assert "Your competence" not in page


def test_today_tells_who_holds_it_and_who_assesses_that_a_level_ends(world) -> None:
    begun(world, physician=4)
    give(world, Role.NURSE, 3, "refill", until=TODAY + timedelta(days=20))
    give(world, Role.NURSE, 3, "mri", on=TODAY - timedelta(9), until=TODAY - timedelta(days=1))
    give(world, Role.NURSE, 2, "trial", until=TODAY + timedelta(days=20))
    mine = text_of(world.browser(Role.NURSE).get(reverse("today")))
    assert "yours: refill, until 10 May 2026" in mine
    assert "yours: MRI, <strong>ended on 19 April 2026" in mine
    assert "yours: trial" not in mine
    theirs = text_of(world.browser(Role.PHYSICIAN).get(reverse("today")))
    assert "Nurse of Example Clinic: refill" in theirs
    assert "ended or will end" not in text_of(world.browser(Role.TRAINEE).get(reverse("today")))


def test_a_clinic_without_the_rule_is_told_nothing_on_today(world) -> None:
    give(world, Role.NURSE, 3, "refill", until=TODAY)
    assert "ended or will end" not in text_of(world.browser(Role.NURSE).get(reverse("today")))
    keep_levels(world)
    assert "ended or will end" in text_of(world.browser(Role.NURSE).get(reverse("today")))


def test_the_place_of_the_emergency_drugs_is_confirmed_anew_when_it_changes(world) -> None:
    give(world, Role.NURSE, 3, "refill")
    browser = world.browser(Role.ADMINISTRATOR)
    browser.post(reverse("competence"), {"what": "place", "where": "red box, room 2"})
    sent = {"what": "item", "item": "emergency-drugs", "on_item": "2026-04-20", "text_item": ""}
    world.browser(Role.NURSE).post(reverse("own competence"), sent)
    assert "emergency-drugs" not in matrix_of(world.clinic).open_items(NURSE, unread=0)
    assert "red box, room 2" in own(world)
    browser.post(reverse("competence"), {"what": "place", "where": "blue box"})
    assert "emergency-drugs" in matrix_of(world.clinic).open_items(NURSE, unread=0)
    page = text_of(browser.get(reverse("competence")))
    assert "blue box" in page
    assert "Knows the emergency drugs" in page or "knows the emergency drugs" in page


@pytest.mark.inventory("S2.14")
def test_the_page_of_the_clinic_maps_the_skills_to_the_curriculum(world) -> None:
    page = text_of(world.browser(Role.PHYSICIAN).get(reverse("competence")))
    assert "North American Neuromodulation Society" in page
    assert "https://doi.org/10.1016/j.neurom.2021.11.012" in page
    assert "International Neuromodulation Society" in page
    assert "systems-based practice" in page
    assert "two signatures: one never takes the place of the other" in page
