"""Steps 11 and 12, and the second person: what was typed into the pump and what it says back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import final

from thecal.care.visit.arrival import DrugDose
from thecal.pharmacy import Mixture
from thecal.program.program import Mode
from thecal.units import Volume


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramLine:
    """One line of a program as people read it."""

    name: str
    value: str


@final
@dataclass(frozen=True, slots=True)
class ChangedLine:
    """A line that differs; `old` or `new` is None where only the other has it."""

    name: str
    old: str | None
    new: str | None


def changed_lines(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[ChangedLine, ...]:
    """Return each line that differs, in the order of the new program, then what it dropped."""
    names = dict.fromkeys((*new, *old))
    return tuple(
        ChangedLine(name, old.get(name), new.get(name))
        for name in names
        if old.get(name) != new.get(name)
    )


def lines_of(lines: tuple[ProgramLine, ...]) -> dict[str, str]:
    """Return name to value."""
    return {one.name: one.value for one in lines}


@final
class Presence(StrEnum):
    """How the second person took part."""

    BESIDE = "beside"
    REMOTE = "remote"
    EXCEPTION = "exception"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class SecondCheck:
    """What a second person entered without seeing the first entry.

    Attributes
    ----------
    checker
        Who; under an exception, who answers for it.
    reason
        Why there was nobody; wanted under an exception.
    """

    checker: str
    presence: Presence
    mixture: Mixture | None = None
    volume: Volume | None = None
    daily_doses: tuple[DrugDose, ...] = ()
    reason: str | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Programming:
    """Step 11: the volume filled, twice blind, and what was typed into the pump.

    Attributes
    ----------
    first, second
        The volume filled, entered twice without sight of the other entry.
    programmed_volume, mixture, mode, daily_doses
        What was typed; None and empty for a constant-flow pump, which is told nothing.
    old, new
        The whole program before and after.
    ticked
        Names of the changed lines that were ticked beside the old ones.
    """

    first: Volume
    second: Volume
    programmed_volume: Volume | None = None
    mixture: Mixture | None = None
    mode: Mode | None = None
    daily_doses: tuple[DrugDose, ...] = ()
    old: tuple[ProgramLine, ...] = ()
    new: tuple[ProgramLine, ...] = ()
    ticked: tuple[str, ...] = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ReadBack:
    """Step 12: the pump read again, held against what was meant as a whole.

    Attributes
    ----------
    reason
        Why the pump is left stopped or at its minimum rate; None where it runs.
    """

    read_at: datetime
    mode: Mode
    intended: tuple[ProgramLine, ...]
    read: tuple[ProgramLine, ...]
    reason: str | None = None
