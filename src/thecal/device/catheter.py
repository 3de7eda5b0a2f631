"""Catheters: what was supplied, what was trimmed, and what volume is left inside the patient."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import final

from thecal.data import Fact, FactValue
from thecal.errors import EntryError
from thecal.units import Length, Volume, VolumePerLength

_PI = Fraction("3.14159265358979323846264338327950288")


@final
@dataclass(frozen=True, slots=True)
class CatheterModel:
    """A model of the catalogue.

    Attributes
    ----------
    supplied_length
        Length as delivered, all segments; None where the model has none on record.
    volume_per_length
        Volume of the lumen per centimetre; None where it is not known.
    port_volume
        What an access port under the skin and its needle hold; None where it has none.
    trim_end
        The end that is cut: `spinal` or `pump`; empty where it is not known.
    access
        How an external pump reaches it: `port` or `percutaneous catheter`; empty where no external
        pump does.
    """

    id: str
    name: str
    maker: str
    supplied_length: Fact[Length] | None = None
    volume_per_length: Fact[VolumePerLength] | None = None
    port_volume: Fact[Volume] | None = None
    trim_end: str = ""
    access: str = ""
    notes: str = ""
    facts: Mapping[str, Fact[FactValue]] = field(default_factory=dict, repr=False, compare=False)


@final
@dataclass(frozen=True, slots=True)
class ImplantedCatheter:
    """One catheter in one patient.

    Attributes
    ----------
    implanted_length
        Its length in the patient; None where it is not known.
    implanted_length_range
        Shortest and longest it may be, where only that is known.
    volume_per_length
        The figure in use; None where neither model nor clinic has one.
    """

    model: CatheterModel
    implanted_length: Length | None
    implanted_length_range: tuple[Length, Length] | None
    volume_per_length: VolumePerLength | None

    def volume(self) -> Volume | None:
        """Return the volume of lumen and port, or None where length or lumen is not known."""
        if self.implanted_length is None or self.volume_per_length is None:
            return None
        return self.implanted_length * self.volume_per_length + self.port_volume()

    def port_volume(self) -> Volume:
        """Return the volume of its access port and needle; nothing where it has none."""
        port = self.model.port_volume
        return Volume.zero() if port is None else port.value

    def volume_range(self) -> tuple[Volume, Volume] | None:
        """Return smallest and largest possible volume, both the same where the length is known."""
        if self.volume_per_length is None:
            return None
        volume = self.volume()
        if volume is not None:
            return volume, volume
        if self.implanted_length_range is None:
            return None
        shortest, longest = self.implanted_length_range
        port = self.port_volume()
        return (
            shortest * self.volume_per_length + port,
            longest * self.volume_per_length + port,
        )


def implant_catheter(
    model: CatheterModel,
    *,
    supplied_length: Length | None = None,
    trimmed_length: Length | None = None,
    implanted_length: Length | None = None,
    implanted_length_range: tuple[Length, Length] | None = None,
    volume_per_length: VolumePerLength | None = None,
) -> ImplantedCatheter:
    """Return the implanted catheter: supplied less trimmed, or the length or range as given.

    Nothing given leaves the length unknown; a supplied length alone says nothing about what was cut
    off, so it leaves it unknown too.

    Raises
    ------
    EntryError
        If nothing is left after trimming, if the entries contradict each other, or if a figure is
        missing that neither the model nor the entry gives.

    Notes
    -----
    The rule is the Prometra manual's (facts devices.md S46b).
    """
    _refuse_contradiction(trimmed_length, implanted_length, implanted_length_range)
    length = implanted_length
    if trimmed_length is not None:
        length = _after_trimming(model, supplied_length, trimmed_length, implanted_length)
    elif length is not None and supplied_length is not None and length > supplied_length:
        raise EntryError(
            "the implanted length is above the supplied one",
            remedy="correct one of the two",
            place="implanted_length",
        )
    if length is not None and length <= Length.zero():
        raise EntryError("the implanted length is not above zero", place="implanted_length")
    own = model.volume_per_length
    lumen = volume_per_length or (None if own is None else own.value)
    known = length is not None or implanted_length_range is not None
    if lumen is None and known:
        raise EntryError(
            f"{model.name} has no volume per length on record",
            remedy='give volume_per_length, as in "0.0022 mL/cm"',
            place="volume_per_length",
        )
    return ImplantedCatheter(model, length, implanted_length_range, lumen)


def bore_volume_per_length(inner_diameter: Length) -> VolumePerLength:
    """Return the volume per centimetre of a round lumen, pi taken to 35 digits."""
    radius = inner_diameter.in_unit("cm") / 2
    return VolumePerLength.of(_PI * radius * radius, "mL/cm")


def _refuse_contradiction(
    trimmed: Length | None, implanted: Length | None, span: tuple[Length, Length] | None
) -> None:
    if span is None:
        return
    if trimmed is not None or implanted is not None:
        raise EntryError(
            "a length range stands beside a known length",
            remedy="give implanted_length_range, or the length alone",
            place="implanted_length_range",
        )
    if span[0] > span[1] or span[0] <= Length.zero():
        raise EntryError(
            "the range does not run from a shorter to a longer length",
            remedy='write it as in ["40 cm", "90 cm"]',
            place="implanted_length_range",
        )


def _after_trimming(
    model: CatheterModel, given: Length | None, trimmed: Length, implanted: Length | None
) -> Length:
    supplied = given
    if supplied is None and model.supplied_length is not None:
        supplied = model.supplied_length.value
    if supplied is None:
        raise EntryError(
            f"{model.name} has no supplied length on record",
            remedy="give supplied_length beside trimmed_length, or implanted_length",
            place="supplied_length",
        )
    if trimmed >= supplied:
        raise EntryError(
            "the trimmed length is not below the supplied one",
            why="nothing would be implanted",
            remedy="correct trimmed_length or supplied_length",
            place="trimmed_length",
        )
    left = supplied - trimmed
    if implanted is not None and implanted != left:
        raise EntryError(
            "the implanted length is not the supplied less the trimmed one",
            remedy="give implanted_length, or trimmed_length, not both",
            place="implanted_length",
        )
    return left
