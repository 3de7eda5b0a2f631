"""What a plan to stop needs to know, and how it is read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import final

from thecal.care.figures import Figures
from thecal.care.titration.reader import take_concentration, take_doses, take_pump
from thecal.pharmacy import drug
from thecal.pharmacy.lookup import listed
from thecal.therapy.table import Table
from thecal.units import Concentration, MassRate

TABLE = Figures("cessation")
SPEEDS = ("usual", "fastest", "slow")
REASONS = ("elective", "infection", "device", "no-effect", "side-effects", "end-of-life")
URGENT = ("infection", "device")


@final
@dataclass(frozen=True, slots=True)
class CessationCase:
    """A therapy that is to end.

    Attributes
    ----------
    doses
        Every drug of the reservoir with its daily dose.
    starts
        First day of the plan.
    at_once
        Whether somebody wants to stop without a plan.
    until
        Dose of the deciding drug below which nothing more is weaned.
    rows
        How many doses the plan shows, the present one counted.
    speed
        `usual`, `fastest` or `slow`, where the class has them.
    covered
        Whether the cover of the class (as clonidine by mouth) is ordered.
    concentration
        Of the deciding drug, for what the pump can deliver.
    """

    doses: tuple[tuple[str, MassRate], ...]
    starts: date
    reason: str = "elective"
    at_once: bool = False
    until: MassRate | None = None
    rows: int | None = None
    speed: str = "usual"
    covered: bool | None = None
    concentration: Concentration | None = None
    pump: str | None = None

    @property
    def deciding(self) -> tuple[str, MassRate]:
        """Drug and dose that set the pace: the first of the table's order that is there."""
        order = listed(TABLE.get("any", "wean-order", str))
        return min(self.doses, key=lambda one: order.index(drug(one[0]).drug_class))

    @property
    def deciding_class(self) -> str:
        """Class of the deciding drug."""
        return drug(self.deciding[0]).drug_class


def read_cessation(case: Table) -> CessationCase:
    """Return the case of a table `[cessation]`; raises `BadFileError` naming the key."""
    found = CessationCase(
        doses=take_doses(case, "doses"),
        starts=case.take_date("starts"),
        reason=case.take_choice("reason", REASONS),
        at_once=case.optional("at_once", case.take_flag) or False,
        until=case.optional("until", lambda key: case.take_quantity(key, MassRate)),
        rows=case.optional("rows", case.take_count),
        speed=case.optional("speed", lambda key: case.take_choice(key, SPEEDS)) or "usual",
        covered=case.optional("covered", case.take_flag),
        concentration=take_concentration(case),
        pump=take_pump(case),
    )
    case.finish()
    return found


def wean_fraction(drug_class: str, speed: str) -> Fraction:
    """Return the part of the dose that goes at each step: usual, fastest or slowest on record."""
    answers = [one.of_kind(Fraction).value for one in TABLE.every(drug_class, "wean-fraction")]
    if speed == "fastest":
        return max(answers)
    return min(answers) if speed == "slow" else answers[0]
