"""The topic `mme` of `thecal advise`: what a list of opioids counts, by edition; risk only."""

from __future__ import annotations

from thecal.care.advice import Advice, Cited, Disagreement, Listing, Reason, Weight
from thecal.care.conversion.equivalents import (
    Equivalent,
    Threshold,
    counted,
    morphine_equivalents,
    thresholds,
)
from thecal.care.conversion.regimen import OpioidLine, read_lines
from thecal.care.derivation import Derivation, Value, info
from thecal.care.document import Document, Field, Grid, Section, Text
from thecal.pharmacy import conversion_facts, mme_editions, mme_facts
from thecal.safety.finding import Amount
from thecal.therapy.table import Table
from thecal.units import MassRate, show

TOPIC = "mme"
COMPLETE, INCOMPLETE = "counted", "incomplete"


def advise(case: Table) -> Advice:
    """Return the morphine equivalents of the list in a table `[mme]`.

    Raises
    ------
    BadFileError
        If the table cannot be read.
    """
    return advice_on(*_read(case))


def documents(case: Table) -> tuple[Document, ...]:
    """Return the report on the list in a table `[mme]`; raises `BadFileError`."""
    return (stewardship_report(*_read(case)),)


def _read(case: Table) -> tuple[tuple[OpioidLine, ...], str]:
    edition = case.take_choice("edition", mme_editions())
    lines = read_lines(case)
    case.finish()
    return lines, edition


def advice_on(lines: tuple[OpioidLine, ...], edition: str) -> Advice:
    """Return the morphine equivalents of a list by one edition, beside those of the others."""
    found = morphine_equivalents(lines, edition)
    total = Amount(counted(found), "mg/d")
    missing = tuple(f"{one.line.shown()}: {one.why}" for one in found if one.equivalent is None)
    least = "at least " if missing else ""
    reasons = [_reason(one) for one in found]
    reasons += [_threshold_reason(one, counted(found)) for one in thresholds(found, edition)]
    results: dict[str, Value] = {
        "edition": edition,
        "banner": banner().fact.of_kind(str).value,
        "morphine_equivalents": None if missing else total,
        "morphine_equivalents_at_least": total,
    }
    return Advice(
        topic=TOPIC,
        verdict=INCOMPLETE if missing else COMPLETE,
        summary=f"{least}{show(total.quantity, 'mg/d')} of oral morphine by {edition}; this tells"
        " risk and is no dose to convert to",
        reasons=(*reasons, Reason("mme-is-risk", Weight.NOTE, "risk, not a dose", (banner(),))),
        results=results,
        listings=(_by_edition(lines),),
        disagreements=disagreements(lines, edition),
        steps=tuple(_step(one) for one in found if one.equivalent is not None),
        findings=(info("K27", banner().fact.of_kind(str).value, banner().fact.provenance()),),
        not_checked=missing,
    )


def banner() -> Cited:
    """Return the sentence that stands above every figure of this kind."""
    return Cited("MME is not a conversion table", conversion_facts("mme", "banner")[0])


def disagreements(lines: tuple[OpioidLine, ...], edition: str) -> tuple[Disagreement, ...]:
    """Return the drugs of a list for which the editions have other factors."""
    found = []
    for drug in dict.fromkeys(line.drug for line in lines):
        answers = []
        for one in (edition, *(other for other in mme_editions() if other != edition)):
            for parameter in ("factor", "patch-factor", "patch-unit-factor", "tier-factor"):
                facts = mme_facts(one, drug, parameter)
                answers += [Cited(f"{drug}, {parameter}, {one}", fact) for fact in facts]
        if len({one.fact.value for one in answers}) > 1:
            used = bool(answers) and answers[0].what.endswith(edition)
            found.append(Disagreement(f"What does {drug} count?", tuple(answers), used))
    return tuple(found)


def stewardship_report(lines: tuple[OpioidLine, ...], edition: str) -> Document:
    """Return the report on a person's systemic opioids: every line, the total, the thresholds."""
    found = morphine_equivalents(lines, edition)
    total = counted(found)
    open_lines = any(one.equivalent is None for one in found)
    rows = tuple(
        (
            Text.same(one.line.shown()),
            Text.same("-" if one.equivalent is None else show(one.equivalent, "mg/d")),
            Text.same(one.why),
        )
        for one in found
    )
    reached = [one for one in thresholds(found, edition) if one.reached]
    fields = (
        Field(Text("Edition", "Ausgabe"), Text.same(edition)),
        Field(
            Text(
                "Total, at least" if open_lines else "Total",
                "Summe, mindestens" if open_lines else "Summe",
            ),
            Text.same(show(total, "mg/d")),
            emphasis=bool(reached),
        ),
    )
    columns = (
        Text("Opioid", "Opioid"),
        Text("Oral morphine a day", "Orales Morphin am Tag"),
        Text("How it was counted", "Wie gezählt wurde"),
    )
    section = Section(
        Text("Systemic opioids", "Systemische Opioide"),
        (
            Text(
                "Morphine equivalents tell risk. They are never used to choose a new dose.",
                "Morphin-Äquivalente zeigen das Risiko. Sie bestimmen nie eine neue Dosis.",
            ),
        ),
        fields,
        Grid(columns, rows),
        (Text("Prescriber", "Verordnende Person"),),
    )
    notes = tuple(
        Text.same(f"{one.line.drug}: {one.factor.provenance()}")
        for one in found
        if one.factor is not None
    )
    title = Text("Opioid stewardship report", "Bericht zum Umgang mit Opioiden")
    return Document("opioid-stewardship", title, (section,), notes, one_page=True)


def _reason(one: Equivalent) -> Reason:
    figures = () if one.factor is None else (Cited(f"factor, {one.line.name}", one.factor),)
    if one.equivalent is None:
        return Reason(
            "equivalent", Weight.MISSING, f"{one.line.shown()} is not counted: {one.why}", figures
        )
    text = f"{one.line.shown()}: {one.why} = {show(one.equivalent, 'mg/d')}"
    return Reason("equivalent", Weight.NOTE, text, figures)


def _threshold_reason(one: Threshold, total: MassRate) -> Reason:
    limit = show(one.fact.of_kind(MassRate).value, "mg/d")
    side = "reaches" if one.reached else "is below"
    return Reason(
        "threshold",
        Weight.CAUTION if one.reached else Weight.NOTE,
        f"what was counted, {show(total, 'mg/d')}, {side} {limit}: {one.fact.note.split(';')[0]}",
        (Cited("threshold", one.fact),),
    )


def _by_edition(lines: tuple[OpioidLine, ...]) -> Listing:
    editions = mme_editions()
    found = {edition: morphine_equivalents(lines, edition) for edition in editions}
    rows: list[tuple[Value, ...]] = [
        (line.shown(), *(_cell(found[edition][place].equivalent) for edition in editions))
        for place, line in enumerate(lines)
    ]
    rows.append(("what was counted", *(_cell(counted(found[one])) for one in editions)))
    return Listing("Morphine equivalents by edition", ("line", *editions), tuple(rows))


def _cell(equivalent: MassRate | None) -> Value:
    return "not counted" if equivalent is None else Amount(equivalent, "mg/d")


def _step(one: Equivalent) -> Derivation:
    assert one.factor is not None
    assert one.equivalent is not None
    return Derivation(
        f"What {one.line.name} counts",
        "dose x factor of the edition",
        one.why,
        show(one.equivalent, "mg/d"),
        one.factor.provenance(),
    )
