"""The record of the operation: form F4 with the system that it left in the patient."""

from __future__ import annotations

from thecal.care.document import Document, Field, Section
from thecal.care.papers.parts import (
    as_of,
    date_fields,
    footnotes,
    implanted,
    pump_fields,
    state,
)
from thecal.care.papers.record import PaperRecord
from thecal.care.papers.words import say


def operation_record(record: PaperRecord, form: Document | None = None) -> Document:
    """Return the record of the last implant: what F4 tells, beside the pump as it is now.

    Parameters
    ----------
    form
        Form F4 as it is printed; None: nobody has filled it in, and the paper says so.
    """
    told = () if form is None else form.sections
    lacks = (say("operation-none"),) if form is None else ()
    return Document(
        kind="operation-record",
        title=say("operation-title"),
        sections=(
            Section(
                say("operation-now"),
                paragraphs=lacks,
                fields=(
                    as_of(record),
                    Field(say("implanted"), implanted(record)),
                    *pump_fields(record, catheter=True),
                    state(record),
                    *date_fields(record),
                ),
            ),
            *told,
        ),
        footnotes=footnotes(record),
        names_patient=True,
        whose=record.whose(),
    )
