"""Many patients for many days: the same figures as the march, however the work is shared."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from networks import CANAL, COARSE, PLASMAS, bench, one_of

from thecal.body.course import FloatArray
from thecal.body.march import Input
from thecal.body.patients import drawn_patients
from thecal.body.population import DailySchedule, Days, run_days, run_population
from thecal.errors import UsageError

THREE = drawn_patients(None, 3, seed=4)
GENERATOR = np.random.default_rng(2)
PATTERN = GENERATOR.uniform(0.0, 30.0, (3, 24))
SCALE = GENERATOR.uniform(0.0, 2.0, (3, 4))


def as_input(schedule: DailySchedule, patient: int) -> Input:
    pattern = schedule.pattern[patient % len(schedule.pattern)]
    scale = schedule.scale[patient % len(schedule.scale)]
    infusion = np.outer(scale, pattern).ravel()
    points = schedule.step * np.arange(len(infusion) + 1)
    return Input(points, infusion, np.zeros(len(points)))


@pytest.mark.parametrize("compartments", PLASMAS)
@pytest.mark.parametrize("steps", [1, 7, 24, 96])
def test_every_step_is_that_of_the_march(compartments: int, steps: int) -> None:
    together = bench(PLASMAS[compartments], "T10", COARSE, THREE)
    pattern = GENERATOR.uniform(0.0, 30.0, (3, steps)) * (GENERATOR.random((3, steps)) < 0.7)
    schedule = DailySchedule(pattern, SCALE)
    for modes_of in ("full", "reduced"):
        found = run_days(
            getattr(together, modes_of), together.plasma, schedule, every_step=True
        ).steps
        assert found.shape == (3, 4 * steps, together.network.cells + 2)
        for index in range(3):
            one = bench(PLASMAS[compartments], "T10", COARSE, one_of(THREE, index))
            track = one.run(as_input(schedule, index), getattr(one, modes_of))
            peak = track.values.max()
            assert np.abs(found[index, :, :-1] - track.values[0, 1:]).max() <= 1e-9 * peak
            plasma = np.abs(found[index, :, -1] - track.plasma[0, 1:]).max()
            assert plasma <= 1e-9 * track.plasma.max()


@settings(max_examples=15)
@given(
    steps=st.integers(1, 30),
    days=st.integers(1, 5),
    each=st.booleans(),
    scaled_each=st.booleans(),
    seed=st.integers(0, 1000),
)
def test_low_mean_and_high_are_those_of_the_steps(
    steps: int, days: int, each: bool, scaled_each: bool, seed: int
) -> None:
    generator = np.random.default_rng(seed)
    schedule = DailySchedule(
        generator.uniform(0, 9, (3 if each else 1, steps)),
        generator.uniform(0, 2, (3 if scaled_each else 1, days)),
    )
    with_steps = run_days(HOURLY_MODES, HOURLY.plasma, schedule, every_step=True)
    without = run_days(HOURLY_MODES, HOURLY.plasma, schedule)
    by_day = with_steps.steps.reshape(3, days, steps, -1)
    peak = np.abs(by_day).max()
    assert without.steps.shape == (3, 0, by_day.shape[-1])
    for name, expected in (
        ("low", by_day.min(axis=2)),
        ("mean", by_day.mean(axis=2)),
        ("high", by_day.max(axis=2)),
    ):
        for days_found in (with_steps, without):
            assert np.abs(getattr(days_found, name) - expected).max() <= 1e-13 * peak, name


HOURLY = bench("sufentanil", "T10", COARSE, THREE)
HOURLY_MODES = HOURLY.reduced


def test_one_row_serves_every_patient() -> None:
    shared = DailySchedule(PATTERN[:1], SCALE[:1])
    each = DailySchedule(np.repeat(PATTERN[:1], 3, axis=0), np.repeat(SCALE[:1], 3, axis=0))
    found = [run_days(HOURLY_MODES, HOURLY.plasma, one) for one in (shared, each)]
    assert np.array_equal(found[0].mean, found[1].mean)


def test_what_comes_of_a_schedule_is_in_proportion_to_it() -> None:
    once = run_days(HOURLY_MODES, HOURLY.plasma, DailySchedule(PATTERN, SCALE))
    twice = run_days(HOURLY_MODES, HOURLY.plasma, DailySchedule(2.5 * PATTERN, SCALE))
    assert np.abs(twice.mean - 2.5 * once.mean).max() <= 1e-12 * np.abs(twice.mean).max()


def population(block: int, threads: int, count: int = 7, every_step: bool = False) -> Days:
    patients = drawn_patients(None, count, seed=9)
    one = bench("fentanyl", "T10", CANAL, one_of(patients, 0))
    generator = np.random.default_rng(1)
    schedule = DailySchedule(generator.uniform(0, 9, (count, 6)), generator.uniform(0, 2, (1, 3)))
    outputs = np.array([1, 20, 47, 80])
    parts, last = [], 0
    for part, days in run_population(
        CANAL,
        one.kinetics,
        patients,
        one.source,
        outputs,
        schedule,
        block=block,
        threads=threads,
        every_step=every_step,
    ):
        assert part.start == last
        last = part.stop
        assert len(days.low) == part.stop - part.start
        parts.append(days)
    assert last == count
    return Days(*(np.concatenate([getattr(p, n) for p in parts]) for n in NAMES))


NAMES = ("low", "mean", "high", "steps")


@pytest.mark.parametrize(("block", "threads"), [(1, 1), (2, 3), (3, 2), (7, 2), (250, 4)])
def test_blocks_and_threads_change_no_result(block: int, threads: int) -> None:
    expected = population(7, 1, every_step=True)
    found = population(block, threads, every_step=True)
    for name in NAMES:
        one, other = getattr(found, name), getattr(expected, name)
        assert np.abs(one - other).max() <= 1e-10 * np.abs(other).max(), name


def test_a_population_reads_concentrations_of_the_cells_asked_for() -> None:
    found = population(7, 1, every_step=True).steps
    patients = drawn_patients(None, 7, seed=9)
    generator = np.random.default_rng(1)
    schedule = DailySchedule(generator.uniform(0, 9, (7, 6)), generator.uniform(0, 2, (1, 3)))
    for index in (0, 6):
        one = bench("fentanyl", "T10", CANAL, one_of(patients, index))
        track = one.run(as_input(schedule, index))
        expected = track.values[0, 1:, [1, 20, 47, 80]].T
        peak = track.values[0, :, :-1].max()
        assert np.abs(found[index, :, :-1] - expected).max() < 1e-4 * peak
        assert found[index, :, -1] == pytest.approx(track.plasma[0, 1:], rel=1e-3)


def refused(pattern: FloatArray, scale: FloatArray) -> None:
    with pytest.raises(UsageError):
        run_days(HOURLY_MODES, HOURLY.plasma, DailySchedule(pattern, scale))


def test_a_schedule_of_another_shape_is_refused() -> None:
    refused(PATTERN[:2], SCALE)
    refused(PATTERN, SCALE[:2])
    refused(np.repeat(PATTERN, 2, axis=0), SCALE)
    refused(PATTERN[0], SCALE)
    refused(PATTERN, SCALE[0])
    refused(PATTERN[:, :0], SCALE)
    refused(PATTERN, SCALE[:, :0])
    refused(PATTERN[:0], SCALE)
    refused(PATTERN[None], SCALE)


@pytest.mark.parametrize("bad", [-1e-9, np.nan, np.inf])
def test_a_dose_that_is_negative_or_unknown_is_refused(bad: float) -> None:
    for name in ("pattern", "scale"):
        arrays = {"pattern": PATTERN.copy(), "scale": SCALE.copy()}
        arrays[name][1, 2] = bad
        with pytest.raises(UsageError, match=name):
            DailySchedule(**arrays)


@pytest.mark.parametrize("rows", [2, 6, 8, 14])
def test_a_population_with_a_schedule_for_others_is_refused(rows: int) -> None:
    patients = drawn_patients(None, 7, seed=9)
    one = bench("fentanyl", "T10", CANAL, one_of(patients, 0))
    schedule = DailySchedule(np.ones((rows, 6)), np.ones((1, 2)))
    with pytest.raises(UsageError, match="7"):
        list(
            run_population(
                CANAL, one.kinetics, patients, one.source, np.array([1]), schedule, block=2
            )
        )
