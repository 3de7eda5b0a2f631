"""A world of broken pumps for `tools/confusion.py`: every fault injected into the replay.

What the pump did, what is left in it and which alarms it raised come from the replay with the fault
in it; `trouble_sight.py` has what the bedside shows of that. It knows nothing of the tables of
`thecal troubleshoot`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction

from thecal.device import fault_kinds
from thecal.program.delivery import Delivery
from thecal.pump.alarms import AlarmKind
from thecal.therapy.events import Environment, Fault
from thecal.therapy.file_reader import read_therapy
from thecal.therapy.replay import Replay

PUMPS = {
    "roller": "synchromed-ii-20",
    "valve-gated": "prometra-ii-20",
    "constant-flow": "isomed-20-03",
}
SURROUNDINGS = "surroundings"
"""A cause that is no fault of anything: heat or height around a pump that gas drives."""
REFILL, VISIT = 45, 90
_DAY = 86400
_STAYS = {
    50: 'altitude = "3000 m"\nduration = "39 d"',
    84: 'temperature = "39.5 Cel"\nduration = "5 d"',
}
_START = datetime(2026, 3, 2, 9)  # noqa: DTZ001 - on the pump clock
_SETTINGS = {
    "wrong-drug": 'mixture = { hydromorphone = "2 mg/mL" }',
    "wrong-concentration": 'factor = "2"',
    "clock-reset": "pump_clock = 2020-01-01T00:00:00",
    "clock-drift": 'factor = "1.01"',
    "wrong-tubing-constant": 'volume = "0.199 mL"',
    "diversion": 'volume = "5 mL"',
    "septum-leak": 'rate = "0.1 mL/d"',
    "motor-stall-recovering": 'duration = "5 d"',
    "rotor-magnet": 'factor = "0.5"\nduration = "10 d"',
    "catheter-kink": 'factor = "0.3"\nduration = "200 d"',
    "gear-wear": 'factor = "0"\nduration = "20 d"',
    "over-infusion": 'factor = "1.4"\nduration = "200 d"',
    "catheter-leak": 'fraction = "0.7"',
    "premature-replacement-indicator": 'duration = "60 d"',
    "air": 'volume = "3 mL"',
}


@dataclass(frozen=True)
class Broken:
    """What one replay with one fault left behind.

    Parameters
    ----------
    late, peak
        What arrived in the last days before the visit, and on the fullest day since the fault,
        over what the order asked.
    due, there, counted
        mL: what the syringe was expected to draw, what is really there, what the pump counted from.
    """

    kind: str
    pump_kind: str
    replay: Replay
    late: float
    peak: float
    due: float
    there: float
    alarms: tuple[AlarmKind, ...]
    fault_over: bool


@dataclass
class _Arrived:
    """Morphine at the tip by day, as the deliveries bring it."""

    start: int
    by_day: dict[int, float] = field(default_factory=dict)

    def __call__(self, delivery: Delivery) -> None:
        mass = float(delivery.mixture.mass_of("morphine", delivery.volume).base)
        begin, end = float(delivery.start), float(delivery.end)
        if end <= begin:
            self._add(begin, mass)
            return
        while begin < end:
            edge = min(end, (begin - self.start) // _DAY * _DAY + _DAY + self.start)
            self._add(begin, mass * (edge - begin) / (end - float(delivery.start)))
            begin = edge

    def _add(self, at: float, mass: float) -> None:
        day = int((at - self.start) // _DAY)
        self.by_day[day] = self.by_day.get(day, 0.0) + mass


def broken_pumps() -> Iterator[Broken]:
    """Replay every kind of fault on every pump of `PUMPS` that can have it, at two times."""
    for kind in fault_kinds():
        for pump_kind, model in PUMPS.items():
            if pump_kind not in kind.pumps:
                continue
            for day in (REFILL,) if kind.part == "fill" else (50, 70):
                yield _replayed(kind.id, pump_kind, model, day)
    for day in _STAYS:
        yield _replayed(SURROUNDINGS, "constant-flow", PUMPS["constant-flow"], day)


def _replayed(kind: str, pump_kind: str, model: str, day: int) -> Broken:
    text = _text(kind, model, day, programmable=pump_kind != "constant-flow")
    therapy = read_therapy(text.encode(), f"{kind}.toml")
    start = int(therapy.instant(therapy.events[0].time))
    arrived = _Arrived(start)
    replay = Replay(therapy, arrived)
    for number in range(len(therapy.events)):
        replay.apply(number)
    replay.advance_to(Fraction(start + VISIT * _DAY))
    state = replay.pump.state
    ordered = 3000.0
    days = arrived.by_day
    late = sum(days.get(one, 0.0) for one in range(VISIT - 4, VISIT - 1)) / 3 / ordered
    peak = max(days.get(one, 0.0) for one in range(day, VISIT - 1)) / ordered
    there = max(0.0, float(state.physical - replay.hardware.setup.residual.base) / 1000)
    due = float(replay.pump.expected_aspirate().base) / 1000
    began = next(
        therapy.instant(event.time)
        for event in therapy.events
        if isinstance(event, Fault | Environment)
    )
    alarms = tuple(one.kind for one in state.alarms if one.time >= began)
    replay.faults.follow(state)
    over = all(not one.active for one in replay.faults.records)
    return Broken(kind, pump_kind, replay, late, peak, due, there, alarms, over)


def _text(kind: str, model: str, day: int, *, programmable: bool) -> str:
    def at(days: int, hour: int) -> str:
        return (_START.replace(hour=hour) + timedelta(days=days)).isoformat()

    steps = '[{ days = "daily", start = "20:00", duration = "2 h", dose = "0.6 mg" }]'
    fill = 'type = "fill"\nvolume = "20 mL"\nmixture = { morphine = "10 mg/mL" }'
    program = (
        'type = "program"\nprimary = "morphine"\nmode = "flex"\n'
        f'daily_dose = "2.618 mg/d"\nsteps = {steps}'
    )
    events = [(at(0, 9), fill)]
    if programmable:
        events += [(at(0, 10), 'type = "prime"'), (at(0, 11), program)]
    if kind == SURROUNDINGS:
        fault = f'type = "environment"\n{_STAYS[day]}'
    else:
        fault = f'type = "fault"\nkind = "{kind}"\n{_SETTINGS.get(kind, "")}'
    if day != REFILL:
        events += [(at(REFILL, 9), fill), (at(day, 9), fault)]
    else:
        events += [(at(REFILL, 8), fault), (at(REFILL, 9), fill)]
    head = (
        'schema = "thecal.therapy/1"\nutc_offset = "+01:00"\n[patient]\nid = "T"\n'
        'birth_date = 1970-01-01\nsex = "female"\nweight = "70 kg"\ntherapy = "pain"\n'
        'setting = "non-cancer"\nopioid_tolerant = true\n'
        f'[pump]\nmodel = "{model}"\nserial = "T1"\n[catheter]\nmodel = "ascenda-8780"\n'
        'implanted_length = "76 cm"\ntip = "T10"\n'
    )
    return head + "".join(f"[[events]]\ntime = {time}\n{body}\n" for time, body in events)
