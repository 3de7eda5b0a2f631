"""The factors that set patients of one batch apart: one person, or draws from the priors."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import final

import numpy as np

from thecal.body.anatomy import anatomy_number
from thecal.body.course import FloatArray
from thecal.body.person import Scaling

_COEFFICIENTS = {
    "dispersion": "dispersion-cv",
    "sac_csf": "csf-volume-cv",
    "csf_loss": "csf-loss-rate-cv",
    "cord_exchange": "cord-exchange-cv",
    "cranial_loss": "cranial-loss-rate-cv",
    "plasma_clearance": "plasma-clearance-cv",
    "ec50": "ec50-cv",
}


@final
@dataclass(frozen=True, slots=True, eq=False)
class Patients:
    """Factors on the reference body and on a drug's kinetics, each of shape (patients,).

    Attributes
    ----------
    length, sac_csf, dispersion
        Of the canal, of the CSF area in the sac, of D(x).
    csf_loss, cord_exchange, cranial_loss
        Of the drug's rates; the loss from CSF goes with that through the dura.
    plasma_volume, plasma_clearance
        Of the drug's plasma.
    ec50
        Of the effects.
    """

    length: FloatArray
    sac_csf: FloatArray
    dispersion: FloatArray
    csf_loss: FloatArray
    cord_exchange: FloatArray
    cranial_loss: FloatArray
    plasma_volume: FloatArray
    plasma_clearance: FloatArray
    ec50: FloatArray

    @property
    def count(self) -> int:
        """Number of patients in the batch."""
        return len(self.length)

    def part(self, some: slice) -> Patients:
        """Return some of the patients."""
        return Patients(*(getattr(self, field.name)[some] for field in fields(self)))


def one_patient(scaling: Scaling | None = None, dispersion: float = 1.0) -> Patients:
    """Return a batch of one; without scaling, the reference body.

    Parameters
    ----------
    dispersion
        A further factor on D(x), as a bolus by lumbar puncture has.
    """
    return _scaled(scaling, {name: np.ones(1) for name in _COEFFICIENTS}, dispersion)


def drawn_patients(
    scaling: Scaling | None, draws: int, seed: int, dispersion: float = 1.0
) -> Patients:
    """Return draws from the priors around one person; the same seed gives the same draws.

    Every factor is log-normal with median 1 and the coefficient of variation of anatomy.csv
    (pkpd.md 6); they are drawn independently, which overstates what ties clearance to volume.
    """
    generator = np.random.default_rng(seed)
    factors = {}
    for name, row in _COEFFICIENTS.items():
        sigma = np.sqrt(np.log1p(anatomy_number("prior", row) ** 2))
        factors[name] = np.exp(sigma * generator.standard_normal(draws))
    return _scaled(scaling, factors, dispersion)


def _scaled(scaling: Scaling | None, factors: dict[str, FloatArray], dispersion: float) -> Patients:
    by = scaling or Scaling(1.0, 1.0, 1.0, 1.0, 1.0, ())
    ones = np.ones_like(factors["dispersion"])
    return Patients(
        length=by.length * ones,
        sac_csf=by.sac_csf * factors["sac_csf"],
        dispersion=by.dispersion * dispersion * factors["dispersion"],
        csf_loss=factors["csf_loss"],
        cord_exchange=factors["cord_exchange"],
        cranial_loss=factors["cranial_loss"],
        plasma_volume=by.plasma_volume * ones,
        plasma_clearance=by.plasma_clearance * factors["plasma_clearance"],
        ec50=factors["ec50"],
    )
