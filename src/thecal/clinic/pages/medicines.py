"""What a patient takes beside the pump: the list, what it meets, what is held before a puncture.

The kinds of entries stand in `thecal.clinic.patient.medicines`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST

from thecal.care.anticoagulants import procedures
from thecal.care.interactions import meetings
from thecal.care.interactions.advise import advice_on
from thecal.care.medicine_list import (
    ACCEPTED,
    CHANGED,
    PUNCTURE,
    RECONCILED,
    STOPPED,
    MedicineList,
    interaction_case,
    names,
)
from thecal.care.medicine_list.checks import VISIT
from thecal.care.medicine_list.listed import DOSE_UNITS, class_names
from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest, patient_page
from thecal.clinic.access.permissions import may
from thecal.clinic.flows.trial_log import trial_of
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import write
from thecal.clinic.patient.advice_rows import advice_rows
from thecal.clinic.patient.medicines import medicines_of, planned_hold, statement_draft, summary
from thecal.clinic.plans.doses import drugs_of
from thecal.clinic.plans.sheet import CaseField, CaseSheet, same
from thecal.clinic.web.flow import zone_of
from thecal.clinic.web.seen import seen_of
from thecal.errors import BadFileError
from thecal.safety.finding import Severity

_REFUSED = 422
_TOLD = {
    CHANGED: "Written down. Go through the whole list when it is complete.",
    STOPPED: "Written down as stopped.",
    RECONCILED: "The list counts as gone through now.",
    ACCEPTED: "Answered; it holds until the medicine or the drugs of the pump change.",
    PUNCTURE: "Planned. What is held, and until when, stands below.",
}
_AHEAD = {CHANGED: ("since", "last_taken"), STOPPED: ("last_day", "last_taken")}
"""What has happened: none of it lies ahead of now."""


@patient_page("read patients")
def show(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Show the list and what follows from it."""
    return _page(request, chart)


