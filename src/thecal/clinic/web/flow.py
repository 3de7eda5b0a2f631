"""What the pages of the flows share: a page of findings, tables and forms, and what was typed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar, final
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render

from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest
from thecal.clinic.access.signing import ReauthenticationError, reauthenticate
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import Draft
from thecal.clinic.ledger.tasks import DONE, OPENED
from thecal.clinic.web.sheet import Sheet, SheetField
from thecal.clinic.web.wall_clock import with_offset
from thecal.errors import EntryError
from thecal.record.fold import EVENT, Effective, effective, event_body
from thecal.safety.finding import Finding, Severity
from thecal.therapy.events import Event
from thecal.units import Quantity, parse_quantity

Q = TypeVar("Q", bound=Quantity)
LONGEST = 1000
"""So many signs of a free text are kept; the page says where more were typed."""


@final
@dataclass(frozen=True)
class FlowForm:
    """One form of a page.

    Attributes
    ----------
    what
        What it does: sent with it, so that a page can hold several.
    sent
        Whether it is this one that was sent.
    columns
        Whether its many fields stand side by side.
    """

    what: str
    title: str
    button: str
    sheet: Sheet
    sent: bool
    hint: str = ""
    columns: bool = False

    @property
    def password(self) -> str:
        """Name of the field with the password of who signs."""
        return f"password_{self.what}"


def flow_form(
    request: ClinicRequest,
    what: str,
    title: str,
    button: str,
    fields: Sequence[SheetField] = (),
    *,
    sign: str = "",
    hint: str = "",
    columns: bool = False,
) -> FlowForm:
    """Return a form as it was sent, or empty.

    Parameters
    ----------
    sign
        Label of the password with which it is signed; empty: it is not signed.
    """
    if sign:
        fields = (*fields, SheetField(f"password_{what}", sign, "password"))
    sent = request.method == "POST" and request.POST.get("what") == what
    sheet = Sheet.of(fields, request) if sent else Sheet(fields)
    if sent and not sheet.missing():
        for one in fields:
            if one.kind in ("text", "long") and len(str(sheet.typed[one.name])) > LONGEST:
                sheet.refuse(one.name, f"{one.label}: at most {LONGEST} characters are kept")
            if not _offered(one, sheet.typed[one.name]):
                sheet.refuse(one.name, f"{one.label}: choose one of the list")
    return FlowForm(what, title, button, sheet, sent, hint, columns)


def _offered(one: SheetField, typed: Any) -> bool:
    """Return whether a choice is one of its list: anything else was not typed into the page."""
    if one.kind not in ("choice", "choices"):
        return True
    chosen = typed if isinstance(typed, list) else [typed] if typed else []
    return set(chosen) <= {value for value, _ in one.choices}


def accepted(form: FlowForm) -> bool:
    """Return whether a form was sent and nothing in it is refused so far."""
    return form.sent and not form.sheet.errors


def signs(request: ClinicRequest, form: FlowForm) -> bool:
    """Return whether the person proved who they are; the form says where they did not."""
    try:
        reauthenticate(request, request.member, str(form.sheet.typed[form.password]))
    except ReauthenticationError as error:
        form.sheet.refuse(form.password, f"{error.what}; {error.remedy}")
    return not form.sheet.errors


def show_flow(
    request: ClinicRequest,
    chart: Chart,
    title: str,
    forms: Sequence[FlowForm],
    *,
    template: str = "clinic/flow.html",
    **more: Any,
) -> HttpResponse:
    """Show a page of a flow; 422 where a form was refused."""
    refused = any(one.sent and one.sheet.errors for one in forms)
    given = {"chart": chart, "tab": "more", "title": title, "forms": forms, **more}
    return render(request, template, given, status=422 if refused else 200)


def zone_of(request: ClinicRequest) -> ZoneInfo:
    """Return the zone in which the clinic's clocks go."""
    return ZoneInfo(request.clinic.timezone)


def typed_moment(form: FlowForm, name: str, zone: ZoneInfo) -> datetime | None:
    """Return a time that was typed on the clinic's clock; what is none, or ahead, is refused."""
    try:
        moment = datetime.fromisoformat(with_offset(str(form.sheet.typed[name]), zone))
    except ValueError:
        form.sheet.refuse(name, "this is no date with a time")
        return None
    if moment.tzinfo is None:
        form.sheet.refuse(name, "this is no time that the clinic's clock shows once")
        return None
    if moment > clock.now():
        form.sheet.refuse(name, "this lies ahead of now: write down what has happened")
        return None
    return moment


def typed_day(form: FlowForm, name: str) -> date | None:
    """Return a date that was typed; None where none was, and what is no date is refused."""
    text = str(form.sheet.typed.get(name, ""))
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        form.sheet.refuse(name, "this is no date")
        return None


def typed_quantity(form: FlowForm, name: str, kind: type[Q]) -> Q | None:
    """Return a quantity that was typed; None where none was, and a wrong one is refused."""
    text = form.sheet.values().get(name)
    if text is None:
        return None
    try:
        return parse_quantity(text, kind)
    except EntryError as error:
        form.sheet.refuse(name, "; ".join(part for part in (error.what, error.remedy) if part))
        return None


def on_pump_clock(chart: Chart, moment: datetime, zone: ZoneInfo) -> datetime:
    """Return a moment as the record writes it: with the pump clock's offset, to the second."""
    whole = moment.replace(microsecond=0)
    therapy = chart.therapy
    return whole.astimezone(zone) if therapy is None else therapy.moment(therapy.instant(whole))


def event_draft(event: Event) -> Draft:
    """Return the entry of a therapy event."""
    return Draft(EVENT, event_body(event), pump_time=event.time)


def task_draft(kind: str, what: str, due: datetime) -> Draft:
    """Return the entry that opens a task."""
    return Draft(OPENED, {"kind": kind, "what": what, "due": due.isoformat()})


def task_done_draft(task: int, how: str) -> Draft:
    """Return the entry that ends a task."""
    return Draft(DONE, {"task": task, "how": how})


def bodies(chart: Chart, *kinds: str) -> Iterator[tuple[Effective, Mapping[str, Any]]]:
    """Yield the entries of some kinds as they stand, the oldest first."""
    for one in effective(chart.entries):
        if one.entry.kind in kinds and one.body is not None:
            yield one, one.body


def last_body(chart: Chart, *kinds: str) -> Mapping[str, Any] | None:
    """Return the newest entry of some kinds as it stands; None where there is none."""
    return next((body for _, body in reversed(list(bodies(chart, *kinds)))), None)


def stands_against(findings: Iterable[Finding], reason: str) -> bool:
    """Return whether findings keep something shut: refusals, and questions without a reason."""
    return any(
        one.severity is Severity.HARD or (one.severity is Severity.SOFT and not reason)
        for one in findings
    )


def told(findings: Iterable[Finding]) -> list[dict[str, str]]:
    """Return findings as an entry keeps them: what was known when something was decided."""
    return [
        {"check": one.check, "severity": one.severity.value, "message": one.message}
        for one in findings
    ]


def table(caption: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> dict[str, Any]:
    """Return a table for a page."""
    return {"caption": caption, "head": list(head), "rows": [list(row) for row in rows]}
