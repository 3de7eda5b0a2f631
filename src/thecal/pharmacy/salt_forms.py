"""The forms in which a drug is weighed or counted: its salts, their water of crystals, its base."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Literal, final

from thecal.data import Fact, cached, fact_of, rows
from thecal.errors import CannotComputeError, EntryError
from thecal.pharmacy.formulary import drug as drug_of
from thecal.pharmacy.lookup import unknown

Basis = Literal["salt", "base"]
BASES: tuple[Basis, ...] = ("salt", "base")


@final
@dataclass(frozen=True, slots=True)
class SaltForm:
    """One form of a drug.

    Attributes
    ----------
    id, name
        As in `hydrochloride-monohydrate`; the name is for people.
    roles
        `label`: what a dose counted as salt counts; `powder`: what is usually weighed; `base`.
    molar_mass
        In g/mol.
    bases
        Molecules of base in one formula.
    """

    drug: str
    id: str
    name: str
    roles: frozenset[str]
    molar_mass: Fact[Fraction]
    bases: Fact[Fraction]

    @property
    def base_moles(self) -> Fraction:
        """Moles of base in one gram."""
        return self.bases.value / self.molar_mass.value


@cached
def _table() -> Mapping[str, Mapping[str, SaltForm]]:
    cells: dict[str, dict[str, dict[str, Mapping[str, str]]]] = {}
    for row in rows("salt_forms"):
        if row["rank"] == "1":
            forms = cells.setdefault(row["drug"], {})
            forms.setdefault(row["form"], {})[row["parameter"]] = row
    return MappingProxyType(
        {
            drug: {
                form: SaltForm(
                    drug,
                    form,
                    parts["name"]["value"],
                    frozenset(parts["role"]["value"].split("; ")),
                    fact_of(parts["molar-mass"]).of_kind(Fraction),
                    fact_of(parts["bases"]).of_kind(Fraction),
                )
                for form, parts in forms.items()
            }
            for drug, forms in cells.items()
        }
    )


def salt_forms(drug: str) -> tuple[SaltForm, ...]:
    """Return the forms on record, none where nothing is known; raises `UnknownIdError`."""
    drug_of(drug)
    return tuple(_table().get(drug, {}).values())


def salt_form(drug: str, form: str) -> SaltForm:
    """Return one form of a drug; raises `UnknownIdError` with the forms that there are."""
    for one in salt_forms(drug):
        if one.id == form:
            return one
    known = [one.id for one in salt_forms(drug)]
    raise unknown(f"form of {drug} on record", form, known or ("no form is on record",))


def usual_form(drug: str, role: str) -> SaltForm:
    """Return the form of a role: `label`, `powder` or `base`.

    Raises
    ------
    CannotComputeError
        If the tables name none: nothing is guessed.
    """
    for one in salt_forms(drug):
        if role in one.roles:
            return one
    raise CannotComputeError(
        f"no {role} form of {drug} is on record",
        remedy="add its molar mass to salt_forms.csv in the clinic's tables",
    )


def basis_form(drug: str, basis: Basis) -> SaltForm:
    """Return what a dose on `basis` counts; raises `CannotComputeError` where that is unknown."""
    return usual_form(drug, "label" if basis == "salt" else "base")


def basis_factor(drug: str, given: Basis, wanted: Basis) -> Fraction:
    """Return by how much a mass counted on one basis is multiplied to count on another.

    Raises
    ------
    CannotComputeError
        If the two differ and a molar mass is not known.
    """
    if given == wanted:
        return Fraction(1)
    return form_factor(basis_form(drug, given), basis_form(drug, wanted))


def form_factor(given: SaltForm, wanted: SaltForm) -> Fraction:
    """Return the mass of one form that holds as much base as one unit of mass of another."""
    return given.base_moles / wanted.base_moles


def powder_factor(
    counted: SaltForm, weighed: SaltForm, *, potency: Fraction, water: Fraction
) -> Fraction:
    """Return the mass of powder to weigh for one unit of mass of what the dose counts.

    `potency` (anhydrous basis) and `water` are fractions of the certificate of analysis. The water
    is loss beyond the crystal water of the form: give 0 where the potency is "as is". Formula:
    facts pharmacology.md 6.5.

    Raises
    ------
    EntryError
        If the potency is not above zero or the water not in [0, 1).
    """
    if potency <= 0 or not 0 <= water < 1:
        raise EntryError(
            "potency or water is no fraction of the powder", remedy="copy them from the certificate"
        )
    return form_factor(counted, weighed) / (potency * (1 - water))
