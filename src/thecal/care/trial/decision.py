"""The decision on a trial as a letter that physician and patient sign."""

from __future__ import annotations

from collections.abc import Iterator

from thecal.care.document import Document, Field, Grid, Section, Text
from thecal.care.trial.case import TrialCase
from thecal.care.trial.facts import figure
from thecal.care.trial.verdict import (
    DISCUSS,
    FAILED,
    INCOMPLETE,
    NEXT_BOLUS,
    NO_CANDIDATE,
    PASSED,
    PLANNED,
    Verdict,
)
from thecal.pharmacy import both_units
from thecal.units import show_number, show_percent, show_time

KIND = "trial-decision"
_SENTENCES = {
    PASSED: Text(
        "The trial reached its goal. Team and patient decide together on an implant.",
        "Die Testphase hat ihr Ziel erreicht. Über eine Implantation wird gemeinsam entschieden.",
    ),
    DISCUSS: Text(
        "The scores reached their goal, daily function or personal goals did not.",
        "Die Werte haben ihr Ziel erreicht, Alltagsfunktion oder eigene Ziele nicht.",
    ),
    FAILED: Text(
        "The trial does not support an implant.",
        "Die Testphase spricht nicht für eine Implantation.",
    ),
    NEXT_BOLUS: Text(
        "No effect so far. A further test dose is possible.",
        "Bisher keine Wirkung. Eine weitere Testdosis ist möglich.",
    ),
    NO_CANDIDATE: Text(
        "No test dose had an effect. An implant is not advised and no further dose is given.",
        "Keine Testdosis hat gewirkt. Von einer Implantation wird abgeraten, weitere Dosen"
        " folgen nicht.",
    ),
    PLANNED: Text("The trial has not begun.", "Die Testphase hat noch nicht begonnen."),
    INCOMPLETE: Text(
        "The scores do not allow a decision yet.", "Die Werte erlauben noch keine Entscheidung."
    ),
}
_COLUMNS = (
    Text("Dose", "Dosis"),
    Text("Given", "Gegeben"),
    Text("Scale", "Skala"),
    Text("Before", "Vorher"),
    Text("Best after", "Bester Wert danach"),
    Text("Change", "Änderung"),
    Text("Goal", "Ziel"),
)
_REACHED, _MISSED = Text("reached", "erreicht"), Text("not reached", "nicht erreicht")


def decision_letter(case: TrialCase, found: Verdict) -> Document:
    """Return the decision with every dose, its best score beside the baseline, and signatures."""
    source = figure("verdict", "needs", str)
    return Document(
        kind=KIND,
        title=Text("Decision on the trial", "Entscheidung nach der Testphase"),
        sections=(
            Section(
                Text("Result", "Ergebnis"),
                paragraphs=(_SENTENCES[found.word],),
                fields=tuple(_fields(case)),
                grid=Grid(_COLUMNS, tuple(_rows(case, found))),
                signatures=(
                    Text("Physician", "Ärztin oder Arzt"),
                    Text("Patient", "Patientin oder Patient"),
                ),
            ),
        ),
        footnotes=(
            Text(
                f"Needed besides the scores: {source.provenance()}."
                " For research and training, not for patient care.",
                f"Außer den Werten nötig: {source.provenance()}."
                " Für Forschung und Ausbildung, nicht zur Patientenversorgung.",
            ),
        ),
        for_patient=True,
    )


def _fields(case: TrialCase) -> Iterator[Field]:
    yield Field(Text("Drug", "Wirkstoff"), Text.same(case.drug or "-"))
    effects = {
        None: Text("not recorded", "nicht erfasst"),
        "none": Text("none", "keine"),
        "tolerable": Text("tolerable", "erträglich"),
        "intolerable": Text("not tolerable", "nicht erträglich"),
    }
    yield Field(Text("Side effects", "Nebenwirkungen"), effects[case.side_effects])
    yield Field(Text("Goals met", "Ziele erreicht"), _answer(case.goals_met))
    yield Field(Text("Patient agrees", "Zustimmung"), _answer(case.accepted))


def _answer(said: bool | None) -> Text:
    if said is None:
        return Text("not recorded", "nicht erfasst")
    return Text("yes", "ja") if said else Text("no", "nein")


def _rows(case: TrialCase, found: Verdict) -> Iterator[tuple[Text, ...]]:
    for number, response in enumerate(found.responses):
        for one in response.outcomes:
            if one.best is None or one.measure is None:
                continue
            best = one.best
            part = "" if best.fraction is None else f" ({show_percent(-best.fraction)})"
            yield (
                Text.same(_dose(case, number)),
                Text.same(show_time(response.course.start)),
                Text.same(one.measure),
                Text.same(show_number(best.before)),
                Text.same(show_number(best.now)),
                Text.same(f"{show_number(-best.points)}{part}"),
                _REACHED if one.passed else _MISSED,
            )


def _dose(case: TrialCase, number: int) -> str:
    if case.drug is None:
        return "-"
    if case.infusion is not None:
        return f"{both_units(case.drug, case.infusion.daily_dose.per_day())}/24 h"
    return both_units(case.drug, case.boluses[number].dose)
