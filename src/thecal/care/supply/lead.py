"""How long before a refill its solution is ordered: the clinic's lead, its courier, its holidays.

Public holidays are never fetched: a clinic types its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any, final

from thecal.care.due.working_days import lead_days
from thecal.care.pathway.delivery import controlled_ids
from thecal.care.supply.rules import RULES
from thecal.errors import EntryError

_MOST_HOLIDAYS = 200


@final
@dataclass(frozen=True, slots=True)
class SupplySettings:
    """What a clinic has set.

    Attributes
    ----------
    lead
        Working days from order to delivery; None: the shipped default.
    courier
        More of them for a controlled drug; None: the shipped default.
    holidays
        Days on which nothing is made or sent, with their names.
    """

    lead: int | None = None
    courier: int | None = None
    holidays: Mapping[date, str] = field(default_factory=dict)

    def lead_for(self, drugs: Iterable[str]) -> int:
        """Return the working days from order to delivery for a solution of these drugs."""
        lead = lead_days() if self.lead is None else self.lead
        return lead + (self.courier_days if any(one in controlled_ids() for one in drugs) else 0)

    @staticmethod
    def longest() -> int:
        """Return the most working days that a clinic may set."""
        return int(RULES.get("order", "longest", Fraction).value)

    @property
    def courier_days(self) -> int:
        """The working days more that a controlled drug takes."""
        if self.courier is not None:
            return self.courier
        return int(RULES.get("order", "courier", Fraction).value)

    def to_json(self) -> dict[str, Any]:
        """Return it as an entry keeps it."""
        days = {day.isoformat(): name for day, name in sorted(self.holidays.items())}
        return {"lead": self.lead, "courier": self.courier, "holidays": days}


def settings_of(body: Mapping[str, Any]) -> SupplySettings:
    """Return the settings of an entry."""
    holidays = {date.fromisoformat(day): str(name) for day, name in body["holidays"].items()}
    return SupplySettings(body["lead"], body["courier"], holidays)


def read_holidays(text: str) -> Mapping[date, str]:
    """Return the days of a text: one a line, as in `2026-12-25 Christmas Day`.

    Raises
    ------
    EntryError
        If a line begins with no date, a day stands twice, or there are too many.
    """
    found: dict[date, str] = {}
    for line in (one.strip() for one in text.splitlines()):
        if not line:
            continue
        written, _, name = line.partition(" ")
        try:
            day = date.fromisoformat(written)
        except ValueError:
            raise EntryError(
                f'"{line[:40]}" does not begin with a date',
                remedy="write one a line, as in 2026-12-25 Christmas Day",
            ) from None
        if day in found:
            raise EntryError(f"{written} stands twice", remedy="write each day once")
        found[day] = name.strip()[:80]
    if len(found) > _MOST_HOLIDAYS:
        raise EntryError(f"{len(found)} holidays", remedy=f"at most {_MOST_HOLIDAYS} are kept")
    return found


def write_holidays(holidays: Mapping[date, str]) -> str:
    """Return days as `read_holidays` reads them."""
    kept = sorted(holidays.items())
    return "\n".join(" ".join((day.isoformat(), name)).strip() for day, name in kept)
