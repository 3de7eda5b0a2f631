"""What a rule opens, as entries of the log."""

from __future__ import annotations

from thecal.care.pathway.ending import FollowUp
from thecal.clinic.ledger.log import Draft
from thecal.clinic.ledger.tasks import OPENED


def opened_draft(one: FollowUp) -> Draft:
    """Return the entry that opens what a rule asks to be done."""
    return Draft(OPENED, {"kind": one.id, "what": one.what, "due": one.due.isoformat()})
