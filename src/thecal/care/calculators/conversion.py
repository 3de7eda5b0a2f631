"""From an opioid by another route to an intrathecal daily dose: a range, never one number.

Published ratios differ threefold and come from morphine. The ratio is the clinician's choice and
is never supplied by thecal; every factor is shown with its source (facts/pharmacology.md 3).
"""

from __future__ import annotations

from fractions import Fraction

from thecal.care.conversion.regimen import INTRATHECAL, OPIOIDS, ROUTES
from thecal.care.derivation import (
    Calculation,
    Derivation,
    Typed,
    Value,
    info,
    read_in,
    recalled_in,
    typed_per_hour,
    warn,
)
from thecal.data import Fact
from thecal.errors import EntryError, UsageError
from thecal.pharmacy import CEILING, Limit, conversion_facts, drug, limits, published_ratios
from thecal.safety.finding import Amount, Finding
from thecal.units import MassRate, show, show_number, show_percent

# Patches and infusions are labelled per hour, so such an entry is no slip there.
_HOURLY_ROUTES = ("intravenous", "transdermal")
# A patient who takes an opioid by another route is no naive one.
_POPULATIONS = ("tolerant",)


def convert_opioid(
    *,
    drug_id: str,
    route: str,
    daily_dose: Typed[MassRate],
    ratio: Fraction,
    to_drug: str | None = None,
) -> Calculation:
    """Return the intrathecal daily dose: dose over ratio, and less for incomplete cross-tolerance.

    Parameters
    ----------
    drug_id, route
        What the patient gets now.
    daily_dose
        Of that drug by that route, over 24 hours.
    ratio
        Chosen by the clinician: this much by the route for 1 intrathecally.
    to_drug
        The intrathecal drug where it is another one.

    Raises
    ------
    UsageError
        If drug or route is none of those supported.
    EntryError
        If the ratio is zero.
    """
    target = to_drug or drug_id
    for option, asked in (("--drug", drug_id), ("--to", target)):
        if asked not in OPIOIDS:
            raise UsageError(
                f'"{asked}" is no opioid of this calculator',
                remedy="use one of " + ", ".join(OPIOIDS),
                place=option,
            )
    if route not in ROUTES:
        raise UsageError(
            f'"{route}" is no route', remedy="use one of " + ", ".join(ROUTES), place="--route"
        )
    if ratio <= 0:
        raise EntryError("the ratio is zero", remedy="as in --ratio 300", place="--ratio")
    unit = f"{daily_dose.mass_unit}/d"
    first = daily_dose.quantity.scaled(1 / ratio)
    factors: list[Value] = [
        {
            "name": "dose over ratio",
            "factor": 1 / ratio,
            "daily_dose": Amount(first, unit),
            "source": "the clinician's choice of ratio",
            "status": "chosen",
        }
    ]
    steps = [
        Derivation(
            f"Intrathecal {target}, dose over ratio",
            f"daily {route} dose / ratio",
            f"{show(daily_dose.quantity, unit)} / {show_number(ratio)}",
            show(first, unit),
            "the ratio is the clinician's choice; " + _ratios_told(drug_id, route, target),
        )
    ]
    doses = [first]
    for parameter in ("factor-high", "factor-low"):
        fact = conversion_facts("cross-tolerance", parameter)[0].of_kind(Fraction)
        reduced = first.scaled(fact.value)
        doses.append(reduced)
        factors.append(
            {
                "name": f"cross-tolerance, {fact.note}",
                "factor": fact.value,
                "daily_dose": Amount(reduced, unit),
                "source": fact.source,
                "status": fact.status,
            }
        )
        steps.append(
            Derivation(
                f"Less for incomplete cross-tolerance ({fact.note})",
                "dose over ratio x factor",
                f"{show(first, unit)} x {show_number(fact.value)}",
                show(reduced, unit),
                fact.provenance(),
            )
        )
    low, high = min(doses), max(doses)
    results: dict[str, Value] = {
        "intrathecal_daily_dose": Amount(first, unit),
        "range": (Amount(low, unit), Amount(high, unit)),
        "factors": tuple(factors),
        "by_published_ratio": _by_published_ratio(drug_id, route, target, daily_dose, unit),
        "after_published_raise": Amount(first.scaled(1 + _median_raise().value), unit),
    }
    findings = (
        *_per_hour(route, daily_dose, unit),
        *_above_limits(target, first, low, unit),
        *_ratio_findings(drug_id, route, target, ratio),
        *_drug_findings(drug_id, target),
        _after_raise(first, unit),
        info(
            "K27",
            "a table of morphine milligram equivalents (MME) is not a conversion table: it tells"
            " risk, and is never used to choose a new dose",
            read_in("pharmacology.md C8 (CDC 2022)"),
        ),
    )
    return Calculation("convert-opioid", results, tuple(steps), findings)


