"""The pumps and catheters that thecal knows, by id."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from types import MappingProxyType
from typing import cast

from thecal.data import Fact, FactValue, Row, cached, fact_of, rows
from thecal.device.catheter import CatheterModel
from thecal.device.pump import PumpKind, PumpModel
from thecal.errors import DataError, UnknownIdError
from thecal.units import Duration, Length, Volume, VolumePerLength, VolumeRate
from thecal.units.quantity import Q

Facts = dict[str, tuple[Fact[FactValue], ...]]


@cached
def pump_models() -> tuple[PumpModel, ...]:
    """Return every pump model, in the order of the table."""
    return tuple(map(pump_model, _ids("pumps", "model")))


@cached
def catheter_models() -> tuple[CatheterModel, ...]:
    """Return every catheter model, in the order of the table."""
    return tuple(map(catheter_model, _ids("catheters", "catheter")))


@cached
def pump_model(id: str) -> PumpModel:
    """Return the pump model with this id.

    Raises
    ------
    UnknownIdError
        If there is none; the remedy names the nearest ids.
    """
    facts = _facts("pumps", "model", id)
    kind = _text(facts, "kind", id)
    if kind not in ("roller", "valve-gated", "constant-flow", "external"):
        raise DataError(f'"{kind}" is no kind of pump', place=f"pumps.csv {id}")
    return PumpModel(
        id=id,
        name=_text(facts, "name", id),
        maker=_text(facts, "maker", id),
        kind=cast(PumpKind, kind),
        programmable=_text(facts, "programmable", id) == "yes",
        capacity=_quantity(facts, "capacity", Volume),
        residual_volume=_quantity(facts, "residual-volume", Volume),
        minimum_rate=_quantity(facts, "minimum-rate", VolumeRate),
        maximum_rate=_quantity(facts, "maximum-rate", VolumeRate),
        minimum_rate_mode=_quantity(facts, "minimum-rate-mode", VolumeRate),
        tubing_volume_prime=_quantity(facts, "tubing-volume-prime", Volume),
        tubing_volume_bridge=_quantity(facts, "tubing-volume-bridge", Volume),
        access_port_volume=_quantity(facts, "access-port-volume", Volume),
        stroke_volume=_quantity(facts, "stroke-volume", Volume),
        low_reservoir_alarm=_quantity(facts, "low-reservoir-alarm", Volume),
        maximum_refill_interval=_quantity(facts, "maximum-refill-interval", Duration),
        changes_per_day=_number(facts, "changes-per-day"),
        nominal_flow=_quantity(facts, "nominal-flow", VolumeRate),
        accuracy=_number(facts, "accuracy"),
        facts=MappingProxyType({name: answers[0] for name, answers in facts.items()}),
        disagreements=MappingProxyType({n: a for n, a in facts.items() if len(a) > 1}),
    )


@cached
def catheter_model(id: str) -> CatheterModel:
    """Return the catheter model with this id; raises `UnknownIdError` as `pump_model` does."""
    facts = _facts("catheters", "catheter", id)
    return CatheterModel(
        id=id,
        name=_text(facts, "name", id),
        maker=_text(facts, "maker", id),
        supplied_length=_quantity(facts, "supplied-length", Length),
        volume_per_length=_quantity(facts, "volume-per-length", VolumePerLength),
        port_volume=_quantity(facts, "port-volume", Volume),
        trim_end=_text(facts, "trim-end", id) if "trim-end" in facts else "",
        access=_text(facts, "access", id) if "access" in facts else "",
        notes=_text(facts, "notes", id) if "notes" in facts else "",
        facts=MappingProxyType({name: answers[0] for name, answers in facts.items()}),
    )


def _ids(table: str, column: str) -> tuple[str, ...]:
    return tuple(row[column] for row in rows(table) if row["parameter"] == "name")


def _facts(table: str, column: str, id: str) -> Facts:
    """Return parameter to answers in order of rank; a row for the id goes before a pattern."""
    known = _ids(table, column)
    if id not in known:
        raise _unknown(table, id, known)
    found: dict[tuple[str, int], Row] = {}
    # Longer patterns overwrite shorter ones, and the id itself comes last ("*" sorts below it).
    for row in sorted(_matching(table, column, id), key=lambda row: row[column].rstrip("*")):
        found[row["parameter"], int(row["rank"])] = row
    answers: Facts = {}
    for (parameter, _), row in sorted(found.items(), key=lambda item: item[0]):
        answers[parameter] = (*answers.get(parameter, ()), fact_of(row))
    return answers


def _matching(table: str, column: str, id: str) -> Iterable[Row]:
    for row in rows(table):
        pattern = row[column]
        if pattern == id or (pattern.endswith("*") and id.startswith(pattern[:-1])):
            yield row


def _unknown(table: str, id: str, known: tuple[str, ...]) -> UnknownIdError:
    import difflib  # slow to import, and only an error needs it

    near = difflib.get_close_matches(id, known, n=3) or known
    return UnknownIdError(
        f'"{id}" is in no row of {table}', remedy="did you mean " + ", ".join(near)
    )


def _text(facts: Facts, name: str, id: str) -> str:
    if name not in facts:
        raise DataError(f"{id} has no {name}")
    return facts[name][0].of_kind(str).value


def _number(facts: Facts, name: str) -> Fact[Fraction] | None:
    return facts[name][0].of_kind(Fraction) if name in facts else None


def _quantity(facts: Facts, name: str, kind: type[Q]) -> Fact[Q] | None:
    return facts[name][0].of_kind(kind) if name in facts else None
