"""Who saw the waste destroyed: they say so themselves, in a login of their own, signed.

The entry `visit.witness` has `visit` and `of`, the hash of the account that was seen: another
account is not witnessed by it.
"""

from __future__ import annotations

from dataclasses import replace

from thecal.care.visit import write_record
from thecal.care.visit.leaving import Waste
from thecal.clinic.access.second import digest_of

WITNESS = "visit.witness"
MEANING = "saw the waste of a refill destroyed"


def waste_digest(waste: Waste) -> str:
    """Return the hash of an account, whoever witnessed it."""
    return digest_of(write_record(replace(waste, witness=None)))
