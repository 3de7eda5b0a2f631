"""H09: a catheter whose connector does not fit the pump."""

from __future__ import annotations

from collections.abc import Iterator

from thecal.device import misfit
from thecal.safety.finding import Finding, Severity
from thecal.safety.situation import Situation


def check_fit(situation: Situation) -> Iterator[Finding]:
    """Say that a catheter is joined to a pump that it does not fit, as surely as that is known.

    A verified row refuses, one that was read asks, one from memory warns.
    """
    if situation.joined is None:
        return
    pump, catheter = situation.joined
    row = misfit(catheter, pump.id)
    if row is None:
        return
    severity = {"verified": Severity.HARD, "read": Severity.SOFT}.get(row.status, Severity.WARN)
    yield Finding(
        check="H09",
        severity=severity,
        message=(
            f"{catheter.name} is not known to fit {pump.name}: a connector that does not engage"
            " leaks, kinks or comes off; check the labels of both"
        ),
        source=row.provenance(),
        follow_up="the next refill shows a leak or an occlusion late: watch the effect",
    )
