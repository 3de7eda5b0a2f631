"""What can go wrong at one fill: something else, somewhere else, or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.device import FaultKind
from thecal.errors import PumpRefusalError
from thecal.pharmacy import Mixture
from thecal.pump.fault_settings import FaultSettings, completed
from thecal.units import Concentration, Volume

Mishaps = Iterable[tuple[FaultKind, FaultSettings]]


@final
@dataclass(frozen=True, slots=True)
class Received:
    """Where a fill really went.

    Attributes
    ----------
    mixture
        What it really was.
    inside, pocket, port
        Volumes that entered the reservoir, the pocket, and the catheter by its access port.
    """

    mixture: Mixture
    inside: Volume
    pocket: Volume
    port: Volume

    @property
    def total(self) -> Volume:
        """All that was injected."""
        return self.inside + self.pocket + self.port


def receive(volume: Volume, mixture: Mixture, mishaps: Mishaps) -> Received:
    """Return where a fill of `volume` of `mixture` goes if these things go wrong.

    Raises
    ------
    PumpRefusalError
        If a figure does not belong to the kind, or a wrong drug is not named.
    """
    pocket = port = Fraction(0)
    for kind, given in mishaps:
        settings = completed(kind, given)
        match kind.id:
            case "wrong-drug" if settings.mixture is None:
                raise PumpRefusalError("the fault wrong-drug does not say what was filled")
            case "wrong-drug" | "wrong-concentration" if settings.mixture is not None:
                mixture = settings.mixture
            case "wrong-concentration":
                assert settings.factor is not None
                mixture = _stronger(mixture, settings.factor)
            case "wrong-volume" if settings.volume is not None:
                volume = settings.volume
            case "wrong-volume":
                assert settings.factor is not None
                volume = volume.scaled(settings.factor)
            case "air":
                assert settings.volume is not None
                volume = max(Volume.zero(), volume - settings.volume)
            case "pocket-fill":
                assert settings.fraction is not None
                pocket = settings.fraction
            case "access-port-injection":
                assert settings.fraction is not None
                port = settings.fraction
            case _:
                pass
    if pocket + port > 1:
        raise PumpRefusalError("more than the whole refill goes elsewhere")
    return Received(
        mixture,
        volume.scaled(1 - pocket - port),
        volume.scaled(pocket),
        volume.scaled(port),
    )


def _stronger(mixture: Mixture, factor: Fraction) -> Mixture:
    return Mixture.of({drug: Concentration(mixture[drug].base * factor) for drug in mixture})
