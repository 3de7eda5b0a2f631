"""When a reservoir reaches a volume: exact arithmetic of alarm, empty and refill-by times."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from thecal.program.clock import SECONDS_PER_WEEK, Instant
from thecal.program.schedule import WeeklySchedule
from thecal.units import Duration, Volume, VolumeRate

ALARM, RUNS_EMPTY = "alarm date", "date it runs empty"


@final
@dataclass(frozen=True, slots=True)
class PumpingStretch:
    """From the end of the stretch before it, `schedule` plus an even `extra` rate, until `end`.

    `end` None means for ever.
    """

    end: Instant | None
    schedule: WeeklySchedule
    extra: VolumeRate


def when_pumped(start: Instant, stretches: list[PumpingStretch], volume: Volume) -> Instant | None:
    """Return the instant at which `volume` has been pumped since `start`, None if never.

    Stretches follow each other from `start`; none or zero volume gives `start`.
    """
    left = volume.base
    if left <= 0:
        return start
    now = start
    for stretch in stretches:
        extra = stretch.extra.base
        if stretch.end is None:
            weekly = (
                stretch.schedule.volume_between(now, now + SECONDS_PER_WEEK).base
                + extra * SECONDS_PER_WEEK
            )
            if weekly == 0:
                return None
            whole_weeks = -(-left // weekly) - 1
            now += whole_weeks * SECONDS_PER_WEEK
            left -= whole_weeks * weekly
        while stretch.end is None or now < stretch.end:
            change = stretch.schedule.next_change(now)
            until = min((t for t in (change, stretch.end) if t is not None), default=None)
            rate = stretch.schedule.rate_at(now).base + extra
            if until is None or rate * (until - now) >= left:
                if rate == 0:
                    return None
                return now + left / rate
            left -= rate * (until - now)
            now = until
    return None


def alarm_name(has_alarm: bool) -> str:
    """Return what decides a refill date that lies a window before the alarm volume is reached."""
    return ALARM if has_alarm else RUNS_EMPTY


@final
@dataclass(frozen=True, slots=True)
class RefillBy:
    """The latest time for the next refill, and what decides it."""

    instant: Instant
    decided_by: str


def refill_by(
    *,
    low_reservoir: Instant | None,
    window_before_alarm: Duration,
    fill: Instant,
    stability: Duration | None,
    maximum_interval: Duration | None,
    has_alarm: bool = True,
) -> RefillBy | None:
    """Return the earliest of alarm date less window, end of stability and the model's interval.

    Parameters
    ----------
    low_reservoir
        When the alarm volume is reached with every allowed bolus taken; None if never.
    window_before_alarm
        How long before the alarm the refill is wanted (facts/workflow.md 5).
    fill
        The time of the last fill.
    stability, maximum_interval
        How long the solution and the model allow; None where no figure is known.
    has_alarm
        Whether the pump tells by an alarm; else its alarm volume is where it runs empty.
    """
    candidates = [
        RefillBy(fill + limit.base, name)
        for name, limit in (("stability", stability), ("maximum interval", maximum_interval))
        if limit is not None
    ]
    if low_reservoir is not None:
        candidates.append(RefillBy(low_reservoir - window_before_alarm.base, alarm_name(has_alarm)))
    return min(candidates, key=lambda candidate: candidate.instant, default=None)
