"""One medicine of a patient's list: its name, its dose as somebody said it, and what it counts as.

What is in a shipped table is known by that; of any other a person may say what it counts as, and
what nobody said is not checked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import final

from thecal.care.anticoagulants import Agent, agents
from thecal.care.conversion.regimen import ORAL, TRANSDERMAL
from thecal.care.derivation import Typed
from thecal.care.figures import Figures
from thecal.care.interactions import Medicine, medicine, medicine_classes
from thecal.data import cached
from thecal.errors import ThecalError
from thecal.pharmacy.lookup import by_key
from thecal.therapy.table import Table
from thecal.units import MassRate

RULES = Figures("medicine_list")
BLEEDING, NO_CLASS = "raises-bleeding", "none"
DOSE_UNITS = ("mg/d", "ug/d", "ug/h")
"""Units in which a dose is typed; an hour is that of a patch."""


@final
@dataclass(frozen=True, slots=True)
class ListedMedicine:
    """One medicine as it is taken.

    Attributes
    ----------
    name
        In lower case; of the tables, or as somebody wrote it.
    dose
        With the unit in which it was typed; None where it was said in words, or nobody knows it.
    dose_words
        As in `1 g when needed`; empty where the dose is a figure or not known.
    since
        None where nobody said.
    last_taken
        On the clinic's clock, without offset; None where nobody said.
    counts_as
        What a person says that it counts as; None where nobody did, or a table does.
    """

    name: str
    dose: Typed[MassRate] | None = None
    dose_words: str = ""
    since: date | None = None
    last_taken: datetime | None = None
    counts_as: tuple[str, ...] | None = None

    @property
    def known(self) -> bool:
        """Whether a shipped table knows the medicine."""
        return self.name in names()

    @property
    def shown_dose(self) -> str:
        """The dose for people."""
        if self.dose is not None:
            return self.dose.shown()
        return self.dose_words or "not known"

    @property
    def agent(self) -> Agent | None:
        """What the table of anticoagulants knows of it; None where it is not there."""
        return agents().get(self.name)

    @property
    def bleeding_unknown(self) -> bool:
        """Whether it may raise bleeding, or does, and no table says how long it is held."""
        if self.known:
            return False
        return self.counts_as is None or BLEEDING in self.counts_as

    def medicine(self, stopped_on: date | None = None) -> Medicine:
        """Return it as the table of interactions sees it."""
        found = medicine(self.name, dose=self.shown_dose, stopped_on=stopped_on)
        if found.classes is not None or self.counts_as is None:
            return found
        met = tuple(one for one in self.counts_as if one not in (BLEEDING, NO_CLASS))
        return replace(found, classes=met)


@cached
def names() -> tuple[str, ...]:
    """Return the medicines that can be chosen, in alphabetical order.

    One that the table of anticoagulants knows only by what it is taken for (aspirin) is chosen by
    that: its hold depends on it.
    """
    known = {*by_key("medicines", "medicine"), *agents()}
    vague = {one for one in known if any(each.startswith(f"{one}-") for each in agents())}
    return tuple(sorted(known - vague))


def class_names() -> tuple[str, ...]:
    """Return what a person may say that a medicine counts as."""
    return (NO_CLASS, BLEEDING, *medicine_classes())


def read_listed(table: Table) -> ListedMedicine:
    """Return the medicine of a table; exactly one of its doses, in figures, words or unknown.

    Raises
    ------
    BadFileError
        If a key is unknown or malformed, the dose is missing or told twice, or in an hour where it
        is by mouth.
    """
    name = table.take_text("medicine").lower()
    told = [key for key in ("dose", "dose_words", "dose_unknown") if table.has(key)]
    if len(told) != 1:
        raise table.error(
            "the dose is missing" if not told else "the dose is told twice",
            "give it with its unit, in words, or say that nobody knows it",
            "dose",
        )
    if table.has("dose_unknown") and not table.take_flag("dose_unknown"):
        raise table.error("the dose is neither known nor unknown", "give it", "dose_unknown")
    found = ListedMedicine(
        name=name,
        dose=table.optional("dose", lambda key: _dose(table, key, name)),
        dose_words=table.optional("dose_words", table.take_text) or "",
        since=table.optional("since", table.take_date),
        last_taken=table.optional("last_taken", lambda key: take_local(table, key)),
        counts_as=_counts_as(table, name),
    )
    table.finish()
    return found


def take_local(table: Table, key: str) -> datetime:
    """Return a time without an offset; raises `BadFileError` for one with."""
    moment = table.take_moment(key)
    if moment.tzinfo is not None:
        raise table.error("this time has an offset", "write the clinic's time without one", key)
    return moment


def _dose(table: Table, key: str, name: str) -> Typed[MassRate]:
    text = table.take_text(key)
    try:
        dose = Typed.read(text, MassRate)
    except ThecalError as error:
        raise table.error(error.what, error.remedy, key) from None
    if dose.unit not in DOSE_UNITS:
        raise table.error(f"{dose.shown()} is in no unit of a dose a day", "as in 20 mg/d", key)
    route = RULES.text(name, "route") if RULES.has(name, "route") else ""
    if route == TRANSDERMAL and not dose.per_hour:
        raise table.error(
            "a patch is labelled per hour, not per day", "write what the label has", key
        )
    if route == ORAL and dose.per_hour:
        raise table.error("by mouth, and a dose per hour", "write the dose of a day", key)
    return dose


def _counts_as(table: Table, name: str) -> tuple[str, ...] | None:
    if not table.has("counts_as"):
        return None
    if name in names():
        raise table.error(
            f"what {name} counts as stands in the tables", "leave this empty", "counts_as"
        )
    given = tuple(
        Table({"counts_as": one}, table.place).take_choice("counts_as", class_names())
        for one in table.take_list("counts_as")
    )
    if NO_CLASS in given and len(given) > 1:
        raise table.error("nothing and something cannot both hold", "choose again", "counts_as")
    return given
