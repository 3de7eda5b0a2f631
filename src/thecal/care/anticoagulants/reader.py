"""Reading the table `[anticoagulants]` of a case file; what it leaves out stays unknown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import final

from thecal.care.anticoagulants.agents import Agent, Procedure, agents, procedures
from thecal.errors import EntryError
from thecal.safety.finding import Answer
from thecal.therapy.table import Table
from thecal.units import parse_number

_YES, _NO = "yes", "no"


@final
@dataclass(frozen=True, slots=True)
class Taken:
    """One agent that the patient takes: when last, and who answered what stays open."""

    agent: Agent
    last_dose: datetime | None = None
    answer: Answer | None = None


@final
@dataclass(frozen=True, slots=True)
class AnticoagulantCase:
    """A procedure and what the patient takes; None: the case does not say.

    Attributes
    ----------
    unlisted
        What is taken and stands in no table, though it may raise bleeding, or does.
    unreconciled
        Why the list of medicines does not count as gone through; empty where it does.
    """

    procedure: Procedure
    begins: datetime
    taken: tuple[Taken, ...]
    ends: datetime | None = None
    renal_impairment: bool | None = None
    inr: Fraction | None = None
    unlisted: tuple[str, ...] = ()
    unreconciled: str = ""


def read_anticoagulants(table: Table) -> AnticoagulantCase:
    """Return the case of a table `[anticoagulants]`.

    Raises
    ------
    BadFileError
        If a key is unknown or malformed, or a drug is none of the table: its hold is not guessed.
    """
    procedure = procedures()[table.take_choice("procedure", tuple(procedures()))]
    begins = _moment(table, "begins")
    ends = table.optional("ends", lambda key: _moment(table, key))
    if ends is not None and ends < begins:
        raise table.error("the procedure ends before it begins", "correct one of them", "ends")
    renal = table.optional("renal_impairment", lambda key: table.take_choice(key, (_YES, _NO)))
    case = AnticoagulantCase(
        procedure=procedure,
        begins=begins,
        taken=_taken(table),
        ends=ends,
        renal_impairment=None if renal is None else renal == _YES,
        inr=_inr(table),
    )
    table.finish()
    return case


def _moment(table: Table, key: str) -> datetime:
    """Return a local time: the doses and the procedure of one patient share a clock."""
    moment = table.take_moment(key)
    if moment.tzinfo is not None:
        raise table.error("this time has an offset", "write the local time without one", key)
    return moment


def _taken(table: Table) -> tuple[Taken, ...]:
    found: list[Taken] = []
    for number, entry in enumerate(table.take_list("drugs")):
        inner = Table(entry, f"{table.place}: drugs {number}")
        one = agents()[inner.take_choice("drug", tuple(agents()))]
        last = _moment(inner, "last_dose") if inner.has("last_dose") else None
        reason = inner.optional("reason", inner.take_text)
        by = inner.optional("by", inner.take_text) or ""
        inner.finish()
        found.append(Taken(one, last, None if reason is None else Answer(reason, by)))
    ids = [one.agent.id for one in found]
    if len(set(ids)) < len(ids):
        raise table.error("a drug stands twice", "name each once, with its last dose", "drugs")
    return tuple(found)


def _inr(table: Table) -> Fraction | None:
    if not table.has("inr"):
        return None
    try:
        return parse_number(table.take_text("inr"))
    except EntryError as error:
        raise table.error(error.what, 'write it as text: inr = "1.1"', "inr") from None
