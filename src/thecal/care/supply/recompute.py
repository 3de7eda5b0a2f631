"""A pharmacist works an order out without seeing anybody's figures; compared exactly (R24 of S1).

Typed are the mass of each drug, the stock it is drawn from with the volume, and the diluent. What
the order gives is never told with a difference: the next recomputation is as blind as the first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.pharmacy import Mixture, any_fact, drug, least_measured_volume
from thecal.units import Concentration, Mass, Volume, show


@final
@dataclass(frozen=True, slots=True)
class Worked:
    """What was worked out for one drug.

    Attributes
    ----------
    stock, draw
        What it is drawn from, and how much; both None for a powder, of which only the mass of the
        drug is compared: potency and water stand on its certificate.
    """

    mass: Mass
    stock: Concentration | None = None
    draw: Volume | None = None


def differences(
    mixture: Mixture, volume: Volume, worked: Mapping[str, Worked], diluent: Volume | None
) -> tuple[str, ...]:
    """Return in words what does not follow from an order; nothing where all of it does.

    Parameters
    ----------
    worked
        By drug.
    diluent
        What fills it up; None where a powder is among the drugs.
    """
    return tuple(_differences(mixture, volume, worked, diluent))


def drawn_of(mixture: Mixture, volume: Volume, name: str, stock: Concentration) -> Volume:
    """Return what is drawn of a stock, cut to what a syringe shows: never more than ordered."""
    exact = Fraction((mixture.mass_of(name, volume) / stock).base)
    step = any_fact("volume-graduation").of_kind(Volume).value.base
    return Volume(exact // step * step)


def _differences(
    mixture: Mixture, volume: Volume, worked: Mapping[str, Worked], diluent: Volume | None
) -> Iterator[str]:
    if set(worked) != set(mixture):
        yield "not every drug of the order was worked out, or one that is not in it"
        return
    for name, one in worked.items():
        if one.mass != mixture.mass_of(name, volume):
            yield f"mass of {name}: {show(one.mass, drug(name).mass_unit)} was worked out"
        if (one.stock is None) != (one.draw is None):
            yield f"{name}: a stock and the volume drawn of it belong together"
        elif one.stock is not None and one.draw is not None:
            yield from _drawn(mixture, volume, name, one.stock, one.draw)
    yield from _filled_up(volume, worked, diluent)


def _drawn(
    mixture: Mixture, volume: Volume, name: str, stock: Concentration, draw: Volume
) -> Iterator[str]:
    least = least_measured_volume().value
    if draw != drawn_of(mixture, volume, name, stock):
        strength = show(stock, drug(name).concentration_unit)
        yield f"volume of {name} {strength}: {show(draw, 'mL')} was worked out"
    elif draw < least:
        yield (
            f"volume of {name}: {show(draw, 'mL')} is less than a syringe measures"
            f" ({show(least, 'mL')}): take a weaker stock"
        )


def _filled_up(
    volume: Volume, worked: Mapping[str, Worked], diluent: Volume | None
) -> Iterator[str]:
    draws = [one.draw for one in worked.values() if one.draw is not None]
    drawn = Volume(sum((one.base for one in draws), Fraction(0)))
    if drawn > volume:
        yield f"the stocks together, {show(drawn, 'mL')}, are more than the whole volume"
    elif len(draws) < len(worked):
        if diluent is not None:
            yield "with a powder the diluent fills up to the whole volume: leave it empty"
    elif diluent is None or diluent != volume - drawn:
        given = "none" if diluent is None else show(diluent, "mL")
        yield f"diluent: {given} was worked out"
