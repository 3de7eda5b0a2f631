"""What there is to warn of in a recipe: powder, room, limits, solubility, mixture, stability."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from thecal.care.calculators.flow import flow_window, volume_typed_per_hour
from thecal.care.derivation import Typed, info, read_in, recalled_in, typed_per_hour, warn
from thecal.data import Fact, FactValue
from thecal.errors import CannotComputeError
from thecal.pharmacy import (
    Part,
    Preparation,
    any_fact,
    drug,
    has_worksheet,
    least_measured_volume,
    limits,
    recheck,
    shortest_stability,
    tonicity,
)
from thecal.pharmacy.compounding import Recipe, RecipeDrug
from thecal.pharmacy.lookup import by_key
from thecal.safety.finding import Amount, Finding
from thecal.units import (
    Concentration,
    MassRate,
    VolumeRate,
    show,
    show_number,
    show_percent,
)

_CHECK = "K24"
_RULE = recalled_in("pharmacology.md 6.5 (derived)")


def recipe_findings(
    preparation: Preparation, daily_volume: Typed[VolumeRate], doses: Mapping[str, Typed[MassRate]]
) -> tuple[Finding, ...]:
    """Return every warning about a recipe; none of them stops the computation."""
    made = preparation.recipe
    counted = {drug_id: part.dose for drug_id, part in preparation.parts.items()}
    found: list[Finding] = list(_room(made, counted, daily_volume))
    for drug_id, part in made.drugs.items():
        found.extend(_powder(drug_id, preparation.parts[drug_id]))
        found.extend(_certificate(preparation.parts[drug_id]))
        found.extend(_measurable(preparation.parts[drug_id]))
        found.extend(_limits(drug_id, part, counted[drug_id]))
        found.extend(_solubility(drug_id, part))
        found.extend(
            typed_per_hour(f"--dose {drug_id}", doses[drug_id], f"{drug(drug_id).mass_unit}/d")
        )
    found.extend(_backwards(preparation))
    found.extend(_label_mixture(made))
    found.extend(_stability(made, daily_volume.quantity))
    found.extend(_tonicity(made))
    found.extend(volume_typed_per_hour(daily_volume, made.volume))
    found.extend(flow_window(daily_volume.quantity))
    return tuple(found)


def _room(
    made: Recipe, doses: Mapping[str, MassRate], daily_volume: Typed[VolumeRate]
) -> Iterator[Finding]:
    if made.feasible:
        return
    least = VolumeRate.zero()
    for drug_id, part in made.drugs.items():
        if part.stock is not None:
            least = least + doses[drug_id] / part.stock
    yield warn(
        _CHECK,
        f"the stocks exceed the volume by {show(made.shortfall, 'mL')}: take stronger stocks,"
        f" powder, or a flow of at least {show(least, 'mL/d')}",
        _RULE,
        value=Amount(made.volume + made.shortfall, "mL"),
        limit=Amount(made.volume, "mL"),
    )
    for drug_id, part in _too_dilute(made):
        unit = drug(drug_id).concentration_unit
        stock = part.stock or Concentration.zero()
        yield warn(
            _CHECK,
            f"the stock of {drug_id} is too dilute: it holds {show(stock, unit)},"
            f" the solution needs {show(part.concentration, unit)}",
            _RULE,
            value=Amount(stock, unit),
            limit=Amount(part.concentration, unit),
        )


def _too_dilute(made: Recipe) -> list[tuple[str, RecipeDrug]]:
    """Return the drugs whose stock is weaker than the solution, else the one that takes most."""
    from_stock = [
        (drug_id, part) for drug_id, part in made.drugs.items() if part.volume is not None
    ]
    alone = [(drug_id, p) for drug_id, p in from_stock if p.stock and p.stock < p.concentration]
    if alone:
        return alone
    return [max(from_stock, key=lambda one: one[1].volume or made.volume)]


def _powder(drug_id: str, part: Part) -> Iterator[Finding]:
    if part.stock is not None:
        return
    powder = part.powder
    if powder is None:
        yield warn(
            _CHECK,
            f"{drug_id} has no stock, and the mass of a powder cannot be told: no molar mass of it"
            " is on record",
            _RULE,
        )
        return
    basis = "; the dose is counted as base" if part.basis == "base" and drug(drug_id).salt else ""
    certificate = (
        "before potency and water of the certificate"
        if powder.potency == 1 and powder.water == 0
        else f"at a potency of {show_percent(powder.potency, signed=False)}"
        f" and {show_percent(powder.water, signed=False)} of water"
    )
    yield warn(
        _CHECK,
        f"{drug_id} has no stock: weigh {show(powder.mass, 'mg')} of powder"
        f" ({powder.form.name}{basis}), {certificate}; its own volume is not counted",
        _RULE,
        value=Amount(powder.mass, "mg"),
    )


def _backwards(preparation: Preparation) -> Iterator[Finding]:
    if not has_worksheet(preparation):
        return
    for one in recheck(preparation):
        yield warn(
            _CHECK,
            f"computed backwards the {one.what} {f'of {one.drug} ' if one.drug else ''}is another:"
            f" {one.recomputed} against {one.claimed}; do not make it",
            any_fact("recomputation").provenance(),
        )


def _certificate(part: Part) -> Iterator[Finding]:
    low, high = (any_fact(f"potency-{end}").of_kind(Fraction) for end in ("low", "high"))
    if part.powder is not None and not low.value <= part.powder.potency <= high.value:
        yield warn(
            _CHECK,
            f"a potency of {show_percent(part.powder.potency, signed=False)} of {part.drug}: type"
            " the fraction of the certificate, as in 0.985",
            low.provenance(),
        )


def _measurable(part: Part) -> Iterator[Finding]:
    least = least_measured_volume()
    direct = part.mass / part.stock if part.stock else None
    if direct is None or direct >= least.value:
        return
    steps = part.plan.steps if part.plan else ()
    how = "; ".join(
        f"{show(one.take, 'mL')} to {show(one.make, 'mL')}"
        f" gives {show(one.result, drug(part.drug).concentration_unit)}"
        for one in steps
    )
    told = (
        f"dilute first: {how}; then take {show(part.plan.draw, 'mL')}"
        if part.plan
        else "no dilution that can be measured fits: prepare more, or take a weaker stock"
    )
    yield warn(
        _CHECK,
        f"{show(direct, 'mL')} of the stock of {part.drug} is too little to measure: {told}",
        least.provenance(),
        value=Amount(direct, "mL"),
        limit=Amount(least.value, "mL"),
    )


def _limits(drug_id: str, part: RecipeDrug, dose: MassRate) -> Iterator[Finding]:
    known = drug(drug_id)
    for limit in limits(drug_id, "maximum-concentration", populations=()):
        if limit.rank == 1 and part.concentration >= limit.concentration:
            unit = known.concentration_unit
            yield _at_or_above(
                f"concentration of {drug_id}",
                Amount(part.concentration, unit),
                Amount(limit.concentration, unit),
                part.concentration == limit.concentration,
                limit.whose(),
            )
    for limit in limits(drug_id, "maximum-daily", populations=()):
        if limit.rank == 1 and dose >= limit.rate:
            unit = f"{known.mass_unit}/d"
            yield _at_or_above(
                f"daily dose of {drug_id}",
                Amount(dose, unit),
                Amount(limit.rate, unit),
                dose == limit.rate,
                limit.whose(),
            )


def _at_or_above(what: str, value: Amount, limit: Amount, equal: bool, whose: str) -> Finding:
    place = "exactly at" if equal else "above"
    return warn(
        "K27",
        f"the {what}, {show(value.quantity, value.unit)}, is {place} the maximum,"
        f" {show(limit.quantity, limit.unit)}",
        whose,
        value=value,
        limit=limit,
    )


def _solubility(drug_id: str, part: RecipeDrug) -> Iterator[Finding]:
    facts: tuple[Fact[FactValue], ...] = (
        by_key("compounding", "drug").get(drug_id, {}).get("solubility", ())
    )
    for fact in facts[:1]:
        bound = fact.of_kind(Concentration).value
        if part.concentration > bound:
            unit = drug(drug_id).concentration_unit
            yield warn(
                _CHECK,
                f"{drug_id} may not dissolve: {show(part.concentration, unit)}, on record is"
                f" {show(bound, unit)} {fact.note}".rstrip(),
                fact.provenance(),
                value=Amount(part.concentration, unit),
                limit=Amount(bound, unit),
            )


def _label_mixture(made: Recipe) -> Iterator[Finding]:
    if len(made.drugs) < 2:
        return
    for drug_id in made.drugs:
        fact = drug(drug_id).facts.get("label-mixture")
        if fact is not None:
            yield warn(
                "K33",
                f"{drug_id} in a mixture, says the label: {fact.of_kind(str).value}",
                fact.provenance(),
            )


def _stability(made: Recipe, daily_volume: VolumeRate) -> Iterator[Finding]:
    lasts = made.volume / daily_volume
    shortest = shortest_stability(made.drugs, first_fill=False)
    names = ", ".join(sorted(made.drugs))
    if shortest is None:
        yield warn(
            "K31",
            f"stability in the pump is not checked: no figure on record for {names}",
            read_in("pharmacology.md 6.1"),
            value=Amount(lasts, "d"),
        )
    elif lasts > shortest.fact.value:
        yield warn(
            "K31",
            f"the solution lasts {show(lasts, 'd')} at this flow, longer than it is stable"
            f" ({show(shortest.fact.value, 'd')}, {shortest.condition}, {shortest.endpoint})",
            shortest.fact.provenance(),
            value=Amount(lasts, "d"),
            limit=Amount(shortest.fact.value, "d"),
        )


def _tonicity(made: Recipe) -> Iterator[Finding]:
    parts = {drug_id: part.concentration for drug_id, part in made.drugs.items()}
    try:
        found = tonicity(parts, made.volume)
    except CannotComputeError as error:
        yield info(_CHECK, f"tonicity is not checked: {error.what}", _RULE)
        return
    equivalent = show(found.equivalent, "mg/mL")
    told = (
        "hypertonic, no sodium chloride to add"
        if found.hypertonic
        else f"{show(found.to_add, 'mg/mL')} of sodium chloride are missing to isotonic,"
        f" {show_number(found.mass.in_unit('mg'))} mg in all"
    )
    yield info(
        _CHECK,
        f"the drugs count for {equivalent} of sodium chloride: {told}",
        recalled_in("pharmacology.md 6.4"),
        value=Amount(found.equivalent, "mg/mL"),
    )
