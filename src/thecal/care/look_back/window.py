"""What left the tip in the hours before a moment, by the replay of the record up to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import final

from thecal.care.figures import Figures
from thecal.program.clock import Instant
from thecal.program.delivery import Delivery, Purpose
from thecal.pump.guard import Denial
from thecal.therapy.events import Fill, Press, Therapy
from thecal.therapy.replay import PressLog, Replay
from thecal.therapy.rows import JoiningSink
from thecal.therapy.simulation import Simulation, simulate_on, start_replay
from thecal.units import Duration, Mass, Volume

_TABLE = Figures("look_back", key="rule")
_WINDOW = "window"


@final
@dataclass(frozen=True, slots=True)
class PressAnswer:
    """A press of the patient, and what the pump did with it; `denial` is None where it granted."""

    at: Instant
    denial: Denial | None


@final
@dataclass(frozen=True, slots=True)
class Hour:
    """What left the tip in one bar of the picture, of every drug."""

    start: Instant
    end: Instant
    masses: Mapping[str, Mass]


@final
@dataclass(frozen=True)
class LookBack:
    """The hours before a moment.

    Attributes
    ----------
    start, at
        The window; it begins later than asked where the record does.
    whole
        Whether the record reaches back to the whole window.
    rows
        Even deliveries in order, cut to the window.
    totals
        Drug to purpose to mass that left the tip in the window.
    before
        The same drugs' mass in a window of the same length before this one; None where the
        record does not reach back so far.
    events
        Numbers of the events of the window, presses left out.
    simulation
        How the pump stood at the moment.
    line_known
        Whether the catheter's length is known; where it is not, nothing in it is.
    """

    start: Instant
    at: Instant
    whole: bool
    rows: tuple[Delivery, ...]
    totals: Mapping[str, Mapping[Purpose, Mass]]
    before: Mapping[str, Mass] | None
    hours: tuple[Hour, ...]
    presses: tuple[PressAnswer, ...]
    events: tuple[int, ...]
    simulation: Simulation
    line_known: bool

    def total(self, drug: str) -> Mass:
        """Return the mass of a drug that left the tip in the window."""
        return Mass(sum((one.base for one in self.totals[drug].values()), Fraction(0)))

    @property
    def granted(self) -> int:
        """How many presses were granted."""
        return sum(one.denial is None for one in self.presses)

    @property
    def denied(self) -> int:
        """How many presses were denied."""
        return len(self.presses) - self.granted


def window_span() -> Duration:
    """Return how far a symptom is looked back from."""
    return _TABLE.get(_WINDOW, "span", Duration).value


def look_back(therapy: Therapy, at: Instant) -> LookBack | None:
    """Return the hours before a moment.

    Parameters
    ----------
    therapy
        The whole record: what happened after the moment is left out.
    at
        In the pump's time.

    Returns
    -------
    LookBack
        None where no pump had been filled by then: nothing can have left a tip.
    """
    replay, kept = None, list[Delivery]()
    sink = JoiningSink(kept.append)
    begun = therapy.instant(therapy.events[0].time) if therapy.events else at + 1
    filled = any(
        isinstance(one, Fill) and therapy.instant(one.time) <= at for one in therapy.events
    )
    if begun > at or not filled:
        return None
    span = window_span().base
    start = max(at - span, begun)
    replay = start_replay(therapy, sink, length_needed=False)
    presses, events = _run(replay, start, at)
    sink.close()
    rows = tuple(_cut(kept, start, at, closed=True))
    drugs = sorted({name for row in rows for name in row.mixture} | _in_pump(replay))
    earlier = at - 2 * span
    compared = tuple(_cut(kept, earlier, at - span)) if begun <= earlier else None
    return LookBack(
        start=start,
        at=at,
        whole=begun <= at - span,
        rows=rows,
        totals={
            name: {
                purpose: _mass(name, (row for row in rows if row.purpose is purpose))
                for purpose in Purpose
            }
            for name in drugs
        },
        before=None if compared is None else {name: _mass(name, compared) for name in drugs},
        hours=_hours(rows, drugs, start, at),
        presses=presses,
        events=events,
        simulation=simulate_on(replay, at),
        line_known=replay.hardware.catheter_length_known,
    )


def _run(
    replay: Replay, start: Instant, at: Instant
) -> tuple[tuple[PressAnswer, ...], tuple[int, ...]]:
    """Replay up to a moment; return the presses and the other events of the window."""
    presses, events = list[PressAnswer](), list[int]()
    for index, event in enumerate(replay.therapy.events):
        instant = replay.therapy.instant(event.time)
        if instant > at:
            break
        replay.advance_to(instant)
        before = replay.presses
        replay.apply(index)
        if instant < start:
            continue
        if not isinstance(event, Press):
            events.append(index)
        elif replay.presses.requested > before.requested:
            presses.append(PressAnswer(instant, _denial(before, replay.presses)))
    replay.advance_to(at)
    return tuple(presses), tuple(events)


def _denial(before: PressLog, after: PressLog) -> Denial | None:
    if after.granted > before.granted:
        return None
    known = before.reasons or {}
    return next(why for why, count in (after.reasons or {}).items() if count > known.get(why, 0))


def _in_pump(replay: Replay) -> set[str]:
    state = replay.pump.state
    return {*state.solution.actual, *state.line.mass()}


def _cut(
    rows: Iterable[Delivery], start: Instant, end: Instant, *, closed: bool = False
) -> Iterable[Delivery]:
    """Yield the parts of even deliveries within a window; what was pushed by hand is whole.

    A push at the end of the window belongs to the next one, and to this one where it is `closed`:
    times are told to the minute, and a symptom at the minute of an injection comes after it.
    """
    for row in rows:
        if row.start == row.end:
            if start <= row.start < end or (closed and row.start == end):
                yield row
            continue
        first, last = max(row.start, start), min(row.end, end)
        if first < last:
            part = Fraction(last - first) / Fraction(row.end - row.start)
            volume = Volume(row.volume.base * part)
            yield replace(row, start=first, end=last, volume=volume)


def _mass(drug: str, rows: Iterable[Delivery]) -> Mass:
    return Mass(sum((row.mass_of(drug).base for row in rows), Fraction(0)))


def _hours(
    rows: tuple[Delivery, ...], drugs: Iterable[str], start: Instant, at: Instant
) -> tuple[Hour, ...]:
    """Return the bars: they end at the moment, and the first may be a part of one."""
    wide = _TABLE.get(_WINDOW, "bin", Duration).value.base
    names, found, end = tuple(drugs), list[Hour](), at
    while end > start:
        first = max(end - wide, start)
        inside = tuple(_cut(rows, first, end, closed=end == at))
        found.append(Hour(first, end, {name: _mass(name, inside) for name in names}))
        end = first
    return tuple(reversed(found))
