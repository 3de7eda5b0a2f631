"""What surroundings do to a pump: over-pressure, and the flow of a gas-driven one.

The gas model is a model, not a label: Q is proportional to (P_vapour - P_ambient - P_tip) over the
viscosity, at the same resistance (facts devices.md 1.6, pkpd.md 4.8). It stands in until a maker's
own coefficients are in the tables. A propellant of liquid and vapour keeps its pressure whatever
the fill level, and no figure for the bellows is on record: fill level changes nothing.
"""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction

from thecal.data import fact_of, rows
from thecal.device.pump import PumpModel
from thecal.errors import CannotComputeError, DataError
from thecal.units import Altitude, Temperature, Volume

_DIGITS = 28


def hyperbaric_permitted(
    model: PumpModel, pressure_ata: Fraction, reservoir_volume: Volume
) -> bool | None:
    """Return whether hyperbaric exposure is within the maker's reply, None where there is none.

    Permitted only at or below the pressure and with the reservoir within the margin of its maximum
    (facts devices.md S24, read conservatively).

    Parameters
    ----------
    pressure_ata
        Absolute pressure in atmospheres.
    reservoir_volume
        Computed volume in the reservoir.
    """
    if "hyperbaric" in model.facts:
        return False
    limit, margin = (
        model.facts.get("hyperbaric-pressure"),
        model.facts.get("hyperbaric-fill-margin"),
    )
    if limit is None or margin is None or model.capacity is None:
        return None
    nearly_full = model.capacity.value - margin.of_kind(Volume).value
    return pressure_ata <= limit.of_kind(Fraction).value and reservoir_volume >= nearly_full


def gas_pump_flow_change(
    *,
    propellant: str = "n-butane",
    temperature: Temperature | None = None,
    altitude: Altitude | None = None,
    depth: Altitude | None = None,
    tip_pressure_cm_water: Fraction = Fraction(0),
) -> Fraction:
    """Return the change of driving pressure against 37 degrees at sea level, as a fraction.

    Parameters
    ----------
    temperature
        Temperature of the pump; body temperature where it is None.
    altitude, depth
        Height above the sea, or depth under water.
    tip_pressure_cm_water
        Rise of the pressure at the catheter tip, in centimetres of water.

    Raises
    ------
    CannotComputeError
        If the propellant is unknown.
    """
    normal = _vapour_pressure(propellant, _body_temperature()) - _ambient(None, None)
    warm = _vapour_pressure(propellant, temperature or _body_temperature())
    tip = _figure("water", "pressure-per-metre") * tip_pressure_cm_water / 100
    return (warm - _ambient(altitude, depth) - tip) / normal - 1


def gas_pump_flow_ratio(
    *,
    propellant: str,
    temperature: Temperature | None = None,
    altitude: Altitude | None = None,
    depth: Altitude | None = None,
) -> Fraction:
    """Return the flow over the nominal one, rounded once to the decimals of the table.

    Driving pressure over the normal one, times the viscosity of water at body temperature over that
    at the pump's (pkpd.md 4.8). Without driving pressure nothing flows; that fluid could then be
    pushed back through the restrictor is not modelled.

    Parameters
    ----------
    propellant
        A subject of `environment.csv`.
    temperature
        Of the pump itself, not of the room; body temperature where it is None.
    altitude, depth
        Height above the sea, or depth under water.

    Raises
    ------
    CannotComputeError
        If the propellant is unknown.
    """
    change = gas_pump_flow_change(
        propellant=propellant, temperature=temperature, altitude=altitude, depth=depth
    )
    if change <= -1:
        return Fraction(0)
    ratio = (1 + change) * _fluidity(temperature or _body_temperature())
    return round(ratio, int(_figure("gas-pump", "flow-decimals")))


def _fluidity(temperature: Temperature) -> Fraction:
    """Return how much thinner water is than at body temperature."""
    exponent, offset = _figure("water", "viscosity-exponent"), _figure("water", "viscosity-offset")
    body, warm = (_kelvin(each) - offset for each in (_body_temperature(), temperature))
    return _power(Fraction(10), exponent / body - exponent / warm)


def _kelvin(temperature: Temperature) -> Fraction:
    return temperature.in_unit("Cel") + Fraction("273.15")


def _body_temperature() -> Temperature:
    for row in rows("environment"):
        if (row["subject"], row["parameter"]) == ("body", "temperature"):
            return fact_of(row).of_kind(Temperature).value
    raise DataError("environment.csv has no body temperature")


def _figure(subject: str, parameter: str) -> Fraction:
    for row in rows("environment"):
        if (row["subject"], row["parameter"]) == (subject, parameter):
            return fact_of(row).of_kind(Fraction).value
    raise CannotComputeError(
        f"nothing is known of the {parameter} of {subject}", remedy="add a row to environment.csv"
    )


def _vapour_pressure(propellant: str, temperature: Temperature) -> Fraction:
    """Return the vapour pressure in bar by Antoine's equation."""
    exponent = _figure(propellant, "antoine-a") - _figure(propellant, "antoine-b") / (
        _kelvin(temperature) - _figure(propellant, "antoine-c-subtracted")
    )
    return _power(Fraction(10), exponent)


def _ambient(altitude: Altitude | None, depth: Altitude | None) -> Fraction:
    """Return the absolute pressure outside the pump in bar."""
    pressure = _figure("atmosphere", "sea-level-pressure")
    if altitude is not None:
        cooling = _figure("atmosphere", "lapse-per-metre") * altitude.in_unit("m")
        ratio = 1 - cooling / _figure("atmosphere", "sea-level-temperature")
        if ratio <= 0:
            raise CannotComputeError("no air is left at that altitude", remedy="give metres")
        pressure *= _power(ratio, _figure("atmosphere", "exponent"))
    if depth is not None:
        pressure += _figure("sea", "pressure-per-metre") * depth.in_unit("m")
    return pressure


def _power(base: Fraction, exponent: Fraction) -> Fraction:
    with localcontext() as context:
        context.prec = _DIGITS
        return Fraction(_decimal(base) ** _decimal(exponent))


def _decimal(number: Fraction) -> Decimal:
    return Decimal(number.numerator) / Decimal(number.denominator)
