"""The body over a therapy: what every path of the computation has to agree on."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from thecal.body.anatomy import CISTERNA, reference_anatomy
from thecal.body.build_course import Treatment, build_course
from thecal.body.course import BodyCourse, FloatArray, Window
from thecal.body.experiment import Dose, Experiment, Sample, run_experiment
from thecal.body.person import Person
from thecal.body.source import Row, Sources, TipSource, streams_of
from thecal.errors import UnknownIdError

DAY = 24.0
PERSON = Person(64.0, "female", 82.0, 171.0)
TREATMENT = Treatment(PERSON, 64.0, "pain", opioid_tolerant=False)
START = Fraction(0)


def row(purpose: str, start: float, end: float, mass: float) -> Row:
    return Row(purpose, start, end, 0.01 * max(end - start, 0.01), mass)


def at(level: str, *rows: Row) -> TipSource:
    return TipSource(level, streams_of(rows))


def course(hours: float, sources: Sources, **more: Any) -> BodyCourse:
    """Return the body with the tip at the first source's level, unless `tips` says more."""
    first = next((some[0].level for some in sources.values()), "T10")
    tips = more.pop("tips", [(0.0, first)])
    treatment = more.pop("treatment", TREATMENT)
    return build_course(START, hours, tips, sources, treatment, **more)


def infusions(hours: float) -> Sources:
    """Return two drugs for that long, one with a bolus of five minutes in the middle."""
    middle = 0.43 * hours
    return {
        "morphine": (
            at(
                "T10",
                row("therapy", 0.0, hours, 20.0 * hours),
                row("patient_bolus", middle, middle + min(1 / 12, hours / 4), 50.0),
            ),
        ),
        "bupivacaine": (at("T10", row("therapy", 0.0, hours, 40.0 * hours)),),
    }


MONTH = 30 * DAY


@pytest.fixture(scope="module")
def month() -> BodyCourse:
    return course(MONTH, infusions(MONTH), levels=("L4", "C5"), draws=40)


@pytest.fixture(scope="module")
def two_months() -> BodyCourse:
    return course(61 * DAY, {"morphine": infusions(61 * DAY)["morphine"]})


def window(body: BodyCourse, name: str) -> Window:
    return next(one for one in body.windows if one.name == name)


def all_bands(body: BodyCourse) -> list[tuple[str, FloatArray, FloatArray, FloatArray]]:
    found = []
    for one in body.windows:
        for drug, kinetics in one.drugs.items():
            bands = {**kinetics.csf_at, CISTERNA: kinetics.cisterna, "plasma": kinetics.plasma}
            found += [
                (f"{one.name} {drug} {key}", band.value, band.low, band.high)
                for key, band in bands.items()
            ]
        for effect in one.effects:
            band = effect.course
            found.append((f"{one.name} {effect.name}", band.value, band.low, band.high))
    return found


# -- shape --------------------------------------------------------------------------------------


@pytest.mark.parametrize("hours", [1 / 60, 1 / 12, DAY, 61 * DAY, 500 * DAY])
def test_every_length_has_whole_windows_of_finite_figures(hours: float) -> None:
    body = course(hours, {"morphine": infusions(hours)["morphine"]})
    levels = len(reference_anatomy().levels)
    for one in body.windows:
        drug = one.drugs["morphine"]
        for values in (drug.csf, drug.csf_peak, drug.cord):
            assert values.shape == (len(one.times), levels)
            assert np.isfinite(values).all()
        for effect in one.effects:
            assert effect.course.value.shape == one.times.shape
            assert np.isfinite(effect.course.value).all()
    assert {effect.name for effect in body.windows[-1].effects} >= {"pain", "ventilation"}
    balance = body.balance["morphine"]
    assert balance.dose == pytest.approx(20.0 * hours + 50.0, rel=1e-10)
    assert balance.relative_error < 1e-10


def test_levels_are_those_of_the_canal_of_this_person(month: BodyCourse) -> None:
    anatomy = reference_anatomy()
    assert month.levels == anatomy.levels
    assert month.length == pytest.approx(anatomy.length * 171.0 / 170.0)
    assert month.level_tops == pytest.approx(anatomy.tops[:-1] * 171.0 / 170.0)


def test_tip_comes_first_then_what_was_asked_then_neck_chest_and_sac(month: BodyCourse) -> None:
    assert month.chosen_levels == ("T10", "L4", "C5", "T6", "L2")
    for one in month.windows:
        for drug in one.drugs.values():
            assert tuple(drug.csf_at) == month.chosen_levels


def test_an_unknown_level_is_refused() -> None:
    with pytest.raises(UnknownIdError):
        course(1.0, infusions(1.0), levels=("C8",))


