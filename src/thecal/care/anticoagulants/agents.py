"""Anticoagulants and procedures, from `anticoagulants.csv` and `anticoagulant_procedures.csv`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import final

from thecal.data import Fact, FactValue, cached, fact_of, rows
from thecal.errors import DataError
from thecal.pharmacy.lookup import by_key, unknown
from thecal.units import Duration

ANY = "any"
HIGH, LOW, SURGERY = "high", "low", "surgery"
_NONSTEROIDAL = "nonsteroidal"
Answers = tuple[Fact[FactValue], ...]


@final
@dataclass(frozen=True, slots=True)
class Agent:
    """One anticoagulant or platelet inhibitor before a procedure of high risk of bleeding.

    Attributes
    ----------
    hold, hold_renal
        Time without it before the procedure, the longest answer first; empty where no length is
        given. `hold_renal` where the kidneys are impaired.
    restart
        Time after the procedure, the longest answer first.
    test
        What has to be normal besides; None where nothing.
    decision
        In words, where no length is given.
    surgery
        Hold of another table, for surgery: shown, never used.
    """

    id: str
    name: str
    group: str
    hold: tuple[Fact[Duration], ...]
    hold_renal: tuple[Fact[Duration], ...]
    restart: tuple[Fact[Duration], ...]
    test: Fact[str] | None
    decision: Fact[str] | None
    surgery: tuple[Fact[Duration], ...]


@final
@dataclass(frozen=True, slots=True)
class Procedure:
    """A procedure with its risk of bleeding, the answer in use first."""

    id: str
    name: str
    risk: tuple[Fact[str], ...]

    @property
    def is_high_risk(self) -> bool:
        """Whether the table of high risk holds for it."""
        return self.risk[0].value == HIGH


@cached
def _table() -> Mapping[tuple[str, str, str], Answers]:
    found: dict[tuple[str, str, str], Answers] = {}
    for row in sorted(rows("anticoagulants"), key=lambda row: int(row["rank"])):
        key = row["drug"], row["risk"], row["parameter"]
        found[key] = (*found.get(key, ()), fact_of(row))
    return MappingProxyType(found)


def general(risk: str, parameter: str) -> Fact[FactValue]:
    """Return the default of a figure that holds for every drug; raises `DataError`."""
    found = _table().get((ANY, risk, parameter))
    if found is None:
        raise DataError(f"anticoagulants.csv has no any {parameter}", remedy="restore the row")
    return found[0]


@cached
def agents() -> Mapping[str, Agent]:
    """Return every agent by id, in the order of the table."""
    ids = dict.fromkeys(drug for drug, risk, _ in _table() if drug != ANY and risk == HIGH)
    return MappingProxyType({one: _agent(one) for one in ids})


def agent(id: str) -> Agent:
    """Return the agent with this id; raises `UnknownIdError`: no length is made up for a drug."""
    found = agents().get(id)
    if found is None:
        raise unknown("anticoagulant of the table", id, agents())
    return found


def nonsteroidals() -> tuple[Agent, ...]:
    """Return the list of nonsteroidal drugs, whose holds are five half-lives."""
    return tuple(one for one in agents().values() if one.group == _NONSTEROIDAL)


@cached
def procedures() -> Mapping[str, Procedure]:
    """Return every procedure by id."""
    found = {}
    for name, answers in by_key("anticoagulant_procedures", "procedure").items():
        risk = tuple(one.of_kind(str) for one in answers["risk"])
        found[name] = Procedure(name, answers["name"][0].of_kind(str).value, risk)
    return MappingProxyType(found)


def procedure(id: str) -> Procedure:
    """Return the procedure with this id; raises `UnknownIdError`."""
    found = procedures().get(id)
    if found is None:
        raise unknown("procedure of the table", id, procedures())
    return found


def _agent(id: str) -> Agent:
    def durations(parameter: str, risk: str = HIGH) -> tuple[Fact[Duration], ...]:
        return tuple(one.of_kind(Duration) for one in _table().get((id, risk, parameter), ()))

    def text(parameter: str) -> Fact[str] | None:
        found = _table().get((id, HIGH, parameter))
        return None if found is None else found[0].of_kind(str)

    name, group = text("name"), text("group")
    if name is None or group is None:
        raise DataError(f"{id} has no name or group", place="anticoagulants.csv")
    return Agent(
        id=id,
        name=name.value,
        group=group.value,
        hold=durations("hold"),
        hold_renal=durations("hold-renal"),
        restart=durations("restart"),
        test=text("test"),
        decision=text("decision"),
        surgery=durations("hold", SURGERY),
    )
