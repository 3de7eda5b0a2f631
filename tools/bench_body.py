"""Benchmarks of the body: cost and error, beside peers, demands and floors of the same run.

Peers are optional (`requirements/bench.txt`); one that is not there is named and left out. All but
the population runs on one core, to which the process is bound, and is timed by the processor.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from bench import tell
from bench_case import ACCURACY, SITES, best, canal_of, case, schedule, set_up
from bench_errors import errors
from bench_peers import peers

from thecal.body.anatomy import reference_anatomy
from thecal.body.canal import grid
from thecal.body.kinetics import kinetics_of
from thecal.body.network import build_network
from thecal.body.patients import drawn_patients, one_patient
from thecal.body.person import Person
from thecal.body.population import run_days
from thecal.care.case_file import read_case_file
from thecal.care.design.plain import design_plainly
from thecal.care.design.reader import TOPIC, read_case
from thecal.lab.design.optimised import WhereTo, optimise

PATIENTS, DAYS, SEED = 1000, 30, 1
SETUP_MILLISECONDS, DAY_MICROSECONDS, YEAR_SECONDS = 0.3, 5.0, 30.0
"""What the project demands."""
BIG, WITH_EFFECTS = 10_000, 200
BAND_DRAWS = 200
DIARY = Path(__file__).resolve().parent.parent / "examples" / "cases" / "program-design.toml"


def one_core() -> None:
    """Bind the process to one core, where the system can: so no peer has two."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def cost_of_set_up() -> None:
    """Time everything that a patient and a drug need before the first step."""
    canal, patients = grid(reference_anatomy()), drawn_patients(None, PATIENTS, SEED)
    for drug in ("morphine", "fentanyl"):
        cells = build_network(canal, kinetics_of(drug), one_patient()).cells
        seconds = best(lambda drug=drug: set_up(canal, drug, patients))  # type: ignore[misc]
        tell(
            f"set-up, {drug}, {cells} cells, per patient in a batch of {PATIENTS}",
            1e3 * seconds / PATIENTS,
            "ms",
            f"demanded {SETUP_MILLISECONDS} ms",
            SETUP_MILLISECONDS,
        )


def cost_of_a_day() -> None:
    """Time the stepping, and a whole day from nothing beside the peers."""
    canal, patients = grid(reference_anatomy()), drawn_patients(None, PATIENTS, SEED)
    modes, plasma = set_up(canal, "morphine", patients)
    month = schedule(DAYS)
    microseconds = 1e6 * best(lambda: run_days(modes, plasma, month)) / PATIENTS / DAYS
    sites = f"{len(SITES)} sites and plasma every 5 min, low, mean and high of the day"
    tell(
        f"patient-day in a batch of {PATIENTS} for {DAYS} days, {sites}",
        microseconds,
        "us",
        f"demanded {DAY_MICROSECONDS} us",
        DAY_MICROSECONDS,
    )
    day = schedule(1)

    def from_nothing() -> None:
        run_days(*set_up(canal, "morphine", patients), day, every_step=True)

    def alone() -> None:
        run_days(*set_up(canal, "morphine", one_patient()), day, every_step=True)

    whole, single = 1e6 * best(from_nothing) / PATIENTS, 1e6 * best(alone)
    given = case()
    ours = run_days(*set_up(canal, "morphine", one_patient()), day, every_step=True)
    found = np.concatenate([np.zeros((1, len(SITES))), ours.steps[0, :, : len(SITES)]])
    wrong = given.error(found)
    tell("error, thecal, the peers' case", wrong, "of the peak", f"demanded {ACCURACY}", ACCURACY)
    for name, (seconds, other_wrong) in peers(given).items():
        theirs = 1e6 * seconds
        tell(f"error, {name}", other_wrong, "of the peak", f"demanded {ACCURACY}", ACCURACY)
        tell("patient-day, stepping only, a month", microseconds, "us", name, theirs)
        tell("patient-day with set-up and every point kept, a batch", whole, "us", name, theirs)
        tell("patient-day with set-up and every point kept, alone", single, "us", name, theirs)


