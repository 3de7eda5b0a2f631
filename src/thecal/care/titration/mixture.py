"""What a rise does to the other drugs of the same reservoir: one rate moves them all."""

from __future__ import annotations

from dataclasses import replace

from thecal.care.advice import Listing
from thecal.care.dose_words import dose_amount, dose_text
from thecal.care.titration.bounds import bounds
from thecal.care.titration.case import TitrationCase
from thecal.care.titration.next_dose import NextDose
from thecal.care.titration.request import maximum_findings
from thecal.safety.finding import Finding, Severity
from thecal.units import MassRate


def moved(case: TitrationCase, chosen: NextDose) -> tuple[tuple[str, MassRate, MassRate], ...]:
    """Return each other drug with its dose now and at the dose asked for, else the highest."""
    asked = chosen.highest if case.requested is None else case.requested
    ratio = asked.ratio(chosen.current)
    return tuple((name, dose, dose.scaled(ratio)) for name, dose in case.mixed_with)


def mixture_findings(case: TitrationCase, chosen: NextDose) -> tuple[Finding, ...]:
    """Return what the maxima of the other drugs say; only a dose asked for can be refused."""
    found = []
    for name, now, then in moved(case, chosen):
        if then <= now:
            continue
        for one in maximum_findings(name, bounds(name, case.populations), then):
            told = f"the same rate takes {name} from {dose_text(name, now)} too far: {one.message}"
            severity = one.severity if case.requested is not None else Severity.WARN
            found.append(replace(one, check="mixture-maximum", severity=severity, message=told))
    return tuple(found)


def mixture_listing(case: TitrationCase, chosen: NextDose) -> Listing:
    """Return what the other drugs come to."""
    rows = tuple(
        (name, dose_amount(name, now), dose_amount(name, then))
        for name, now, then in moved(case, chosen)
    )
    return Listing("Other drugs of the reservoir", ("drug", "now", "then"), rows)
