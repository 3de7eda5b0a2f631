"""The emergency page of a patient: the sheet of this moment, the cards, the stop, what was done.

Nothing holds it up: no finding, no old page, no empty field, no figure that cannot be computed. It
opens under an emergency access as well. Kinds of entries: `emergency.recorded` {happening, at,
done, drawn, words}; tasks of the kinds `emergency-follow-up` and `emergency-review`.
"""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse

from thecal.care.emergency import Card, SystemStatus, card, card_of, cards, status_at, stop_of
from thecal.care.emergency.cards import OVERDOSE, POCKET_FILL, WITHDRAWAL, WRONG_PORT
from thecal.care.emergency.sheet import emergency_sheet
from thecal.care.papers.parts import with_notice
from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest, patient_page
from thecal.clinic.flows.paper_details import details_of
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import Draft, write
from thecal.clinic.pumps.telemetry import has_telemetry
from thecal.clinic.refill.ahead import Ahead, for_emergency
from thecal.clinic.web.documents import contact_of, sections_of
from thecal.clinic.web.flow import (
    LONGEST,
    bodies,
    event_draft,
    flow_form,
    on_pump_clock,
    table,
    task_draft,
    zone_of,
)
from thecal.clinic.web.sheet import SheetField
from thecal.clinic.web.wall_clock import with_offset
from thecal.errors import ThecalError
from thecal.pump.state import Activity
from thecal.therapy.events import Empty
from thecal.units import Volume, parse_quantity

RECORDED, FOLLOW_UP, REVIEW = "emergency.recorded", "emergency-follow-up", "emergency-review"
EMPTIED, STOPPED = "emptied", "stopped"
_HAPPENINGS = (
    ("overdose", "overdose"),
    ("withdrawal", "withdrawal or loss of effect"),
    ("pocket-fill", "fill beside the pump"),
    ("wrong-port", "injection into the access port"),
    ("other", "something else"),
)
_DONE = (
    ("airway", "airway, breathing, circulation looked after"),
    ("antidote", "antidote given (write drug, dose and time below)"),
    (STOPPED, "pump stopped (this tick stops nothing: “Stop the pump” above does)"),
    (EMPTIED, "reservoir emptied (and not filled)"),
    ("pocket", "swelling beside the pump drawn empty with a needle (write the volume below)"),
    ("cover", "cover by mouth or vein started (write drug and dose below)"),
    ("csf", "cerebrospinal fluid drawn (write the volume below)"),
    ("read", "pump read"),
    ("expert", "expert called"),
    ("intensive", "intensive care"),
)
_FIELDS = (
    SheetField("happening", "What it is", "choice", choices=_HAPPENINGS, required=False),
    SheetField("at", "When, if not now", "moment", required=False),
    SheetField("done", "What was done", "choices", choices=_DONE, required=False),
    SheetField("drawn", "Volume drawn from the reservoir", "quantity", unit="mL", required=False),
    SheetField("words", "What happened, drugs and doses with times", "long", required=False),
    SheetField("follow_up", "What has to be followed up", required=False),
)


