"""What a scanner does to a pump of a model, as far as the tables know."""

from __future__ import annotations

from thecal.care.document import Text
from thecal.care.papers.words import joined, say
from thecal.data import Fact, FactValue
from thecal.device import PumpModel
from thecal.safety.scan import behaviour_in_scanner
from thecal.units import MagneticField, show

BEHAVIOUR, FIELD, EMPTY = "mri-behaviour", "mri-field", "mri-empty-before"


def must_be_empty(model: PumpModel) -> bool:
    """Return whether the reservoir has to hold no drug in a scanner."""
    fact = model.facts.get(EMPTY)
    return fact is not None and fact.of_kind(str).value == "yes"


def scan_status(model: PumpModel) -> Text:
    """Return the MRI status of a model with every field strength on record."""
    if model.kind == "external":
        return say("mri-external")
    # A constant-flow pump without an answer of its own is known by its kind alone.
    of_kind = BEHAVIOUR not in model.facts and model.kind == "constant-flow"
    words = say("mri-constant-flow" if of_kind else f"mri-{behaviour_in_scanner(model)}")
    fields = _fields(model)
    if not fields:
        return joined((words, say("mri-no-field")), " ")
    shown = ", ".join(sorted({show(one.of_kind(MagneticField).value, "T") for one in fields}))
    name = "mri-fields" if len(fields) == 1 else "mri-fields-differ"
    return joined((words, say(name, fields=shown)), " ")


def scan_notes(model: PumpModel) -> tuple[Text, ...]:
    """Return the sources of the status."""
    notes = []
    fact = model.facts.get(BEHAVIOUR)
    if fact is not None:
        notes.append(say("source-line", what=say("mri-what"), source=fact.provenance()))
    for one in _fields(model):
        what = f"{show(one.of_kind(MagneticField).value, 'T')}: {one.provenance()}"
        notes.append(say("source-line", what=say("mri-field-what"), source=what))
    return tuple(notes)


def _fields(model: PumpModel) -> tuple[Fact[FactValue], ...]:
    stated = model.facts.get(FIELD)
    return () if stated is None else model.disagreements.get(FIELD, (stated,))
