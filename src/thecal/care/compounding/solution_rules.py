"""The solution as a fluid: isotonic, heavy or light, free of preservative; and the set of drugs."""

from __future__ import annotations

from thecal.care.advice import Cited
from thecal.care.compounding.case import CompoundingCase
from thecal.care.compounding.judged import (
    Judged,
    fine,
    found,
    missing,
    noted,
    together,
)
from thecal.pharmacy import (
    Preparation,
    any_fact,
    any_facts,
    compatibility_of,
    drug,
    drug_facts,
    tonicity,
)
from thecal.safety.finding import Amount, Severity
from thecal.safety.rules import hard_unless_recalled
from thecal.units import Concentration, show

_FORBIDDEN = "forbidden"


def judge_solution(case: CompoundingCase, made: Preparation) -> Judged:
    """Judge tonicity, density and preservatives."""
    named = missing("diluent", "no diluent is named") if case.diluent is None else Judged()
    return together((_tonicity(case, made), named, _baricity(made), _preservative(case)))


def _tonicity(case: CompoundingCase, made: Preparation) -> Judged:
    equivalents = [
        (one.drug, drug_facts(one.drug, "sodium-chloride-equivalent"))
        for one in made.parts.values()
    ]
    unknown = [one for one, facts in equivalents if not facts]
    if unknown:
        names = ", ".join(unknown)
        return missing("tonicity", f"the sodium chloride equivalent of {names} is not on record")
    isotonic = any_fact("isotonic-sodium-chloride")
    cited = (
        *(Cited(f"sodium chloride equivalent of {one}", facts[0]) for one, facts in equivalents),
        Cited("isotonic sodium chloride", isotonic),
    )
    held = tonicity(made.concentrations, made.prepared)
    results = {
        "sodium_chloride_equivalent": Amount(held.equivalent, "mg/mL"),
        "sodium_chloride_to_add": Amount(held.mass, "mg"),
    }
    text = f"the drugs count for {show(held.equivalent, 'mg/mL')} of sodium chloride"
    judged = (
        found("tonicity", "K24", Severity.SOFT, f"{text}: the solution is hypertonic", cited)
        if held.hypertonic
        else noted(
            "tonicity",
            f"{text}; {show(held.to_add, 'mg/mL')} are missing to isotonic,"
            f" {show(held.mass, 'mg')} in all, where water fills up and the stocks hold none",
            cited,
        )
    )
    return together((Judged(results=results), judged, _with_saline(case, made, held.equivalent)))


def _with_saline(case: CompoundingCase, made: Preparation, drugs: Concentration) -> Judged:
    if case.diluent != "sodium-chloride" or not made.diluent:
        return Judged()
    fact = any_fact("isotonic-sodium-chloride").of_kind(Concentration)
    total = drugs + fact.value.scaled(made.diluent.ratio(made.prepared))
    share = "above" if total > fact.value else "not above"
    return noted(
        "tonicity",
        f"with 0.9 % sodium chloride as diluent it is {show(total, 'mg/mL')} without what the"
        f" stocks hold, {share} isotonic",
        (Cited("isotonic sodium chloride", fact),),
    )


def _baricity(made: Preparation) -> Judged:
    told = [
        (one.drug, facts[0])
        for one in made.parts.values()
        if (facts := drug_facts(one.drug, "baricity"))
    ]
    if not told:
        return Judged()
    cited = tuple(Cited(f"custom mixtures with {one}", fact) for one, fact in told)
    return noted("baricity", "heavier or lighter than the fluid: measure the density", cited)


def _preservative(case: CompoundingCase) -> Judged:
    if case.preservative_free is None:
        return missing("preservative-free", "whether every part is preservative-free is not stated")
    if case.preservative_free:
        return fine("preservative-free", "every part is stated to be preservative-free")
    text = "a part holds a preservative: it must not reach the spinal fluid"
    return found("preservative-free", "K24", Severity.HARD, text)


def judge_set(case: CompoundingCase, made: Preparation) -> Judged:
    """Judge whether these drugs may be together in a pump: tests and labels."""
    known = compatibility_of(made.parts)
    names = ", ".join(sorted(made.parts))
    parts = [_labels(case, made)]
    if len(made.parts) > 1 and known.tested:
        parts.append(fine("tested-set", f"exactly {names} was tested together"))
    elif len(made.parts) > 1:
        inside = "; ".join("+".join(sorted(one)) for one in known.tested_parts)
        also = f"; tested inside it, which proves nothing: {inside}" if inside else ""
        text = f"no test of exactly {names} is on record{also}"
        parts.append(found("tested-set", "K33", Severity.SOFT, text))
    for one, fact in known.label:
        cited = (Cited(f"label of {one} on mixing", fact),)
        hard = case.use == "label" and fact.value == _FORBIDDEN
        severity = hard_unless_recalled(fact) if hard else Severity.WARN
        text = f"the label of {one} on mixing: {fact.value}, {fact.note}".rstrip(", ")
        parts.append(found("label-mixture", "K33", severity, text, cited))
    return together(parts)


def _labels(case: CompoundingCase, made: Preparation) -> Judged:
    off = [one for one in made.parts if not drug(one).approved_for_pump]
    cited = tuple(Cited(f"label of {one}", drug(one).pump_label) for one in made.parts)
    if len(made.parts) > 1:
        cited = (*cited, Cited("mixtures", any_facts("mixture-label")[0]))
    if not off and len(made.parts) == 1:
        return fine("label", "the drug is labelled for intrathecal pumps", cited)
    what = "a mixture" if len(made.parts) > 1 else f"{off[0]} alone"
    if case.use == "label":
        text = f"{what} is outside every label, and the order is on label only"
        return found("label", "K33", Severity.HARD, text, cited)
    if case.consent:
        return noted("label", f"{what} is off-label; consent is recorded", cited)
    text = f"{what} is off-label: consent is needed"
    return found("label", "K33", Severity.SOFT, text, cited)
