"""The list of a patient's medicines, folded from what people stated: nothing is taken for granted.

A list on which nothing stands says nothing; that a patient takes no medicine is a statement.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from typing import Any, final

from thecal.care.anticoagulants import Procedure, procedures
from thecal.care.medicine_list.listed import ListedMedicine, read_listed, take_local
from thecal.errors import BadFileError, EntryError
from thecal.pharmacy import drugs
from thecal.therapy.table import Table
from thecal.units import parse_number

CHANGED, STOPPED = "medicines.changed", "medicines.stopped"
RECONCILED, ACCEPTED = "medicines.reconciled", "medicines.accepted"
PUNCTURE = "medicines.puncture"
_YES, _NO, _NOT_ASKED = "yes", "no", "not-asked"


@final
@dataclass(frozen=True, slots=True)
class Statement:
    """What somebody stated: one of the kinds above, with its values as a table holds them."""

    kind: str
    values: Mapping[str, Any]
    by: str
    at: datetime
    entry: int


@final
@dataclass(frozen=True, slots=True)
class Taken:
    """A medicine that is taken, and who said so."""

    medicine: ListedMedicine
    said: Statement


@final
@dataclass(frozen=True, slots=True)
class Stopped:
    """A medicine that was stopped on purpose, or is held."""

    medicine: ListedMedicine
    last_day: date
    last_taken: datetime | None
    reason: str
    said: Statement

    @property
    def last_dose(self) -> datetime:
        """The latest that the last dose can have been: the end of its day where no time is told."""
        return self.last_taken or datetime.combine(self.last_day, datetime.max.time())


@final
@dataclass(frozen=True, slots=True)
class Reconciled:
    """The list was gone through with somebody and is whole; `nothing`: no medicine is taken."""

    asked: str
    alcohol: bool | None
    nothing: bool
    said: Statement


@final
@dataclass(frozen=True, slots=True)
class Accepted:
    """A question of the list that a person answered, for the drugs that were in the pump."""

    about: str
    reason: str
    pump: tuple[str, ...]
    said: Statement


@final
@dataclass(frozen=True, slots=True)
class Puncture:
    """A procedure at the spine that is planned, on the clinic's clock; None: nobody said."""

    procedure: Procedure
    begins: datetime
    ends: datetime | None
    renal_impairment: bool | None
    inr: Fraction | None
    said: Statement


@final
@dataclass(frozen=True, slots=True)
class MedicineList:
    """What is known of a patient's medicines.

    Attributes
    ----------
    taken, stopped
        By name; what was started again is taken.
    reconciled
        When the list was gone through last; None: never.
    unread
        What was stated and cannot be read (after a correction): the list is not whole then.
    """

    taken: Mapping[str, Taken]
    stopped: Mapping[str, Stopped]
    reconciled: Reconciled | None
    accepted: tuple[Accepted, ...]
    puncture: Puncture | None
    unread: tuple[str, ...]

    @property
    def begun(self) -> bool:
        """Whether anything was ever stated."""
        return bool(self.taken or self.stopped or self.reconciled or self.unread)

    @property
    def medicines(self) -> tuple[ListedMedicine, ...]:
        """What is taken."""
        return tuple(one.medicine for one in self.taken.values())


EMPTY = MedicineList({}, {}, None, (), None, ())


def fold_medicines(statements: Iterable[Statement]) -> MedicineList:
    """Return the list after statements in the order in which they were made."""
    found = EMPTY
    for one in statements:
        try:
            found = with_statement(found, one)
        except BadFileError as error:
            found = replace(found, unread=(*found.unread, f"entry {one.entry}: {error.what}"))
    return found


def with_statement(known: MedicineList, said: Statement) -> MedicineList:
    """Return the list with one more statement.

    Raises
    ------
    BadFileError
        If it cannot be read, or does not fit what stands: something is stopped that is not taken,
        or an empty list is called whole without saying that nothing is taken.
    """
    table = Table(dict(said.values), said.kind)
    if said.kind == CHANGED:
        medicine = read_listed(table)
        rest = {name: one for name, one in known.stopped.items() if name != medicine.name}
        taken = {**known.taken, medicine.name: Taken(medicine, said)}
        return replace(known, taken=taken, stopped=rest)
    if said.kind == STOPPED:
        stopped = _stopped(table, known, said)
        name = stopped.medicine.name
        rest_taken = {each: one for each, one in known.taken.items() if each != name}
        return replace(known, taken=rest_taken, stopped={**known.stopped, name: stopped})
    if said.kind == RECONCILED:
        return replace(known, reconciled=_reconciled(table, known, said))
    if said.kind == ACCEPTED:
        return replace(known, accepted=(*known.accepted, _accepted(table, said)))
    return replace(known, puncture=_puncture(table, said))


def _stopped(table: Table, known: MedicineList, said: Statement) -> Stopped:
    name = table.take_choice("medicine", tuple(known.taken) or ("(nothing is taken)",))
    last_day = table.take_date("last_day")
    last_taken = table.optional("last_taken", lambda key: take_local(table, key))
    reason = table.take_text("reason")
    table.finish()
    if last_taken is not None and last_taken.date() != last_day:
        raise table.error("the last dose lies on another day", "correct one of them", "last_taken")
    return Stopped(known.taken[name].medicine, last_day, last_taken, reason, said)


def _reconciled(table: Table, known: MedicineList, said: Statement) -> Reconciled:
    asked = table.take_text("asked")
    alcohol = table.take_choice("alcohol", (_YES, _NO, _NOT_ASKED))
    nothing = table.take_flag("nothing")
    table.finish()
    if nothing and known.taken:
        raise table.error("medicines stand on the list", "stop each, or leave this out", "nothing")
    if not nothing and not known.taken:
        raise table.error(
            "nothing stands on the list", "say that no medicine is taken, or enter them", "nothing"
        )
    return Reconciled(asked, None if alcohol == _NOT_ASKED else alcohol == _YES, nothing, said)


def _accepted(table: Table, said: Statement) -> Accepted:
    known = tuple(one.id for one in drugs())
    pump = tuple(
        Table({"pump": one}, table.place).take_choice("pump", known)
        for one in table.take_list("pump")
    )
    found = Accepted(table.take_text("about"), table.take_text("reason"), pump, said)
    table.finish()
    return found


def _puncture(table: Table, said: Statement) -> Puncture:
    procedure = procedures()[table.take_choice("procedure", tuple(procedures()))]
    begins = take_local(table, "begins")
    ends = table.optional("ends", lambda key: take_local(table, key))
    if ends is not None and ends < begins:
        raise table.error("it ends before it begins", "correct one of them", "ends")
    renal = table.optional("renal_impairment", lambda key: table.take_choice(key, (_YES, _NO)))
    inr = table.optional("inr", lambda key: _number(table, key))
    table.finish()
    return Puncture(procedure, begins, ends, None if renal is None else renal == _YES, inr, said)


def _number(table: Table, key: str) -> Fraction:
    text = table.take_text(key)
    try:
        return parse_number(text)
    except EntryError as error:
        raise table.error(error.what, 'write it as in "1.1"', key) from None
