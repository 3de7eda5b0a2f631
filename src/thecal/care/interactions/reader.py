"""Reading the table `[interactions]` of a case file; what it leaves out stays unknown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import final

from thecal.care.interactions.medicines import Medicine, medicine, medicine_classes
from thecal.care.interactions.rules import ALCOHOL
from thecal.pharmacy import drugs
from thecal.safety.finding import Answer
from thecal.therapy.table import Table
from thecal.units import Duration, MassRate

OCCASIONS = ("start", "restart", "implant", "replacement", "admission", "visit")
STARTS = OCCASIONS[:4]
NO_CLASS = "none"
WATCH = "watch"


@final
@dataclass(frozen=True, slots=True)
class InteractionCase:
    """Who takes what beside the pump; None: the case does not say.

    Attributes
    ----------
    home
        What is taken at home, or was until lately.
    ordered
        What is ordered from now on.
    stopped
        Name to reason of what somebody stopped on purpose.
    morphine_equivalent
        Of all systemic opioids.
    watch
        How long the patient is watched after a start.
    answers
        What it is about (a medicine, a drug of the pump, alcohol, `watch`) to who answered it.
    unreconciled, holds_up
        Why the list does not count as gone through, empty where it does; and whether that asks a
        person, or is only said.
    """

    on: date
    occasion: str
    pump: tuple[str, ...]
    home: tuple[Medicine, ...] | None
    ordered: tuple[Medicine, ...] | None
    stopped: Mapping[str, str]
    alcohol: bool | None = None
    morphine_equivalent: MassRate | None = None
    watch: Duration | None = None
    answers: Mapping[str, Answer] = field(default_factory=dict)
    unreconciled: str = ""
    holds_up: bool = False


def read_interactions(table: Table) -> InteractionCase:
    """Return the case of a table `[interactions]`.

    Raises
    ------
    BadFileError
        If a key is unknown or malformed, or a drug of the pump is unknown.
    """
    alcohol = table.optional("alcohol", lambda key: table.take_choice(key, ("yes", "no")))
    pump, home, ordered = _pump(table), _medicines(table, "home"), _medicines(table, "ordered")
    names = [one.name for one in (*(home or ()), *(ordered or ()))]
    case = InteractionCase(
        on=table.take_date("on"),
        occasion=table.take_choice("occasion", OCCASIONS),
        pump=pump,
        home=home,
        ordered=ordered,
        stopped=_stopped(table),
        alcohol=None if alcohol is None else alcohol == "yes",
        morphine_equivalent=table.optional(
            "morphine_equivalent",
            lambda key: table.take_quantity(key, MassRate, zero_allowed=True),
        ),
        watch=table.optional("watch", lambda key: table.take_quantity(key, Duration)),
        answers=_answers(table, (*names, *pump, ALCOHOL, WATCH)),
    )
    table.finish()
    return case


def _pump(table: Table) -> tuple[str, ...]:
    ids = tuple(one.id for one in drugs())
    entries = table.take_list("pump")
    found = tuple(Table({"pump": one}, table.place).take_choice("pump", ids) for one in entries)
    if len(set(found)) < len(found):
        raise table.error("a drug stands twice", "name each once", "pump")
    return found


def _medicines(table: Table, key: str) -> tuple[Medicine, ...] | None:
    """Return a list of medicines; `key = ["none"]` says that there are none."""
    if not table.has(key):
        return None
    entries = table.take_list(key)
    if entries == [NO_CLASS]:
        return ()
    found = []
    for number, entry in enumerate(entries):
        place = f"{table.place}: {key} {number}"
        if isinstance(entry, str):
            found.append(medicine(Table({"medicine": entry}, place).take_text("medicine")))
        else:
            found.append(_medicine(Table(entry, place)))
    names = [one.name for one in found]
    if len(set(names)) < len(names):
        raise table.error("a medicine stands twice", "name each once", key)
    return tuple(found)


def _medicine(table: Table) -> Medicine:
    found = medicine(
        table.take_text("medicine"),
        dose=table.optional("dose", table.take_text) or "",
        stopped_on=table.optional("stopped_on", table.take_date),
    )
    if table.has("classes"):
        known = (NO_CLASS, *medicine_classes())
        given = tuple(
            Table({"classes": one}, table.place).take_choice("classes", known)
            for one in table.take_list("classes")
        )
        classes = tuple(one for one in given if one != NO_CLASS)
        found = replace(found, classes=classes, fact=None)
    table.finish()
    return found


def _stopped(table: Table) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for number, entry in enumerate(table.take_list("stopped") if table.has("stopped") else ()):
        inner = Table(entry, f"{table.place}: stopped {number}")
        found[inner.take_text("medicine").lower()] = inner.take_text("reason")
        inner.finish()
    return found


def _answers(table: Table, subjects: tuple[str, ...]) -> Mapping[str, Answer]:
    found: dict[str, Answer] = {}
    for number, entry in enumerate(table.take_list("override") if table.has("override") else ()):
        inner = Table(entry, f"{table.place}: override {number}")
        about = inner.take_choice("about", subjects)
        reason, by = inner.take_text("reason"), inner.optional("by", inner.take_text) or ""
        found[about] = Answer(reason, by)
        inner.finish()
    return found
