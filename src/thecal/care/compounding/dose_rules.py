"""Concentrations and doses against the limits on record, on the plain and on the fullest day."""

from __future__ import annotations

from thecal.care.advice import Cited, Disagreement
from thecal.care.compounding.case import CompoundingCase
from thecal.care.compounding.judged import Judged, fine, found, missing, together
from thecal.care.compounding.pump_rules import fullest_day
from thecal.pharmacy import Limit, Part, Preparation, ceiling, drug, drug_facts, limits
from thecal.safety.finding import Amount, Severity
from thecal.safety.rules import hard_unless_recalled
from thecal.units import Concentration, MassRate, show


def judge_doses(case: CompoundingCase, made: Preparation) -> Judged:
    """Judge every drug against its own limits."""
    day = fullest_day(case, made)
    return together(
        judged
        for part in made.parts.values()
        for judged in (
            _concentration(part),
            _solubility(part),
            _daily(case, part, day.doses[part.drug]),
            _ceiling(case, part, day.doses[part.drug]),
        )
    )


def _concentration(part: Part) -> Judged:
    known = limits(part.drug, "maximum-concentration", populations=())
    unit = drug(part.drug).concentration_unit
    if not known:
        return missing("concentration", f"no maximum concentration of {part.drug} is on record")
    return together(
        _held(
            "concentration",
            f"the concentration of {part.drug}",
            Amount(part.concentration, unit),
            Amount(one.concentration, unit),
            one,
            part.concentration.ratio(one.concentration) >= 1,
            part.concentration == one.concentration,
        )
        for one in known
    )


def _daily(case: CompoundingCase, part: Part, worst: MassRate) -> Judged:
    known = limits(part.drug, "maximum-daily", populations=case.populations)
    unit = f"{drug(part.drug).mass_unit}/d"
    cited = tuple(Cited(f"{part.drug}, {one.edition}", one.fact) for one in known)
    parts = [
        _held(
            "daily-dose",
            f"the dose of {part.drug} on the fullest day",
            Amount(worst, unit),
            Amount(one.rate, unit),
            one,
            worst >= one.rate,
            worst == one.rate,
        )
        for one in known
    ]
    if len({one.rate for one in known}) > 1:
        question = f"How much {part.drug} may be given a day?"
        parts.append(Judged(disagreements=(Disagreement(question, cited, used=False),)))
    return together(parts)


def _held(
    rule: str, what: str, value: Amount, limit: Amount, one: Limit, reached: bool, equal: bool
) -> Judged:
    cited = (Cited(f"{one.drug}, {one.edition}", one.fact),)
    shown = f"{what}, {show(value.quantity, value.unit)}"
    bound = show(limit.quantity, limit.unit)
    if not reached:
        return fine(rule, f"{shown}, is below {bound}", cited)
    severity = Severity.WARN if equal else Severity.SOFT
    place = "exactly at" if equal else "above"
    text = f"{shown}, is {place} the maximum, {bound}"
    return found(rule, "K27", severity, text, cited, value=value, limit=limit)


def _ceiling(case: CompoundingCase, part: Part, worst: MassRate) -> Judged:
    unit = f"{drug(part.drug).mass_unit}/d"
    top = ceiling(part.drug, populations=case.populations)
    if top is None:
        return missing("ceiling", f"no highest reported dose of {part.drug} is on record for this")
    if worst <= top.rate:
        return Judged()
    return found(
        "ceiling",
        "K27",
        hard_unless_recalled(top.fact),
        f"the dose of {part.drug} on the fullest day, {show(worst, unit)}, is above the highest"
        f" that any source reports as given, {show(top.rate, unit)}",
        (Cited(f"{part.drug}, highest reported", top.fact),),
        value=Amount(worst, unit),
        limit=Amount(top.rate, unit),
    )


def _solubility(part: Part) -> Judged:
    facts = tuple(one.of_kind(Concentration) for one in drug_facts(part.drug, "solubility"))
    if not facts:
        return missing("solubility", f"no solubility of {part.drug} is on record")
    cited = tuple(Cited(f"solubility of {part.drug} {one.note}".rstrip(), one) for one in facts)
    parts = []
    if len(facts) > 1:
        question = f"How much {part.drug} dissolves?"
        parts.append(Judged(disagreements=(Disagreement(question, cited),)))
    if part.concentration > facts[0].value:
        # Beyond every answer the figure that was read decides, not the recalled default.
        beyond = [one for one in facts if part.concentration > one.value]
        worst = max(beyond, key=lambda one: one.value)
        unit = drug(part.drug).concentration_unit
        severity = hard_unless_recalled(worst) if len(beyond) == len(facts) else Severity.SOFT
        parts.append(
            found(
                "solubility",
                "K24",
                severity,
                f"{part.drug} may not dissolve: {show(part.concentration, unit)}, on record is"
                f" {show(worst.value, unit)} {worst.note}".rstrip(),
                cited,
                value=Amount(part.concentration, unit),
                limit=Amount(worst.value, unit),
            )
        )
    return together(parts)
