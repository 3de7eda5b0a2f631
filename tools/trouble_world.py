"""A world of broken pumps for `tools/confusion.py`: faults injected blindly, seen at the bedside.

It knows nothing of the tables of `thecal troubleshoot`. What the pump did, what is left in it and
which alarms it raised come from the replay with the fault in it; the rest from a small picture of
the catheter and of how well each test sees it. The figures of the tests here are assumptions, kept
apart from those of the tables on purpose.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from random import Random

from thecal.care.troubleshoot_case import residual_outcome
from thecal.device import fault_kinds
from thecal.pharmacy import Mixture
from thecal.program.delivery import Delivery
from thecal.pump.alarms import AlarmKind
from thecal.pump.fault_settings import OUTSIDE
from thecal.therapy.events import Fault, Fill
from thecal.therapy.file_reader import read_therapy
from thecal.therapy.replay import Replay
from thecal.units import Concentration, Volume

PUMPS = {"roller": "synchromed-ii-20", "valve-gated": "prometra-ii-20"}
REFILL, VISIT = 45, 90
NOISE = 0.15 / 1.96
"""Of the delivered ratio of one refill: 95 % within 0.15 (facts/workflow.md 2.R)."""
_DAY = 86400
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


def _replayed(kind: str, pump_kind: str, model: str, day: int) -> Broken:
    therapy = read_therapy(_text(kind, model, day).encode(), f"{kind}.toml")
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
        therapy.instant(event.time) for event in therapy.events if isinstance(event, Fault)
    )
    alarms = tuple(one.kind for one in state.alarms if one.time >= began)
    replay.faults.follow(state)
    over = all(not one.active for one in replay.faults.records)
    return Broken(kind, pump_kind, replay, late, peak, due, there, alarms, over)


def _text(kind: str, model: str, day: int) -> str:
    def at(days: int, hour: int) -> str:
        return (_START.replace(hour=hour) + timedelta(days=days)).isoformat()

    steps = '[{ days = "daily", start = "20:00", duration = "2 h", dose = "0.6 mg" }]'
    fill = 'type = "fill"\nvolume = "20 mL"\nmixture = { morphine = "10 mg/mL" }'
    events = [
        (at(0, 9), fill),
        (at(0, 10), 'type = "prime"'),
        (
            at(0, 11),
            'type = "program"\nprimary = "morphine"\nmode = "flex"\n'
            f'daily_dose = "2.618 mg/d"\nsteps = {steps}',
        ),
    ]
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


def seen(broken: Broken, random: Random, missing: float) -> dict[str, str]:
    """Return what the bedside shows, each finding missing with this chance."""
    everything = {
        "patient": _patient(broken, random),
        "onset": _onset(broken, random),
        "pocket": _pocket(broken, random),
        "battery": _battery(broken, random),
        "telemetry": _telemetry(broken, random),
        "settings": _settings(broken, random),
        "template": _template(broken, random),
        "residual": _residual(broken, random),
        "second-aspirate": "rest-found" if random.random() < 0.03 else "none",
        "aspirate": "air" if broken.kind == "air" and random.random() < 0.8 else "drug",
        "x-ray": _x_ray(broken, random),
        "access-port": _port(broken, random),
        "tip-mri": _either(random, broken.kind == "granuloma", 0.95, 0.03, "mass", "clear"),
        "assay": _assay(broken, random),
    }
    if broken.pump_kind == "roller":
        everything["rotor"] = _rotor(broken, random)
    shown = {one: word for one, word in everything.items() if random.random() >= missing}
    study = _study(broken, random)
    if shown.get("access-port") == "free" and random.random() >= missing:
        shown["dye"] = study
    elif random.random() >= (1 + missing) / 2:
        shown["ct"] = study
    return shown


def _either(random: Random, there: bool, hit: float, false_alarm: float, yes: str, no: str) -> str:
    return yes if random.random() < (hit if there else false_alarm) else no


def _reaches(broken: Broken) -> float:
    """What arrives in the fluid: the replay knows of no tip that lies elsewhere."""
    moved = any(
        isinstance(event, Fault) and event.kind == "catheter-migration"
        for event in broken.replay.therapy.events
    )
    return 0.0 if moved and OUTSIDE else broken.late


def _patient(broken: Broken, random: Random) -> str:
    if broken.kind == "granuloma" and random.random() < 0.5:
        return "deficit"
    if broken.kind == "wrong-drug":
        return random.choice(["overdose", "more-effect", "less-effect", "withdrawal"])
    if broken.kind in ("granuloma",):
        return "less-effect"
    if broken.kind == "pocket-fill" and random.random() < 0.7:
        # What lies under the skin is absorbed within hours: the replay books it as lost.
        return random.choice(["overdose", "more-then-less"])
    late = _reaches(broken)
    if broken.peak > 1.6 and late < 0.6:
        return "more-then-less" if broken.kind != "access-port-injection" else "overdose"
    if late < 0.4:
        return random.choice(["withdrawal", "withdrawal", "less-effect"])
    if late < 0.8:
        return random.choice(["less-effect", "less-effect", "varying"])
    if late > 1.25:
        return random.choice(["overdose", "more-effect"])
    if broken.kind.startswith("clock") and random.random() < 0.5:
        return "varying"
    return random.choice(["steady", "steady", "steady", "less-effect"])


def _onset(broken: Broken, random: Random) -> str:
    if random.random() < 0.15:
        return random.choice(["gradual", "sudden", "after-strain", "after-refill"])
    if broken.kind in ("incomplete-update",):
        return "after-programming"
    if broken.kind in ("motor-stall-recovering", "valve-stuck-open", "valve-stuck-closed"):
        return random.choice(["after-scan", "sudden"])
    if broken.kind in ("catheter-fracture", "catheter-disconnection", "catheter-migration"):
        return random.choice(["after-strain", "sudden"])
    if broken.kind in ("granuloma", "gear-wear", "clock-drift", "diversion", "septum-leak"):
        return "gradual"
    fills = [event for event in broken.replay.therapy.events if isinstance(event, Fill)]
    faults = [event for event in broken.replay.therapy.events if isinstance(event, Fault)]
    at_refill = abs((fills[-1].time - faults[0].time).total_seconds()) < _DAY
    if at_refill and broken.kind != "missed-refill":
        return "after-refill"
    return random.choice(["sudden", "gradual"])


def _pocket(broken: Broken, random: Random) -> str:
    fluid = broken.kind in ("pocket-fill", "septum-leak", "catheter-disconnection", "catheter-leak")
    return _either(random, fluid, 0.5, 0.03, "swollen", "normal")


def _battery(broken: Broken, random: Random) -> str:
    faulty = broken.kind in ("battery-film", "premature-replacement-indicator")
    return "due" if random.random() < (0.1 if faulty else 0.3) else "early"


_TELLING = (
    (AlarmKind.MEMORY_ERROR, "memory-error"),
    (AlarmKind.LOW_BATTERY_RESET, "low-battery-reset"),
    (AlarmKind.END_OF_SERVICE, "end-of-service"),
    (AlarmKind.REPLACEMENT_INDICATOR, "replacement-indicator"),
    (AlarmKind.EMPTY, "empty"),
    (AlarmKind.STOPPED_TOO_LONG, "stopped"),
    (AlarmKind.LOW_RESERVOIR, "low-reservoir"),
)


def _telemetry(broken: Broken, random: Random) -> str:
    if AlarmKind.MOTOR_STALL in broken.alarms:
        recovered = broken.fault_over and random.random() < 0.7
        return "stall-recovered" if recovered else "stall"
    for alarm, word in _TELLING:
        if alarm in broken.alarms:
            return word
    return "ok"


def _settings(broken: Broken, random: Random) -> str:
    if random.random() < 0.05:
        return "as-recorded"
    if broken.kind.startswith("clock"):
        return "clock-off"
    if broken.kind == "wrong-tubing-constant":
        return "constant-off"
    if broken.kind == "wrong-volume" and random.random() < 0.5:
        return "volume-off"
    return "as-recorded"


def _template(broken: Broken, random: Random) -> str:
    missed = broken.kind in ("pocket-fill", "access-port-injection")
    return _either(random, missed, 0.4, 0.05, "does-not-fit", "fits")


def _residual(broken: Broken, random: Random) -> str:
    """Return what a noisy refill shows: flow and syringe together scatter the delivered ratio."""
    replay = broken.replay
    assert replay.last_fill is not None
    used = 20 - broken.there
    drawn = 20 - used * random.gauss(1, NOISE)
    # A syringe cannot draw less than nothing, nor more than the reservoir holds.
    drawn = max(0.0, min(drawn, 20.0))
    if broken.there < 0.3:
        drawn = min(drawn, abs(random.gauss(0, 0.2)))
    aspirated = Volume.of(f"{drawn:.2f}", "mL")
    event = replay.last_fill
    probe = Fill(
        time=event.time,
        volume=event.volume,
        mixture=Mixture.of({"morphine": Concentration.of("10", "mg/mL")}),
        aspirated=aspirated,
    )
    assessed = replay.assess(probe)
    assert assessed is not None
    return residual_outcome(assessed, aspirated)


def _x_ray(broken: Broken, random: Random) -> str:
    shows = {
        "catheter-kink": "kink",
        "catheter-fracture": "gap",
        "catheter-disconnection": random.choice(["off-connector"] * 4 + ["gap"]),
        "catheter-migration": "migrated",
    }
    if broken.kind in shows and random.random() < 0.8:
        return shows[broken.kind]
    return "kink" if random.random() < 0.03 else "normal"


def _rotor(broken: Broken, random: Random) -> str:
    if random.random() < 0.04:
        return random.choice(["moves", "slow", "still"])
    if broken.kind == "motor-stall":
        return "still"
    if broken.kind == "gear-wear":
        return "still" if broken.late < 0.1 else "slow"
    if broken.kind == "rotor-magnet":
        return "moves" if broken.fault_over else "slow"
    if AlarmKind.END_OF_SERVICE in broken.alarms:
        return "still"
    return "moves"


def _port(broken: Broken, random: Random) -> str:
    chance = random.random()
    if broken.kind == "catheter-occlusion":
        return "none" if chance < 0.9 else "free"
    if broken.kind == "catheter-kink":
        return "none" if chance < 0.5 else "free"
    if broken.kind in ("catheter-fracture", "catheter-disconnection"):
        return "air" if chance < 0.45 else "none" if chance < 0.85 else "free"
    if broken.kind == "catheter-migration":
        return "none" if chance < 0.6 else "free"
    if broken.kind == "catheter-leak":
        return "free" if chance < 0.5 else "air" if chance < 0.75 else "none"
    if broken.kind == "granuloma" and chance < 0.3:
        return "none"
    return "none" if chance < 0.04 else "free"


def _study(broken: Broken, random: Random) -> str:
    shows = {
        "catheter-occlusion": "blocked",
        "catheter-kink": random.choice(["blocked", "flows"]),
        "catheter-leak": "leak",
        "catheter-fracture": "leak",
        "catheter-disconnection": "leak",
        "catheter-migration": "outside",
        "granuloma": random.choice(["mass", "mass", "flows", "blocked"]),
    }
    return shows[broken.kind] if broken.kind in shows and random.random() < 0.9 else "flows"


def _assay(broken: Broken, random: Random) -> str:
    if random.random() < 0.04:
        return "as-labelled"
    if broken.kind == "wrong-drug":
        return "other-drug"
    return "stronger" if broken.kind == "wrong-concentration" else "as-labelled"