@patient_page("read patients")
def emergency(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Show everything that an emergency needs, as the record has it now."""
    ahead = for_emergency(chart, request.clinic)
    status, why = _status(ahead)
    sheet = None
    if status is not None and ahead is not None:
        taken = details_of(chart).medicines
        made = emergency_sheet(
            status,
            name=chart.content["name"],
            doubt=ahead.doubt,
            medicines=taken,
            telephone=contact_of(request.clinic).telephone_always,
        )
        sheet = with_notice(made, ahead.notice)
    form = flow_form(request, "record", "What was done", "Write it down", _FIELDS)
    given = {
        "chart": chart,
        "tab": "patient emergency",
        "sections": [] if sheet is None else sections_of(sheet, "en")[:-1],
        "footnotes": [] if sheet is None else [one.en for one in sheet.footnotes],
        "why": why,
        "cards": [_shown(one) for one in _cards(status)],
        "how_to_stop": None if status is None else stop_of(status.simulation.model),
        "telemetry": has_telemetry(chart.therapy),
        "forms": [form],
        "action": reverse("record emergency", args=[chart.patient.pk]),
        "recorded": _recorded(chart),
    }
    return render(request, "clinic/patient_emergency.html", given)


@patient_page("stop therapy")
def record(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Write down what was done, whatever of it was typed; and open what follows."""
    if request.method == "POST":
        now, zone = clock.now(), zone_of(request)
        at = _when(request.POST.get("at", ""), request) or now
        words = request.POST.get("words", "").strip()
        body: dict[str, object] = {
            "happening": request.POST.get("happening", "") or "other",
            "at": on_pump_clock(chart, at, zone).isoformat(),
            "done": request.POST.getlist("done"),
            # What is longer is kept in several entries rather than refused.
            "words": [words[place : place + LONGEST] for place in range(0, len(words), LONGEST)],
        }
        if drawn := request.POST.get("drawn", "").strip():
            body["drawn"] = drawn[:LONGEST]
        review = "an emergency is on record: find the cause, decide how the therapy goes on,"
        review += " report it where it has to be reported"
        drafts = [Draft(RECORDED, body), task_draft(REVIEW, review, now)]
        drafts += _emptying(request, chart, on_pump_clock(chart, at, zone), now)
        follow_up = request.POST.get("follow_up", "").strip()
        if follow_up:
            drafts.append(task_draft(FOLLOW_UP, follow_up[:LONGEST], now))
        write(chart.patient, request.author, drafts, expected=None)
        messages.success(request, "Written down. A task asks for the review.")
        if STOPPED in request.POST.getlist("done") and _runs(Chart(chart.patient)):
            messages.error(
                request,
                "THAT DID NOT STOP THE PUMP: by the record it runs. Stop it here now, also where it"
                " was stopped by hand, so that the record counts it as stopped.",
            )
            return redirect("stop pump", chart.patient.pk)
    return redirect("patient emergency", chart.patient.pk)


def _recorded(chart: Chart) -> list[dict[str, object]]:
    """Return the emergencies on record, the newest first."""
    told = {**dict(_DONE), STOPPED: "pump stopped, as told"}
    return [
        {
            "entry": one.entry,
            "body": body,
            "done": [told.get(what, what) for what in body["done"]],
        }
        for one, body in reversed(list(bodies(chart, RECORDED)))
    ]


def _emptying(
    request: ClinicRequest, chart: Chart, at: datetime, now: datetime
) -> tuple[Draft, ...]:
    """Return the event of an emptied reservoir, so that nobody counts drug that is not there."""
    drawn = request.POST.get("drawn", "").strip()
    told = EMPTIED in request.POST.getlist("done")
    if not (told or drawn) or chart.therapy is None:
        return ()
    if not chart.therapy.events[0].time <= at <= now:
        return ()
    try:
        volume = parse_quantity(f"{drawn} mL", Volume, zero_allowed=True) if drawn else None
    except ThecalError:
        volume = None
    return (event_draft(Empty(time=at, aspirated=volume, reason="an emergency")),)


def _runs(chart: Chart) -> bool:
    """Return whether a pump gives drug by its record."""
    simulation = chart.simulation(clock.now())
    silent = (Activity.STOPPED, Activity.REMOVED, Activity.UNFILLED)
    return simulation is not None and not simulation.emptied and simulation.activity not in silent


def _when(typed: str, request: ClinicRequest) -> datetime | None:
    """Return a time that was typed; None where it is none: the entry keeps when it was written."""
    try:
        found = datetime.fromisoformat(with_offset(typed, zone_of(request)))
    except ValueError:
        return None
    return None if found.tzinfo is None else found


def _status(ahead: Ahead | None) -> tuple[SystemStatus | None, str]:
    if ahead is None:
        return None, "no pump is on record"
    therapy = ahead.therapy
    try:
        at = max(therapy.instant(clock.now()), therapy.instant(therapy.events[-1].time))
        return status_at(therapy, at), ""
    except ThecalError as error:
        return None, str(error)


def _cards(status: SystemStatus | None) -> tuple[Card, ...]:
    """Return the cards of the drugs in the system; every one where nobody knows the drugs."""
    if status is None or not status.drugs:
        return tuple(cards().values())
    found = [card_of(one, kind) for kind in (OVERDOSE, WITHDRAWAL) for one in status.drugs]
    found.append(card(POCKET_FILL))
    if status.port is not None:
        found.append(card(WRONG_PORT))
    return tuple(dict.fromkeys(found))


def _shown(one: Card) -> dict[str, object]:
    rows = [(part, line.text.en, line.fact.provenance()) for part, line in one.lines()]
    rows += [
        ("sources disagree", line.text.en, line.fact.provenance()) for line in one.blood_pressure
    ]
    shown = table(one.title.en, ("Part", "What", "Source"), rows)
    return {"id": one.id, "title": one.title.en, "table": shown}


urlpatterns = [
    path("", emergency, name="patient emergency"),
    path("record/", record, name="record emergency"),
]
