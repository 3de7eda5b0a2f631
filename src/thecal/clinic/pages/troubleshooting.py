"""Troubleshooting: the findings at the bedside, what they point to, what to do next, a verdict.

Kinds of entries: `clinic.trouble_case`.
"""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse

from thecal.care.pathway import Given
from thecal.care.pathway.ending import follow_ups
from thecal.care.troubleshoot_answer import TroubleAnswer, answer
from thecal.care.troubleshoot_case import TroubleCase
from thecal.care.troubleshoot_table import cause
from thecal.care.troubleshoot_verdict import UNEXPLAINED, to_order, verdict_findings
from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest, author_of, patient_page
from thecal.clinic.access.signing import signature_draft
from thecal.clinic.flows.pathway_steps import (
    drugs_of,
    follow_up_drafts,
    has_pump,
    pathway_state,
    side_step,
)
from thecal.clinic.flows.trouble_case import (
    CLOSED,
    FINDING,
    OPENED,
    ORDERED,
    OpenCase,
    case_of,
    open_case,
    unexplained_days,
)
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import Draft, write
from thecal.clinic.ledger.tasks import open_tasks
from thecal.clinic.web.flow import (
    FlowForm,
    accepted,
    bodies,
    flow_form,
    show_flow,
    signs,
    stands_against,
    table,
    task_done_draft,
    task_draft,
    told,
    typed_day,
    zone_of,
)
from thecal.clinic.web.seen import seen_of
from thecal.clinic.web.sheet import SheetField
from thecal.record.fold import effective
from thecal.safety.finding import Finding
from thecal.therapy.bedside import FindingKind, finding_kinds
from thecal.units import show_date, show_percent

TITLE = "Troubleshooting"
_ACTIONS = (
    ("lower-dose", "stop, or go on at a lower dose"),
    ("same-dose", "go on at the same dose"),
    ("higher-dose", "raise the dose"),
    ("refill", "replace the solution"),
    ("settings", "correct the settings of the pump"),
    ("revision", "operation: revise or replace pump or catheter"),
    ("other-care", "treat something other than the pump"),
)


