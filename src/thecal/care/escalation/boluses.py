"""The report on patient boluses: asked, given, refused a day, share of the whole, effect."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.care.advice import Cited, Reason, Weight
from thecal.care.derivation import Value
from thecal.care.escalation.case import BolusRecord
from thecal.care.escalation.trend import TABLE
from thecal.pharmacy import drug, limits
from thecal.units import MassRate, show_number, show_percent

_BOLUS = "bolus"


@final
@dataclass(frozen=True, slots=True)
class BolusReport:
    """What a record of boluses comes to.

    Attributes
    ----------
    requested, granted, denied
        A day.
    share
        Part of the whole daily dose that came as bolus.
    size
        One bolus as a part of the background.
    relief
        Fall of pain after a bolus, as a part of the pain before; None where not recorded.
    breakthrough
        Episodes a day; None where not recorded.
    """

    requested: Fraction
    granted: Fraction
    denied: Fraction
    share: Fraction
    size: Fraction
    relief: Fraction | None
    breakthrough: Fraction | None


def bolus_report(record: BolusRecord, background: MassRate) -> BolusReport:
    """Return the report for a background a day."""
    day = background.per_day()
    granted = record.per_day(record.granted)
    given = record.dose.scaled(granted)
    before, later = record.pain_before, record.pain_after
    return BolusReport(
        requested=record.per_day(record.requested),
        granted=granted,
        denied=record.per_day(record.denied),
        share=given.ratio(given + day),
        size=record.dose.ratio(day),
        relief=None if not before or later is None else Fraction(before - later, before),
        breakthrough=None if record.breakthrough is None else record.per_day(record.breakthrough),
    )


def bolus_results(report: BolusReport) -> dict[str, Value]:
    """Return the figures for people and machines."""
    return {
        "requested_per_day": report.requested,
        "granted_per_day": report.granted,
        "denied_per_day": report.denied,
        "share_of_total": report.share,
        "bolus_of_background": report.size,
        "relief": report.relief,
        "breakthrough_per_day": report.breakthrough,
    }


def bolus_reasons(drug_id: str, report: BolusReport) -> Iterator[Reason]:
    """Yield what the use of the boluses suggests; a practice that is only recalled decides none."""
    most, count = _bound("patient-bolus-count-high")
    low, low_cited = _bound("patient-bolus-fraction-low")
    high, high_cited = _bound("patient-bolus-fraction-high")
    if report.requested == 0:
        yield _said("unused", Weight.CAUTION)
    elif report.granted >= most:
        text = f"{show_number(report.granted)} boluses a day: {TABLE.text(_BOLUS, 'raise-basal')}"
        cited = (count, *TABLE.cited(_BOLUS, "raise-basal"))
        yield Reason("raise-basal", Weight.CAUTION, text, cited)
    if report.denied > report.granted:
        yield _said("demand-denied", Weight.CAUTION)
    if not low <= report.size <= high:
        text = (
            f"one bolus is {show_percent(report.size, signed=False)} of the background; usual is"
            f" {show_percent(low, signed=False)} to {show_percent(high, signed=False)}"
        )
        yield Reason("bolus-size", Weight.CAUTION, text, (low_cited, high_cited))
    useful = TABLE.get(_BOLUS, "useful-fall", Fraction).value
    if report.relief is None:
        yield Reason("bolus-effect", Weight.MISSING, "pain before and after a bolus is not known")
    elif report.relief >= useful:
        text = f"a bolus takes {show_percent(report.relief, signed=False)} of the pain"
        yield Reason("bolus-effect", Weight.FOR, text, TABLE.cited(_BOLUS, "useful-fall"))
    else:
        text = f"a bolus takes only {show_percent(report.relief, signed=False)} of the pain"
        cited = TABLE.cited(_BOLUS, "useful-fall")
        one = drug(drug_id)
        if one.drug_class == "opioid" and not one.lipophilic:
            text += f"; {TABLE.text(_BOLUS, 'slow-morphine')}"
            cited = (*cited, *TABLE.cited(_BOLUS, "slow-morphine"))
        yield Reason("bolus-effect", Weight.AGAINST, text, cited)
    if report.breakthrough is not None and report.breakthrough > report.granted:
        text = (
            f"{show_number(report.breakthrough)} episodes a day, {show_number(report.granted)}"
            " boluses: not every episode is met"
        )
        yield Reason("breakthrough", Weight.CAUTION, text, TABLE.cited(_BOLUS, "registry"))


def _said(parameter: str, weight: Weight) -> Reason:
    return Reason(parameter, weight, TABLE.text(_BOLUS, parameter), TABLE.cited(_BOLUS, parameter))


def _bound(parameter: str) -> tuple[Fraction, Cited]:
    one = limits("any", parameter, populations=())[0]
    return one.number, Cited(parameter.replace("-", " "), one.fact)
