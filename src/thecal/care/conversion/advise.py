"""The topic `conversion` of `thecal advise`: range, factors, limits, refusals."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.care.advice import Advice, Cited, Disagreement, Reason, Weight
from thecal.care.conversion import listings, refusals
from thecal.care.conversion.case import ConversionCase, read_case
from thecal.care.conversion.convert import (
    Basis,
    DoseRange,
    basis_of,
    cross_tolerance,
    dose_range,
    drug_changes,
    lipophilic_lines,
    ratios_for,
)
from thecal.care.conversion.mme_advice import banner
from thecal.care.conversion.regimen import INTRATHECAL, TRANSDERMAL
from thecal.care.conversion.start_limits import (
    Allowed,
    Held,
    allowed_start,
    held_against,
    limit_findings,
)
from thecal.care.derivation import Derivation, Value
from thecal.pharmacy import conversion_facts
from thecal.safety.finding import Amount, Finding, Severity
from thecal.therapy.table import Table
from thecal.units import MassRate, show, show_number, show_percent

TOPIC = "conversion"
COMPUTED, MISSING, REFUSED = "computed", "missing", "refused"


@final
@dataclass(frozen=True, slots=True)
class Converted:
    """A case with everything that was computed of it; None where it could not be."""

    case: ConversionCase
    basis: Basis
    doses: DoseRange | None
    held: tuple[Held, ...]
    allowed: Allowed | None
    findings: tuple[Finding, ...]
    unit: str


def advise(case: Table) -> Advice:
    """Return the range for a table `[conversion]`, held against every limit.

    Raises
    ------
    BadFileError
        If the table cannot be read.
    """
    return advice_on(converted(read_case(case)))


def converted(case: ConversionCase) -> Converted:
    """Return what can be computed of a case; nothing is assumed where a figure is missing."""
    basis = basis_of(case.lines)
    unit = _unit(case)
    refused = refusals.no_way_back(basis, case)
    doses = _doses(basis, case, basis.total()) if not refused else None
    refused += refusals.lipophilic(basis, case)
    held: tuple[Held, ...] = ()
    allowed = None
    if case.target.route == INTRATHECAL:
        # A start that somebody intends is held against the limits even where nothing was computed.
        probe = doses or DoseRange(*(MassRate.zero(),) * 3)
        held = held_against(case.target.drug, probe, tolerant=case.tolerant)
        kept = basis.without(lipophilic_lines(basis, case.target))
        safe = _doses(basis, case, kept) if doses is not None and kept else None
        if safe is not None:
            safe_held = held_against(case.target.drug, safe, tolerant=case.tolerant)
            allowed = allowed_start(case.target.drug, safe, safe_held)
    findings = (
        *refused,
        *(limit_findings(doses, held, unit) if doses is not None else ()),
        *refusals.intended_start(case, doses, held),
        *refusals.ratio_questions(basis, case),
        *refusals.pathway_questions(basis, case),
    )
    return Converted(case, basis, doses, held, allowed, findings, unit)


def advice_on(found: Converted) -> Advice:
    """Return what was computed as an advice."""
    hard = any(one.severity is Severity.HARD for one in found.findings)
    verdict = REFUSED if hard else MISSING if found.doses is None else COMPUTED
    return Advice(
        topic=TOPIC,
        verdict=verdict,
        summary=_summary(found, verdict),
        reasons=_reasons(found),
        results=_results(found),
        listings=(
            listings.parts(found.basis, found.unit),
            listings.by_ratio(found.basis, found.case, found.unit),
            listings.limits_listing(found.held, found.doses, found.unit),
            listings.utah(found.doses, found.unit),
            listings.routes(),
            *listings.side_effects(found.case),
        ),
        disagreements=_disagreements(found),
        steps=_steps(found),
        findings=found.findings,
        not_checked=_not_checked(found),
    )


def _doses(basis: Basis, case: ConversionCase, dose: MassRate) -> DoseRange | None:
    if case.ratio is None or basis.unknown:
        return None
    return dose_range(dose, case.ratio, changes=drug_changes(basis, case.target))


def _unit(case: ConversionCase) -> str:
    if case.target.drug in ("fentanyl", "sufentanil"):
        return "ug/d"
    return "mg/d"


def _summary(found: Converted, verdict: str) -> str:
    target = f"{found.case.target.route} {found.case.target.drug}"
    if found.doses is None:
        what = "nothing is computed" if verdict == MISSING else "not converted"
        return f"{target}: {what}; see the reasons and findings"
    unit, doses = found.unit, found.doses
    text = f"{target}: {show(doses.low, unit)} to {show(doses.high, unit)} by the ratio chosen"
    allowed = found.allowed
    if allowed is not None and allowed.bound is not None:
        text += (
            f"; no limit on record forbids {show(allowed.low, unit)} to {show(allowed.high, unit)}"
        )
    return text + (". Refused as it stands." if verdict == REFUSED else ". A proposal to review.")


def _reasons(found: Converted) -> tuple[Reason, ...]:
    case, basis = found.case, found.basis
    reasons = []
    for line in basis.unknown:
        key = "oral_morphine_per_mcg_h" if line.route == TRANSDERMAL else "to_oral_morphine"
        reasons.append(
            Reason(
                "oral-factor",
                Weight.MISSING,
                f"{line.shown()}: choose {key}; no table of equivalents is used for a dose",
                (banner(),),
            )
        )
    published = tuple(Cited("published ratio", one) for one in ratios_for(basis, case.target))
    if case.ratio is None:
        reasons.append(Reason("ratio", Weight.MISSING, "choose a ratio and say why", published))
    else:
        why = case.ratio_reason or "no reason was given"
        text = f"ratio {show_number(case.ratio)} : 1, chosen by the clinician: {why}"
        weight = Weight.NOTE if case.ratio_reason else Weight.CAUTION
        reasons.append(Reason("ratio", weight, text, published))
    reasons.append(
        Reason(
            "cross-tolerance",
            Weight.CAUTION if drug_changes(basis, case.target) else Weight.NOTE,
            "incomplete cross-tolerance takes a part; sources differ how much",
            tuple(
                Cited(one.note, one)
                for parameter in ("factor-high", "factor-low", "tolerance-by-spinal-fentanyl")
                for one in conversion_facts("cross-tolerance", parameter)
            ),
        )
    )
    unreliable = conversion_range(case)
    if unreliable:
        reasons.append(
            Reason("unreliable", Weight.CAUTION, "for 1 mg of morphine: unreliable", unreliable)
        )
    enough = ("start-enough", "reduced", "raised", "raised-by", "patients")
    series = tuple(Cited(p, one) for p in enough for one in conversion_facts("utah-series", p))
    reasons.append(
        Reason(
            "utah",
            Weight.NOTE,
            _utah_told(),
            series,
        )
    )
    return tuple(reasons)


def _utah_told() -> str:
    part = {
        name: conversion_facts("utah-series", name)[0].of_kind(Fraction).value
        for name in ("patients", "start-enough", "reduced", "raised", "raised-by")
    }
    told = {name: show_percent(value, signed=False) for name, value in part.items()}
    return (
        f"of {show_number(part['patients'])} people with cancer the start was enough in"
        f" {told['start-enough']}, reduced in {told['reduced']} and raised in {told['raised']},"
        f" by a median of {told['raised-by']}"
    )


def conversion_range(case: ConversionCase) -> tuple[Cited, ...]:
    """Return the figures for a lipophilic target that are on record and unreliable."""
    if case.target.route != INTRATHECAL or case.target.drug not in ("fentanyl", "sufentanil"):
        return ()
    if all(line.drug != "morphine" for line in case.lines):
        return ()
    subject = f"intrathecal-morphine-to-{case.target.drug}"
    return tuple(
        Cited(parameter, one)
        for parameter in ("per-milligram-low", "per-milligram-high")
        for one in conversion_facts(subject, parameter)
    )


def _results(found: Converted) -> dict[str, Value]:
    unit, doses, allowed = found.unit, found.doses, found.allowed
    results: dict[str, Value] = {
        "banner": banner().fact.of_kind(str).value,
        "to": f"{found.case.target.drug}, {found.case.target.route}",
        "basis": f"{found.basis.drug}, {found.basis.route}",
        "ratio": found.case.ratio,
        "dose_over_ratio": None if doses is None else Amount(doses.raw, unit),
        "range": None if doses is None else (Amount(doses.low, unit), Amount(doses.high, unit)),
    }
    if doses is not None and unit == "ug/d":
        results["dose_over_ratio_per_hour"] = Amount(doses.raw, "ug/h")
    lipophilic = lipophilic_lines(found.basis, found.case.target)
    if doses is not None and found.case.ratio is not None and lipophilic:
        kept = found.basis.without(lipophilic)
        results["dose_over_ratio_without_lipophilic"] = Amount(
            kept.scaled(1 / found.case.ratio), unit
        )
    results["allowed_start"] = (
        None if allowed is None else (Amount(allowed.low, unit), Amount(allowed.high, unit))
    )
    results["allowed_by"] = (
        None if allowed is None or allowed.bound is None else allowed.bound.whose()
    )
    return results


def _disagreements(found: Converted) -> tuple[Disagreement, ...]:
    case, answers = found.case, []
    for one in ratios_for(found.basis, case.target):
        answers.append(Cited(one.note or "published ratio", one))
    answers.sort(key=lambda one: one.fact.value != case.ratio)
    result = []
    if len(answers) > 1:
        used = answers[0].fact.value == case.ratio
        result.append(Disagreement("Which ratio?", tuple(answers), used))
    starts = [one.limit for one in found.held if one.limit.parameter == "start-high"]
    starts.sort(key=lambda one: one.rate)
    if len(starts) > 1:
        told = tuple(Cited(f"{one.edition}, {one.population}", one.fact) for one in starts)
        result.append(Disagreement("How high may the start be?", told))
    if case.setting == "cancer":
        parts = [
            Cited(one.note, one)
            for subject, parameter in (
                ("utah-series", "others-stopped-at-once"),
                ("malhotra-2013", "start-part"),
                ("malhotra-2013", "parenteral-ratio"),
            )
            for one in conversion_facts(subject, parameter)
        ]
        result.append(Disagreement("How is it started without a trial?", tuple(parts), used=False))
    return tuple(result)


def _steps(found: Converted) -> tuple[Derivation, ...]:
    doses, case, unit = found.doses, found.case, found.unit
    if doses is None or case.ratio is None:
        return ()
    total = show(found.basis.total(), unit)
    changes = drug_changes(found.basis, case.target)
    low = cross_tolerance("factor-low")
    steps = [
        Derivation(
            "Dose over ratio",
            f"{found.basis.route} {found.basis.drug} a day / ratio",
            f"{total} / {show_number(case.ratio)}",
            show(doses.raw, unit),
            "the ratio is the clinician's choice",
        ),
        Derivation(
            "Low end",
            "dose over ratio x factor",
            f"{show(doses.raw, unit)} x {show_number(low.value)}",
            show(doses.low, unit),
            low.provenance(),
        ),
    ]
    if changes:
        high = cross_tolerance("factor-high")
        steps.append(
            Derivation(
                "High end, for the drug changes",
                "dose over ratio x factor",
                f"{show(doses.raw, unit)} x {show_number(high.value)}",
                show(doses.high, unit),
                high.provenance(),
            )
        )
    return tuple(steps)


def _not_checked(found: Converted) -> tuple[str, ...]:
    case = found.case
    left = []
    if case.tolerant is None:
        left.append("whether the person is opioid-tolerant")
    if case.trial_done is None:
        left.append("whether a neuraxial trial was done")
    if case.setting is None:
        left.append("cancer or not")
    if case.target.route != INTRATHECAL:
        left.append(f"limits on a start by the {case.target.route} route")
    if not case.side_effects:
        left.append("side effects by route")
    return tuple(left)
