"""A needle in the catheter access port: what is ordered, was drawn, and may be injected (K14).

What stands in port and catheter is pushed out at the tip by whatever is injected, at once
(devices.md 2; workflow.md 2.T step 7; 4b E2). The review says how much that is; here it is asked
whether the line was drawn first, with the right kit, as it was ordered. Drawing is never refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, final

from thecal.care.emergency import PortPush
from thecal.care.figures import Figures
from thecal.care.kits import KitInHand, Port, check_kit, fitting
from thecal.care.spans import span
from thecal.care.visit.entry import ZERO
from thecal.device import PumpModel
from thecal.pharmacy import DRUG_FREE, Mixture
from thecal.safety.finding import Amount, Finding, Severity
from thecal.therapy.events import AccessPort, Override
from thecal.units import Duration, Volume, show

RULES = Figures("access_port")
_ANY = "any"


@final
class PortPurpose(StrEnum):
    """What is injected."""

    BOLUS = "bolus"
    CONTRAST = "contrast"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PortOrder:
    """An injection as it is ordered.

    Attributes
    ----------
    draw_first
        At least so much is drawn before; None where the line is not drawn first.
    mixture
        The drugs in what is injected; None for contrast, which holds none.
    """

    purpose: PortPurpose
    injected: Volume
    draw_first: Volume | None = None
    mixture: Mixture | None = None

    def whole(self, time: datetime) -> AccessPort:
        """Return the event of drawing and injecting, as the review judges an order."""
        return AccessPort(
            time=time,
            aspirated=self.draw_first,
            injected=self.injected,
            mixture=self.mixture or DRUG_FREE,
        )

    def injection(self, time: datetime, answers: tuple[Override, ...]) -> AccessPort:
        """Return the event of the injection alone: what was drawn before stands in the record."""
        return AccessPort(
            time=time,
            injected=self.injected,
            mixture=self.mixture or DRUG_FREE,
            override=answers,
        )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A needle in the access port, and what it drew.

    Attributes
    ----------
    kit
        Id of `kits.csv`, or `kits.UNLISTED`.
    port
        Where the needle is.
    volume
        Zero where nothing came.
    """

    kit: str
    kit_lot: str
    needle_gauge: int
    port: Port
    volume: Annotated[Volume, ZERO]


def check_port_order(
    order: PortOrder, model: PumpModel, push: PortPush | None
) -> Iterator[Finding]:
    """Ask about an order that does not draw the line first, and about too much contrast.

    Parameters
    ----------
    push
        What stands in the catheter; None where nobody knows.
    """
    if not fitting(model, Port.SIDE):
        yield Finding(
            check="K14",
            severity=Severity.SOFT,
            message=(
                f"no kit for an access port of {model.name} is in the catalogue, nor is it known"
                " whether it has one: look before a needle goes in"
            ),
            source="workflow.md 4c K14",
        )
    rule = RULES.get(_ANY, "draw-first", str)
    drawn = order.draw_first or Volume.zero()
    if push is None:
        yield Finding(
            check="K14",
            severity=Severity.SOFT,
            message=f"nobody knows what stands in the catheter; {rule.value}",
            source=rule.provenance(),
        )
    elif any(push.masses.values()) and drawn < (push.at_most or push.volume):
        yield Finding(
            check="K14",
            severity=Severity.SOFT,
            message=f"the line is not drawn first; {rule.value}",
            source=rule.provenance(),
            value=Amount(drawn, "mL"),
            limit=Amount(push.at_most or push.volume, "mL"),
        )
    if order.purpose is PortPurpose.CONTRAST:
        most = RULES.get("contrast", "volume-high", Volume)
        if order.injected > most.value:
            yield Finding(
                check="K14",
                severity=Severity.WARN,
                message=f"{show(order.injected, 'mL')} of contrast is more than a dye study takes",
                source=most.provenance(),
                value=Amount(order.injected, "mL"),
                limit=Amount(most.value, "mL"),
            )


def check_drawn(
    order: PortOrder, drawn: Drawn | None, ago: timedelta, model: PumpModel
) -> Iterator[Finding]:
    """Refuse the injection until the needle is in the port, with its kit, and drew what it should.

    Parameters
    ----------
    drawn
        What was drawn since the order; None where nothing was written down.
    ago
        How long ago that was.
    """
    if drawn is None:
        yield Finding(
            check="K14",
            severity=Severity.HARD,
            message="nobody has written down yet where the needle is and what it drew: inject"
            " nothing",
            source="workflow.md 4c K14",
        )
        return
    if drawn.port is not Port.SIDE:
        yield Finding(
            check="K14",
            severity=Severity.HARD,
            message="the needle is in the reservoir port, not in the catheter access port: inject"
            " nothing, take it out and begin again",
            source="workflow.md 4c K14",
        )
    holds = RULES.get(_ANY, "draw-holds", Duration)
    if ago > span(holds.value):
        yield Finding(
            check="K14",
            severity=Severity.HARD,
            message=(
                f"it is more than {show(holds.value, 'min')} since the port was drawn, and the pump"
                " fills the catheter again: draw anew before anything is injected"
            ),
            source=holds.provenance(),
        )
    wanted = order.draw_first or Volume.zero()
    if drawn.volume < wanted:
        yield Finding(
            check="K14",
            severity=Severity.HARD,
            message=(
                f"{show(drawn.volume, 'mL')} came where {show(wanted, 'mL')} were to be drawn:"
                " inject nothing, for it would give what stands in the catheter; the catheter may"
                " be blocked, so ask who ordered"
            ),
            source=RULES.get(_ANY, "draw-first", str).provenance(),
            value=Amount(drawn.volume, "mL"),
            limit=Amount(wanted, "mL"),
        )
    yield from check_kit(KitInHand(drawn.kit, drawn.needle_gauge, None), Port.SIDE, model)
