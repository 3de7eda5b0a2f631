"""The patient's own device beside a pump: what it shows, and by which rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import final

from thecal.data import Fact, FactValue, cached, fact_of, rows
from thecal.errors import DataError
from thecal.units import Duration, Volume


@final
@dataclass(frozen=True, slots=True)
class PatientController:
    """A model of patient controller; None where nothing is known.

    Attributes
    ----------
    shows
        What its screens show, as far as it could be read.
    refill_rule
        In words.
    refill_volume
        Computed volume at which its refill date lies; None: the pump's own alarm volume.
    frozen_date
        Whether the refill date is computed only at fills, programs and starts of boluses.
    restriction
        For whom it is not.
    after_scan
        What the patient has to do with it after an MRI.
    hold_still
        How long a command may take over the air.
    models
        The answer that says which pumps it belongs to.
    """

    id: str
    name: Fact[str]
    models: Fact[str]
    shows: Fact[str]
    refill_rule: Fact[str]
    refill_volume: Fact[Volume] | None
    restriction: Fact[str]
    after_scan: Fact[str] | None
    hold_still: Fact[Duration] | None

    @property
    def frozen_date(self) -> bool:
        """A controller with a volume of its own keeps the date of the last start of a bolus."""
        return self.refill_volume is not None

    @property
    def facts(self) -> Mapping[str, Fact[FactValue]]:
        """Every constant that is known, by name."""
        named: dict[str, Fact[FactValue] | None] = {
            "name": self.name,
            "model": self.models,
            "shows": self.shows,
            "refill-rule": self.refill_rule,
            "refill-volume": self.refill_volume,
            "restriction": self.restriction,
            "after-scan": self.after_scan,
            "hold-still": self.hold_still,
        }
        return MappingProxyType({name: fact for name, fact in named.items() if fact is not None})


@cached
def patient_controller(pump: str) -> PatientController | None:
    """Return the patient controller of a pump model, by its id; None where none is known."""
    for row in rows("controllers"):
        if row["parameter"] == "model" and fnmatchcase(pump, row["value"]):
            return _controller(row["controller"], fact_of(row).of_kind(str))
    return None


def _controller(id: str, models: Fact[str]) -> PatientController:
    facts = {
        row["parameter"]: fact_of(row)
        for row in rows("controllers")
        if row["controller"] == id and row["parameter"] != "model"
    }

    def text(name: str) -> Fact[str]:
        if name not in facts:
            raise DataError(f"controllers.csv has no {name} of {id}", remedy="restore the row")
        return facts[name].of_kind(str)

    volume, scan, still = (facts.get(n) for n in ("refill-volume", "after-scan", "hold-still"))
    return PatientController(
        id=id,
        name=text("name"),
        models=models,
        shows=text("shows"),
        refill_rule=text("refill-rule"),
        refill_volume=None if volume is None else volume.of_kind(Volume),
        restriction=text("restriction"),
        after_scan=None if scan is None else scan.of_kind(str),
        hold_still=None if still is None else still.of_kind(Duration),
    )
