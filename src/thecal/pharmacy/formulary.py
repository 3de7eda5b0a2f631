"""The drugs that thecal knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, cast, final

from thecal.data import Fact, FactValue, cached
from thecal.errors import DataError, UnknownIdError
from thecal.pharmacy.lookup import Answers, by_key, listed, unknown
from thecal.units import Concentration, Mass, Quantity, show
from thecal.units.display import SIGNIFICANT_DIGITS

DrugClass = Literal[
    "opioid",
    "local-anaesthetic",
    "alpha-2-agonist",
    "calcium-channel-blocker",
    "gaba-b-agonist",
]
_CLASSES = DrugClass.__args__  # type: ignore[attr-defined]


@final
@dataclass(frozen=True, slots=True)
class Drug:
    """A drug of the formulary.

    Attributes
    ----------
    basis
        Whether doses are counted as `salt` or as `base`.
    salt
        The salt of the usual solution; empty where there is none.
    mass_unit, concentration_unit
        UCUM codes in which doses and concentrations of this drug are shown.
    lipophilic
        Whether it stays near the tip.
    brands, enzymes
        Brand names; enzymes that matter for interactions.
    concentrations_sold
        Solutions on the market, the usual one first.
    approved_for_pump
        Whether any label covers intrathecal infusion by pump.
    pump_label, what_matters
        For people.
    facts
        Every row of the drug by parameter.
    """

    id: str
    name: str
    drug_class: DrugClass
    basis: Literal["salt", "base"]
    salt: str
    mass_unit: str
    concentration_unit: str
    lipophilic: bool
    brands: tuple[str, ...]
    enzymes: tuple[str, ...]
    concentrations_sold: tuple[Fact[Concentration], ...]
    approved_for_pump: bool
    pump_label: Fact[str]
    what_matters: Fact[str]
    facts: Mapping[str, Fact[FactValue]] = field(repr=False, compare=False)


@cached
def _formulary() -> Mapping[str, Drug]:
    table = by_key("drugs", "drug")
    return MappingProxyType({id: _drug(id, answers) for id, answers in table.items()})


def other_unit(unit: str) -> str:
    """Return milligrams for micrograms and micrograms for milligrams."""
    return "ug" if unit == "mg" else "mg"


def both_units(drug_id: str, mass: Mass, *, digits: int = SIGNIFICANT_DIGITS) -> str:
    """Return a mass in the drug's unit, and in brackets in the other of milligram and microgram."""
    return in_both_units(mass, drug(drug_id).mass_unit, digits=digits)


def in_both_units(quantity: Quantity, unit: str, *, digits: int = SIGNIFICANT_DIGITS) -> str:
    """Return a mass, or a mass over a time or a volume, in `unit` and in brackets in the other.

    Whole micrograms are never rounded away, so neither are they in milligrams: both figures say
    the same.
    """
    mass, slash, rest = unit.partition("/")
    other = other_unit(mass) + slash + rest
    micrograms = abs(quantity.in_unit("ug" + slash + rest))
    digits = max(digits, len(str(int(micrograms))))
    return f"{show(quantity, unit, digits=digits)} ({show(quantity, other, digits=digits)})"


def drugs() -> tuple[Drug, ...]:
    """Return every drug, in the order of the table."""
    return tuple(_formulary().values())


def drug(id: str) -> Drug:
    """Return the drug with this id.

    Raises
    ------
    UnknownIdError
        If there is none; the remedy names the nearest ids, or the drug if a brand was given.
    """
    found = _formulary().get(id)
    if found is not None:
        return found
    meant = _by_brand(id)
    if meant is None:
        raise unknown("drug", id, _formulary())
    raise UnknownIdError(f'"{id}" is a brand', remedy=f'write the drug: "{meant.id}"')


def drug_by_brand(name: str) -> Drug:
    """Return the drug with this brand name, in any case of letters; raises `UnknownIdError`."""
    found = _by_brand(name)
    if found is None:
        raise unknown("brand", name, (b.lower() for one in drugs() for b in one.brands))
    return found


def _by_brand(name: str) -> Drug | None:
    for one in drugs():
        if any(brand.lower() == name.lower() for brand in one.brands):
            return one
    return None


def _drug(id: str, answers: Answers) -> Drug:
    def text(parameter: str) -> str:
        if parameter not in answers:
            raise DataError(f"{id} has no {parameter}", place="drugs.csv")
        return answers[parameter][0].of_kind(str).value

    if text("class") not in _CLASSES or text("basis") not in ("salt", "base"):
        raise DataError(f"{id} has an unknown class or basis", place="drugs.csv")
    salt = text("salt")
    return Drug(
        id=id,
        name=text("name"),
        drug_class=cast(DrugClass, text("class")),
        basis="salt" if text("basis") == "salt" else "base",
        salt="" if salt == "none" else salt,
        mass_unit=text("mass-unit"),
        concentration_unit=text("concentration-unit"),
        lipophilic=text("lipophilic") == "yes",
        brands=listed(answers["brands"][0]) if "brands" in answers else (),
        enzymes=listed(answers["enzymes"][0]),
        concentrations_sold=tuple(
            fact.of_kind(Concentration) for fact in answers.get("concentration-sold", ())
        ),
        approved_for_pump=text("pump-status") == "approved",
        pump_label=answers["pump-label"][0].of_kind(str),
        what_matters=answers["what-matters"][0].of_kind(str),
        facts=MappingProxyType({name: facts[0] for name, facts in answers.items()}),
    )
