"""Catheters: implanted is supplied less trimmed, and the volume follows."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.device import (
    bore_volume_per_length,
    catheter_model,
    catheter_models,
    implant_catheter,
)
from thecal.errors import EntryError, UnknownIdError
from thecal.units import Length, Volume, VolumePerLength

REQUIRED = {
    *("ascenda-8780", "ascenda-8781", "indura-8709sc", "indura-8731sc", "prometra-11823"),
    *("surestream", "codman-60-2914", "custom"),
}
lengths = st.fractions(min_value=Fraction(1, 100), max_value=200, max_denominator=1000).map(
    lambda n: Length.of(n, "cm")
)


def cm(number: str) -> Length:
    return Length.of(number, "cm")


def test_the_catalogue_holds_every_catheter() -> None:
    assert {model.id for model in catheter_models()} >= REQUIRED


@pytest.mark.parametrize(
    ("trimmed", "length", "volume"),
    [("40", "70", "0.182"), ("0", "110", "0.286"), ("25", "85", "0.221"), ("45", "65", "0.169")],
)
@pytest.mark.inventory("S2.6")
def test_a1_prometra_catheter(trimmed: str, length: str, volume: str) -> None:
    catheter = implant_catheter(catheter_model("prometra-11823"), trimmed_length=cm(trimmed))
    assert catheter.implanted_length == cm(length)
    assert catheter.volume() == Volume.of(volume, "mL")


def test_ascenda_of_the_worked_examples_rests_on_a_recalled_volume_per_length() -> None:
    model = catheter_model("ascenda-8780")
    catheter = implant_catheter(model, trimmed_length=cm("38"))
    assert catheter.implanted_length == cm("76")
    assert catheter.volume() == Volume.of("0.1672", "mL")
    assert model.volume_per_length
    assert model.volume_per_length.recalled


def test_a8_volume_from_the_bore() -> None:
    lumen = bore_volume_per_length(cm("0.08"))
    catheter = implant_catheter(
        catheter_model("custom"),
        supplied_length=cm("43"),
        trimmed_length=cm("11"),
        volume_per_length=lumen,
    )
    volume = catheter.volume()
    assert catheter.implanted_length == cm("32")
    assert volume is not None
    assert round(volume.in_unit("mL"), 3) == Fraction("0.161")


def test_the_medtronic_bore_agrees_with_its_volume_per_length() -> None:
    assert round(bore_volume_per_length(cm("0.053")).in_unit("mL/cm"), 6) == Fraction("0.002206")


def test_a_trimmed_length_not_below_the_supplied_one_is_refused() -> None:
    with pytest.raises(EntryError, match="trimmed length is not below"):
        implant_catheter(catheter_model("ascenda-8780"), trimmed_length=cm("114"))


def test_a_trim_without_a_supplied_length_says_what_to_give() -> None:
    with pytest.raises(EntryError, match="give supplied_length"):
        implant_catheter(catheter_model("surestream"), trimmed_length=cm("10"))


def test_a_length_without_a_volume_per_length_says_what_to_give() -> None:
    with pytest.raises(EntryError, match="give volume_per_length"):
        implant_catheter(catheter_model("custom"), implanted_length=cm("70"))


def test_contradictory_lengths_are_refused() -> None:
    model = catheter_model("ascenda-8780")
    with pytest.raises(EntryError, match="not the supplied less the trimmed"):
        implant_catheter(model, trimmed_length=cm("38"), implanted_length=cm("80"))
    with pytest.raises(EntryError, match="range stands beside"):
        implant_catheter(
            model, implanted_length=cm("80"), implanted_length_range=(cm("40"), cm("90"))
        )
    with pytest.raises(EntryError, match="shorter to a longer"):
        implant_catheter(model, implanted_length_range=(cm("90"), cm("40")))
    with pytest.raises(EntryError, match="above the supplied"):
        implant_catheter(model, supplied_length=cm("80"), implanted_length=cm("90"))


def test_agreeing_lengths_are_accepted() -> None:
    model = catheter_model("ascenda-8780")
    catheter = implant_catheter(model, trimmed_length=cm("38"), implanted_length=cm("76"))
    assert catheter.implanted_length == cm("76")


def test_a_range_gives_both_ends() -> None:
    catheter = implant_catheter(
        catheter_model("ascenda-8780"), implanted_length_range=(cm("40"), cm("90"))
    )
    assert catheter.volume() is None
    assert catheter.volume_range() == (Volume.of("0.088", "mL"), Volume.of("0.198", "mL"))


def test_nothing_given_leaves_the_length_unknown() -> None:
    catheter = implant_catheter(catheter_model("ascenda-8780"))
    assert catheter.implanted_length is None
    assert catheter.volume() is None
    assert catheter.volume_range() is None


def test_a_catheter_that_is_not_there_names_the_nearest() -> None:
    with pytest.raises(UnknownIdError, match="ascenda-8780"):
        catheter_model("ascenda-878")


@given(supplied=lengths, trimmed=lengths)
def test_implanted_and_trimmed_make_up_what_was_supplied(supplied: Length, trimmed: Length) -> None:
    model = catheter_model("custom")
    lumen = VolumePerLength.of("0.0022", "mL/cm")
    if trimmed >= supplied:
        with pytest.raises(EntryError):
            implant_catheter(
                model,
                supplied_length=supplied,
                trimmed_length=trimmed,
                volume_per_length=lumen,
            )
        return
    catheter = implant_catheter(
        model, supplied_length=supplied, trimmed_length=trimmed, volume_per_length=lumen
    )
    volume = catheter.volume()
    assert volume is not None
    assert volume + trimmed * lumen == supplied * lumen
    assert catheter.volume_range() == (volume, volume)
