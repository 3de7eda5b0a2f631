"""The fields of each step of an implant visit: those of form F4, and what is asked besides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from thecal.care.forms import Form
from thecal.care.implant_visit import ImplantStep, part_of_f4
from thecal.care.programming.fields import mass_unit
from thecal.care.visit.arrival import Identifier
from thecal.clinic.access.guard import ClinicRequest
from thecal.clinic.flows.form_sheet import ROWS, FormSheet
from thecal.clinic.flows.implant_events import setup_needed
from thecal.clinic.flows.implant_visit import RunningVisit
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.registration import CANCER_PAIN, SPASTICITY
from thecal.clinic.pages.implant_label import (
    FILL,
    account_fields,
    code_of,
    label_fields,
    with_label,
)
from thecal.clinic.supply.labels import LABEL_CODE
from thecal.clinic.web.choices import drug_choices
from thecal.clinic.web.flow import FlowForm, flow_form
from thecal.clinic.web.sheet import SheetField
from thecal.clinic.web.wall_clock import local_text
from thecal.pharmacy import Mixture, indications
from thecal.units import show_unit

YES_NO = (("yes", "yes"), ("no", "no"))
MOMENTS = ("filled_at", "programmed_at", "drawn_at", "revised_at")
_SEGMENTS = "segments"


def f4_sheet(step: ImplantStep, typed: Mapping[str, Any], zone: ZoneInfo) -> FormSheet | None:
    """Return the part of F4 that a step asks for, with what was typed; None where it asks none."""
    return FormSheet.from_values(part_of_f4(step.fields), typed, zone) if step.fields else None


def step_form(
    request: ClinicRequest, chart: Chart, running: RunningVisit, step: ImplantStep
) -> FlowForm:
    """Return the form of a step as it was sent, else with what is recorded of it."""
    zone = ZoneInfo(request.clinic.timezone)
    visit = running.visit
    recorded = visit.values.get(step.id, {})
    sheet = f4_sheet(step, recorded, zone)
    fields: list[SheetField] = list(_before_f4(chart, running, step))
    if sheet is not None:
        if _SEGMENTS in step.fields:
            sheet.typed[ROWS + _SEGMENTS] = "2"
            fields.append(SheetField(ROWS + _SEGMENTS, "", "hidden", required=False))
        for part in sheet.sections():
            for number, one in enumerate(part.sheets, start=1):
                fields += (
                    [_in_row(each, number) for each in one.fields] if part.count else [*one.fields]
                )
    fields += _after_f4(chart, running, step)
    if step.id == FILL:
        fields = with_label(chart, running, fields)
    made = flow_form(
        request, step.id, step.title, "Write this step down", fields, hint=_hint(running, step)
    )
    if not made.sent:
        known = {} if sheet is None else dict(sheet.typed)
        made.sheet.typed.update(known | _shown(visit.asked.get(step.id, {}), zone))
        _digits_alone(made)
        if step.id == FILL:
            made.sheet.typed[LABEL_CODE.name] = code_of(chart, running)
        if _SEGMENTS in step.fields:
            made.sheet.typed[ROWS + _SEGMENTS] = "2"
    return made


def f4_values(step: ImplantStep, request: ClinicRequest) -> tuple[Form, dict[str, Any]] | None:
    """Return what was typed of F4 in a step; None where it asks for nothing of it."""
    if not step.fields:
        return None
    part = part_of_f4(step.fields)
    sent = FormSheet.sent(part, request.POST, ZoneInfo(request.clinic.timezone))
    return part, sent.values()


def asked_fields(chart: Chart, running: RunningVisit, step: ImplantStep) -> Sequence[SheetField]:
    """Return the fields of a step that are not F4's."""
    asked = (*_before_f4(chart, running, step), *_after_f4(chart, running, step))
    return (LABEL_CODE, *asked) if step.id == FILL else asked


def _digits_alone(made: FlowForm) -> None:
    """Show the digits of what is recorded with its unit, which stands beside the field."""
    for one in made.sheet.fields:
        told = made.sheet.typed.get(one.name)
        if one.unit and isinstance(told, str):
            made.sheet.typed[one.name] = told.removesuffix(f" {one.unit}")


def _in_row(one: SheetField, number: int) -> SheetField:
    when = one.when if number == 1 else "for a second segment"
    label = f"Segment {number}: {one.label}"
    return SheetField(
        one.name,
        label,
        one.kind,
        unit=one.unit,
        choices=one.choices,
        required=False,
        hint=one.hint,
        when=when,
    )


