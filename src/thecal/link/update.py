"""One update of the pump, step by step: begun, sent, read back, and only then committed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import final

from thecal.errors import PumpRefusalError
from thecal.link.messages import (
    BeginUpdate,
    Commit,
    ReadBack,
    ReadBackOrder,
    SendOrder,
    Staged,
    StagedFill,
    StagedPrime,
)
from thecal.link.visit_orders import FillOrder, PrimeOrder, ProgramOrder, check_fits, order_hash
from thecal.pump.state import PumpState


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
    order_hash: str
    running_hash: str
    step: Step = Step.BEGUN
    sent: SendOrder | None = None

    @classmethod
    def begun(cls, request: BeginUpdate, running_hash: str) -> Update:
        """Begin; the programmer has to know what runs now."""
        _same("program that runs", request.running_hash, running_hash)
        return cls(request.command, request.order_hash, running_hash)

    def send(self, request: SendOrder, state: PumpState) -> None:
        """Take the order; it must be the one that was announced, for what is in the pump."""
        self._expect(Step.BEGUN, request.command)
        _same("order that was announced", order_hash(request.ordered), self.order_hash)
        check_fits(request.ordered, state)
        self.sent, self.step = request, Step.SENT

    def read_back(self, request: ReadBack) -> ReadBackOrder:
        """Return what would be done, with a hash computed anew from it."""
        if self.step is Step.BEGUN:
            raise PumpRefusalError("a step of the update is missing")
        self._expect(self.step, request.command)
        assert self.sent is not None
        self.step = Step.READ_BACK
        ordered, command = self.sent.ordered, self.command
        anew = order_hash(ordered)
        match ordered:
            case ProgramOrder():
                program, mixture = ordered.program, ordered.mixture
                return Staged(command=command, order_hash=anew, program=program, mixture=mixture)
            case FillOrder():
                return StagedFill(command=command, order_hash=anew, fill=ordered)
            case PrimeOrder():
                return StagedPrime(command=command, order_hash=anew, prime=ordered)

    def commit(self, request: Commit, running_hash: str, state: PumpState) -> SendOrder:
        """Return what may now be done."""
        self._expect(Step.READ_BACK, request.command)
        assert self.sent is not None
        _same("order that was read back", request.order_hash, self.order_hash)
        _same("order that was read back", order_hash(self.sent.ordered), self.order_hash)
        _same("program that runs", running_hash, self.running_hash)
        check_fits(self.sent.ordered, state)
        return self.sent

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
