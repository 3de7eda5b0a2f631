"""The plain proposals and the topic `program-design`."""

from __future__ import annotations

from fractions import Fraction
from time import perf_counter

import pytest
from design_cases import NIGHT, baclofen, case, diary, morphine, rate

from thecal.care.design.advise import plain_advice
from thecal.care.design.deliver import hourly_rates
from thecal.care.design.plain import (
    NO_PATTERN,
    NO_STEPS,
    NOT_DELIVERABLE,
    PROPOSED,
    design_plainly,
)
from thecal.device import pump_models
from thecal.program.program import Mode
from thecal.safety.finding import Severity
from thecal.units import NO_BREAK_SPACE, Duration


def plain(text: str) -> str:
    """Return a text with plain spaces."""
    return text.replace(NO_BREAK_SPACE, " ")


CONSTANT = tuple(one.id for one in pump_models() if not one.programmable)
PROGRAMMABLE = tuple(one.id for one in pump_models() if one.programmable)


@pytest.mark.inventory("S0.4")
def test_symptoms_at_night_get_more_at_night_and_the_same_day() -> None:
    design = design_plainly(case())
    assert design.verdict == PROPOSED
    assert [one.kind for one in design.proposals] == ["continuous", "flex"]
    flex = design.proposals[1]
    rates = hourly_rates(flex.program)
    assert rates[3] > rates[12]
    assert rate(149, "ug/d") < flex.total <= rate(150, "ug/d")
    assert max(rates) <= rate(150, "ug/d").base * Fraction(13, 10)


def test_a_diary_without_a_pattern_keeps_the_even_rate_and_says_why() -> None:
    flat = case(scores=diary(dict.fromkeys(range(24), 4)))
    design = design_plainly(flat)
    assert design.verdict == NO_PATTERN
    assert [one.program.mode for one in design.proposals] == [Mode.CONTINUOUS]
    assert any("tells no hour apart" in one.text for one in design.reasons)


def test_a_pattern_below_what_matters_to_a_patient_keeps_the_even_rate() -> None:
    small = {hour: 4 if hour < 12 else 5 for hour in range(24)}
    design = design_plainly(case(scores=diary(small, scatter=(0,))))
    assert design.verdict == NO_PATTERN
    assert any("less than matters" in one.text for one in design.reasons)
    # One point of the Penn spasm frequency does matter.
    penn = {hour: 1 if hour < 12 else 2 for hour in range(24)}
    spasms = case(scores=diary(penn, scatter=(0,)), scale="penn")
    assert design_plainly(spasms).verdict == PROPOSED


@pytest.mark.parametrize("model", CONSTANT)
def test_a_constant_flow_pump_is_refused_with_advice_on_the_concentration(model: str) -> None:
    design = design_plainly(case(morphine(model)))
    assert design.verdict == NOT_DELIVERABLE
    assert design.proposals == ()
    (finding,) = design.findings
    assert (finding.check, finding.severity) == ("H03", Severity.HARD)
    assert "concentration" in finding.message or "a fill of morphine" in finding.message


def test_a_dose_below_the_lowest_rate_is_refused_with_a_weaker_solution() -> None:
    design = design_plainly(case(baclofen(daily="50")))  # 0.025 mL/d of 2000 mcg/mL
    assert design.verdict == NOT_DELIVERABLE
    # 1041.67 mcg/mL would just run.
    assert "dilute to baclofen 1,040 mcg/mL or less" in plain(design.findings[0].message)


@pytest.mark.parametrize("model", PROGRAMMABLE)
def test_every_programmable_pump_gets_steps_that_it_can_deliver(model: str) -> None:
    daily = "14" if "external" in model else "6"
    design = design_plainly(case(morphine(model, daily=daily)))
    steps = pump_steps(model)
    kinds = [one.kind for one in design.proposals]
    if steps is None:
        assert kinds == ["continuous"]
        assert design.verdict == NO_STEPS
        return
    assert kinds == ["continuous", "flex"]
    flex = design.proposals[1].program
    assert 0 < len(flex.steps) <= steps
    grid = case(morphine(model)).running.grid
    concentration = morphine(model).mixture["morphine"]
    for step in flex.steps:
        assert grid.achievable_volume(step.dose / concentration) == step.dose / concentration


def pump_steps(model: str) -> int | None:
    """Return the most steps a day of a model."""
    found = next(one for one in pump_models() if one.id == model).changes_per_day
    return None if found is None else int(found.value)


def test_a_running_patient_bolus_is_kept() -> None:
    running = morphine()
    bolus = design_plainly(case(running, wants_bolus=True)).proposals[0].program.patient_bolus
    assert bolus is not None
    kept = type(running)(
        running.model,
        running.patient,
        "morphine",
        running.mixture,
        running.daily_dose,
        type(bolus)(bolus.dose.scaled(2), bolus.duration, Duration.of(3, "h"), 2),
    )
    for proposal in design_plainly(case(kept, wants_bolus=True)).proposals:
        assert proposal.program.patient_bolus == kept.patient_bolus


def test_the_answer_names_the_total_beside_the_lines_and_asks_for_retyping() -> None:
    advice = plain_advice(case())
    assert "typed again" in advice.summary
    titles = [plain(one.title) for one in advice.listings]
    assert any("0.15 mg, 150 mcg a day in all" in title for title in titles)
    assert len(advice.listings[0].rows) == 24


def test_the_rule_answers_in_a_few_milliseconds() -> None:
    asked = case(scores=diary(NIGHT, 14))
    design_plainly(asked)
    start = perf_counter()
    design_plainly(asked)
    assert perf_counter() - start < 0.2
