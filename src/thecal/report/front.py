"""What tubing and catheter hold while a prime or a bridge runs, at a number of instants."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import final

from thecal.program.clock import Instant
from thecal.program.line import Line, Parcel, Solution
from thecal.pump.pump import Pump
from thecal.pump.state import Activity, FixedVolume
from thecal.units import NO_BREAK_SPACE, Volume, VolumeRate

_QUARTERS = (Fraction(1, 4), Fraction(1, 2), Fraction(3, 4))


@final
@dataclass(frozen=True, slots=True)
class Shot:
    """The line at one instant. `at_tip`: the new solution has reached the catheter tip."""

    label: str
    time: Instant
    line: Line
    at_tip: bool


@final
@dataclass(slots=True)
class FrontRun:
    """One prime or bridge: its shots in order of time."""

    kind: str
    event: int | None
    start: Instant
    rate: VolumeRate
    volume: Volume
    solution: Solution
    shots: list[Shot] = field(default_factory=list)
    left: Fraction = Fraction(0)
    due: list[tuple[Fraction, str]] = field(default_factory=list)

    @property
    def parcels(self) -> tuple[Parcel, ...]:
        """Every parcel of every shot."""
        return tuple(parcel for shot in self.shots for parcel in shot.line.parcels)


@final
class FrontWatch:
    """Follows primes and bridges by the volume that is left of each: pauses do not matter."""

    def __init__(self, runs: list[FrontRun]) -> None:
        self._runs = runs
        self._open: dict[str, FrontRun] = {}
        self._event: int | None = None
        self._program: int | None = None

    def next_turn(self, pump: Pump) -> Instant | None:
        """Return when the next shot is due if the pump goes on as it does now."""
        state = pump.state
        if state.suspended_until is not None:
            return None
        kind = {Activity.PRIMING: "prime", Activity.BRIDGING: "bridge"}.get(state.activity)
        run = self._open.get(kind) if kind is not None else None
        if run is None or not run.due:
            return None
        return state.now + (run.left - run.due[0][0]) / run.rate.base

    def look(self, pump: Pump, event: int | None, program: int | None) -> None:
        """Take the shots that are due.

        Parameters
        ----------
        pump
            As it is now.
        event
            The event just applied, None after mere time.
        program
            The last program event that the pump took.
        """
        if event is not None:
            self._event = event
        self._program = program
        state = pump.state
        self._follow("prime", state.prime, pump, event)
        bridge = None if state.prime is not None else state.bridge
        if bridge is not None or "bridge" in self._open:
            waits = state.prime is not None and state.bridge is not None
            self._follow("bridge", state.bridge if waits else bridge, pump, event)

    def close(self, pump: Pump) -> None:
        """End what is still open where the replay ends."""
        for run in self._open.values():
            if not run.shots or run.shots[-1].time != pump.state.now:
                self._shoot(run, "where this run ends", pump)
        self._open.clear()

    def _follow(self, kind: str, now: FixedVolume | None, pump: Pump, event: int | None) -> None:
        run = self._open.get(kind)
        if run is not None:
            other = now is not None and (now.left > run.left or now.rate != run.rate)
            if now is None or other:
                early = event is not None and run.left > 0
                if not early:
                    run.left = Fraction(0)
                    self._take_due(run, pump)
                elif run.due:
                    self._shoot(run, "ended early", pump)
                del self._open[kind]
                run = None
            else:
                run.left = now.left
                self._take_due(run, pump)
        if run is None and now is not None:
            self._begin(kind, now, pump)

    def _begin(self, kind: str, fixed: FixedVolume, pump: Pump) -> None:
        state = pump.state
        name = "back-table prime" if fixed.into_the_open else kind
        total = fixed.left
        run = FrontRun(
            kind=name,
            event=self._program if kind == "bridge" else self._event,
            start=state.now,
            rate=fixed.rate,
            volume=Volume(total),
            solution=state.solution,
            left=total,
        )
        due = {total * (1 - part): f"{100 * part}{NO_BREAK_SPACE}%" for part in _QUARTERS} | {
            Fraction(0): "end"
        }
        ahead = _ahead_of(state.line, state.solution)
        if not fixed.into_the_open and 0 < ahead.base < total:
            due.setdefault(total - ahead.base, "")
        run.due = sorted(due.items(), reverse=True)
        self._runs.append(run)
        self._open[kind] = run
        self._shoot(run, "start", pump)

    def _take_due(self, run: FrontRun, pump: Pump) -> None:
        while run.due and run.due[0][0] >= run.left:
            self._shoot(run, run.due.pop(0)[1], pump)

    def _shoot(self, run: FrontRun, label: str, pump: Pump) -> None:
        state = pump.state
        tip = state.line.tip()
        at_tip = tip is not None and tip.solution == run.solution and bool(run.solution.actual)
        run.shots.append(Shot(label, state.now, state.line, at_tip))


def _ahead_of(line: Line, solution: Solution) -> Volume:
    """Return the volume that leaves at the tip before any of `solution` does."""
    total = Fraction(0)
    for parcel in line.parcels:
        if parcel.solution == solution:
            break
        total += parcel.volume.base
    return Volume(total)
