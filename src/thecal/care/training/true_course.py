"""What really left the tip in a run: the record with the hidden faults, replayed.

Nothing of this is in the learner's record; the virtual pump and the score alone know it.
"""

from __future__ import annotations

import bisect
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timezone
from fractions import Fraction
from typing import final

from thecal.care.counted_days import event_values
from thecal.care.training.case import Case, Delivered, DoseBand
from thecal.program.clock import Instant
from thecal.program.delivery import Delivery
from thecal.therapy.events import Empty, Event, Fill, Therapy
from thecal.therapy.file_reader import read_event_table
from thecal.therapy.replay import Replay
from thecal.therapy.rows import JoiningSink
from thecal.therapy.simulation import start_replay
from thecal.units import Duration, Mass, Volume

_HOUR = Fraction(3600)
_DAY = 24 * _HOUR


def hidden_events(case: Case, today: date, offset: timezone) -> tuple[Event, ...]:
    """Return the hidden events of a case for a run that begins on a day."""
    return tuple(
        read_event_table(event_values(one, today, offset), "hidden", offset.utcoffset(None))
        for one in case.hidden
    )


def true_therapy(recorded: Therapy, hidden: tuple[Event, ...]) -> Therapy:
    """Return what is true of a therapy: its record and what nobody wrote down, in order of time."""
    both = [(one.time, 0, one) for one in hidden] + [(one.time, 1, one) for one in recorded.events]
    first = min(one.time for one in recorded.events)
    kept = [one for one in both if one[0] >= first]
    kept.sort(key=lambda one: one[:2])
    return replace(recorded, events=tuple(one[2] for one in kept))


def true_replay(therapy: Therapy, until: Instant) -> Replay:
    """Return the true pump at an instant; events after it are left out."""
    replay = start_replay(therapy, length_needed=False)
    for index, event in enumerate(therapy.events):
        if therapy.instant(event.time) > until:
            break
        replay.apply(index)
    if until > replay.pump.state.now:
        replay.advance_to(until)
    return replay


def drawn_volume(therapy: Therapy, begun: datetime, now: datetime) -> Volume:
    """Return what a syringe draws from the reservoir, all but its unusable residual.

    Once it was emptied or filled in the run, it is what was drawn right before that.
    """
    worked = [
        one.time
        for one in therapy.events
        if isinstance(one, Fill | Empty) and begun <= one.time <= now
    ]
    before = tuple(one for one in therapy.events if not worked or one.time < worked[0])
    at = worked[0] if worked else now
    replay = true_replay(replace(therapy, events=before), therapy.instant(at))
    there = replay.pump.state.physical - replay.hardware.setup.residual.base
    return Volume(max(Fraction(0), there))


def counted_volume(therapy: Therapy, now: datetime) -> Volume:
    """Return what the pump reckons is left."""
    state = true_replay(therapy, therapy.instant(now)).pump.state
    return Volume(max(Fraction(0), state.computed))


@final
@dataclass(frozen=True)
class TrueCourse:
    """What left the tip, drug by drug, as the sum of everything up to a time.

    Attributes
    ----------
    times, sums
        Drug to instants and to micrograms that had left the tip by then; straight between them.
    """

    times: Mapping[str, tuple[Instant, ...]]
    sums: Mapping[str, tuple[Fraction, ...]]

    @property
    def drugs(self) -> tuple[str, ...]:
        """Every drug that left the tip."""
        return tuple(sorted(self.times))

    def by(self, drug: str, instant: Instant) -> Fraction:
        """Return the micrograms of a drug that had left the tip by an instant."""
        times, sums = self.times.get(drug, ()), self.sums.get(drug, ())
        place = bisect.bisect_right(times, instant)
        if place == 0:
            return Fraction(0)
        if place == len(times):
            return sums[-1]
        begin, end = times[place - 1], times[place]
        part = Fraction(instant - begin) / (end - begin)
        return sums[place - 1] + (sums[place] - sums[place - 1]) * part

    def within(self, drug: str, end: Instant, window: Duration) -> Mass:
        """Return what left the tip in the time before an instant."""
        return Mass(self.by(drug, end) - self.by(drug, end - window.base))


