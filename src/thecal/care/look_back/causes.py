"""Which faults would explain a symptom, and what to check first, by what was known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import final

from thecal.care.figures import Figures
from thecal.care.look_back.window import LookBack
from thecal.care.troubleshoot_answer import TroubleAnswer, answer
from thecal.care.troubleshoot_case import ONSET, PATIENT, read_case
from thecal.therapy.bedside import Bedside, finding_kinds
from thecal.therapy.events import Therapy

_TABLE = Figures("look_back", key="rule")
_FROM_EVENTS = ("fill", "bag-change", "mri", "program")


@final
@dataclass(frozen=True, slots=True)
class Explained:
    """What would explain a symptom.

    Attributes
    ----------
    answer
        Causes ranked, steps to take first, tests that tell most.
    onset_from
        The kind of event from which it was taken how it began; empty where somebody noted it, or
        nothing in the window says it.
    """

    answer: TroubleAnswer
    onset_from: str


def explain(therapy: Therapy, found: LookBack, noted: Mapping[str, str], patient: str) -> Explained:
    """Return what would explain a symptom.

    Parameters
    ----------
    noted
        Findings of a case of troubleshooting that is open, by their id.
    patient
        How the patient is, as `troubleshoot_findings.csv` has it; empty: nobody has said, what was
        noted counts.

    Raises
    ------
    BadFileError
        If a finding cannot be of this pump.
    """
    outcomes = {name: outcome for name, outcome in noted.items() if outcome}
    if patient in finding_kinds()[PATIENT].outcomes:
        outcomes[PATIENT] = patient
    then = replace(
        therapy,
        events=tuple(one for one in therapy.events if therapy.instant(one.time) <= found.at),
    )
    known = {therapy.events[index].type for index in found.events}
    began = next((one for one in _FROM_EVENTS if one in known and ONSET not in outcomes), "")
    if began:
        outcomes[ONSET] = _TABLE.text("onset", began)
    return Explained(answer(read_case(then, Bedside(outcomes), "the record")), began)
