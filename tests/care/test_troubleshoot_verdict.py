"""What a verdict may not do: restart blind, or pass over an event that comes back."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from thecal.care.troubleshoot_verdict import UNEXPLAINED, to_order, verdict_findings
from thecal.safety.finding import Severity
from thecal.therapy.bedside import finding_kinds

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
KEPT = {"residual": "above"}


def checks(found) -> list[tuple[str, Severity]]:
    return [(one.check, one.severity) for one in found]


@pytest.mark.req("K17")
@pytest.mark.inventory("W7")
@pytest.mark.parametrize("action", ["same-dose", "higher-dose"])
def test_drug_that_was_held_back_and_no_study_refuse_the_old_dose(action) -> None:
    assert checks(verdict_findings(KEPT, action, (), NOW)) == [("K17", Severity.HARD)]


@pytest.mark.req("K17")
@pytest.mark.parametrize("study", ["access-port", "rotor", "dye", "ct"])
def test_a_study_of_pump_or_catheter_lets_it_go_on(study) -> None:
    outcome = next(iter(finding_kinds()[study].outcomes))
    assert verdict_findings(KEPT | {study: outcome}, "same-dose", (), NOW) == ()


@pytest.mark.req("K17")
@pytest.mark.parametrize("action", ["lower-dose", "refill", "revision", "other-care"])
def test_nothing_else_is_kept_back_least_of_all_a_lower_dose(action) -> None:
    assert verdict_findings(KEPT, action, (), NOW) == ()


@pytest.mark.req("K18")
def test_two_events_without_a_cause_in_a_year_ask_and_one_does_not() -> None:
    lately, before = date(2026, 1, 10), date(2025, 2, 1)
    assert checks(verdict_findings({}, "refill", (lately, date(2026, 3, 2)), NOW)) == [
        ("K18", Severity.SOFT)
    ]
    assert verdict_findings({}, "refill", (before, lately), NOW) == ()


def test_what_is_ordered_is_a_finding_of_the_table() -> None:
    assert set(to_order()) <= set(finding_kinds())
    assert UNEXPLAINED not in finding_kinds()
