"""What leaves the record and what enters it: therapy files and packets.

Writes everything that `registration.therapy_drafts` does, and `patient.imported` to the clinic.
"""

from __future__ import annotations

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path

from thecal.clinic.access.guard import ClinicRequest, page, patient_page
from thecal.clinic.ledger.blind import undecided, without_blind
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.entry_words import body_values, sort_of, sort_words
from thecal.clinic.ledger.log import LostUpdateError, write
from thecal.clinic.ledger.registration import (
    CANCER_PAIN,
    NON_CANCER_PAIN,
    SPASTICITY,
    register,
    stage_draft,
    therapy_drafts,
)
from thecal.clinic.models import Clinic, SealedText
from thecal.clinic.patient.adoption import adopt, packet_of
from thecal.clinic.patient.details import Details, check_number, read_details
from thecal.clinic.web.documents import for_training
from thecal.errors import EntryError, ThecalError
from thecal.exchange.packet import read_packet, write_packet
from thecal.exchange.packet_document import packet_document
from thecal.record.entry import Entry
from thecal.report.documents.pdf import document_pdf
from thecal.report.findings import finding_groups
from thecal.therapy.events import Patient as FilePatient
from thecal.therapy.events import Therapy
from thecal.therapy.file_reader import read_therapy
from thecal.therapy.file_writer import write_therapy
from thecal.therapy.review import review_therapy

_MOST = 8 * 1024 * 1024
_NAME = "the uploaded file"
TRAINING_MARK = "# TRAINING: nobody in this file exists"
"""First line of a therapy file that leaves a training clinic: no real record takes it over."""


@patient_page("take the record out")
def exports(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Show what can be exported."""
    return render(request, "clinic/exports.html", {"chart": chart, "tab": "exports"})


@patient_page("print documents")
def therapy_file(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Hand out the therapy file: no name, only what a replay needs."""
    if chart.therapy is None:
        raise EntryError("there is no therapy to export yet", remedy="record the first fill")
    text = write_therapy(chart.therapy)
    if request.clinic.training:
        text = f"{TRAINING_MARK}\n{text}"
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    return _attached(response, f"therapy-{_short(chart)}.toml")


@patient_page("take the record out")
def packet_file(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Hand out every entry with its hash."""
    data = write_packet(packet_of(chart.stream))
    return _attached(
        HttpResponse(data, content_type="application/json"), f"packet-{_short(chart)}.json"
    )


@patient_page("take the record out")
def packet_pdf(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Hand out every entry in plain words with its hash; made, by its bytes, at the last entry."""
    packet = packet_of(chart.stream)
    personal = dict(SealedText.objects.filter(stream=chart.stream).values_list("hash", "text"))

    waiting = undecided(packet.entries)

    def words(entry: Entry) -> str:
        before = body_values(entry.before, personal)
        return "\n".join(
            [
                sort_words(sort_of(entry.kind, entry.body)),
                *body_values(without_blind(entry, waiting), personal),
                *(f"before: {line}" for line in before),
            ]
        )

    document = packet_document(packet, chart.content["name"], chart.content["number"], words)
    if request.clinic.training:
        document = for_training(document)
    pdf = document_pdf(document, "en", made_at=packet.entries[-1].written)
    return _attached(
        HttpResponse(pdf, content_type="application/pdf"), f"packet-{_short(chart)}.pdf"
    )


@page("register patients")
def import_packet(request: ClinicRequest) -> HttpResponse:
    """Take in a packet: its chain is verified before anything is written."""
    content: dict[str, object] = {}
    if request.method == "POST":
        try:
            patient = adopt(request.clinic, request.author, read_packet(_uploaded(request)))
            return redirect("patient", patient=patient.pk)
        except ThecalError as error:
            content["error"] = error
    status = 422 if "error" in content else 200
    return render(request, "clinic/import_packet.html", content, status=status)


@page("write the record")
def take_over(request: ClinicRequest) -> HttpResponse:
    """Take over a patient from a therapy file: the review is shown before anything is written."""
    content: dict[str, object] = {}
    if request.method == "POST":
        try:
            text = request.POST.get("file_text", "") or _uploaded(request).decode("utf-8")
            _check_whose(text, request.clinic)
            therapy = read_therapy(text.encode("utf-8"), _NAME)
            content |= {
                "text": text,
                "therapy": therapy,
                "groups": finding_groups(therapy, review_therapy(therapy)),
                "details": _proposed(request, therapy),
            }
            if request.POST.get("step") == "write":
                return _taken_over(request, therapy)
        except LostUpdateError:
            raise
        except UnicodeDecodeError:
            content["error"] = EntryError("this file is no text", remedy="choose a therapy file")
        except ThecalError as error:
            content["error"] = error
    status = 422 if "error" in content else 200
    return render(request, "clinic/take_over.html", content, status=status)


def _check_whose(text: str, clinic: Clinic) -> None:
    """Refuse a file of nobody in a clinic of patients, and one of anybody in a training clinic.

    A therapy file holds no name: nothing but its mark tells that nobody stands behind it.
    """
    if TRAINING_MARK in text and not clinic.training:
        raise EntryError(
            "this file is of a training clinic: its patient does not exist",
            remedy="ask for the file of the patient you mean",
        )
    if clinic.training and not text.startswith(TRAINING_MARK):
        raise EntryError(
            "nothing in this file says that its patient does not exist",
            why="this clinic is for training, and learners see everybody here",
            remedy="take it in where the patient is treated; in a file that you invented"
            f" write as its first line: {TRAINING_MARK}",
        )


def _taken_over(request: ClinicRequest, therapy: Therapy) -> HttpResponse:
    details = read_details(request.POST)
    if details.birth_date != therapy.patient.birth_date:
        raise EntryError(
            "the birth date is not the one in the file",
            remedy="make sure that the file is this patient's",
        )
    with transaction.atomic():
        check_number(request.clinic, details.number)
        patient = register(request.clinic, request.author, **details.values())
        drafts = (*therapy_drafts(therapy), stage_draft("maintenance", "taken over from a file"))
        write(patient, request.author, drafts, expected=None)
    return redirect("patient", patient=patient.pk)


def _proposed(request: HttpRequest, therapy: Therapy) -> Details | dict[str, str]:
    """Return what the form shows: what was typed, else what the file says."""
    patient = therapy.patient
    given = {
        "name": "",
        "telephone": "",
        "number": patient.id,
        "birth_date": "",
        "sex": patient.sex,
        "pathway": _pathway(patient),
    }
    return {key: request.POST.get(key, value) for key, value in given.items()}


def _pathway(patient: FilePatient) -> str:
    if patient.therapy == "spasticity":
        return SPASTICITY
    return CANCER_PAIN if patient.setting == "cancer" else NON_CANCER_PAIN


def _uploaded(request: HttpRequest) -> bytes:
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile) or not file.size:
        raise EntryError("no file came with the form", remedy="choose a file")
    if file.size > _MOST:
        raise EntryError("the file is larger than 8 MB", remedy="choose the right file")
    return bytes(file.read())


def _attached(response: HttpResponse, name: str) -> HttpResponse:
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _short(chart: Chart) -> str:
    return str(chart.patient.pk)[:8]


urlpatterns = [
    path("import/", import_packet, name="import a packet"),
    path("take-over/", take_over, name="take over a patient"),
    path("<uuid:patient>/exports/", exports, name="exports"),
    path("<uuid:patient>/exports/therapy.toml", therapy_file, name="therapy file"),
    path("<uuid:patient>/exports/packet.json", packet_file, name="packet"),
    path("<uuid:patient>/exports/packet.pdf", packet_pdf, name="packet to print"),
]
