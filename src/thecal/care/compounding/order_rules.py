"""The order as a record: can it be made, does it compute backwards, who checked, what agrees."""

from __future__ import annotations

from fractions import Fraction

from thecal.care.advice import Cited
from thecal.care.compounding.case import COMPARED, CompoundingCase
from thecal.care.compounding.judged import (
    Judged,
    fine,
    found,
    missing,
    noted,
    together,
)
from thecal.care.compounding.words import typed_fields
from thecal.pharmacy import (
    Difference,
    Mixture,
    Part,
    Preparation,
    any_fact,
    drug,
    has_worksheet,
    least_measured_volume,
    on_scale,
    recheck,
)
from thecal.safety.finding import Amount, Severity
from thecal.safety.rules import hard_unless_recalled
from thecal.units import Mass, show, show_percent


def judge_making(made: Preparation) -> Judged:
    """Judge whether it can be measured, and whether the worksheet leads back to the order."""
    parts = [_measured(part) for part in made.parts.values()]
    if made.diluent is None:
        text = (
            f"the stocks exceed the volume by {show(made.recipe.shortfall, 'mL')}: take stronger"
            " stocks, powder, or more flow"
        )
        parts.append(found("volume-prepared", "K24", Severity.HARD, text))
    if has_worksheet(made):
        parts.append(_backwards(recheck(made)))
    else:
        parts.append(
            found(
                "recomputation",
                "K24",
                Severity.HARD,
                "there is no worksheet to compute backwards: a volume or a mass is not known",
            )
        )
    return together(parts)


def _backwards(differences: tuple[Difference, ...]) -> Judged:
    cited = (Cited("recomputation", any_fact("recomputation")),)
    if not differences:
        text = "computed backwards from volumes and masses, the worksheet gives the order"
        return together((fine("recomputation", text, cited), Judged(results={"recomputed": True})))
    return together(
        (
            Judged(results={"recomputed": False}),
            *(
                found(
                    "recomputation",
                    "K24",
                    Severity.HARD,
                    f"computed backwards the {one.what} {f'of {one.drug} ' if one.drug else ''}is"
                    f" another: {one.recomputed} against {one.claimed}; do not make it",
                    cited,
                )
                for one in differences
            ),
        )
    )


def _measured(part: Part) -> Judged:
    parts = [_basis(part), _scale(part)]
    if part.powder is not None:
        parts.append(_weighed(part))
    if part.stock is None or part.powder is not None:
        return together(parts)
    least = least_measured_volume()
    cited = (Cited("least volume drawn by hand", least),)
    direct = part.mass / part.stock
    if part.plan is None:
        text = f"{show(direct, 'mL')} of {part.drug} cannot be measured, and no dilution fits"
        parts.append(found("measurable", "K24", Severity.HARD, text, cited))
    elif part.plan.steps:
        parts.append(
            found(
                "measurable",
                "K24",
                Severity.WARN,
                f"{show(direct, 'mL')} of the stock of {part.drug} is too little to measure: the"
                f" worksheet dilutes it in {len(part.plan.steps)} step(s) first; a second person"
                " watches each",
                cited,
                value=Amount(direct, "mL"),
                limit=Amount(least.value, "mL"),
            )
        )
    else:
        parts.append(fine("measurable", f"{show(direct, 'mL')} of {part.drug} is drawn", cited))
    return together(parts)


def _basis(part: Part) -> Judged:
    known = drug(part.drug)
    asked = part.ordered.basis
    if not known.salt or asked == part.basis:
        return Judged()
    if asked is None:
        text = f"{part.drug}: dose and label count the {part.basis}, as the formulary does"
        return noted("basis", text, (Cited("basis", known.facts["basis"]),))
    unit = f"{known.mass_unit}/d"
    return found(
        "basis",
        "K24",
        Severity.WARN,
        f"{part.drug} is ordered as {asked}: {show(part.ordered.dose, unit)} are"
        f" {show(part.dose, unit)} as {part.basis}, which label and pump count",
        (Cited("basis", known.facts["basis"]),),
    )


def _scale(part: Part) -> Judged:
    """Say both numbers: the ordered dose, and the one that syringe and balance can be read to."""
    read = on_scale(part)
    if read is None or not read.loss:
        return Judged()
    parameter = "mass-graduation" if part.powder else "volume-graduation"
    allowed = any_fact("scale-tolerance").of_kind(Fraction)
    cited = (Cited("scale", any_fact(parameter)), Cited("part that may be lost", allowed))
    unit = f"{drug(part.drug).mass_unit}/d"
    text = (
        f"{part.drug}: the scale shows {show(read.amount, 'mg' if part.powder else 'mL')}, which"
        f" makes {show(read.dose, unit)} of the {show(part.dose, unit)} ordered"
        f" ({show_percent(-read.loss)})"
    )
    if read.loss <= allowed.value:
        return noted("scale", text, cited)
    return found(
        "scale",
        "K24",
        Severity.SOFT,
        f"{text}: dilute further, or prepare more",
        cited,
        value=Amount(read.dose, unit),
        limit=Amount(part.dose, unit),
    )


