"""What a pump does by itself when it may no longer trust its program: a table per drug class.

No stop by reflex (facts standards.md 2.4, a proposal): an abrupt stop of baclofen or clonidine is
itself a hazard, too much of an opioid is another. No clinician has reviewed the table yet.
"""

from __future__ import annotations

from typing import Literal

from thecal.data import cached
from thecal.errors import DataError
from thecal.pharmacy.formulary import drug
from thecal.pharmacy.lookup import by_key
from thecal.pharmacy.mixture import Mixture

SafeState = Literal["stop", "minimum-rate"]


def safe_state(mixture: Mixture) -> SafeState:
    """Return the safe state for a mixture: `minimum-rate` if the class of one of its drugs says so.

    Raises
    ------
    DataError
        If the table has no row for a class, or another word in it.
    """
    found: SafeState = "stop"
    for name in mixture:
        if _state_of(drug(name).drug_class) == "minimum-rate":
            found = "minimum-rate"
    return found


@cached
def _state_of(drug_class: str) -> SafeState:
    answers = by_key("safe_states", "drug_class").get(drug_class, {}).get("safe-state")
    word = answers[0].value if answers else None
    if word == "stop":
        return "stop"
    if word == "minimum-rate":
        return "minimum-rate"
    raise DataError(f"safe_states.csv has no safe state of {drug_class}", remedy="restore the row")
