"""One update of the program, step by step: begun, sent, read back, and only then committed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import final

from thecal.errors import PumpRefusalError
from thecal.link.messages import (
    BeginUpdate,
    Commit,
    ReadBack,
    SendProgram,
    Staged,
    program_hash,
)
from thecal.pharmacy import Mixture
from thecal.program.program import InfusionProgram


@final
class Step(Enum):
    """How far an update has come."""

    BEGUN = auto()
    SENT = auto()
    READ_BACK = auto()


@final
@dataclass(slots=True)
class Update:
    """An update under way. It lives in the session only: a lost session leaves nothing of it.

    A step out of order, of another command or with another hash raises `PumpRefusalError`.
    """

    command: str
    program_hash: str
    running_hash: str
    step: Step = Step.BEGUN
    program: InfusionProgram | None = None
    mixture: Mixture | None = None

    @classmethod
    def begun(cls, request: BeginUpdate, running_hash: str) -> Update:
        """Begin; the programmer has to know what runs now."""
        _same("program that runs", request.running_hash, running_hash)
        return cls(request.command, request.program_hash, running_hash)

    def send(self, request: SendProgram, filled: Mixture) -> None:
        """Take the program; it must be the one that was announced, for the drug that is filled."""
        self._expect(Step.BEGUN, request.command)
        _same("program", program_hash(request.program, request.mixture), self.program_hash)
        if request.mixture != filled:
            raise PumpRefusalError("the pump was filled with other concentrations")
        self.program, self.mixture, self.step = request.program, request.mixture, Step.SENT

    def read_back(self, request: ReadBack) -> Staged:
        """Return what would run, with a hash computed anew from it."""
        if self.step is Step.BEGUN:
            raise PumpRefusalError("a step of the update is missing")
        self._expect(self.step, request.command)
        assert self.program is not None
        assert self.mixture is not None
        self.step = Step.READ_BACK
        return Staged(
            command=self.command,
            program=self.program,
            mixture=self.mixture,
            program_hash=program_hash(self.program, self.mixture),
        )

    def commit(self, request: Commit, running_hash: str, filled: Mixture) -> InfusionProgram:
        """Return the program that may now run."""
        self._expect(Step.READ_BACK, request.command)
        assert self.program is not None
        _same("program", request.program_hash, self.program_hash)
        _same("program", program_hash(self.program, filled), self.program_hash)
        _same("program that runs", running_hash, self.running_hash)
        return self.program

    def _expect(self, step: Step, command: str) -> None:
        if command != self.command:
            raise PumpRefusalError("another update is under way")
        if self.step is not step:
            raise PumpRefusalError("a step of the update is missing or was taken already")


def _same(what: str, one: str, other: str) -> None:
    if one != other:
        raise PumpRefusalError(
            f"this is not the {what}", remedy="interrogate the pump and review again"
        )
