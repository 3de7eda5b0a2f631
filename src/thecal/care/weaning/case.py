"""The case of the topic `weaning`, as its table in a case file has it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import final

from thecal.care.conversion.regimen import OpioidLine, read_lines
from thecal.care.weaning.figures import figure
from thecal.care.weaning.taper import CURRENT, INITIAL, ONE_AT_A_TIME, TOGETHER, Plan
from thecal.care.weaning.withdrawal import highest_score, pauses
from thecal.therapy.table import Table
from thecal.units import Duration

STOP, HALF = "stop-at-once", "half-kept"
PACES = ("slow", "fast-low", "fast-high")
WEEKS, DAYS = "weeks", "days"


@final
@dataclass(frozen=True, slots=True)
class WeaningCase:
    """What is known of a taper.

    Attributes
    ----------
    plan
        For a taper in steps; None where all stops at once or half is kept.
    pace
        `slow`, `fast-low`, `fast-high`, `stop-at-once` or `half-kept`.
    pump_running
        Whether intrathecal therapy has begun; None where nobody said.
    cows
        The last score of withdrawal; None where none was taken.
    """

    lines: tuple[OpioidLine, ...]
    start: date
    setting: str
    pace: str
    plan: Plan | None
    calendar: str
    pump_running: bool | None
    cows: int | None

    @property
    def held(self) -> bool:
        """Whether withdrawal holds the dose."""
        return self.cows is not None and pauses(self.cows)


def read_case(table: Table) -> WeaningCase:
    """Return the case of a table `[weaning]`; raises `BadFileError` naming the key."""
    lines = read_lines(table)
    start = table.take_date("start")
    pace = table.take_choice("pace", (*PACES, STOP, HALF))
    cows = table.optional("cows", lambda key: _score(table, key))
    plan = _plan(table, start, pace, cows) if pace in PACES else None
    case = WeaningCase(
        lines=lines,
        start=start,
        setting=table.take_choice("setting", ("cancer", "non-cancer")),
        pace=pace,
        plan=plan,
        calendar=table.take_choice("calendar", (WEEKS, DAYS)),
        pump_running=table.optional("pump_running", table.take_flag),
        cows=cows,
    )
    table.finish()
    return case


def _plan(table: Table, start: date, pace: str, cows: int | None) -> Plan:
    return Plan(
        start=start,
        part=figure("pace", pace, Fraction).value,
        of=table.take_choice("of", (CURRENT, INITIAL)),
        interval=figure("pace", "interval", Duration).value,
        order=table.take_choice("order", (TOGETHER, ONE_AT_A_TIME)),
        reductions=table.optional("reductions", table.take_count),
        held=cows is not None and pauses(cows),
    )


def _score(table: Table, key: str) -> int:
    value = table.take_any(key)
    highest = highest_score()
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= highest:
        raise table.error("this is no COWS score", f"a whole number from 0 to {highest}", key)
    return value
