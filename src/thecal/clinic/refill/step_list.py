"""The pages of a visit as each of them lists them: how they stand, what follows, what is left."""

from __future__ import annotations

from typing import Any

from thecal.care.visit import Step
from thecal.care.visit.rules import holds
from thecal.care.visit.steps import CLOSE, step, steps
from thecal.clinic.refill.screens import (
    Screen,
    few,
    not_asked,
    screen_of,
    screens,
    why_needless,
)
from thecal.clinic.refill.situation import Situation
from thecal.safety.finding import Finding

Row = dict[str, Any]
_DRAWN, _DIFFERENCE = "aspirate", "discrepancy"
_THE_END = "the end of the visit, which is read through and signed"


def screen_rows(situation: Situation, here: str) -> list[Row]:
    """Return the pages in order.

    Parameters
    ----------
    here
        The page that is shown; empty on the page of the whole visit.
    """
    return [_row(situation, one, here) for one in screens(situation)]


def listed(situation: Situation, rows: list[Row]) -> list[Row]:
    """Return the pages and, where each step has its own, the steps that are not asked, in order."""
    if few(situation):
        return rows
    others = [
        {"value": one.number, "title": one.title.value, "not_asked": why}
        for one, why in not_asked(situation)
    ]
    return sorted((*rows, *others), key=lambda row: int(row["value"]))


def left_off(situation: Situation) -> list[Row]:
    """Return the steps that the few pages do not ask for, each with why."""
    return [
        {"number": one.number, "title": one.title.value, "why": why}
        for one, why in (not_asked(situation) if few(situation) else ())
    ]


def comes_after(situation: Situation, rows: list[Row]) -> Row | None:
    """Return what follows the page that is open, where it is the one that is shown.

    `once` names the checks that hold it until they are settled, `unless` a step that may yet come
    before it. None on a page that is not open: nothing follows from what is done there.
    """
    place = next((number for number, one in enumerate(rows) if one["here"]), None)
    if place is None or not rows[place]["open"]:
        return None
    later = rows[place + 1 :]
    found = next((one for one in later if not one["done"] and not one["may_fall"]), None)
    number = len(steps()) + 1 if found is None else found["first"]
    held = [one.check for one in situation.findings if one.blocks and holds_from(one) <= number]
    return {
        "title": _THE_END if found is None else found["title"],
        "value": None if found is None else found["value"],
        "once": list(dict.fromkeys(held)),
        "unless": _may_come_before(situation, rows[place]["name"]),
    }


def holds_from(finding: Finding) -> int:
    """Return the number of the first step that a finding keeps shut; the end comes after all."""
    key = holds(finding.check)
    return len(steps()) + 1 if key == CLOSE else step(key).number


def _may_come_before(situation: Situation, here: str) -> Step | None:
    """Return the decision on a difference, on the page whose aspirate may ask for it."""
    screen = screen_of(situation, _DIFFERENCE)
    drawn_here = screen_of(situation, _DRAWN)
    if situation.visit.record(_DRAWN) is not None or drawn_here is None:
        return None
    asked = screen is not None or (few(situation) and not situation.is_emptying)
    return step(_DIFFERENCE) if asked and drawn_here.name == here else None


def _row(situation: Situation, screen: Screen, here: str) -> Row:
    stands = situation.progress
    shut = {one.step.key: one.why for one in stands.shut if one.step is not None}
    keys = [one.key for one in screen.steps]
    left_out = {one.step: one.reason for one in situation.visit.skipped}
    done = [key for key in keys if situation.visit.record(key) is not None or key in left_out]
    is_open = stands.open is not None and stands.open.key in keys
    return {
        "name": screen.name,
        "first": screen.steps[0].number,
        "title": screen.title,
        "open": is_open,
        "here": screen.name == here,
        "done": len(done) == len(keys) and not is_open,
        "begun": bool(done),
        "left_out": "; ".join(left_out[key] for key in keys if key in left_out)
        if all(key in left_out for key in keys)
        else "",
        "value": screen.steps[0].number if len(keys) == 1 and not few(situation) else None,
        "needless": not done and not is_open and not any(key in shut for key in keys),
        "why_needless": why_needless(situation, screen.steps[0]),
        "may_fall": keys == [_DIFFERENCE] and not is_open,
        "why": "" if is_open else next((shut[key] for key in keys if key in shut), ""),
    }
