"""One visit for a scan: what was done before it, when it ended, and every reading after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, final

from thecal.care.due.knowledge import Reading, Scan
from thecal.device import PumpModel, pump_model, pump_models
from thecal.errors import EntryError
from thecal.pharmacy import drugs
from thecal.safety.scan import CONTINUES, behaviour_in_scanner
from thecal.therapy.file_writer import write_quantity
from thecal.therapy.table import Table
from thecal.units import MagneticField


@final
@dataclass(frozen=True, slots=True)
class MriVisit:
    """A visit for a scan. None: nobody has said.

    Attributes
    ----------
    pump
        Id of the model.
    drugs
        In the reservoir.
    holds_drug
        Whether the reservoir holds drug when the patient goes into the scanner.
    field
        Of the scanner.
    gradient
        Largest spatial gradient, in G/cm.
    done
        Ids of the steps that are done.
    cover
        How the drug is replaced meanwhile.
    ended
        When the scan ended; None: not yet.
    called_off
        Whether no scan took place after all.
    readings
        After the scan, in order of time.
    """

    pump: str
    drugs: tuple[str, ...] = ()
    holds_drug: bool | None = None
    field: MagneticField | None = None
    gradient: int | None = None
    done: frozenset[str] = frozenset()
    cover: str | None = None
    ended: datetime | None = None
    called_off: bool = False
    readings: tuple[Reading, ...] = ()

    @property
    def model(self) -> PumpModel:
        """The pump's model."""
        return pump_model(self.pump)

    @property
    def needs_reading(self) -> bool:
        """Whether the pump has to be read after the scan; one that goes on need not."""
        return behaviour_in_scanner(self.model) != CONTINUES

    @property
    def recovered(self) -> bool:
        """Whether a reading after the scan found the pump running."""
        return self.ended is not None and any(
            one.running and one.time >= self.ended for one in self.readings
        )

    @property
    def scan(self) -> Scan | None:
        """The scan as the Today list waits for its reading; None before its end or without need."""
        if self.ended is None or not self.needs_reading:
            return None
        return Scan(self.ended, self.readings)

    def read(self, time: datetime, *, running: bool) -> MriVisit:
        """Return the visit with one reading more.

        Raises
        ------
        EntryError
            If the scan has not ended, or the reading is before its end.
        """
        if self.ended is None or time < self.ended:
            raise EntryError(
                "a reading after the scan is before its end", remedy="correct one of the two times"
            )
        return replace(self, readings=(*self.readings, Reading(time, running)))

    def to_json(self) -> Mapping[str, object]:
        """Return it as the log keeps it, keys without an answer left out."""
        values: dict[str, object | None] = {
            "pump": self.pump,
            "drugs": list(self.drugs) or None,
            "holds_drug": self.holds_drug,
            "field": None if self.field is None else write_quantity(self.field),
            "gradient": self.gradient,
            "done": sorted(self.done) or None,
            "cover": self.cover,
            "called_off": self.called_off or None,
            "ended": None if self.ended is None else self.ended.isoformat(),
            "readings": [
                {"time": one.time.isoformat(), "running": one.running} for one in self.readings
            ]
            or None,
        }
        return {key: value for key, value in values.items() if value is not None}


def read_visit(table: Table) -> MriVisit:
    """Return what `MriVisit.to_json` wrote; raises `BadFileError` naming the key that is wrong."""
    known = tuple(one.id for one in drugs())
    found = MriVisit(
        pump=table.take_choice("pump", [one.id for one in pump_models()]),
        drugs=tuple(
            Table({"drugs": one}, table.place).take_choice("drugs", known)
            for one in _list(table, "drugs")
        ),
        holds_drug=table.optional("holds_drug", table.take_flag),
        field=table.optional("field", lambda key: table.take_quantity(key, MagneticField)),
        gradient=table.optional("gradient", table.take_count),
        done=frozenset(
            Table({"done": one}, table.place).take_text("done") for one in _list(table, "done")
        ),
        cover=table.optional("cover", table.take_text),
        ended=table.optional("ended", lambda key: _moment(table, key)),
        called_off=table.optional("called_off", table.take_flag) or False,
        readings=tuple(_reading(table, one) for one in _list(table, "readings")),
    )
    table.finish()
    return found


def _list(table: Table, key: str) -> list[Any]:
    return table.take_list(key) if table.has(key) else []


def _reading(table: Table, value: object) -> Reading:
    inner = Table(value, f"{table.place}: readings")
    found = Reading(_moment(inner, "time"), inner.take_flag("running"))
    inner.finish()
    return found


def _moment(table: Table, key: str) -> datetime:
    text = table.take_text(key)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise table.error(f'"{text}" is no time', "write it with its offset", key) from None
    if moment.tzinfo is None:
        raise table.error("the time has no offset", "write it with its offset", key)
    return moment
