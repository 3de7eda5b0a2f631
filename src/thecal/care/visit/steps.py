"""The fifteen steps of a refill visit, from `visit_steps.csv`."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.care.figures import Figures
from thecal.care.visit.visit import RECORDS
from thecal.data import Fact, cached
from thecal.errors import DataError
from thecal.pharmacy.lookup import listed

CLOSE = "close"
"""The end of the visit, after its last step."""
_TABLE = Figures("visit_steps", key="step")
_NO_SCREEN, _YES = "none", "yes"


@final
@dataclass(frozen=True, slots=True)
class Step:
    """One step.

    Attributes
    ----------
    key
        The name of its record in a visit.
    title
        What is done, with its source.
    recorded
        What is written down.
    safety
        Whether it cannot be skipped.
    needs_programmer
        Whether it is not there at a constant-flow pump.
    emptying
        Whether it belongs to a visit that only empties the pump.
    refill_only_screen
        The screen that it shares where nothing changes; None: it is not asked then.
    """

    number: int
    key: str
    title: Fact[str]
    recorded: tuple[str, ...]
    safety: bool
    needs_programmer: bool
    emptying: bool
    refill_only_screen: str | None


@cached
def steps() -> tuple[Step, ...]:
    """Return every step in order; raises `DataError` if the table has not one for each record."""
    found = tuple(sorted((_step(key) for key in RECORDS), key=lambda one: one.number))
    if [one.key for one in found] != list(RECORDS):
        raise DataError(
            "visit_steps.csv numbers its steps otherwise than a visit records them",
            remedy="restore the numbers",
        )
    return found


def step(key: str) -> Step:
    """Return the step of a key; raises `DataError` where there is none."""
    for one in steps():
        if one.key == key:
            return one
    raise DataError(f'"{key}" is no step of a visit', remedy="use one of " + ", ".join(RECORDS))


def refill_only_screens() -> tuple[tuple[str, tuple[Step, ...]], ...]:
    """Return the screens of a refill that changes nothing, each with its steps, in order."""
    screens: dict[str, tuple[Step, ...]] = {}
    for one in steps():
        if one.refill_only_screen is not None:
            before = screens.get(one.refill_only_screen, ())
            screens[one.refill_only_screen] = (*before, one)
    return tuple(screens.items())


def _step(key: str) -> Step:
    screen = _TABLE.text(key, "refill-only-screen")
    return Step(
        number=int(_TABLE.get(key, "number", Fraction).value),
        key=key,
        title=_TABLE.get(key, "title", str),
        recorded=listed(_TABLE.get(key, "recorded", str)),
        safety=_TABLE.text(key, "safety") == _YES,
        emptying=_TABLE.text(key, "emptying") == _YES,
        needs_programmer=_TABLE.text(key, "needs-programmer") == _YES,
        refill_only_screen=None if screen == _NO_SCREEN else screen,
    )
