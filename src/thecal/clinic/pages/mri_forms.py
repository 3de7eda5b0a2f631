"""The forms of the visit for a scan."""

from __future__ import annotations

from thecal.care.mri_visit import MriVisit, scan_steps
from thecal.clinic.access.guard import ClinicRequest
from thecal.clinic.flows.scan_visit import ScanVisit
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.pumps.telemetry import has_telemetry
from thecal.clinic.web.flow import FlowForm, flow_form
from thecal.clinic.web.sheet import SheetField

_YES_NO = (("yes", "yes, it was seen running"), ("no", "no, or not seen"))


def scan_forms(request: ClinicRequest, found: ScanVisit, chart: Chart) -> list[FlowForm]:
    """Return the forms that the state of the visit asks for."""
    visit = found.visit
    made = []
    if visit.ended is None:
        if found.planned is None:
            made.append(_plan_form(request, found))
        if visit.holds_drug and "emptied" in dict(_steps(visit, "before")):
            made.append(_emptied_form(request))
        made.append(_ended_form(request, visit))
        if found.planned is not None:
            why = (SheetField("why_off", "Why no scan took place", "long"),)
            made.append(flow_form(request, "call-off", "No scan took place", "Call it off", why))
        return made
    if has_telemetry(chart.therapy):
        made.append(
            flow_form(request, "read", "Read the pump after the scan", "Read the pump by telemetry")
        )
    fields = (
        SheetField("read_at", "When it was read", "moment"),
        SheetField("running", "Did it run", "choice", choices=_YES_NO),
    )
    made.append(
        flow_form(request, "read-by-hand", "It was read by hand", "Write the reading down", fields)
    )
    made.append(_close_form(request, visit))
    return made


def _steps(visit: MriVisit, phase: str) -> tuple[tuple[str, str], ...]:
    return tuple(
        (one.id, one.what.value)
        for one in scan_steps(visit.model)
        if one.phase == phase and one.need != "reading"
    )


def _plan_form(request: ClinicRequest, found: ScanVisit) -> FlowForm:
    fields = [
        SheetField("field", "Field of the scanner", "quantity", unit="T"),
        SheetField(
            "gradient",
            "Largest spatial gradient of the scanner, in G/cm",
            required="mri-gradient" in found.visit.model.facts,
        ),
        SheetField(
            "done_before",
            "Done before the scan",
            "choices",
            choices=_steps(found.visit, "before"),
            required=False,
        ),
        SheetField(
            "cover",
            "How the drug is replaced while it is interrupted",
            required=False,
            hint="Decide whether an interruption is tolerable. Do not program the pump to stop.",
        ),
        SheetField(
            "reason_before", "Reason, where a question below stands", "long", required=False
        ),
    ]
    return flow_form(
        request,
        "plan",
        "Before the scan",
        "Sign: the scan may take place",
        fields,
        sign="Your password, to sign",
    )


def _emptied_form(request: ClinicRequest) -> FlowForm:
    fields = (
        SheetField("drawn", "Volume drawn", "quantity", unit="mL"),
        SheetField("emptied_at", "When", "moment"),
        SheetField("destroyed_with", "Witness of the drug's destruction", required=False),
    )
    return flow_form(
        request, "emptied", "The reservoir was emptied", "Write the emptying down", fields
    )


def _ended_form(request: ClinicRequest, visit: MriVisit) -> FlowForm:
    fields = [
        SheetField("ended_at", "When the scan ended", "moment"),
        SheetField("lasted", "How long it lasted", "quantity", unit="min"),
    ]
    if visit.field is None:
        fields.append(SheetField("field_was", "Field of the scanner", "quantity", unit="T"))
    return flow_form(
        request,
        "ended",
        "The scan is over",
        "Write the scan down",
        fields,
        hint="A scan that took place is written down whether or not it was signed before.",
    )


def _close_form(request: ClinicRequest, visit: MriVisit) -> FlowForm:
    after = _steps(visit, "after")
    fields = []
    if after:
        fields.append(
            SheetField(
                "done_after", "Done after the scan", "choices", choices=after, required=False
            )
        )
    fields.append(
        SheetField("reason_after", "Reason, where a question below stands", "long", required=False)
    )
    return flow_form(
        request,
        "close",
        "Close the visit",
        "Sign: the pump runs again",
        fields,
        sign="Your password, to sign",
    )
