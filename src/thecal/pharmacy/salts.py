"""Salt and base, powder and label salt, and what makes a solution isotonic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.data import Fact, cached
from thecal.errors import CannotComputeError, EntryError
from thecal.pharmacy.formulary import drug as drug_of
from thecal.pharmacy.lookup import Answers, by_key
from thecal.units import Concentration, Mass, Volume


@cached
def _table() -> Mapping[str, Answers]:
    return by_key("compounding", "drug")


def compounding_fact(drug: str, parameter: str) -> Fact[Fraction] | None:
    """Return a plain number of `compounding.csv` for a drug; None where nothing is known."""
    answers = _table().get(drug, {}).get(parameter)
    return None if answers is None else answers[0].of_kind(Fraction)


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
    """Return the mass of powder to weigh for a mass of the salt that the label counts.

    Powder and label salt differ in bound water; `potency` and `water` are the certificate's own,
    as fractions. A drug without both molar masses on record is taken as the same salt.

    Raises
    ------
    EntryError
        If the potency is not above zero or the water not in [0, 1).
    """
    drug_of(drug)
    if potency <= 0 or not 0 <= water < 1:
        raise EntryError(
            "potency or water is no fraction of the powder", remedy="copy them from the certificate"
        )
    label, powder = (compounding_fact(drug, f"molar-mass-{n}") for n in ("label-salt", "powder"))
    factor = Fraction(1) if label is None or powder is None else powder.value / label.value
    return salt.scaled(factor / (potency * (1 - water)))


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
    isotonic = _table()["any"]["isotonic-sodium-chloride"][0].of_kind(Concentration).value
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