def growth() -> None:
    """Show what the cost grows with, and the slope on two logarithmic axes.

    Of what is driven by it: the whole by patients, the stepping by days and outputs, the set-up by
    cells. A slope below 1 is a cost that does not grow with it at all.
    """
    cells = grid(reference_anatomy()).cells
    usual = {"patients": 300, "days": 30, "cells along the canal": cells, "outputs": len(SITES)}
    for name, part, values in (
        ("patients", "set-up and stepping", (100, 300, 1000, 3000)),
        ("days", "stepping", (10, 30, 100, 300)),
        ("cells along the canal", "set-up", (60, 120, 240)),
        ("outputs", "stepping", (1, 5, 20)),
    ):
        seconds = []
        for value in values:
            seconds.append(best(_batch(part, *{**usual, name: value}.values())))
            others = ", ".join(f"{usual[one]} {one}" for one in usual if one != name)
            told = f"{part}, {value} {name} ({others})"
            linear = seconds[0] * value / values[0]
            tell(told, seconds[-1], "s", f"in proportion to {values[0]}", linear)
        slope = float(np.polyfit(np.log(values), np.log(seconds), 1)[0])
        tell(f"exponent of {part} in {name}", slope, "1", "linear", 1.0)


def _batch(part: str, patients: int, days: int, cells: int, outputs: int) -> Callable[[], object]:
    canal, period = canal_of(cells), schedule(days)
    people = drawn_patients(None, patients, SEED)
    ready = set_up(canal, "morphine", people, outputs)
    return {
        "set-up and stepping": lambda: run_days(
            *set_up(canal, "morphine", people, outputs), period
        ),
        "set-up": lambda: set_up(canal, "morphine", people, outputs),
        "stepping": lambda: run_days(*ready, period),
    }[part]


def population() -> None:
    """Time 10,000 patients for a year on two cores, in a process of its own; then the effects."""
    seconds, before, most, answer, _ = _in_a_process(BIG)
    tell(
        f"{BIG} patients for a year, set-up included, two cores",
        seconds,
        "s",
        f"demanded {YEAR_SECONDS:g} s",
        YEAR_SECONDS,
    )
    tell("most memory of that process", most, "bytes", "before: 500 patients, two days", before)
    tell("most memory of that process", most, "bytes", "its answer, kept as a whole", answer)
    *_, spent = _in_a_process(WITH_EFFECTS, "effects")
    tell(
        f"effects of morphine on {BIG} patients for a year, two cores, from {WITH_EFFECTS} on one",
        spent * BIG / WITH_EFFECTS / 2,
        "s",
        f"demanded {YEAR_SECONDS:g} s more",
        YEAR_SECONDS,
    )


def optimised_schedule() -> None:
    """Time one schedule optimised at the effect site, without and with its band."""
    asked = read_case(read_case_file(DIARY, TOPIC))
    plain, place = design_plainly(asked), WhereTo(Person(), "T11")
    runs = [
        partial(optimise, asked, plain, place, draws=draws, seed=SEED) for draws in (2, BAND_DRAWS)
    ]
    runs[0]()
    alone, with_band = (best(run) for run in runs)
    what = f"a schedule optimised, band of {BAND_DRAWS} draws, one core"
    tell(what, with_band, "s", "a band of 2 draws", alone)


def _in_a_process(*arguments: object) -> list[float]:
    script = Path(__file__).with_name("bench_population.py")
    done = subprocess.run(
        [sys.executable, str(script), *map(str, arguments)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return [float(figure) for figure in done.stdout.split()]


if __name__ == "__main__":
    # First, for the most memory that a process has held begins with what its parent held.
    population()
    one_core()
    cost_of_set_up()
    cost_of_a_day()
    growth()
    optimised_schedule()
    errors()
