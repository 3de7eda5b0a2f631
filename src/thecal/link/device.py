"""The served pump: a virtual pump in time, whose every change is stored before it is told."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import Protocol, final

from thecal.errors import CannotComputeError, NotProgrammableError, PumpRefusalError
from thecal.link.codec import canonical, encode
from thecal.link.errors import MemoryDamageError
from thecal.link.journal import Entry, extend, head_of, read_entries
from thecal.link.limits import telemetry_limits
from thecal.link.memory import MOST_ANSWERS, Answered, DeviceMemory, Image
from thecal.link.pump_report import PumpReport
from thecal.link.safe_state import put_in_safe_state
from thecal.link.visit_orders import hash_of
from thecal.program.clock import SECONDS_PER_DAY, Instant, moment_of
from thecal.program.program import WrittenProgram
from thecal.pump.pump import Pump
from thecal.pump.state import Activity, PumpState
from thecal.units import Volume

REFUSALS = (PumpRefusalError, NotProgrammableError, CannotComputeError)
"""What the pump itself says no to; everything goes on as before."""
MOST_TOLD = 20
_TICK = 1000


def state_hash(state: PumpState) -> str:
    """Return the hash of a pump's state: what its log begins with."""
    return hashlib.sha256(canonical(encode(state))).hexdigest()


Tell = Callable[[str], None]
Action = Callable[[Pump], str | None]


class Clock(Protocol):
    """Whatever says which instant it is for the pump; it never goes back."""

    def now(self) -> Instant:
        """Return the pump's instant."""


@final
class PumpClock:
    """The pump's clock, run by another clock that never goes back.

    Parameters
    ----------
    start
        The pump's instant now.
    speed
        Seconds of the pump in one second of `seconds`.
    seconds
        Such as `time.monotonic`.
    """

    def __init__(self, start: Instant, speed: Fraction, seconds: Callable[[], float]) -> None:
        self._start, self._speed = start, speed
        self.seconds = seconds
        self._zero = seconds()

    def now(self) -> Instant:
        """Return the pump's instant, to the millisecond, so that exact figures stay short."""
        elapsed = Fraction(self.seconds() - self._zero) * self._speed
        return self._start + Fraction(int(elapsed * _TICK), _TICK)


