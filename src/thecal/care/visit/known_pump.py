"""What a visit knows of the pump, from the replay of the log up to now."""

from __future__ import annotations

from datetime import date

from thecal.care.visit.knowledge import KnownPump
from thecal.program.program import Mode
from thecal.therapy.gaps import doses_in_force
from thecal.therapy.replay import Replay
from thecal.units import DAY, Volume


def known_pump(replay: Replay) -> KnownPump:
    """Return the pump as it stands where a replay was advanced to."""
    state, counted = replay.pump.state, replay.counted_from
    filled = expected = None
    if counted is not None:
        filled = Volume(counted.base - state.dry_at_computed)
        expected = replay.pump.expected_aspirate()
    doses = doses_in_force(replay) or {}
    dry = state.dry_since if state.dry else None
    return KnownPump(
        model=replay.hardware.model,
        serial=replay.hardware.serial,
        implanted=_implanted(replay),
        last_fill=None if counted is None else state.solution.written,
        filled=filled,
        expected=expected,
        earlier=tuple(replay.residuals),
        mode=_mode(replay),
        daily_doses={drug: mass / DAY for drug, mass in doses.items()},
        empty_since=None if dry is None else replay.therapy.moment(dry),
    )


def _implanted(replay: Replay) -> date | None:
    if replay.pump_record.implanted is not None:
        return replay.pump_record.implanted
    battery = replay.pump.state.battery
    return None if battery is None else replay.therapy.moment(battery.implanted).date()


def _mode(replay: Replay) -> Mode | None:
    state = replay.pump.state
    if state.program is None:
        return None
    return Mode.STOPPED if state.stopped_since is not None else state.program.program.mode
