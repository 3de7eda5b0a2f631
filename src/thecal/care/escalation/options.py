"""What can be done about a rising dose, and what the trial had recorded."""

from __future__ import annotations

from collections.abc import Iterator

from thecal.care.advice import Cited, Listing, Reason, Weight
from thecal.care.derivation import Value
from thecal.care.escalation.case import EscalationCase
from thecal.care.escalation.trend import TABLE
from thecal.pharmacy import both_units
from thecal.safety.finding import Amount
from thecal.units import Duration, show

BACLOFEN = "baclofen"
_OPIOID_OPTIONS = ("rotate", "add-bupivacaine", "microdose", "low-dose")


def option_reasons(case: EscalationCase) -> Iterator[Reason]:
    """Yield the options of the drug's class, none of them chosen."""
    if case.opioid:
        for name in _OPIOID_OPTIONS:
            fact = TABLE.every("opioid", name)[0]
            text = fact.value if isinstance(fact.value, str) else fact.note
            yield Reason(name, Weight.NOTE, text, TABLE.cited("opioid", name))
    elif case.drug == BACLOFEN:
        low = TABLE.get(BACLOFEN, "holiday-low", Duration).value
        high = TABLE.get(BACLOFEN, "holiday-high", Duration).value
        cited: tuple[Cited, ...] = TABLE.cited(
            BACLOFEN, "holiday-low", "holiday-high", "holiday-cover"
        )
        text = (
            f"a drug holiday of {show(low, 'd')} to {show(high, 'd')} on intrathecal morphine is"
            f" described; {TABLE.text(BACLOFEN, 'holiday-cover')}"
        )
        yield Reason("drug-holiday", Weight.NOTE, text, cited)


def predictor_listing(case: EscalationCase) -> Listing:
    """Return what was recorded at the trial; a figure decides nothing here."""
    rows: tuple[tuple[Value, ...], ...] = (
        (
            "systemic opioid before the trial",
            "not recorded"
            if case.pre_trial_opioid is None
            else Amount(case.pre_trial_opioid, "mg/d"),
        ),
        (
            "dose of the trial",
            "not recorded" if case.trial_dose is None else both_units(case.drug, case.trial_dose),
        ),
        ("diagnosis", case.diagnosis or "not recorded"),
        ("age", "not recorded" if case.age is None else str(case.age)),
    )
    return Listing("Predictors of outcome recorded at the trial", ("field", "entry"), rows)


def missing_predictors(case: EscalationCase) -> tuple[str, ...]:
    """Return the predictors that nobody recorded."""
    return tuple(str(row[0]) for row in predictor_listing(case).rows if row[1] == "not recorded")
