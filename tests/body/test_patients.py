"""Draws around one person: seeded, independent, with the medians and spreads of the table."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from thecal.body.anatomy import anatomy_number
from thecal.body.patients import Patients, drawn_patients, one_patient
from thecal.body.person import Person, scaling_of

CV = {
    "dispersion": 0.9,
    "sac_csf": 0.27,
    "csf_loss": 0.45,
    "cord_exchange": 0.5,
    "cranial_loss": 0.45,
    "plasma_clearance": 0.31,
    "ec50": 0.65,
}
"""Coefficients of variation of pkpd.md 6, as anatomy.csv ships them."""
MANY = drawn_patients(None, 20_000, seed=1)


def arrays(patients: Patients) -> dict[str, np.ndarray]:
    return {one.name: getattr(patients, one.name) for one in fields(patients)}


def test_one_patient_without_scaling_is_the_reference() -> None:
    assert one_patient().count == 1
    assert all(np.array_equal(one, [1.0]) for one in arrays(one_patient()).values())


@pytest.mark.parametrize("name", CV)
def test_a_factor_is_log_normal_with_median_1_and_its_spread(name: str) -> None:
    logs = np.log(arrays(MANY)[name])
    sigma = np.sqrt(np.log(1.0 + CV[name] ** 2))
    assert np.median(logs) == pytest.approx(0.0, abs=0.03 * sigma)
    assert logs.std() == pytest.approx(sigma, rel=0.02)
    assert np.mean((logs - logs.mean()) ** 3) / sigma**3 == pytest.approx(0.0, abs=0.06)


def test_the_spreads_are_those_of_the_table() -> None:
    rows = {
        "sac_csf": "csf-volume",
        "csf_loss": "csf-loss-rate",
        "cranial_loss": "cranial-loss-rate",
    }
    for name, value in CV.items():
        row = rows.get(name, name.replace("_", "-"))
        assert anatomy_number("prior", f"{row}-cv") == value, name


def test_the_factors_are_independent_and_the_rest_does_not_vary() -> None:
    logs = np.log([arrays(MANY)[name] for name in CV])
    assert np.abs(np.corrcoef(logs) - np.eye(len(CV))).max() < 0.03
    for name in set(arrays(MANY)) - set(CV):
        assert np.all(arrays(MANY)[name] == 1.0), name


def test_a_seed_gives_its_draws_again_and_another_seed_others() -> None:
    first, again, other = (drawn_patients(None, 50, seed) for seed in (7, 7, 8))
    for name in CV:
        assert np.array_equal(arrays(first)[name], arrays(again)[name])
        assert not np.any(arrays(first)[name] == arrays(other)[name])


def test_draws_lie_around_the_person() -> None:
    scaling = scaling_of(Person(age=75.0, weight=110.0, height=160.0))
    alone = arrays(one_patient(scaling, dispersion=4.0))
    drawn = arrays(drawn_patients(scaling, 200, 1, dispersion=4.0))
    free = arrays(drawn_patients(None, 200, 1))
    assert alone["dispersion"] == pytest.approx(4.0 * 0.9**2)
    assert alone["length"] == pytest.approx(160 / 170)
    for name in alone:
        assert drawn[name] == pytest.approx(alone[name] * free[name], rel=1e-12), name
