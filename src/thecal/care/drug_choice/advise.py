"""The topic `drug-choice` of `thecal advise`: lines by edition, exclusions, label, evidence."""

from __future__ import annotations

from collections.abc import Iterator

from thecal.care.advice import Advice, Cited, Disagreement, Listing, Reason, Weight
from thecal.care.comparison.evidence import cards_of_group
from thecal.care.derivation import Value
from thecal.care.drug_choice.case import PAIN, DrugChoiceCase, read_drug_choice
from thecal.care.drug_choice.choice import (
    FIRST,
    INCOMPLETE,
    LATER,
    NO_TABLE,
    NONE_LEFT,
    Choice,
    choice,
    verdict_on,
)
from thecal.care.drug_choice.exclusions import AGE
from thecal.care.drug_choice.facts import cited, figure, subject
from thecal.care.drug_choice.label import (
    SURVIVAL,
    Deviation,
    consent_text,
    deviations,
    label_therapy,
    pump_list_known,
    survival,
    survival_figures,
    survival_model,
)
from thecal.care.drug_choice.lines import (
    EDITIONS,
    WITHOUT_TABLES,
    DrugSet,
    keys_of,
    line_of,
)
from thecal.pharmacy import Drug, drug, drugs, limits
from thecal.safety.finding import Amount, Finding, Severity
from thecal.therapy.table import Table
from thecal.units import show

TOPIC = "drug-choice"
_SUMMARIES = {
    FIRST: "a drug of the first line is left for this person",
    LATER: "the first line is ruled out for this person; a later one is left",
    NONE_LEFT: "every set of drugs of this edition is ruled out for this person",
    NO_TABLE: "this edition exists, but its table was not found; see what the others say",
    INCOMPLETE: "more has to be asked first: see what was not checked",
}
_ORDER = (Weight.AGAINST, Weight.FOR, Weight.MISSING, Weight.CAUTION, Weight.NOTE)


def advise(case: Table) -> Advice:
    """Return which drugs come first for a table `[drug-choice]`, and why.

    Raises
    ------
    BadFileError
        If the table cannot be read.
    """
    return advice_on(read_drug_choice(case))


def advice_on(case: DrugChoiceCase) -> Advice:
    """Return the advice on one choice."""
    chosen = choice(case, case.edition)
    others = tuple(choice(case, one) for one in EDITIONS if one != case.edition)
    outside = deviations(case.planned, case.therapy, case.pump) if case.planned is not None else ()
    pain = case.therapy == PAIN
    word = verdict_on(case, chosen)
    return Advice(
        topic=TOPIC,
        verdict=word,
        summary=_summary(case, chosen, word),
        reasons=_reasons(case, chosen, outside),
        results=_results(case, chosen, others, outside),
        listings=tuple(_listings(case, chosen)),
        disagreements=tuple(_disagreements(chosen, others)) if pain else (),
        findings=tuple(_findings(case, chosen, outside)),
        not_checked=tuple(_not_checked(case)),
    )


def _summary(case: DrugChoiceCase, chosen: Choice, word: str) -> str:
    left = chosen.left() if case.therapy == PAIN else None
    recalled = left is not None and any(one.fact.recalled for one in left[1])
    return _SUMMARIES[word] + ("; that line is only recalled: the team decides" if recalled else "")


def _reasons(
    case: DrugChoiceCase, chosen: Choice, outside: tuple[Deviation, ...]
) -> tuple[Reason, ...]:
    reasons = [*_line_reasons(case, chosen), *_objection_reasons(chosen)]
    reasons.extend(_label_reasons(case, outside))
    if case.indication is not None:
        card = tuple(
            Cited(f"{one.study}, {one.says}", one.found) for one in cards_of_group(case.indication)
        )
        text = f"what studies say of {case.indication}" if card else "no study of it in the tables"
        weight = Weight.NOTE if card else Weight.MISSING
        reasons.append(Reason("evidence", weight, text, card))
    return tuple(sorted(reasons, key=lambda one: _ORDER.index(one.weight)))


