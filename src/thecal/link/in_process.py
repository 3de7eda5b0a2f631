"""A connection to a pump of the same process: the same bytes as by radio, without a socket."""

from __future__ import annotations

from collections.abc import Callable
from typing import final

from thecal.link.errors import LinkBrokenError
from thecal.link.pump_session import PumpSession


@final
class InProcessTransport:
    """Carries bytes between a programmer and a pump's session.

    Parameters
    ----------
    session
        The pump's end, fresh.
    seconds
        The clock of the radio's time-outs.
    """

    def __init__(self, session: PumpSession, seconds: Callable[[], float]) -> None:
        self._session, self._seconds = session, seconds
        self._waiting = session.challenge()

    def send(self, data: bytes) -> None:
        """Send all of `data`; raises `LinkBrokenError`."""
        if self._session.closed:
            raise LinkBrokenError("the pump ended the link")
        self._waiting += self._session.receive(data, self._seconds())

    def receive(self) -> bytes:
        """Return what came; raises `LinkBrokenError`."""
        if not self._waiting:
            raise LinkBrokenError("the pump ended the link")
        data, self._waiting = self._waiting, b""
        return data

    def close(self) -> None:
        """End the connection; the pump takes a session that was open for lost."""
        self._session.end("the link broke", self._seconds())
