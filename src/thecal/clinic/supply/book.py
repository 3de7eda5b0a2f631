"""The clinic's book of controlled drugs: its lots, the counts of two people, signs of diversion.

Kinds of entries of the clinic
------------------------------
`drugs.counted`
    `count` (its id), `lots`: key of a lot to the volume that was found; signed.
`drugs.counted_again`
    `count`, `lots`, `agrees`: another person found the same, or not; signed.
`drugs.explained`
    `lot`: its key, `told`: what did not add up then, in words; the reason is the entry's: that was
    looked into; signed. What comes to light later is not explained by it, nor what it does not
    name.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, final

from thecal.care.spans import span
from thecal.care.supply.book import LotBook, LotCount, lots_of, newest_first
from thecal.care.supply.diversion import Residual, Signal, diversion_signals
from thecal.care.supply.rules import RULES
from thecal.care.supply.told import Told
from thecal.care.supply.visits import visits_of
from thecal.clinic import clock
from thecal.clinic.models import Clinic, Projection, Role
from thecal.clinic.supply.streams import told_by_clinic, told_by_patients
from thecal.pharmacy import drug
from thecal.therapy.file_writer import write_quantity
from thecal.units import Duration, Volume, parse_quantity

COUNTED, COUNTED_AGAIN, EXPLAINED = "drugs.counted", "drugs.counted_again", "drugs.explained"
OF_BOOK = frozenset({COUNTED, COUNTED_AGAIN, EXPLAINED})
COLUMNS = ("time", "lot", "patient", "drug", "what", "volume_ml", "mass", "unit", "by", "witness")
_NAMELESS = (Role.ADMINISTRATOR,)


@final
@dataclass(frozen=True, slots=True)
class OpenCount:
    """A count that waits for its second person.

    Attributes
    ----------
    differs
        Whether somebody counted again and found something else.
    """

    id: str
    by: str
    at: datetime
    lots: Mapping[str, Volume]
    differs: bool


@final
@dataclass(frozen=True, slots=True)
class DrugBook:
    """The book as it stands.

    Attributes
    ----------
    names
        Patient's id to what is shown of them: for some roles no name.
    last_count
        When two people last counted and agreed; None: never.
    waiting
        The count that waits for a second person; None: none does.
    seen
        How many entries the clinic's stream has of the book.
    """

    lots: tuple[LotBook, ...]
    signals: tuple[Signal, ...]
    names: Mapping[str, str]
    last_count: datetime | None
    waiting: OpenCount | None
    seen: int

    @property
    def in_stock(self) -> tuple[LotBook, ...]:
        """The lots of which something should be there."""
        return tuple(one for one in self.lots if not one.is_closed and one.balance)

    def lot(self, key: str) -> LotBook | None:
        """Return the lot of a key; None where there is none."""
        return next((one for one in self.lots if one.key == key), None)

    def count_due(self, now: datetime) -> bool:
        """Whether two people have to count again."""
        every = span(RULES.get("book", "count-every", Duration).value)
        return bool(self.in_stock) and (self.last_count is None or now - self.last_count > every)


def drug_book(clinic: Clinic, role: str) -> DrugBook:
    """Return the book of a clinic as somebody of a role may see it."""
    lots: list[LotBook] = []
    residuals: list[Residual] = []
    for patient, entries in told_by_patients(clinic).items():
        lots += lots_of(patient, entries)
        residuals += [
            Residual(
                patient,
                one.operator,
                one.at["aspirate"],
                str(one.residual["direction"]),
                str(one.residual["band"]),
            )
            for one in visits_of(entries)
            if one.residual and "aspirate" in one.at
        ]
    own = told_by_clinic(clinic, OF_BOOK)
    by_key = {one.key: one for one in lots}
    waiting, last = _counted(own, by_key)
    for one in own:
        page = by_key.get(str(one.body["lot"])) if one.kind == EXPLAINED else None
        if page is not None:
            page.explained = f"{one.reason} ({one.by})"
            page.looked_into |= set(one.body.get("told", ()))
    signals = diversion_signals(residuals, clock.now())
    names = _names(clinic, role)
    return DrugBook(newest_first(lots), signals, names, last, waiting, len(own))


def csv_of(book: DrugBook) -> str:
    """Return every line of the book as a table: a row for each drug."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(COLUMNS)
    rows = [
        (
            line.at,
            [
                line.at.isoformat(),
                _cell(lot.lot),
                _cell(book.names.get(lot.patient, "")),
                name,
                line.what,
                *_amounts(lot, name, line.signed_volume),
                line.by,
                line.witness,
            ],
        )
        for lot in book.lots
        for line in lot.lines
        for name in lot.drugs
    ]
    for _, row in sorted(rows, key=lambda one: one[0]):
        table.writerow(row)
    return out.getvalue()


def _amounts(lot: LotBook, name: str, volume: Volume) -> tuple[str, str, str]:
    unit = drug(name).mass_unit
    sign = "-" if volume < Volume.zero() else ""
    size = Volume(abs(volume.base))
    mass = lot.mixture.mass_of(name, size)
    written = write_quantity(size, "mL").partition(" ")[0] if size else "0"
    held = write_quantity(mass, unit).partition(" ")[0] if mass else "0"
    return sign + written, sign + held, unit


def _cell(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _names(clinic: Clinic, role: str) -> Mapping[str, str]:
    rows = Projection.objects.filter(clinic=clinic).order_by("patient__created", "patient_id")
    if role in _NAMELESS:
        ids = rows.values_list("patient_id", flat=True)
        return {str(one): f"patient {number}" for number, one in enumerate(ids, start=1)}
    values = rows.values_list("patient_id", "content")
    return {str(one): str(json.loads(content)["name"]) for one, content in values}


def _counted(
    own: Sequence[Told], lots: Mapping[str, LotBook]
) -> tuple[OpenCount | None, datetime | None]:
    """Write the counts that two people agree on into their lots; return which one waits."""
    waiting: OpenCount | None = None
    last: datetime | None = None
    for one in own:
        if one.kind == COUNTED:
            found = {key: _volume(text) for key, text in one.body["lots"].items()}
            waiting = OpenCount(str(one.body["count"]), one.by, one.at, found, False)
        elif one.kind == COUNTED_AGAIN and waiting and waiting.id == one.body["count"]:
            if not one.body["agrees"]:
                waiting = OpenCount(waiting.id, waiting.by, waiting.at, waiting.lots, True)
                continue
            for key, volume in waiting.lots.items():
                if key in lots:
                    lots[key].counts.append(LotCount(waiting.at, volume, waiting.by, one.by))
            waiting, last = None, one.at
    return waiting, last


def _volume(text: Any) -> Volume:
    return parse_quantity(str(text), Volume, zero_allowed=True)


def written(volume: Volume) -> str:
    """Return a volume as an entry keeps it, nothing too."""
    return write_quantity(volume, "mL") if volume else "0 mL"
