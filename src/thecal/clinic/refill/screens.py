"""Which steps share a page: each its own, or the few pages of a refill that changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from thecal.care.visit import Path, Step, discrepancy, refill_only_screens, steps
from thecal.care.visit.progress import not_refill_only
from thecal.clinic.refill.situation import Situation

_ONLY_WHERE_IT_DIFFERS = "it is asked only where another volume is drawn than expected"


@final
@dataclass(frozen=True, slots=True)
class Screen:
    """One page of a visit with the steps on it."""

    name: str
    steps: tuple[Step, ...]

    @property
    def title(self) -> str:
        """What is done on it."""
        return ", then ".join(
            one.title.value if place == 0 else one.title.value[:1].lower() + one.title.value[1:]
            for place, one in enumerate(self.steps)
        )


def screens(situation: Situation) -> tuple[Screen, ...]:
    """Return the pages of a visit in order."""
    wanted = tuple(one for one in steps() if _is_asked(situation, one))
    if not few(situation):
        return tuple(Screen(one.key, (one,)) for one in wanted)
    return tuple(
        Screen(name, kept)
        for name, shared in refill_only_screens()
        if (kept := tuple(one for one in shared if one in wanted))
    )


def few(situation: Situation) -> bool:
    """Whether the few pages do: they were chosen, and nothing changes."""
    chosen = situation.visit.path is Path.REFILL_ONLY
    return chosen and not not_refill_only(situation.visit, situation.knowledge)


def screen_of(situation: Situation, key: str) -> Screen | None:
    """Return the page that a step stands on; None where this visit has no such step."""
    return next(
        (one for one in screens(situation) if any(step.key == key for step in one.steps)), None
    )


def not_asked(situation: Situation) -> tuple[tuple[Step, str], ...]:
    """Return the steps that no page of this visit asks for, each with why."""
    found = ((one, _why_not_asked(situation, one)) for one in steps())
    return tuple((one, why) for one, why in found if why)


def why_needless(situation: Situation, one: Step) -> str:
    """Return why a step that has its page need not be recorded; empty where nothing is known."""
    if one.key == "discrepancy" and situation.visit.aspirate is not None:
        return "the aspirate is as expected"
    return ""


def _is_asked(situation: Situation, one: Step) -> bool:
    return not _why_not_asked(situation, one)


def _why_not_asked(situation: Situation, one: Step) -> str:
    if one.needs_programmer and not situation.pump.model.programmable:
        return "this pump has nothing to read and takes no program"
    if situation.visit.purpose == "emptying":
        return "" if one.emptying else "no drug goes in"
    if one.key == "discrepancy":
        asked = situation.visit.discrepancy is not None or _is_due(situation)
        return "" if asked else why_needless(situation, one) or _ONLY_WHERE_IT_DIFFERS
    return "solution, mode and doses stay" if one.key == "decide" and few(situation) else ""


def _is_due(situation: Situation) -> bool:
    """Whether a difference has to be decided; where every step has its page it is named anyway."""
    if not few(situation):
        return True
    advice = discrepancy(situation.visit, situation.knowledge)
    return advice is not None and advice.due
