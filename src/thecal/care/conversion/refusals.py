"""What a conversion refuses: the way back without a figure, lipophilic to hydrophilic, slips."""

from __future__ import annotations

from collections.abc import Iterator

from thecal.care.conversion.case import ConversionCase
from thecal.care.conversion.convert import (
    Basis,
    DoseRange,
    drug_changes,
    lipophilic_lines,
    ratios_for,
    way_back,
)
from thecal.care.conversion.start_limits import MEANING, Held
from thecal.care.derivation import info, recalled_in, warn
from thecal.pharmacy import conversion_facts, drug
from thecal.safety.finding import Amount, Finding, Severity
from thecal.units import show, show_number, show_unit


def no_way_back(basis: Basis, case: ConversionCase) -> tuple[Finding, ...]:
    """Return a refusal where the way leads away from the cord and no source gives a figure."""
    if not way_back(basis, case.target):
        return ()
    reason = conversion_facts("reverse", "reason")[0]
    return (
        Finding(
            "K27",
            Severity.HARD,
            f"{'; '.join(line.name for line, _ in basis.parts)} to {case.target.route}"
            f" {case.target.drug} by way of {basis.route} {basis.drug}:"
            f" {reason.of_kind(str).value}; a factor for the way there is not inverted",
            reason.provenance(),
            suggestion="start the drug by that route as in a person new to it, and titrate",
        ),
    )


def lipophilic(basis: Basis, case: ConversionCase) -> tuple[Finding, ...]:
    """Return a refusal for the part of a list that comes from a lipophilic opioid."""
    lines = lipophilic_lines(basis, case.target)
    if not lines:
        return ()
    rule = conversion_facts("lipophilic-to-hydrophilic", "rule")[0]
    told = "; ".join(line.shown() for line in lines)
    return (
        Finding(
            "K27",
            Severity.HARD,
            f"{told} to {case.target.drug}: {rule.of_kind(str).value}; refused for this part, and"
            " what is allowed is told without it",
            rule.provenance(),
        ),
    )


def ratio_questions(basis: Basis, case: ConversionCase) -> Iterator[Finding]:
    """Yield what there is to say of the ratio that was chosen."""
    if case.ratio is None:
        return
    published = ratios_for(basis, case.target)
    way = f"from {basis.route} {basis.drug} to {case.target.route} {case.target.drug}"
    if not published:
        survey = conversion_facts("iv-to-intrathecal-fentanyl", "ratio")[0]
        yield warn(
            "K27",
            f"no published ratio on record {way}; specialists' ratios differ widely",
            survey.provenance(),
            value=show_number(case.ratio),
        )
        return
    least = min(published, key=lambda one: one.value)
    if case.ratio < least.value:
        yield Finding(
            "K27",
            Severity.SOFT,
            f"the ratio {show_number(case.ratio)} gives more than every published one {way}",
            least.provenance(),
            value=show_number(case.ratio),
            limit=show_number(least.value),
        )


def intended_start(
    case: ConversionCase, doses: DoseRange | None, held: tuple[Held, ...]
) -> Iterator[Finding]:
    """Yield what there is to say of the start that somebody means to order, limits first."""
    intended = case.intended
    if intended is None:
        return
    dose, unit = intended.quantity, f"{intended.mass_unit}/d"
    shown = f"the intended start of {intended.shown()}"
    if intended.per_hour:
        yield warn(
            "K5",
            f"{shown} is {show(dose, unit)}, 24 times the figure typed: is"
            f" {show_number(dose.in_unit(intended.unit))} {show_unit(unit)} meant?",
            "pharmacology.md C11, unverified (read)",
            value=Amount(dose, unit),
        )
    for one in held:
        limit = one.limit
        if dose > limit.rate:
            hard = one.certain and not limit.fact.recalled
            # Above the maximum and above what was computed: two doubts, one of them not recalled.
            hard = hard or (limit.parameter != "start-high" and _above(doses, case))
            yield Finding(
                "K27",
                Severity.HARD if hard else Severity.SOFT,
                f"{shown}, {show(dose, unit)}, is above the {MEANING[limit.parameter]} of"
                f" {limit.edition}, {show(limit.rate, unit)}",
                limit.whose(),
                value=Amount(dose, unit),
                limit=Amount(limit.rate, unit),
            )
    if doses is not None and _above(doses, case):
        yield Finding(
            "K27",
            Severity.SOFT,
            f"{shown}, {show(dose, unit)}, is above the range that was computed,"
            f" {show(doses.low, unit)} to {show(doses.high, unit)}",
            "the ratio that was chosen",
            value=Amount(dose, unit),
            limit=Amount(doses.high, unit),
        )


def pathway_questions(basis: Basis, case: ConversionCase) -> Iterator[Finding]:
    """Yield what the pathway asks: a reason for a start without a trial, the change of drug."""
    if case.trial_done is False and case.no_trial_reason is None:
        asks = conversion_facts("no-trial", "asks")[0]
        yield Finding(
            "K27",
            Severity.SOFT,
            f"a start without a neuraxial trial asks for {asks.of_kind(str).value}",
            asks.provenance(),
        )
    if case.trial_done is False and case.setting != "cancer":
        asks = conversion_facts("no-trial", "asks")[0]
        yield Finding(
            "K27",
            Severity.SOFT,
            "a start without a neuraxial trial is told of for cancer; the setting is"
            f" {case.setting or 'not given'}",
            asks.provenance(),
        )
    if drug(case.target.drug).lipophilic:
        yield warn(
            "K27",
            f"{case.target.drug} is lipophilic: it acts near the tip and ratios by route are"
            " unreliable for it",
            recalled_in("pharmacology.md 3"),
        )
    if drug_changes(basis, case.target):
        fact = conversion_facts("cross-tolerance", "factor-low")[0]
        most = conversion_facts("cross-tolerance", "factor-high")[0]
        yield warn(
            "K27",
            "the drug changes, cross-tolerance is incomplete: the range is dose over ratio"
            f" {fact.note} to {most.note}",
            fact.provenance(),
        )
    banner = conversion_facts("mme", "banner")[0]
    yield info("K27", banner.of_kind(str).value, banner.provenance())


def _above(doses: DoseRange | None, case: ConversionCase) -> bool:
    return doses is not None and case.intended is not None and case.intended.quantity > doses.high
