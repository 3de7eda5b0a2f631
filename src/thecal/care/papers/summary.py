"""What the patient takes home after a visit, and the card to carry (workflow.md 3, F7 and F8)."""

from __future__ import annotations

from collections.abc import Iterable

from thecal.care.document import Document, Field, Section, Text
from thecal.care.emergency.cards import OVERDOSE, WITHDRAWAL
from thecal.care.figures import Figures
from thecal.care.names import drug_names
from thecal.care.papers.contact import contact_fields, contact_section
from thecal.care.papers.parts import (
    as_of,
    bolus,
    computed,
    date_fields,
    drug_grid,
    footnotes,
    implanted,
    pump_fields,
    state,
)
from thecal.care.papers.record import PaperRecord
from thecal.care.papers.scan_status import scan_notes, scan_status
from thecal.care.papers.words import BLANK, day, duration, item, say, series
from thecal.care.spans import span
from thecal.device.alarm_signals import alarm_signal
from thecal.pharmacy import drug, restart_rule
from thecal.pump.alarms import Priority
from thecal.units import Duration

FIGURES = Figures("paper_figures")


def patient_summary(record: PaperRecord) -> Document:
    """Return the page for the patient after a visit: pump, doses, dates, alarms, when to call."""
    follow_up = _follow_up(record)
    stopped = () if record.gives else (say("summary-stopped"),)
    return Document(
        kind="patient-summary",
        title=say("summary-title"),
        sections=(
            Section(
                say("pump"),
                paragraphs=stopped,
                fields=(
                    as_of(record),
                    *pump_fields(record),
                    state(record),
                    Field(say("bolus"), bolus(record.done.program)),
                ),
            ),
            Section(say("drugs"), grid=drug_grid(record)),
            Section(
                say("dates"),
                fields=(
                    *date_fields(record),
                    *(() if follow_up is None else (follow_up,)),
                ),
                paragraphs=(say("summary-refill"),),
            ),
            Section(say("alarms"), paragraphs=alarm_words(record)),
            Section(say("call"), paragraphs=tuple(map(item, _call(record)))),
            Section(
                say("contact"),
                paragraphs=(say("tell"),),
                fields=(*contact_fields(record.contact), bracelet(record)),
            ),
        ),
        footnotes=(
            *footnotes(record),
            *(() if follow_up is None else (_follow_up_source(),)),
        ),
        one_page=True,
        names_patient=True,
        for_patient=True,
        whose=record.whose(),
    )


def id_card(record: PaperRecord) -> Document:
    """Return the implant card of the patient."""
    return Document(
        kind="pump-card",
        title=say("card-title"),
        sections=(
            Section(
                say("patient"),
                fields=(
                    as_of(record),
                    Field(say("implanted"), implanted(record)),
                ),
            ),
            Section(
                say("pump"),
                fields=(
                    *pump_fields(record),
                    Field(say("maker"), Text.same(record.model.maker)),
                    Field(say("card-udi"), BLANK),
                    Field(say("card-maker-contact"), BLANK),
                    Field(say("mri-status"), scan_status(record.model), emphasis=True),
                ),
                grid=drug_grid(record),
            ),
            Section(
                contact_section(record.contact).heading,
                paragraphs=(say("card-keep"),),
                fields=(
                    *contact_fields(record.contact),
                    Field(say("emergency-contact"), BLANK),
                    bracelet(record),
                ),
            ),
        ),
        footnotes=(computed(record), *scan_notes(record.model)),
        one_page=True,
        names_patient=True,
        for_patient=True,
        whose=record.whose(),
    )


def _follow_up(record: PaperRecord) -> Field | None:
    """Return when the patient is seen after a start or a change.

    None: nothing was changed, the day has passed, or a visit is booked by then.
    """
    visit, booked = record.visit, record.therapy.next_visit
    if visit is None or not record.changed:
        return None
    after = FIGURES.get("summary", "follow-up", Duration).value
    seen = record.therapy.moment(visit.start).date() + span(after)
    if seen < record.status.at.date() or (booked is not None and booked <= seen):
        return None
    return Field(say("follow-up"), say("follow-up-words", days=duration(after), day=day(seen)))


def _follow_up_source() -> Text:
    source = FIGURES.get("summary", "follow-up", Duration).provenance()
    return say("source-line", what=say("follow-up"), source=source)


def _call(record: PaperRecord) -> tuple[Text, ...]:
    """Return when to call: of a tone only where the pump is known to have it."""
    tone, *others = series("call")
    found = (*call_signs(record.drugs), *others)
    if not record.has_alarms:
        return found
    if alarm_signal(record.model, Priority.CRITICAL.value).tone is None:
        tone = say("call-alarm")
    return (tone, *found)


def call_signs(drugs: Iterable[str]) -> tuple[Text, ...]:
    """Return the signs of too much and of too little of the drugs in a pump, as patients know them.

    Drugs of one class share their line: they act alike.
    """
    classes: dict[str, list[str]] = {}
    for one in drugs:
        classes.setdefault(drug(one).drug_class, []).append(one)
    return tuple(
        say(words, drugs=drug_names(names), signs=say(f"call-{known}-{kind}"))
        for words, kind in (("call-too-much", OVERDOSE), ("call-too-little", WITHDRAWAL))
        for known, names in classes.items()
    )


def alarm_words(record: PaperRecord) -> tuple[Text, ...]:
    """Return what the alarms of this pump mean for who hears them."""
    if not record.has_alarms:
        return (say("alarm-none"),)
    if alarm_signal(record.model, Priority.CRITICAL.value).tone is None:
        return (say("alarm-no-tones"),)
    return say("alarm-low"), say("alarm-critical"), say("alarm-any")


def bracelet(record: PaperRecord) -> Field:
    """Return the text for an emergency bracelet."""
    phone = record.contact.telephone_always or record.contact.telephone
    hazards = [one for one in record.drugs if restart_rule(one).stop_is_hazard]
    words = say(
        "bracelet-hazard" if hazards else "bracelet-words",
        drugs=drug_names(record.drugs) if record.drugs else say("no-drug"),
        hazards=drug_names(hazards),
        phone=say("bracelet-phone") if phone is None else phone,
    )
    return Field(say("bracelet"), words)
