"""The begin and the end of an implant visit: the pathway before it, and all that its end writes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from thecal.care.document import Text
from thecal.care.emergency.status import status_at
from thecal.care.forms import Filled, FormErrors, Shown, form, read_form, record_facts
from thecal.care.implant_visit import (
    REPLACEMENT,
    REVISION,
    account,
    account_findings,
    segment_lengths,
    watch_ends,
)
from thecal.care.implant_visit.hardware import segment_volumes
from thecal.care.pathway import Given, Refusal, Transition, transition
from thecal.care.pathway.delivery import TABLE as DELIVERY
from thecal.care.programming.judged import why_second_person
from thecal.clinic import clock
from thecal.clinic.access.second import Blind, digest_of, request_draft
from thecal.clinic.access.signing import signature_draft
from thecal.clinic.flows.form_log import filed_forms, filled_draft, meaning_of
from thecal.clinic.flows.implant_events import Planned, ordered_program, prime_volume
from thecal.clinic.flows.implant_visit import CLOSED, RunningVisit
from thecal.clinic.flows.pathway_steps import (
    drugs_of,
    follow_up_drafts,
    has_pump,
    pathway_state,
    side_step,
    step_draft,
)
from thecal.clinic.flows.standing import given_of, standing_of
from thecal.clinic.ledger.candidates import folded_with
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.due import WATCH_BEGUN
from thecal.clinic.ledger.log import Draft
from thecal.clinic.ledger.tasks import open_tasks
from thecal.clinic.models import Membership, Role
from thecal.clinic.web.flow import task_done_draft, task_draft, told
from thecal.pharmacy import DRUG_FREE, Mixture, drug
from thecal.record.fold import effective, event_body
from thecal.safety.finding import Finding, Severity
from thecal.therapy.events import Fill, Override, Program
from thecal.therapy.file_writer import write_quantity
from thecal.units import show

F4, IMPLANTED, MAINTENANCE = "F4", "implanted", "maintenance"
SUBJECT, MEANING = "implant", "implanted, filled and programmed as recorded"
REVISED = "catheter revised as recorded"
WATCH, _YES = "watch", "yes"
_KEPT_OF_F4 = (
    *("segments", "entry_level", "tip_level", "tip_side", "access_port", "anchor", "csf_return"),
)
_PLANNED_TASKS = ("replacement", "replacement-too-late")


def why_not_begun(chart: Chart, zone: ZoneInfo) -> tuple[Finding, ...]:
    """Return what the pathway lacks before an implant; a replacement waits for none of it.

    The form of the implant is what the visit writes, and its own first step asks for the imaging.
    """
    if has_pump(chart):
        return ()
    given = _given(chart, zone, "reviewed")
    found = transition(pathway_state(chart), IMPLANTED, given, clock.now())
    return found.findings if isinstance(found, Refusal) else ()


def _given(chart: Chart, zone: ZoneInfo, imaging: str) -> Given:
    known = given_of(chart, standing_of(chart.entries), Role.PHYSICIAN, clock.now(), zone)
    answers = {**known.answers, "imaging": imaging}
    return replace(known, forms=known.forms | {F4}, answers=answers)


def witness_findings(running: RunningVisit, chart: Chart) -> Iterator[Finding]:
    """Yield what of the drugs is not accounted for, and what nobody saw destroyed."""
    if "fill" in running.visit.asked:
        new = running.visit.filled.get("mixture", Mixture) or DRUG_FREE
        controlled = any(DELIVERY.text(one, "controlled") == _YES for one in new)
        yield from account_findings(running.visit, running.fill_witness, controlled=controlled)
    if "old" not in running.visit.asked or running.witness:
        return
    names = [one for one in drugs_of(chart) if DELIVERY.text(one, "controlled") == _YES]
    what = "nobody has signed as witness that the drug of the old pump was destroyed"
    if names:
        what += f" ({', '.join(names)} is controlled)"
    severity = Severity.SOFT if names else Severity.WARN
    yield Finding("K23", severity, what, "workflow.md 4c K23")


def second_wanted(plan: Planned) -> tuple[str, ...]:
    """Return why a second person checks the first program; empty where no rule asks for one."""
    return () if plan.written is None else why_second_person(None, plan.written)


def second_digest(plan: Planned) -> str:
    """Return the hash of what a second person checks."""
    return digest_of(_content(plan))


def second_draft(plan: Planned) -> Draft:
    """Return the entry that asks for a second person, who types blind what goes into the pump."""
    lines = [
        "the label on the syringe names this patient",
        "order and label say the same solution",
        "the first dose of the order",
    ]
    return request_draft(
        SUBJECT, _content(plan), lines, _blind(plan), second_wanted(plan), plan.running.people
    )


def _content(plan: Planned) -> dict[str, object]:
    content: dict[str, object] = {
        "implant": plan.running.number,
        "values": [one.as_json() for one in _blind(plan)],
    }
    last = plan.events[-1]
    if isinstance(last, Program):
        content["program"] = {key: one for key, one in event_body(last).items() if key != "time"}
    return content


def _blind(plan: Planned) -> list[Blind]:
    fill = next((one for one in plan.events if isinstance(one, Fill)), None)
    if fill is None:
        return []
    found = [
        Blind(name, f"{name}, concentration on the label", write_quantity(one, unit), unit)
        for name, one in plan.solution.items()
        for unit in (drug(name).concentration_unit,)
    ]
    found.append(Blind("volume", "Volume filled", write_quantity(fill.volume, "mL"), "mL"))
    program = ordered_program(plan)
    if program is not None and program.daily_dose is not None and program.primary is not None:
        unit = f"{drug(program.primary).mass_unit}/d"
        label = f"{program.primary} a day"
        found.append(Blind("dose", label, write_quantity(program.daily_dose, unit), unit))
        bolus, mass = program.patient_bolus, drug(program.primary).mass_unit
        if bolus is not None:
            found.append(Blind("bolus", "Dose of a bolus", write_quantity(bolus.dose, mass), mass))
    return found


def closing_drafts(
    plan: Planned,
    member: Membership,
    zone: ZoneInfo,
    findings: Sequence[Finding],
    answers: Sequence[Override],
    reason: str,
) -> tuple[Draft, ...]:
    """Return all that the end of a visit writes, signed: the record holds the pump after it."""
    chart, running = plan.chart, plan.running
    body = {"visit": running.number, "findings": told(findings)}
    drafts = [*plan.drafts(answers), Draft(CLOSED, body, reason)]
    begun = max(one.time for one in plan.events)
    ends = {"kind": WATCH, "ends": watch_ends(begun).isoformat(), "implant": running.number}
    drafts.append(Draft(WATCH_BEGUN, ends))
    meaning = REVISED if running.visit.purpose == REVISION else MEANING
    signed = signature_draft(chart.stream, member, meaning, drafts)
    return (*drafts, signed, *_form(plan, member), *_pathway(plan, zone), *_tasks(plan))


def _pathway(plan: Planned, zone: ZoneInfo) -> Iterator[Draft]:
    """Yield the step on the pathway: to implanted, or back to the therapy that goes on."""
    chart, visit = plan.chart, plan.running.visit
    state = pathway_state(chart)
    if visit.purpose == REVISION:
        return
    if visit.purpose == REPLACEMENT:
        given = replace(_given(chart, zone, "reviewed"), drugs=tuple(plan.solution))
        yield from side_step(chart, state.beside or MAINTENANCE, given)
        return
    given = _given(chart, zone, visit.said("before", "imaging"))
    given = replace(given, reason=visit.said("before", "imaging_reason") or None)
    found = transition(state, IMPLANTED, given, clock.now())
    if isinstance(found, Transition):
        yield step_draft(IMPLANTED, given)
        yield from follow_up_drafts(found.follow_ups, {"implanted watch"})


def _tasks(plan: Planned) -> Iterator[Draft]:
    """Yield what the end settles and what it leaves."""
    chart, running = plan.chart, plan.running
    told = account(running.visit)
    if told is not None and told.wasted and not running.fill_witness:
        words = "rest of the new solution: have its destruction countersigned"
        yield task_draft("witness-of-destruction", words, clock.now())
    if running.visit.purpose != REPLACEMENT:
        return
    for one in open_tasks(effective(chart.entries)):
        if one.kind in _PLANNED_TASKS:
            yield task_done_draft(one.seq, "the pump was replaced")
    if not running.witness:
        words = "drug of the old pump: have its destruction countersigned"
        yield task_draft("witness-of-destruction", words, clock.now())


def filled_f4(plan: Planned) -> Filled | None:
    """Return form F4 from what the visit knows; None where something that it needs is missing.

    What stays is told as the last F4 of the record tells it, else as far as the record knows it.
    """
    visit = plan.running.visit
    typed = {key: one for values in visit.values.values() for key, one in values.items()}
    earlier = (one.filled.typed for one in filed_forms(plan.chart.entries) if one.form.id == F4)
    known = next(earlier, {})
    if visit.purpose == REVISION:
        typed = (dict(known) or _staying_pump(plan)) | typed | {"stayed": "pump"}
    elif not visit.new_catheter:
        known = known or _staying_catheter(plan)
        typed["stayed"] = "catheter"
        typed = {key: known[key] for key in _KEPT_OF_F4 if key in known} | typed
    volume = prime_volume(plan)
    if visit.purpose != REVISION:
        at = datetime.fromisoformat(visit.said("fill", "filled_at"))
        typed["implanted_on"] = at.date().isoformat()
    typed |= {
        "prime_volume": "0 mL" if volume is None else f"{show(volume, 'mL', digits=9)}",
    }
    found = read_form(form(F4), {key: _plain(one) for key, one in typed.items()})
    return None if isinstance(found, FormErrors) else found


def _staying_pump(plan: Planned) -> dict[str, Any]:
    """Return what the record knows of a pump that stays, as form F4 takes it."""
    replay = plan.chart.folded.replay
    assert replay is not None
    record = replay.pump_record
    mixture = [
        {"drug": name, "concentration": write_quantity(one, drug(name).concentration_unit)}
        for name, one in plan.solution.items()
    ]
    told = {"pump_model": record.model, "serial": record.serial, "mixture": mixture}
    if record.implanted is not None:
        told["implanted_on"] = record.implanted.isoformat()
    return told


def _staying_catheter(plan: Planned) -> dict[str, Any]:
    """Return what the record knows of a catheter that stays, as form F4 takes it."""
    replay = plan.chart.folded.replay
    assert replay is not None
    record = replay.catheter_record
    lengths = {
        "supplied": record.supplied_length,
        "trimmed": record.trimmed_length,
        "measured": record.implanted_length,
    }
    known = {name: write_quantity(one, "cm") for name, one in lengths.items() if one is not None}
    return {"segments": [{"catheter": record.model, **known}], "tip_level": record.tip}


def _plain(value: object) -> object:
    return value.replace("\u00a0", " ") if isinstance(value, str) else value


def _form(plan: Planned, member: Membership) -> Iterator[Draft]:
    filled = filled_f4(plan)
    if filled is None:
        return
    earlier = [one for one in filed_forms(plan.chart.entries) if one.form.id == F4]
    draft = filled_draft(filled, _facts(plan, filled), earlier[0].entry.seq if earlier else 0)
    yield draft
    yield signature_draft(plan.chart.stream, member, meaning_of(form(F4), "physician"), [draft])


def _facts(plan: Planned, filled: Filled) -> dict[str, Shown]:
    """Return the facts of F4 from the record as it is with the visit."""
    known = plan.chart.content
    therapy = folded_with(plan.chart.entries, plan.drafts()).therapy
    assert therapy is not None
    facts: dict[str, Shown] = {
        "patient": Text.same(known["number"]),
        "birth-date": Text.same(known["birth_date"]),
        **record_facts(status_at(therapy, therapy.instant(therapy.events[-1].time))),
    }
    for number, length in enumerate(segment_lengths(filled), start=1):
        if length is not None:
            facts[f"segment-implanted-length.{number}"] = Text.same(show(length, "cm"))
    for number, volume in enumerate(segment_volumes(filled), start=1):
        if volume is not None:
            facts[f"segment-volume.{number}"] = Text.same(show(volume, "mL"))
    return facts
