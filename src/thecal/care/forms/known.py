"""What the record knows and a rule of a form needs; what is None is not known and not checked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import final

from thecal.device import PumpModel
from thecal.safety.finding import Finding, Severity


@final
@dataclass(frozen=True, slots=True)
class Known:
    """The fold of the log, as far as the rules of the forms ask for it.

    Attributes
    ----------
    pump
        The model that is implanted.
    serial
        Of the implanted pump.
    holds_drug
        Whether there is drug in its reservoir.
    refill_by
        The day by which it has to be refilled.
    previous_trial_dose
        When the last screening bolus before this one was given.
    """

    pump: PumpModel | None = None
    serial: str | None = None
    holds_drug: bool | None = None
    refill_by: date | None = None
    previous_trial_dose: datetime | None = None


def not_checked(check: str, what: str, why: str) -> Finding:
    """Return that a rule had nothing to check against: never a silent pass."""
    return Finding(check, Severity.WARN, f"not checked: {what}, for {why}", "project rule")
