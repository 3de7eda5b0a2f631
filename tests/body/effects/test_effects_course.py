"""The effects of a therapy: which ones come, and that windows, batches and grids agree."""

from __future__ import annotations

import numpy as np
import pytest

from thecal.body.course import FloatArray
from thecal.body.effects.course import EffectRun, Treated, run_effects, sites_of
from thecal.body.effects.parameters import Site
from thecal.errors import DataError, UsageError

HOUR = np.arange(0.0, 241.0)


def concentrations(
    levels: dict[str, float], times: FloatArray = HOUR, patients: int = 1
) -> dict[str, dict[Site, FloatArray]]:
    """A level at every site of each drug, up and down over days."""
    wave = 1.0 + 0.5 * np.sin(2.0 * np.pi * times / 96.0)
    return {
        drug: {site: np.tile(level * wave, (patients, 1)) for site in sites_of(drug)}
        for drug, level in levels.items()
    }


def who(therapy: str = "pain", *, tolerant: bool = False, patients: int = 1) -> Treated:
    assert therapy in ("pain", "spasticity")
    kind = "pain" if therapy == "pain" else "spasticity"
    return Treated.alike(kind, age=60.0, opioid_tolerant=tolerant, patients=patients)


def named(run: EffectRun) -> dict[str, FloatArray]:
    return {one.name: one.values for one in run.results}


def test_pain_therapy_with_an_opioid_has_pain_tolerance_and_ventilation() -> None:
    run = run_effects(HOUR, concentrations({"morphine": 0.3}), who())
    assert list(named(run)) == ["pain", "tolerance", "ventilation", "ventilation-relative"]
    for result in run.results:
        assert result.values.shape == (1, len(HOUR))
        assert result.title
        assert result.unit
        assert result.hypothesis


def test_spasticity_therapy_has_legs_arms_tolerance_and_withdrawal() -> None:
    run = run_effects(HOUR, concentrations({"baclofen": 0.4}), who("spasticity"))
    assert set(named(run)) == {
        *("spasticity-legs", "spasticity-arms", "tolerance", "withdrawal", "withdrawal-severe"),
    }
    assert any("ventilation by baclofen is not modelled" in note for note in run.notes)


def test_pain_therapy_without_opioid_has_no_ventilation() -> None:
    run = run_effects(HOUR, concentrations({"ziconotide": 0.01, "clonidine": 0.05}), who())
    assert list(named(run)) == ["pain"]


def test_therapy_without_drug_stays_at_the_baseline() -> None:
    assert (named(run_effects(HOUR, {}, who()))["pain"] == 7.57).all()
    spastic = named(run_effects(HOUR, {}, who("spasticity")))
    assert (spastic["spasticity-legs"] == 3.4).all()
    assert (spastic["spasticity-arms"] == 3.0).all()


def test_baclofen_in_a_pain_therapy_can_be_withdrawn_from() -> None:
    run = run_effects(HOUR, concentrations({"morphine": 0.3, "baclofen": 0.4}), who())
    assert "withdrawal" in named(run)
    assert "spasticity-legs" not in named(run)


def test_ziconotide_relieves_and_does_not_depress_breathing() -> None:
    alone = named(run_effects(HOUR, concentrations({"morphine": 0.2}), who()))
    both = named(run_effects(HOUR, concentrations({"morphine": 0.2, "ziconotide": 0.01}), who()))
    assert (both["pain"] <= alone["pain"]).all()
    assert both["pain"][0, -1] < alone["pain"][0, -1]
    np.testing.assert_array_equal(both["ventilation"], alone["ventilation"])


def test_tolerant_patient_gets_less_of_both_from_an_opioid() -> None:
    levels = concentrations({"morphine": 0.4})
    naive = named(run_effects(HOUR, levels, who()))
    tolerant = named(run_effects(HOUR, levels, who(tolerant=True)))
    assert tolerant["pain"][0, -1] > naive["pain"][0, -1]
    assert tolerant["ventilation"][0, -1] < naive["ventilation"][0, -1]


def test_tolerant_patient_needs_ten_times_the_opioid() -> None:
    """At first; tolerance then grows with the occupancy, which is the same."""
    naive = named(run_effects(HOUR, concentrations({"morphine": 0.4}), who()))
    tolerant = named(run_effects(HOUR, concentrations({"morphine": 4.0}), who(tolerant=True)))
    np.testing.assert_allclose(tolerant["pain"], naive["pain"], rtol=1e-12)


def test_factor_on_every_ec50_is_a_factor_on_every_dose() -> None:
    plain = named(run_effects(HOUR, concentrations({"morphine": 0.4, "clonidine": 0.05}), who()))
    ones = np.ones(1)
    hard = Treated("pain", 60.0 * ones, np.array([False]), 2.0 * ones, ones)
    double = named(run_effects(HOUR, concentrations({"morphine": 0.8, "clonidine": 0.1}), hard))
    for name, values in plain.items():
        np.testing.assert_allclose(double[name], values, rtol=1e-12)


@pytest.mark.parametrize("therapy", ["pain", "spasticity"])
def test_a_window_resumed_is_the_window_run_through(therapy: str) -> None:
    levels = {"morphine": 0.4, "bupivacaine": 1.0} if therapy == "pain" else {"baclofen": 0.4}
    whole_levels = concentrations(levels)
    whole = run_effects(HOUR, whole_levels, who(therapy))
    later = {
        drug: {site: values[:, 100:] for site, values in sites.items()}
        for drug, sites in whole_levels.items()
    }
    resumed = run_effects(HOUR[100:], later, who(therapy), whole.state_at(100))
    for name, values in named(whole).items():
        np.testing.assert_allclose(
            named(resumed)[name], values[:, 100:], rtol=1e-9, atol=1e-12, err_msg=name
        )


