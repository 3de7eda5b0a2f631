"""The report on patient boluses: figures a day, share, effect, and what their use suggests."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.care.case_file import read_case_table
from thecal.care.escalation.boluses import bolus_reasons, bolus_report
from thecal.care.escalation.case import BolusRecord, EscalationCase, read_escalation
from thecal.care.titration.history import DoseChange, DoseHistory
from thecal.errors import BadFileError
from thecal.units import Mass, MassRate

BACKGROUND = MassRate.of("4", "mg/d")
RECORD = BolusRecord(30, 150, 90, Mass.of("0.4", "mg"), 8, 5, 60)


def rules(record: BolusRecord, drug: str = "morphine") -> dict[str, str]:
    history = DoseHistory((DoseChange(datetime.fromisoformat("2026-01-01"), BACKGROUND),))
    case = EscalationCase(drug, datetime.fromisoformat("2026-03-01"), history)
    reasons = bolus_reasons(case.drug, bolus_report(record, BACKGROUND))
    return {one.rule: one.text for one in reasons}


@pytest.mark.inventory("S1.R5", "S1.R27")
def test_the_counts_a_day_and_the_share_of_the_whole() -> None:
    report = bolus_report(RECORD, BACKGROUND)
    assert (report.requested, report.granted, report.denied) == (5, 3, 2)
    assert report.share == Fraction(12, 52)
    assert report.size == Fraction(1, 10)
    assert report.relief == Fraction(3, 8)
    assert report.breakthrough == 2


@pytest.mark.inventory("S1.R5")
@pytest.mark.parametrize(("granted", "asked"), [(179, False), (180, True)])
def test_boluses_used_to_the_usual_limit_ask_for_a_look_at_the_background(
    granted: int, asked: bool
) -> None:
    found = rules(replace(RECORD, requested=180, granted=granted))
    assert ("raise-basal" in found) is asked


@pytest.mark.inventory("S1.R5")
def test_mostly_refused_and_never_used_are_both_named() -> None:
    assert "demand-denied" in rules(replace(RECORD, granted=74))
    assert "demand-denied" not in rules(replace(RECORD, granted=75))
    assert "unused" in rules(replace(RECORD, requested=0, granted=0))


@pytest.mark.inventory("S1.R27")
def test_a_bolus_without_effect_on_breakthrough_pain() -> None:
    weak = replace(RECORD, pain_before=10, pain_after=8)
    assert "too slow" in rules(weak)["bolus-effect"]
    assert "too slow" not in rules(weak, "fentanyl")["bolus-effect"]
    enough = rules(replace(RECORD, pain_before=10, pain_after=7))
    assert "only" not in enough["bolus-effect"]
    assert "not known" in rules(replace(RECORD, pain_after=None))["bolus-effect"]
    assert "breakthrough" in rules(replace(RECORD, breakthrough=91))
    assert "breakthrough" not in rules(replace(RECORD, breakthrough=90))


@pytest.mark.parametrize(
    ("dose", "named"), [("0.19", True), ("0.2", False), ("0.8", False), ("0.81", True)]
)
def test_a_bolus_outside_five_to_twenty_percent_is_named(dose: str, named: bool) -> None:
    assert ("bolus-size" in rules(replace(RECORD, dose=Mass.of(dose, "mg")))) is named


def test_more_granted_than_requested_cannot_be_read() -> None:
    text = """schema = "thecal.case/1"
[escalation]
drug = "morphine"
now = 2026-03-01T10:00:00
history = [ { time = 2026-01-01T10:00:00, dose = "4 mg/d" } ]
boluses = { days = 30, requested = 4, granted = 5, dose = "0.4 mg" }
"""
    with pytest.raises(BadFileError, match="more boluses were granted"):
        read_escalation(read_case_table(text.encode(), "case.toml", "escalation"))


@given(days=st.integers(1, 400), requested=st.integers(0, 4000), denied=st.integers(0, 4000))
def test_requests_are_grants_and_refusals(days: int, requested: int, denied: int) -> None:
    record = BolusRecord(days, requested + denied, requested, Mass.of("0.1", "mg"))
    report = bolus_report(record, BACKGROUND)
    assert report.requested == report.granted + report.denied
    assert 0 <= report.share < 1
