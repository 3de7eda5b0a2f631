"""`thecal pump serve FILE`: the virtual pump of a therapy file, at a socket."""

from __future__ import annotations

import argparse
import ipaddress
import json
import os
import signal
import sys
import time
from fractions import Fraction
from pathlib import Path
from types import FrameType

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from thecal.care.implanted_pump import implanted_image
from thecal.cli.main import BAD_INPUT, DONE
from thecal.errors import BadFileError, ThecalError, UsageError
from thecal.link.device import ServedPump
from thecal.link.keys import load_identity, load_programmers
from thecal.link.limits import telemetry_limits
from thecal.link.memory import DeviceMemory, Image
from thecal.link.server import PumpServer
from thecal.link.watch import DeliveryWatch
from thecal.therapy.file_reader import read_therapy_file
from thecal.units import parse_number

DEFAULT_SOCKET = "127.0.0.1:4711"
FASTEST = 1_000_000


def configure(parser: argparse.ArgumentParser, action: str) -> None:
    """Declare the options."""
    parser.add_argument("file", type=Path, metavar="FILE", help="a therapy file (TOML)")
    add_socket(parser)
    parser.add_argument(
        "--speed", default="1", metavar="N", help="seconds of the pump in one second"
    )
    parser.add_argument(
        "--state", type=Path, required=True, metavar="DIR", help="the pump's folder"
    )
    parser.add_argument(
        "--any-address",
        action="store_true",
        help="allow an address that others can reach; without it only this machine's own",
    )


def add_socket(parser: argparse.ArgumentParser) -> None:
    """Declare where the pump is."""
    parser.add_argument(
        "--socket", default=DEFAULT_SOCKET, metavar="HOST:PORT", help="port 0 takes a free one"
    )


def read_socket(text: str) -> tuple[str, int]:
    """Return host and port of `HOST:PORT`; raises `UsageError`."""
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not host or not (port.isascii() and port.isdecimal()) or int(port) > 65535:
        raise UsageError(
            f'"{text}" is no HOST:PORT', remedy="write 127.0.0.1:4711", place="--socket"
        )
    return host, int(port)


def run(options: argparse.Namespace) -> int:
    """Serve until interrupted; the pump is stored then and goes on there next time."""
    speed = _speed(options.speed)
    address = read_socket(options.socket)
    if not options.any_address and not _is_own(address[0]):
        raise UsageError(
            f"{address[0]} is not this machine's own address",
            remedy="use 127.0.0.1, or add --any-address",
            place="--socket",
        )
    therapy = read_therapy_file(options.file)
    try:
        image = implanted_image(therapy)
    except ThecalError as error:
        raise error.at(options.file.name) from None
    identity = load_identity(options.state)
    load_programmers(options.state)
    memory = DeviceMemory(options.state)
    try:
        _serve(options, memory, image, speed, address, identity)
    except OSError as error:
        raise BadFileError(
            f"the pump cannot go on: {error.strerror or error}", place=str(options.state)
        ) from None
    finally:
        memory.close()
    return DONE


def _serve(
    options: argparse.Namespace,
    memory: DeviceMemory,
    image: Image,
    speed: Fraction,
    address: tuple[str, int],
    identity: Ed25519PrivateKey,
) -> None:
    device = ServedPump.start(
        memory,
        image,
        speed=speed,
        seconds=time.monotonic,
        utc=lambda: int(time.time()),
        tell=_tell,
    )
    watch = DeliveryWatch(
        telemetry_limits().watch_deadline,
        time.monotonic,
        lambda still: _fail_safe(device, still),
    )
    server = PumpServer(
        device,
        identity,
        telemetry_limits(),
        options.state,
        address,
        seconds=time.monotonic,
        wall=time.time,
        beat=watch.beat,
    )
    ended = _Ended()
    host, port = server.address
    where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    if options.json:
        print(json.dumps({"serial": device.serial, "socket": where}), flush=True)
    else:
        print(f"pump {device.serial} listens at {where}; Ctrl-C ends it", flush=True)
    watch.start()
    try:
        server.run(ended)
    finally:
        watch.end()


def _fail_safe(device: ServedPump, still: float) -> None:
    """Put the pump in its safe state and end the process, whose main thread does not answer."""
    try:
        device.fail_safe(still)
    finally:
        sys.stderr.flush()
        os._exit(BAD_INPUT)


class _Ended:
    """Whether the process was asked to end."""

    def __init__(self) -> None:
        self._asked = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self._asked = True

    def __call__(self) -> bool:
        return self._asked


def _tell(text: str) -> None:
    print(f"thecal pump: {text}", file=sys.stderr, flush=True)


def _speed(text: str) -> Fraction:
    try:
        speed = parse_number(text)
    except ThecalError as error:
        raise error.at("--speed") from None
    if not 0 < speed <= FASTEST:
        raise UsageError(
            f'"{text}" is no speed', remedy="write 1 for real time, 3600 for an hour a second"
        )
    return speed


def _is_own(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
