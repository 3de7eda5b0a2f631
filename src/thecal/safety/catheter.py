"""K25: without the implanted length nothing that fills or clears the catheter can be computed."""

from __future__ import annotations

from collections.abc import Iterator

from thecal.program.prime_bridge import PrimeKind
from thecal.safety.finding import Finding, Severity
from thecal.safety.situation import PrimeOrder, ProgramOrder, Situation


def check_catheter(situation: Situation) -> Iterator[Finding]:
    """Refuse a prime or bridge over an unmeasured catheter; ask where only a range is known."""
    order = situation.order
    if isinstance(order, PrimeOrder):
        # Back-table goes through the tubing alone; a stated volume still may pass the tip.
        what, needs = "prime", order.kind is not PrimeKind.BACK_TABLE
    elif isinstance(order, ProgramOrder):
        what, needs = "bridge", order.bridge_asked
    else:
        return
    if not needs:
        return
    if not situation.catheter_length_known:
        yield Finding(
            check="K25",
            severity=Severity.HARD,
            message=(
                f"the implanted catheter length is not known, so the {what} cannot be computed:"
                " measure it on an X-ray and write implanted_length or implanted_length_range"
            ),
            source="workflow.md 4c K25",
        )
    elif situation.catheter_length_is_range:
        yield Finding(
            check="K25",
            severity=Severity.SOFT,
            message=(
                f"the implanted catheter length is only known as a range; the {what} is"
                f" {situation.range_note}; the replay runs with the shorter length"
            ),
            source="workflow.md 4c K25",
        )
