"""The arithmetic of prime and bridge: facts/devices.md 6.2, B1 to B8.

0.0022 mL/cm (hence the 0.1672 mL) and the bridge's tubing volume of 0.14 mL are recalled figures.
"""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.program.prime_bridge import PrimeKind, plan_bridge, prime_volume, without_bridge
from thecal.units import Concentration, MassRate, Volume, VolumeRate

LINE = Volume.of("0.3072", "mL")


def concentration(text: str) -> Concentration:
    return Concentration.of(*text.split(" "))


def rate(text: str) -> MassRate:
    return MassRate.of(*text.split(" "))


@pytest.mark.parametrize(
    ("volume", "dose", "old", "a_day", "hours", "mass"),
    [
        ("0.3072", "200 ug/d", "500 ug/mL", "0.4", "18.432", "153.6"),
        ("0.3072", "400 ug/d", "2000 ug/mL", "0.2", "36.864", "614.4"),
        ("0.3662", "200 ug/d", "500 ug/mL", "0.4", "21.972", "183.1"),
        ("0.34", "2 mg/d", "10 mg/mL", "0.2", "40.8", "3400"),
    ],
    ids=["B1", "B3", "B5", "B6"],
)
def test_the_worked_bridges(
    volume: str, dose: str, old: str, a_day: str, hours: str, mass: str
) -> None:
    bridge = plan_bridge(Volume.of(volume, "mL"), rate(dose), concentration(old))
    assert bridge.rate == VolumeRate.of(a_day, "mL/d")
    assert bridge.duration.in_unit("h") == Fraction(hours)
    assert bridge.dose.in_unit("ug") == Fraction(mass)


@pytest.mark.parametrize(
    ("dose", "old", "new", "a_day", "hours"),
    [
        ("200 ug/d", "500 ug/mL", "2000 ug/mL", 50, "73.728"),
        ("400 ug/d", "2000 ug/mL", "500 ug/mL", 1600, "9.216"),
    ],
    ids=["B2", "B4"],
)
def test_the_worked_cases_without_a_bridge(
    dose: str, old: str, new: str, a_day: int, hours: str
) -> None:
    found = without_bridge(LINE, rate(dose), concentration(old), concentration(new))
    assert found.daily_dose == MassRate.of(a_day, "ug/d")
    assert found.duration.in_unit("h") == Fraction(hours)


def test_the_volume_of_each_prime() -> None:
    tubing, catheter = Volume.of("0.14", "mL"), Volume.of("0.1672", "mL")

    def needed(kind: PrimeKind) -> Volume:
        return prime_volume(kind, tubing=tubing, catheter=catheter)

    assert needed(PrimeKind.FULL) == LINE
    assert needed(PrimeKind.CATHETER) == catheter
    assert needed(PrimeKind.BACK_TABLE) == tubing
    # B7: at 1 mL/h.
    assert (needed(PrimeKind.FULL) / VolumeRate.of(1, "mL/h")).in_unit("min") == Fraction("18.432")
    assert (tubing / VolumeRate.of(1, "mL/h")).in_unit("min") == Fraction("8.4")


@pytest.mark.parametrize(
    ("level", "mass"),
    [("500 ug/mL", "29.5"), ("2000 ug/mL", "118"), ("10 mg/mL", "590"), ("25 mg/mL", "1475")],
)
def test_what_0_059_ml_of_tubing_too_much_would_give(level: str, mass: str) -> None:
    """B8: 0.199 mL shown before the software correction instead of 0.140 mL."""
    excess = Volume.of("0.199", "mL") - Volume.of("0.14", "mL")
    assert (excess * concentration(level)).in_unit("ug") == Fraction(mass)


positive = st.fractions(Fraction(1, 1000), 1000, max_denominator=1000)


@given(volume=positive, dose=positive, old=positive, new=positive)
def test_a_bridge_gives_its_daily_dose_and_clears_its_volume(
    volume: Fraction, dose: Fraction, old: Fraction, new: Fraction
) -> None:
    line, order = Volume.of(volume, "mL"), MassRate.of(dose, "mg/d")
    before, after = Concentration.of(old, "mg/mL"), Concentration.of(new, "mg/mL")
    bridge = plan_bridge(line, order, before)
    assert bridge.rate * bridge.duration == line
    assert bridge.dose == order * bridge.duration
    assert bridge.dose == line * before
    unbridged = without_bridge(line, order, before, after)
    assert unbridged.daily_dose * unbridged.duration == bridge.dose
    assert unbridged.daily_dose.ratio(order) == old / new
