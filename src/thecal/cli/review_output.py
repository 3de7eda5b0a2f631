"""A review as JSON and as text for people."""

from __future__ import annotations

from collections.abc import Mapping

from thecal.cli.care_output import care_json, care_lines
from thecal.cli.finding_output import finding_details, finding_json
from thecal.cli.jsonable import Json, daily_doses, masses, quantity
from thecal.cli.tables_output import tables_json, tables_line
from thecal.pharmacy import both_units
from thecal.safety.finding import Finding, Severity
from thecal.therapy.review import ProgramReview, TherapyReview
from thecal.units import Mass, show, show_percent

_MARKS = {
    Severity.HARD: "REFUSED ",
    Severity.SOFT: "ANSWER  ",
    Severity.WARN: "warning ",
    Severity.INFO: "info    ",
}


def review_json(answer: TherapyReview) -> Json:
    """Return the whole answer of a review."""
    whole: dict[str, Json] = {
        "verdict": answer.verdict.value,
        "findings": [finding_json(finding) for finding in answer.findings],
        "programs": [_program_json(program) for program in answer.programs],
        "tables": tables_json(),
    }
    care = care_json(answer.care)
    # An implanted pump has none: its answer stays the three keys of the contract.
    return whole | {"care": care} if care else whole


def _program_json(program: ProgramReview) -> Json:
    return {
        "event": program.event,
        "volume_rate": quantity(program.volume_rate, "mL/d"),
        "typed_rate": None if program.rate is None else quantity(program.rate, "mL/h"),
        "daily_doses": daily_doses(program.daily_doses),
        "worst_case_24h": masses(program.worst_case_24h),
        "worst_case_1h": masses(program.worst_case_1h),
        "achievable_daily_doses": daily_doses(program.achievable_daily_doses),
    }


def review_text(answer: TherapyReview, file: str) -> str:
    """Return the review for people: verdict, programs old beside new, findings."""
    lines = [f"{file}: {answer.verdict.value}", ""]
    for program in answer.programs:
        lines += [*_program_lines(program), ""]
    for finding in sorted(answer.findings, key=lambda one: list(_MARKS).index(one.severity)):
        lines += _finding_lines(finding)
    lines += care_lines(answer.care)
    lines.append(tables_line())
    return "\n".join(lines)


def _program_lines(program: ProgramReview) -> list[str]:
    typed = "" if program.rate is None else f" (typed as {show(program.rate, 'mL/h')})"
    lines = [
        f"event {program.event}: program, background {show(program.volume_rate, 'mL/d')}{typed}"
    ]
    for drug_id, new in program.daily_doses.items():
        lines.append(f"  {drug_id}: {_old_and_new(drug_id, new, program.before)} a day")
        worst = program.worst_case_24h.get(drug_id)
        if worst is not None and worst != new:
            lines.append(f"    at most {both_units(drug_id, worst)} in any 24 hours")
        achievable = program.achievable_daily_doses.get(drug_id)
        if achievable is not None and achievable != new:
            lines.append(f"    achievable {both_units(drug_id, achievable)} a day")
    return lines


def _old_and_new(drug_id: str, new: Mass, before: Mapping[str, Mass]) -> str:
    old = before.get(drug_id)
    if not old:
        return both_units(drug_id, new)
    change = show_percent(new.ratio(old) - 1)
    return f"{both_units(drug_id, old)} -> {both_units(drug_id, new)} ({change})"


def _finding_lines(finding: Finding) -> list[str]:
    place = "whole file" if finding.event is None else f"event {finding.event}"
    lines = [f"{_MARKS[finding.severity]} {finding.check:<4} {place}: {finding.message}"]
    lines += [f"{'':14}{one}" for one in finding_details(finding)]
    return lines
