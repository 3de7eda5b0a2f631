"""The messages of a session: typed, versioned; what is not known here is refused.

Every order carries a command id that the programmer drew at random, and the hash of the program
that it was decided upon. The pump does a command once, whatever arrives how often.
"""

from __future__ import annotations

import re
import secrets
from abc import ABC, abstractmethod
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar, final

from thecal.link.codec import Json, canonical, decode, encode, parse
from thecal.link.errors import MessageError
from thecal.link.journal import Entry
from thecal.link.pump_report import PumpReport
from thecal.link.visit_orders import (
    FillOrder,
    PrimeOrder,
    ProgramOrder,
    VisitOrder,
    check_order_form,
)
from thecal.pharmacy import Mixture
from thecal.program.program import InfusionProgram
from thecal.units import Duration, Mass

T = TypeVar("T")
MESSAGE_VERSION = 1
LONGEST_TEXT = 400
LONGEST_REQUEST = 12 * 1024
"""So that the log's entry of a request fits into one answer."""
_ID = re.compile(r"[0-9a-f]{32}")


def new_command() -> str:
    """Return a fresh command id."""
    return secrets.token_hex(16)


def is_command(text: str) -> bool:
    """Return whether a text has the form of a command id."""
    return _ID.fullmatch(text) is not None


# -- what a programmer asks ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Anything that a programmer may ask."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command(Request):
    """A request that changes something; done once."""

    command: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Interrogate(Request):
    """How does the pump stand?"""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLog(Request):
    """Which log entries follow entry `since`?"""

    since: int


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class BeginUpdate(Command):
    """Begin an update: write the order of `order_hash`, knowing that `running_hash` runs."""

    order_hash: str
    running_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SendOrder(Command, ABC):
    """What an update is to write: a program, a fill or a prime."""

    @property
    @abstractmethod
    def ordered(self) -> VisitOrder:
        """What is to be written."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class SendProgram(SendOrder):
    """The program of an update, and the concentrations with which it was reviewed."""

    program: InfusionProgram
    mixture: Mixture

    @property
    def ordered(self) -> ProgramOrder:
        """The program."""
        return ProgramOrder(program=self.program, mixture=self.mixture)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class SendFill(SendOrder):
    """The fill of an update."""

    fill: FillOrder

    @property
    def ordered(self) -> FillOrder:
        """The fill."""
        return self.fill


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class SendPrime(SendOrder):
    """The prime of an update."""

    prime: PrimeOrder

    @property
    def ordered(self) -> PrimeOrder:
        """The prime."""
        return self.prime


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ReadBack(Command):
    """What has the pump understood?"""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Commit(Command):
    """Let the program of this hash run."""

    order_hash: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Abort(Command):
    """Forget the update."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class GiveBolus(Command):
    """A clinician's bolus on top of the program of `running_hash`."""

    running_hash: str
    dose: Mass
    duration: Duration


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class StopPump(Command):
    """Stop; never refused for what the programmer knows or does not know."""

    reason: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class MinimumRate(Command):
    """Run at the rate of the minimum-rate mode, which is no therapy."""

    reason: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ResumePump(Command):
    """Go on with the stopped program of `running_hash`."""

    running_hash: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class SetClock(Command):
    """Set the pump's clock to the programmer's; `difference`: the seconds by which it was fast."""

    difference: Fraction
    reason: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PressButton(Command):
    """The patient asks for a bolus."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Close(Request):
    """End the session. `standing` says why a pump that gives no therapy may be left so."""

    standing: str


# -- what a pump answers ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Anything that a pump may answer."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Standing(Answer):
    """How the pump stands."""

    report: PumpReport


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Understood(Answer):
    """A step of an update was taken; nothing runs differently yet."""

    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadBackOrder(Answer, ABC):
    """What the pump would do, read back from what it would store."""

    command: str
    order_hash: str

    @property
    @abstractmethod
    def ordered(self) -> VisitOrder:
        """What the pump has understood."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Staged(ReadBackOrder):
    """The program that the pump would run."""

    program: InfusionProgram
    mixture: Mixture

    @property
    def ordered(self) -> ProgramOrder:
        """The program."""
        return ProgramOrder(program=self.program, mixture=self.mixture)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class StagedFill(ReadBackOrder):
    """The fill that the pump would take."""

    fill: FillOrder

    @property
    def ordered(self) -> FillOrder:
        """The fill."""
        return self.fill


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class StagedPrime(ReadBackOrder):
    """The prime that the pump would begin."""

    prime: PrimeOrder

    @property
    def ordered(self) -> PrimeOrder:
        """The prime."""
        return self.prime


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Done(Answer):
    """A command was done and is stored. `denial` says why a press was denied; None: granted."""

    command: str
    repeated: bool
    denial: str | None
    report: PumpReport


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Refused(Answer):
    """The pump refused; what it was doing goes on."""

    why: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntries(Answer):
    """Entries of the log, as many as fit; `more` says whether others follow."""

    entries: tuple[Entry, ...]
    more: bool


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Closed(Answer):
    """The session is over."""

    report: PumpReport


