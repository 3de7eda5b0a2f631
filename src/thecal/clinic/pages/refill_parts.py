"""What the pages of a refill visit share: where it stands, and what every one of them shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

from thecal.care.visit import Path, Step, steps
from thecal.care.visit.leaving_checks import is_unseen_waste
from thecal.care.visit.progress import not_refill_only
from thecal.care.visit.rules import holds, stands_open
from thecal.care.visit.steps import CLOSE, step
from thecal.care.visit.ways import ways
from thecal.clinic.access.guard import ClinicRequest
from thecal.clinic.access.second import open_about
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.models import Clinic, Patient
from thecal.clinic.pages.supervised import refill_close
from thecal.clinic.refill.entries import STEP
from thecal.clinic.refill.meanwhile import meanwhile
from thecal.clinic.refill.record_words import names_of
from thecal.clinic.refill.screens import few, not_asked, screen_of, screens
from thecal.clinic.refill.situation import Situation
from thecal.clinic.refill.step_list import comes_after, left_off, listed, screen_rows
from thecal.clinic.refill.witness import WITNESS
from thecal.clinic.refill.witnesses import why_no_witness, witness_wanted
from thecal.clinic.web.seen import seen_of
from thecal.safety.finding import Finding, Severity

SECOND_CHECK, COMPLAINTS = "K8", "complaints"


@final
@dataclass(frozen=True, slots=True)
class Place:
    """Where a visit goes on: the open step, or none where something holds it or it may end."""

    step: Step | None
    address: tuple[Any, ...]


def fresh(chart: Chart) -> Chart:
    """Return the chart as it stands after a write."""
    return Chart(Patient.objects.select_related("projection").get(pk=chart.patient.pk))


def place(chart: Chart, clinic: Clinic) -> Place:
    """Return where the visit of a patient goes on, after a write."""
    situation = Situation.of(fresh(chart), clinic)
    patient, open_step = chart.patient.pk, situation.progress.open
    if open_step is not None:
        screen = screen_of(situation, open_step.key)
        name = open_step.key if screen is None else screen.name
        return Place(open_step, ("refill step", patient, name))
    if situation.progress.may_close:
        return Place(None, ("close refill", patient))
    return Place(None, ("refill", patient))


def news_of(request: ClinicRequest, situation: Situation) -> tuple[str, ...]:
    """Return what second people did since the page was made that is sent; see `meanwhile`."""
    return meanwhile(situation, seen_of(request), request.member.user.username)


def page_of(request: ClinicRequest, situation: Situation, here: str = "") -> dict[str, Any]:
    """Return what every page of a visit shows.

    Parameters
    ----------
    here
        The screen that is shown; empty on the page of the whole visit.
    """
    stands = situation.progress
    who = request.member.user.username
    shown = screen_rows(situation, here)
    numbers = [place for place, one in enumerate(shown, start=1) if one["here"]]
    findings = situation.findings
    holding = [one for one in findings if one.blocks]
    told = [one for one in findings if not one.blocks]
    asked_here = {one.key for each in screens(situation) if each.name == here for one in each.steps}
    return {
        "chart": situation.chart,
        "tab": "refill",
        "visit": situation.visit,
        "running": situation.running,
        "screens": listed(situation, shown),
        "left_off": left_off(situation),
        "here": here,
        "after": comes_after(situation, shown),
        "of": len(shown),
        "number": numbers[0] if numbers else None,
        "most": len(steps()),
        "few": few(situation),
        "grown": _grown(situation),
        "asks_serial": _asks_serial(situation, here),
        "stands": stands,
        "open_screen": next((one for one in shown if one["open"]), None),
        "held": stands.held_by,
        "findings": findings,
        "asks": [one for one in situation.asks if not is_unseen_waste(one)],
        "unseen": [one for one in situation.asks if is_unseen_waste(one)],
        "witness_wanted": witness_wanted(situation),
        "no_witness": why_no_witness(situation.running, request.member),
        "may_answer": who not in situation.running.people or situation.knowledge.exception_allowed,
        "second": situation.why_second,
        "given": situation.given,
        "checked": _checked(situation),
        "witnessed": _witnessed(situation),
        "asked": open_about(situation.chart.entries, situation.digest)
        if situation.visit.verify is not None
        else None,
        "complaints_entry": _complaints(situation) if not here or COMPLAINTS in asked_here else 0,
        "supervised_end": None if here else refill_close(situation, request.member),
        "grave": [one for one in told if stands_open(one, asked_here)],
        "to_know": [one for one in told if not stands_open(one, asked_here)],
        "holds": [_hold(situation, one, number) for number, one in enumerate(holding, start=1)],
        "holds_first": bool(stands.held_by) or not all(_waits(situation, one) for one in holding),
    }


def _complaints(situation: Situation) -> int:
    """Return the entry of the complaints of this visit, from which one looks back; 0: none yet."""
    number = situation.running.number
    return max(
        (
            one.seq
            for one in situation.chart.entries
            if one.kind == STEP and one.body["step"] == COMPLAINTS and one.body["visit"] == number
        ),
        default=0,
    )


def _asks_serial(situation: Situation, here: str) -> bool:
    """Whether the pump's number is still to be read off it, so that no page of the visit tells it.

    It is told again once it was read right, but for the page that asks for it.
    """
    identify = screen_of(situation, "identify")
    wrong = any(one.check == "K30" and one.blocks for one in situation.findings)
    open_yet = situation.visit.identify is None or wrong
    return not situation.by_telemetry and (
        open_yet or (identify is not None and identify.name == here)
    )


def _grown(situation: Situation) -> tuple[str, ...]:
    """Return why the few pages that were chosen do not do; empty where they do."""
    chosen = situation.visit.path is Path.REFILL_ONLY
    return not_refill_only(situation.visit, situation.knowledge) if chosen else ()


def _waits(situation: Situation, finding: Finding) -> bool:
    """Whether a finding is settled by the check of the second person, which is still to come."""
    pending = bool(situation.why_second) and situation.given is None
    return pending and finding.check == SECOND_CHECK and finding.severity is Severity.SOFT


def _checked(situation: Situation) -> dict[str, Any]:
    """Return who checked as second person, and when; nothing where nobody did."""
    given = situation.given
    if given is None or given.exception:
        return {}
    written = next(one.written for one in situation.chart.entries if one.seq == given.seq)
    return {"by": names_of(situation).get(given.by, given.by), "at": written}


def _witnessed(situation: Situation) -> dict[str, Any]:
    """Return who signed that they saw the waste destroyed, and when; nothing where nobody did."""
    waste = situation.visit.waste
    if waste is None or waste.witness is None:
        return {}
    signed = [
        one.written
        for one in situation.chart.entries
        if one.kind == WITNESS and one.body["visit"] == situation.running.number
    ]
    return {"by": names_of(situation).get(waste.witness, waste.witness), "at": signed[-1]}


def _hold(situation: Situation, finding: Finding, number: int) -> dict[str, Any]:
    """Return a finding that holds the visit, its number on the page, and every way on from it."""
    found = ways(finding, situation.visit, situation.knowledge, situation.progress)
    return {
        "finding": finding,
        "number": number,
        "step": _held_step(situation, finding),
        "ways": [(one, screen_of(situation, one.step.key)) for one in found.steps],
        "troubleshooting": found.troubleshooting,
        "out": found.out,
        "reason_of": found.reason_of,
        "asks": finding.severity is Severity.SOFT and not is_unseen_waste(finding),
        "unseen": is_unseen_waste(finding),
    }


def _held_step(situation: Situation, finding: Finding) -> str:
    """Return what a finding keeps shut: the first step from there on that this visit has."""
    key = holds(finding.check)
    absent = {one.key for one, _ in not_asked(situation)}
    later = () if key == CLOSE else steps()[step(key).number - 1 :]
    there = next((one for one in later if one.key not in absent), None)
    return "the end of the visit" if there is None else f"“{there.title.value}”"
