"""The battery of one pump: what time and pumping have taken of it, and when it says so.

Nothing is counted stroke by stroke. The pump's count already says what was pumped, so the charge at
any instant follows from one subtraction, and the instant of the indicator from one division.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, final

from thecal.device.battery import BatteryLife
from thecal.program.clock import SECONDS_PER_DAY, Instant
from thecal.pump.alarm_log import raise_alarm
from thecal.pump.alarms import AlarmKind

if TYPE_CHECKING:
    from thecal.program.setup import PumpSetup
    from thecal.pump.flow import Flow
    from thecal.pump.state import PumpState

_NEW = _NOTHING = Fraction(0)


@final
@dataclass(frozen=True, slots=True)
class Battery:
    """What is remembered of a battery.

    Attributes
    ----------
    implanted
        When its age began to count.
    since
        When the charge was last known.
    level
        The charge until the indicator at `since`, in microlitres pumped in no time, less the pump's
        count then; moved along at each fill. None: not known, so that age alone is reckoned with.
    due
        When age alone brings the indicator, None: never; once it has come, the end of service.
    indicated
        Whether the indicator has come.
    quiet
        Until then not even the highest rate brings the indicator: so nothing is worked out.
    """

    implanted: Instant
    since: Instant
    level: Fraction | None
    due: Instant | None
    indicated: bool = False
    quiet: Instant = field(default=Fraction(0), compare=False)


def start_battery(
    state: PumpState,
    life: BatteryLife | None,
    *,
    implanted: Instant | None = None,
    used: Fraction | None = _NEW,
) -> None:
    """Let the battery be one that was implanted then, now without a time, and is partly used.

    `used` is the part of the charge that is gone, 0 to 1; None where nobody knows.
    """
    if life is None:
        return
    since = state.now if implanted is None else implanted
    level = None
    if life.charge is not None and used is not None:
        level = life.charge.base * (1 - used) - state.computed
    due = None
    if life.limit is not None:
        due = since + (life.limit - life.indicator_to_end).base
    state.battery = Battery(since, state.now, level, due)


def charge_used(state: PumpState, life: BatteryLife | None) -> Fraction | None:
    """Return the part of the charge until the indicator that is gone: more than 1 after it.

    None where it is not known.
    """
    battery = state.battery
    if battery is None or battery.level is None or life is None or life.charge is None:
        return None
    return 1 - _charge(state, battery, life) / life.charge.base


def _charge(state: PumpState, battery: Battery, life: BatteryLife) -> Fraction:
    assert battery.level is not None
    return battery.level + state.computed - life.drain.base * (state.now - battery.since)


def charge_left(state: PumpState, life: BatteryLife | None) -> Fraction | None:
    """Return the charge until the indicator, in microlitres pumped in no time.

    None where nothing is left to wait for, or where it is not known.
    """
    battery = state.battery
    if battery is None or battery.level is None or life is None:
        return None
    if battery.indicated or state.dead:
        return None
    return _charge(state, battery, life)


def charge_room(
    state: PumpState, setup: PumpSetup, until: Instant
) -> tuple[Instant, Fraction | None]:
    """Return until when, and what volume, can surely be pumped before the indicator.

    What age takes is taken off at once, so that nothing needs to be worked out piece by piece. So
    far ahead that age would take most of it, the time is cut: the rest is asked for again. On the
    last day there is no room: halves of halves would never come to the indicator.
    """
    battery, life = state.battery, setup.battery
    if battery is None or life is None or until <= battery.quiet:
        return until, None
    left = charge_left(state, life)
    if left is None:
        return until, None
    if setup.maximum_rate is not None:
        most = setup.maximum_rate.base + life.drain.base
        state.battery = replace(battery, quiet=state.now + left / most)
        if until <= state.battery.quiet:
            return until, None
    aged = life.drain.base * (until - state.now)
    if 2 * aged > left:
        half = left / (2 * life.drain.base)
        if half < SECONDS_PER_DAY:
            return until, _NOTHING
        until = state.now + half
        aged = left / 2
    return until, left - aged


def before_indicator(
    state: PumpState, life: BatteryLife | None, rate: Fraction, end: Instant
) -> Instant:
    """Cut a piece of an even rate, in microlitres per second, where the charge is used up."""
    left = charge_left(state, life)
    if left is None or life is None:
        return end
    spent = rate + life.drain.base
    return min(end, state.now + left / spent) if spent else end


def due_of(state: PumpState) -> Instant | None:
    """Return when the battery next does something whatever is pumped; None: never."""
    return None if state.battery is None or state.dead else state.battery.due


def settle_battery(flow: Flow) -> None:
    """Raise the indicator, or end the service, where that has come due."""
    state, life = flow.state, flow.setup.battery
    battery = state.battery
    if battery is None or life is None or state.dead:
        return
    due = battery.due is not None and battery.due <= state.now
    if battery.indicated:
        if due:
            end_service(flow, state.now)
        return
    left = charge_left(state, life)
    if due or (left is not None and left <= 0):
        state.battery = replace(battery, indicated=True, due=_end(battery, life, state.now))
        raise_alarm(state, AlarmKind.REPLACEMENT_INDICATOR, state.now)


def end_service(flow: Flow, now: Instant) -> None:
    """Stop the pump for good: its battery is spent."""
    if flow.state.dead:
        return
    raise_alarm(flow.state, AlarmKind.END_OF_SERVICE, now)
    flow.state.dead = True
    flow.halt()


def _end(battery: Battery, life: BatteryLife, now: Instant) -> Instant:
    """Return the end of service after an indicator now: nominal, unless its age ends it before."""
    nominal = now + life.indicator_to_end.base
    if life.limit is None:
        return nominal
    by_age = battery.implanted + life.limit.base
    return min(nominal, by_age) if by_age > now else nominal
