"""A step of an implant visit as it was sent: read, checked against the visit, written down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any

from thecal.care.forms import FormErrors, read_form
from thecal.care.implant_visit import ImplantStep, ImplantVisit, suspect_pump
from thecal.care.supply.order import SolutionOrder
from thecal.care.visit.rules import RULES
from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest, author_of
from thecal.clinic.flows.implant_events import on_clock, read_program
from thecal.clinic.flows.implant_visit import RunningVisit, step_draft
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import write
from thecal.clinic.pages.implant_forms import MOMENTS, asked_fields, f4_values
from thecal.clinic.pages.implant_label import FILL, order_of_fill, settle_label, told_by_code
from thecal.clinic.web.flow import FlowForm, task_draft, typed_moment, typed_quantity, zone_of
from thecal.clinic.web.seen import seen_of
from thecal.errors import ThecalError
from thecal.units import Mass, Volume


def write_step(request: ClinicRequest, chart: Chart, running: RunningVisit, form: FlowForm) -> bool:
    """Write a step of the visit down; return whether it was written."""
    here = next(one for one in running.visit.steps if one.id == form.what)
    fills, solution = here.id == FILL, 0
    order = order_of_fill(request, chart, running, form) if fills else None
    if form.sheet.errors:
        return False
    values = _read_f4(request, here, form, order)
    asked = _read_asked(request, chart, running, here, form)
    if fills:
        solution = settle_label(chart, running, form, values, asked, order)
    _check_asked(chart, running, here, form, values, asked)
    if form.sheet.errors:
        return False
    drafts = [step_draft(running.number, here.id, values, asked, solution)]
    if here.id == "pump":
        after = ImplantVisit(running.visit.purpose, {here.id: values}, {here.id: asked})
        for one in suspect_pump(after):
            words = f"pump {values['serial']} is not implanted: {one.message}"
            drafts.append(task_draft("suspect-pump", words, clock.now()))
    write(chart.patient, author_of(request), drafts, expected=seen_of(request))
    return True


def _read_f4(
    request: ClinicRequest, here: ImplantStep, form: FlowForm, order: SolutionOrder | None
) -> dict[str, Any]:
    part = f4_values(here, request)
    if part is None:
        return {}
    known, typed = part
    if order is not None:
        typed = told_by_code(order, typed, form)
    found = read_form(known, typed)
    if isinstance(found, FormErrors):
        names = [one.name for one in form.sheet.fields]
        for one in found.errors:
            form.sheet.refuse(_control(one.place, names), f"{one.what}; {one.remedy}")
        return {}
    values = found.to_json()["values"]
    assert isinstance(values, dict)
    return values


def _control(place: str, names: Sequence[str]) -> str:
    """Return the control of a place of F4, as in `segments 1: trimmed`."""
    row, _, inner = place.partition(": ")
    name = f"{row.replace(' ', '.')}.{inner}" if inner else place
    fitting = (one for one in names if one == name or one.startswith(f"{name}."))
    return next(fitting, name)


def _read_asked(
    request: ClinicRequest,
    chart: Chart,
    running: RunningVisit,
    here: ImplantStep,
    form: FlowForm,
) -> dict[str, Any]:
    asked: dict[str, Any] = {}
    texts, zone = form.sheet.values(), zone_of(request)
    for one in asked_fields(chart, running, here):
        if one.name not in texts:
            continue
        if one.name in MOMENTS:
            moment = typed_moment(form, one.name, zone)
            if moment is not None:
                asked[one.name] = on_clock(chart, moment.astimezone(zone)).isoformat()
        else:
            # The digits of a program are read with their unit by the fields of a draft.
            digits = here.id == "program"
            asked[one.name] = form.sheet.typed[one.name] if digits else texts[one.name]
    return asked


def _check_asked(
    chart: Chart,
    running: RunningVisit,
    here: ImplantStep,
    form: FlowForm,
    values: Mapping[str, Any],
    asked: Mapping[str, Any],
) -> None:
    if here.id == "before":
        wanted = int(RULES.get("K30", "identifiers", Fraction).value)
        if len(asked.get("identified_by", ())) < wanted:
            form.sheet.refuse("identified_by", f"match the patient by {wanted} identifiers")
        typed_quantity(form, "weight", Mass)
    if here.id == "old":
        typed_quantity(form, "drawn", Volume)
        known = chart.content["therapy"]["serial"]
        if asked.get("returned_serial") != known:
            form.sheet.refuse("returned_serial", f"the record's pump is {known}: look again")
    drugs = [row["drug"] for row in values.get("mixture", ())]
    if here.id == FILL and not form.sheet.errors and asked["primary"] not in drugs:
        form.sheet.refuse("primary", "this drug is not in the solution")
    if here.id == "program" and not form.sheet.errors:
        _check_program(chart, running, form, asked)


def _check_program(
    chart: Chart, running: RunningVisit, form: FlowForm, asked: Mapping[str, Any]
) -> None:
    at = datetime.fromisoformat(asked["programmed_at"])
    if at < datetime.fromisoformat(running.visit.said("fill", "filled_at")):
        form.sheet.refuse("programmed_at", "this lies before the fill")
        return
    try:
        for name, why in read_program(chart, running, asked).errors.items():
            form.sheet.refuse(name, why)
    except ThecalError as error:
        form.sheet.refuse("daily_dose", f"{error.what}; {error.remedy}")
