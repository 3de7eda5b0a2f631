"""What is dissolved in a volume: a set of drugs, each with its concentration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import final

from thecal.errors import UnknownIdError
from thecal.units import Concentration, Mass, Volume


@final
@dataclass(frozen=True)
class Mixture(Mapping[str, Concentration]):
    """An immutable solution: drug id to concentration, in the order of the ids.

    A drug of concentration zero is not part of a mixture. The empty mixture is drug-free fluid.
    """

    parts: tuple[tuple[str, Concentration], ...]

    @classmethod
    def of(cls, concentrations: Mapping[str, Concentration]) -> Mixture:
        """Return the mixture with these concentrations; drugs of concentration zero drop out."""
        return cls(tuple(sorted((drug, c) for drug, c in concentrations.items() if c)))

    @cached_property
    def _table(self) -> dict[str, Concentration]:
        return dict(self.parts)

    @cached_property
    def _hash(self) -> int:
        return hash(self.parts)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Mixture) and self.parts == other.parts

    def __getitem__(self, drug: str) -> Concentration:
        try:
            return self._table[drug]
        except KeyError:
            raise UnknownIdError(f"the mixture holds no {drug}") from None

    def get_concentration(self, drug: str) -> Concentration:
        """Return the concentration of `drug`, zero where the mixture has none of it."""
        return self._table.get(drug, _NOTHING)

    def __contains__(self, drug: object) -> bool:
        return drug in self._table

    def __iter__(self) -> Iterator[str]:
        return iter(self._table)

    def __len__(self) -> int:
        return len(self.parts)

    def mass_of(self, drug: str, volume: Volume) -> Mass:
        """Return the mass of `drug` in `volume` of this mixture."""
        return Mass(self.get_concentration(drug).base * volume.base)

    def blended(self, own_volume: Volume, other: Mixture, other_volume: Volume) -> Mixture:
        """Return the even mixture of `own_volume` of this and `other_volume` of `other`.

        An empty total gives the drug-free mixture.
        """
        total = own_volume.base + other_volume.base
        if total == 0:
            return DRUG_FREE
        drugs = {**self._table, **other._table}
        return Mixture.of(
            {
                drug: Concentration(
                    (
                        self.get_concentration(drug).base * own_volume.base
                        + other.get_concentration(drug).base * other_volume.base
                    )
                    / total
                )
                for drug in drugs
            }
        )


_NOTHING = Concentration(Fraction(0))
DRUG_FREE = Mixture(())
"""Fluid without drug: what the line holds at implant, and cerebrospinal fluid drawn back."""
