"""Documents on a page and as PDF: the core says what they hold, `report` sets them."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from thecal.care.document import Document, Language, Text
from thecal.care.papers import words
from thecal.care.papers.contact import ClinicContact
from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import Draft, write
from thecal.clinic.models import Clinic
from thecal.report.documents.drawn import drawn
from thecal.report.documents.localised import localised
from thecal.report.documents.pdf import document_pdf
from thecal.report.documents.scanned import square_uri
from thecal.report.phrases import phrase

PRINTED = "document.printed"
"""{kind, language, sha256, is_before?}: a document was made, and which bytes.

`is_before` stands where it shows the record before a visit that was open then.
"""


def language_of(request: ClinicRequest) -> Language:
    """Return the language that was asked for; English where none of the known ones was."""
    wanted = request.POST.get("language") or request.GET.get("language") or ""
    return "de" if wanted == "de" else "en"


def contact_of(clinic: Clinic) -> ClinicContact:
    """Return how the clinic is reached; what it has not said is left to be written by hand."""
    return ClinicContact(
        clinic=clinic.name,
        address=clinic.address or None,
        physician=clinic.physician or None,
        telephone=clinic.telephone or None,
        telephone_always=clinic.telephone_always or None,
    )


def show_document(request: ClinicRequest, chart: Chart, document: Document) -> HttpResponse:
    """Show a document in the clinic's own look, to be read before it is printed."""
    language = language_of(request)
    return render(
        request,
        "clinic/document.html",
        {
            "chart": chart,
            "tab": "documents",
            "title": localised(document.title, language),
            "sections": sections_of(document, language),
            "footnotes": [localised(text, language) for text in document.footnotes],
            "language": language,
            "blanks": _blanks(document),
            "information": phrase("document_words", "information", language)
            if document.for_patient
            else "",
        },
    )


def _blanks(document: Document) -> list[str]:
    """Return the labels, in English as the pages of the staff are, of what nothing is known of."""
    return [
        localised(line.label, "en")
        for one in document.sections
        for line in one.fields
        if line.value == words.BLANK
    ]


def _named(document: Document, chart: Chart) -> Document:
    """Return a document with its patient in one line, where nothing of it names the patient."""
    if document.names_patient:
        return for_training(document) if chart.patient.clinic.training else document
    known = chart.content
    born = words.day(date.fromisoformat(known["birth_date"]))
    whose = words.say("whose-named", name=known["name"], id=known["number"], born=born)
    named = replace(document, names_patient=True, whose=whose)
    return for_training(named) if chart.patient.clinic.training else named


def for_training(document: Document) -> Document:
    """Return a document of a training clinic: its title, and each page that tells whose it is."""

    def marked(text: Text) -> Text:
        return Text(f"TRAINING, no real patient: {text.en}", f"ÜBUNG, kein Patient: {text.de}")

    whose = None if document.whose is None else marked(document.whose)
    return replace(document, title=marked(document.title), whose=whose)


def sections_of(document: Document, language: Language) -> list[dict[str, Any]]:
    """Return the sections of a document in a language, for a template."""

    def say(text: Text) -> str:
        return localised(text, language)

    return [
        {
            "heading": say(one.heading),
            "paragraphs": [say(text) for text in one.paragraphs],
            "fields": [(say(line.label), say(line.value), line.emphasis) for line in one.fields],
            "columns": [] if one.grid is None else [say(text) for text in one.grid.columns],
            "rows": []
            if one.grid is None
            else [[say(text) for text in row] for row in one.grid.rows],
            "signatures": [say(text) for text in one.signatures],
            "drawing": "" if one.drawing is None else drawn(one.drawing, language),
            "code": one.code,
            "square": square_uri(one.code) if one.code else "",
        }
        for one in document.sections
    ]


def print_document(
    request: ClinicRequest, chart: Chart, document: Document, *, is_before: bool = False
) -> HttpResponse:
    """Return a document as PDF; that it was made, and which bytes, is written down first.

    Parameters
    ----------
    is_before
        Whether it shows the record before a visit that is open.
    """
    language = language_of(request)
    pdf = document_pdf(_named(document, chart), language, made_at=clock.now())
    body = {
        "kind": document.kind,
        "language": language,
        "sha256": hashlib.sha256(pdf).hexdigest(),
        **({"is_before": True} if is_before else {}),
    }
    write(chart.patient, request.author, (Draft(PRINTED, body),), expected=None)
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Language"] = language
    response["Content-Disposition"] = f'attachment; filename="{document.kind}.{language}.pdf"'
    return response