REQUESTS: dict[str, type[Request]] = {
    "interrogate": Interrogate,
    "read-log": ReadLog,
    "begin-update": BeginUpdate,
    "send-program": SendProgram,
    "send-fill": SendFill,
    "send-prime": SendPrime,
    "read-back": ReadBack,
    "commit": Commit,
    "abort": Abort,
    "bolus": GiveBolus,
    "stop": StopPump,
    "minimum-rate": MinimumRate,
    "resume": ResumePump,
    "set-clock": SetClock,
    "press": PressButton,
    "close": Close,
}
ANSWERS: dict[str, type[Answer]] = {
    "standing": Standing,
    "understood": Understood,
    "staged": Staged,
    "staged-fill": StagedFill,
    "staged-prime": StagedPrime,
    "done": Done,
    "refused": Refused,
    "log-entries": LogEntries,
    "closed": Closed,
}
_NAMES: dict[type[Request] | type[Answer], str] = {
    kind: name for table in (REQUESTS, ANSWERS) for name, kind in table.items()
}


def name_of(message: Request | Answer) -> str:
    """Return the name by which a message travels."""
    return _NAMES[type(message)]


def write_message(message: Request | Answer) -> bytes:
    """Return a message as bytes."""
    return canonical(
        {"version": MESSAGE_VERSION, "type": name_of(message), "body": encode(message)}
    )


def read_request(data: bytes) -> Request:
    """Return the request of some bytes; raises `MessageError`."""
    if len(data) > LONGEST_REQUEST:
        raise MessageError("a request longer than any may be")
    request = decode(*_parts(data, REQUESTS))
    assert isinstance(request, Request)
    _check_texts(request)
    if isinstance(request, SendOrder):
        check_order_form(request.ordered)
    if isinstance(request, GiveBolus) and not (request.dose.base > 0 < request.duration.base):
        raise MessageError("a bolus without dose or duration")
    if isinstance(request, SetClock) and not request.reason.strip():
        raise MessageError("a clock is set for a reason")
    if isinstance(request, ReadLog) and request.since < 0:
        raise MessageError("a log has no entry before its first")
    return request


def read_answer(data: bytes) -> Answer:
    """Return the answer of some bytes; raises `MessageError`."""
    # Instants and volumes of a running pump are exact and may be long; the pump is trusted here.
    answer = decode(*_parts(data, ANSWERS), digits=None)
    assert isinstance(answer, Answer)
    return answer


def _parts(data: bytes, known: dict[str, type[T]]) -> tuple[Json, type[T]]:
    value = parse(data)
    if not isinstance(value, dict) or value.keys() != {"version", "type", "body"}:
        raise MessageError("this is no message")
    if value["version"] != MESSAGE_VERSION or isinstance(value["version"], bool):
        raise MessageError("a message of another version")
    kind = known.get(value["type"]) if isinstance(value["type"], str) else None
    if kind is None:
        raise MessageError("an unknown message")
    return value["body"], kind


def _check_texts(request: Request) -> None:
    if isinstance(request, Command) and not is_command(request.command):
        raise MessageError("a command without an id")
    for name in ("reason", "standing"):
        text = getattr(request, name, "")
        if len(text) > LONGEST_TEXT or not (text.isprintable() or not text):
            raise MessageError(f"a {name} that is no short plain text")
