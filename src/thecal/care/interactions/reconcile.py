"""Reconciling the list from home with what is ordered: what is missing is named.

After an exchange of a pump, oral baclofen that nobody had ordered led to withdrawal (facts
workflow.md 4b E14).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from thecal.care.interactions.medicines import Medicine
from thecal.care.interactions.rules import classes_that_must_not_vanish


@final
@dataclass(frozen=True, slots=True)
class Lost:
    """A medicine of the list from home that is neither ordered nor stopped with a reason."""

    medicine: Medicine
    endangers: tuple[str, ...]
    """The classes of it whose silent loss endangers; empty where none."""


def lost(
    home: tuple[Medicine, ...], ordered: tuple[Medicine, ...], stopped: tuple[str, ...]
) -> tuple[Lost, ...]:
    """Return what is taken at home and has vanished, in the order of the list.

    Parameters
    ----------
    home, ordered
        What is taken at home; what is ordered now.
    stopped
        Names of what somebody stopped on purpose.
    """
    kept = {one.name for one in ordered} | set(stopped)
    classes = classes_that_must_not_vanish()
    return tuple(
        Lost(one, tuple(each for each in one.classes or () if each in classes))
        for one in home
        if one.name not in kept and one.stopped_on is None
    )


def added(home: tuple[Medicine, ...], ordered: tuple[Medicine, ...]) -> tuple[Medicine, ...]:
    """Return what is ordered and was not taken at home."""
    known = {one.name for one in home}
    return tuple(one for one in ordered if one.name not in known)