@require_POST
@patient_page("keep the medicines")
def change(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Write down that a medicine is taken, or is taken in another way."""
    sheet = CaseSheet.sent(_change_fields(), request.POST)
    typed = sheet.case({}).get("change", {})
    other, chosen = typed.pop("other", None), typed.get("medicine")
    if (other is None) == (chosen is None):
        sheet.refuse("change.medicine", "choose it, or write it below: one of both")
    elif other is not None:
        typed["medicine"] = " ".join(str(other).split())
    if typed.get("dose_unknown") is False:
        del typed["dose_unknown"]
    return _state(request, chart, CHANGED, sheet, typed)


@require_POST
@patient_page("keep the medicines")
def stop(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Write down that a medicine is taken no more, or is held, and why."""
    sheet = CaseSheet.sent(_stop_fields(medicines_of(chart.entries)), request.POST)
    return _state(request, chart, STOPPED, sheet, sheet.case({}).get("stop", {}))


@require_POST
@patient_page("keep the medicines")
def reconcile(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Write down that the list was gone through, with whom, and that it is whole."""
    fields = _reconcile_fields(medicines_of(chart.entries))
    sheet = CaseSheet.sent(fields, request.POST)
    typed = {"nothing": False, **sheet.case({}).get("list", {})}
    return _state(request, chart, RECONCILED, sheet, typed)


@require_POST
@patient_page("sign orders")
def accept(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Answer what the list asks about a medicine beside the drugs of the pump."""
    sheet = CaseSheet.sent(_accept_fields(_asked(request, chart)), request.POST)
    typed = {**sheet.case({}).get("accept", {}), "pump": list(_drugs(request, chart))}
    return _state(request, chart, ACCEPTED, sheet, typed)


@require_POST
@patient_page("keep the medicines")
def puncture(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Plan a procedure, so that what is held before it stands on the pages."""
    sheet = CaseSheet.sent(_puncture_fields(), request.POST)
    typed = sheet.case({}).get("puncture", {})
    if "renal_impairment" in typed:
        typed["renal_impairment"] = "yes" if typed["renal_impairment"] else "no"
    return _state(request, chart, PUNCTURE, sheet, typed)


def _state(
    request: ClinicRequest, chart: Chart, kind: str, sheet: CaseSheet, typed: Mapping[str, Any]
) -> HttpResponse:
    """Write a statement down, or show the form again with what is wrong with it."""
    now = _now(request)
    for name in _AHEAD.get(kind, ()):
        value = typed.get(name)
        latest = now.replace(tzinfo=None) if isinstance(value, datetime) else now.date()
        if isinstance(value, date) and value > latest:
            field = next(one.name for one in sheet.fields if one.name.endswith(f".{name}"))
            sheet.refuse(field, "this lies ahead of now: write down what has happened")
    if not sheet.errors:
        try:
            known = medicines_of(chart.entries)
            draft = statement_draft(known, kind, typed, request.author.actor, now)
        except BadFileError as error:
            sheet.refuse_place(error)
    if sheet.errors:
        return _page(request, chart, kind, sheet)
    write(chart.patient, request.author, (draft,), expected=seen_of(request))
    messages.success(request, _TOLD[kind])
    return redirect("medicines", chart.patient.pk)


def _page(
    request: ClinicRequest, chart: Chart, sent: str = "", sheet: CaseSheet | None = None
) -> HttpResponse:
    known, now = medicines_of(chart.entries), _now(request)
    drugs = _drugs(request, chart)
    case = interaction_case(known, now, VISIT, drugs)
    asked = _asked(request, chart)
    fields: dict[str, tuple[str, str, str, Sequence[CaseField]]] = {
        CHANGED: ("A medicine is taken", "change medicine", "It is taken", _change_fields()),
        STOPPED: (
            "A medicine is stopped or held",
            "stop medicine",
            "It is stopped",
            _stop_fields(known),
        ),
        RECONCILED: (
            "The list was gone through",
            "reconcile medicines",
            "The list is whole",
            _reconcile_fields(known),
        ),
        PUNCTURE: (
            "A puncture is planned",
            "plan puncture",
            "Plan the puncture",
            _puncture_fields(),
        ),
        ACCEPTED: ("Answer what the list asks", "accept medicine", "Answer", _accept_fields(asked)),
    }
    allowed = [one for one in fields if one not in (STOPPED, ACCEPTED)]
    allowed += [STOPPED] if known.taken else []
    here = request.emergency is None
    if not here or not may(request.member.role, "keep the medicines"):
        allowed = []
    if here and asked and may(request.member.role, "sign orders"):
        allowed.append(ACCEPTED)
    given = {
        "chart": chart,
        "tab": "medicines",
        "known": known,
        "summary": summary(known, now),
        "rows": _rows(known),
        "pump": drugs,
        "advice": None if case is None else advice_rows(advice_on(case)),
        "hold": planned_hold(known, now),
        "forms": [
            {
                "title": fields[kind][0],
                "address": fields[kind][1],
                "button": fields[kind][2],
                "what": kind.partition(".")[2],
                "open": kind == sent,
                "sheet": (
                    sheet if kind == sent and sheet is not None else CaseSheet(fields[kind][3], {})
                ).sheet(),
            }
            for kind in fields
            if kind in allowed
        ],
    }
    wrong = sheet is not None and bool(sheet.errors)
    return render(request, "clinic/medicines.html", given, status=_REFUSED if wrong else 200)


def _rows(known: MedicineList) -> list[dict[str, Any]]:
    """Return the medicines that are taken, each with whose word its classes are."""
    found = []
    for one in known.taken.values():
        listed = one.medicine
        met = listed.medicine()
        agent = () if listed.agent is None else (listed.agent.group,)
        counts = ", ".join((*(met.classes or ()), *agent)) or "nothing that matters here"
        if met.classes is None:
            counts = "nobody knows: not checked"
        elif met.fact is None:
            counts = f"as {one.said.by} said: {', '.join(listed.counts_as or ())}"
        found.append(
            {
                "listed": listed,
                "counts": counts.replace("-", " "),
                "source": "" if met.fact is None else met.fact.provenance(),
                "said": one.said,
            }
        )
    return found


def _asked(request: ClinicRequest, chart: Chart) -> tuple[str, ...]:
    """Return the medicines about which the list asks something that nobody has answered."""
    known, drugs = medicines_of(chart.entries), _drugs(request, chart)
    case = interaction_case(known, _now(request), VISIT, drugs)
    if case is None or not drugs:
        return ()
    listed = case.home or ()
    met = {one.name for one in meetings(drugs, listed, case.on) if one.severity is Severity.SOFT}
    unknown = {one.name for one in listed if one.classes is None}
    return tuple(
        one.name
        for one in known.medicines
        if one.name in met | unknown and one.name not in case.answers
    )


def _drugs(request: ClinicRequest, chart: Chart) -> tuple[str, ...]:
    """Return the drugs of the pump; before there is one, that of the trial."""
    found = drugs_of(chart, _now(request))
    if found:
        return found
    trial = trial_of(chart.entries)
    drug = None if trial is None else trial.values.get("drug")
    return () if drug is None else (str(drug),)


def _change_fields() -> Sequence[CaseField]:
    return (
        CaseField("change.medicine", "Medicine", "choice", choices=_named(names())),
        CaseField(
            "change.other",
            "Another medicine",
            hint="in no table: what nobody says of it below is not checked",
        ),
        CaseField(
            "change.counts_as",
            "It counts as",
            "choices",
            choices=_named(class_names()),
            when="for another medicine, where somebody knows",
        ),
        CaseField("change.dose", "Dose", "quantity", units=DOSE_UNITS, when="of a day, or a patch"),
        CaseField(
            "change.dose_words", "Dose in words", when="where it is no figure, as in: when needed"
        ),
        CaseField("change.dose_unknown", "Nobody knows the dose", "flag"),
        CaseField("change.since", "Taken since", "date"),
        CaseField(
            "change.last_taken",
            "Last taken",
            "moment",
            when="needed for what is held before a puncture",
        ),
    )


def _stop_fields(known: MedicineList) -> Sequence[CaseField]:
    return (
        CaseField(
            "stop.medicine", "Medicine", "choice", choices=same(tuple(known.taken)), required=True
        ),
        CaseField("stop.last_day", "Day of the last dose", "date", required=True),
        CaseField(
            "stop.last_taken",
            "Time of the last dose",
            "moment",
            when="without it the end of that day counts",
        ),
        CaseField("stop.reason", "Why", required=True),
    )


def _reconcile_fields(known: MedicineList) -> Sequence[CaseField]:
    alcohol = (("no", "no"), ("yes", "yes"), ("not-asked", "not asked"))
    return tuple(_reconciled(known, alcohol))


def _reconciled(known: MedicineList, alcohol: Sequence[tuple[str, str]]) -> Iterator[CaseField]:
    yield CaseField(
        "list.asked",
        "With whom, and by what",
        required=True,
        hint="as in: the patient, with the boxes; the pharmacy's list",
    )
    yield CaseField("list.alcohol", "Alcohol is drunk", "choice", choices=alcohol, required=True)
    if not known.taken:
        yield CaseField(
            "list.nothing", "No medicine at all is taken; that was asked", "flag", required=True
        )


def _accept_fields(asked: Sequence[str]) -> Sequence[CaseField]:
    return (
        CaseField("accept.about", "About", "choice", choices=same(tuple(asked)), required=True),
        CaseField("accept.reason", "Why it may be given beside the pump", "long", required=True),
    )


def _puncture_fields() -> Sequence[CaseField]:
    chosen = tuple((id, one.name) for id, one in procedures().items() if one.is_high_risk)
    return (
        CaseField("puncture.procedure", "Procedure", "choice", choices=chosen, required=True),
        CaseField("puncture.begins", "Begins", "moment", required=True),
        CaseField("puncture.ends", "Ends", "moment", when="a restart is counted from it"),
        CaseField("puncture.renal_impairment", "Kidneys impaired", "flag"),
        CaseField("puncture.inr", "INR, where measured", "text"),
    )


def _named(ids: Sequence[str]) -> tuple[tuple[str, str], ...]:
    return tuple((one, one.replace("-", " ")) for one in ids)


def _now(request: ClinicRequest) -> datetime:
    return clock.now().astimezone(zone_of(request))


urlpatterns = [
    path("", show, name="medicines"),
    path("change/", change, name="change medicine"),
    path("stop/", stop, name="stop medicine"),
    path("list/", reconcile, name="reconcile medicines"),
    path("accept/", accept, name="accept medicine"),
    path("puncture/", puncture, name="plan puncture"),
]
