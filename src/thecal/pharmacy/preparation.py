"""From an order to a worksheet: doses on their basis, stocks or powder, overfill, dilutions.

`recipe` has the core; this adds salt and base, the certificate of a powder, volume beyond the fill
and dilutions that can be measured (facts pharmacology.md 6.4, 6.5).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import final

from thecal.errors import CannotComputeError, EntryError
from thecal.pharmacy.compounding import Recipe, RecipeDrug, recipe
from thecal.pharmacy.dilution import DilutionPlan, dilution_plan, least_measured_volume
from thecal.pharmacy.formulary import drug as drug_of
from thecal.pharmacy.salt_forms import (
    Basis,
    SaltForm,
    basis_factor,
    basis_form,
    powder_factor,
    salt_form,
    usual_form,
)
from thecal.units import Concentration, Mass, MassRate, Volume, VolumeRate


@final
@dataclass(frozen=True, slots=True)
class Ingredient:
    """What is ordered of one drug, and what it is made from.

    Attributes
    ----------
    dose, basis
        A day, and whether it counts salt or base; None: as the formulary counts this drug.
    stock, stock_basis
        The stock solution, None where the drug is weighed as powder; and what it counts, as above.
    form, potency, water
        Of the powder: its form (None: the usual one), and the fractions of its certificate (None:
        not given, reckoned as pure and dry; the caller says so).
    """

    dose: MassRate
    basis: Basis | None = None
    stock: Concentration | None = None
    stock_basis: Basis | None = None
    form: str | None = None
    potency: Fraction | None = None
    water: Fraction | None = None


@final
@dataclass(frozen=True, slots=True)
class Powder:
    """A powder to weigh: its form, the mass on the balance, and the figures of its certificate."""

    form: SaltForm
    mass: Mass
    potency: Fraction
    water: Fraction


@final
@dataclass(frozen=True, slots=True)
class Part:
    """One drug of a preparation.

    Attributes
    ----------
    ordered
        What was ordered, as it was ordered.
    basis
        What the drug's doses and concentrations count: the convention of the formulary.
    dose, concentration, mass
        On that basis; the mass is in the whole volume prepared.
    stock
        On that basis.
    draw
        Volume that goes into the mixture: of the stock, or of its last dilution. None without a
        plan.
    plan
        The dilutions; None for powder, and where no measurable dilution fits into the volume.
    powder
        What is weighed; None for a stock, and where no form of the drug is on record.
    """

    drug: str
    ordered: Ingredient
    basis: Basis
    dose: MassRate
    concentration: Concentration
    mass: Mass
    stock: Concentration | None
    draw: Volume | None
    plan: DilutionPlan | None
    powder: Powder | None


@final
@dataclass(frozen=True, slots=True)
class Preparation:
    """What is made.

    Attributes
    ----------
    fill, overfill
        What goes into the pump, and what is prepared beyond it for syringe, filter and sample.
    flow
        The one flow that carries every drug.
    diluent
        What fills up; None where the volumes drawn exceed the volume prepared.
    """

    fill: Volume
    overfill: Volume
    flow: VolumeRate
    parts: Mapping[str, Part]
    diluent: Volume | None
    recipe: Recipe

    @property
    def prepared(self) -> Volume:
        """Fill and overfill together."""
        return self.fill + self.overfill

    @property
    def concentrations(self) -> Mapping[str, Concentration]:
        """Drug id to concentration in the finished solution."""
        return MappingProxyType({one.drug: one.concentration for one in self.parts.values()})

    @property
    def diluted(self) -> bool:
        """Whether anything but one undiluted stock is in it."""
        return len(self.parts) > 1 or bool(self.diluent)


def prepare(
    fill: Volume,
    flow: VolumeRate,
    ingredients: Mapping[str, Ingredient],
    *,
    overfill: Volume | None = None,
) -> Preparation:
    """Return the preparation in which `flow` carries every dose.

    The concentration does not change with overfill; only more of it is made.

    Raises
    ------
    EntryError
        If a figure is zero or below, or potency or water no fraction.
    UnknownIdError
        If a drug or a form is not on record.
    CannotComputeError
        If salt and base differ and a molar mass is missing.
    """
    extra = overfill or Volume.zero()
    if extra.base < 0:
        raise EntryError("the overfill is below zero", remedy="type the real figure")
    for drug in ingredients:
        drug_of(drug)
    doses = {
        drug: one.dose.scaled(_to_convention(drug, one.basis)) for drug, one in ingredients.items()
    }
    stocks = {
        drug: one.stock.scaled(_to_convention(drug, one.stock_basis))
        for drug, one in ingredients.items()
        if one.stock is not None
    }
    made = recipe(fill + extra, flow, doses, stocks)
    parts = {
        drug: _part(drug, one, doses[drug], made.drugs[drug], made)
        for drug, one in ingredients.items()
    }
    drawn = Volume.zero()
    for part in parts.values():
        drawn = drawn + (part.draw or Volume.zero())
    diluent = fill + extra - drawn
    return Preparation(
        fill,
        extra,
        flow,
        MappingProxyType(parts),
        None if diluent.base < 0 else diluent,
        made,
    )


def _to_convention(drug: str, basis: Basis | None) -> Fraction:
    convention = drug_of(drug).basis
    return basis_factor(drug, basis or convention, convention)


def _part(drug: str, one: Ingredient, dose: MassRate, share: RecipeDrug, made: Recipe) -> Part:
    plan = _plan(share, made.diluent or Volume.zero())
    return Part(
        drug=drug,
        ordered=one,
        basis=drug_of(drug).basis,
        dose=dose,
        concentration=share.concentration,
        mass=share.mass,
        stock=share.stock,
        draw=plan.draw if plan else None,
        plan=plan,
        powder=_powder(drug, one, share.mass) if share.stock is None else None,
    )


def _plan(share: RecipeDrug, diluent: Volume) -> DilutionPlan | None:
    if share.stock is None or share.volume is None:
        return None
    if share.volume >= least_measured_volume().value:
        return DilutionPlan((), share.stock, share.volume)
    try:
        return dilution_plan(share.stock, share.mass, share.volume + diluent)
    except CannotComputeError:
        return None


def _powder(drug: str, one: Ingredient, mass: Mass) -> Powder | None:
    try:
        counted = basis_form(drug, drug_of(drug).basis)
        weighed = usual_form(drug, "powder") if one.form is None else salt_form(drug, one.form)
    except CannotComputeError:
        return None
    potency = Fraction(1) if one.potency is None else one.potency
    water = Fraction(0) if one.water is None else one.water
    factor = powder_factor(counted, weighed, potency=potency, water=water)
    return Powder(weighed, mass.scaled(factor), potency, water)
