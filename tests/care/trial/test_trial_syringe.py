"""The syringe of a trial dose is recomputed: a wrong dilution is seen before it is given."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.care.trial.facts import figure
from thecal.care.trial.syringe import Syringe, check_syringe, read_syringe
from thecal.errors import BadFileError
from thecal.safety.finding import Severity
from thecal.therapy.table import Table
from thecal.units import Concentration, Mass, Volume

DOSE = Mass.of(50, "ug")


def syringe(stock: str, drawn: str, made: str, injected: str) -> Syringe:
    values = {"drawn": f"{drawn} mL", "made": f"{made} mL", "injected": f"{injected} mL"}
    return read_syringe(Table({"stock": stock, **values}, "syringe"))


def severities(one: Syringe, dose: Mass = DOSE) -> list[Severity]:
    return [found.severity for found in check_syringe("baclofen", dose, one)]


@pytest.mark.req("K24")
@pytest.mark.inventory("E19")
@pytest.mark.parametrize(
    ("stock", "drawn", "made", "injected"),
    [
        ("500 ug/mL", "1", "1", "1"),  # not diluted at all: tenfold
        ("50 ug/mL", "1", "10", "1"),  # diluted once too often: a tenth
        ("2 mg/mL", "1", "10", "1"),  # another ampoule than was thought
        ("50 ug/mL", "3", "3", "3"),  # three times the dose
        ("50 ug/mL", "1", "1", "0.9"),
    ],
)
def test_a_syringe_that_holds_another_dose_is_refused(stock, drawn, made, injected) -> None:
    assert severities(syringe(stock, drawn, made, injected)) == [Severity.HARD]


@pytest.mark.req("K24")
@pytest.mark.parametrize(
    ("stock", "drawn", "made", "injected"),
    [
        ("50 ug/mL", "1", "1", "1"),
        ("500 ug/mL", "1", "10", "1"),
        ("500 ug/mL", "0.5", "5", "1"),
        ("2 mg/mL", "1", "20", "0.5"),
        ("50 ug/mL", "1", "1", "0.99"),  # within what the marks of a syringe forgive
    ],
)
def test_a_syringe_that_holds_the_dose_passes(stock, drawn, made, injected) -> None:
    assert severities(syringe(stock, drawn, made, injected)) == []


def test_what_cannot_be_measured_asks_and_says_how_it_can_be() -> None:
    (found,) = check_syringe("baclofen", DOSE, syringe("2 mg/mL", "0.025", "1", "1"))
    assert found.severity is Severity.SOFT
    assert "cannot be measured by hand" in found.message
    assert "then draw" in found.message


def test_the_refusal_says_how_many_times_and_what_would_pass() -> None:
    (found,) = check_syringe("baclofen", DOSE, syringe("500 ug/mL", "1", "1", "1"))
    assert "10 times the dose" in found.message
    assert "draw" in str(found.suggestion)


def test_a_stock_that_is_too_weak_has_no_recipe() -> None:
    (found,) = check_syringe("baclofen", DOSE, syringe("10 ug/mL", "1", "1", "1"))
    assert found.suggestion == "the stock is too weak for this volume"


def test_a_volume_too_small_for_what_can_be_measured_is_said() -> None:
    (found,) = check_syringe(
        "baclofen", Mass.of("0.01", "ug"), syringe("1 ug/mL", "0.1", "0.1", "0.01")
    )
    assert "does not fit into the volume" in found.message


@pytest.mark.parametrize(
    ("drawn", "made", "injected", "key"), [("2", "1", "1", "drawn"), ("1", "1", "2", "injected")]
)
def test_volumes_that_cannot_be_are_refused(drawn, made, injected, key) -> None:
    with pytest.raises(BadFileError) as caught:
        syringe("50 ug/mL", drawn, made, injected)
    assert caught.value.place.endswith(key)


@given(
    st.fractions(min_value=1, max_value=500),
    st.fractions(min_value=Fraction(1, 10), max_value=10),
    st.fractions(min_value=1, max_value=20),
    st.fractions(min_value=Fraction(1, 10), max_value=1),
    st.fractions(min_value=Fraction(1, 20), max_value=20),
)
def test_it_refuses_exactly_what_is_beyond_the_tolerance(
    strength, drawn, times, part, factor
) -> None:
    stock, taken = Concentration.of(strength, "ug/mL"), Volume.of(drawn, "mL")
    made = taken.scaled(times)
    one = Syringe(stock, taken, made, made.scaled(part))
    ordered = one.mass.scaled(1 / factor)
    beyond = abs(factor - 1) > figure("syringe", "tolerance", Fraction).value
    assert (Severity.HARD in severities(one, ordered)) is beyond
