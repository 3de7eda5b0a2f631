"""Benchmarks of the main job: one JSON line per result, each beside a peer or floor of this run.

The floor of a replay is the least that any exact replay must do: one rational multiplication, one
addition and one comparison for each change of rate, press and bolus end.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path

from thecal.therapy.events import Therapy
from thecal.therapy.file_reader import read_therapy
from thecal.therapy.rows import JoiningSink
from thecal.therapy.simulation import simulate

ROOT = Path(__file__).resolve().parent.parent
RUNS = 5
STEPS = 13
PRESS_HOURS = (10, 13, 16, 20)
CHANGES_A_DAY = 2 * STEPS + 2 * len(PRESS_HOURS)
HEAD = """schema = "thecal.therapy/1"
utc_offset = "+01:00"
[patient]
id = "BENCH"
birth_date = 1961-04-12
sex = "female"
weight = "82 kg"
therapy = "pain"
setting = "non-cancer"
opioid_tolerant = true
[pump]
model = "synchromed-ii-40"
serial = "BENCH"
[catheter]
model = "ascenda-8780"
implanted_length = "76 cm"
tip = "T10"
[[events]]
time = 2026-01-05T08:00:00
type = "fill"
volume = "40 mL"
mixture = { morphine = "20 mg/mL", bupivacaine = "10 mg/mL" }
[[events]]
time = 2026-01-05T08:10:00
type = "prime"
[[events]]
time = 2026-01-05T09:00:00
type = "program"
primary = "morphine"
mode = "flex"
daily_dose = "1 mg/d"
patient_bolus = { dose = "0.05 mg", duration = "5 min", lockout = "2 h", max_per_day = 4 }
"""


PROGRAM = HEAD[HEAD.rindex('type = "program"') :]
FILL = HEAD[HEAD.index('type = "fill"') : HEAD.index("[[events]]", HEAD.index('type = "fill"'))]
STAYS = {
    "over-infusion": 'factor = "1.01"',
    "gear-wear": 'factor = "0.99"\nduration = "365 d"',
    "rotor-magnet": 'factor = "0.999"\nduration = "365 d"',
    "catheter-kink": 'factor = "0.999"',
    "granuloma": 'factor = "0.999"',
    "catheter-leak": 'fraction = "0.01"\ndistance = "30 cm"',
    "septum-leak": 'rate = "0.001 mL/d"',
    "clock-drift": 'factor = "1.0001"',
    "clock-reset": "",
    "catheter-migration": 'tip = "T9"',
    "premature-replacement-indicator": "",
    "wrong-tubing-constant": "",
    "battery-film": 'duration = "400 d"',
}
"""Faults that are there all year, small enough that the pump goes on."""
PASSES = {
    "motor-stall-recovering": 'duration = "1 h"',
    "catheter-occlusion": 'duration = "1 h"\nvolume = "0.001 mL"',
    "diversion": 'volume = "0.01 mL"',
    "memory-bit-flip": "",
    "low-battery-reset": "",
    "incomplete-update": "",
    "motor-stall": "",
    "catheter-fracture": "",
    "catheter-disconnection": "",
}
"""Faults of an evening before a visit; the last three are mended there."""
AT_FILLS = {
    "pocket-fill": 'fraction = "0.1"',
    "access-port-injection": 'fraction = "0.001"',
    "wrong-drug": 'mixture = { morphine = "20 mg/mL" }',
    "wrong-concentration": 'factor = "1.1"',
    "wrong-volume": 'factor = "0.9"',
    "air": 'volume = "0.5 mL"',
    "missed-refill": "",
}
MENDED = ("motor-stall", "catheter-fracture", "catheter-disconnection")


def therapy_of(days: int, *, visits: bool = False, faults: bool = False) -> Therapy:
    """Return a therapy of a flex program with 13 steps a day and four presses a day.

    With `visits` it is refilled and programmed once a month; with `faults` every fault that this
    pump can have befalls it: some all year, some before each visit, some at each fill.
    """
    steps = ", ".join(
        f'{{ days = "daily", start = "{6 + n:02}:00", duration = "30 min",'
        f' dose = "0.0{3 + n % 5} mg" }}'
        for n in range(STEPS)
    )
    program = f"{PROGRAM}steps = [{steps}]\n"
    start = datetime(2026, 1, 6)  # noqa: DTZ001 - on the pump clock
    events: list[tuple[datetime, str]] = []
    for day in range(days):
        for hour in PRESS_HOURS:
            events.append((start + timedelta(days=day, hours=hour), 'type = "press"\n'))
    if faults:
        events += [(start, _fault(kind, figures)) for kind, figures in STAYS.items()]
    for month, day in enumerate(range(30, days, 30)):
        visit = start + timedelta(days=day, hours=9)
        if faults:
            evening = visit - timedelta(hours=12)
            events += [(evening, _fault(kind, figures)) for kind, figures in PASSES.items()]
            kind = list(AT_FILLS)[month % len(AT_FILLS)]
            events.append((visit, _fault(kind, AT_FILLS[kind])))
            events += [(visit, _fault(kind, "mended = true")) for kind in MENDED]
        if visits:
            events += [(visit, FILL), (visit, program)]
    events.sort(key=lambda event: event[0])
    text = "".join(f"[[events]]\ntime = {time.isoformat()}\n{what}" for time, what in events)
    return read_therapy(f"{HEAD}steps = [{steps}]\n{text}".encode(), "bench.toml")


def _fault(kind: str, figures: str) -> str:
    return f'type = "fault"\nkind = "{kind}"\n{figures}\n'


def best(action: Callable[[], object]) -> float:
    """Return the shortest of some runs, in seconds."""
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return min(times)


def floor_of(days: int) -> float:
    """Return the time of the least exact arithmetic for that many days."""
    rate, length = Fraction(5, 8640), Fraction(1800)

    def loop() -> Fraction:
        total, limit = Fraction(0), Fraction(40000)
        for _ in range(days * CHANGES_A_DAY):
            total += rate * length
            if total > limit:
                break
        return total

    return best(loop)


def tell(name: str, value: float, unit: str, against: str, other: float) -> None:
    """Print one result."""
    ratio = value / other if other else None
    print(
        json.dumps({"name": name, "value": value, "unit": unit, "against": against, "ratio": ratio})
    )


def replay() -> None:
    """Time a pump-year, its growth with time, and its memory."""
    year = therapy_of(365)
    presses = simulate(year).presses
    if not presses.granted:
        sys.exit("the benchmark's program does not run: nothing would be measured")
    seconds = best(lambda: simulate(year))
    tell("replay of a pump-year, no rows", seconds, "s", "demanded 0.5 s", 0.5)
    tell("replay of a pump-year, no rows", seconds, "s", "least exact arithmetic", floor_of(365))
    rows: list[object] = []

    def with_rows() -> None:
        rows.clear()
        sink = JoiningSink(rows.append)
        simulate(year, sink=sink)
        sink.close()

    seconds_rows = best(with_rows)
    tell("replay of a pump-year, every row", seconds_rows, "s", "demanded 0.5 s", 0.5)
    for days in (91, 182, 456):
        other = therapy_of(days)
        tell(
            f"replay a day, {days} days of presses",
            best(lambda other=other: simulate(other)) / days,  # type: ignore[misc]
            "s",
            "the same a day in a year",
            seconds / 365,
        )
    _with_faults()
    short, long = (_peak(therapy_of(30), days) for days in (30, 3650))
    tell("peak memory of 3650 days without events", long, "bytes", "30 days", short)


def _with_faults() -> None:
    """Time a year with every fault against the same orders without one, both in turn."""
    sound = therapy_of(365, visits=True)
    broken = therapy_of(365, visits=True, faults=True)
    result = simulate(broken)
    met = {one.kind for one in result.faults}
    unmet = {*STAYS, *PASSES, *AT_FILLS} - met
    if unmet:
        sys.exit(f"the benchmark's faults did not happen: {', '.join(sorted(unmet))}")
    if result.presses.granted != simulate(sound).presses.granted:
        sys.exit("the benchmark's faults take boluses away: less would be measured")
    runs = [(best(lambda: simulate(broken)), best(lambda: simulate(sound))) for _ in range(3)]
    fastest = min(one for one, _ in runs), min(other for _, other in runs)
    tell("replay of a pump-year, every fault", fastest[0], "s", "the same without", fastest[1])


def _peak(therapy: Therapy, days: int) -> float:
    end = therapy.instant(therapy.events[0].time) + days * 86400
    simulate(therapy, until=end)
    tracemalloc.start()
    simulate(therapy, until=end)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return float(peak)


def commands() -> None:
    """Time whole processes against a bare interpreter."""
    python = sys.executable
    thecal = str(Path(python).parent / "thecal")
    example = str(ROOT / "examples" / "pain_two_drugs.toml")

    def process(*command: str) -> float:
        return best(lambda: subprocess.run(command, check=False, capture_output=True))

    bare = process(python, "-c", "pass")
    version = process(thecal, "version")
    review = process(thecal, "review", example)
    tell("thecal version", version, "s", "demanded 0.15 s", 0.15)
    tell("thecal version", version, "s", "bare interpreter", bare)
    tell("thecal review of an example", review, "s", "demanded 0.3 s", 0.3)
    tell("thecal review of an example", review, "s", "bare interpreter", bare)


if __name__ == "__main__":
    replay()
    commands()
