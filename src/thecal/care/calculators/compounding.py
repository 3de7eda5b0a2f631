"""A recipe from doses, flow and stock solutions; and a residual mixed with a new fill."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.care.calculators.compounding_checks import recipe_findings
from thecal.care.derivation import (
    Calculation,
    Derivation,
    Typed,
    Value,
    read_in,
    recalled_in,
    warn,
)
from thecal.errors import EntryError
from thecal.pharmacy import Basis, Ingredient, Part, drug, has_worksheet, prepare, recheck
from thecal.pharmacy import mixing as mix
from thecal.pharmacy.compounding import Recipe, RecipeDrug
from thecal.safety.finding import Amount, Finding
from thecal.units import Concentration, MassRate, Volume, VolumeRate, show, show_percent

_RECIPE = recalled_in("pharmacology.md 6.5 (derived)")
_MIXING = read_in("devices.md 3.4, B15")


@final
@dataclass(frozen=True, slots=True)
class PowderEntry:
    """A powder and its certificate: form (None: the usual one), potency and water as fractions."""

    form: str | None = None
    potency: Fraction = Fraction(1)
    water: Fraction = Fraction(0)


def recipe(
    *,
    volume: Typed[Volume],
    daily_volume: Typed[VolumeRate],
    doses: Mapping[str, Typed[MassRate]],
    stocks: Mapping[str, Typed[Concentration]],
    overfill: Typed[Volume] | None = None,
    powders: Mapping[str, PowderEntry] | None = None,
    bases: Mapping[str, Basis] | None = None,
) -> Calculation:
    """Return concentrations, masses, stock volumes and diluent of a mixture.

    Parameters
    ----------
    volume
        Volume to prepare.
    daily_volume
        The one flow that carries every drug.
    doses, stocks
        Drug id to daily dose and to stock solution; a drug without stock is weighed as powder.
    overfill
        Prepared beyond the volume, at the same concentration.
    powders
        Drug id to the certificate of its powder.
    bases
        Drug id to what its dose and stock count; the formulary's convention where it is left out.

    Raises
    ------
    EntryError
        If nothing is ordered, a stock, powder or basis has no dose, or a drug both of the former.
    UnknownIdError
        If a drug or a form is not on record.
    CannotComputeError
        If salt and base differ and no molar mass is known.
    """
    powders, bases = powders or {}, bases or {}
    for what, named in (("stock", stocks), ("powder", powders), ("basis", bases)):
        if unordered := sorted(set(named) - set(doses)):
            raise EntryError(
                f"a {what} of {', '.join(unordered)} is given and no dose",
                remedy=f"give its dose, or leave the {what} out",
            )
    if twice := sorted(set(stocks) & set(powders)):
        raise EntryError(
            f"{', '.join(twice)} is given as stock and as powder",
            remedy="say which of them is taken",
        )
    ingredients = {}
    for drug_id, dose in doses.items():
        stock, powder = stocks.get(drug_id), powders.get(drug_id, PowderEntry())
        ingredients[drug_id] = Ingredient(
            dose.quantity,
            bases.get(drug_id),
            stock.quantity if stock else None,
            bases.get(drug_id),
            powder.form,
            powder.potency,
            powder.water,
        )
    preparation = prepare(
        volume.quantity,
        daily_volume.quantity,
        ingredients,
        overfill=overfill.quantity if overfill else None,
    )
    made = preparation.recipe
    total = volume if overfill is None else Typed(preparation.prepared, "mL")
    results: dict[str, Value] = {
        "drugs": {
            drug_id: {**_part(drug_id, part), **_powder(preparation.parts[drug_id])}
            for drug_id, part in made.drugs.items()
        },
        "diluent": None if made.diluent is None else Amount(made.diluent, "mL"),
        "feasible": made.feasible,
        "prepared": Amount(preparation.prepared, "mL"),
        "recomputed": recheck(preparation) == () if has_worksheet(preparation) else None,
    }
    steps = [
        step
        for drug_id, part in made.drugs.items()
        for step in _drug_steps(
            drug_id, part, total, daily_volume, doses[drug_id], stocks.get(drug_id)
        )
    ]
    steps.append(_diluent_step(made))
    findings = recipe_findings(preparation, daily_volume, doses)
    return Calculation("recipe", results, tuple(steps), findings)


def _part(drug_id: str, part: RecipeDrug) -> Mapping[str, Value]:
    known = drug(drug_id)
    return {
        "concentration": Amount(part.concentration, known.concentration_unit),
        "mass": Amount(part.mass, known.mass_unit),
        "volume": None if part.volume is None else Amount(part.volume, "mL"),
    }


def _powder(part: Part) -> Mapping[str, Value]:
    if part.powder is None:
        return {}
    return {"powder": Amount(part.powder.mass, "mg"), "powder_form": part.powder.form.name}


def _drug_steps(
    drug_id: str,
    part: RecipeDrug,
    volume: Typed[Volume],
    daily_volume: Typed[VolumeRate],
    dose: Typed[MassRate],
    stock: Typed[Concentration] | None,
) -> list[Derivation]:
    known = drug(drug_id)
    concentration = show(part.concentration, known.concentration_unit)
    mass = show(part.mass, known.mass_unit)
    counted = part.concentration * daily_volume.quantity
    as_typed = counted == dose.quantity
    told = dose.shown() if as_typed else f"{show(counted, dose.unit)} as {known.basis}"
    steps = [
        Derivation(
            f"Concentration of {drug_id}",
            "daily dose / daily volume",
            f"{told} / {daily_volume.shown()}",
            concentration,
            _RECIPE,
        ),
        Derivation(
            f"Mass of {drug_id}",
            "concentration x volume",
            f"{concentration} x {volume.shown()}",
            mass,
            _RECIPE,
        ),
    ]
    if stock is not None and part.volume is not None:
        steps.append(
            Derivation(
                f"Stock of {drug_id}",
                "mass / stock concentration",
                f"{mass} / {show(part.stock or stock.quantity, stock.unit)}",
                show(part.volume, "mL"),
                _RECIPE,
            )
        )
    return steps


def _diluent_step(made: Recipe) -> Derivation:
    drawn = [show(part.volume, "mL") for part in made.drugs.values() if part.volume is not None]
    return Derivation(
        "Diluent",
        "volume - sum of the stock volumes",
        " - ".join([show(made.volume, "mL"), *drawn]),
        f"none: the stocks are {show(made.shortfall, 'mL')} too much"
        if made.diluent is None
        else show(made.diluent, "mL"),
        _RECIPE,
    )


def mixing(
    *,
    residual: Typed[Volume],
    old_concentration: Typed[Concentration],
    added: Typed[Volume],
    new_concentration: Typed[Concentration],
) -> Calculation:
    """Return the concentration after a fill onto a residual, and its error against the new one."""
    old, new = old_concentration, new_concentration
    mixed = mix(residual.quantity, old.quantity, added.quantity, new.quantity)
    percent = 100 * mixed.error
    shown = show(mixed.concentration, new.unit)
    total = residual.quantity + added.quantity
    steps = (
        Derivation(
            "Concentration in the reservoir",
            "(residual x old + added x new) / (residual + added)",
            f"({residual.shown()} x {old.shown()} + {added.shown()} x {new.shown()})"
            f" / {show(total, 'mL')}",
            shown,
            _MIXING,
        ),
        Derivation(
            "Error against the new solution as labelled",
            "concentration / new concentration - 1",
            f"{shown} / {new.shown()} - 1",
            show_percent(mixed.error),
            _MIXING,
        ),
    )
    results: dict[str, Value] = {
        "concentration": Amount(mixed.concentration, new.unit),
        "error_percent": percent,
    }
    findings: tuple[Finding, ...] = ()
    if mixed.error:
        findings = (
            warn(
                "K26",
                f"the pump reckons with {new.shown()} and gives {show_percent(mixed.error)}:"
                " rinse the reservoir first, or expect it until the next fill",
                _MIXING,
                value=Amount(mixed.concentration, new.unit),
                limit=Amount(new.quantity, new.unit),
            ),
        )
    return Calculation("mixing", results, steps, findings)