def _shown(asked: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    return {
        name: local_text(datetime.fromisoformat(one), zone) if name in MOMENTS and one else one
        for name, one in asked.items()
    }


def _hint(running: RunningVisit, step: ImplantStep) -> str:
    if step.id == "pump":
        return "Read the pump in its sterile pack, warm it, draw off the fluid it was shipped with."
    if step.id == "catheter":
        return (
            "What was cut off decides the volume: length implanted times the millilitres per"
            " centimetre of the catheter. Leave unknown what nobody measured."
        )
    return ""


def _before_f4(chart: Chart, running: RunningVisit, step: ImplantStep) -> list[SheetField]:
    if step.id == "before":
        return _before(chart)
    if step.id == "old":
        return _old(chart)
    return []


def _before(chart: Chart) -> list[SheetField]:
    names = tuple((str(one), str(one).replace("-", " ")) for one in Identifier)
    fields = [
        SheetField("identified_by", "Patient matched by", "choices", choices=names),
        SheetField(
            "imaging",
            "Imaging (MRI or CT)",
            "choice",
            choices=(("reviewed", "reviewed"), ("waived", "waived, for a reason")),
        ),
        SheetField("imaging_reason", "Why it is waived", required=False, when="where it is waived"),
    ]
    if not setup_needed(chart):
        return fields
    fields.append(SheetField("weight", "Weight", "quantity", unit="kg"))
    pathway = chart.content["pathway"]
    if pathway == SPASTICITY:
        origins = (("spinal", "spinal"), ("cerebral", "cerebral"))
        fields.append(SheetField("origin", "Origin of the spasticity", "choice", choices=origins))
        wanted = "spasticity"
    else:
        wanted = "pain"
        fields.append(
            SheetField("opioid_tolerant", "Tolerant of opioids", "choice", choices=YES_NO)
        )
    fit = tuple(
        (one.id, one.id.replace("-", " "))
        for one in indications()
        if one.therapy == wanted and (one.setting != "cancer" or pathway == CANCER_PAIN)
    )
    fields.append(SheetField("indication", "Indication", "choice", choices=fit, required=False))
    return fields


def _old(chart: Chart) -> list[SheetField]:
    return [
        SheetField(
            "catheter",
            "The catheter",
            "choice",
            choices=(("kept", "stays as it is"), ("new", "a new one goes in")),
        ),
        SheetField("drawn_at", "Old pump emptied at", "moment"),
        SheetField("drawn", "Volume drawn out of the old pump", "quantity", unit="mL"),
        SheetField("returned_serial", "Serial number on the old pump"),
        SheetField("returned_to", "Old pump returned to", hint="the maker, as a rule"),
    ]


def _after_f4(chart: Chart, running: RunningVisit, step: ImplantStep) -> list[SheetField]:
    if step.id == FILL:
        fields = [
            *label_fields(),
            SheetField(
                "primary",
                "Drug whose dose is programmed",
                "choice",
                choices=drug_choices(),
                required=True,
            ),
            SheetField("beyond_use", "Beyond-use date on the label", "date"),
            SheetField("filled_at", "Filled at", "moment"),
            *account_fields(),
        ]
        if not running.visit.new_catheter:
            fields.append(
                SheetField(
                    "drawn_off",
                    "Catheter drawn off through the access port before the prime",
                    "choice",
                    choices=YES_NO,
                    required=False,
                    when="needed where it holds another solution",
                )
            )
        return fields
    if step.id == "line":
        return [
            SheetField("revised_at", "New catheter joined at", "moment"),
            SheetField(
                "primed",
                "Line primed after it",
                "choice",
                choices=YES_NO,
                hint="the program goes on as it is; another one, and a bridge, are written on the"
                " page Programming",
            ),
        ]
    return _program(running) if step.id == "program" else []


def _program(running: RunningVisit) -> list[SheetField]:
    visit = running.visit
    solution = visit.filled.get("mixture", Mixture)
    primary = visit.said("fill", "primary")
    if solution is None or primary not in solution:
        return []
    unit = mass_unit(primary)
    said = show_unit(unit)
    bolus = "for a bolus of the patient; leave all of it empty for none"
    return [
        SheetField("daily_dose", f"{primary} a day, continuous", "quantity", unit=f"{unit}/d"),
        SheetField(
            "bolus_dose", f"Bolus of {primary}", "quantity", unit=unit, required=False, when=bolus
        ),
        SheetField(
            "bolus_duration", "Given over", "quantity", unit="min", required=False, when=bolus
        ),
        SheetField("bolus_lockout", "Lockout", "quantity", unit="h", required=False, when=bolus),
        SheetField("bolus_most", "Most in 24 hours", "count", required=False, when=bolus),
        SheetField(
            "programmed_at",
            "Program begun at",
            "moment",
            hint=f"after the prime has ended; other modes than a continuous dose in {said} a day"
            " are written on the page Programming",
        ),
    ]
