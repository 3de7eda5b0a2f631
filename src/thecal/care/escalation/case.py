"""What a review of the dose over time needs to know, and how it is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import final

from thecal.care.titration.history import DoseHistory, read_history
from thecal.care.titration.reader import take_concentration, take_drug, take_rate
from thecal.pharmacy import drug
from thecal.therapy.table import Table
from thecal.units import Concentration, Mass, MassRate

NERVE_SIGNS = ("weakness", "sensory_change", "bladder_or_bowel")
OTHER_FLAGS = ("new_pain", "effect_lost", "residual_mismatch", "poor_aspiration")
HYPERALGESIA_SIGNS = ("spreading_pain", "allodynia")
MYOCLONUS = "myoclonus"
SIGNS = (*NERVE_SIGNS, *OTHER_FLAGS, *HYPERALGESIA_SIGNS, MYOCLONUS)
IMAGING = ("none", "clear", "granuloma")


@final
@dataclass(frozen=True, slots=True)
class BolusRecord:
    """What the patient's controller counted over some days.

    Attributes
    ----------
    dose
        Mass of one bolus.
    pain_before, pain_after
        Usual pain, 0 to 10, before and after a bolus.
    breakthrough
        Episodes of breakthrough pain over these days.
    """

    days: int
    requested: int
    granted: int
    dose: Mass
    pain_before: int | None = None
    pain_after: int | None = None
    breakthrough: int | None = None

    @property
    def denied(self) -> int:
        """Requests that the pump refused."""
        return self.requested - self.granted

    def per_day(self, count: int) -> Fraction:
        """Return a count over the days."""
        return Fraction(count, self.days)


@final
@dataclass(frozen=True, slots=True)
class EscalationCase:
    """One patient, one drug, its doses over time; a sign that is not in `signs` was not asked.

    Attributes
    ----------
    new_disease
        Whether new disease explains the rise.
    pre_trial_opioid, trial_dose, diagnosis
        Predictors recorded at the trial.
    """

    drug: str
    now: datetime
    history: DoseHistory
    age: int | None = None
    concentration: Concentration | None = None
    signs: Mapping[str, bool] = field(default_factory=dict)
    imaging: str | None = None
    new_disease: bool | None = None
    boluses: BolusRecord | None = None
    pre_trial_opioid: MassRate | None = None
    trial_dose: Mass | None = None
    diagnosis: str | None = None

    @property
    def opioid(self) -> bool:
        """Whether the drug is an opioid."""
        return drug(self.drug).drug_class == "opioid"

    def present(self, *signs: str) -> tuple[str, ...]:
        """Return those of the signs that are there."""
        return tuple(one for one in signs if self.signs.get(one) is True)


def read_escalation(case: Table) -> EscalationCase:
    """Return the case of a table `[escalation]`; raises `BadFileError` naming the key."""
    found = EscalationCase(
        drug=take_drug(case),
        now=case.take_moment("now"),
        history=read_history(case),
        age=case.optional("age", case.take_count),
        concentration=take_concentration(case),
        signs=_signs(case.take_table("signs")) if case.has("signs") else {},
        imaging=case.optional("imaging", lambda key: case.take_choice(key, IMAGING)),
        new_disease=case.optional("new_disease", case.take_flag),
        boluses=_boluses(case.take_table("boluses")) if case.has("boluses") else None,
        pre_trial_opioid=take_rate(case, "pre_trial_opioid"),
        trial_dose=case.optional("trial_dose", lambda key: case.take_quantity(key, Mass)),
        diagnosis=case.optional("diagnosis", case.take_text),
    )
    case.finish()
    if found.now.tzinfo is not None or found.now <= found.history.changes[-1].time:
        raise case.error("it does not lie after the last dose, on the same clock", "", "now")
    return found


def _signs(table: Table) -> dict[str, bool]:
    found = {one: table.take_flag(one) for one in SIGNS if table.has(one)}
    table.finish()
    return found


def _boluses(table: Table) -> BolusRecord:
    found = BolusRecord(
        days=table.take_count("days"),
        requested=_whole(table, "requested"),
        granted=_whole(table, "granted"),
        dose=table.take_quantity("dose", Mass),
        pain_before=table.optional("pain_before", lambda key: _whole(table, key, most=10)),
        pain_after=table.optional("pain_after", lambda key: _whole(table, key, most=10)),
        breakthrough=table.optional("breakthrough", lambda key: _whole(table, key)),
    )
    table.finish()
    if found.granted > found.requested:
        raise table.error("more boluses were granted than requested", "", "granted")
    return found


def _whole(table: Table, key: str, *, most: int | None = None) -> int:
    value = table.take_any(key)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise table.error("this is no whole number of zero or more", "", key)
    if most is not None and value > most:
        raise table.error(f"this is above {most}", "", key)
    return value
