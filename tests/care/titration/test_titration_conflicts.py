"""Disagreements on titration stand beside the answer, and the plan is a sheet to write on."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from fractions import Fraction

import pytest

from thecal.care.advice import Advice
from thecal.care.titration.advise import advice_on, choose
from thecal.care.titration.bounds import bounds
from thecal.care.titration.calendar import calendar
from thecal.care.titration.case import TitrationCase
from thecal.care.titration.history import DoseChange, DoseHistory
from thecal.care.titration.next_dose import next_dose
from thecal.care.titration.plan_document import plan_document
from thecal.care.titration.schemes import schemes
from thecal.units import Duration, MassRate

START = datetime.fromisoformat("2026-03-02T10:00")


def running(drug: str, **more: object) -> TitrationCase:
    history = DoseHistory((DoseChange(START, MassRate.of("100", "ug/d")),))
    later = datetime.fromisoformat("2026-03-20T10:00")
    return replace(TitrationCase(drug, later, history, cancer=True, age=45), **more)


def answers(advice: Advice, words: str) -> list[object]:
    found = next(one for one in advice.disagreements if words in one.question)
    assert found.used
    return [one.fact.value for one in found.answers]


@pytest.mark.inventory("S1.6")
def test_each_disagreement_shows_every_answer_with_the_one_in_use_first() -> None:
    zico = advice_on(
        running(
            "ziconotide",
            history=DoseHistory((DoseChange(START, MassRate.of("2", "ug/d")),)),
            scheme="label-us",
            creatine_kinase=100,
        )
    )
    assert answers(zico, "How many rises a week?") == [3, 2]
    assert answers(zico, "creatine") == [2, 3]
    assert answers(zico, "How much of it a day")[0] == MassRate.of("19.2", "ug/d")
    assert MassRate.of("21.6", "ug/d") in answers(zico, "How much of it a day")
    assert len(answers(zico, "at once")) == 4
    cancer = advice_on(running("morphine", sedation="2"))
    assert answers(cancer, "between two rises") == [Duration.of(24, "h"), Duration.of(48, "h")]
    assert len(answers(cancer, "level 2")) == 2


def test_a_large_step_of_baclofen_is_cautioned_and_a_small_one_not() -> None:
    spinal = advice_on(running("baclofen", origin="spinal"))
    caution = next(one for one in spinal.reasons if one.rule == "high-dose")
    assert caution.figures[0].fact.value == Fraction("0.2")
    cerebral = advice_on(running("baclofen", origin="cerebral"))
    assert all(one.rule != "high-dose" for one in cerebral.reasons)


@pytest.mark.inventory("S0.19")
def test_the_plan_leaves_room_for_effect_and_side_effects_at_each_step() -> None:
    case = running("baclofen", origin="spinal")
    held = bounds("baclofen", case.populations)
    assert case.history is not None
    chosen = choose(case, tuple(next_dose(one, held, case.history) for one in schemes(case)))
    planned = calendar(chosen.scheme, held, case.history, case.now, steps=3)
    section = plan_document(case, chosen, planned).sections[0]
    assert section.grid is not None
    assert len(section.grid.rows) == 4
    assert all(row[2].en == "" for row in section.grid.rows)
    assert section.grid.columns[2].de == "Wirkung (Skala)"
    assert section.signatures