def _line_reasons(case: DrugChoiceCase, chosen: Choice) -> Iterator[Reason]:
    if case.therapy != PAIN:
        text = "the consensus lines are for pain; for spasticity baclofen alone has a label"
        yield Reason("spasticity", Weight.FOR, text, cited("baclofen", "label-therapy", "for"))
        return
    found = bool(keys_of(case.edition))
    text = f"{case.edition} answers" if found else f"{case.edition} was asked and cannot answer"
    figures = cited(case.edition, "name", "frame", "grade-strong", "grade-moderate", "not-found")
    yield Reason("edition", Weight.NOTE if found else Weight.MISSING, text, figures)
    if case.setting == "cancer":
        text = "the consensus asks for the class of prognosis first"
        yield Reason("prognosis", Weight.NOTE, text, cited("prognosis", "class"))
    left = chosen.left()
    if left is not None:
        line, sets = left
        text = f"line {line.name}: " + " or ".join(one.told() for one in sets)
        figures = tuple(Cited(f"{chosen.edition}, line {line.name}", one.fact) for one in sets)
        recalled = any(one.fact.recalled for one in sets)
        yield Reason("line", Weight.CAUTION if recalled else Weight.FOR, text, figures)
        if recalled:
            text = "this line is only recalled: it orders what to think of and decides nothing"
            yield Reason("recalled-line", Weight.CAUTION, text, figures)
    if case.setting == "non-cancer":
        text = "outside cancer ziconotide comes before morphine unless contraindicated"
        figures = (*cited("non-cancer", "first"), *cited("second-line", "adds"))
        yield Reason("non-cancer-first", Weight.NOTE, text, figures)


def _objection_reasons(chosen: Choice) -> Iterator[Reason]:
    for found in chosen.against.values():
        for one in found:
            figures = () if one.fact is None else (Cited(one.cause, one.fact),)
            weight = Weight.AGAINST if one.excludes else Weight.CAUTION
            yield Reason(
                "contraindication" if one.excludes else "caution", weight, one.text, figures
            )


def _label_reasons(case: DrugChoiceCase, outside: tuple[Deviation, ...]) -> Iterator[Reason]:
    if case.planned is None:
        return
    names = " + ".join(case.planned)
    if not outside:
        figures = tuple(
            Cited(f"{name} is labelled for", fact)
            for name in case.planned
            if (fact := label_therapy(name)) is not None
        )
        yield Reason("label", Weight.FOR, f"{names} is within the label", figures)
        return
    for one in outside:
        yield Reason("off-label", Weight.CAUTION, one.text, one.figures)
    model, own = survival_model(case.pump)
    whose = "" if own else f" (published for {model.name}, not for this pump)"
    text = f"outside the label pumps fail more often{whose}"
    figures = (*survival_figures(case.pump), *cited("off-label", "shaft-wear", "accuracy"))
    yield Reason("pump-survival", Weight.CAUTION, text, figures)
    agreed = {True: "is given", False: "is refused", None: "is not recorded"}[case.consent]
    weight = Weight.NOTE if case.consent else Weight.MISSING
    figures = (*cited("off-label", "consent", "sterile"), *cited("pacc-2024", "off-label"))
    yield Reason("consent", weight, f"consent {agreed}", figures)


def _results(
    case: DrugChoiceCase,
    chosen: Choice,
    others: tuple[Choice, ...],
    outside: tuple[Deviation, ...],
) -> dict[str, Value]:
    results: dict[str, Value] = {"edition": case.edition}
    left = chosen.left()
    if case.therapy != PAIN:
        results["drugs"] = ("baclofen",)
    elif left is not None:
        results["line"] = left[0].name
        results["drugs"] = tuple(one.told() for one in left[1])
        results["line_recalled"] = any(one.fact.recalled for one in left[1])
    excluded = [
        name for name, found in chosen.against.items() if any(one.excludes for one in found)
    ]
    results["excluded"] = tuple(excluded)
    if case.planned is not None:
        solution = frozenset(case.planned)
        for one in (chosen, *others):
            place = line_of(one.lines, solution)
            key = f"planned_line_{one.edition.replace('-', '_')}"
            results[key] = None if place is None else place[0].name
        results["within_label"] = not outside
        if outside:
            for name in SURVIVAL:
                results[f"{name.replace('-', '_')}_percent"] = survival(case.pump, name) * 100
            results["consent_needed"] = True
    return results


