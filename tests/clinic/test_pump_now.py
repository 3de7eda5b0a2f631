"""What is in the pump now, by the findings and the doses that the patient's page shows."""

from __future__ import annotations

from clinic_world import EXAMPLES

from thecal.clinic.patient.overview import earlier_findings, standing_findings
from thecal.safety.finding import Finding, Severity, Verdict
from thecal.therapy.events import Fill, Program
from thecal.therapy.file_reader import read_therapy_file
from thecal.therapy.review import TherapyReview


def places(groups) -> list[str]:
    return [part.message for group in groups for part in group.findings]


def review_of(count: int) -> TherapyReview:
    found = tuple(
        Finding("K2", Severity.WARN, f"event {number}", "project rule", event=number)
        for number in range(count)
    )
    whole = Finding("K2", Severity.WARN, "whole file", "project rule")
    return TherapyReview(Verdict.ACCEPTED, (*found, whole), ())


def test_only_the_last_fill_and_the_program_in_force_are_in_the_pump_now() -> None:
    therapy = read_therapy_file(EXAMPLES / "pain_two_drugs.toml")
    events = therapy.events
    fills = [number for number, one in enumerate(events) if isinstance(one, Fill)]
    programs = [number for number, one in enumerate(events) if isinstance(one, Program)]
    assert len(fills) > 1, "the example has to be filled more than once"
    review = review_of(len(events))
    now, before = places(standing_findings(therapy, review)), earlier_findings(therapy, review)
    assert f"event {fills[-1]}" in now
    assert f"event {programs[-1]}" in now
    assert "whole file" in now
    for number in (*fills[:-1], *programs[:-1]):
        assert f"event {number}" not in now
        assert f"event {number}" in places(before)
    assert sorted(now + places(before)) == sorted(
        [*(f"event {number}" for number in range(len(events))), "whole file"]
    )
