"""F15 and F16: a transfer that leaves nobody without a refill, and the end of a therapy."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from thecal.care.forms.filled import Filled
from thecal.care.forms.known import Known, not_checked
from thecal.safety.finding import Amount, Finding, Severity
from thecal.units import Volume, show, show_date

_TRANSFER, _END = "workflow.md 2.21", "workflow.md 2.19"


def check_transfer(filled: Filled, known: Known) -> Iterator[Finding]:
    """Refuse a transfer whose first visit is after the date to refill by (W23)."""
    accepted = filled.get("accepted_on", date)
    if accepted is None:
        yield Finding(
            "K12",
            Severity.SOFT,
            "the receiving clinic has named no first visit: this clinic stays in charge of the"
            " refill until it has",
            _TRANSFER,
            follow_up="ask the receiving clinic for a date",
        )
    elif known.refill_by is None:
        yield not_checked("K12", "the first visit there", "the date to refill by is not known")
    elif accepted > known.refill_by:
        yield Finding(
            "K12",
            Severity.HARD,
            f"the first visit there on {show_date(accepted)} is after"
            f" {show_date(known.refill_by)}, by when the pump has to be refilled: refill here"
            " before, or ask for an earlier visit",
            _TRANSFER,
            value=accepted.isoformat(),
            limit=known.refill_by.isoformat(),
        )


def check_end(filled: Filled) -> Iterator[Finding]:
    """Ask for a witness of what was destroyed, and for the pump before a cremation (W26).

    None of these is hard: a pump that was stopped or emptied is so, whoever looked on.
    """
    residual = filled.get("residual_volume", Volume)
    destroyed = filled.get("destroyed_volume", Volume)
    if residual is None or destroyed is None:
        return
    if destroyed.base and filled.get("witness", str) is None:
        yield _soft(
            "K23",
            f"{show(destroyed, 'mL')} were destroyed without a witness: name who saw it",
            "have the destruction countersigned",
        )
    if destroyed != residual:
        yield Finding(
            "K23",
            Severity.SOFT,
            f"{show(residual, 'mL')} were taken out and {show(destroyed, 'mL')} destroyed: say"
            " where the difference is",
            _END,
            value=Amount(destroyed, "mL"),
            limit=Amount(residual, "mL"),
            follow_up="account for the volume",
        )
    if filled.get("cremation", str) == "pump-not-removed":
        yield _soft(
            "F16",
            "the pump is still in and a cremation is planned: take it out before, and tell the"
            " funeral home",
            "explant before the cremation",
        )


def _soft(check: str, message: str, follow_up: str) -> Finding:
    return Finding(check, Severity.SOFT, message, _END, follow_up=follow_up)
