"""What may be said of a fault besides its kind, and what holds where nothing is said."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from fractions import Fraction
from typing import final

from thecal.device import FaultKind
from thecal.errors import PumpRefusalError
from thecal.pharmacy import Mixture
from thecal.program.clock import Instant
from thecal.units import Duration, Length, Volume, VolumeRate

OUTSIDE = "outside"
"""A tip that has left the intrathecal space."""


@final
@dataclass(frozen=True, slots=True)
class FaultSettings:
    """The figures of one fault; each kind takes some of them (`FaultKind.keys`).

    Parameters
    ----------
    factor
        What flow, concentration, volume or clock is multiplied by.
    fraction
        The part of a flow or of a refill that goes elsewhere.
    duration
        How long it lasts, or how long it takes; None: until it is mended.
    rate
        Of what drains or seeps.
    volume
        Filled, drawn, enclosed or wrongly assumed.
    distance
        Along the catheter, from the pump's connector.
    mixture
        What was really filled.
    tip
        The level of a tip that moved, or `outside`.
    pump_clock
        What the pump's clock shows once it was reset.
    replaced
        Whether what was drawn was made up with drug-free fluid.
    """

    factor: Fraction | None = None
    fraction: Fraction | None = None
    duration: Duration | None = None
    rate: VolumeRate | None = None
    volume: Volume | None = None
    distance: Length | None = None
    mixture: Mixture | None = None
    tip: str | None = None
    pump_clock: Instant | None = None
    replaced: bool = False

    def given(self) -> tuple[str, ...]:
        """Return the names of the figures that are given."""
        return tuple(
            one.name for one in fields(self) if getattr(self, one.name) not in (None, False)
        )


NO_SETTINGS = FaultSettings()


def check_settings(kind: FaultKind, settings: FaultSettings) -> None:
    """Refuse figures that do not belong to a kind, or that would make another fault of it.

    Raises
    ------
    PumpRefusalError
        Naming the figure.
    """
    for name in settings.given():
        if name not in kind.keys:
            raise PumpRefusalError(f"{name} does not belong to the fault {kind.id}")
    fraction, factor = settings.fraction, settings.factor
    if fraction is not None and not 0 < fraction <= 1:
        raise PumpRefusalError("fraction lies above 0 and is 1 at most")
    least, most = kind.number("factor-from"), kind.number("factor-to")
    if factor is not None and (
        factor < 0 or (least is not None and factor < least) or (most is not None and factor > most)
    ):
        raise PumpRefusalError(f"this factor would be no {kind.id}")


def completed(kind: FaultKind, settings: FaultSettings) -> FaultSettings:
    """Return settings with the defaults of the table where they say nothing; checks them first."""
    check_settings(kind, settings)
    filled = settings
    alone = settings.volume is None and settings.mixture is None
    if settings.factor is None and alone:
        filled = replace(filled, factor=kind.number("default-factor"))
    if settings.fraction is None:
        filled = replace(filled, fraction=kind.number("default-fraction"))
    if settings.duration is None:
        filled = replace(filled, duration=kind.quantity("default-duration", Duration))
    if settings.rate is None:
        filled = replace(filled, rate=kind.quantity("default-rate", VolumeRate))
    if settings.volume is None and settings.factor is None:
        filled = replace(filled, volume=kind.quantity("default-volume", Volume))
    if settings.distance is None:
        filled = replace(filled, distance=kind.quantity("default-distance", Length))
    if settings.tip is None and "default-tip" in kind.facts:
        filled = replace(filled, tip=kind.facts["default-tip"].of_kind(str).value)
    return filled
