"""Where the solution of a first fill went: every millilitre of it, and who saw the rest (K23)."""

from __future__ import annotations

from collections.abc import Iterator

from thecal.care.implant_visit.visit import ImplantVisit
from thecal.care.visit.leaving import Waste
from thecal.care.visit.leaving_checks import new_solution_apart
from thecal.care.visit.rules import RULES
from thecal.safety.finding import Amount, Finding, Severity
from thecal.therapy.table import Table
from thecal.units import Volume

FILL = "fill"
_SOURCE = "workflow.md 4c K23"


def account(visit: ImplantVisit) -> Waste | None:
    """Return what became of the new solution; None where nobody has said how much there was.

    Raises
    ------
    BadFileError
        If a volume cannot be read.
    """
    asked = Table(dict(visit.asked.get(FILL, {})), FILL)
    received, wasted, returned = (
        asked.optional(name, lambda key: asked.take_quantity(key, Volume, zero_allowed=True))
        for name in ("received", "wasted", "returned")
    )
    injected = visit.filled.get("fill_volume", Volume)
    if received is None or injected is None:
        return None
    nothing = Volume.zero()
    return Waste(
        received=received,
        injected=injected,
        wasted=wasted or nothing,
        returned=returned or nothing,
        old_wasted=nothing,
    )


def account_findings(visit: ImplantVisit, witness: str, *, controlled: bool) -> Iterator[Finding]:
    """Yield what does not add up of the new solution, and that nobody saw its rest destroyed.

    Parameters
    ----------
    witness
        Who signed that it was destroyed; empty: nobody.
    controlled
        Whether a controlled drug is in it.
    """
    told = account(visit)
    if told is None:
        return
    severity = Severity.SOFT if controlled else Severity.WARN
    tolerance = RULES.get("K23", "tolerance", Volume)
    for what, apart in new_solution_apart(told):
        yield Finding(
            check="K23",
            severity=severity,
            message=f"{what}: find it, or record what became of it",
            source=tolerance.provenance(),
            value=Amount(abs(apart), "mL"),
            limit=Amount(tolerance.value, "mL"),
        )
    if told.wasted and not witness:
        what = "nobody has signed as witness that the rest of the new solution was destroyed"
        yield Finding("K23", severity, what, _SOURCE)
