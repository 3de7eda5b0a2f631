"""The measures of the planned pump, against which the body is measured; no source has a limit."""

from __future__ import annotations

from thecal.care.advice import Cited, Weight
from thecal.care.selection.case import SelectionCase
from thecal.care.selection.judgement import Judgement
from thecal.care.selection.wording import sentence
from thecal.device import pump_model

RULE = "body-size"
_MEASURES = ("thickness", "diameter", "mass-full", "displacement-volume", "implant-depth")


def pump_size(case: SelectionCase) -> Judgement | None:
    """Return a note with the measures on record; None without a pump or without any measure."""
    if case.pump is None:
        return None
    model = pump_model(case.pump)
    figures = tuple(
        Cited(f"{model.name}, {measure.replace('-', ' ')}", model.facts[measure])
        for measure in _MEASURES
        if measure in model.facts
    )
    if not figures:
        return None
    return Judgement(RULE, Weight.NOTE, sentence("body-size.pump", pump=model.name), figures)