def _weighed(part: Part) -> Judged:
    powder = part.powder
    assert powder is not None
    least = any_fact("least-weighed-mass").of_kind(Mass)
    cited = (
        Cited(f"molar mass, {powder.form.name}", powder.form.molar_mass),
        Cited("least mass weighed", least),
    )
    low, high = (any_fact(f"potency-{end}").of_kind(Fraction) for end in ("low", "high"))
    text = f"{show(powder.mass, 'mg')} of {part.drug} {powder.form.name} is weighed"
    parts = [fine("weighed", text, cited)]
    if powder.mass < least.value:
        parts = [
            found(
                "weighed",
                "K24",
                Severity.SOFT,
                f"{text}: too little to weigh; make a stronger solution and dilute it",
                cited,
                value=Amount(powder.mass, "mg"),
                limit=Amount(least.value, "mg"),
            )
        ]
    if not low.value <= powder.potency <= high.value:
        gate = (Cited("least potency", low), Cited("largest potency", high))
        shown = f"a potency of {show_percent(powder.potency, signed=False)} of {part.drug}"
        parts.append(
            found("potency", "K24", hard_unless_recalled(low), f"{shown}: read it again", gate)
        )
    left = {
        "the form of the powder": (part.ordered.form, f"as {powder.form.name}"),
        "its potency": (part.ordered.potency, "as pure"),
        "its water": (part.ordered.water, "as dry"),
    }
    parts.extend(
        missing("certificate", f"{part.drug}: {what} is not given, it is reckoned {taken}")
        for what, (given, taken) in left.items()
        if given is None
    )
    return together(parts)


def judge_people(case: CompoundingCase) -> Judged:
    """Judge who checked: a second person, never the one who prescribed or made it (S1.R24)."""
    checker = case.signed.get("checked_by")
    if checker is None:
        return found(
            "second-person",
            "K8",
            Severity.SOFT,
            "no pharmacist's check of the calculation is named",
        )
    for role in ("prescriber", "prepared_by"):
        if case.signed.get(role, "").casefold().split() == checker.casefold().split():
            text = f"the check is signed by the same person as the {role.replace('_', ' ')}"
            return found("second-person", "K8", Severity.HARD, text)
    named = fine("second-person", f"the calculation was checked by {checker}")
    unnamed = [role for role in ("prescriber", "prepared_by") if role not in case.signed]
    return together(
        (
            named,
            *(
                missing(
                    "second-person",
                    f"whether {checker} is another person than the {role.replace('_', ' ')}:"
                    " that one is not named",
                )
                for role in unnamed
            ),
        )
    )


def judge_form(case: CompoundingCase) -> Judged:
    """Judge whether the typed fields of the order form are there."""
    wanted = [*typed_fields("order"), "batch"]
    left = [one.replace("_", " ") for one in wanted if one not in case.texts]
    return missing("order-form", "left open: " + ", ".join(left)) if left else Judged()


def judge_match(case: CompoundingCase, made: Preparation) -> Judged:
    """Judge whether label, program and last fill name the solution of the order (K6)."""
    ordered = Mixture.of(made.concentrations)
    parts = []
    for place, mixture in case.others.items():
        if mixture == ordered:
            parts.append(fine("same-solution", f"the {place} names the same solution"))
        elif place == "last-fill" and case.change_planned:
            text = "the last fill was another solution; the change is planned: bridge or rinse"
            parts.append(noted("same-solution", text))
        else:
            told = _differences(ordered, mixture)
            text = f"the {place} names another solution than the order: {told}"
            parts.append(found("same-solution", "K6", Severity.HARD, text))
    left = [one for one in COMPARED if one not in case.others]
    if left:
        text = f"not compared with the order: {', '.join(left).replace('-', ' ')}"
        parts.append(missing("same-solution", text))
    return together(parts)


def _differences(ordered: Mixture, other: Mixture) -> str:
    told = []
    for one in sorted({*ordered, *other}):
        unit = drug(one).concentration_unit
        first, second = (
            show(mixture.get_concentration(one), unit) if one in mixture else "none"
            for mixture in (ordered, other)
        )
        if first != second or ordered.get_concentration(one) != other.get_concentration(one):
            told.append(f"{one} {first} ordered, {second} there")
    return "; ".join(told)
