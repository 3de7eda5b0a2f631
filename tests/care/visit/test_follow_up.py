"""What a finding leaves to be done is a task with a date, and nothing that blocks is only words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from visit_cases import KNOWN, NOW, ROUTINE, changed, knowing, ml, without

from thecal.care.visit import FollowUp, Purpose, follow_ups, visit_findings
from thecal.care.visit.arrival import Complaints
from thecal.care.visit.findings import CHECKS
from thecal.care.visit.visit import Answered
from thecal.safety.finding import Finding, Severity


def tasks(*checks: str) -> tuple[FollowUp, ...]:
    return follow_ups(
        (Finding(c, Severity.WARN, "m", "s", follow_up=f"do {c}") for c in checks), NOW
    )


def test_a_routine_visit_leaves_nothing_to_be_done() -> None:
    assert follow_ups(visit_findings(ROUTINE, KNOWN), NOW) == ()


@pytest.mark.parametrize(
    ("check", "kind", "within"),
    [
        ("K16", "read-the-pump", timedelta(hours=2)),
        ("K28", "search-for-a-granuloma", timedelta(days=1)),
        ("K13", "start-the-pump-again", timedelta(hours=48)),
        ("K29", "watch-the-patient", timedelta(hours=24)),
        ("K8", "review-the-exception", timedelta(days=7)),
        ("K27", "review", timedelta(days=7)),
    ],
)
def test_each_check_has_its_task_and_its_time(check: str, kind: str, within: timedelta) -> None:
    assert tasks(check) == (FollowUp(kind=kind, due=NOW + within, why=f"do {check}"),)


def test_the_most_urgent_comes_first_and_the_same_task_once() -> None:
    assert [one.why for one in tasks("K8", "K16", "K28", "K16")] == ["do K16", "do K28", "do K8"]


def test_an_answered_finding_leaves_its_task_all_the_same() -> None:
    assert ROUTINE.complaints is not None
    flags = replace(ROUTINE.complaints, weakness=True)
    assert isinstance(flags, Complaints)
    known = knowing(escalating=True)
    asked = visit_findings(replace(ROUTINE, complaints=flags), known)
    said = next(one.message for one in asked if one.check == "K28")
    answers = (Answered(check="K28", message=said, reason="MRI booked", by="dr.c"),)
    findings = visit_findings(replace(ROUTINE, complaints=flags, answers=answers), known)
    (told,) = (one for one in findings if one.check == "K28")
    assert not told.blocks
    assert [one.kind for one in follow_ups(findings, NOW)] == ["search-for-a-granuloma"]


def test_emptying_is_never_blocked_and_what_stood_against_it_is_left_as_a_task() -> None:
    emptying = replace(without("fill"), purpose=Purpose.EMPTYING)
    visit = changed("identify", emptying, serial="OTHER")
    visit = changed(
        "aspirate", changed("access", visit, attempts=9, aseptic=False), volume=ml("19")
    )
    findings = visit_findings(visit, KNOWN)
    assert {"K30", "K9", "K17", "K2"} <= {one.check for one in findings}
    assert not any(one.severity in (Severity.HARD, Severity.SOFT) for one in findings)
    warned = {one.check for one in findings if one.severity is Severity.WARN}
    assert warned == {one.check for one in findings if one.follow_up}


def test_a_finding_of_the_review_is_taken_over_once_with_its_standing() -> None:
    hard = Finding("K27", Severity.HARD, "above the limit", "limits.csv")
    findings = visit_findings(ROUTINE, knowing(reviewed=(hard, hard)))
    (told,) = (one for one in findings if one.check == "K27")
    assert "unverified" in told.source


def test_every_finding_says_whether_its_figure_is_verified() -> None:
    visit = changed("access", ROUTINE, attempts=9, template_fits=False)
    assert all("verified" in one.source for one in visit_findings(visit, KNOWN))
    assert len(CHECKS) == len(set(CHECKS))
