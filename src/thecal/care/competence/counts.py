"""How often somebody did something, counted from what the record says was signed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, final

How = Literal["observed", "supervised", "solo"]
HOWS: tuple[How, ...] = ("observed", "supervised", "solo")


@final
@dataclass(frozen=True, slots=True)
class Deed:
    """Something that somebody did once, by a skill.

    Attributes
    ----------
    supervisor
        Login name of who signed beside; empty: nobody did.
    typed
        Whether the person or an assessor typed it in: it stands in no record of this clinic.
    """

    person: str
    skill: str
    on: date
    how: How
    supervisor: str = ""
    typed: bool = False


@final
@dataclass(frozen=True, slots=True)
class Counts:
    """How often, and the last day; `typed` is how many of all were typed in."""

    observed: int = 0
    supervised: int = 0
    solo: int = 0
    typed: int = 0
    last: date | None = None

    def counted(self, deed: Deed) -> Counts:
        """Return the counts with one more."""
        return replace(
            self,
            observed=self.observed + (deed.how == "observed"),
            supervised=self.supervised + (deed.how == "supervised"),
            solo=self.solo + (deed.how == "solo"),
            typed=self.typed + deed.typed,
            last=deed.on if self.last is None else max(self.last, deed.on),
        )


def count_deeds(deeds: Iterable[Deed]) -> Mapping[tuple[str, str], Counts]:
    """Return counts by person and skill; who supervised another is not counted for it."""
    found: dict[tuple[str, str], Counts] = {}
    for one in deeds:
        key = one.person, one.skill
        found[key] = found.get(key, Counts()).counted(one)
    return found
