"""From an order to a solution: recipe, dilution of a residual, fill of a constant-flow pump.

Formulas: facts pharmacology.md 6.5; Archimedes steps: facts devices.md S57. Figures are
exact; nothing is rounded to what a syringe can measure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import final

from thecal.errors import CannotComputeError, EntryError
from thecal.pharmacy.formulary import drug as drug_of
from thecal.units import Concentration, Duration, Mass, MassRate, Volume, VolumeRate


@final
@dataclass(frozen=True, slots=True)
class RecipeDrug:
    """One drug of a recipe.

    Attributes
    ----------
    concentration, mass
        In the finished solution.
    stock, volume
        The stock solution and how much of it; None where the drug comes as powder.
    """

    concentration: Concentration
    mass: Mass
    stock: Concentration | None
    volume: Volume | None


@final
@dataclass(frozen=True, slots=True)
class Recipe:
    """How to make a solution.

    Attributes
    ----------
    volume
        Volume of the finished solution.
    drugs
        Drug id to its part.
    diluent
        What is added besides; None where the stocks alone already exceed the volume.
    feasible
        Whether the stocks fit into the volume.
    shortfall
        Volume by which they do not; zero where they do.
    notes
        What a pharmacist has to know.
    """

    volume: Volume
    drugs: Mapping[str, RecipeDrug]
    diluent: Volume | None
    feasible: bool
    shortfall: Volume
    notes: tuple[str, ...]


def recipe(
    volume: Volume,
    daily_volume: VolumeRate,
    doses: Mapping[str, MassRate],
    stocks: Mapping[str, Concentration],
) -> Recipe:
    """Return what to mix so that `daily_volume` carries `doses`.

    Parameters
    ----------
    volume
        Volume to prepare.
    daily_volume
        The pump's flow, one for every drug of the mixture.
    doses
        Drug id to dose over time.
    stocks
        Drug id to the concentration of its stock solution; a drug without one comes as powder.

    Raises
    ------
    EntryError
        If volume, flow, a dose or a stock is zero, nothing is ordered, or a stock has no dose.
    UnknownIdError
        If a drug is not in the formulary.
    """
    _refuse_zero("the volume", volume)
    _refuse_zero("the daily volume", daily_volume)
    if not doses:
        raise EntryError("no drug is ordered", remedy='give a dose, as in "morphine=2 mg/d"')
    for id in (*doses, *stocks):
        drug_of(id)
    if unordered := sorted(set(stocks) - set(doses)):
        raise EntryError(
            f"a stock of {', '.join(unordered)} is given and no dose",
            remedy="give its dose, or leave the stock out",
        )
    parts = {}
    for id, dose in doses.items():
        _refuse_zero(f"the dose of {id}", dose)
        concentration = Concentration(dose.base / daily_volume.base)
        mass = concentration * volume
        stock = stocks.get(id)
        if stock is not None:
            _refuse_zero(f"the stock of {id}", stock)
        parts[id] = RecipeDrug(concentration, mass, stock, mass / stock if stock else None)
    drawn = Volume.zero()
    for part in parts.values():
        drawn = drawn + (part.volume or Volume.zero())
    feasible = drawn <= volume
    return Recipe(
        volume=volume,
        drugs=MappingProxyType(parts),
        diluent=volume - drawn if feasible else None,
        feasible=feasible,
        shortfall=Volume.zero() if feasible else drawn - volume,
        notes=_notes(parts, volume, feasible),
    )


def _notes(parts: Mapping[str, RecipeDrug], volume: Volume, feasible: bool) -> tuple[str, ...]:
    notes = []
    for id, part in parts.items():
        if part.stock is None:
            notes.append(f"{id}: no stock given, powder is needed; its own volume is not counted")
        elif part.volume is not None and part.volume > volume:
            notes.append(f"{id}: the stock is weaker than the solution, powder is needed")
    if not feasible:
        notes.append("the stocks alone exceed the volume: take stronger ones, powder, or more flow")
    return tuple(notes)


@final
@dataclass(frozen=True, slots=True)
class Mixing:
    """A residual mixed with a new solution: what there is, and its error against the label."""

    concentration: Concentration
    error: Fraction


def mixing(residual: Volume, old: Concentration, added: Volume, new: Concentration) -> Mixing:
    """Return the concentration after `added` of `new` joins `residual` of `old`.

    `error` is the difference over the new concentration (-0.049 is 4.9 percent below the label).

    Raises
    ------
    CannotComputeError
        If there is no fluid at all, or the new solution is drug-free and the error has no meaning.
    """
    total = residual + added
    if not total or not new:
        raise CannotComputeError(
            "no mixture to compute", remedy="give the added volume and the new concentration"
        )
    mass = old * residual + new * added
    concentration = mass / total
    return Mixing(concentration, concentration.ratio(new) - 1)


@final
@dataclass(frozen=True, slots=True)
class ConstantFlowFill:
    """A fill of a constant-flow pump for one drug, by the three steps of the Archimedes manual."""

    running_time: Duration
    mass: Mass
    stock_volume: Volume
    diluent: Volume
    prepare: Volume


def constant_flow_fill(
    capacity: Volume,
    flow: VolumeRate,
    dose: MassRate,
    stock: Concentration,
    *,
    extra: Volume | None = None,
) -> ConstantFlowFill:
    """Return what to draw up for a pump of fixed flow.

    Running time is capacity over flow, mass is dose times running time, stock volume is mass over
    stock, and the rest of the capacity is diluent. `prepare` is the capacity and `extra`, which
    primes the refill assembly (Archimedes: 3 mL).

    Raises
    ------
    EntryError
        If a figure is zero.
    CannotComputeError
        If the stock is too weak for the dose at this flow.
    """
    for name, figure in (("capacity", capacity), ("flow", flow), ("dose", dose), ("stock", stock)):
        _refuse_zero(f"the {name}", figure)
    running = capacity / flow
    mass = dose * running
    drawn = mass / stock
    if drawn > capacity:
        raise CannotComputeError(
            "the stock is too weak for this dose at this flow",
            remedy="take a stronger stock, a lower dose, or a pump of higher flow",
        )
    return ConstantFlowFill(
        running, mass, drawn, capacity - drawn, capacity + (extra or Volume.zero())
    )


def _refuse_zero(name: str, figure: Volume | VolumeRate | MassRate | Concentration) -> None:
    if figure.base <= 0:
        raise EntryError(f"{name} is not above zero", remedy="type the real figure")
