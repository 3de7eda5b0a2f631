"""A bench for the link: a filled pump in a folder, paired programmers, a clock that a test moves.

`Wire` joins both ends in one thread, so a test decides what every byte meets on its way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from thecal.link.attempts import Attempts
from thecal.link.device import ServedPump
from thecal.link.errors import LinkBrokenError
from thecal.link.journal import Entry, read_entries
from thecal.link.keys import (
    PairedPump,
    Role,
    create_identity,
    load_identity,
    load_programmers,
    pair,
)
from thecal.link.limits import TelemetryLimits, telemetry_limits
from thecal.link.memory import DeviceMemory, Image
from thecal.link.programmer import Programmer
from thecal.link.pump_session import PumpSession
from thecal.pharmacy import Mixture
from thecal.program.prime_bridge import PrimeKind
from thecal.program.program import InfusionProgram, Mode, PatientBolus, Step
from thecal.program.quantise import DeliveryGrid
from thecal.program.setup import PumpSetup
from thecal.pump.pump import Pump
from thecal.units import Concentration, Duration, Mass, MassRate, Volume, VolumeRate

SERIAL = "NGV700001H"
MONDAY = Fraction(1_772_409_600)
ROLLER = PumpSetup(
    programmable=True,
    capacity=Volume.of(40, "mL"),
    residual=Volume.of("1.4", "mL"),
    minimum_rate=VolumeRate.of("0.048", "mL/d"),
    maximum_rate=VolumeRate.of(24, "mL/d"),
    grid=DeliveryGrid(stroke=None, minimum_rate=VolumeRate.of("0.006", "mL/d")),
    tubing_volume=Volume.of("0.14", "mL"),
    bridge_tubing_volume=Volume.of("0.14", "mL"),
    catheter_volume=Volume.of("0.1672", "mL"),
    low_reservoir_alarm=Volume.of(2, "mL"),
    stopped_alarm_after=Duration.of(48, "h"),
)
MORPHINE = Mixture.of({"morphine": Concentration.of(10, "mg/mL")})
BOLUS = PatientBolus(
    Mass.of("0.1", "mg"), Duration.of(5, "min"), Duration.of(3, "h"), max_per_day=4
)


def continuous(dose: str, bolus: PatientBolus | None = None) -> InfusionProgram:
    """Return a continuous program of so many milligrams of morphine a day."""
    return InfusionProgram(
        Mode.CONTINUOUS, "morphine", MassRate.of(dose, "mg/d"), patient_bolus=bolus
    )


OLD = continuous("2", BOLUS)
NEW = InfusionProgram(
    Mode.FLEX,
    "morphine",
    MassRate.of("1.5", "mg/d"),
    (Step(frozenset((0, 1, 2)), Duration.of(7, "h"), Duration.of(1, "h"), Mass.of("0.2", "mg")),),
    BOLUS,
)


def running_pump() -> Image:
    """Return a pump that was filled, primed and runs the old program since ten hours."""
    pump = Pump.implanted(ROLLER, MONDAY)
    pump.fill(Volume.of(20, "mL"), MORPHINE)
    pump.prime(PrimeKind.FULL)
    pump.advance(MONDAY + 3600)
    pump.write(OLD)
    pump.advance(MONDAY + 11 * 3600)
    return Image(SERIAL, 60, ROLLER, pump.state)


class HandClock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += seconds


@dataclass
class LinkBench:
    """One pump and the folders of its programmers.

    `told` is what could be heard at the pump.
    """

    folder: Path
    limits: TelemetryLimits = field(default_factory=telemetry_limits)
    speed: Fraction = Fraction(1)
    clock: HandClock = field(default_factory=HandClock)
    told: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.pump_folder = self.folder / "pump"
        self.programmer_folder = self.folder / "programmer"
        create_identity(self.programmer_folder)
        self.paired = self.pair()
        self.memory = DeviceMemory(self.pump_folder)
        self.device = self.start()
        self.identity = load_identity(self.pump_folder)
        self.own = load_identity(self.programmer_folder)
        self.attempts = Attempts(self.limits, self.device.image.failures, self.clock())

    def pair(self, role: Role = Role.CLINICIAN, label: str = "Dr A") -> PairedPump:
        return pair(self.pump_folder, self.programmer_folder, serial=SERIAL, role=role, label=label)

    def start(self) -> ServedPump:
        """Wake the pump from its memory."""
        return ServedPump.start(
            self.memory,
            running_pump(),
            speed=self.speed,
            seconds=self.clock,
            utc=lambda: int(self.clock()),
            tell=self.told.append,
        )

    def restart(self) -> None:
        """Cut the power and wake the pump again."""
        self.memory.close()
        self.memory = DeviceMemory(self.pump_folder)
        self.device = self.start()
        self.attempts = Attempts(self.limits, self.device.image.failures, self.clock())

    def session(self) -> PumpSession:
        """Return the pump's end of a new connection."""
        return PumpSession(
            self.device, self.attempts, self.identity, self.find, self.limits, self.clock()
        )

    def find(self, identity: str):
        return next((p for p in load_programmers(self.pump_folder) if p.id == identity), None)

    def wire(self, change: Change | None = None) -> Wire:
        """Return a connection."""
        return Wire(self, self.session(), change)

    def programmer(
        self,
        wire: Wire | None = None,
        pump: PairedPump | None = None,
        own: Ed25519PrivateKey | None = None,
    ) -> Programmer:
        """Return a programmer at the other end of a connection."""
        return Programmer(wire or self.wire(), own or self.own, pump or self.paired)

    def opened(self, change: Change | None = None) -> Programmer:
        """Return a programmer whose session is open; `change` sees the bytes from the start."""
        programmer = self.programmer(self.wire(change))
        programmer.open()
        return programmer

    @property
    def runs(self) -> InfusionProgram:
        """The program that the pump runs."""
        assert self.device.program is not None
        return self.device.program.program

    def stored(self) -> InfusionProgram:
        """The program that the pump would run after a loss of power now."""
        self.restart()
        return self.runs

    def entries(self) -> tuple[Entry, ...]:
        """The entries in the log's file that were not dropped."""
        return read_entries(self.memory.log_path, self.device.image.dropped)

    def logged(self) -> list[str]:
        """The kinds of all of them."""
        return [entry.kind for entry in self.entries()]


