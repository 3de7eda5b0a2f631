"""Every dose of an experiment adds up, every microgram is somewhere, every sample has its time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm

from thecal.body.anatomy import CISTERNA, PLASMA, anatomy_number, reference_anatomy
from thecal.body.canal import grid
from thecal.body.course import FloatArray
from thecal.body.experiment import (
    Baricity,
    Dose,
    Experiment,
    ExperimentResult,
    Sample,
    input_of,
    run_experiment,
)
from thecal.body.kinetics import kinetics_of
from thecal.body.network import build_network
from thecal.body.patients import one_patient
from thecal.body.person import Person
from thecal.body.readout import Compartment, Site, cell_of
from thecal.errors import ThecalError, UnknownIdError, UsageError
from thecal.pharmacy import drugs

DRUGS = tuple(drug.id for drug in drugs())
LIPOPHILIC = {"fentanyl", "sufentanil", "bupivacaine", "ropivacaine"}
PLACES: tuple[tuple[str, Compartment], ...] = (
    ("T6", "csf"),
    ("L1", "csf"),
    ("L3", "csf"),
    ("T12", "cord"),
    (CISTERNA, "csf"),
    (PLASMA, "plasma"),
)
TIMES = (0.0, 0.5, 2.0, 7.0, 30.0)
BOLUS = Dose("L3", 500.0, 0.0)


def sampled(
    *doses: Dose,
    drug: str = "morphine",
    times: tuple[float, ...] = TIMES,
    places: tuple[tuple[str, Compartment], ...] = PLACES,
    person: Person | None = None,
    fine_cells: float | None = None,
) -> ExperimentResult:
    samples = tuple(Sample(site, compartment, times) for site, compartment in places)
    experiment = Experiment(drug, doses, samples, person or Person(), fine_cells)
    return run_experiment(experiment)


def table(result: ExperimentResult) -> FloatArray:
    """Return every concentration, shape (samples, times)."""
    return np.stack(result.concentrations)


def near(one: FloatArray, other: FloatArray, tolerance: float = 1e-9) -> bool:
    """Whether two tables agree, as a part of the highest figure of each site."""
    highest = np.maximum(np.abs(one), np.abs(other)).max(axis=1, keepdims=True)
    return bool(np.all(np.abs(one - other) <= tolerance * highest + 1e-300))


def balanced(result: ExperimentResult, dose: float) -> None:
    balance = result.balance
    assert balance.dose == pytest.approx(dose, rel=1e-12)
    assert balance.body + balance.eliminated == pytest.approx(dose, rel=1e-10)
    assert balance.relative_error < 1e-10


# -- where the mass is --------------------------------------------------------------------------


@pytest.mark.parametrize("drug", DRUGS)
def test_body_and_what_was_eliminated_are_the_dose_for_every_drug(drug: str) -> None:
    doses = (
        BOLUS,
        Dose("T10", 30.0, 1.0, duration=12.0),
        Dose("L1", 7.0, 2.0, volume=3.0),
        Dose("L4", 11.0, 2.0, route="lumbar-puncture"),
    )
    result = sampled(*doses, drug=drug)
    balanced(result, 548.0)
    balance = result.balance
    assert min(balance.csf, balance.cord, balance.cranial, balance.plasma) > 0
    assert 0 < balance.eliminated < 548.0
    assert (balance.epidural > 0) == (balance.fat > 0) == (drug in LIPOPHILIC)
    assert result.end == 30.0


def test_cells_follow_the_equations_of_the_network() -> None:
    """Against the exponential of the dense matrix, which shares no line with the modes."""
    anatomy = reference_anatomy()
    canal = grid(anatomy)
    network = build_network(canal, kinetics_of("fentanyl"), one_patient())
    start = np.zeros(network.cells)
    start[cell_of(anatomy, canal, Site("L3"))] = 500.0
    result = sampled(BOLUS, drug="fentanyl", times=(0.25, 3.0))
    for index, time in enumerate((0.25, 3.0)):
        masses = expm(network.matrix(0) * time) @ start
        for (site, _), found in zip(PLACES, result.concentrations, strict=True):
            if site != PLASMA:
                cell = cell_of(anatomy, canal, Site(site, "cord" if site == "T12" else "csf"))
                expected = masses[cell] / network.volume[0, cell]
                assert found[index] == pytest.approx(expected, rel=1e-8)


def test_a_bolus_begins_in_the_one_cell_of_its_site() -> None:
    anatomy = reference_anatomy()
    canal = grid(anatomy)
    cell = canal.cell_at(anatomy.middle("L3"))
    volume = canal.csf_area[cell] * np.diff(canal.edges)[cell]
    at_once = table(sampled(BOLUS, times=(0.0,)))[:, 0]
    assert at_once[2] == pytest.approx(500.0 / volume)
    assert np.abs(np.delete(at_once, 2)).max() < 1e-9 * at_once[2]


# -- which doses count --------------------------------------------------------------------------


def test_samples_before_the_dose_are_zero() -> None:
    late = (Dose("L3", 5.0, 3.0), Dose("L1", 5.0, 4.0, duration=1.0))
    found = table(sampled(*late, times=(0.0, 1.0, 2.999, 5.0)))
    assert np.all(found[:, :3] == 0.0)
    assert np.all(found[:, 3] > 0.0)


def test_a_dose_after_the_last_sample_does_not_count() -> None:
    later = (Dose("L3", 5.0, 30.5), Dose("T6", 5.0, 31.0, duration=2.0), Dose("T6", 1.0, 30.0, 2.0))
    with_later = sampled(BOLUS, *later)
    assert np.array_equal(table(with_later), table(sampled(BOLUS)))
    balanced(with_later, 500.0)


def test_nothing_given_yet_is_nothing_anywhere() -> None:
    result = sampled(Dose("L3", 5.0, 2.0), times=(0.0, 1.0))
    assert not table(result).any()
    balance = result.balance
    assert (balance.dose, balance.body, balance.eliminated) == (0.0, 0.0, 0.0)
    assert balance.relative_error == 0.0


def test_a_dose_at_the_last_sample_is_there() -> None:
    result = sampled(Dose("L3", 5.0, 30.0))
    assert result.concentrations[2][-1] > 0
    balanced(result, 5.0)


def test_an_infusion_still_running_counts_what_was_given() -> None:
    balanced(sampled(Dose("T10", 240.0, 6.0, duration=240.0)), 24.0)


@pytest.mark.parametrize(
    ("start", "duration"), [(2.4e8, 1e-10), (2.4e8, 2.8e-4), (24_000.0, 1e-10), (0.0, 1e-10)]
)
def test_an_infusion_shorter_than_the_clock_can_tell_keeps_its_mass(
    start: float, duration: float
) -> None:
    short = sampled(Dose("L3", 500.0, start, duration), times=(start + 1.0,))
    balanced(short, 500.0)
    # The clock of floating-point hours tells no less than this at `start`.
    resolution = max(2 * float(np.spacing(start)), duration)
    at_once = table(sampled(Dose("L3", 500.0, start), times=(start + 1.0,)))
    assert table(short) == pytest.approx(at_once, rel=max(1e-6, 50 * resolution))


def test_input_counts_each_dose_up_to_the_end_and_marks_what_is_wanted() -> None:
    doses = (
        Dose("L3", 5.0, 1.0),
        Dose("L3", 3.0, 1.0),
        Dose("L3", 8.0, 0.0, duration=4.0),
        Dose("L3", 6.0, 2.0, duration=12.0),
        Dose("L3", 9.0, 6.0),
    )
    wanted = np.array([0.5, 1.0, 5.0])
    found, kept = input_of(doses, wanted)
    assert found.points.tolist() == [0.0, 0.5, 1.0, 2.0, 4.0, 5.0]
    assert found.infusion.tolist() == [2.0, 2.0, 2.0, 2.5, 0.5]
    assert found.bolus.tolist() == [0.0, 0.0, 8.0, 0.0, 0.0, 0.0]
    assert found.points[kept].tolist() == wanted.tolist()


# -- linearity ----------------------------------------------------------------------------------

doses_of_any_kind = st.builds(
    Dose,
    site=st.sampled_from(("C5", "T10", "L3")),
    mass=st.floats(0.001, 1e4),
    start=st.floats(0.0, 40.0),
    duration=st.one_of(st.none(), st.floats(0.01, 40.0)),
)


@settings(max_examples=10)
@given(
    st.lists(doses_of_any_kind, min_size=2, max_size=4),
    st.sampled_from(("morphine", "clonidine", "sufentanil")),
)
def test_doses_together_are_the_sum_of_each_alone(doses: list[Dose], drug: str) -> None:
    together = sampled(*doses, drug=drug)
    alone = [sampled(one, drug=drug) for one in doses]
    expected = np.sum([table(one) for one in alone], axis=0)
    assert near(table(together), expected, 1e-8)
    assert table(together).min() >= -1e-9 * max(float(expected.max()), 1e-300)
    for part in ("dose", "csf", "cord", "epidural", "fat", "cranial", "plasma", "eliminated"):
        added = sum(getattr(one.balance, part) for one in alone)
        scale = 1e-9 * together.balance.dose
        assert getattr(together.balance, part) == pytest.approx(added, rel=1e-9, abs=scale)
    assert together.balance.relative_error < 1e-10


def test_twice_the_mass_is_twice_the_concentration() -> None:
    single, double = sampled(BOLUS), sampled(replace(BOLUS, mass=1000.0))
    assert near(table(double), 2.0 * table(single), 1e-12)


def test_an_infusion_in_two_halves_is_one_infusion() -> None:
    whole = sampled(Dose("T10", 48.0, 1.0, duration=8.0))
    halves = sampled(Dose("T10", 24.0, 1.0, duration=4.0), Dose("T10", 24.0, 5.0, duration=4.0))
    assert near(table(halves), table(whole), 1e-11)


def test_many_small_boluses_come_ever_closer_to_the_infusion() -> None:
    infusion = table(sampled(Dose("T10", 24.0, 0.0, duration=8.0), times=(30.0,)))
    errors = []
    for count in (8, 64, 512):
        every = [Dose("T10", 24.0 / count, (n + 0.5) * 8.0 / count) for n in range(count)]
        found = table(sampled(*every, times=(30.0,)))
        errors.append(float(np.max(np.abs(found / infusion - 1.0))))
    assert errors[0] > 10 * errors[1] > 100 * errors[2]
    assert errors[2] < 1e-6


def test_an_infusion_of_one_second_is_nearly_a_bolus() -> None:
    second = Dose("L3", 500.0, 0.0, duration=1 / 3600)
    times = (0.5, 4.0)
    assert near(table(sampled(second, times=times)), table(sampled(BOLUS, times=times)), 1e-3)


# -- what is asked for --------------------------------------------------------------------------


def test_samples_come_in_the_order_asked_with_repeated_and_unsorted_times() -> None:
    asked = (
        Sample(PLASMA, "plasma", (4.0, 1.0)),
        Sample("L3", "csf", (8.0, 1.0, 1.0, 2.5)),
        Sample("L3", "cord", (1.0,)),
        Sample(CISTERNA, "csf", (2.5, 0.0)),
        Sample("L3", "csf", (2.5,)),
    )
    result = run_experiment(Experiment("morphine", (BOLUS,), asked))
    assert [len(values) for values in result.concentrations] == [2, 4, 1, 2, 1]
    for sample, values in zip(asked, result.concentrations, strict=True):
        for time, value in zip(sample.times, values, strict=True):
            place = ((sample.site, sample.compartment),)
            alone = sampled(BOLUS, times=(time,), places=place).concentrations[0][0]
            assert value == pytest.approx(alone, rel=1e-9, abs=1e-12)
    assert result.end == 8.0


def test_asking_for_more_changes_nothing() -> None:
    few = table(sampled(BOLUS, times=(2.0, 7.0)))
    many = table(sampled(BOLUS, times=tuple(np.linspace(0.0, 7.0, 15))))
    assert near(few, many[:, [4, 14]], 1e-10)


# -- modifiers ----------------------------------------------------------------------------------


def test_a_plug_has_its_mass_over_its_volume_and_keeps_the_mass() -> None:
    plug = sampled(replace(BOLUS, volume=10.0), times=(0.0,))
    assert plug.concentrations[2][0] == pytest.approx(500.0 / 10.0)
    balanced(plug, 500.0)
    later = (0.2, 1.0)
    point, wide = (table(sampled(one, times=later)) for one in (BOLUS, replace(BOLUS, volume=10.0)))
    assert np.all(wide[2] < point[2])
    assert np.all(wide[1] > point[1])


def test_a_bolus_larger_than_the_canal_is_refused() -> None:
    with pytest.raises(UsageError, match="the canal holds 83 mL"):
        sampled(replace(BOLUS, volume=90.0))


def test_a_lumbar_puncture_spreads_faster() -> None:
    times = (0.5, 1.0, 2.0)
    catheter = sampled(BOLUS, times=times)
    puncture = sampled(replace(BOLUS, route="lumbar-puncture"), times=times)
    assert np.all(puncture.concentrations[2] < catheter.concentrations[2])
    assert np.all(puncture.concentrations[0] > catheter.concentrations[0])
    balanced(puncture, 500.0)


def heaviest(result: ExperimentResult, levels: tuple[str, ...]) -> float:
    """Return the mean place of the drug in the CSF of some levels, cm from the head."""
    places = np.array([reference_anatomy().middle(level) for level in levels])
    values = np.array([found[0] for found in result.concentrations])
    return float(places @ values / values.sum())


LOW = tuple(reference_anatomy().levels[14:])


@pytest.mark.parametrize(
    ("excess", "tilt", "towards"),
    [(0.02, 30.0, 1), (0.02, -30.0, -1), (-0.02, 30.0, -1), (-0.02, -30.0, 1), (0.001, 90.0, 1)],
)
def test_a_heavy_solution_drifts_to_where_the_canal_is_lower(
    excess: float, tilt: float, towards: int
) -> None:
    at: tuple[tuple[str, Compartment], ...] = tuple((level, "csf") for level in LOW)
    plain = sampled(BOLUS, times=(0.3,), places=at)
    tilted = replace(BOLUS, baricity=Baricity(excess, tilt))
    drifted = sampled(tilted, times=(0.3,), places=at)
    shift = heaviest(drifted, LOW) - heaviest(plain, LOW)
    assert shift * towards > 0.3


def test_drift_is_density_times_the_slope_of_the_canal() -> None:
    upright = anatomy_number("dispersion", "baricity-velocity")
    assert Baricity(0.02, 30.0).velocity == pytest.approx(upright * 0.02 * 0.5)
    assert Baricity(0.02, 90.0).velocity == pytest.approx(upright * 0.02)
    assert Baricity(-0.02, 90.0).velocity == pytest.approx(-upright * 0.02)
    assert Baricity(0.02, 0.0).velocity == 0.0
    assert Baricity(0.02, 0.0).hours == anatomy_number("dispersion", "baricity-duration")
    assert Baricity(0.02, 0.0, 2.0).hours == 2.0


@pytest.mark.parametrize("drug", ["morphine", "bupivacaine"])
@pytest.mark.parametrize("level", [Baricity(0.02, 0.0), Baricity(0.02, 0.0, 5.0)])
def test_a_level_canal_changes_nothing(drug: str, level: Baricity) -> None:
    plain, held = sampled(BOLUS, drug=drug), sampled(replace(BOLUS, baricity=level), drug=drug)
    assert near(table(held), table(plain), 1e-8)
    for part in ("csf", "cord", "cranial", "plasma", "eliminated"):
        expected = getattr(plain.balance, part)
        assert getattr(held.balance, part) == pytest.approx(expected, abs=1e-7)


@pytest.mark.parametrize("end", [0.1, 1 / 3, 0.34, 1.0, 40.0, 1e6])
@pytest.mark.parametrize("drug", ["morphine", "ropivacaine"])
def test_mass_is_kept_when_a_drift_ends(drug: str, end: float) -> None:
    tilted = replace(BOLUS, baricity=Baricity(0.01, 20.0, 1 / 3))
    result = sampled(tilted, Dose("T10", 12.0, 0.0), drug=drug, times=(0.0, end))
    balanced(result, 512.0)
    assert table(result).min() >= -1e-9 * table(result).max()


def test_nothing_jumps_when_a_drift_ends() -> None:
    tilted = replace(BOLUS, start=1.0, baricity=Baricity(0.01, 20.0, 0.5))
    found = table(sampled(tilted, times=(1.5 - 1e-7, 1.5, 1.5 + 1e-7)))
    assert near(found[:, [0, 2]], found[:, [1, 1]], 1e-4)


def test_a_drift_that_outlasts_the_drug_leaves_nothing_and_loses_nothing() -> None:
    result = sampled(replace(BOLUS, baricity=Baricity(0.01, 20.0, 1e5)), times=(1e6,))
    balanced(result, 500.0)
    assert table(result) == pytest.approx(np.zeros((len(PLACES), 1)), abs=1e-12)


def test_a_dose_that_drifts_after_the_last_sample_does_not_count() -> None:
    tilted = replace(BOLUS, start=31.0, baricity=Baricity(0.01, 20.0))
    balanced(sampled(BOLUS, tilted), 500.0)


@pytest.mark.parametrize(
    ("modifier", "what"),
    [
        ({"volume": 1.0}, "a volume"),
        ({"route": "lumbar-puncture"}, "a route"),
        ({"baricity": Baricity(0.01, 20.0)}, "a baricity"),
    ],
)
def test_an_infusion_takes_no_modifier(modifier: dict[str, object], what: str) -> None:
    with pytest.raises(UsageError, match=what):
        replace(BOLUS, duration=2.0, **modifier)


def test_finer_cells_at_the_dose_change_little_far_from_it() -> None:
    plain, fine = sampled(BOLUS), sampled(BOLUS, fine_cells=0.25)
    ratio = table(fine)[:2, 2:] / table(plain)[:2, 2:]
    assert ratio == pytest.approx(np.ones_like(ratio), abs=0.1)
    assert ratio[:, -1] == pytest.approx(np.ones(2), abs=0.01)
    assert fine.concentrations[2][0] > 3 * plain.concentrations[2][0]
    balanced(fine, 500.0)


# -- who ----------------------------------------------------------------------------------------


def test_the_tall_have_less_in_a_given_volume_and_the_heavy_less_in_plasma() -> None:
    reference = sampled(BOLUS, times=(0.0, 2.0), person=Person(40.0, "male", 70.0, 170.0))
    tall = sampled(BOLUS, times=(0.0, 2.0), person=Person(40.0, "male", 70.0, 187.0))
    heavy = sampled(BOLUS, times=(0.0, 2.0), person=Person(40.0, "male", 140.0))
    assert tall.concentrations[2][0] < reference.concentrations[2][0]
    assert heavy.concentrations[5][1] < 0.6 * reference.concentrations[5][1]
    assert reference.notes == ()
    assert any("height is not given" in note for note in heavy.notes)


def test_figures_and_stand_ins_are_told() -> None:
    result = sampled(BOLUS, drug="hydromorphone")
    assert ("hydromorphone", "csf-loss-rate", "morphine") in [
        (one.drug, one.parameter, one.source_drug) for one in result.stand_ins
    ]
    owners = {fact.owner for fact in result.facts}
    assert {"hydromorphone", "dispersion", "head", "sac"} <= owners
    assert sampled(BOLUS).stand_ins == ()


@pytest.mark.parametrize(
    "doses_and_drug",
    [
        ((Dose("C8", 1.0, 0.0),), "morphine"),
        ((Dose("S3", 1.0, 0.0),), "morphine"),
        ((BOLUS,), "aspirin"),
    ],
)
def test_what_is_unknown_is_refused(doses_and_drug: tuple[tuple[Dose, ...], str]) -> None:
    doses, drug = doses_and_drug
    with pytest.raises(UnknownIdError) as caught:
        sampled(*doses, drug=drug)
    assert isinstance(caught.value, ThecalError)
