"""Opening a session for a command: where the pump is, with which keys."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from thecal.cli.pump_serve import add_socket, read_socket
from thecal.errors import UsageError
from thecal.link.keys import Role, load_card, load_identity, load_pump
from thecal.link.programmer import Programmer, SocketTransport
from thecal.link.pump_report import PumpReport

TIMEOUT = 10.0


def add_link_options(parser: argparse.ArgumentParser, *, card: bool = False) -> None:
    """Declare how to reach the pump; `card`: whether an emergency card opens this action."""
    add_socket(parser)
    parser.add_argument("--keys", type=Path, metavar="DIR", help="the programmer's folder")
    parser.add_argument("--pump", metavar="SERIAL", help="which pump, where several are paired")
    parser.add_argument(
        "--role", choices=(Role.CLINICIAN.value, Role.PATIENT.value), help="which pairing"
    )
    if card:
        parser.add_argument(
            "--card", type=Path, metavar="FILE", help="the card of a touch, in place of --keys"
        )


@contextmanager
def session(options: argparse.Namespace) -> Iterator[tuple[Programmer, PumpReport]]:
    """Open a session, and give it with how the pump stands; the connection ends in any case.

    Raises
    ------
    UsageError, LinkError
        If it is not said with which keys, or no session can be opened.
    """
    card = getattr(options, "card", None)
    if (options.keys is None) == (card is None):
        raise UsageError("it is not said with which keys", remedy="give --keys DIR")
    if card is not None:
        pump, identity = load_card(card)
    else:
        identity = load_identity(options.keys)
        role = None if options.role is None else Role(options.role)
        pump = load_pump(options.keys, options.pump, role)
    transport = SocketTransport(*read_socket(options.socket), TIMEOUT)
    try:
        programmer = Programmer(transport, identity, pump)
        yield programmer, programmer.open()
    finally:
        transport.close()
