"""What waits for somebody: tasks, alarms that nobody has read, watches that nobody released.

Kinds of entries: `task.done` {task, how}, `alarm.acknowledged` {kind, since, how},
`watch.released` {watch, state}.
"""

from __future__ import annotations

from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path

from thecal.care.due.from_replay import knowledge_of
from thecal.care.due.knowledge import WATCH, HeardAlarm
from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest, author_of, patient_page
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.due import ACKNOWLEDGED, WATCH_BEGUN, WATCH_RELEASED
from thecal.clinic.ledger.log import Draft, write
from thecal.clinic.ledger.tasks import open_tasks
from thecal.clinic.web.flow import (
    FlowForm,
    accepted,
    bodies,
    flow_form,
    show_flow,
    table,
    task_done_draft,
)
from thecal.clinic.web.seen import seen_of
from thecal.clinic.web.sheet import SheetField
from thecal.record.fold import effective
from thecal.units import show_time

TITLE = "Tasks, alarms and watches"


@patient_page("write the record")
def tasks(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Show what is open, and take what was done."""
    forms = [*_tasks(request, chart), *_alarms(request, chart), *_watches(request, chart)]
    sent = next((one for one in forms if one.sent), None)
    if sent is not None and accepted(sent):
        kind, _, key = sent.what.partition("-")
        draft = _draft(request, chart, kind, key, str(sent.sheet.typed[f"how_{sent.what}"]))
        write(chart.patient, author_of(request), (draft,), expected=seen_of(request))
        messages.success(request, "Written down.")
        return redirect("tasks", chart.patient.pk)
    if request.method == "POST" and sent is None:
        messages.error(request, "This is not open any more: somebody has dealt with it.")
        return redirect("tasks", chart.patient.pk)
    lead = [] if forms else ["Nothing waits here for a word of yours."]
    rows = [
        (one["what"], show_time(_local(chart, datetime.fromisoformat(one["due"]))), one["source"])
        for one in chart.content["due"]
    ]
    caption = "What is due by the record; each ends when what it asks for is written down"
    tables = [table(caption, ("What", "Due", "Whose rule"), rows)] if rows else []
    return show_flow(request, chart, TITLE, forms, lead=lead, tables=tables)


def _draft(request: ClinicRequest, chart: Chart, kind: str, key: str, how: str) -> Draft:
    if kind == "task":
        return task_done_draft(int(key), how)
    if kind == "watch":
        return Draft(WATCH_RELEASED, {"watch": int(key), "state": how})
    alarm = next(one for one in _unread(chart) if _name(one) == key)
    body = {"kind": alarm.kind, "since": alarm.since.isoformat(), "how": how}
    return Draft(ACKNOWLEDGED, body)


def _tasks(request: ClinicRequest, chart: Chart) -> list[FlowForm]:
    return [
        _form(
            request,
            f"task-{one.seq}",
            one.what,
            "What was done",
            "Close the task",
            f"due {show_time(_local(chart, one.due))}",
        )
        for one in open_tasks(effective(chart.entries))
    ]


def _alarms(request: ClinicRequest, chart: Chart) -> list[FlowForm]:
    return [
        _form(
            request,
            f"alarm-{_name(one)}",
            f"{'Critical alarm' if one.critical else 'Alarm'}: {one.kind.replace('-', ' ')}",
            "What it was, and what is done about it",
            "I have read this alarm",
            f"since {show_time(_local(chart, one.since))}"
            + (", its cause goes on" if one.sounding else ", over"),
        )
        for one in _unread(chart)
    ]


def _name(alarm: HeardAlarm) -> str:
    """Return the name of an alarm in its form: another one may stand in its place meanwhile."""
    return f"{alarm.kind}-{alarm.since.astimezone(UTC):%Y%m%dT%H%M%S%f}"


def _watches(request: ClinicRequest, chart: Chart) -> list[FlowForm]:
    released = {int(body["watch"]) for _, body in bodies(chart, WATCH_RELEASED)}
    made = []
    for one, body in bodies(chart, WATCH_BEGUN):
        # The 24-hour watch has a page of its own: it cannot be closed early (K29).
        if one.entry.seq not in released and body["kind"] != WATCH:
            ends = datetime.fromisoformat(str(body["ends"]))
            over = "over since" if ends <= clock.now() else "runs until"
            made.append(
                _form(
                    request,
                    f"watch-{one.entry.seq}",
                    f"Watch: {body['kind']}",
                    "How the patient is, compared with before",
                    "Release the patient",
                    f"{over} {show_time(_local(chart, ends))}",
                )
            )
    return made


def _form(
    request: ClinicRequest, what: str, title: str, label: str, button: str, hint: str
) -> FlowForm:
    return flow_form(
        request, what, title, button, (SheetField(f"how_{what}", label, "long"),), hint=hint
    )


def _unread(chart: Chart) -> tuple[HeardAlarm, ...]:
    simulation = chart.simulation(clock.now())
    if simulation is None:
        return ()
    read = frozenset(
        (str(body["kind"]), datetime.fromisoformat(str(body["since"])))
        for _, body in bodies(chart, ACKNOWLEDGED)
    )
    alarms = knowledge_of(simulation, read).alarms
    return tuple(one for one in alarms if not one.acknowledged)


def _local(chart: Chart, moment: datetime) -> datetime:
    return moment if chart.therapy is None else chart.therapy.moment(chart.therapy.instant(moment))


urlpatterns = [path("", tasks, name="tasks")]
