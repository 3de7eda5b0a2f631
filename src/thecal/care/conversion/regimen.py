"""The opioids a person takes, line by line as the prescription has them, by route."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.care.derivation import Typed
from thecal.errors import BadFileError, ThecalError
from thecal.pharmacy import mme_drugs
from thecal.therapy.table import Table
from thecal.units import Duration, Mass, MassRate, parse_number, show, show_number

ORAL, INTRAVENOUS, TRANSDERMAL = "oral", "intravenous", "transdermal"
EPIDURAL, INTRATHECAL = "epidural", "intrathecal"
ROUTES = (ORAL, INTRAVENOUS, TRANSDERMAL, EPIDURAL, INTRATHECAL)
NEURAXIAL = (EPIDURAL, INTRATHECAL)
_DOSE_UNITS = ("mg", "ug")
OPIOIDS = ("morphine", "hydromorphone", "fentanyl", "sufentanil")
"""The opioids that go into a pump."""


@final
@dataclass(frozen=True, slots=True)
class OpioidLine:
    """One line of a list of opioids.

    Attributes
    ----------
    drug, route
        What is taken, and how.
    dose
        Over 24 hours, in the unit in which it was typed; a patch in mcg/h as its label has it.
    worn
        How long one patch is worn, where that was said.
    oral_factor
        Milligrams of oral morphine for one milligram of it, or a day for one mcg/h of a patch: the
        clinician's choice, None where none was made.
    strengths
        The tablets, capsules or patches at hand, for a taper; empty where none were named.
    """

    drug: str
    route: str
    dose: Typed[MassRate]
    worn: Duration | None = None
    oral_factor: Fraction | None = None
    strengths: tuple[Typed[Mass] | Typed[MassRate], ...] = ()

    @property
    def daily(self) -> MassRate:
        """The dose over 24 hours."""
        return self.dose.quantity

    @property
    def name(self) -> str:
        """What people call the line, as in `fentanyl, transdermal`."""
        return f"{self.drug}, {self.route}"

    def shown(self) -> str:
        """Return the line for people, as in `fentanyl, transdermal, 50 mcg/h`."""
        unit = self.dose.unit if self.route == TRANSDERMAL else f"{self.dose.mass_unit}/d"
        return f"{self.name}, {show(self.daily, unit)}"

    def patch_rate(self) -> Fraction:
        """Return what a patch gives, in mcg/h."""
        return self.daily.in_unit("ug/h")

    def oral_morphine(self) -> MassRate | None:
        """Return it as oral morphine by the clinician's factor; None where none was chosen."""
        if self.oral_factor is None:
            return None
        if self.route == TRANSDERMAL:
            return MassRate.of(self.patch_rate() * self.oral_factor, "mg/d")
        return self.daily.scaled(self.oral_factor)


def total_of(doses: Iterable[MassRate]) -> MassRate:
    """Return the sum of daily doses."""
    return sum(doses, MassRate.zero())


def read_lines(table: Table, key: str = "drugs") -> tuple[OpioidLine, ...]:
    """Return the list of opioids under `key`; raises `BadFileError` naming line and key."""
    return tuple(
        _read_line(Table(one, f"{table.place}: {key} {place}"))
        for place, one in enumerate(table.take_list(key), start=1)
    )


def take_number(table: Table, key: str) -> Fraction:
    """Return a number above zero that is written as text, as in `"105.5"`."""
    text = table.take_text(key)
    try:
        number = parse_number(text)
    except ThecalError as error:
        raise table.error(error.what, error.remedy, key) from None
    if number <= 0:
        raise table.error("the number is zero", 'as in "300"', key)
    return number


def take_rate(table: Table, key: str) -> Typed[MassRate]:
    """Return a dose a day or an hour together with the unit in which it was typed."""
    table.take_quantity(key, MassRate)
    return Typed.read(str(table.keys()[key]), MassRate)


def _read_line(table: Table) -> OpioidLine:
    known = tuple(dict.fromkeys((*mme_drugs(), *OPIOIDS)))
    drug, route = table.take_choice("drug", known), table.take_choice("route", ROUTES)
    dose = _dose(table, route)
    factor_key = "oral_morphine_per_mcg_h" if route == TRANSDERMAL else "to_oral_morphine"
    line = OpioidLine(
        drug,
        route,
        dose,
        table.optional("worn", lambda key: table.take_quantity(key, Duration)),
        table.optional(factor_key, lambda key: take_number(table, key)),
        _strengths(table, route),
    )
    if line.worn is not None and route != TRANSDERMAL:
        raise table.error("only a patch is worn", "leave it out", "worn")
    table.finish()
    return line


def _dose(table: Table, route: str) -> Typed[MassRate]:
    if table.has("dose"):
        if table.has("daily_dose"):
            raise table.error(
                "the dose is given twice", "either dose with times_per_day, or daily_dose", "dose"
            )
        if route == TRANSDERMAL:
            raise table.error(
                "a patch is labelled per hour, not per piece",
                'write daily_dose with what the label has, as in "50 ug/h"',
                "dose",
            )
        single = table.take_quantity("dose", Mass)
        times = table.take_count("times_per_day")
        unit = str(table.keys()["dose"]).rpartition(" ")[2].replace("mcg", "ug")
        if unit not in _DOSE_UNITS:
            raise table.error(
                f"no dose of an opioid is written in {unit}", 'write it as in "40 mg"', "dose"
            )
        return Typed((single / Duration.of(1, "d")).scaled(times), f"{unit}/d")
    dose = take_rate(table, "daily_dose")
    if route == TRANSDERMAL and not dose.per_hour:
        raise table.error(
            f"a patch is labelled per hour, {dose.shown()} is per day",
            'write what the label has, as in "50 ug/h"',
            "daily_dose",
        )
    if route == ORAL and dose.per_hour:
        raise table.error(
            f"{dose.shown()} by mouth is {show(dose.quantity, dose.mass_unit + '/d')}",
            f'per hour? write the day, as in "{show_number(dose.quantity.in_unit("mg/d"))} mg/d"',
            "daily_dose",
        )
    return dose


def _strengths(table: Table, route: str) -> tuple[Typed[Mass] | Typed[MassRate], ...]:
    if not table.has("strengths"):
        return ()
    found: list[Typed[Mass] | Typed[MassRate]] = []
    for text in table.take_list("strengths"):
        try:
            if route == TRANSDERMAL:
                found.append(Typed.read(text, MassRate))
            else:
                found.append(Typed.read(text, Mass))
        except ThecalError as error:
            raise BadFileError(
                error.what, why=error.why, remedy=error.remedy, place=f"{table.place}: strengths"
            ) from None
    return tuple(found)
