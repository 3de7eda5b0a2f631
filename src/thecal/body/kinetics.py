"""What each drug does in the body: its rates, partitions and plasma, and whose figures stand in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from thecal.body.constants import number_of
from thecal.body.course import StandIn, UsedFact
from thecal.data import Fact, FactValue, cached
from thecal.errors import DataError
from thecal.pharmacy.lookup import Answers, by_key, unknown

_DEEP = ("2", "3")


@final
@dataclass(frozen=True, slots=True)
class PlasmaKinetics:
    """A mammillary model of one to three compartments; mL and mL/h at the reference weight."""

    clearance: float
    volumes: tuple[float, ...]
    flows: tuple[float, ...]


@final
@dataclass(frozen=True, slots=True)
class Epidural:
    """How a lipophilic drug leaves through the dura.

    Attributes
    ----------
    dura_permeability
        cm/h.
    loss_rate, fat_exchange_rate
        Per hour, of what is in the epidural water and in the fat.
    fat_partition
        Fat to epidural water at equilibrium.
    """

    dura_permeability: float
    loss_rate: float
    fat_exchange_rate: float
    fat_partition: float


@final
@dataclass(frozen=True, slots=True)
class Kinetics:
    """One drug in the body; rates per hour.

    Attributes
    ----------
    csf_loss_rate, cord_loss_rate, cranial_loss_rate
        To plasma.
    cord_exchange_rate
        g_c of pkpd.md 4.1: flux over cord area and concentration difference.
    cord_partition
        Cord to CSF at equilibrium.
    epidural
        None for drugs that hardly cross the dura.
    """

    drug: str
    csf_loss_rate: float
    cord_exchange_rate: float
    cord_partition: float
    cord_loss_rate: float
    cranial_loss_rate: float
    epidural: Epidural | None
    plasma: PlasmaKinetics
    stand_ins: tuple[StandIn, ...]
    facts: tuple[UsedFact, ...]


@cached
def _table() -> dict[str, Answers]:
    return by_key("kinetics", "drug")


@cached
def kinetics_of(drug: str) -> Kinetics:
    """Return the kinetics of a drug.

    Raises
    ------
    UnknownIdError
        If the table has no such drug.
    DataError
        If a figure is missing or of another kind.
    """
    table = _table()
    if drug not in table:
        raise unknown("drug of the body model", drug, table)
    reader = _Reader(drug, table)
    epidural = None
    if "dura-permeability" in table[drug]:
        epidural = Epidural(
            dura_permeability=reader("dura-permeability"),
            loss_rate=reader("epidural-loss-rate"),
            fat_exchange_rate=reader("fat-exchange-rate"),
            fat_partition=reader("fat-partition"),
        )
    deep = [one for one in _DEEP if f"plasma-volume-{one}" in table[drug]]
    return Kinetics(
        drug=drug,
        csf_loss_rate=reader("csf-loss-rate"),
        cord_exchange_rate=reader("cord-exchange-rate"),
        cord_partition=reader("cord-partition"),
        cord_loss_rate=reader("cord-loss-rate"),
        cranial_loss_rate=reader("cranial-loss-rate"),
        epidural=epidural,
        plasma=PlasmaKinetics(
            clearance=reader("plasma-clearance"),
            volumes=tuple(map(reader, ["plasma-volume", *(f"plasma-volume-{n}" for n in deep)])),
            flows=tuple(reader(f"plasma-flow-{n}") for n in deep),
        ),
        stand_ins=tuple(reader.stand_ins),
        facts=tuple(reader.facts),
    )


def diffusivity_of(drug: str) -> float:
    """Return the molecular diffusivity at 37 C in cm2/h (pkpd.md 2.1); raises as `kinetics_of`."""
    table = _table()
    if drug not in table:
        raise unknown("drug of the body model", drug, table)
    return _Reader(drug, table)("diffusivity")


@final
class _Reader:
    """Reads figures of one drug, following rows that name a drug whose value stands in."""

    def __init__(self, drug: str, table: dict[str, Answers]) -> None:
        self._drug, self._table = drug, table
        self.stand_ins: list[StandIn] = []
        self.facts: list[UsedFact] = []

    def __call__(self, parameter: str) -> float:
        fact = self._first(self._drug, parameter)
        if isinstance(fact.value, str):
            other = fact.value
            self.stand_ins.append(StandIn(self._drug, parameter, other))
            if other not in self._table:
                raise self._error(parameter, f'"{other}" stands in and is no drug of the table')
            fact = self._first(other, parameter)
            if isinstance(fact.value, str):
                raise self._error(parameter, f"{other} has no figure of its own to stand in")
        self.facts.append(UsedFact(self._drug, parameter, fact))
        return number_of(fact)

    def _first(self, drug: str, parameter: str) -> Fact[FactValue]:
        answers = self._table[drug].get(parameter)
        if answers is None:
            raise self._error(parameter, f"{drug} has no such row")
        return answers[0]

    def _error(self, parameter: str, why: str) -> DataError:
        return DataError(
            f"no {parameter} for {self._drug}",
            why=why,
            remedy="add the row to kinetics.csv",
            place="kinetics.csv",
        )
