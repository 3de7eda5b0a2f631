"""The record of an explant and of a death with a pump (workflow.md 2.19, 2.20, F16)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from thecal.care.document import Document, Field, Grid, Section, Text
from thecal.care.names import drug_name
from thecal.care.papers.contact import contact_section
from thecal.care.papers.parts import (
    as_of,
    drug_grid,
    footnotes,
    pump_fields,
)
from thecal.care.papers.record import PaperRecord, state_before
from thecal.care.papers.words import BLANK, joined, minute, say, series
from thecal.pharmacy import both_units
from thecal.therapy.events import Explant
from thecal.units import show

_EMPTY_CELL = Text.same("")
_NOTHING: Mapping[str, Text] = MappingProxyType({})
_HARDWARE = (
    ("catheter", "catheter_left"),
    ("disposition", "disposition"),
    ("culture", "culture", "culture_result"),
    ("replaced", "replaced_by"),
)
"""Line of the paper, and the fields of F16 that answer it; what replaces a pump stands last."""


def explant_record(record: PaperRecord, answers: Mapping[str, Text] = _NOTHING) -> Document:
    """Return the record of an explant; the drug is told as it was just before the last one.

    Without an explant on record, date and reason are left to be written.

    Parameters
    ----------
    answers
        What form F16 holds, by the keys of its fields; the rest is left to be written.
    """
    number, event = next(
        ((n, one) for n, one in reversed(record.events()) if isinstance(one, Explant)),
        (0, None),
    )
    earlier = None if event is None else state_before(record.therapy, number)
    shown = record if earlier is None else replace(record, status=earlier)
    return _ending(
        shown,
        kind="explant-record",
        when=None if event is None else record.clock(event),
        reason=None if event is None else event.reason,
        answers=answers,
        tasks="explant-task",
        replaced=True,
    )


def death_record(
    record: PaperRecord,
    died: datetime | None = None,
    answers: Mapping[str, Text] = _NOTHING,
) -> Document:
    """Return the record of a death, with what the pump held then and what form F16 holds of it."""
    return _ending(
        record,
        kind="death-record",
        when=died,
        reason=None,
        answers=answers,
        tasks="death-task",
        replaced=False,
    )


def _ending(
    record: PaperRecord,
    *,
    kind: str,
    when: datetime | None,
    reason: str | None,
    answers: Mapping[str, Text],
    tasks: str,
    replaced: bool,
) -> Document:
    done = record.done
    why = _told(answers, "reason") if reason is None else Text.same(reason)
    left = tuple(
        Field(say("ending-mass", drug=drug_name(one)), Text.same(both_units(one, mass)))
        for one, mass in record.status.in_all.items()
    )
    hardware = _HARDWARE if replaced else _HARDWARE[:-1]
    rows = tuple((one, _EMPTY_CELL) for one in series(tasks))
    contact = contact_section(record.contact)
    return Document(
        kind=kind,
        title=say("explant-title" if replaced else "death-title"),
        sections=(
            Section(
                say("ending"),
                fields=(
                    as_of(record),
                    Field(
                        say("ending-date"), BLANK if when is None else minute(when), emphasis=True
                    ),
                    Field(say("ending-reason"), why),
                    Field(say("ending-who"), BLANK),
                ),
            ),
            Section(
                say("ending-drug"),
                fields=(
                    Field(
                        say("ending-computed" if record.has_alarms else "reservoir-flow"),
                        Text.same(show(done.reservoir_volume, "mL")),
                        True,
                    ),
                    *left,
                    Field(say("ending-drawn"), _told(answers, "residual_volume"), emphasis=True),
                    Field(say("ending-destroyed"), _destroyed(answers)),
                ),
                grid=drug_grid(record),
                signatures=(say("sign-operator"), say("sign-witness")),
            ),
            Section(
                say("ending-hardware"),
                fields=(
                    *pump_fields(record, catheter=True),
                    *(Field(say(f"ending-{name}"), _told(answers, *of)) for name, *of in hardware),
                ),
            ),
            Section(
                say("ending-after"),
                grid=Grid((say("step"), say("done-when")), rows),
            ),
            Section(contact.heading, fields=contact.fields, signatures=(say("sign-physician"),)),
        ),
        footnotes=footnotes(record)[:1],
        one_page=True,
        names_patient=True,
        whose=record.whose(),
    )


def _told(answers: Mapping[str, Text], *fields: str) -> Text:
    """Return the answers of fields, or a line to write on."""
    found = [answers[one] for one in fields if one in answers]
    return joined(found) if found else BLANK


def _destroyed(answers: Mapping[str, Text]) -> Text:
    """Return how much was destroyed, by whom, and who saw it."""
    if "destroyed_volume" not in answers:
        return BLANK
    parts = [answers["destroyed_volume"]]
    for field, word in (("destroyed_by", "ending-destroyed-by"), ("witness", "ending-witness")):
        if field in answers:
            parts.append(say(word, who=answers[field]))
    return joined(parts)
