"""The doses of a trial held against label, consensus and the highest dose ever reported."""

from __future__ import annotations

from collections.abc import Iterator

from thecal.care.trial.case import Bolus, TrialCase
from thecal.care.trial.ladder import BACLOFEN
from thecal.pharmacy import Limit, age_band, both_units, ceiling, drug, limits
from thecal.safety.finding import Amount, Finding, Severity
from thecal.units import Mass, MassRate

_TRIAL_HIGH, _TRIAL_LOW = "trial-high", "trial-low"
_OUTPATIENT_HIGH = "trial-outpatient-high"
_NAIVE = "naive"


def populations(case: TrialCase) -> tuple[str, ...]:
    """Return the populations of the limits that hold for this person."""
    found = [one for one in (case.setting, case.origin) if one is not None]
    if case.age is not None:
        found.append(age_band(case.age))
    if case.tolerant is not None:
        found.append("tolerant" if case.tolerant else _NAIVE)
    return tuple(found)


def bolus_limits(case: TrialCase) -> tuple[Limit, ...]:
    """Return what the editions say of single trial doses of this drug, lower and upper ends."""
    if case.drug is None:
        return ()
    return tuple(
        one
        for parameter in (_TRIAL_LOW, _TRIAL_HIGH, _OUTPATIENT_HIGH)
        for one in limits(case.drug, parameter, populations=(*populations(case), _NAIVE))
    )


def check_doses(case: TrialCase) -> Iterator[Finding]:
    """Yield what the limits say of every bolus and of the infusion.

    A planned dose above a label's is refused, above a consensus only asked about, since those
    figures are recalled. A dose that was given warns.
    """
    if case.drug is None:
        return
    yield from _minimum_age(case)
    for bolus in case.boluses:
        yield from _bolus(case, case.drug, bolus, planned=False)
    if case.planned is not None:
        yield from _bolus(case, case.drug, case.planned, planned=True)
    if case.infusion is not None:
        running = case.infusion.ended is None
        yield from check_daily_dose(case, case.infusion.daily_dose, "infusion", asked=running)


def check_daily_dose(
    case: TrialCase, dose: MassRate, what: str, *, asked: bool
) -> Iterator[Finding]:
    """Yield what ceiling, label and consensus say of a daily dose at the start."""
    if case.drug is None:
        return
    unit = f"{drug(case.drug).mass_unit}/d"
    top = ceiling(case.drug, populations=populations(case))
    if top is not None and dose > top.rate:
        severity = Severity.HARD if asked else Severity.WARN
        yield _above(case.drug, what, dose.per_day(), top.rate.per_day(), top, unit, severity)
        return
    for parameter in ("maximum-daily", "start-high"):
        for one in limits(case.drug, parameter, populations=populations(case)):
            if one.rank == 1 and dose > one.rate:
                severity = Severity.SOFT if asked else Severity.WARN
                mass = one.rate.per_day()
                yield _above(case.drug, what, dose.per_day(), mass, one, unit, severity)


def outpatient_limits(case: TrialCase) -> tuple[Limit, ...]:
    """Return the ceilings of a bolus for somebody naive who goes home, where any is published."""
    return () if case.drug is None else limits(case.drug, _OUTPATIENT_HIGH, populations=[_NAIVE])


def ceiling_known(case: TrialCase) -> bool:
    """Whether any source reports a highest daily dose for this drug and person."""
    return case.drug is not None and ceiling(case.drug, populations=populations(case)) is not None


def _bolus(case: TrialCase, drug_id: str, bolus: Bolus, *, planned: bool) -> Iterator[Finding]:
    what = "planned bolus" if planned else "bolus given"
    unit = drug(drug_id).mass_unit
    top = ceiling(drug_id, populations=populations(case))
    if top is not None and bolus.dose > top.rate.per_day():
        severity = Severity.HARD if planned else Severity.WARN
        yield _above(drug_id, what, bolus.dose, top.rate.per_day(), top, unit, severity)
    # The ladder holds the label's largest screening bolus of baclofen itself.
    parameters = [] if drug_id == BACLOFEN else [_TRIAL_HIGH]
    if case.outpatient and case.tolerant is False:
        parameters.append(_OUTPATIENT_HIGH)
    for parameter in parameters:
        for one in limits(drug_id, parameter, populations=populations(case)):
            if bolus.dose <= one.mass:
                continue
            label = one.edition.startswith("label") and not one.fact.recalled
            severity = Severity.HARD if label else Severity.SOFT
            if not planned:
                severity = Severity.WARN
            yield _above(drug_id, what, bolus.dose, one.mass, one, unit, severity)


def _above(
    drug_id: str, what: str, dose: Mass, limit: Mass, of: Limit, unit: str, severity: Severity
) -> Finding:
    mass_unit = unit.partition("/")[0]
    per_day = " a day" if unit.endswith("/d") else ""
    return Finding(
        "K27",
        severity,
        f"{what} of {both_units(drug_id, dose)}{per_day} of {drug_id} is above"
        f" {both_units(drug_id, limit)}{per_day} ({of.parameter}, {of.edition})",
        of.whose(),
        value=Amount(dose, mass_unit),
        limit=Amount(limit, mass_unit),
    )


def _minimum_age(case: TrialCase) -> Iterator[Finding]:
    if case.drug is None or case.age is None:
        return
    for one in limits(case.drug, "minimum-age", populations=()):
        if case.age < one.number:
            yield Finding(
                "K27",
                Severity.SOFT,
                f"{case.drug} at {case.age} years: the label begins at {one.number} years",
                one.whose(),
                value=f"{case.age} y",
                limit=f"{one.number} y",
            )
