"""What a scan asks for before, during and after it, by what the model does in a scanner."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from thecal.care.figures import Figures
from thecal.data import Fact
from thecal.device import PumpModel
from thecal.safety.scan import behaviour_in_scanner

TABLE = Figures("mri_visit")
BEFORE, AFTER = "before", "after"
REQUIRED, ADVISED, READING = "required", "advised", "reading"


@final
@dataclass(frozen=True, slots=True)
class ScanStep:
    """One thing to do around a scan.

    Attributes
    ----------
    phase
        `before` or `after`.
    need
        `required`, `advised`, or `reading`: done by a reading after the scan.
    what
        In plain words, with its source.
    """

    id: str
    phase: str
    need: str
    what: Fact[str]


def during(model: PumpModel) -> Fact[str]:
    """Return what happens in the scanner."""
    return TABLE.get(behaviour_in_scanner(model), "during", str)


def family(model: PumpModel) -> str:
    """Return what kind of pump this is in a scanner, for people."""
    return TABLE.text(behaviour_in_scanner(model), "family")


def scan_steps(model: PumpModel) -> tuple[ScanStep, ...]:
    """Return every step for a model, in order."""
    found = []
    for phase in (BEFORE, AFTER):
        subject = f"{behaviour_in_scanner(model)} {phase}"
        for id in TABLE.answers(subject):
            need = TABLE.text(f"{subject} need", id)
            found.append(ScanStep(id, phase, need, TABLE.get(subject, id, str)))
    return tuple(found)
