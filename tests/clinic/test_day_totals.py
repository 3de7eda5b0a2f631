"""Each day's total that a second person reckons: of every drug, from order and solution alone."""

from __future__ import annotations

import dataclasses

import pytest
from clinic_pumps import chart_of
from clinic_world import PASSWORD
from django.urls import reverse

from thecal.clinic.access.second import digest_of, is_given, request_draft, requests_open
from thecal.clinic.ledger.log import write
from thecal.clinic.models import Role
from thecal.clinic.programs.day_totals import day_totals
from thecal.pharmacy import Mixture
from thecal.program.program import STOPPED, InfusionProgram, Mode, Step, write_program
from thecal.program.quantise import DeliveryGrid
from thecal.units import Concentration, Duration, Mass, MassRate

GRID = DeliveryGrid(None, None)
SOLUTION = Mixture.of(
    {
        "morphine": Concentration.of("10", "mg/mL"),
        "bupivacaine": Concentration.of("20", "mg/mL"),
        "clonidine": Concentration.of("70", "ug/mL"),
    }
)
BACKGROUND = InfusionProgram(Mode.CONTINUOUS, "morphine", MassRate.of("1.5", "mg/d"))
NIGHT = Step(frozenset(range(7)), Duration.of("22", "h"), Duration.of("8", "h"), Mass.of("1", "mg"))


def totals(program: InfusionProgram) -> dict[str, str]:
    return {one.key: one.value for one in day_totals(write_program(program, SOLUTION, GRID))}


@pytest.mark.req("K8")
def test_what_flows_of_each_other_drug_is_reckoned() -> None:
    """1.5 mg of 10 mg/mL are 0.15 mL: 3 mg of 20 mg/mL, 10.5 mcg of 70 mcg/mL."""
    assert totals(BACKGROUND) == {"total_bupivacaine": "3 mg/d", "total_clonidine": "10.5 ug/d"}


@pytest.mark.req("K8")
def test_with_steps_the_primary_drug_is_reckoned_too() -> None:
    """16 h of 1.5 mg a day are 1 mg, and the step gives 1 mg: 2 mg, 4 mg, 14 mcg."""
    stepped = dataclasses.replace(BACKGROUND, mode=Mode.FLEX, steps=(NIGHT,))
    assert totals(stepped) == {
        "total_bupivacaine": "4 mg/d",
        "total_clonidine": "14 ug/d",
        "total_morphine": "2 mg/d",
    }
    (first, *_) = day_totals(write_program(stepped, SOLUTION, GRID))
    assert "the fullest 24 hours with steps, without boluses, to 3 figures" in first.label


def test_a_stopped_pump_has_no_total_and_none_is_made_up() -> None:
    assert day_totals(write_program(STOPPED, SOLUTION, GRID)) == []
    assert day_totals(None) == []


@pytest.mark.req("K8")
@pytest.mark.parametrize(
    ("typed", "agrees"),
    [("3.33", True), ("3.333", True), ("3.3333", True), ("3.3", False), ("3.34", False)],
)
def test_a_total_agrees_to_its_figures_and_no_fewer(world, typed: str, agrees: bool) -> None:
    """1.5 mg a day of 9 mg/mL morphine with 20 mg/mL bupivacaine: 3.333… mg."""
    odd = Mixture.of(
        {
            "morphine": Concentration.of("9", "mg/mL"),
            "bupivacaine": Concentration.of("20", "mg/mL"),
        }
    )
    (total,) = day_totals(write_program(BACKGROUND, odd, GRID))
    draft = request_draft("program", {"a": 1}, ["the label"], (total,), ["the drug is new"])
    seq = write(world.patient, world.author(), (draft,), expected=None)[-1].seq
    (asked,) = requests_open(chart_of(world.patient))
    assert asked.blind == (total,), "the figures are kept in the record"
    world.browser(Role.NURSE).post(
        reverse("check", args=[world.patient.pk, seq]),
        {"total_bupivacaine": typed, "password": PASSWORD},
    )
    given = is_given(chart_of(world.patient).entries, digest_of({"a": 1}))
    assert (given is not None) == agrees
