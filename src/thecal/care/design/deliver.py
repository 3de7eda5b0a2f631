"""A schedule in whole quanta of the pump: every figure can be typed, none leaves its limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.care.design.bounds import Bounds
from thecal.care.design.case import HOURS, SECONDS_PER_HOUR, Running, per_day, quantum_of
from thecal.care.design.segments import Segment
from thecal.program.program import InfusionProgram, Mode, PatientBolus, Step
from thecal.units import Duration

EVERY_DAY = frozenset(range(7))


@final
@dataclass(frozen=True, slots=True)
class _Count:
    """How many quanta a segment is to give, and may give."""

    wanted: Fraction
    least: int
    most: int


def deliverable(
    segments: Sequence[Segment],
    running: Running,
    bounds: Bounds,
    patient_bolus: PatientBolus | None,
) -> InfusionProgram | None:
    """Return the program nearest to segments of relative rates; None where the grid holds none.

    The rate that most hours have, of those not above the even rate, is the background, so that lost
    steps never leave more than the running dose; every segment of another rate is a step. The total
    of a day comes as near to the bound's as whole quanta allow and never above it.

    Parameters
    ----------
    segments
        Cover the day; values are rates over the even rate, with a mean of 1.
    """
    value, hours = _background(segments)
    others = [one for one in segments if one.value != value]
    if bounds.steps is None or len(others) > bounds.steps:
        return None
    quantum = quantum_of(running)
    even = per_day(quantum)  # one quantum a day
    total = bounds.total.base / even.base
    ground = _count(value, HOURS, bounds, running)
    counts = [_count(one.value, one.hours, bounds, running) for one in others]
    if ground.least > ground.most or any(one.least > one.most for one in counts):
        return None
    best: tuple[Fraction, int, list[int]] | None = None
    nearest = ground.wanted.__floor__()
    for rate in range(max(nearest - 1, ground.least), min(nearest + 1, ground.most) + 1):
        room = total - Fraction(rate * hours, HOURS)
        found = _shared_out(counts, room)
        if found is None:
            continue
        off = abs(rate - ground.wanted) + room - sum(found)
        off += sum((abs(n - one.wanted) for n, one in zip(found, counts, strict=True)), Fraction(0))
        if best is None or off < best[0]:
            best = (off, rate, found)
    if best is None:
        return None
    _, rate, numbers = best
    steps = [
        Step(
            days=EVERY_DAY,
            start=Duration.of(segment.start, "h"),
            duration=Duration.of(segment.hours, "h"),
            dose=quantum.scaled(number),
        )
        for segment, number in zip(others, numbers, strict=True)
        if Fraction(number, segment.hours) != Fraction(rate, HOURS)
    ]
    return InfusionProgram(
        mode=Mode.FLEX if steps else Mode.CONTINUOUS,
        primary=running.primary,
        daily_dose=even.scaled(rate),
        steps=tuple(steps),
        patient_bolus=patient_bolus,
    )


def hourly_rates(program: InfusionProgram) -> tuple[Fraction, ...]:
    """Return the primary drug's typed rate in each hour of a daily program, base units a second."""
    assert program.daily_dose is not None, "a program of this room has a dose"
    rates = [program.daily_dose.base] * HOURS
    for step in program.steps:
        first = int(step.start.base) // SECONDS_PER_HOUR
        for hour in range(int(step.duration.base) // SECONDS_PER_HOUR):
            rates[(first + hour) % HOURS] = (step.dose / step.duration).base
    return tuple(rates)


def _background(segments: Sequence[Segment]) -> tuple[Fraction, int]:
    """Return the value of the background and the hours that have it."""
    hours: dict[Fraction, int] = {}
    for one in segments:
        if one.value <= 1:
            hours[one.value] = hours.get(one.value, 0) + one.hours
    return max(hours.items(), key=lambda item: item[1])


def _count(value: Fraction, hours: int, bounds: Bounds, running: Running) -> _Count:
    """Return the quanta of some hours at a relative rate, and at the limits."""
    per_hour = quantum_of(running).base / SECONDS_PER_HOUR
    low, high = (rate.base * hours / per_hour for rate in (bounds.lowest, bounds.highest))
    wanted = value * bounds.total.base * hours / per_hour
    return _Count(wanted, low.__ceil__(), high.__floor__())


def _shared_out(counts: Sequence[_Count], room: Fraction) -> list[int] | None:
    """Return whole numbers near the wanted ones that add up to `room` or just below it."""
    numbers = [min(max(one.wanted.__floor__(), one.least), one.most) for one in counts]
    left = room - sum(numbers)
    while left >= 1:
        short = [i for i, one in enumerate(counts) if numbers[i] < one.most]
        if not short:
            break
        at = max(short, key=lambda i: counts[i].wanted - numbers[i])
        if counts[at].wanted - numbers[at] <= 0:
            break  # what is left over is not worth a step above its own rate
        numbers[at] += 1
        left -= 1
    while left < 0:
        over = [i for i, one in enumerate(counts) if numbers[i] > one.least]
        if not over:
            return None
        at = max(over, key=lambda i: numbers[i] - counts[i].wanted)
        numbers[at] -= 1
        left += 1
    return numbers
