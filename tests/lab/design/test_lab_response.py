"""The response of the effect site: linear, periodic, and the same as stepping the body through."""

from __future__ import annotations

import numpy as np
import pytest

from thecal.body.anatomy import reference_anatomy
from thecal.body.canal import grid
from thecal.body.effects.effect_site import follow
from thecal.body.kinetics import kinetics_of
from thecal.body.modes import full_modes
from thecal.body.network import build_network
from thecal.body.patients import drawn_patients, one_patient
from thecal.body.plasma import plasma_modes
from thecal.body.population import DailySchedule, run_days
from thecal.body.readout import Site, cell_of, concentrations, source_at
from thecal.errors import CannotComputeError
from thecal.lab.design.response import POINTS, POINTS_PER_HOUR, response_of

NIGHT = np.where(np.arange(24) < 8, 2.0, 0.5)


def test_rows_add_up_to_the_even_rate() -> None:
    response = response_of("baclofen", "spasticity", "T11", drawn_patients(None, 5, seed=3))
    assert response.relative.shape == (5, POINTS, 24)
    assert response.course(np.ones(24)) == pytest.approx(np.ones((5, POINTS)))
    assert response.modulation(np.ones(24)) == pytest.approx(np.zeros(5), abs=1e-12)


def test_the_mean_over_a_day_is_the_total_whatever_the_schedule() -> None:
    response = response_of("morphine", "pain", "T10", one_patient())
    assert response.course(NIGHT).mean() == pytest.approx(NIGHT.mean(), rel=1e-9)


def test_a_day_that_repeats_is_what_weeks_of_stepping_all_modes_settle_at() -> None:
    anatomy, patients = reference_anatomy(), one_patient()
    kinetics, canal = kinetics_of("baclofen"), grid(anatomy)
    network = build_network(canal, kinetics, patients)
    response = response_of("baclofen", "spasticity", "T11", patients)
    cells = [cell_of(anatomy, canal, Site(one, "cord")) for one in response.acting.site.levels]
    source = source_at(network, canal, anatomy.middle("T11"))
    modes = full_modes(network, source, concentrations(network, cells))
    plasma = plasma_modes(kinetics.plasma, patients)
    days = 20
    pattern = np.repeat(NIGHT, POINTS_PER_HOUR)[None]
    ran = run_days(modes, plasma, DailySchedule(pattern, np.ones((1, days))), every_step=True)
    cord = ran.steps[:, :, : len(cells)].mean(axis=2)
    from_start = np.concatenate([np.zeros((1, 1)), cord], axis=1)
    lagged = follow(from_start, response.acting.ke0, 1.0 / POINTS_PER_HOUR)[0, -POINTS:]
    assert response.course(NIGHT)[0] * response.even[0] == pytest.approx(lagged, rel=1e-3)


def test_a_drug_without_a_modelled_effect_is_not_optimised() -> None:
    with pytest.raises(CannotComputeError):
        response_of("baclofen", "pain", "T11", one_patient())