def test_cumulated_risk_of_a_stop_goes_on_in_the_next_window() -> None:
    levels = concentrations({"baclofen": 0.4})
    for values in levels["baclofen"].values():
        values[:, 60:] = 0.0
    whole = run_effects(HOUR, levels, who("spasticity"))
    later = {site: values[:, 150:] for site, values in levels["baclofen"].items()}
    resumed = run_effects(HOUR[150:], {"baclofen": later}, who("spasticity"), whole.state_at(150))
    risk = named(whole)["withdrawal-severe"]
    assert 0.0 < risk[0, 150] < risk[0, -1]
    np.testing.assert_allclose(named(resumed)["withdrawal-severe"], risk[:, 150:], rtol=1e-9)


def test_under_one_dose_for_a_year_pain_comes_back_and_paco2_falls() -> None:
    days = np.arange(0.0, 365.0 * 24.0, 12.0)
    level = {
        "morphine": {site: np.full((1, len(days)), 0.4) for site in sites_of("morphine")},
    }
    found = named(run_effects(days, level, who()))
    assert found["pain"][0, -1] > found["pain"][0, 20] + 2.0
    assert found["ventilation"][0, -1] < found["ventilation"][0, 20] - 5.0
    assert (np.diff(found["tolerance"][0]) >= 0.0).all()


def test_factor_on_tolerance_is_a_factor_on_how_fast_it_begins() -> None:
    ones = np.ones(2)
    batch = Treated("pain", 60.0 * ones, np.array([False, False]), ones, np.array([1.0, 3.0]))
    gained = named(run_effects(HOUR, concentrations({"morphine": 0.4}, HOUR, 2), batch))
    slow, fast = gained["tolerance"][:, 24] - 1.0
    assert fast == pytest.approx(3.0 * slow, rel=0.01)


@pytest.mark.parametrize("therapy", ["pain", "spasticity"])
def test_finer_grid_gives_the_same(therapy: str) -> None:
    """From the third hour on: CO2 cannot follow the first step of a coarse grid."""
    levels = {"morphine": 0.4, "clonidine": 0.05} if therapy == "pain" else {"baclofen": 0.4}
    fine_times = np.linspace(0.0, 240.0, 2881)
    coarse = named(run_effects(HOUR, concentrations(levels), who(therapy)))
    fine = named(run_effects(fine_times, concentrations(levels, fine_times), who(therapy)))
    for name, values in coarse.items():
        hourly = fine[name][:, 24::12]
        np.testing.assert_allclose(hourly, values[:, 2:], rtol=5e-3, atol=1e-4, err_msg=name)


@pytest.mark.parametrize("therapy", ["pain", "spasticity"])
def test_batch_is_its_patients_one_by_one(therapy: str) -> None:
    drug = "morphine" if therapy == "pain" else "baclofen"
    patients, factors = 11, np.linspace(0.5, 2.0, 11)
    kind = who(therapy).therapy
    ages, tolerant = np.linspace(30.0, 80.0, patients), np.arange(patients) % 2 == 0
    levels = concentrations({drug: 0.4}, HOUR, patients)
    batch = named(run_effects(HOUR, levels, Treated(kind, ages, tolerant, factors, factors)))
    for one in range(patients):
        mine = slice(one, one + 1)
        alone = named(
            run_effects(
                HOUR,
                {drug: {site: values[mine] for site, values in levels[drug].items()}},
                Treated(kind, ages[mine], tolerant[mine], factors[mine], factors[mine]),
            )
        )
        for name, values in alone.items():
            # Wide arrays take the vector power of numpy, which rounds otherwise.
            np.testing.assert_allclose(batch[name][mine], values, rtol=1e-12, atol=1e-14)


def test_facts_and_stand_ins_of_what_was_used_come_along_once() -> None:
    run = run_effects(HOUR, concentrations({"morphine": 0.3, "fentanyl": 0.02}), who())
    assert len(set(run.facts)) == len(run.facts)
    assert ("pain, morphine", "EC50") in {(one.owner, one.parameter) for one in run.facts}
    assert ("fentanyl", "EC50 of ventilation", "remifentanil") in {
        (one.drug, one.parameter, one.source_drug) for one in run.stand_ins
    }
    assert not any("baclofen" in one.owner and "legs" not in one.owner for one in run.facts)


def test_missing_misshapen_or_infinite_concentrations_are_refused() -> None:
    levels = concentrations({"morphine": 0.3})
    first = next(iter(levels["morphine"]))
    with pytest.raises(UsageError, match="missing"):
        run_effects(HOUR, {"morphine": {first: levels["morphine"][first]}}, who())
    short = {site: values[:, :-1] for site, values in levels["morphine"].items()}
    with pytest.raises(UsageError, match="shape"):
        run_effects(HOUR, {"morphine": short}, who())
    levels["morphine"][first][0, 3] = np.nan
    with pytest.raises(UsageError, match="not finite"):
        run_effects(HOUR, levels, who())


@pytest.mark.parametrize("times", [[0.0], [0.0, 1.0, 3.0], [1.0, 0.0]])
def test_uneven_times_are_refused(times: list[float]) -> None:
    with pytest.raises(UsageError, match="even grid"):
        run_effects(np.array(times), {}, who())


def test_a_drug_that_the_table_lacks_is_refused() -> None:
    with pytest.raises(DataError, match="no row"):
        sites_of("indium-dtpa")
