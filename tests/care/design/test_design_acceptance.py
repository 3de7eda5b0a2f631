"""A proposal becomes a program only where each of its lines was typed again, exactly."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from design_cases import case, morphine
from hypothesis import given
from hypothesis import strategies as st

from thecal.care.design.acceptance import accept
from thecal.care.design.plain import design_plainly
from thecal.care.design.proposal import Proposal
from thecal.errors import AcceptanceError
from thecal.therapy.file_writer import write_quantity
from thecal.units import parse_quantity

FLEX = design_plainly(case()).proposals[-1]
WITH_BOLUS = design_plainly(case(morphine(), wants_bolus=True)).proposals[-1]
proposals = st.sampled_from([FLEX, WITH_BOLUS])


def typed(proposal: Proposal) -> list[str]:
    """Return the figures of a proposal as somebody would type them."""
    return [line.text for line in proposal.lines()]


@pytest.mark.parametrize("proposal", [FLEX, WITH_BOLUS])
def test_every_line_typed_again_gives_the_program(proposal: Proposal) -> None:
    assert accept(proposal, proposal.id, typed(proposal)) == proposal.program


@pytest.mark.parametrize("proposal", [FLEX, WITH_BOLUS])
def test_every_line_copied_as_shown_gives_the_program(proposal: Proposal) -> None:
    shown = [line.shown() for line in proposal.lines()]
    assert accept(proposal, proposal.id, shown) == proposal.program


def test_a_figure_in_another_unit_is_the_same_figure() -> None:
    lines = typed(WITH_BOLUS)
    place = next(i for i, line in enumerate(WITH_BOLUS.lines()) if line.label == "background")
    dose = WITH_BOLUS.program.daily_dose
    assert dose is not None
    lines[place] = write_quantity(dose, "ug/d")
    assert lines[place].endswith("ug/d")
    assert accept(WITH_BOLUS, WITH_BOLUS.id, lines) == WITH_BOLUS.program


@given(data=st.data(), proposal=proposals)
def test_any_changed_figure_is_refused(data: st.DataObject, proposal: Proposal) -> None:
    lines = typed(proposal)
    place = data.draw(st.integers(0, len(lines) - 1))
    line = proposal.lines()[place]
    if line.kind is None:
        lines[place] += data.draw(st.sampled_from(["x", "0", " 1"]))
    else:
        number, unit = line.text.split(" ")
        off = data.draw(st.integers(1, 10**6)) * Fraction(1, 10**6)
        other = Fraction(number) + off
        lines[place] = f"{float(other):.6f} {unit}"
        assert parse_quantity(lines[place], line.kind) != parse_quantity(line.text, line.kind)
    with pytest.raises(AcceptanceError, match=f"line {place + 1} differs"):
        accept(proposal, proposal.id, lines)


@given(data=st.data(), proposal=proposals)
def test_a_line_too_few_or_too_many_or_swapped_is_refused(
    data: st.DataObject, proposal: Proposal
) -> None:
    lines = typed(proposal)
    place = data.draw(st.integers(0, len(lines) - 1))
    missing = [*lines[:place], *lines[place + 1 :]]
    doubled = [*lines[: place + 1], *lines[place:]]
    for wrong in (missing, doubled, []):
        with pytest.raises(AcceptanceError, match="lines"):
            accept(proposal, proposal.id, wrong)


@pytest.mark.parametrize("answer", ["yes", "all", "", "ok", "accept", "0", "150", "baclofen: yes"])
def test_nothing_stands_for_a_figure_but_the_figure(answer: str) -> None:
    lines = typed(FLEX)
    place = next(i for i, line in enumerate(FLEX.lines()) if line.label == "background")
    lines[place] = answer
    with pytest.raises(AcceptanceError, match="differs"):
        accept(FLEX, FLEX.id, lines)


def test_the_label_of_another_line_does_not_lend_its_figure() -> None:
    lines = typed(FLEX)
    place = next(i for i, line in enumerate(FLEX.lines()) if line.label == "step 1 dose")
    lines[place] = f"step 2 dose: {FLEX.lines()[place].text}"
    with pytest.raises(AcceptanceError, match="differs"):
        accept(FLEX, FLEX.id, lines)


def test_the_id_of_another_proposal_is_refused() -> None:
    with pytest.raises(AcceptanceError, match="id"):
        accept(FLEX, WITH_BOLUS.id, typed(FLEX))


def test_another_figure_makes_another_id() -> None:
    program = FLEX.program
    assert program.daily_dose is not None
    more = replace(program, daily_dose=program.daily_dose.scaled(Fraction(1001, 1000)))
    assert Proposal("flex", more).id != FLEX.id
    step = replace(program.steps[0], duration=program.steps[0].duration.scaled(2))
    assert Proposal("flex", replace(program, steps=(step, *program.steps[1:]))).id != FLEX.id
