"""The batch against its certificate: assay, sterility, endotoxin, pH, osmolality, density."""

from __future__ import annotations

from fractions import Fraction

from thecal.care.advice import Cited, Disagreement
from thecal.care.compounding.case import CompoundingCase, Release
from thecal.care.compounding.judged import (
    Judged,
    fine,
    found,
    missing,
    noted,
    together,
)
from thecal.care.compounding.pump_rules import fullest_day
from thecal.data import Fact
from thecal.pharmacy import Preparation, any_fact, any_facts, drug_facts
from thecal.safety.finding import Severity
from thecal.safety.rules import hard_unless_recalled
from thecal.units import Concentration, show, show_number, show_percent


def judge_release(case: CompoundingCase, made: Preparation) -> Judged:
    """Judge what the laboratory found; what it did not measure is not checked."""
    release = case.release
    if release is None:
        return missing("release", "no results of the batch are given")
    return together(
        (
            *(_assay(one, release) for one in made.parts),
            _sterility(release),
            _filter(release),
            _endotoxin(case, made, release),
            _ph(case, made, release),
            _osmolality(release),
            _density(release),
        )
    )


def _assay(drug: str, release: Release) -> Judged:
    part = release.assay.get(drug)
    if part is None:
        return missing("assay", f"{drug} was not assayed")
    lows, highs = (
        tuple(one.of_kind(Fraction) for one in any_facts(f"assay-{end}")) for end in ("low", "high")
    )
    inner = _cited("assay", lows[0], highs[0])
    outer = _cited("assay, outer", lows[-1], highs[-1])
    shown = f"{drug} was found at {show_percent(part, signed=False)} of the label"
    question = "How far may the assay be off?"
    shared = Judged(disagreements=(Disagreement(question, (inner[0], outer[0])),))
    if lows[0].value <= part <= highs[0].value:
        return together((fine("assay", shown, inner), shared))
    inside = lows[-1].value <= part <= highs[-1].value
    severity = Severity.SOFT if inside else hard_unless_recalled(lows[-1])
    seen = (
        Cited("part of the mixtures that one unit rejected", any_fact("rejected-mixtures")),
        *(Cited(f"mean bias, {drug}", one) for one in drug_facts(drug, "assay-bias")),
    )
    ends = (show_percent(one.value, signed=False) for one in (lows[0], highs[0]))
    beyond = "" if inside else ", and outside the outer gate: reject it"
    text = f"{shown}, outside {' to '.join(ends)}{beyond}"
    return together((found("assay", "K24", severity, text, (*inner, *outer, *seen)), shared))


def _sterility(release: Release) -> Judged:
    if release.sterile is None:
        return missing("sterility", "no test of sterility is given")
    if release.sterile:
        return fine("sterility", "the test of sterility was passed")
    return found(
        "sterility", "K24", Severity.HARD, "the test of sterility was not passed: reject it"
    )


def _filter(release: Release) -> Judged:
    if release.filter is None:
        return missing("filter", "the pore of the filter is not given")
    wanted = any_fact("filter").of_kind(Fraction)
    cited = (Cited("pore of the sterilising filter", wanted),)
    if release.filter <= wanted.value:
        return fine("filter", "the filter is fine enough", cited)
    text = (
        f"a pore of {show_number(release.filter)} um is wider than {show_number(wanted.value)} um"
    )
    return found("filter", "K24", hard_unless_recalled(wanted), text, cited)


def _endotoxin(case: CompoundingCase, made: Preparation, release: Release) -> Judged:
    if case.weight is None or release.endotoxin is None:
        return missing("endotoxin", "weight or endotoxin result is not given")
    limit = any_fact("endotoxin-limit-per-weight").of_kind(Fraction)
    cited = (Cited("endotoxin, intrathecal", limit),)
    allowed = limit.value * case.weight.in_unit("kg")
    hourly = release.endotoxin * fullest_day(case, made).flow.in_unit("mL/h")
    text = f"{show_number(hourly)} EU/h on the fullest day, {show_number(allowed)} EU/h are allowed"
    if hourly <= allowed:
        return fine("endotoxin", text, cited)
    return found("endotoxin", "K24", hard_unless_recalled(limit), text, cited)


def _ph(case: CompoundingCase, made: Preparation, release: Release) -> Judged:
    if release.ph is None:
        return missing("ph", "the pH is not given")
    low, high = (any_fact(f"ph-{end}").of_kind(Fraction) for end in ("low", "high"))
    usual = any_fact("mixture-ph-seen").of_kind(Fraction)
    parts = [
        _within("ph", "pH", release.ph, low, high),
        noted("ph", f"mixtures had pH {show_number(usual.value)}", (Cited("mean pH", usual),)),
    ]
    for drug in made.parts:
        for fact in drug_facts(drug, "ph-precipitates-above"):
            bound = fact.of_kind(Fraction)
            if release.ph > bound.value:
                text = f"{drug} may precipitate above pH {show_number(bound.value)}"
                cited = (Cited(f"pH, {drug}", bound),)
                parts.append(found("ph", "K24", hard_unless_recalled(bound), text, cited))
    floor = case.pump.model.facts.get("drug-ph-minimum") if case.pump else None
    if floor is not None and release.ph <= floor.of_kind(Fraction).value:
        text = "the pump must not be filled at this pH or below"
        parts.append(
            found("ph", "K33", hard_unless_recalled(floor), text, (Cited("pH, pump", floor),))
        )
    return together(parts)


def _osmolality(release: Release) -> Judged:
    if release.osmolality is None:
        return missing("osmolality", "the osmolality is not given")
    low, high = (any_fact(f"osmolality-{end}").of_kind(Fraction) for end in ("low", "high"))
    return _within("osmolality", "osmolality", release.osmolality, low, high)


def _within(
    rule: str, what: str, value: Fraction, low: Fact[Fraction], high: Fact[Fraction]
) -> Judged:
    cited = _cited(what, low, high)
    text = (
        f"{what} {show_number(value)}, wanted {show_number(low.value)} to {show_number(high.value)}"
    )
    if low.value <= value <= high.value:
        return fine(rule, text, cited)
    bound = low if value < low.value else high
    return found(rule, "K24", hard_unless_recalled(bound), text, cited)


def _density(release: Release) -> Judged:
    if release.density is None:
        return missing("density", "the density at 37 degrees is not given: baricity is not known")
    low, high = (any_fact(f"fluid-density-{end}").of_kind(Concentration) for end in ("low", "high"))
    cited = (Cited("lowest density of the fluid", low), Cited("highest", high))
    side = (
        "hypobaric"
        if release.density < low.value
        else "hyperbaric"
        if release.density > high.value
        else "isobaric"
    )
    text = (
        f"{show(release.density, 'mg/mL', digits=6)}: {side}, and posture matters unless isobaric"
    )
    judged = fine("density", text, cited)
    return together((judged, Judged(results={"baricity": side})))


def _cited(what: str, low: Fact[Fraction], high: Fact[Fraction]) -> tuple[Cited, ...]:
    return (Cited(f"{what}, lowest", low), Cited(f"{what}, highest", high))
