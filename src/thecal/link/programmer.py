"""The programmer's end of a session: it opens one, asks, and takes an update through its steps."""

from __future__ import annotations

import socket
from typing import Protocol, TypeVar, final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from thecal.errors import PumpRefusalError
from thecal.link.errors import FrameError, HandshakeError, LinkBrokenError, PumpBusyError
from thecal.link.frames import BUSY, LONGEST_FRAME, FrameBuffer, Opener, Sealer, framed
from thecal.link.handshake import ProgrammerHandshake
from thecal.link.journal import Entry
from thecal.link.keys import PairedPump
from thecal.link.messages import (
    Abort,
    Answer,
    BeginUpdate,
    Close,
    Closed,
    Command,
    Commit,
    Done,
    Interrogate,
    LogEntries,
    ReadBack,
    ReadBackOrder,
    ReadLog,
    Refused,
    Request,
    SendFill,
    SendOrder,
    SendPrime,
    SendProgram,
    Standing,
    Understood,
    new_command,
    read_answer,
    write_message,
)
from thecal.link.pump_report import PumpReport
from thecal.link.visit_orders import FillOrder, PrimeOrder, order_hash, program_hash
from thecal.pharmacy import Mixture
from thecal.program.program import InfusionProgram

A = TypeVar("A", bound=Answer)


class Transport(Protocol):
    """A connection that carries bytes."""

    def send(self, data: bytes) -> None:
        """Send all of `data`; raises `LinkBrokenError`."""

    def receive(self) -> bytes:
        """Return what came, at least one byte; raises `LinkBrokenError` if nothing will come."""

    def close(self) -> None:
        """End the connection."""


@final
class SocketTransport:
    """A TCP connection to a served pump."""

    def __init__(self, host: str, port: int, timeout: float) -> None:
        try:
            self._socket = socket.create_connection((host, port), timeout)
        except OSError as error:
            raise LinkBrokenError(
                f"no pump answers at {host}:{port}",
                why=str(error.strerror or error),
                remedy="start one with `thecal pump serve`, or check --socket",
            ) from None

    def send(self, data: bytes) -> None:
        """Send all of `data`."""
        try:
            self._socket.sendall(data)
        except OSError as error:
            raise LinkBrokenError(f"the link broke: {error.strerror or error}") from None

    def receive(self) -> bytes:
        """Return what came."""
        try:
            data = self._socket.recv(LONGEST_FRAME)
        except OSError as error:
            raise LinkBrokenError(f"the link broke: {error.strerror or error}") from None
        if not data:
            raise LinkBrokenError("the pump ended the link")
        return data

    def close(self) -> None:
        """End the connection."""
        self._socket.close()


class UnknownOutcomeError(LinkBrokenError):
    """The link broke after a command was sent: it was done, or it was not. Interrogate."""


