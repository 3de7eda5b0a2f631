"""The pump at a refill visit: read and written by telemetry, or by hand with a reason."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path

from thecal.care.visit import Step
from thecal.clinic.access.guard import ClinicRequest, author_of, patient_page
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import Draft, write
from thecal.clinic.pages.refill_parts import fresh, news_of
from thecal.clinic.pumps import telemetry
from thecal.clinic.pumps.virtual_pump import has_telemetry
from thecal.clinic.refill.compared import compared_doses, compared_lines
from thecal.clinic.refill.pump import is_written
from thecal.clinic.refill.reading import told_rows
from thecal.clinic.refill.screens import Screen
from thecal.clinic.refill.situation import Situation
from thecal.clinic.refill.talks import BY_HAND
from thecal.clinic.refill.writing import (
    BACK,
    back_draft,
    check_may_write,
    read_pump,
    states,
    waiting,
    write_to_pump,
)
from thecal.clinic.web.seen import seen_of
from thecal.clinic.web.whole_text import whole_text
from thecal.errors import StepRefusedError

_READ_ON = ("identify", "interrogate")
_TOLD_ON = ("program", BACK)


def asked_of(situation: Situation, screen: Screen) -> tuple[Step, ...]:
    """Return the steps of a page that are filled in; what the pump writes and says is not."""
    return tuple(one for one in screen.steps if one.key != BACK or not is_written(situation))


def must_be_read(situation: Situation, screen: Screen) -> bool:
    """Return whether a page has to wait until the pump was read, or is done by hand."""
    on_it = any(one.key in _READ_ON for one in screen.steps)
    return on_it and situation.by_telemetry and situation.talks.read is None


def pump_card(situation: Situation, screen: Screen) -> dict[str, Any]:
    """Return what a page shows of the pump: what it told, what is written to it."""
    keys = [one.key for one in screen.steps]
    read = situation.talks.read
    given: dict[str, Any] = {
        "has_telemetry": has_telemetry(situation.therapy),
        "by_telemetry": situation.by_telemetry,
        "by_hand": situation.talks.by_hand,
        "must_be_read": must_be_read(situation, screen),
        "pump_written": is_written(situation),
        "read_card": any(key in _READ_ON for key in keys),
        "hand_card": any(key in (*_READ_ON, *_TOLD_ON) for key in keys),
    }
    if read is not None and read.reading is not None:
        given["told"] = told_rows(read.reading, situation)
        given["told_at"] = datetime.fromisoformat(read.reading["time"])
    if BACK in keys and is_written(situation):
        given |= _write_card(situation)
    return given


def _write_card(situation: Situation) -> dict[str, Any]:
    back = situation.visit.read_back
    try:
        check_may_write(situation)
        why_not = ""
    except StepRefusedError as error:
        why_not = error.why or error.what
    return {
        "write_card": situation.visit.program is not None,
        "can_write": situation.visit.program is not None and not why_not,
        "why_not": why_not,
        "states": states(situation),
        "written_whole": back is not None and not waiting(situation),
        "all_written": not waiting(situation) and not situation.talks.unknown,
        "unknown": situation.talks.unknown,
        "back": compared_lines(situation),
        "back_doses": compared_doses(situation),
        "back_same": back is not None and back.intended == back.read,
    }


@patient_page("write the record")
def read(request: ClinicRequest, chart: Chart, name: str) -> HttpResponse:
    """Read the pump for the visit; what differs from the record is said loudly."""
    if request.method == "POST":
        situation = Situation.of(chart, request.clinic)
        _tell(request, read_pump(situation, author_of(request)))
        situation = Situation.of(fresh(chart), request.clinic)
        if name in _TOLD_ON and situation.visit.read_back is not None:
            _record_back(request, situation)
    return redirect("refill step", chart.patient.pk, name)


@patient_page("write the record")
def by_hand(request: ClinicRequest, chart: Chart, name: str) -> HttpResponse:
    """Go on without telemetry, with a reason: from here on readings and settings are typed."""
    if request.method == "POST":
        situation = Situation.of(chart, request.clinic)
        reason = whole_text(" ".join(request.POST.get("reason", "").split()))
        if not reason:
            raise StepRefusedError("going on by hand needs a reason", remedy="write why")
        draft = Draft(BY_HAND, {"visit": situation.running.number}, reason)
        # Who checks solution and dose has no part in how the pump is read.
        news_of(request, situation)
        write(chart.patient, author_of(request), (draft,), expected=chart.seq)
    return redirect("refill step", chart.patient.pk, name)


@patient_page("write to pumps")
def send(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Write fill, prime and program to the pump, each done whole or not at all; read it back."""
    if request.method != "POST":
        return redirect("refill", chart.patient.pk)
    situation = Situation.of(chart, request.clinic)
    if not is_written(situation):
        raise StepRefusedError(
            "this visit does not write to the pump",
            why=situation.talks.by_hand or "the pump has no telemetry",
            remedy="write down what was typed into it",
        )
    if situation.visit.read_back is not None and not waiting(situation):
        messages.info(request, "All of this was written to the pump already: nothing was sent.")
        return redirect("refill step", chart.patient.pk, BACK)
    after = write_to_pump(situation, author_of(request), seen_of(request))
    # What the pump answers is looked at here, beside what was written, before the visit goes on.
    if _record_back(request, after):
        return redirect("refill step", chart.patient.pk, BACK)
    for one in after.talks.orders[-1:]:
        if one.outcome == telemetry.UNKNOWN:
            messages.error(
                request,
                f"Nobody knows whether the pump did the {one.what}: {one.why}. A task was opened."
                " Press the button again: the pump is read first, and nothing is done twice.",
            )
        elif one.outcome == telemetry.REFUSED:
            messages.error(request, f"The pump did not do the {one.what}: {one.why}.")
    return redirect("refill step", chart.patient.pk, BACK)


def _record_back(request: ClinicRequest, situation: Situation) -> bool:
    """Write down what the pump said back; False where it cannot be said yet."""
    draft = back_draft(situation)
    if draft is None:
        return False
    write(situation.chart.patient, author_of(request), (draft,), expected=situation.chart.seq)
    if draft.body["record"]["intended"] == draft.body["record"]["read"]:
        messages.success(
            request,
            "Written to the pump and read back: every line is the same. Compare it below, then go"
            " on.",
        )
    else:
        messages.error(request, "The pump says something else than was meant: look at step 12.")
    return True


def _tell(request: ClinicRequest, outcome: telemetry.Outcome) -> None:
    if not outcome.done:
        messages.error(request, f"The pump could not be read: {outcome.why}.")
        return
    for finding in outcome.findings:
        messages.error(request, f"{finding.check}: {finding.message}.")
    for notice in (outcome.reading or {}).get("notices", ()):
        messages.warning(request, f"The pump says: {notice}.")
    if not outcome.findings:
        messages.success(request, "The pump was read. It stands as the record says.")


urlpatterns = [
    path("pump/read/<str:name>/", read, name="read pump at refill"),
    path("pump/by-hand/<str:name>/", by_hand, name="refill by hand"),
    path("pump/write/", send, name="write pump at refill"),
]
