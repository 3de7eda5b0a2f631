"""One flow for all drugs of a mixture: the primary drug's dose sets it, the others follow."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from thecal.pharmacy.mixture import Mixture
from thecal.units import MassRate, VolumeRate


def flow_for_dose(mixture: Mixture, primary: str, dose: MassRate) -> VolumeRate:
    """Return the flow at which `mixture` carries `dose` of its primary drug.

    Raises
    ------
    UnknownIdError
        If the mixture holds no such drug.
    """
    return dose / mixture[primary]


def doses_at_flow(mixture: Mixture, flow: VolumeRate) -> Mapping[str, MassRate]:
    """Return drug id to the dose that `flow` of `mixture` carries."""
    return MappingProxyType({drug: concentration * flow for drug, concentration in mixture.items()})
