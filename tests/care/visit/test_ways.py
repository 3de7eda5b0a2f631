"""From every finding that can hold a visit there is a way on."""

from __future__ import annotations

from dataclasses import replace

import pytest
from visit_cases import KNOWN, ROUTINE, changed, dose, ml, without

from thecal.care.figures import Figures
from thecal.care.visit import Knowledge, Visit, progress, steps, visit_findings
from thecal.care.visit.needle import Port
from thecal.care.visit.rules import RULES
from thecal.care.visit.ways import Ways, ways
from thecal.device import pump_model
from thecal.safety.finding import Finding, Severity

TABLE = Figures("visit_ways", key="rule")
HELD = ("K30", "K16", "K6", "K31", "K9", "K2", "K17", "K36", "K8", "K10", "K28", "K20", "K12", "K1")
LATER = ("aspirate", "fill", "program", "read_back", "waste", "observe", "leave")
LATE = ("R03", "K7", "U09", "K11", "K29", "K23", "any")


def ways_of(check: str, visit: Visit, known: Knowledge = KNOWN) -> Ways:
    stands = progress(visit, known)
    (found, *_) = [one for one in visit_findings(visit, known) if one.check == check and one.blocks]
    return ways(found, visit, known, stands)


@pytest.mark.parametrize("check", [*HELD, *LATE])
def test_every_check_that_holds_a_step_says_where_it_is_mended(check: str) -> None:
    at, words = TABLE.every(check, "at"), TABLE.every(check, "mend")
    assert len(at) == len(words)
    assert {one.value for one in at} <= {one.key for one in steps()}
    if RULES.has(check, "holds"):
        assert RULES.text(check, "holds")


def test_a_wrong_port_is_mended_at_the_needle_or_the_visit_is_left() -> None:
    found = ways_of("K9", changed("access", without(*LATER), port=Port.SIDE))
    assert [one.step.key for one in found.steps] == ["access", "aspirate"]
    assert "break off the visit" in found.out
    assert found.reason_of is None


def test_a_step_that_is_not_reached_is_no_way() -> None:
    visit = changed("identify", without(*(one.key for one in steps()[1:])), identifiers=())
    assert [one.step.key for one in ways_of("K30", visit).steps] == ["identify"]
    early = replace(visit, complaints=ROUTINE.complaints)
    told = Finding("K9", Severity.HARD, "where is the needle?", "workflow.md 4c K9")
    assert ways(told, early, KNOWN, progress(early, KNOWN)).steps == ()


def test_a_missing_reason_names_the_step_that_lacks_it() -> None:
    visit = changed("decide", daily_doses=(dose("morphine", "4.2 mg/d"),), mode=KNOWN.pump.mode)
    found = ways_of("K7", replace(visit, program=None, read_back=None))
    assert found.reason_of is not None
    assert found.reason_of.key == "decide"


def test_a_line_that_is_not_ticked_lacks_no_reason() -> None:
    visit = changed("program", without("read_back"), ticked=())
    assert ways_of("K7", visit).reason_of is None


def test_a_finding_of_the_review_that_no_row_names_has_a_way_too() -> None:
    told = Finding("K4", Severity.SOFT, "a large step", "workflow.md 4c K4")
    found = ways(told, ROUTINE, KNOWN, progress(ROUTINE, KNOWN))
    assert "program" in [one.step.key for one in found.steps]
    assert found.out


def test_a_volume_that_differs_is_mended_where_it_was_typed() -> None:
    visit = changed("program", without("read_back"), second=ml("19"))
    assert [one.step.key for one in ways_of("K1", visit).steps] == ["program", "fill"]


def test_a_wrong_kit_is_mended_where_the_needle_is_placed() -> None:
    told = Finding("K10", Severity.HARD, "the kit is another pump's", "workflow.md 4c K10")
    found = ways(told, ROUTINE, KNOWN, progress(ROUTINE, KNOWN))
    assert [one.step.key for one in found.steps] == ["access"]
    assert "right kit" in found.out


@pytest.mark.parametrize("check", [*HELD, *LATE])
def test_no_way_at_a_pump_of_constant_flow_is_one_that_it_does_not_have(check: str) -> None:
    """It is not read, it is not written, and its dose follows from the solution alone."""
    constant = replace(KNOWN, pump=replace(KNOWN.pump, model=pump_model("isomed-35-05")))
    told = Finding(check, Severity.HARD, "told", "project rule")
    found = ways(told, ROUTINE, constant, progress(ROUTINE, constant))
    assert not [one for one in found.steps if one.step.needs_programmer]
    words = " ".join(one.words for one in found.steps)
    for absent in ("program", "mode", "into the pump", "restart", "decided"):
        assert absent not in words, (check, words)
