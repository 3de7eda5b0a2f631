"""Salt and base, powder and label salt, and what makes a solution isotonic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.data import Fact, FactValue, cached
from thecal.errors import CannotComputeError, DataError
from thecal.pharmacy.formulary import drug as drug_of
from thecal.pharmacy.lookup import Answers, by_key
from thecal.pharmacy.salt_forms import powder_factor, usual_form
from thecal.units import Concentration, Mass, Volume


@cached
def _table() -> Mapping[str, Answers]:
    return by_key("compounding", "drug")


def compounding_fact(drug: str, parameter: str) -> Fact[Fraction] | None:
    """Return a plain number of `compounding.csv` for a drug; None where nothing is known."""
    answers = _table().get(drug, {}).get(parameter)
    return None if answers is None else answers[0].of_kind(Fraction)


def any_fact(parameter: str) -> Fact[FactValue]:
    """Return the default of a figure that holds for every drug.

    Raises
    ------
    DataError
        If `compounding.csv` has no such row.
    """
    return any_facts(parameter)[0]


def any_facts(parameter: str) -> tuple[Fact[FactValue], ...]:
    """Return every answer to it, the default first; raises `DataError` as `any_fact` does."""
    return drug_facts("any", parameter) or _absent(parameter)


def drug_facts(drug: str, parameter: str) -> tuple[Fact[FactValue], ...]:
    """Return every answer of `compounding.csv` for a drug, the default first; maybe none."""
    return _table().get(drug, {}).get(parameter, ())


def _absent(parameter: str) -> tuple[Fact[FactValue], ...]:
    raise DataError(f"compounding.csv has no {parameter}", remedy="restore the row")


def base_of_salt(drug: str, salt: Mass) -> Mass:
    """Return the mass of base in a mass of the salt.

    Raises
    ------
    CannotComputeError
        If the fraction of this drug is not known.
    """
    return salt.scaled(_needed(drug, "base-fraction"))


def salt_of_base(drug: str, base: Mass) -> Mass:
    """Return the mass of salt that holds a mass of base; raises as `base_of_salt` does."""
    return base.scaled(1 / _needed(drug, "base-fraction"))


def powder_of_salt(
    drug: str, salt: Mass, *, potency: Fraction = Fraction(1), water: Fraction = Fraction(0)
) -> Mass:
    """Return the mass of the usual powder to weigh for a mass of the salt that the label counts.

    Powder and label salt differ in bound water; `potency` and `water` are the certificate's own,
    as fractions.

    Raises
    ------
    CannotComputeError
        If no molar mass of the drug's forms is known.
    EntryError
        If the potency is not above zero or the water not in [0, 1).
    """
    label, powder = usual_form(drug, "label"), usual_form(drug, "powder")
    return salt.scaled(powder_factor(label, powder, potency=potency, water=water))


@final
@dataclass(frozen=True, slots=True)
class Tonicity:
    """Sodium chloride in a solution, as equivalents.

    Attributes
    ----------
    equivalent
        What the drugs count for.
    to_add
        Sodium chloride to add; zero where the solution is already isotonic or above.
    mass
        The same, for the whole volume.
    hypertonic
        Whether the drugs alone exceed isotonic.
    """

    equivalent: Concentration
    to_add: Concentration
    mass: Mass
    hypertonic: bool


def tonicity(concentrations: Mapping[str, Concentration], volume: Volume) -> Tonicity:
    """Return the sodium chloride that makes `volume` of a solution of these drugs isotonic.

    Raises
    ------
    CannotComputeError
        If the sodium chloride equivalent of a drug is not known.
    """
    equivalent = Concentration.zero()
    for drug, concentration in concentrations.items():
        factor = _needed(drug, "sodium-chloride-equivalent")
        equivalent = equivalent + concentration.scaled(factor)
    isotonic = any_fact("isotonic-sodium-chloride").of_kind(Concentration).value
    missing = isotonic - equivalent
    to_add = missing if missing > Concentration.zero() else Concentration.zero()
    return Tonicity(equivalent, to_add, to_add * volume, equivalent > isotonic)


def _needed(drug: str, parameter: str) -> Fraction:
    drug_of(drug)
    fact = compounding_fact(drug, parameter)
    if fact is None:
        raise CannotComputeError(
            f"the {parameter.replace('-', ' ')} of {drug} is not known",
            remedy="add a row to compounding.csv in the clinic's tables",
        )
    return fact.value
