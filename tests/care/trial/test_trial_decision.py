"""The decision as a letter: numbers, both languages, and who signs."""

from __future__ import annotations

from dataclasses import replace

import pytest
from trial_builders import START, screening, trial

from thecal.care.document import LANGUAGES
from thecal.care.trial.case import Infusion, TrialCase
from thecal.care.trial.decision import decision_letter
from thecal.care.trial.verdict import verdict
from thecal.units import MassRate


def letter_of(case: TrialCase) -> tuple[str, ...]:
    """The first row of the table of doses, in English."""
    grid = decision_letter(case, verdict(case)).sections[0].grid
    assert grid is not None
    return tuple(cell.en.replace("\u00a0", " ") for cell in grid.rows[0])


@pytest.mark.inventory("S0.14")
def test_8_to_4_is_a_fall_of_half_that_physician_and_patient_sign() -> None:
    case = trial(8, 4)
    assert letter_of(case) == (
        *("0.3 mg (300 mcg)", "2 March 2026, 09:00", "nrs", "8", "4", "-4 (-50 %)", "reached"),
    )
    (section,) = decision_letter(case, verdict(case)).sections
    assert [one.en for one in section.signatures] == ["Physician", "Patient"]


@pytest.mark.inventory("S0.14")
def test_8_to_4_1_is_said_to_miss_the_goal() -> None:
    assert letter_of(trial(8, "4.1"))[-1] == "not reached"


def test_an_infusion_shows_its_day() -> None:
    infusion = Infusion(START, MassRate.of("0.5", "mg/d"))
    case = replace(trial(8, 4), method="catheter", boluses=(), infusion=infusion)
    assert letter_of(case)[0] == "0.5 mg (500 mcg)/24 h"


@pytest.mark.parametrize(
    "case",
    [
        trial(8, 4),
        trial(8, 7),
        trial(8),
        replace(trial(8, 4), goals_met=False),
        replace(trial(8), boluses=()),
        screening((0, "50", False)),
        screening((0, "50", False), (24, "75", False), (48, "100", False)),
    ],
)
def test_every_verdict_has_its_sentence_in_both_languages(case: TrialCase) -> None:
    (section,) = decision_letter(case, verdict(case)).sections
    for language in LANGUAGES:
        assert section.paragraphs[0].get(language)
    assert section.paragraphs[0].en != section.paragraphs[0].de


def test_what_nobody_recorded_is_said_and_not_assumed() -> None:
    (section,) = decision_letter(trial(8, 4), verdict(trial(8, 4))).sections
    assert [one.value.en for one in section.fields][1:] == ["not recorded"] * 3
