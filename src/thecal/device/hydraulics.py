"""What follows from a fixed flow."""

from __future__ import annotations

from thecal.errors import CannotComputeError
from thecal.units import Concentration, MassRate, VolumeRate


def concentration_for_dose(daily_dose: MassRate, flow: VolumeRate) -> Concentration:
    """Return the concentration at which a pump of fixed `flow` gives `daily_dose`.

    Raises
    ------
    CannotComputeError
        If the flow is zero.
    """
    if not flow:
        raise CannotComputeError(
            "no concentration gives a dose without flow", remedy="give the flow of the pump"
        )
    return Concentration(daily_dose.base / flow.base)
