"""The kinds of fault that thecal knows: what each does, what shows it, and what the file may say.

All of it stands in `data/faults.csv`; nothing here decides what a fault does to a pump.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import final

from thecal.data import Fact, FactValue, cached, fact_of, rows
from thecal.device.pump import PumpModel
from thecal.errors import DataError, UnknownIdError
from thecal.units import Duration
from thecal.units.quantity import Q

PARTS = ("pump", "catheter", "fill")


@final
@dataclass(frozen=True, slots=True)
class FaultKind:
    """One kind of fault.

    Attributes
    ----------
    simulated
        Whether the replay follows all of it; `not_replayed` says what it does not.
    part
        What is broken: `pump` and `catheter` last until that part is exchanged or mended, `fill` is
        something that goes wrong at one fill.
    pumps
        The kinds of pump that it can befall.
    keys
        What the file may say of it besides the kind.
    alarms, alarms_external
        The alarms that it makes the pump raise; empty: silent. An external pump that watches its
        line raises those of the second too.
    count
        What the pump's own count does meanwhile.
    refill
        How the next aspirate stands to the expected one: `above`, `below` or `as expected`.
    detected_by
        `alarm`, `refill`, `interrogation`, or `imaging`: nothing that pump or refill tell.
    time_to_detection, time_to_detection_external
        When that is, in words; the second for an external pump that watches its line.
    detected_after
        How long after it began the alarm sounds; None where no alarm shows it.
    facts
        Every parameter of the kind, the defaults of its keys too.
    """

    id: str
    name: str
    meaning: Fact[str]
    simulated: bool
    part: str
    pumps: tuple[str, ...]
    keys: tuple[str, ...]
    effect: str
    alarms: tuple[str, ...]
    alarms_external: tuple[str, ...]
    count: str
    refill: str
    detected_by: str
    time_to_detection: str
    time_to_detection_external: str
    not_replayed: str
    detected_after: Fact[Duration] | None
    facts: Mapping[str, Fact[FactValue]] = field(repr=False, compare=False)

    def number(self, parameter: str) -> Fraction | None:
        """Return a plain number of the table; None where there is no such row."""
        fact = self.facts.get(parameter)
        return None if fact is None else fact.of_kind(Fraction).value

    def quantity(self, parameter: str, kind: type[Q]) -> Q | None:
        """Return a quantity of the table; None where there is no such row."""
        fact = self.facts.get(parameter)
        return None if fact is None else fact.of_kind(kind).value


@cached
def fault_kinds() -> tuple[FaultKind, ...]:
    """Return every kind of fault, in the order of the table."""
    table: dict[str, dict[str, Fact[FactValue]]] = {}
    for row in sorted(rows("faults"), key=lambda row: int(row["rank"])):
        table.setdefault(row["fault"], {}).setdefault(row["parameter"], fact_of(row))
    return tuple(_kind(id, facts) for id, facts in table.items())


def fault_kind(id: str) -> FaultKind:
    """Return the kind of fault with this id; raises `UnknownIdError` with the nearest ids."""
    found = _by_id().get(id)
    if found is not None:
        return found
    import difflib  # slow to import, and only an error needs it

    known = list(_by_id())
    near = difflib.get_close_matches(id, known, n=3) or known
    raise UnknownIdError(f'"{id}" is no fault', remedy="did you mean " + ", ".join(near))


def found_at_latest(kind: FaultKind, model: PumpModel) -> Duration | None:
    """Return how long a fault may stay unnoticed where refills come in time; None: for ever.

    What only a refill or reading the pump shows is found at the latest with the longest interval
    between refills, for a pump is read at each. None too where the model has no such interval.
    """
    if kind.detected_by == "alarm" and kind.detected_after is not None:
        return kind.detected_after.value
    if kind.detected_by == "imaging" or model.maximum_refill_interval is None:
        return None
    return model.maximum_refill_interval.value


@cached
def _by_id() -> Mapping[str, FaultKind]:
    return MappingProxyType({kind.id: kind for kind in fault_kinds()})


def _kind(id: str, facts: dict[str, Fact[FactValue]]) -> FaultKind:
    def text(parameter: str) -> str:
        if parameter not in facts:
            raise DataError(f"faults.csv has no {parameter} of {id}", remedy="restore the row")
        return facts[parameter].of_kind(str).value

    def words(parameter: str) -> tuple[str, ...]:
        listed = text(parameter)
        return () if listed == "none" else tuple(listed.split("; "))

    if text("part") not in PARTS:
        raise DataError(f'"{text("part")}" is no part of a system', place=f"faults.csv {id}")
    after = facts.get("detected-after")
    return FaultKind(
        id=id,
        name=text("name"),
        meaning=facts["meaning"].of_kind(str),
        simulated=text("simulated") == "yes",
        part=text("part"),
        pumps=words("pumps"),
        keys=words("keys"),
        effect=text("effect"),
        alarms=words("alarms"),
        alarms_external=words("alarms-external") if "alarms-external" in facts else (),
        count=text("count"),
        refill=text("refill"),
        detected_by=text("detected-by"),
        time_to_detection=text("time-to-detection"),
        time_to_detection_external=text(
            "time-to-detection-external"
            if "time-to-detection-external" in facts
            else "time-to-detection"
        ),
        not_replayed=text("not-replayed") if "not-replayed" in facts else "",
        detected_after=None if after is None else after.of_kind(Duration),
        facts=MappingProxyType(facts),
    )
