"""Figures of a rule by subject: default first, every answer kept, a missing row said by name."""

from __future__ import annotations

from fractions import Fraction

import pytest

from thecal.care.dose_words import dose_amount, dose_text
from thecal.care.figures import Figures
from thecal.errors import DataError
from thecal.units import MassRate

TABLE = Figures("cessation")


def test_the_default_goes_first_and_every_answer_stays() -> None:
    assert TABLE.get("opioid", "wean-fraction", Fraction).value == Fraction("0.2")
    values = [one.value for one in TABLE.every("opioid", "wean-fraction")]
    assert values == [Fraction("0.2"), Fraction("0.25"), Fraction("0.1")]
    shown = TABLE.disagreement("How much?", "opioid", "wean-fraction")
    assert [one.fact.value for one in shown.answers] == values
    assert "fast" in shown.answers[0].what


def test_a_row_that_is_not_there_is_named() -> None:
    assert not TABLE.has("opioid", "taper-days")
    with pytest.raises(DataError, match=r"cessation\.csv has no opioid taper-days"):
        TABLE.every("opioid", "taper-days")
    with pytest.raises(DataError):
        TABLE.get("opioid", "wean-fraction", str)


@pytest.mark.inventory("W33")
def test_a_dose_is_told_in_both_units_of_mass() -> None:
    text = dose_text("morphine", MassRate.of("2", "mg/d")).replace("\u00a0", " ")
    assert text == "2 mg (2,000 mcg) a day"
    assert dose_amount("baclofen", MassRate.of("90", "ug/d")).unit == "ug/d"
