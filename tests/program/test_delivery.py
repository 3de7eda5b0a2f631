"""The delivery value: what the pump writes and everything above reads."""

from __future__ import annotations

from fractions import Fraction

import pytest

from thecal.pharmacy import Mixture
from thecal.program.delivery import Delivery, Purpose
from thecal.units import Concentration, Mass, Volume


def test_the_purposes_are_those_of_the_contract() -> None:
    assert {purpose.value for purpose in Purpose} == {
        "therapy",
        "patient_bolus",
        "clinician_bolus",
        "prime",
        "bridge",
        "purge",
        "fault",
    }


def test_a_delivery_holds_each_drug_by_its_concentration_and_is_a_value() -> None:
    mixture = Mixture.of({"morphine": Concentration.of(10, "mg/mL")})
    row = Delivery(Fraction(0), Fraction(60), Purpose.THERAPY, Volume.of("0.1", "mL"), mixture)
    assert row.mass_of("morphine") == Mass.of(1, "mg")
    assert row.mass_of("baclofen") == Mass.zero()
    with pytest.raises(AttributeError):
        row.volume = Volume.zero()
