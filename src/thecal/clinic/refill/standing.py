"""Whether a pump gives no therapy, before a visit and after it: said, and signed at its end."""

from __future__ import annotations

from dataclasses import replace

from thecal.clinic.refill.situation import Situation
from thecal.program.program import Mode
from thecal.pump.state import Activity
from thecal.therapy.simulation import simulate

STOPPED, AT_MINIMUM = "stopped", "at its minimum rate"
_NO_THERAPY = (Mode.STOPPED, Mode.MINIMUM_RATE)


def was_stopped(situation: Situation) -> bool:
    """Return whether the pump stood stopped when the visit began."""
    return situation.pump.mode is Mode.STOPPED


def left_standing(situation: Situation) -> str:
    """Return how a pump is left that gives no therapy after the visit; empty where it gives some.

    What was done to the pump beside the visit counts too: a stop from any page.
    """
    therapy = situation.chart.therapy
    if therapy is None or not situation.pump.model.programmable:
        return ""
    events = sorted((*therapy.events, *situation.final_events()), key=lambda one: one.time)
    after = simulate(replace(therapy, events=tuple(events)), length_needed=False)
    if after.activity is Activity.STOPPED:
        return STOPPED
    mode = None if after.program is None else after.program.program.mode
    return {Mode.STOPPED: STOPPED, Mode.MINIMUM_RATE: AT_MINIMUM}.get(mode, "") if mode else ""


def starts_again_here(situation: Situation) -> bool:
    """Return whether the dose decision of the visit starts it again; else it is resumed apart."""
    decided = situation.visit.decide
    stops = decided is not None and decided.mode in _NO_THERAPY
    return stops or was_stopped(situation)


def reason_said(situation: Situation) -> str:
    """Return why the pump is left so, as far as the visit was told."""
    back, decided = situation.visit.read_back, situation.visit.decide
    said = "" if back is None else back.reason or ""
    if not said and decided is not None and decided.mode in _NO_THERAPY:
        said = decided.reason or ""
    return said
