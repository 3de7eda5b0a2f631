"""The chart of a trial: what each method has to record, and the observation with clock times."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from thecal.care.document import Document, Field, Grid, Section, Text
from thecal.care.trial.case import BOLUS_METHODS, Score, TrialCase
from thecal.care.trial.facts import figure
from thecal.care.trial.observation import group_of, schedule
from thecal.pharmacy import both_units
from thecal.units import show, show_number, show_time

KIND = "trial-chart"
_EMPTY = Text.same("")
_METHODS = {
    "single-bolus": Text("Single bolus", "Einzelbolus"),
    "repeated-bolus": Text("Repeated bolus", "Wiederholter Bolus"),
    "catheter": Text("Catheter and external pump", "Katheter und externe Pumpe"),
    "port": Text("Port and external pump", "Port und externe Pumpe"),
    "external-pump": Text("External pump", "Externe Pumpe"),
}
_BOLUS_BLANKS = (
    Text("Level and needle", "Höhe und Nadel"),
    Text("Concentration and lot", "Konzentration und Charge"),
    Text("Given over", "Gegeben über"),
)
_LINE_BLANKS = (
    Text("Level, tip and lot of the catheter", "Höhe, Spitze und Charge des Katheters"),
    Text("Concentration and lot", "Konzentration und Charge"),
    Text("Rate in mL/h and in mg/h", "Rate in mL/h und in mg/h"),
    Text("Line labelled: not a vein", "Leitung beschriftet: keine Vene"),
)
_COLUMNS = (
    Text("Clock", "Uhrzeit"),
    Text("After", "Nach"),
    Text("Score", "Wert"),
    Text("Breathing, SpO2, sedation", "Atmung, SpO2, Sedierung"),
    Text("Side effects", "Nebenwirkungen"),
    Text("Function", "Funktion"),
)


def chart(case: TrialCase, start: datetime) -> Document:
    """Return the chart of a trial from `start`: empty cells are filled by hand.

    Scores that are known stand in the row of their clock time; others get a row of their own.
    """
    source = figure("chart", "fields", str)
    return Document(
        kind=KIND,
        title=Text("Chart of the trial", "Protokoll der Testphase"),
        sections=(
            Section(Text("What is given", "Was gegeben wird"), fields=tuple(_head(case, start))),
            Section(
                Text("Observation", "Überwachung"),
                grid=Grid(_COLUMNS, tuple(_rows(case, start))),
            ),
            Section(
                Text("Statement of the patient", "Aussage der Patientin oder des Patienten"),
                fields=(Field(Text("In own words", "In eigenen Worten"), _EMPTY),),
                signatures=(
                    Text("Patient", "Patientin oder Patient"),
                    Text("Witness", "Zeugin oder Zeuge"),
                    Text("Physician", "Ärztin oder Arzt"),
                ),
            ),
        ),
        footnotes=(
            Text(
                f"Fields: {source.provenance()}. For research and training, not for patient care.",
                f"Felder: {source.provenance()}."
                " Für Forschung und Ausbildung, nicht zur Patientenversorgung.",
            ),
        ),
    )


def _head(case: TrialCase, start: datetime) -> Iterator[Field]:
    yield Field(Text("Method", "Verfahren"), _METHODS[case.method])
    yield Field(Text("Drug", "Wirkstoff"), Text.same(case.drug or ""))
    yield Field(Text("Dose", "Dosis"), _dose(case), emphasis=True)
    yield Field(Text("Start", "Beginn"), Text.same(show_time(start)))
    for label in _BOLUS_BLANKS if case.method in BOLUS_METHODS else _LINE_BLANKS:
        yield Field(label, _EMPTY)


def _dose(case: TrialCase) -> Text:
    if case.drug is None:
        return _EMPTY
    if case.infusion is not None:
        mass = both_units(case.drug, case.infusion.daily_dose.per_day())
        return Text(f"{mass} a day", f"{mass} am Tag")
    bolus = case.planned or (case.boluses[-1] if case.boluses else None)
    return _EMPTY if bolus is None else Text.same(both_units(case.drug, bolus.dose))


def _rows(case: TrialCase, start: datetime) -> Iterator[tuple[Text, ...]]:
    group = None if case.drug is None else group_of(case.drug, infusion=case.infusion is not None)
    due = {
        start + timedelta(seconds=float(one.after.in_unit("s"))): show(one.after, "h")
        for one in schedule(group)
    }
    scored = {one.time: one for one in case.scores if one.time >= start}
    for moment in sorted({*due, *scored}):
        found = scored.get(moment)
        yield (
            Text.same(show_time(moment)),
            Text.same(due.get(moment, "")),
            _EMPTY if found is None else Text.same(_score(found)),
            _EMPTY,
            _EMPTY,
            _EMPTY if found is None else Text.same(found.function or ""),
        )


def _score(one: Score) -> str:
    parts = [f"{scale} {show_number(value)}" for scale, value in one.values.items()]
    parts += [f"{group} {category}" for group, category in one.ashworth.items()]
    return ", ".join(parts)
