"""The letter after a visit to whoever else treats the patient (S1.R28)."""

from __future__ import annotations

from collections.abc import Iterator

from thecal.care.document import Document, Field, Section, Text
from thecal.care.names import drug_name, drug_names
from thecal.care.papers.contact import contact_fields
from thecal.care.papers.log_words import event_words
from thecal.care.papers.parts import (
    as_of,
    date_fields,
    dose_words,
    drug_grid,
    footnotes,
    pump_fields,
    refill_by,
    state,
    when,
)
from thecal.care.papers.record import PaperRecord, daily_doses
from thecal.care.papers.session import dose_change
from thecal.care.papers.words import BLANK, say
from thecal.pharmacy import drug, restart_rule
from thecal.therapy.events import Press
from thecal.units import show_percent


def visit_letter(record: PaperRecord) -> Document:
    """Return the letter after the last visit: what was done, what holds, what is asked for."""
    start = record.done.end if record.visit is None else record.visit.start
    day = when(record, start)
    done = () if record.visit is None else record.visit.events
    return Document(
        kind="visit-letter",
        title=say("letter-title"),
        sections=(
            Section(
                say("letter-regarding"),
                paragraphs=(say("letter-intro", day=day),),
                fields=(
                    Field(say("letter-to"), BLANK),
                    as_of(record),
                    *pump_fields(record),
                    state(record),
                ),
            ),
            Section(
                say("letter-done", day=day),
                paragraphs=tuple(
                    event_words(record, one) for one in done if not isinstance(one, Press)
                ),
                fields=tuple(_changes(record)),
            ),
            Section(say("letter-now"), grid=drug_grid(record)),
            Section(say("dates"), fields=date_fields(record)),
            Section(say("letter-ask"), paragraphs=tuple(cautions(record))),
            Section(
                say("contact"),
                fields=contact_fields(record.contact),
                signatures=(say("sign-physician"),),
            ),
        ),
        footnotes=footnotes(record),
        one_page=True,
        names_patient=True,
        whose=record.whose(),
    )


def cautions(record: PaperRecord) -> Iterator[Text]:
    """Return what other staff are asked to do or to leave, by the drugs in the pump."""
    if not record.done.emptied:
        yield say("letter-refill", day=refill_by(record))
    yield say("letter-list")
    if any(drug(one).drug_class == "opioid" for one in record.drugs):
        yield say("letter-opioid" if record.gives else "letter-opioid-standing")
    name = "letter-hazard" if record.has_alarms else "letter-hazard-flow"
    for drug_class, hazards in _hazards(record).items():
        yield say(name, drugs=drug_names(hazards), signs=say(f"letter-signs-{drug_class}"))


def _hazards(record: PaperRecord) -> dict[str, list[str]]:
    """Return the drugs whose loss is a hazard, by class: each class has signs of its own."""
    found: dict[str, list[str]] = {}
    for one in record.drugs:
        if restart_rule(one).stop_is_hazard:
            found.setdefault(drug(one).drug_class, []).append(one)
    return found


def _changes(record: PaperRecord) -> Iterator[Field]:
    """Return how each dose changed in the visit."""
    now = daily_doses(record.status)
    old = {} if record.before is None else daily_doses(record.before)
    for one in sorted({*now, *old}):
        label = say("of-drug", drug=drug_name(one), what=say("daily-dose"))
        after = dose_words(one, now[one]) if one in now else say("dose-nothing")
        percent = dose_change(record.before, record.status, one)
        if percent is None:
            yield Field(label, say("letter-new", after=after), emphasis=True)
        elif percent == 0:
            yield Field(label, say("letter-same", after=after))
        else:
            before = dose_words(one, old[one])
            said = say("letter-changed", before=before, after=after, percent=show_percent(percent))
            yield Field(label, said, emphasis=True)