@final
class ServedPump:
    """One pump with its memory.

    Parameters
    ----------
    memory, image
        Where it is stored, and what was stored last.
    clock
        The pump's.
    utc
        Wall clock, whole seconds, for the log.
    tell
        Called with what has to be heard: alarms, sessions, emergencies.
    """

    def __init__(
        self,
        memory: DeviceMemory,
        image: Image,
        clock: Clock,
        utc: Callable[[], int],
        tell: Tell,
    ) -> None:
        self._memory = memory
        self._image = image
        self._clock = clock
        self._utc = utc
        self.tell = tell
        self._pump = Pump(image.setup, image.state)
        self._told_alarms = len(image.state.alarms)
        self._entries: list[Entry] = []
        self._log = image.log
        self.spent = 0
        self._broken = False
        self._storing = threading.Lock()

    @classmethod
    def start(
        cls,
        memory: DeviceMemory,
        implanted: Image,
        *,
        speed: Fraction,
        seconds: Callable[[], float],
        utc: Callable[[], int],
        tell: Tell,
    ) -> ServedPump:
        """Wake the pump of a memory, or put `implanted` into an empty one.

        Its time goes on where it was stored: while nobody serves it, it stands still.

        Raises
        ------
        MemoryDamageError
            If what is stored does not fit together, or belongs to another pump.
        """
        return cls.wake(
            memory, implanted, lambda stored: PumpClock(stored, speed, seconds), utc, tell
        )

    @classmethod
    def wake(
        cls,
        memory: DeviceMemory,
        implanted: Image,
        clock_from: Callable[[Instant], Clock],
        utc: Callable[[], int],
        tell: Tell,
    ) -> ServedPump:
        """Wake the pump as `start` does, on the clock that `clock_from` makes from its instant.

        Raises
        ------
        MemoryDamageError
            If what is stored does not fit together, or belongs to another pump.
        """
        stored = memory.load()
        image = implanted if stored is None else replace(stored, entries=())
        if (image.serial, image.setup) != (implanted.serial, implanted.setup):
            raise MemoryDamageError(
                f"the memory is that of pump {image.serial} with its own constants",
                why=f"the therapy file has {implanted.serial}, or its constants have changed since",
                remedy="use another folder",
            )
        device = cls(memory, image, clock_from(image.state.now), utc, tell)
        if stored is None:
            device.record("put-in-service", detail=state_hash(image.state))
        else:
            device.record("woken")
        notices = image.notices
        if image.open_update:
            device.record("update-dropped", command=image.open_update, detail="power was lost")
            notices = device.notice("UPDATE NOT COMMITTED (power was lost): the old program runs")
        device.store(notices=notices, open_update="")
        return device

    @property
    def serial(self) -> str:
        """The pump's serial number."""
        return self._image.serial

    @property
    def log_path(self) -> Path:
        """The file of the log."""
        return self._memory.log_path

    @property
    def image(self) -> Image:
        """What was stored last."""
        return self._image

    @property
    def state(self) -> PumpState:
        """The pump's state at its last advance."""
        return self._pump.state

    @property
    def program(self) -> WrittenProgram | None:
        """The program that runs, was stopped, or waits for the end of a prime."""
        pending = self.state.pending
        return pending[0] if pending is not None else self.state.program

    @property
    def running_hash(self) -> str:
        """The hash of that program."""
        return hash_of(self.program)

    @property
    def stands(self) -> bool:
        """Whether a pump that could run gives no therapy because it was told so."""
        program = self.program
        if program is None or self.state.activity in (Activity.UNFILLED, Activity.REMOVED):
            return False
        return self.state.activity is Activity.STOPPED or not program.program.is_therapy

    # -- time -----------------------------------------------------------------------------------

    def advance(self) -> None:
        """Let the pump's time pass until now; alarms that it raised are told and logged."""
        self._pump.advance(self._clock.now())
        for alarm in self.state.alarms[self._told_alarms :]:
            self._told_alarms += 1
            self.record("alarm", detail=f"{alarm.kind} ({alarm.priority})")
            self.tell(f"alarm: {alarm.kind} ({alarm.priority})")

    # -- storing --------------------------------------------------------------------------------

    def record(
        self,
        kind: str,
        *,
        actor: str = "pump",
        role: str = "pump",
        command: str = "",
        detail: str = "",
        sent: str = "",
    ) -> None:
        """Add an entry to the log; the next `store` writes it."""
        entry = Entry(
            number=self._log.length + 1,
            time=self.state.now,
            utc=self._utc(),
            actor=actor,
            role=role,
            kind=kind,
            command=command,
            detail=detail,
            order=sent,
            previous=self._log.hash,
        )
        self._log = extend(self._log, entry)
        self._entries.append(entry)

    def store(self, **changes: object) -> None:
        """Store the pump as it is, with `changes` to the fields of its image.

        Raises
        ------
        MemoryDamageError, OSError
            If it cannot be stored, or the watch has put the pump in its safe state.
        """
        with self._storing:
            self._store(changes)

    def _store(self, changes: dict[str, object]) -> None:
        if self._broken:
            raise MemoryDamageError("the pump could not be stored", remedy="serve it again")
        changes |= self._make_room(changes)
        image = replace(
            self._image,
            state=self.state,
            log=self._log,
            entries=tuple(self._entries),
            spent=self._image.spent + self.spent,
            **changes,  # type: ignore[arg-type]
        )
        # Until the image is stored nobody knows which of the two holds: nothing may follow on it.
        self._broken = True
        self._memory.save(image)
        self._broken = False
        self.spent = 0
        self._entries.clear()
        # The live state goes on changing; what was stored does not.
        self._image = replace(image, state=self.state.copy())

    def fail_safe(self, still: float) -> None:
        """Put the pump in its safe state from the watch's thread; the delivery task has ended.

        It begins at what was stored last: what the task was in the middle of cannot be trusted.
        What the drugs make safe is a table (`safe_states.csv`).

        Parameters
        ----------
        still
            Seconds since the delivery task last answered.
        """
        said = f"DELIVERY STOOD STILL for {still:.0f} s"
        if not self._storing.acquire(timeout=1.0):
            self.tell(
                f"ALARM: {said}, and its memory cannot be written: what was stored last holds"
            )
            return
        try:
            if self._broken:
                self.tell(f"ALARM: {said}, and its memory failed: what was stored last holds")
                return
            # Whatever the task does when it wakes, it stores nothing any more.
            self._broken = True
            safe = put_in_safe_state(self._image, self._utc(), said)
            self._memory.save(safe)
            self._image = safe
            self.tell(f"ALARM: {safe.notices[-1]}")
        finally:
            self._storing.release()

    def _make_room(self, changes: Mapping[str, object]) -> dict[str, object]:
        """Drop the oldest tenth of a full log, and say so in it: never silently (L03)."""
        before, most = self._image.dropped, telemetry_limits().log_entries_kept
        if self._log.length - before.length <= most:
            return {}
        last = self._log.length - (most - most // 10)
        stored = read_entries(self.log_path, before)
        gone = (*stored, *self._entries)[: last - before.length]
        dropped = head_of(gone)
        exported = changes.get("exported", self._image.exported)
        assert isinstance(exported, int)
        unread = max(0, last - max(exported, before.length))
        said = f"entries {before.length + 1} to {last} were dropped, {unread} of them unread"
        self.record("log-dropped", detail=said)
        found: dict[str, object] = {"dropped": dropped}
        if unread:
            notices = changes.get("notices", self._image.notices)
            assert isinstance(notices, tuple)
            found["notices"] = (*notices, f"LOG FULL: {said}")[-MOST_TOLD:]
            self.tell(f"LOG FULL: {said}")
        return found

    def shown(self, instant: Instant) -> str:
        """Return an instant as a calendar time, for the log."""
        offset = timedelta(minutes=self._image.utc_offset_minutes)
        return moment_of(instant, offset).isoformat(timespec="seconds")

    def notice(self, text: str) -> tuple[str, ...]:
        """Tell `text` now, and return the notices with it, for `store`."""
        self.tell(text)
        return (*self._image.notices, text)[-MOST_TOLD:]

    # -- orders ---------------------------------------------------------------------------------

    def answered(self, command: str) -> Answered | None:
        """Return what was said to a command that was done before."""
        return next((one for one in self._image.answered if one.command == command), None)

    def do(
        self,
        action: Action,
        *,
        order: str,
        command: str,
        actor: str,
        role: str,
        detail: str = "",
        sent: str = "",
        **changes: object,
    ) -> str | None:
        """Do a command on the pump and store it; then, and only then, it has happened.

        `sent` is the request as it came; the log keeps it.

        Returns what `action` returns: why a press was denied, None else.

        Raises
        ------
        PumpRefusalError, NotProgrammableError, CannotComputeError
            If the pump's guard refuses: nothing has changed but the log.
        """
        self.advance()
        trial = Pump(self._pump.setup, self.state.copy())
        try:
            denial = action(trial)
        except REFUSALS as error:
            self.record(
                f"{order}-refused", actor=actor, role=role, command=command, detail=str(error)
            )
            self.store()
            raise
        before = self._pump
        self._pump = trial
        said = detail if denial is None else f"denied: {denial}"
        self.record(order, actor=actor, role=role, command=command, detail=said, sent=sent)
        answered = (*self._image.answered, Answered(command, order, denial))[-MOST_ANSWERS:]
        try:
            self.store(answered=answered, **changes)
        except BaseException:
            # Nobody was told yet; this process must not go on with what is not stored.
            self._pump = before
            raise
        return denial

    def try_out(self, action: Action) -> None:
        """Let a copy of the pump do `action`; raises what its guard raises."""
        self.advance()
        action(Pump(self._pump.setup, self.state.copy()))

    # -- reading --------------------------------------------------------------------------------

    def report(self) -> PumpReport:
        """Return how the pump stands now."""
        self.advance()
        state, written = self.state, self.program
        since = state.now - SECONDS_PER_DAY
        return PumpReport(
            serial=self.serial,
            time=state.now,
            utc_offset_minutes=self._image.utc_offset_minutes,
            activity=state.activity,
            program=None if written is None else written.program,
            mixture=state.solution.written if written is None else written.mixture,
            running_hash=self.running_hash,
            solution=state.solution.written,
            fills=state.fills,
            reservoir=Volume(state.computed),
            low_reservoir_alarm=self._pump.setup.low_reservoir_alarm,
            clock_difference=state.clock_offset,
            stopped_since=state.stopped_since,
            bolus_until=None if state.bolus is None else state.bolus.end,
            granted_last_day=sum(g.by_patient and g.start >= since for g in state.grants),
            alarms=tuple(state.alarms[-MOST_TOLD:]),
            failures_unseen=self._image.failures_unseen,
            spent=self._image.spent + self.spent,
            spent_on_failures=self._image.spent_on_failures,
            notices=self._image.notices,
            log_length=self._log.length,
        )
