"""What doses did in published cohorts; they describe, and are no target."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from thecal.care.advice import Cited, Listing, Reason, Weight
from thecal.care.derivation import Value
from thecal.care.dose_words import dose_amount
from thecal.care.escalation.case import EscalationCase
from thecal.care.escalation.trend import TABLE, Trend
from thecal.units import MassRate, show_percent

BACLOFEN = "baclofen"
YOUNG, OLD = "young", "old"
_MONTHS = (0, 3, 6, 9, 12)


def age_groups(age: int | None) -> tuple[str, ...]:
    """Return `young` (50 and below), `old`, or both where the age is not known."""
    if age is None:
        return (YOUNG, OLD)
    bound = TABLE.get("opioid", "age-bound", Fraction).value
    return (YOUNG,) if age <= bound else (OLD,)


def rise_in_a_year(group: str) -> tuple[Fraction, Fraction, Fraction]:
    """Return mean less deviation, mean, and mean plus deviation of the rise in 12 months."""
    mean = TABLE.get("opioid", f"rise-12-months-{group}", Fraction).value
    deviation = TABLE.get("opioid", f"rise-12-months-{group}-deviation", Fraction).value
    return mean - deviation, mean, mean + deviation


def cohort_dose(start: MassRate, group: str, months: int) -> tuple[MassRate, MassRate, MassRate]:
    """Return low, mean and high dose after some months, on a straight line to 12 months.

    Raises
    ------
    ValueError
        If `months` is not within 0 and 12: the cohort was not followed further.
    """
    if not 0 <= months <= _MONTHS[-1]:
        raise ValueError(f"{months} months lie outside the cohort")
    part = Fraction(months, _MONTHS[-1])
    low, mean, high = (start.scaled(1 + one * part) for one in rise_in_a_year(group))
    return low, mean, high


def cohort_listings(case: EscalationCase) -> Iterator[Listing]:
    """Yield the curve of the patient's age group from the patient's own first dose."""
    start = case.history.changes[0].dose
    if case.opioid:
        for group in age_groups(case.age):
            rows: list[tuple[Value, ...]] = []
            for months in _MONTHS:
                doses = cohort_dose(start, group, months)
                rows.append((str(months), *(dose_amount(case.drug, one) for one in doses)))
            yield Listing(
                f"Cohort of opioids, {told_group(group)}: from this first dose, straight line",
                ("months", "mean less deviation", "mean", "mean plus deviation"),
                tuple(rows),
            )
    elif case.drug == BACLOFEN:
        rows = [
            (when, dose_amount(BACLOFEN, TABLE.get(BACLOFEN, name, MassRate).value))
            for when, name in (
                ("start", "cohort-start"),
                ("12 months, then stable to 36", "cohort-12-months"),
                ("another cohort, from 18 months", "plateau"),
            )
        ]
        yield Listing("Cohorts of baclofen", ("when", "mean a day"), tuple(rows))


def cohort_reason(case: EscalationCase, found: Trend) -> Reason | None:
    """Return where the patient lies against the age group; None where nothing compares."""
    if not case.opioid or found.yearly is None:
        return None
    texts: list[str] = []
    figures: list[Cited] = []
    for group in age_groups(case.age):
        low, _, high = rise_in_a_year(group)
        place = "below" if found.yearly < low else "above" if found.yearly > high else "within"
        texts.append(
            f"{place} {show_percent(low)} to {show_percent(high)} a year ({told_group(group)})"
        )
        figures += TABLE.cited(
            "opioid", f"rise-12-months-{group}", f"rise-12-months-{group}-deviation"
        )
    figures += TABLE.cited("opioid", "age-bound", "relief-similar", "long-term", "low-dose-drift")
    text = f"{show_percent(found.yearly)} a year is " + "; ".join(texts)
    return Reason("cohort", Weight.NOTE, text, tuple(figures))


def told_group(group: str) -> str:
    """Return a group of age for people."""
    bound = TABLE.get("opioid", "age-bound", Fraction).value
    return f"age {bound} and below" if group == YOUNG else f"age above {bound}"
