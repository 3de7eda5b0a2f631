"""What the replay does not follow, said openly."""

from __future__ import annotations

from collections.abc import Iterator

from thecal.safety.finding import Finding, Severity
from thecal.safety.situation import OtherRecord, ScanRecord, Situation


def check_replayed(situation: Situation) -> Iterator[Finding]:
    """Say when an event changes the real pump in a way that the replay does not follow."""
    order = situation.order
    if isinstance(order, OtherRecord | ScanRecord) and order.not_replayed:
        yield Finding(
            check="H05",
            severity=Severity.WARN,
            message=(
                f"an event of type {order.type} is recorded but not fully replayed on"
                f" {situation.model.name} ({order.not_replayed}): what follows does not contain"
                " that"
            ),
            source="docs/architecture.md, known limits",
            follow_up="interrogate the pump and compare",
        )