def _by_published_ratio(
    drug_id: str, route: str, target: str, daily_dose: Typed[MassRate], unit: str
) -> tuple[Value, ...]:
    return tuple(
        {
            "ratio": one.value,
            "daily_dose": Amount(daily_dose.quantity.scaled(1 / one.value), unit),
            "source": one.source,
            "status": one.status,
        }
        for one in published_ratios(drug_id, route, INTRATHECAL, target)
    )


def _median_raise() -> Fact[Fraction]:
    return conversion_facts("utah-series", "raised-by")[0].of_kind(Fraction)


def _after_raise(first: MassRate, unit: str) -> Finding:
    """Return where a published series went after its start: shown, never proposed."""
    fact = _median_raise()
    after = first.scaled(1 + fact.value)
    return info(
        "K27",
        f"where a start was not enough it was raised by {show_percent(fact.value, signed=False)}"
        f" ({fact.note}): {show(after, unit)}; shown, not proposed",
        fact.provenance(),
        value=Amount(after, unit),
    )


def _per_hour(route: str, dose: Typed[MassRate], unit: str) -> tuple[Finding, ...]:
    if dose.per_hour and route in _HOURLY_ROUTES:
        return (
            info(
                "K5",
                f"{dose.shown()} are {show(dose.quantity, unit)}; the results are per day, not"
                " per hour",
                read_in("pharmacology.md C11"),
                value=Amount(dose.quantity, unit),
            ),
        )
    return typed_per_hour("--daily-dose", dose, unit)


def _above_limits(target: str, dose: MassRate, low: MassRate, unit: str) -> tuple[Finding, ...]:
    found = []
    for parameter, meaning in (
        ("start-high", "starting dose"),
        ("maximum-daily", "daily maximum"),
        (CEILING, "highest daily dose that any source reports as given"),
    ):
        for limit in limits(target, parameter, populations=_POPULATIONS):
            if limit.rank == 1 and dose > limit.rate:
                found.append(_above(limit, meaning, dose, low, unit))
    return tuple(found)


def _above(limit: Limit, meaning: str, dose: MassRate, low: MassRate, unit: str) -> Finding:
    group = "" if limit.population == "any" else f" for {limit.population} patients"
    whole = ", and so is the low end of the range" if low > limit.rate else ""
    return warn(
        "K27",
        f"{show(dose, unit)} is above the {meaning} of {limit.edition}{group},"
        f" {show(limit.rate, unit)}{whole}",
        limit.whose(),
        value=Amount(dose, unit),
        limit=Amount(limit.rate, unit),
    )


def _published(drug_id: str, route: str, target: str) -> tuple[Fraction, ...]:
    return tuple(one.value for one in published_ratios(drug_id, route, INTRATHECAL, target))


def _ratios_told(drug_id: str, route: str, target: str) -> str:
    ratios = _published(drug_id, route, target)
    if not ratios:
        return f"no published ratio on record from {route} {drug_id} to intrathecal {target}"
    return "published: " + ", ".join(show_number(ratio) for ratio in ratios)


def _ratio_findings(drug_id: str, route: str, target: str, ratio: Fraction) -> tuple[Finding, ...]:
    ratios = _published(drug_id, route, target)
    source = read_in("pharmacology.md 3, C1 to C6")
    if not ratios:
        return (
            warn(
                "K27",
                f"no published ratio on record from {route} {drug_id} to intrathecal {target};"
                " the usual ratios come from morphine, specialists use them with wide spread",
                read_in("pharmacology.md C2"),
                value=show_number(ratio),
            ),
        )
    told = ", ".join(show_number(one) for one in ratios)
    if ratio < min(ratios):
        return (
            warn(
                "K27",
                f"the ratio {show_number(ratio)} gives more than every published one ({told})",
                source,
                value=show_number(ratio),
                limit=show_number(min(ratios)),
            ),
        )
    return (info("K27", f"published ratios differ: {told}", source, value=show_number(ratio)),)


def _drug_findings(drug_id: str, target: str) -> tuple[Finding, ...]:
    found = []
    old, new = drug(drug_id), drug(target)
    if old.lipophilic and not new.lipophilic:
        found.append(
            warn(
                "K27",
                f"from lipophilic {drug_id} to hydrophilic {target} equianalgesic tables overdose:"
                " use only a fraction (three cases of sedation or respiratory depression)",
                read_in("pharmacology.md C9"),
            )
        )
    elif old.lipophilic or new.lipophilic:
        found.append(
            warn(
                "K27",
                f"{target if new.lipophilic else drug_id} is lipophilic: it acts near the tip and"
                " ratios by route are unreliable for it",
                recalled_in("pharmacology.md 3"),
            )
        )
    if drug_id != target:
        found.append(
            warn(
                "K27",
                "the drug changes: start at 50 to 75 % of the calculated dose",
                read_in("pharmacology.md C13, C11"),
            )
        )
    return tuple(found)
