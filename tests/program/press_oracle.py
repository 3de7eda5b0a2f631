"""Two slow and plain readings of the pump's rules, to compare `thecal.program.worst_case` with.

`PressLog` grants presses one after another at any rational time, literally as the contract says.
`lattice_worst_case` tries every set of press times on a lattice and every window position on it;
where all times are multiples of the lattice step that is exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cache

from thecal.program.worst_case import BolusRule, KnownDelivery, Phase

DAY = Fraction(86400)


def phase_at(phases: Sequence[Phase], moment: Fraction) -> Phase | None:
    for phase in phases:
        if phase.start <= moment and (phase.end is None or moment < phase.end):
            return phase
    return None


def bolus_end(start: Fraction, phase: Phase) -> Fraction:
    assert phase.bolus is not None
    end = start + phase.bolus.duration.base
    return end if phase.end is None else min(end, phase.end)


def overlap(start: Fraction, end: Fraction, low: Fraction, high: Fraction) -> Fraction:
    return max(Fraction(0), min(end, high) - max(start, low))


def bolus_mass(start: Fraction, phase: Phase, drug: str, low: Fraction, high: Fraction) -> Fraction:
    rule = phase.bolus
    assert rule is not None
    running = overlap(start, bolus_end(start, phase), low, high)
    level = phase.mixture.get_concentration(drug).base
    return level * rule.volume.base * running / rule.duration.base


class PressLog:
    """The pump's own decision on each press, remembered for the next."""

    def __init__(self, phases: Sequence[Phase]) -> None:
        self.phases = phases
        self.granted: list[tuple[Fraction, Phase]] = []

    def press(self, moment: Fraction) -> bool:
        phase = phase_at(self.phases, moment)
        if phase is None or phase.bolus is None:
            return False
        rule: BolusRule = phase.bolus
        if self.granted:
            last, its_phase = self.granted[-1]
            if moment < bolus_end(last, its_phase) or moment < last + rule.lockout.base:
                return False
        recent = [g for g in self.granted if g[0] >= moment - DAY]
        if rule.max_per_day is not None and len(recent) >= rule.max_per_day:
            return False
        if rule.max_dose_per_day is not None:
            dosed = sum((p.bolus.dose.base for _, p in recent if p.bolus), Fraction(0))
            total = dosed + rule.largest_background.base + rule.dose.base
            if total > rule.max_dose_per_day.base:
                return False
        self.granted.append((moment, phase))
        return True

    def boluses(self, drug: str, low: Fraction, high: Fraction) -> Fraction:
        return sum((bolus_mass(t, p, drug, low, high) for t, p in self.granted), Fraction(0))


def background(
    phases: Sequence[Phase],
    known: Sequence[KnownDelivery],
    drug: str,
    low: Fraction,
    high: Fraction,
) -> Fraction:
    total = Fraction(0)
    for phase in phases:
        begin = max(low, phase.start)
        end = high if phase.end is None else min(high, phase.end)
        while begin < end:
            following = phase.schedule.next_change(begin)
            stop = end if following is None else min(end, following)
            rate = phase.schedule.rate_at(begin).base
            total += rate * (stop - begin) * phase.mixture.get_concentration(drug).base
            begin = stop
    for delivery in known:
        share = overlap(delivery.start, delivery.end, low, high) / (delivery.end - delivery.start)
        total += share * delivery.volume.base * delivery.mixture.get_concentration(drug).base
    return total


def lattice_boluses(
    phases: Sequence[Phase], drug: str, low: Fraction, window: Fraction, step: Fraction
) -> tuple[Fraction, tuple[Fraction, ...]]:
    """The largest bolus mass in [low, low + window], and press times whose limit attains it.

    A grant exactly 24 hours after another counts as later than that: the press times are limits.
    """
    high = low + window
    longest = max((p.bolus.duration.base for p in phases if p.bolus), default=step)

    @cache
    def best(
        moment: Fraction, history: tuple[Fraction, ...]
    ) -> tuple[Fraction, tuple[Fraction, ...]]:
        if moment >= high:
            return Fraction(0), ()
        skipped = best(moment + step, history)
        phase = phase_at(phases, moment)
        if phase is None or phase.bolus is None:
            return skipped
        rule = phase.bolus
        if history:
            last_phase = phase_at(phases, history[-1])
            assert last_phase is not None
            if moment < bolus_end(history[-1], last_phase):
                return skipped
            if moment - history[-1] < rule.lockout.base:
                return skipped
        recent = [time for time in history if moment - time < DAY]
        if rule.max_per_day is not None and len(recent) >= rule.max_per_day:
            return skipped
        if rule.max_dose_per_day is not None:
            dosed = rule.dose.base + rule.largest_background.base
            for time in recent:
                earlier = phase_at(phases, time)
                assert earlier is not None
                assert earlier.bolus is not None
                dosed += earlier.bolus.dose.base
            if dosed > rule.max_dose_per_day.base:
                return skipped
        # Forgetting what no rule can see any more keeps the number of states small.
        mass, times = best(moment + step, (*recent, moment))
        mass += bolus_mass(moment, phase, drug, low, high)
        return (mass, (moment, *times)) if mass > skipped[0] else skipped

    return best(low - longest, ())


def lattice_worst_case(
    phases: Sequence[Phase],
    known: Sequence[KnownDelivery],
    drug: str,
    *,
    window: Fraction,
    first: Fraction,
    last: Fraction,
    step: Fraction,
) -> tuple[Fraction, Fraction, tuple[Fraction, ...]]:
    """The largest mass for window starts on the lattice from `first` to `last`, where, and how."""
    found: tuple[Fraction, Fraction, tuple[Fraction, ...]] = (Fraction(0), first, ())
    start = first
    while start <= last:
        given = background(phases, known, drug, start, start + window)
        mass, times = lattice_boluses(phases, drug, start, window, step)
        if given + mass > found[0]:
            found = (given + mass, start, times)
        start += step
    return found