def _listings(case: DrugChoiceCase, chosen: Choice) -> Iterator[Listing]:
    rows: list[tuple[Value, ...]] = []
    for line in chosen.lines if case.therapy == PAIN else ():
        for one in line.sets:
            barred = chosen.barred(one)
            standing = "; ".join(each.text for each in barred) if barred else "left"
            rows.append((line.name, one.told(), standing, _label_word(one), one.fact.status))
    if rows:
        title = f"Lines of {chosen.edition}"
        columns = ("line", "drugs", "for this person", "label", "figure")
        yield Listing(title, columns, tuple(rows))
    status = tuple(
        (
            one.name,
            one.pump_label.value,
            _what_for(one),
            "; ".join(against.text for against in chosen.against[one.id]) or "nothing named",
            one.pump_label.provenance(),
        )
        for one in drugs()
    )
    yield Listing(
        "Drugs", ("drug", "label", "for", "against it here", "source of the label"), status
    )


def _what_for(one: Drug) -> str:
    answers = subject(one.id).get("for") or subject(one.drug_class).get("for") or ()
    return "; ".join(str(fact.value) for fact in answers)


def _label_word(one: DrugSet) -> str:
    fact = label_therapy(one.members[0]) if len(one.members) == 1 else None
    return "labelled" if fact is not None and fact.value == PAIN else "off-label"


def _disagreements(chosen: Choice, others: tuple[Choice, ...]) -> Iterator[Disagreement]:
    answers: list[Cited] = []
    for one in (chosen, *others):
        left = one.left()
        if left is not None:
            name = f"{one.edition}, line {left[0].name}"
            answers.extend(Cited(name, drug_set.fact) for drug_set in left[1])
    missing = figure(WITHOUT_TABLES, "not-found")
    answers.append(Cited(WITHOUT_TABLES, missing))
    used = chosen.left() is not None
    yield Disagreement("Which drugs come first, by edition?", tuple(answers), used)


def _findings(
    case: DrugChoiceCase, chosen: Choice, outside: tuple[Deviation, ...]
) -> Iterator[Finding]:
    if case.planned is None:
        return
    for name in case.planned:
        for one in chosen.against[name]:
            source = "the entry" if one.fact is None else one.fact.provenance()
            severity = Severity.SOFT if one.cause == AGE else Severity.WARN
            severity = Severity.HARD if one.excludes else severity
            yield Finding("contraindication", severity, one.text, source)
    yield from _concentrations(case)
    if outside:
        yield Finding(
            "K33",
            Severity.INFO if case.consent else Severity.SOFT,
            f"outside the label: {'; '.join(one.text for one in outside)}; {consent_text()}",
            figure("off-label", "consent").provenance(),
        )


def _concentrations(case: DrugChoiceCase) -> Iterator[Finding]:
    for name in case.planned or ():
        strength = case.planned[name] if case.planned is not None else None
        unit = drug(name).concentration_unit
        for one in limits(name, "maximum-concentration", populations=()):
            if strength is not None and one.rank == 1 and strength > one.concentration:
                yield Finding(
                    "K27",
                    Severity.SOFT,
                    f"{name} {show(strength, unit)} is above {show(one.concentration, unit)}",
                    one.whose(),
                    value=Amount(strength, unit),
                    limit=Amount(one.concentration, unit),
                )


def _not_checked(case: DrugChoiceCase) -> Iterator[str]:
    if case.therapy == PAIN:
        for edition in EDITIONS:
            for key in keys_of(edition):
                if getattr(case, key) is None:
                    yield f"{edition}: {key} is not given"
    for name, given in (
        ("conditions", case.conditions),
        ("medicines", case.medicines),
        ("allergies", case.allergies),
    ):
        if given is None:
            yield f"{name}: nobody has asked (write [] where there are none)"
    if case.age is None:
        yield "least age of the labels: age_years is not given"
    if case.planned is not None and case.pump is None:
        yield "label of the pump: no pump is given"
    elif case.pump is not None and not pump_list_known(case.pump):
        yield f"drugs of the label of {case.pump}: not in the catalogue"
