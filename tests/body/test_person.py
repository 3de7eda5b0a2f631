"""Height, weight and age scale the body; what is not given is not guessed in silence."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.body.person import Person, scaling_of
from thecal.errors import UsageError

REFERENCE = Person(age=40.0, sex="male", weight=25.0 * 1.7**2, height=170.0)


def test_the_reference_person_is_the_reference_body() -> None:
    scaling = scaling_of(REFERENCE)
    assert scaling.length == 1.0
    assert scaling.sac_csf == pytest.approx(1.0)
    assert scaling.dispersion == 1.0
    assert scaling.notes == ()


def test_the_canal_grows_with_height() -> None:
    assert scaling_of(Person(height=187.0)).length == pytest.approx(1.1)


def test_the_obese_have_less_fluid_in_the_sac() -> None:
    """Hogan 1996: 42.9 mL in the obese and 53.5 mL in others."""
    slim = scaling_of(Person(weight=65.0, height=170.0)).sac_csf
    obese = scaling_of(Person(weight=115.0, height=170.0)).sac_csf
    assert obese < 1.0 < slim
    assert obese / slim == pytest.approx(math.exp(-0.0126 * 50.0 / 1.7**2))
    assert obese / slim == pytest.approx(42.9 / 53.5, abs=0.05)


def test_dispersion_falls_with_the_square_of_the_stroke_volume_in_old_age() -> None:
    assert scaling_of(Person(age=30.0)).dispersion == 1.0
    assert scaling_of(Person(age=50.0)).dispersion == 1.0
    assert scaling_of(Person(age=75.0)).dispersion == pytest.approx(0.9**2)


def test_plasma_scales_with_weight() -> None:
    scaling = scaling_of(Person(weight=35.0))
    assert scaling.plasma_volume == pytest.approx(0.5)
    assert scaling.plasma_clearance == pytest.approx(0.5**0.75)


def test_nothing_given_is_the_reference_body_and_says_four_times_so() -> None:
    scaling = scaling_of(Person())
    figures = (scaling.length, scaling.sac_csf, scaling.dispersion)
    assert figures == (1.0, 1.0, 1.0)
    assert (scaling.plasma_volume, scaling.plasma_clearance) == (1.0, 1.0)
    for what in ("sac volume", "plasma", "height is not given:", "dispersion"):
        assert sum(what in note for note in scaling.notes) == 1, what


@pytest.mark.parametrize(("sex", "height"), [("female", 164.0), ("male", 177.0)])
def test_an_adult_without_height_has_the_mean_of_the_sex_and_is_told(
    sex: str, height: float
) -> None:
    scaling = scaling_of(Person(age=60.0, sex=sex))
    assert scaling.length == pytest.approx(height / 170.0)
    assert any(f"mean of a {sex} adult" in note for note in scaling.notes)


def test_a_child_without_height_is_refused() -> None:
    with pytest.raises(UsageError, match="height"):
        scaling_of(Person(age=8.0, sex="male"))
    assert scaling_of(Person(age=8.0, height=128.0)).length == pytest.approx(128 / 170)


@given(
    known=st.fixed_dictionaries(
        {},
        optional={
            "age": st.floats(18.0, 100.0),
            "weight": st.floats(5.0, 250.0),
            "height": st.floats(60.0, 220.0),
        },
    )
)
def test_only_what_is_not_given_is_named(known: dict[str, float]) -> None:
    notes = " ".join(scaling_of(Person(**known)).notes)
    assert ("age is not given" in notes) == ("age" not in known)
    assert ("plasma not scaled" in notes) == ("weight" not in known)
    assert ("height is not given:" in notes) == ("height" not in known)
    assert ("weight or height" in notes) == (not {"weight", "height"} <= set(known))


@pytest.mark.parametrize("value", [0.0, -1.0, math.nan])
@pytest.mark.parametrize("name", ["age", "weight", "height"])
def test_what_is_no_measure_of_a_person_is_refused(name: str, value: float) -> None:
    with pytest.raises(UsageError, match=name):
        Person(**{name: value})
