"""What a pump can give of a daily dose, and the concentration that would let it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.care.titration.deliverable import Line
from thecal.device import pump_model
from thecal.units import Concentration, MassRate

PUMP = pump_model("synchromed-ii-20")
UNDILUTED = Line(PUMP, Concentration.of("25", "ug/mL"))


@pytest.mark.inventory("T13", "T14")
def test_half_a_microgram_of_ziconotide_needs_at_most_10_4_micrograms_per_millilitre() -> None:
    assert UNDILUTED.deliver(MassRate.of("1.2", "ug/d")).problem == ""
    problem = UNDILUTED.deliver(MassRate.of("0.5", "ug/d")).problem
    assert "at most" in problem
    assert "10.4 mcg/mL" in problem.replace("\N{NO-BREAK SPACE}", " ")


@given(hundredths=st.integers(1, 119))
def test_the_concentration_that_is_named_can_itself_be_run(hundredths: int) -> None:
    dose = MassRate.of(f"{hundredths / 100:.2f}", "ug/d")
    problem = UNDILUTED.deliver(dose).problem.replace("\N{NO-BREAK SPACE}", " ")
    named = re.search(r"\(([0-9.]+) mcg/mL\)", problem)
    assert named is not None
    assert Line(PUMP, Concentration.of(named[1], "ug/mL")).deliver(dose).problem == ""
