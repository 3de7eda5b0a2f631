"""The pages of a visit as each of them lists them: how they stand, what comes after, what is not
asked and why."""

from __future__ import annotations

from typing import Any

from thecal.clinic.refill.screens import Screen, few, not_asked, screens, why_needless
from thecal.clinic.refill.situation import Situation

Row = dict[str, Any]


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


def comes_after(rows: list[Row]) -> Row | None:
    """Return the page that follows the one that is shown; None where it is the last."""
    place = next((number for number, one in enumerate(rows) if one["here"]), len(rows))
    return next((one for one in rows[place + 1 :] if not one["done"] and not one["may_fall"]), None)


def _row(situation: Situation, screen: Screen, here: str) -> Row:
    stands = situation.progress
    shut = {one.step.key: one.why for one in stands.shut if one.step is not None}
    keys = [one.key for one in screen.steps]
    left_out = {one.step: one.reason for one in situation.visit.skipped}
    done = [key for key in keys if situation.visit.record(key) is not None or key in left_out]
    is_open = stands.open is not None and stands.open.key in keys
    return {
        "name": screen.name,
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
        "may_fall": keys == ["discrepancy"] and not is_open,
        "why": "" if is_open else next((shut[key] for key in keys if key in shut), ""),
    }
