"""The primary drug's dose sets the flow and every other drug follows by its concentration."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.errors import UnknownIdError
from thecal.pharmacy import Mixture, doses_at_flow, flow_for_dose
from thecal.units import Concentration, MassRate, VolumeRate

positive = st.fractions(min_value=Fraction(1, 1000), max_value=1000, max_denominator=1000)


def test_b14_the_second_drug_follows_by_concentration() -> None:
    mixture = Mixture.of(
        {
            "morphine": Concentration.of(10, "mg/mL"),
            "bupivacaine": Concentration.of(5, "mg/mL"),
        }
    )
    flow = flow_for_dose(mixture, "morphine", MassRate.of(4, "mg/d"))
    assert flow == VolumeRate.of("0.4", "mL/d")
    assert doses_at_flow(mixture, flow) == {
        "morphine": MassRate.of(4, "mg/d"),
        "bupivacaine": MassRate.of(2, "mg/d"),
    }


def test_a_primary_that_the_mixture_lacks_is_refused() -> None:
    mixture = Mixture.of({"morphine": Concentration.of(10, "mg/mL")})
    with pytest.raises(UnknownIdError, match="clonidine"):
        flow_for_dose(mixture, "clonidine", MassRate.of(4, "mg/d"))


@given(dose=positive, first=positive, second=positive)
def test_doses_keep_the_proportion_of_the_concentrations(
    dose: Fraction, first: Fraction, second: Fraction
) -> None:
    mixture = Mixture.of(
        {
            "morphine": Concentration.of(first, "mg/mL"),
            "clonidine": Concentration.of(second, "ug/mL"),
        }
    )
    ordered = MassRate.of(dose, "mg/d")
    doses = doses_at_flow(mixture, flow_for_dose(mixture, "morphine", ordered))
    assert doses["morphine"] == ordered
    assert doses["clonidine"].ratio(ordered) == mixture["clonidine"].ratio(mixture["morphine"])
