"""The tables of the topic `conversion`: parts, ratios, limits, the Utah series, routes."""

from __future__ import annotations

from fractions import Fraction

from thecal.care.advice import Listing
from thecal.care.conversion.case import ConversionCase
from thecal.care.conversion.convert import (
    Basis,
    DoseRange,
    dose_range,
    drug_changes,
    ratios_for,
    way_back,
)
from thecal.care.conversion.regimen import EPIDURAL, INTRATHECAL, INTRAVENOUS, ORAL
from thecal.care.conversion.side_effects import side_effect_listing
from thecal.care.conversion.start_limits import MEANING, Held
from thecal.care.derivation import Value
from thecal.pharmacy import conversion_facts, published_ratios
from thecal.safety.finding import Amount
from thecal.units import show_number


def parts(basis: Basis, unit: str) -> Listing:
    """Return what each line brings into the dose that the ratio divides."""
    rows = tuple(
        (line.shown(), "factor not chosen" if part is None else Amount(part, unit))
        for line, part in basis.parts
    )
    return Listing("What the ratio divides", ("line", f"as {basis.route} {basis.drug}"), rows)


def by_ratio(basis: Basis, case: ConversionCase, unit: str) -> Listing:
    """Return what every published ratio would give, and the one that was chosen."""
    rows: list[tuple[Value, ...]] = []
    changes = drug_changes(basis, case.target)
    blocked = basis.unknown or way_back(basis, case.target)
    if case.ratio is not None and not blocked:
        chosen = dose_range(basis.total(), case.ratio, changes=changes)
        rows.append(_ratio_row(case.ratio, chosen, unit, "chosen"))
    for fact in ratios_for(basis, case.target):
        if not blocked:
            doses = dose_range(basis.total(), fact.value, changes=changes)
            rows.append(_ratio_row(fact.value, doses, unit, fact.provenance()))
    columns = ("ratio", "dose over ratio", "low end", "high end", "source")
    return Listing("What each ratio gives", columns, tuple(rows))


def limits_listing(held: tuple[Held, ...], doses: DoseRange | None, unit: str) -> Listing:
    """Return every limit on the start, and where the range stands to it where there is one."""
    rows: tuple[tuple[Value, ...], ...] = tuple(
        (
            f"{MEANING[one.limit.parameter]}, {one.limit.edition}",
            one.limit.population,
            Amount(one.limit.rate, unit),
            "nothing to compare" if doses is None else one.standing,
            one.limit.fact.provenance(),
        )
        for one in held
    )
    return Listing("Limits on the start", ("limit", "for", "value", "range", "source"), rows)


def utah(doses: DoseRange | None, unit: str) -> Listing:
    """Return where the doses of the Utah series went after the start: shown, never proposed."""
    rows: list[tuple[Value, ...]] = []
    for parameter in ("raised-by-low", "raised-by", "raised-by-high"):
        fact = conversion_facts("utah-series", parameter)[0].of_kind(Fraction)
        after: Value = None
        if doses is not None:
            after = Amount(doses.raw.scaled(1 + fact.value), unit)
        rows.append((fact.note, fact.value, after, fact.provenance()))
    columns = ("rise after the start", "part", "dose over ratio would become", "source")
    return Listing("After the start (shown, not proposed)", columns, tuple(rows))


def routes() -> Listing:
    """Return the published ratios of every route, one direction a row; the way back is refused."""
    ways = (
        (ORAL, INTRAVENOUS),
        (ORAL, EPIDURAL),
        (ORAL, INTRATHECAL),
        (INTRAVENOUS, EPIDURAL),
        (INTRAVENOUS, INTRATHECAL),
        (EPIDURAL, INTRATHECAL),
        (INTRATHECAL, EPIDURAL),
        (INTRATHECAL, INTRAVENOUS),
        (INTRATHECAL, ORAL),
        (EPIDURAL, INTRAVENOUS),
    )
    rows = tuple(_way_row(start, end) for start, end in ways)
    return Listing(
        "Morphine by route: how much by the first equals 1 by the second",
        ("from", "to", "ratio", "source"),
        rows,
    )


def side_effects(case: ConversionCase) -> tuple[Listing, ...]:
    """Return the side effects by route, where any were scored."""
    return (side_effect_listing(case.side_effects),) if case.side_effects else ()


def _ratio_row(ratio: Fraction, doses: DoseRange, unit: str, source: str) -> tuple[Value, ...]:
    amounts = (Amount(one, unit) for one in (doses.raw, doses.low, doses.high))
    return (ratio, *amounts, source)


def _way_row(start: str, end: str) -> tuple[Value, ...]:
    facts = published_ratios("morphine", start, end, "morphine")
    if not facts:
        reason = conversion_facts("reverse", "reason")[0]
        return start, end, "none: not inverted", reason.provenance()
    told = ", ".join(show_number(one.value) for one in facts)
    return start, end, told, "; ".join(one.provenance() for one in facts)
