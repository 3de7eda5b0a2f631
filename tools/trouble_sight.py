"""What the bedside shows of a broken pump of `trouble_world.py`: how well each test sees.

It knows nothing of the tables of `thecal troubleshoot`. Residual and alarms come from the replay;
the rest from a small picture of the catheter and of each test. The figures here are assumptions,
kept apart from those of the tables on purpose.
"""

from __future__ import annotations

from random import Random

from trouble_world import Broken

from thecal.care.troubleshoot_case import residual_outcome
from thecal.pharmacy import Mixture
from thecal.pump.alarms import AlarmKind
from thecal.pump.fault_settings import OUTSIDE
from thecal.therapy.events import Environment, Fault, Fill
from thecal.units import Concentration, Volume

NOISE = 0.15 / 1.96
"""Of the delivered ratio of one refill: 95 % within 0.15 (facts/workflow.md 2.R)."""
_DAY = 86400
_SILENT = ("battery", "telemetry", "settings")
"""What a pump without electronics cannot tell."""


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
    if broken.pump_kind == "constant-flow":
        for one in _SILENT:
            del everything[one]
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
    faults = [
        event for event in broken.replay.therapy.events if isinstance(event, Fault | Environment)
    ]
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