@patient_page("write the record")
def troubleshooting(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Guide through a case; every step of it is an entry."""
    if not has_pump(chart):
        return show_flow(request, chart, TITLE, (), lead=["No pump is on record."])
    found = open_case(chart)
    if found is None:
        return _open(request, chart)
    case = case_of(chart, found)
    known = answer(case)
    forms = _forms(request, found, case, known)
    sent = next((one for one in forms if one.sent), None)
    findings: tuple[Finding, ...] = ()
    if sent is not None and accepted(sent):
        findings = _STEPS[sent.what](request, chart, found, sent)
        if accepted(sent):
            return redirect("troubleshooting", chart.patient.pk)
    return _page(request, chart, found, known, forms, findings)


def _open(request: ClinicRequest, chart: Chart) -> HttpResponse:
    fields = (SheetField("complaint", "What is wrong", "long"),)
    form = flow_form(request, "open", "A new case", "Open the case", fields)
    if not accepted(form):
        lead = ["No case is open. Ask first: is the patient sick? Then the emergency page."]
        links = [(reverse("patient emergency", args=[chart.patient.pk]), "Emergency page")]
        return show_flow(request, chart, TITLE, (form,), lead=lead, links=links)
    given = Given(role=request.member.role, drugs=drugs_of(chart))
    state, now = pathway_state(chart), clock.now()
    drafts = (
        Draft(OPENED, {"complaint": form.sheet.typed["complaint"]}),
        *side_step(chart, "troubleshooting", given),
        *follow_up_drafts(follow_ups(state, "troubleshooting", given, now)),
    )
    write(chart.patient, author_of(request), drafts, expected=seen_of(request))
    return redirect("troubleshooting", chart.patient.pk)


def _page(
    request: ClinicRequest,
    chart: Chart,
    found: OpenCase,
    known: TroubleAnswer,
    forms: list[FlowForm],
    findings: tuple[Finding, ...],
) -> HttpResponse:
    kinds = finding_kinds()
    tests = known.tests
    listed = known.ranking[: known.listed]
    tables = [
        table(
            "What may be wrong, the likeliest first; a share orders, it is no probability",
            ("Cause", "Share", "For it", "Against it", "What follows"),
            [
                (
                    one.cause.name,
                    show_percent(one.share, signed=False),
                    _sides(one.evidence, "for", kinds),
                    _sides(one.evidence, "against", kinds),
                    f"{one.cause.act.value} ({one.cause.act.provenance()})",
                )
                for one in listed
            ],
        ),
        table(
            "What to find out next, the most telling first",
            ("Finding", "Question", "May be done", "Outcome and what it would point to"),
            [
                (
                    one.kind.name,
                    one.kind.question,
                    "now" if one.open else one.held_by,
                    "; ".join(f"{word}: {cause(id).name}" for word, id in one.points.items()),
                )
                for one in tests
            ],
        ),
        table(
            "What is known",
            ("Finding", "Outcome", "From"),
            [
                (
                    kinds[name].name,
                    outcome,
                    known.case.origins[name].replace("[bedside]", "noted in this case"),
                )
                for name, outcome in known.case.findings.items()
            ],
        ),
    ]
    warnings = [f"{one.what.value} ({one.what.provenance()})" for one in known.first]
    warnings += [f"{one.what.value} ({one.what.provenance()})" for one in known.beware]
    if known.unexplained:
        names = ", ".join(kinds[one].name for one in known.unexplained)
        warnings.append(f"The likeliest cause does not explain: {names}. More may be wrong.")
    causes = {id: cause(id).name for pair in known.not_apart_now for id in pair}
    lead = [
        f"Opened {show_date(found.opened.date())}: {found.complaint}",
        *(f"Ordered: {kinds[one].name}" for one in found.ordered),
        *(f"From the record: {note}" for note in known.case.notes),
        *(
            f"The tests left do not tell {causes[one]} and {causes[other]} apart."
            for one, other in known.not_apart_now
        ),
    ]
    back = [chart.patient.pk, [one.entry.seq for one, _ in bodies(chart, OPENED)][-1]]
    links = [
        (reverse("patient emergency", args=[chart.patient.pk]), "Emergency page"),
        (reverse("look back", args=back), "Look back: what left the tip before"),
    ]
    return show_flow(
        request,
        chart,
        TITLE,
        forms,
        lead=lead,
        warnings=warnings,
        tables=tables,
        links=links,
        findings=findings or known.refusals,
    )


def _sides(evidence: Any, side: str, kinds: Any) -> str:
    return "; ".join(
        f"{kinds[one.finding].name}: {one.outcome} ({one.source})"
        for one in evidence
        if one.side == side
    )


def _forms(
    request: ClinicRequest, found: OpenCase, case: TroubleCase, known: TroubleAnswer
) -> list[FlowForm]:
    kinds = [one for one in finding_kinds().values() if one.holds_for(case.pump_kind)]
    noted = flow_form(
        request,
        "findings",
        "Findings",
        "Write the findings down",
        [
            SheetField(
                f"finding_{one.id}",
                f"{one.name}: {one.question}",
                "choice",
                choices=[(word, word.replace("-", " ")) for word in one.outcomes],
                required=False,
                hint=f"step {one.step} of the published order",
            )
            for one in sorted(kinds, key=lambda one: one.step)
        ],
        columns=True,
    )
    if not noted.sent:
        for name, outcome in found.noted.items():
            noted.sheet.typed[f"finding_{name}"] = outcome
    orderable = [
        (one.id, one.name) for one in kinds if one.id in to_order() and one.id not in case.findings
    ]
    order = flow_form(
        request,
        "order",
        "Order an examination",
        "Order it",
        (
            SheetField("test", "Examination", "choice", choices=orderable),
            SheetField("wanted_by", "By when", "date"),
            SheetField("reason_order", "Reason, where a question stands", required=False),
        ),
    )
    ranked = [(one.cause.id, one.cause.name) for one in known.ranking]
    verdict = flow_form(
        request,
        "verdict",
        "Verdict",
        "Sign and close the case",
        (
            SheetField(
                "cause",
                "Cause",
                "choice",
                choices=[*ranked, (UNEXPLAINED, "no cause was found")],
            ),
            SheetField("action", "What follows", "choice", choices=_ACTIONS),
            SheetField("verdict_words", "What was found and decided", "long"),
            SheetField("reason_verdict", "Reason, where a question stands", required=False),
        ),
        sign="Your password, to sign",
        hint="Stopping and lowering the dose need no verdict and no case.",
    )
    return [noted, order, verdict]


# -- the steps -----------------------------------------------------------------------------------


def _note(
    request: ClinicRequest, chart: Chart, found: OpenCase, form: FlowForm
) -> tuple[Finding, ...]:
    kinds = finding_kinds()
    drafts = []
    for name, text in form.sheet.typed.items():
        finding, outcome = name.removeprefix("finding_"), str(text)
        if outcome and outcome not in kinds[finding].outcomes:
            form.sheet.refuse(name, f"{kinds[finding].name}: choose one of the list")
        elif outcome != found.noted.get(finding, ""):
            drafts.append(Draft(FINDING, {"finding": finding, "outcome": outcome}))
            drafts += [
                task_done_draft(one.seq, f"result: {outcome}")
                for one in open_tasks(effective(chart.entries))
                if outcome and one.kind == f"examination-{finding}"
            ]
    if drafts and not form.sheet.errors:
        write(chart.patient, author_of(request), drafts, expected=seen_of(request))
    return ()


def _order(
    request: ClinicRequest, chart: Chart, found: OpenCase, form: FlowForm
) -> tuple[Finding, ...]:
    test, reason = str(form.sheet.typed["test"]), str(form.sheet.typed["reason_order"])
    kind: FindingKind | None = finding_kinds().get(test)
    by = typed_day(form, "wanted_by")
    if kind is None or by is None:
        form.sheet.refuse("test", "choose one of the list")
        return ()
    findings = answer(case_of(chart, found, test)).refusals
    if stands_against(findings, reason):
        form.sheet.refuse("test", f"{kind.name}: something above stands against it")
        return findings
    due = datetime.combine(by, time.max, tzinfo=zone_of(request))
    words = f"{kind.name} for troubleshooting: {kind.question}"
    drafts = (
        Draft(ORDERED, {"test": test, "by": by.isoformat(), "answered": told(findings)}, reason),
        task_draft(f"examination-{test}", words, due),
    )
    write(chart.patient, author_of(request), drafts, expected=seen_of(request))
    messages.success(request, f"{kind.name} is ordered; a task waits for it.")
    return ()


def _close(
    request: ClinicRequest, chart: Chart, found: OpenCase, form: FlowForm
) -> tuple[Finding, ...]:
    typed, now = form.sheet.typed, clock.now()
    case = case_of(chart, found)
    of = str(typed["cause"])
    days = unexplained_days(chart.entries, now)
    if of == UNEXPLAINED:
        days = (*days, now.date())
    findings = verdict_findings(case.findings, str(typed["action"]), days, now)
    reason = str(typed["reason_verdict"])
    if stands_against(findings, reason):
        form.sheet.refuse("action", "something above stands against this verdict")
        return findings
    if not signs(request, form):
        return findings
    body = {
        "cause": of,
        "action": typed["action"],
        "words": typed["verdict_words"],
        "findings": dict(case.findings),
        "answered": told(findings),
    }
    closed = Draft(CLOSED, body, reason)
    signed = signature_draft(chart.stream, request.member, "verdict", [closed])
    drafts = [closed, signed, *_back(request, chart)]
    if findings:
        words = "repeated events without an explanation: decide about the pump"
        drafts.append(task_draft("review-the-pump", words, now))
    write(chart.patient, author_of(request), drafts, expected=seen_of(request))
    messages.success(request, "The case is closed.")
    return ()


def _back(request: ClinicRequest, chart: Chart) -> tuple[Draft, ...]:
    state = pathway_state(chart)
    if state.stage != "troubleshooting" or state.beside is None:
        return ()
    given = Given(role=request.member.role, done=frozenset({"cause-recorded"}))
    return side_step(chart, state.beside, given)


_STEPS: dict[str, Any] = {"findings": _note, "order": _order, "verdict": _close}

urlpatterns = [path("", troubleshooting, name="troubleshooting")]
