"""The education checklist: every item of the workflow, each with a question for teach-back."""

from __future__ import annotations

import pytest
from form_examples import filled

from thecal.care.forms import Known, education_items, findings_to_sign, items_to_teach

ITEMS = [
    *("what-the-pump-does", "alarm-single", "alarm-dual", "never-miss-a-refill"),
    *("withdrawal-and-overdose", "who-to-call", "id-card", "mri", "travel", "activities"),
    *("heat-and-diving", "magnets-and-diathermy", "infection-signs", "patient-boluses"),
    *("tell-every-doctor", "carer-training", "naloxone", "pregnancy", "end-of-life"),
]


@pytest.mark.inventory("S3.8")
def test_the_checklist_has_every_item_of_the_workflow() -> None:
    assert [one.id for one in education_items()] == ITEMS


def test_every_item_has_a_name_and_a_question_in_both_languages() -> None:
    for one in education_items():
        for text in (one.name, one.ask):
            assert text.en.strip()
            assert text.de.strip()
            assert text.en != text.de


def test_what_is_only_remembered_is_shown_so() -> None:
    recalled = {one.id for one in education_items() if one.source.recalled}
    assert recalled == {"magnets-and-diathermy", "pregnancy"}


def test_boluses_are_taught_only_to_those_who_have_a_controller() -> None:
    assert len(items_to_teach(has_controller=True)) == len(ITEMS)
    left = {one.id for one in items_to_teach(has_controller=False)}
    assert set(ITEMS) - left == {"patient-boluses"}


def taught(*items: str, teach_back: str = "shown") -> list[dict[str, str]]:
    about = {"taught_on": "2026-03-02", "teach_back": teach_back, "language": "de"}
    return [{"item": one, **about} for one in items]


def test_an_item_that_was_not_told_in_own_words_is_named() -> None:
    rows = [*taught(*ITEMS[1:]), *taught(ITEMS[0], teach_back="repeat")]
    (finding,) = findings_to_sign(filled("PE", controller=True, items=rows), Known())
    assert "What the pump does" in finding.message
    assert "Alarm" not in finding.message


def test_a_complete_checklist_is_silent() -> None:
    rows = taught(*(one for one in ITEMS if one != "patient-boluses"))
    assert findings_to_sign(filled("PE", controller=False, items=rows), Known()) == ()
    assert findings_to_sign(filled("PE", controller=True, items=rows), Known())
