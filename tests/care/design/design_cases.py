"""Cases for the design rules, built in a few words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction

from thecal.care.design.bounds import Bounds
from thecal.care.design.case import DesignCase, Running, Score
from thecal.device import pump_model
from thecal.pharmacy import Mixture
from thecal.safety.situation import PatientFacts
from thecal.units import Concentration, MassRate

SPASTIC = PatientFacts(37, "spasticity", None, "spinal", None)
TOLERANT = PatientFacts(60, "pain", "non-cancer", None, opioid_tolerant=True)
NAIVE = PatientFacts(60, "pain", "non-cancer", None, opioid_tolerant=False)
FIRST_DAY = date(2026, 3, 2)  # a Monday
NIGHT = {0: 7, 3: 8, 6: 5, 9: 3, 12: 3, 15: 3, 18: 4, 21: 6}


def rate(number: object, unit: str) -> MassRate:
    """Return a mass rate."""
    return MassRate.of(Fraction(str(number)), unit)


def baclofen(
    model: str = "synchromed-ii-20", daily: str = "150", strength: str = "2000"
) -> Running:
    """Return baclofen running for an adult with spasticity of spinal origin; micrograms."""
    mixture = Mixture.of({"baclofen": Concentration.of(Fraction(strength), "ug/mL")})
    return Running(pump_model(model), SPASTIC, "baclofen", mixture, rate(daily, "ug/d"))


def morphine(
    model: str = "synchromed-ii-40",
    daily: str = "2",
    patient: PatientFacts = TOLERANT,
    **others: str,
) -> Running:
    """Return morphine 5 mg/mL running, with other drugs in mg/mL."""
    strengths = {"morphine": "5", **others}
    mixture = Mixture.of(
        {name: Concentration.of(Fraction(one), "mg/mL") for name, one in strengths.items()}
    )
    return Running(pump_model(model), patient, "morphine", mixture, rate(daily, "mg/d"))


def diary(
    by_hour: Mapping[int, int] = NIGHT, days: int = 5, scatter: Sequence[int] = (0, 1, 0, -1, 0)
) -> tuple[Score, ...]:
    """Return scores at hours of the day, repeated with a scatter from day to day."""
    return tuple(
        Score(
            FIRST_DAY + timedelta(days=day),
            hour * 3600 + 1800,
            Fraction(value + scatter[day % len(scatter)]),
        )
        for day in range(days)
        for hour, value in by_hour.items()
    )


def case(running: Running | None = None, **more: object) -> DesignCase:
    """Return a case of baclofen with symptoms at night."""
    values: dict[str, object] = {"scale": "nrs", "scores": diary()}
    return DesignCase(running=running or baclofen(), **{**values, **more})


def bounds(
    total: str = "150", lowest: str = "4", highest: str = "12", steps: int | None = 13
) -> Bounds:
    """Return limits in micrograms a day, and an hour."""
    low, high = rate(lowest, "ug/h"), rate(highest, "ug/h")
    return Bounds(rate(total, "ug/d"), low, high, steps, ())