@final
class Programmer:
    """A session with one pump.

    Parameters
    ----------
    transport
        A fresh connection.
    identity, pump
        Own key, and the pairing with the pump.
    """

    def __init__(self, transport: Transport, identity: Ed25519PrivateKey, pump: PairedPump) -> None:
        self._transport = transport
        self._identity, self._pump = identity, pump
        self._buffer = FrameBuffer()
        self._sealer: Sealer | None = None
        self._opener: Opener | None = None

    def open(self) -> PumpReport:
        """Open the session and return how the pump stands.

        Raises
        ------
        PumpBusyError, HandshakeError, LinkBrokenError
            If the pump has another session, is another pump or does not answer.
        """
        handshake = ProgrammerHandshake(self._identity, self._pump)
        first = self._frame("the pump does not hear: it pauses after failed attempts")
        if first == BUSY:
            raise PumpBusyError("the pump has another session", remedy="wait until it ends")
        self._transport.send(framed(handshake.hello(first)))
        answer = self._frame("the pump does not know this programmer, or the pairing was revoked")
        confirmation, keys = handshake.confirm(answer)
        self._sealer = Sealer(keys.to_pump, keys.session, b"to the pump")
        self._opener = Opener(keys.to_programmer, keys.session, b"to the programmer")
        self._buffer.longest = LONGEST_FRAME
        self._transport.send(framed(confirmation))
        report = self._expect(self._read(), Standing).report
        if report.serial != self._pump.serial:
            raise HandshakeError(
                f"this is pump {report.serial}, not {self._pump.serial}",
                remedy="pair with the pump that is implanted",
            )
        return report

    def _frame(self, silence: str) -> bytes:
        while True:
            frame = self._buffer.take()
            if frame is not None:
                return frame
            try:
                self._buffer.feed(self._transport.receive())
            except LinkBrokenError as error:
                raise LinkBrokenError(error.what, why=silence) from None

    # -- asking ---------------------------------------------------------------------------------

    def ask(self, request: Request) -> Answer:
        """Send a request and return the answer.

        Raises
        ------
        PumpRefusalError
            If the pump refuses; what it was doing goes on.
        UnknownOutcomeError
            If the link broke before the answer to a command.
        """
        if self._sealer is None:
            raise LinkBrokenError("the session is not open")
        try:
            self._transport.send(self._sealer.seal(write_message(request)))
            answer = self._read()
        except (LinkBrokenError, FrameError) as error:
            if isinstance(request, Command):
                raise UnknownOutcomeError(
                    f"{error.what} before the answer came",
                    why="the pump did all of the command or nothing of it",
                    remedy="look with `thecal pump interrogate` before anything else",
                ) from None
            raise
        if isinstance(answer, Refused):
            raise PumpRefusalError(f"the pump refused: {answer.why}")
        return answer

    def _read(self) -> Answer:
        assert self._opener is not None
        return read_answer(self._opener.open(self._frame("nothing came")))

    @staticmethod
    def _expect(answer: Answer, kind: type[A]) -> A:
        if not isinstance(answer, kind):
            raise FrameError("the pump answered something else than was asked")
        return answer

    def interrogate(self) -> PumpReport:
        """Return how the pump stands."""
        return self._expect(self.ask(Interrogate()), Standing).report

    def command(self, request: Command) -> Done:
        """Let the pump do a command."""
        done = self._expect(self.ask(request), Done)
        if done.command != request.command:
            raise FrameError("the pump answered another command")
        return done

    def log(self, since: int = 0) -> tuple[Entry, ...]:
        """Return the log after entry `since`; reading it is logged too.

        Where the first number is not the next one, entries before it were dropped.
        """
        entries: list[Entry] = []
        while True:
            read = entries[-1].number if entries else since
            part = self._expect(self.ask(ReadLog(since=read)), LogEntries)
            entries += part.entries
            if not part.more or not part.entries:
                return tuple(entries)

    # -- the update -----------------------------------------------------------------------------

    def update(
        self,
        program: InfusionProgram,
        mixture: Mixture,
        running_hash: str,
        command: str | None = None,
    ) -> Done:
        """Take a reviewed program through send, read back, compare and commit.

        Parameters
        ----------
        program, mixture
            As reviewed: the program, and the concentrations with which it was.
        running_hash
            The program that the review took to be running.
        command
            The id under which the pump does it once; None: a fresh one.

        Raises
        ------
        PumpRefusalError
            If the pump refuses or read-back differs: the old program goes on.
        UnknownOutcomeError
            If the link broke: the old program runs or the new one.
        """
        send = SendProgram(command=command or new_command(), program=program, mixture=mixture)
        done = self._transact(send, running_hash)
        if done.report.running_hash != program_hash(program, mixture):
            raise PumpRefusalError(
                "the pump does not run what was committed", remedy="interrogate it at once"
            )
        return done

    def fill(self, order: FillOrder, running_hash: str, command: str | None = None) -> Done:
        """Take a reviewed fill through the same steps; raises as `update` does."""
        done = self._transact(SendFill(command=command or new_command(), fill=order), running_hash)
        if (done.report.fills, done.report.solution) != (order.number, order.mixture):
            raise PumpRefusalError(
                "the pump does not hold what was committed", remedy="interrogate it at once"
            )
        return done

    def prime(self, order: PrimeOrder, running_hash: str, command: str | None = None) -> Done:
        """Take a reviewed prime through the same steps; raises as `update` does."""
        send = SendPrime(command=command or new_command(), prime=order)
        return self._transact(send, running_hash)

    def _transact(self, send: SendOrder, running_hash: str) -> Done:
        command, wanted = send.command, order_hash(send.ordered)
        begin = BeginUpdate(command=command, order_hash=wanted, running_hash=running_hash)
        self._expect(self.ask(begin), Understood)
        try:
            self._expect(self.ask(send), Understood)
            staged = self.ask(ReadBack(command=command))
            if not isinstance(staged, ReadBackOrder):
                raise FrameError("the pump answered something else than was asked")
            if (staged.ordered, staged.order_hash) != (send.ordered, wanted):
                raise PumpRefusalError("the pump read back another order than was sent")
            return self.command(Commit(command=command, order_hash=wanted))
        except PumpRefusalError:
            self.ask(Abort(command=command))
            raise

    def close(self, standing: str = "") -> PumpReport:
        """End the session; `standing` says why a pump without therapy is left so."""
        report = self._expect(self.ask(Close(standing=standing)), Closed).report
        self._transport.close()
        return report
