"""`thecal advise compounding`: an order for an intrathecal pump, worked out, checked, labelled."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from thecal.care.advice import Advice, Cited, Listing
from thecal.care.compounding.case import CompoundingCase
from thecal.care.compounding.documents import content_line, label, order_form
from thecal.care.compounding.dose_rules import judge_doses
from thecal.care.compounding.judged import Judged, noted, together
from thecal.care.compounding.order_rules import judge_form, judge_making, judge_match, judge_people
from thecal.care.compounding.pump_rules import judge_entry, judge_pump, judge_volume
from thecal.care.compounding.read_case import read_case
from thecal.care.compounding.release_rules import judge_release
from thecal.care.compounding.shelf_rules import judge_shelf
from thecal.care.compounding.solution_rules import judge_set, judge_solution
from thecal.care.compounding.stability_rules import judge_in_pump
from thecal.care.derivation import Derivation, Value, recalled_in
from thecal.care.document import Document, Language
from thecal.pharmacy import Part, Preparation, any_fact, content_of, drug, on_scale, prepare
from thecal.safety.finding import Amount, Verdict, verdict_of
from thecal.therapy.table import Table
from thecal.units import show, show_number

_FORMULA = recalled_in("pharmacology.md 6.5 (derived)")
_ORDER = ("against", "missing", "caution", "for", "note")
_VERDICTS = {
    Verdict.ACCEPTED: ("can-be-made", "nothing stands against making and filling it"),
    Verdict.OVERRIDE_NEEDED: ("needs-decision", "questions are open; a pharmacist decides each"),
    Verdict.REFUSED: ("refused", "it is not to be made or filled as ordered"),
}


def advise(case: Table) -> Advice:
    """Read the table `[compounding]` and judge it; raises `BadFileError`."""
    return judge(read_case(case))


def documents(case: Table) -> tuple[Document, ...]:
    """Return order form and label of the table `[compounding]`; raises `BadFileError`."""
    order = read_case(case)
    made = prepared(order)
    return order_form(order, made), label(order, made)


def prepared(case: CompoundingCase) -> Preparation:
    """Return the preparation of a case; raises as `thecal.pharmacy.prepare` does."""
    return prepare(case.fill, case.flow, case.ingredients, overfill=case.overfill)


def judge(case: CompoundingCase) -> Advice:
    """Return the advice of a case. Order form and label are given only where nothing refuses.

    Raises
    ------
    CannotComputeError
        If salt and base differ and a molar mass is not known.
    """
    made = prepared(case)
    judged = together(
        (
            judge_entry(case),
            judge_making(made),
            judge_shelf(case, made),
            judge_in_pump(case, made),
            judge_pump(case, made),
            judge_volume(case, made),
            judge_doses(case, made),
            judge_set(case, made),
            judge_solution(case, made),
            judge_release(case, made),
            judge_people(case),
            judge_match(case, made),
            judge_form(case),
            _content(made),
        )
    )
    told = verdict_of(judged.findings)
    verdict, words = _VERDICTS[told]
    names = ", ".join(made.parts)
    listings = [_worksheet(made)] if told is not Verdict.REFUSED else []
    if told is not Verdict.REFUSED:
        for document in (order_form(case, made), label(case, made)):
            listings += [_listing(document, language) for language in case.languages]
    return Advice(
        topic="compounding",
        verdict=verdict,
        summary=f"{show(made.prepared, 'mL')} with {names}: {words}.",
        reasons=tuple(sorted(judged.reasons, key=lambda one: _ORDER.index(one.weight.value))),
        results={**_results(made), **judged.results},
        listings=tuple(listings),
        disagreements=judged.disagreements,
        steps=tuple(step for part in made.parts.values() for step in _steps(case, made, part)),
        findings=judged.findings,
        not_checked=judged.not_checked,
    )


def _results(made: Preparation) -> dict[str, Value]:
    return {
        "drugs": {one.drug: _part(one) for one in made.parts.values()},
        "diluent": None if made.diluent is None else Amount(made.diluent, "mL"),
        "prepared": Amount(made.prepared, "mL"),
    }


def _part(part: Part) -> dict[str, Value]:
    known = drug(part.drug)
    told: dict[str, Value] = {
        "basis": part.basis,
        "daily_dose": Amount(part.dose, f"{known.mass_unit}/d"),
        "concentration": Amount(part.concentration, known.concentration_unit),
        "mass": Amount(part.mass, known.mass_unit),
    }
    if part.draw is not None and part.plan is not None:
        told["draw"] = Amount(part.draw, "mL")
        told["strength_drawn"] = Amount(part.plan.strength, known.concentration_unit)
    read = on_scale(part)
    if read is not None:
        told["dose_on_scale"] = Amount(read.dose, f"{known.mass_unit}/d")
    if part.powder is not None:
        told["powder"] = Amount(part.powder.mass, "mg")
        told["powder_form"] = part.powder.form.name
    return told


def _content(made: Preparation) -> Judged:
    """K15: the content of the syringe against the largest single intrathecal dose on record."""
    parts = []
    for part in made.parts.values():
        limits = content_of(part.drug, part.mass).limits
        cited = tuple(
            Cited(f"single dose of {part.drug}, {one.edition}", one.fact) for one in limits
        )
        parts.append(noted("content", content_line(part).en, cited))
    return together(parts)


def _steps(case: CompoundingCase, made: Preparation, part: Part) -> Iterator[Derivation]:
    known = drug(part.drug)
    concentration = show(part.concentration, known.concentration_unit)
    mass = show(part.mass, known.mass_unit)
    yield Derivation(
        f"Concentration of {part.drug}",
        "daily dose / daily volume",
        f"{show(part.dose, f'{known.mass_unit}/d')} / {show(case.flow, 'mL/d')}",
        concentration,
        _FORMULA,
    )
    yield Derivation(
        f"Mass of {part.drug}",
        "concentration x (fill + overfill)",
        f"{concentration} x {show(made.prepared, 'mL')}",
        mass,
        _FORMULA,
    )
    if part.powder is not None:
        yield Derivation(
            f"Powder of {part.drug}",
            "mass x molar masses per base / (potency x (1 - water))",
            f"{mass} as {part.basis} to {part.powder.form.name}",
            show(part.powder.mass, "mg"),
            part.powder.form.molar_mass.provenance(),
        )


def _worksheet(made: Preparation) -> Listing:
    lines: list[tuple[str, str, str, str]] = []
    for part in made.parts.values():
        unit, read = drug(part.drug).concentration_unit, on_scale(part)
        if part.powder is not None and read is not None:
            exact, scale = (show(one, "mg", digits=6) for one in (part.powder.mass, read.amount))
            lines.append(("weigh", exact, scale, f"{part.drug} {part.powder.form.name}"))
        elif part.plan is not None and read is not None:
            for step in part.plan.steps:
                source = f"{part.drug} {show(step.source, unit)}"
                made_up = f"to {show(step.make, 'mL')}, gives {show(step.result, unit)}"
                take, diluent = show(step.take, "mL"), show(step.diluent, "mL")
                lines.append(("draw", take, take, source))
                lines.append(("add diluent", diluent, diluent, made_up))
            exact, scale = (show(one, "mL", digits=6) for one in (part.plan.draw, read.amount))
            strength = f"{part.drug} {show(part.plan.strength, unit)}"
            lines.append(("into the mixture", exact, scale, strength))
    if made.diluent is not None:
        whole = show(made.prepared, "mL")
        lines.append(("fill up with", show(made.diluent, "mL", digits=6), f"to {whole}", "diluent"))
    pore = any_fact("filter").of_kind(Fraction)
    width = f"{show_number(pore.value)} {pore.unit}"
    lines.append(("filter", "", width, f"{pore.provenance()}"))
    return Listing(
        "Worksheet",
        ("step", "do", "exactly", "on the scale", "of"),
        tuple((str(number), *line) for number, line in enumerate(lines, start=1)),
    )


def _listing(document: Document, language: Language) -> Listing:
    title = document.title.get(language)
    rows: list[tuple[Value, ...]] = []
    for section in document.sections:
        if section.heading != document.title:
            rows.append((section.heading.get(language), ""))
        rows += [(one.label.get(language), one.value.get(language)) for one in section.fields]
    return Listing(title, ("", title), tuple(rows))
