"""What the steps of the pages ask of who signs them, and what a supervisor's signature is bound to.

A step that only stops, lowers or empties asks nothing, and nothing is waited for while an emergency
of the patient stands on record (`access.supervision`). No line for the supervisor holds a figure: a
second person may yet have to type it blind.
"""

from __future__ import annotations

from collections.abc import Mapping

from thecal.care.access_port import PortOrder
from thecal.care.competence import skills_of_program
from thecal.care.supply.order import SolutionOrder
from thecal.care.visit import RECORDS, Purpose, write_record
from thecal.care.visit.change import only_lowers
from thecal.clinic.access.supervision import Supervision, supervision
from thecal.clinic.flows.form_log import FiledForm
from thecal.clinic.flows.implant_visit import RunningVisit
from thecal.clinic.flows.port_log import Waiting
from thecal.clinic.flows.scan_visit import ScanVisit
from thecal.clinic.flows.trial_log import TrialRecord
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.models import Membership
from thecal.clinic.programs.drafting import Drafted
from thecal.clinic.refill.situation import Situation
from thecal.record.entry import Entry
from thecal.therapy.events import Program

FORMS: Mapping[str, str] = {"F4": "form-F4", "F10": "form-F10"}
"""Forms whose signature asks a skill, with the step that says which."""
_COMPOUNDED, _PHARMACIST = "F10", "pharmacist"


def refill_close(situation: Situation, member: Membership) -> Supervision | None:
    """Return what closing a visit asks; None where it only empties."""
    running, visit = situation.running, situation.running.visit
    lines = ["every step of the visit, as the page of its end sums it up"]
    if visit.purpose is Purpose.EMPTYING:
        return None
    skills = ["refill"]
    ordered = situation.ordered
    decided = running.program is not None and not only_lowers(visit, situation.knowledge)
    if decided and ordered is not None:
        skills += skills_of_program(ordered)
    records = {
        key: write_record(record) for key in RECORDS if (record := visit.record(key)) is not None
    }
    return supervision(
        situation.chart.entries,
        member,
        "refill-close",
        {"visit": running.number, "records": records},
        lines,
        skills,
    )


def program_order(
    chart: Chart, member: Membership, draft: Entry, drafted: Drafted
) -> Supervision | None:
    """Return what signing the order of a drafted program asks; None where it only lowers."""
    event = drafted.read.event
    if event is None or drafted.lowers:
        return None
    lines = ["every line of the draft, old beside new, as the page Programming shows it"]
    skills = skills_of_program(event.program)
    return supervision(chart.entries, member, "program-order", {"draft": draft.seq}, lines, skills)


def program_send(
    chart: Chart, member: Membership, order: Entry, event: Program, *, lowers: bool
) -> Supervision | None:
    """Return what writing a signed order to the pump asks; None where it only lowers."""
    if lowers:
        return None
    return supervision(
        chart.entries,
        member,
        "program-send",
        {"order": order.seq},
        ["every line of the signed order, as the page Programming shows it"],
        skills_of_program(event.program),
    )


def program_single(
    chart: Chart, member: Membership, title: str, typed: Mapping[str, str]
) -> Supervision:
    """Return what a bolus, or going on after a stop, asks; it is bound to what was typed."""
    lines = [f"{title}, as the doer's page shows it"]
    content = {"what": title, "typed": dict(typed)}
    return supervision(chart.entries, member, "program-single", content, lines)


def port_inject(chart: Chart, member: Membership, waits: Waiting) -> Supervision:
    """Return what an injection through the access port asks; contrast asks for dye studies too."""
    skills = ["access-port", *(["rotor-dye"] if _is_contrast(waits.order) else [])]
    lines = ["the injection that is ordered, as the page of the access port shows it"]
    return supervision(
        chart.entries, member, "port-inject", {"order": waits.entry.seq}, lines, skills
    )


def scan(chart: Chart, member: Membership, found: ScanVisit) -> Supervision:
    """Return what the next signature of an MRI visit asks: that before the scan, or the last."""
    step = "scan-clear" if found.planned is None and found.visit.ended is None else "scan-close"
    content = {"planned": found.planned or 0, "visit": dict(found.visit.to_json())}
    lines = [f"pump {found.visit.model.name}", "the state of the pump on the page of the MRI visit"]
    return supervision(chart.entries, member, step, content, lines)


def trial_give(chart: Chart, member: Membership, trial: TrialRecord) -> Supervision | None:
    """Return what writing down a dose of a trial as given asks; None where none is ordered."""
    if trial.order is None:
        return None
    lines = ["the dose that is ordered, as the page of the trial shows it"]
    content = {"order": trial.order.seq}
    return supervision(chart.entries, member, "trial-give", content, lines)


def solution_check(chart: Chart, member: Membership, order: SolutionOrder) -> Supervision:
    """Return what recomputing or releasing a solution asks; one signature holds for its order."""
    lines = ["the order of a solution, recomputed beside its doer without seeing its figures"]
    return supervision(chart.entries, member, "solution-check", {"order": order.number}, lines)


def form_sign(chart: Chart, member: Membership, filed: FiledForm) -> Supervision | None:
    """Return what signing a form asks; None for a form that asks no skill."""
    step = FORMS.get(filed.form.id)
    compounded = filed.form.id == _COMPOUNDED and member.role != _PHARMACIST
    if step is None or compounded:
        return None
    lines = [f"form {filed.form.id}, {filed.form.title.en}, as it is saved"]
    return supervision(chart.entries, member, step, {"form": filed.entry.seq}, lines)


def implant_close(chart: Chart, member: Membership, running: RunningVisit) -> Supervision:
    """Return what the end of an implant visit asks: it signs form F4, and is bound to its steps."""
    visit = running.visit
    content = {"implant": running.number, "values": dict(visit.values), "asked": dict(visit.asked)}
    lines = ["every step of the implant visit, as its page shows them"]
    return supervision(chart.entries, member, FORMS["F4"], content, lines)


def _is_contrast(order: PortOrder) -> bool:
    return order.mixture is None