def course_of(therapy: Therapy, until: Instant) -> TrueCourse:
    """Return what left the tip from the first event on; what a fault sent elsewhere is not in it.

    Parameters
    ----------
    therapy
        The true one.
    until
        Events after it are left out.
    """
    rows: list[Delivery] = []
    joined = JoiningSink(rows.append)
    replay = start_replay(therapy, joined, length_needed=False)
    for index, event in enumerate(therapy.events):
        if therapy.instant(event.time) > until:
            break
        replay.apply(index)
    if until > replay.pump.state.now:
        replay.advance_to(until)
    joined.close()
    drugs = sorted({drug for one in rows for drug in one.mixture})
    times: dict[str, tuple[Instant, ...]] = {}
    sums: dict[str, tuple[Fraction, ...]] = {}
    for drug in drugs:
        times[drug], sums[drug] = _summed(rows, drug)
    return TrueCourse(times, sums)


def _summed(rows: list[Delivery], drug: str) -> tuple[tuple[Instant, ...], tuple[Fraction, ...]]:
    """Return when the sum of a drug bends, and the sum there; two purposes may run at once."""
    rates: dict[Instant, Fraction] = {}
    pushed: dict[Instant, Fraction] = {}
    for one in rows:
        mass = one.mass_of(drug).base
        if mass == 0:
            continue
        if one.end == one.start:
            pushed[one.start] = pushed.get(one.start, Fraction(0)) + mass
            continue
        rate = mass / (one.end - one.start)
        rates[one.start] = rates.get(one.start, Fraction(0)) + rate
        rates[one.end] = rates.get(one.end, Fraction(0)) - rate
    times: list[Instant] = []
    sums: list[Fraction] = []
    total = rate = Fraction(0)
    last: Instant | None = None
    for at in sorted({*rates, *pushed}):
        if last is not None:
            total += rate * (at - last)
        times.append(at)
        sums.append(total)
        if at in pushed:
            total += pushed[at]
            times.append(at)
            sums.append(total)
        rate += rates.get(at, Fraction(0))
        last = at
    return tuple(times), tuple(sums)


@final
@dataclass(frozen=True, slots=True)
class UnsafeState:
    """A stretch in which any 24 hours gave more or less than they should.

    Attributes
    ----------
    worst
        By how much at its worst, in 24 hours.
    over
        Whether it was too much.
    """

    drug: str
    over: bool
    begin: Instant
    end: Instant
    worst: Mass
    at: Instant


def unsafe_states(
    course: TrueCourse, bands: tuple[DoseBand, ...], begun: Instant, horizon: Instant
) -> tuple[UnsafeState, ...]:
    """Return every unsafe state, hour by hour from the begin of a run to its horizon."""
    found: list[UnsafeState] = []
    for band in bands:
        first = begun + band.since.base
        last = horizon if band.until is None else min(horizon, begun + band.until.base)
        found += _stretches(course, band, first, last)
    return tuple(sorted(found, key=lambda one: (one.begin, one.drug)))


def _stretches(
    course: TrueCourse, band: DoseBand, first: Instant, last: Instant
) -> list[UnsafeState]:
    found: list[UnsafeState] = []
    held: UnsafeState | None = None
    hour = first
    while hour <= last:
        given = course.within(band.drug, hour, Duration(_DAY))
        over, under = given - band.most, band.least - given
        wrong = over if over.base > 0 else under
        if wrong.base <= 0:
            held = None
        elif held is not None and held.over is (over.base > 0):
            worse = wrong > held.worst
            held = replace(
                held,
                end=hour,
                worst=wrong if worse else held.worst,
                at=hour if worse else held.at,
            )
            found[-1] = held
        else:
            held = UnsafeState(band.drug, over.base > 0, hour, hour, wrong, hour)
            found.append(held)
        hour += _HOUR
    return found


def delivered_at(course: TrueCourse, asked: Delivered, at: Instant) -> bool:
    """Whether what was delivered before an instant lies outside what is asked for."""
    given = course.within(asked.drug, at, asked.window)
    above = asked.above is not None and given > asked.above
    below = asked.below is not None and given < asked.below
    return above or below


def first_delivered(
    course: TrueCourse, asked: Delivered, begun: Instant, horizon: Instant
) -> Instant | None:
    """Return the first hour of a run at which that was so; None where it never was."""
    hour = begun
    while hour <= horizon:
        if delivered_at(course, asked, hour):
            return hour
        hour += _HOUR
    return None
