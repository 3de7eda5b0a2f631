"""The virtual pump of a patient, in this process: its folder, its clock, its end of the link.

A pump lives in `PUMP_DIR/<patient>/<generation>`. It is implanted from the record when somebody
first talks to it. What no telemetry can tell a pump (a new catheter, a scan, a needle in the access
port, a fill or program written down by hand) happened to the body: the entry that says so begins a
new generation, implanted from the record as it then stands. What is only ordered by telemetry does
not: there the pump and the record may differ, and a difference is a finding.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from thecal.care.implanted_pump import image_of, implanted_pump
from thecal.clinic import clock
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.truth import true_replay_of
from thecal.device import pump_model
from thecal.errors import NotProgrammableError, ThecalError
from thecal.link.attempts import Attempts
from thecal.link.device import ServedPump
from thecal.link.errors import LinkError, PumpBusyError
from thecal.link.in_process import InProcessTransport
from thecal.link.keys import (
    IDENTITY_FILE,
    PairedProgrammer,
    PairedPump,
    Role,
    create_identity,
    load_identity,
    load_programmers,
    load_pump,
    pair,
)
from thecal.link.limits import telemetry_limits
from thecal.link.memory import DeviceMemory, Image
from thecal.link.programmer import Programmer, Transport
from thecal.link.pump_session import PumpSession
from thecal.program.clock import Instant, instant_of
from thecal.record.entry import Entry
from thecal.record.fold import EVENT, effective
from thecal.therapy.events import Therapy

COMMAND = "pump.command"
MANUAL = "programming.manual"
"""Stands right before a therapy event that was programmed by hand and written down."""
_TOLD_BY_TELEMETRY = frozenset(
    {"program", "stop", "resume", "bolus", "set-clock", "interrogate", "note", "observe"}
)
_LONGEST_WAIT, _LOOK_EVERY = 20.0, 0.05


class PumpFolderError(LinkError):
    """The folder in which a virtual pump lives cannot be read or written."""


def folder_trouble(error: OSError) -> PumpFolderError:
    """Return the error of a folder in plain words."""
    return PumpFolderError(
        f"the folder of this pump cannot be read or written ({error.strerror})",
        remedy="make room on its disk and see who may write there; the pump itself goes on",
    )


def has_telemetry(therapy: Therapy | None) -> bool:
    """Return whether the implanted pump can be programmed by telemetry."""
    if therapy is None:
        return False
    return _programmable(implanted_pump(therapy).model)


def _programmable(model_id: str) -> bool:
    model = pump_model(model_id)
    return model.programmable and model.kind != "external"


def takes_orders(chart: Chart) -> bool:
    """Return the same of a chart, by its projection: nothing is folded for it."""
    told = chart.content["therapy"]
    return bool(told) and _programmable(told["model"])


def check_telemetry(therapy: Therapy | None) -> Therapy:
    """Return the therapy of a pump with telemetry; raises `NotProgrammableError`."""
    if therapy is None:
        raise NotProgrammableError(
            "no pump is recorded for this patient", remedy="record the implant first"
        )
    if not has_telemetry(therapy):
        raise NotProgrammableError(
            "this pump has no telemetry: its flow is fixed",
            remedy="change the concentration at the refill, and record what was done",
        )
    return therapy


def generation(entries: Iterable[Entry]) -> int:
    """Return the last entry that changed the body in a way no telemetry tells; 0 where none."""
    last, before = 0, ""
    for one in effective(entries):
        entry = one.entry
        told = before == COMMAND
        by_hand = before == MANUAL
        before = entry.kind if _tells(entry) else ""
        if entry.kind != EVENT or told:
            continue
        if by_hand or entry.body["type"] not in _TOLD_BY_TELEMETRY:
            last = max(last, entry.seq, *one.corrected_by)
    return last


def _tells(entry: Entry) -> bool:
    """Return whether an entry speaks of the therapy event right after it."""
    return entry.kind == MANUAL or (entry.kind == COMMAND and bool(entry.body.get("event")))


@final
@dataclass(frozen=True, slots=True)
class _Moment:
    """A session is short: its pump stands at one instant of the wall clock, to the second."""

    instant: Instant

    def now(self) -> Instant:
        return self.instant


@contextmanager
def locked(patient: object) -> Iterator[Path]:
    """Give the folder of a patient's pump to one caller at a time, in all processes.

    Raises
    ------
    PumpBusyError
        If somebody else keeps it for too long.
    PumpFolderError
        If there can be no such folder.
    """
    folder = Path(settings.PUMP_DIR) / str(patient)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise folder_trouble(error) from None
    ends = time.monotonic() + _LONGEST_WAIT
    try:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                if time.monotonic() > ends:
                    raise PumpBusyError(
                        "somebody else is talking to this pump", remedy="try again in a moment"
                    ) from None
                time.sleep(_LOOK_EVERY)
        yield folder
    finally:
        os.close(handle)


@final
class VirtualPump:
    """A patient's pump while this process has it.

    Parameters
    ----------
    folder
        Of the patient; the caller has it locked.
    chart
        The record as it stands. It is folded only where this pump was never talked to before.

    Raises
    ------
    BadFileError, NotProgrammableError
        If the record does not tell enough to implant a pump.
    """

    def __init__(self, folder: Path, chart: Chart) -> None:
        self.folder = folder / str(generation(chart.entries))
        self._keys = folder / "programmer"
        self._memory = DeviceMemory(self.folder)
        try:
            stored = self._memory.load()
            image = _implanted(chart) if stored is None else stored
            offset = timedelta(minutes=image.utc_offset_minutes)
            at = instant_of(clock.now().replace(microsecond=0), offset)
            self.device = ServedPump.wake(
                self._memory,
                image,
                lambda last: _Moment(max(at, last)),
                lambda: int(clock.now().timestamp()),
                lambda _: None,
            )
            self._identity, self._paired = self._pairing()
        except BaseException:
            self._memory.close()
            raise
        self._attempts = Attempts(telemetry_limits(), self.device.image.failures, time.monotonic())

    def _pairing(self) -> tuple[Ed25519PrivateKey, PairedPump]:
        """Return the programmer's key and its pairing with this pump, made where it is missing."""
        if not (self._keys / IDENTITY_FILE).exists():
            create_identity(self._keys)
        identity, serial = load_identity(self._keys), self.device.serial
        known = {one.id for one in load_programmers(self.folder)}
        try:
            paired = load_pump(self._keys, serial, Role.CLINICIAN)
            if paired.id in known:
                return identity, paired
        except ThecalError:
            pass
        label = "programmer of the clinic"
        return identity, pair(
            self.folder, self._keys, serial=serial, role=Role.CLINICIAN, label=label
        )

    def close(self) -> None:
        """Let others have the pump."""
        self._memory.close()

    def session(self) -> tuple[Programmer, Transport]:
        """Return a programmer with a fresh connection to this pump; it is not open yet.

        The programmer's head lies on the patient: a touch, which ends every pause after failed
        attempts. Who stands beside the patient is never kept out.
        """
        now = time.monotonic()
        self._attempts.touched(now)
        session = PumpSession(
            self.device,
            self._attempts,
            load_identity(self.folder),
            self._find,
            telemetry_limits(),
            now,
        )
        transport = connect(session)
        return Programmer(transport, self._identity, self._paired), transport

    def _find(self, identity: str) -> PairedProgrammer | None:
        return next((one for one in load_programmers(self.folder) if one.id == identity), None)


def _implanted(chart: Chart) -> Image:
    check_telemetry(chart.therapy)
    replay = true_replay_of(chart) or chart.folded.replay
    assert replay is not None
    return image_of(replay)


def connect(session: PumpSession) -> Transport:
    """Return the connection to a session; a test puts a bad one in its place."""
    return InProcessTransport(session, time.monotonic)
