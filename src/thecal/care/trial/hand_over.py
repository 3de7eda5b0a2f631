"""The hand-over from the trial to whoever implants: every field of it, and what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from thecal.care.document import Document, Field, Section, Text
from thecal.care.trial.case import NO_TRIAL, TrialCase
from thecal.care.trial.facts import figure
from thecal.device import pump_model
from thecal.pharmacy import both_units, drug
from thecal.units import Duration, Mass, MassRate, show

KIND = "trial-hand-over"
_OPTIONAL = "position"
_RESULTS = {
    "passed": "bestanden",
    "failed": "nicht bestanden",
    "to-discuss": "zu besprechen",
    "next-bolus": "nächster Bolus",
    "not-a-candidate": "kein Kandidat",
    "planned": "geplant",
    "incomplete": "unvollständig",
    "no-trial": "keine Testphase",
}
LABELS = {
    "result": Text("Result of the trial", "Ergebnis der Testphase"),
    "effective-dose": Text("Effective dose", "Wirksame Dosis"),
    "effect-duration": Text("Duration of effect", "Wirkdauer"),
    "start-dose": Text("First daily dose", "Erste Tagesdosis"),
    "aetiology": Text("Aetiology", "Ursache"),
    "tip": Text("Wanted tip level", "Gewünschte Höhe der Spitze"),
    "pump": Text("Pump and size", "Pumpe und Größe"),
    "drug": Text("Drug and concentration", "Wirkstoff und Konzentration"),
    "position": Text("Position and side", "Lage und Seite"),
    "anticoagulant-plan": Text("Anticoagulant plan", "Plan zur Gerinnungshemmung"),
}
_MISSING = Text("MISSING", "FEHLT")


@final
@dataclass(frozen=True, slots=True)
class TrialResult:
    """What the trial itself gives to the hand-over; None where it is not known."""

    verdict: str
    bolus: Mass | None = None
    daily_dose: MassRate | None = None
    effect_duration: Duration | None = None
    start_dose: MassRate | None = None


@final
@dataclass(frozen=True, slots=True)
class HandOver:
    """The document, and the names of the fields that nobody has filled."""

    document: Document
    missing: tuple[str, ...]


def hand_over(case: TrialCase, result: TrialResult) -> HandOver:
    """Return the hand-over; a field that is empty is printed as missing and named."""
    values = _values(case, result)
    needed = [name for name in LABELS if name != _OPTIONAL]
    if not case.boluses:
        needed.remove("effect-duration")
    if case.method == NO_TRIAL:
        needed.remove("effective-dose")
    missing = tuple(name for name in needed if values.get(name) is None)
    fields = tuple(
        Field(
            label,
            values.get(name) or (_MISSING if name in missing else Text.same("-")),
            emphasis=name in missing or name == "start-dose",
        )
        for name, label in LABELS.items()
    )
    source = figure("hand-over", "fields", str)
    document = Document(
        kind=KIND,
        title=Text("Hand-over from the trial", "Übergabe nach der Testphase"),
        sections=(
            Section(
                Text("For the implanting team", "Für das implantierende Team"),
                fields=fields,
                signatures=(Text("Physician of the trial", "Ärztin oder Arzt der Testphase"),),
            ),
        ),
        footnotes=(
            Text(
                f"Fields: {source.provenance()}. For research and training, not for patient care.",
                f"Felder: {source.provenance()}."
                " Für Forschung und Ausbildung, nicht zur Patientenversorgung.",
            ),
        ),
        one_page=True,
    )
    return HandOver(document, missing)


def _values(case: TrialCase, result: TrialResult) -> dict[str, Text | None]:
    entries = case.hand_over
    dose = entries.start_dose or result.start_dose
    return {
        "result": Text(result.verdict.replace("-", " "), _RESULTS[result.verdict]),
        "effective-dose": _effective(case.drug, result),
        "effect-duration": _same(
            None if result.effect_duration is None else show(result.effect_duration, "h")
        ),
        "start-dose": _per_day(case.drug, dose),
        "aetiology": _same(entries.aetiology),
        "tip": _same(entries.tip),
        "pump": _same(None if entries.pump is None else pump_model(entries.pump).name),
        "drug": _solution(case),
        "position": _same(entries.position),
        "anticoagulant-plan": _same(entries.anticoagulant_plan),
    }


def _effective(drug_id: str | None, result: TrialResult) -> Text | None:
    if drug_id is not None and result.bolus is not None:
        mass = both_units(drug_id, result.bolus)
        return Text(f"{mass} as a bolus", f"{mass} als Bolus")
    return _per_day(drug_id, result.daily_dose)


def _per_day(drug_id: str | None, dose: MassRate | None) -> Text | None:
    if drug_id is None or dose is None:
        return None
    mass = both_units(drug_id, dose.per_day())
    return Text(f"{mass} a day", f"{mass} am Tag")


def _solution(case: TrialCase) -> Text | None:
    if case.drug is None or case.hand_over.concentration is None:
        return None
    unit = drug(case.drug).concentration_unit
    return Text.same(f"{case.drug}, {show(case.hand_over.concentration, unit)}")


def _same(text: str | None) -> Text | None:
    return None if text is None else Text.same(text)
