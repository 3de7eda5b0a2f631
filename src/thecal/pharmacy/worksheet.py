"""What the compounder reads, as whole numbers: the bridge from a preparation to its recomputation.

Only figures that stand on the worksheet, the order and the label cross it.
"""

from __future__ import annotations

from thecal.pharmacy.formulary import drug as drug_of
from thecal.pharmacy.preparation import Part, Preparation
from thecal.pharmacy.recomputation import Claim, Difference, Sheet, SheetLine, recompute
from thecal.pharmacy.salt_forms import Basis, basis_form, salt_forms
from thecal.units import Concentration, MassRate, Volume, VolumeRate

_MILLION = 1_000_000


def recheck(made: Preparation) -> tuple[Difference, ...]:
    """Return where the worksheet of a preparation, computed backwards, misses order or label.

    Empty where all agree. A preparation that cannot be made, or a powder without a known form,
    has no worksheet; ask `has_worksheet` first.
    """
    return recompute(sheet_of(made), {drug: _claim(part) for drug, part in made.parts.items()})


def has_worksheet(made: Preparation) -> bool:
    """Whether every part has a volume or a mass to measure, and they fit."""
    measured = all(part.draw is not None or part.powder is not None for part in made.parts.values())
    return measured and made.diluent is not None


def sheet_of(made: Preparation) -> Sheet:
    """Return the worksheet in whole nanolitres and nanograms."""
    return Sheet(
        volume=_nanolitres(made.prepared),
        diluent=_nanolitres(made.diluent or Volume.zero()),
        daily=_nanolitres_a_day(made.flow),
        lines=tuple(_line(part) for part in made.parts.values()),
    )


def _line(part: Part) -> SheetLine:
    stock = part.ordered.stock
    if stock is None or part.plan is None:
        powder = part.powder
        return SheetLine(
            drug=part.drug,
            counted=powder.form.id if powder else "",
            strength=None,
            weighed=round(powder.mass.in_unit("ng")) if powder else 0,
            potency=round(powder.potency * _MILLION) if powder else _MILLION,
            dry=round((1 - powder.water) * _MILLION) if powder else _MILLION,
        )
    return SheetLine(
        drug=part.drug,
        counted=_form(part.drug, part.ordered.stock_basis),
        strength=_picograms(stock),
        dilutions=tuple(
            (_nanolitres(step.take), _nanolitres(step.make)) for step in part.plan.steps
        ),
        drawn=_nanolitres(part.plan.draw),
    )


def _claim(part: Part) -> Claim:
    ordered = part.ordered
    return Claim(
        dose=_picograms_a_day(ordered.dose),
        dose_form=_form(part.drug, ordered.basis),
        concentration=_picograms(part.concentration),
        content=round(part.mass.in_unit("ng") * 10**3),
        label_form=_form(part.drug, part.basis),
    )


def _form(drug: str, basis: Basis | None) -> str:
    return basis_form(drug, basis or drug_of(drug).basis).id if salt_forms(drug) else ""


def _nanolitres(volume: Volume) -> int:
    return round(volume.in_unit("uL") * 10**3)


def _nanolitres_a_day(flow: VolumeRate) -> int:
    return round(flow.in_unit("uL/d") * 10**3)


def _picograms(concentration: Concentration) -> int:
    return round(concentration.in_unit("ng/mL") * 10**3)


def _picograms_a_day(dose: MassRate) -> int:
    return round(dose.per_day().in_unit("ng") * 10**3)