Change = Callable[[str, bytes], bytes]
"""Alters what passes; gets `to pump` or `to programmer` and the bytes of one sending."""


class Wire:
    """A connection in one thread; `passed` is all that went over it, by direction."""

    def __init__(self, bench: LinkBench, session: PumpSession, change: Change | None) -> None:
        self.bench, self.session = bench, session
        self._change = change or (lambda _, data: data)
        self.passed: list[tuple[str, bytes]] = []
        self._waiting = self._pass("to programmer", session.challenge())

    def _pass(self, direction: str, data: bytes) -> bytes:
        if data:
            self.passed.append((direction, data))
            data = self._change(direction, data)
        return data

    def inject(self, data: bytes) -> bytes:
        """Give the pump bytes of a stranger and return what it answers."""
        return self.session.receive(data, self.bench.clock())

    def send(self, data: bytes) -> None:
        if self.session.closed:
            raise LinkBrokenError("the pump ended the link")
        out = self.inject(self._pass("to pump", data))
        self._waiting += self._pass("to programmer", out)

    def receive(self) -> bytes:
        data, self._waiting = self._waiting, b""
        if not data:
            raise LinkBrokenError("nothing came")
        return data

    def close(self) -> None:
        self.session.end("the link broke", self.bench.clock())

    def of(self, direction: str) -> bytes:
        """All bytes of one direction."""
        return b"".join(data for way, data in self.passed if way == direction)


def frames_of(data: bytes) -> list[bytes]:
    """Return the frames in some bytes, each with its length."""
    frames = []
    while data:
        end = 4 + int.from_bytes(data[:4], "big")
        frames.append(data[:end])
        data = data[end:]
    return frames


class Scissors:
    """Cuts a connection after so many bytes of both directions together."""

    def __init__(self, after: int) -> None:
        self.left = after

    def __call__(self, _: str, data: bytes) -> bytes:
        part = data[: self.left]
        self.left -= len(part)
        return part


def whole_length(bench: LinkBench, act: Callable[[Programmer], object]) -> int:
    """Return how many bytes a session takes from the challenge to the answer of `act`."""
    wire = bench.wire()
    programmer = bench.programmer(wire)
    programmer.open()
    act(programmer)
    length = sum(len(data) for _, data in wire.passed)
    wire.close()
    return length


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def put_back(folder: Path, files: dict[str, bytes]) -> None:
    for path in folder.iterdir():
        if path.is_file() and path.name not in files:
            path.unlink()
    for name, data in files.items():
        (folder / name).write_bytes(data)


def content(writes: list[tuple[str, bytes]]) -> bytes:
    """Return what the slot that was just recorded holds."""
    return writes[0][1][32:-32]
