"""For staff who do not know the pump: the patient's own sheet, and the one for a ward (2.16, 8)."""

from __future__ import annotations

from datetime import date

from thecal.care.document import Document, Field, Section, Text
from thecal.care.emergency.cards import stop_of
from thecal.care.emergency.sheet import sheet_cards
from thecal.care.medicine_list.paper import BESIDE
from thecal.care.names import drug_name
from thecal.care.papers.contact import contact_fields
from thecal.care.papers.parts import (
    as_of,
    bolus,
    date_fields,
    dose_text,
    drug_grid,
    footnotes,
    pump_fields,
    state,
)
from thecal.care.papers.record import PaperRecord
from thecal.care.papers.scan_status import scan_notes, scan_status
from thecal.care.papers.words import BLANK, concentration, day, item, joined, say, series
from thecal.pharmacy import drug


def about_my_pump(record: PaperRecord) -> Document:
    """Return the sheet that a patient hands to staff who have not seen a pump."""
    return Document(
        kind="about-my-pump",
        title=say("about-title"),
        sections=(
            Section(
                say("about-what"),
                paragraphs=(say("about-what-words"),),
                fields=(as_of(record), *pump_fields(record), state(record)),
                grid=drug_grid(record),
            ),
            Section(say("about-do"), paragraphs=tuple(map(item, _please(record)))),
            Section(
                say("about-dont"),
                paragraphs=tuple(map(item, series("about-dont"))),
                fields=(Field(say("mri-status"), scan_status(record.model), emphasis=True),),
            ),
            Section(
                say("about-signs"),
                paragraphs=(say("about-sheet"),),
                fields=_signs(record),
            ),
            Section(
                say("contact"), fields=(*date_fields(record)[:1], *contact_fields(record.contact))
            ),
        ),
        footnotes=(*footnotes(record), *scan_notes(record.model)),
        one_page=True,
        names_patient=True,
        for_patient=True,
        whose=record.whose(),
    )


def inpatient_sheet(
    record: PaperRecord, discharge: date | None = None, medicines: tuple[Field, ...] = ()
) -> Document:
    """Return the sheet for a ward.

    Parameters
    ----------
    discharge
        The day on which the stay is expected to end.
    medicines
        What is taken beside the pump; empty where nobody stated it: it is written by hand then.
    """
    opioid = any(drug(one).drug_class == "opioid" for one in record.drugs)
    care = series("inpatient")
    if not record.gives:
        care = (say("inpatient-standing"), *care[1:])
    return Document(
        kind="inpatient-sheet",
        title=say("inpatient-title"),
        sections=(
            Section(
                say("inpatient-list"),
                fields=(
                    as_of(record),
                    *(Field(drug_name(one), _line(record, one), True) for one in record.drugs),
                    Field(say("bolus"), bolus(record.done.program)),
                    *(medicines or (Field(BESIDE, BLANK),)),
                ),
            ),
            Section(
                say("pump"),
                fields=(
                    *pump_fields(record),
                    state(record),
                    Field(say("inpatient-stop"), stop_of(record.model).text),
                    Field(say("mri-status"), scan_status(record.model)),
                ),
            ),
            Section(
                say("inpatient-stay"),
                fields=(*date_fields(record), *_stay(record, discharge)),
            ),
            Section(
                say("inpatient-care"),
                paragraphs=tuple(map(item, care if opioid else care[:-1])),
                fields=_signs(record),
            ),
            Section(
                say("contact"),
                fields=contact_fields(record.contact),
                signatures=(say("sign-physician"), say("sign-nurse")),
            ),
        ),
        footnotes=(*footnotes(record), *scan_notes(record.model)),
        one_page=True,
        names_patient=True,
        whose=record.whose(),
    )


def _please(record: PaperRecord) -> tuple[Text, ...]:
    asked = series("about-do")
    return asked if record.has_alarms else (*asked[:-1], say("about-do-flow"))


def _line(record: PaperRecord, drug_id: str) -> Text:
    """Return the line for the medication list."""
    return say(
        "inpatient-line-external" if record.external else "inpatient-line",
        drug=drug_name(drug_id),
        concentration=concentration(record.done.reservoir_written, drug_id),
        dose=dose_text(record, drug_id),
    )


def _stay(record: PaperRecord, discharge: date | None) -> tuple[Field, ...]:
    plan = record.status.plan
    due = None if plan is None or plan.refill_by is None else record.therapy.moment(plan.refill_by)
    if record.done.emptied:
        answer, marked = say("refill-emptied"), True
    elif due is not None and due <= record.status.at:
        answer, marked = say("inpatient-due-yes"), True
    elif discharge is None:
        answer, marked = say("inpatient-compare"), True
    else:
        marked = due is not None and due.date() <= discharge
        answer = say("inpatient-due-yes" if marked else "inpatient-due-no")
    return (
        Field(say("inpatient-discharge"), BLANK if discharge is None else day(discharge)),
        Field(say("inpatient-due"), answer, emphasis=marked),
    )


def _signs(record: PaperRecord) -> tuple[Field, ...]:
    """Return the signs of too much of each drug, and of too little where that endangers."""
    return tuple(
        Field(one.title, joined((line.text for line in one.signs), "; "))
        for one in sheet_cards(record.status)
    )
