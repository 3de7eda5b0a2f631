"""Asking for a supervisor, from the page of the step that waits for one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path

from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest, author_of, patient_page
from thecal.clinic.access.supervision import Supervision
from thecal.clinic.flows.form_log import filed_forms
from thecal.clinic.flows.port_log import waiting
from thecal.clinic.flows.scan_visit import scan_visit
from thecal.clinic.flows.trial_log import trial_of
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import write
from thecal.clinic.pages import supervised
from thecal.clinic.pages.programming_order import order_supervision
from thecal.clinic.programs.drafting import Situation as Programming
from thecal.clinic.programs.drafting import drafted
from thecal.clinic.programs.drafts import standing
from thecal.clinic.refill.entries import running_visit
from thecal.clinic.refill.situation import Situation
from thecal.clinic.supply.labels import orders_of
from thecal.clinic.web.seen import number_in, seen_of

Asked = Callable[[ClinicRequest, Chart], Supervision | None]
_FORMS = tuple(supervised.FORMS.values())


@patient_page("ask a supervisor")
def ask(request: ClinicRequest, chart: Chart, step: str) -> HttpResponse:
    """Ask for a supervisor; where the step waits for none, nothing is written."""
    page, found = _PAGES.get(step, ("patient", _nothing))
    held = found(request, chart) if request.method == "POST" else None
    about = number_in(request.POST.get("about", ""))
    if held is not None and held.step.id == step and held.holds and held.asked is None:
        write(chart.patient, author_of(request), (held.draft(),), expected=seen_of(request))
        messages.success(request, f"Asked for. {_who_signs(request, held)}.")
    if page == "form":
        return redirect(page, chart.patient.pk, about or 0)
    return redirect(page, chart.patient.pk)


def _who_signs(request: ClinicRequest, held: Supervision) -> str:
    """Say who may sign; in a training run nobody but the simulated colleague does."""
    if request.run is not None:
        return "In this case the simulated colleague signs it, in the training box"
    who = ", ".join(held.who) or "nobody of this clinic yet"
    return f"Who may sign it, under Checks: {who}"


def _refill(request: ClinicRequest, chart: Chart) -> Supervision | None:
    running = running_visit(chart.entries)
    if running is None:
        return None
    return supervised.refill_close(Situation(chart, request.clinic, running), request.member)


def _order(request: ClinicRequest, chart: Chart) -> Supervision | None:
    now = standing(chart.entries, clock.now())
    if now.draft is None:
        return None
    read = drafted(Programming.of(chart), now.draft.body["typed"])
    return supervised.program_order(chart, request.member, now.draft, read)


def _send(request: ClinicRequest, chart: Chart) -> Supervision | None:
    now = standing(chart.entries, clock.now())
    return None if now.order is None else order_supervision(request, chart, now.order)


def _inject(request: ClinicRequest, chart: Chart) -> Supervision | None:
    waits = waiting(chart)
    return None if waits is None else supervised.port_inject(chart, request.member, waits)


def _scan(request: ClinicRequest, chart: Chart) -> Supervision | None:
    found = scan_visit(chart)
    return None if found is None else supervised.scan(chart, request.member, found)


def _trial(request: ClinicRequest, chart: Chart) -> Supervision | None:
    trial = trial_of(chart.entries)
    return None if trial is None else supervised.trial_give(chart, request.member, trial)


def _form(request: ClinicRequest, chart: Chart) -> Supervision | None:
    number = number_in(request.POST.get("about", ""))
    filed = next((one for one in filed_forms(chart.entries) if one.entry.seq == number), None)
    return None if filed is None else supervised.form_sign(chart, request.member, filed)


def _solution(request: ClinicRequest, chart: Chart) -> Supervision | None:
    number = number_in(request.POST.get("about", ""))
    order = next((one for one in orders_of(chart) if one.number == number), None)
    return None if order is None else supervised.solution_check(chart, request.member, order)


def _nothing(request: ClinicRequest, chart: Chart) -> Supervision | None:
    return None


_PAGES: Mapping[str, tuple[str, Asked]] = {
    "refill-close": ("close refill", _refill),
    "program-order": ("confirm program", _order),
    "program-send": ("program order", _send),
    "port-inject": ("access port", _inject),
    "scan-clear": ("mri", _scan),
    "scan-close": ("mri", _scan),
    "trial-give": ("trial", _trial),
    "solution-check": ("solution orders", _solution),
    **dict.fromkeys(_FORMS, ("form", _form)),
}

urlpatterns = [path("<slug:step>/", ask, name="ask supervisor")]
