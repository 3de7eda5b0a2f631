"""Which catheter fits which pump: a connector that does not engage leaks, kinks or comes off."""

from __future__ import annotations

from fnmatch import fnmatchcase

from thecal.data import Fact, FactValue
from thecal.device.catheter import CatheterModel


def misfit(catheter: CatheterModel, pump: str) -> Fact[FactValue] | None:
    """Return the row that says that a catheter does not fit a pump; None where none says so.

    Parameters
    ----------
    catheter
        The model; one without a row `fits` fits whatever it is joined to, as far as is known.
    pump
        An id of the catalogue.
    """
    never = catheter.facts.get("does-not-fit")
    if never is not None and _names(never, pump):
        return never
    fits = catheter.facts.get("fits")
    return None if fits is None or _names(fits, pump) else fits


def _names(fact: Fact[FactValue], pump: str) -> bool:
    patterns = fact.of_kind(str).value.split("; ")
    return any(fnmatchcase(pump, pattern) for pattern in patterns)
