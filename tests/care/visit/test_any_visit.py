"""What holds for every visit, however it was recorded."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from visit_cases import KNOWN, knowing
from visit_strategies import MIXTURES, records

from thecal.care.visit import (
    Purpose,
    Visit,
    follow_ups,
    progress,
    read_visit,
    steps,
    visit_findings,
    write_visit,
)
from thecal.safety.finding import Severity
from thecal.therapy.table import Table

ANY = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
FIRST = {"last_fill": None, "filled": None, "expected": None, "mode": None, "daily_doses": {}}


@ANY
@given(visit=records(Visit), first=st.booleans(), last=MIXTURES)
def test_it_is_judged_and_has_one_way_on(visit: Visit, first: bool, last: object) -> None:
    known = knowing(**FIRST) if first else knowing(last_fill=last)
    findings = visit_findings(visit, known)
    stands = progress(visit, known)
    assert all("verified" in one.source for one in findings)
    assert all(one.due >= known.now for one in follow_ups(findings, known.now))
    if stands.open is None and not stands.may_close:
        assert stands.held_by
    if stands.may_close and visit.purpose is Purpose.REFILL:
        assert not any(one.blocks for one in findings)
        safety = {one.key for one in steps() if one.safety} - {"discrepancy"}
        assert all(visit.record(key) is not None for key in safety)


@ANY
@given(visit=records(Visit))
def test_emptying_alone_is_never_blocked(visit: Visit) -> None:
    emptying = replace(visit, purpose=Purpose.EMPTYING, fill=None, program=None)
    assert not any(one.blocks for one in visit_findings(emptying, KNOWN))
    assert progress(emptying, KNOWN).may_close


@ANY
@given(visit=records(Visit))
def test_whoever_is_the_operator_never_answers_alone(visit: Visit) -> None:
    alone = replace(visit, answers=tuple(replace(a, by=visit.operator) for a in visit.answers))
    for one in visit_findings(alone, KNOWN):
        if one.severity is Severity.SOFT and one.answer is not None:
            assert one.answer.by != visit.operator


@ANY
@given(visit=records(Visit))
def test_it_is_read_as_it_was_written(visit: Visit) -> None:
    assert read_visit(Table(json.loads(json.dumps(write_visit(visit))), "log")) == visit