def test_no_drug_is_a_body_without_drugs_and_effects() -> None:
    body = course(DAY, {}, draws=3)
    assert body.windows[0].drugs == {}
    assert body.windows[0].effects == ()
    assert body.balance == {}


def test_facts_stand_ins_and_notes_are_each_told_once(month: BodyCourse) -> None:
    for told in (month.facts, month.stand_ins, month.notes):
        assert len(set(told)) == len(told)
    assert {one.drug for one in month.stand_ins} >= {"bupivacaine"}
    assert {"morphine", "bupivacaine", "dispersion", "head"} <= {one.owner for one in month.facts}


# -- exactness ----------------------------------------------------------------------------------


def test_concentrations_are_those_of_an_experiment_with_the_same_doses(month: BodyCourse) -> None:
    middle = 0.43 * MONTH
    doses = (
        Dose("T10", 20.0 * MONTH, 0.0, MONTH),
        Dose("T10", 50.0, middle, 1 / 12),
    )
    for one in month.windows:
        times = tuple(map(float, one.times[[1, len(one.times) // 2, -1]]))
        samples = (
            Sample("T10", "csf", times),
            Sample("C5", "csf", times),
            Sample("L1", "cord", times),
            Sample("cisterna", "csf", times),
            Sample("plasma", "plasma", times),
        )
        result = run_experiment(Experiment("morphine", doses, samples, PERSON))
        drug, pick = one.drugs["morphine"], [1, len(one.times) // 2, -1]
        found = (
            drug.csf[pick, month.levels.index("T10")],
            drug.csf[pick, month.levels.index("C5")],
            drug.cord[pick, month.levels.index("L1")],
            drug.cisterna.value[pick],
            drug.plasma.value[pick],
        )
        for expected, values in zip(result.concentrations, found, strict=True):
            assert values == pytest.approx(expected, rel=1e-9)
    end = run_experiment(Experiment("morphine", doses, (Sample("T10", "csf", (MONTH,)),), PERSON))
    for part in ("dose", "csf", "cord", "cranial", "plasma", "eliminated"):
        expected = getattr(end.balance, part)
        assert getattr(month.balance["morphine"], part) == pytest.approx(expected, rel=1e-9)


def test_what_two_places_of_the_tip_gave_adds_up() -> None:
    """A catheter revised after six hours, and again a push at the end."""
    sources = {
        "fentanyl": (
            at("T10", row("therapy", 0.0, 6.0, 60.0)),
            at("C5", row("therapy", 6.0, 20.0, 28.0), row("purge", 23.0, 23.0, 9.0)),
        )
    }
    body = course(DAY, sources, tips=[(0.0, "T10"), (6.0, "C5")])
    doses = (Dose("T10", 60.0, 0.0, 6.0), Dose("C5", 28.0, 6.0, 14.0), Dose("C5", 9.0, 23.0))
    samples = (Sample("T10", "csf", (DAY,)), Sample("C5", "csf", (DAY,)))
    result = run_experiment(Experiment("fentanyl", doses, samples, PERSON))
    last = body.windows[-1].drugs["fentanyl"].csf[-1]
    for level, (expected,) in zip(("T10", "C5"), result.concentrations, strict=True):
        assert last[body.levels.index(level)] == pytest.approx(expected, rel=1e-9)
    assert body.balance["fentanyl"].dose == pytest.approx(97.0)
    assert body.balance["fentanyl"].relative_error < 1e-10
    assert body.tips == ((0.0, "T10"), (6.0, "C5"))
    assert body.chosen_levels[0] == "C5"


def test_both_windows_say_the_same_of_the_same_time(
    month: BodyCourse, two_months: BodyCourse
) -> None:
    for body in (month, two_months):
        whole, last = body.windows
        shared = [
            (i, int(np.argmin(np.abs(last.times - time))))
            for i, time in enumerate(whole.times)
            if np.abs(last.times - time).min() < 1e-6
        ]
        assert len(shared) >= 2
        here, there = (np.array(some) for some in zip(*shared, strict=True))
        for drug, one in whole.drugs.items():
            other = last.drugs[drug]
            assert other.csf[there] == pytest.approx(one.csf[here], rel=1e-6)
            assert other.cord[there] == pytest.approx(one.cord[here], rel=1e-6)
        for effect, again in zip(whole.effects, last.effects, strict=True):
            span = float(np.ptp(effect.course.value)) or 1.0
            found = again.course.value[there]
            assert found == pytest.approx(effect.course.value[here], abs=2e-3 * span)


def test_effects_do_not_start_again_in_the_last_window(two_months: BodyCourse) -> None:
    whole, last = two_months.windows
    for effect, again in zip(whole.effects, last.effects, strict=True):
        before = np.interp(last.times[0], whole.times, effect.course.value)
        assert again.course.value[0] == pytest.approx(before, rel=1e-3)


@pytest.mark.parametrize("when", [350.01, 700.01], ids=["early", "in the last two days"])
def test_a_bolus_between_two_times_is_seen_in_the_peak(when: float) -> None:
    bolus = row("patient_bolus", when, when + 0.01, 500.0)
    body = course(MONTH, {"morphine": (at("T10", row("therapy", 0.0, MONTH, 72.0), bolus),)})
    whole = window(body, "whole")
    drug, tip = whole.drugs["morphine"], body.levels.index("T10")
    after = int(np.searchsorted(whole.times, when + 0.01))
    assert drug.csf_peak[after, tip] > 5.0 * drug.csf[after - 1, tip]
    assert drug.csf_peak[after, tip] > drug.csf[after, tip]
    assert np.all(drug.csf_peak >= drug.csf * (1 - 1e-12))


# -- bands --------------------------------------------------------------------------------------


def test_without_draws_a_band_is_its_line(two_months: BodyCourse) -> None:
    assert two_months.draws == 0
    for _, value, low, high in all_bands(two_months):
        assert np.array_equal(value, low)
        assert np.array_equal(value, high)


def test_the_line_lies_in_its_band_nearly_always(month: BodyCourse) -> None:
    assert month.draws == 40
    for name, value, low, high in all_bands(month):
        # What is not positive after rounding, or constant, has no band worth the name.
        scale = 1e-6 * np.abs(value).max()
        assert np.all(low <= high + scale), name
        inside = (low - scale <= value) & (value <= high + scale)
        assert inside.mean() > 0.9, name
    assert any(np.any(high > 1.5 * low) for _, _, low, high in all_bands(month))


def test_the_same_seed_gives_the_same_band_and_another_another() -> None:
    sources = {"morphine": infusions(DAY)["morphine"]}
    first, again, other = (course(DAY, sources, draws=12, seed=seed) for seed in (3, 3, 4))
    differ = 0
    for one, same, another in zip(*map(all_bands, (first, again, other)), strict=True):
        assert np.array_equal(one[2], same[2])
        assert np.array_equal(one[3], same[3])
        assert np.array_equal(one[1], another[1])
        differ += not np.array_equal(one[3], another[3])
    assert differ > 5
    assert (first.seed, other.seed) == (3, 4)


def test_bands_do_not_depend_on_how_many_are_computed_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sources = {"morphine": infusions(DAY)["morphine"]}
    found = []
    for at_once in (4, 100):
        monkeypatch.setattr("thecal.body.build_course._DRAWS_AT_ONCE", at_once)
        found.append(all_bands(course(DAY, sources, draws=11)))
    for (name, _, low, high), (_, _, lower, higher) in zip(*found, strict=True):
        assert low == pytest.approx(lower, rel=1e-7, abs=1e-12), name
        assert high == pytest.approx(higher, rel=1e-7, abs=1e-12), name


# -- progress -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("draws", "count"), [(0, 1), (7, 1), (25, 1), (0, 0), (5, 0)])
def test_parts_of_the_work_add_up_to_all_of_it(draws: int, count: int) -> None:
    sources = dict(list(infusions(2.0).items())[:count])
    parts: list[float] = []
    course(2.0, sources, draws=draws, progress=parts.append)
    assert sum(parts) == pytest.approx(1.0)
    assert min(parts) > 0


# -- who is treated -----------------------------------------------------------------------------


def test_the_therapy_decides_which_effects_are_shown() -> None:
    sources = {"baclofen": (at("T10", row("therapy", 0.0, DAY, 300.0)),)}
    spastic = Treatment(PERSON, 64.0, "spasticity", opioid_tolerant=False)
    names = {effect.name for effect in course(DAY, sources, treatment=spastic).windows[0].effects}
    assert {"spasticity-legs", "spasticity-arms", "withdrawal", "tolerance"} <= names
    in_pain = {effect.name for effect in course(DAY, sources).windows[0].effects}
    assert "pain" in in_pain
    assert not {"spasticity-legs", "spasticity-arms"} & in_pain


def test_an_opioid_tolerant_patient_is_relieved_less() -> None:
    sources = {"morphine": infusions(DAY)["morphine"]}
    tolerant = Treatment(PERSON, 64.0, "pain", opioid_tolerant=True)
    naive, used = (
        next(e for e in body.windows[-1].effects if e.name == "pain").course.value[-1]
        for body in (course(DAY, sources), course(DAY, sources, treatment=tolerant))
    )
    assert used > naive + 0.5
