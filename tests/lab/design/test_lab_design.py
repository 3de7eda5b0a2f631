"""A design for a therapy: reviewed as any order, replayed, and nothing beyond its limits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from thecal.care.case_file import read_case_table
from thecal.care.design.acceptance import accept
from thecal.care.design.deliver import hourly_rates
from thecal.care.design.reader import TOPIC
from thecal.errors import BadFileError
from thecal.lab.design.advise import GAIN, REFUSED, WITHIN_BAND, Design, design
from thecal.safety.finding import Verdict
from thecal.therapy.events import Program, Therapy
from thecal.therapy.file_reader import read_therapy, read_therapy_file
from thecal.therapy.file_writer import write_therapy
from thecal.therapy.review import review_therapy

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
CASE = (EXAMPLES / "cases" / "program-design.toml").read_text(encoding="utf-8")
THERAPY = read_therapy_file(EXAMPLES / "spasticity_baclofen.toml")
DRAWS = 30


def designed(case: str = CASE, therapy: Therapy = THERAPY, *, body: bool = True) -> Design:
    """Return the design of a case's text."""
    table = read_case_table(case.encode(), "case.toml", TOPIC)
    return design(table, therapy, with_body=body, draws=DRAWS)


def test_the_example_is_optimised_reviewed_and_replayed() -> None:
    found = designed()
    assert found.advice.verdict == GAIN
    assert [one.proposal.kind for one in found.proposals] == ["continuous", "flex", "optimised"]
    for one in found.proposals:
        assert one.verdict is Verdict.ACCEPTED
        assert len(one.delivered) == 24
    replays = [one.text for one in found.advice.reasons if one.rule == "replay"]
    assert len(replays) == 3
    assert all("hour by hour" in text for text in replays)


def test_the_optimised_day_has_the_same_total_and_its_rates_within_the_limits() -> None:
    plain, best = designed().proposals[1:]
    assert best.proposal.total <= THERAPY_DOSE
    assert best.proposal.total.ratio(plain.proposal.total) == pytest.approx(1, rel=1e-3)
    for one in hourly_rates(best.proposal.program):
        assert 4 / 3600 - 1e-12 <= float(one) <= 12 / 3600 + 1e-12


def test_each_proposal_reads_as_an_event_and_passes_the_review_of_its_file() -> None:
    found = designed()
    for one in found.proposals:
        text = write_therapy(THERAPY) + "\n" + one.proposal.toml(found.at)
        therapy = read_therapy(text.encode(), "with.toml")
        last = therapy.events[-1]
        assert isinstance(last, Program)
        assert last.program == one.proposal.program
        assert one.proposal.id in text
        answer = review_therapy(therapy)
        assert [f for f in answer.findings if f.event == len(therapy.events) - 1] == list(
            one.findings
        )


def test_a_gain_within_the_band_is_said_so() -> None:
    # One step of 10 mcg a day up and down leaves the effect site almost even.
    narrow = CASE.replace('lowest = "3 ug/h"', 'lowest = "6.2 ug/h"').replace(
        'highest = "12 ug/h"', 'highest = "6.3 ug/h"'
    )
    found = designed(narrow)
    assert found.advice.verdict in (WITHIN_BAND, "no-pattern", "proposed")
    found = designed(CASE.replace('highest = "12 ug/h"', 'highest = "7 ug/h"'))
    assert found.advice.verdict in (GAIN, WITHIN_BAND)
    said = [one for one in found.advice.reasons if one.rule == "band"]
    assert said
    within = [one for one in said if "within the band" in one.text]
    assert bool(within) is (found.advice.verdict == WITHIN_BAND)


def test_without_the_body_only_the_plain_ones_follow() -> None:
    found = designed(body=False)
    assert [one.proposal.kind for one in found.proposals] == ["continuous", "flex"]
    assert "effect_site" not in found.advice.results


def test_what_the_review_refuses_is_not_offered() -> None:
    # The pump stands dry by then: the review refuses or asks, and nothing is hidden.
    late = CASE.replace("2026-03-09T09:00:00", "2026-12-09T09:00:00")
    with pytest.raises(BadFileError, match="no therapy runs"):
        designed(late)


def test_a_case_at_odds_with_the_therapy_is_refused() -> None:
    with pytest.raises(BadFileError, match="another daily_dose"):
        designed(
            CASE.replace('daily_dose = "150 ug/d"', 'daily_dose = "1500 ug/d"').replace(
                'highest = "12 ug/h"', 'highest = "120 ug/h"'
            )
        )


def test_a_start_before_the_last_event_or_none_is_refused() -> None:
    with pytest.raises(BadFileError, match="before the last event"):
        designed(CASE.replace("2026-03-09", "2026-02-09"))
    with pytest.raises(BadFileError, match="does not say when"):
        designed(CASE.replace("start = 2026-03-09T09:00:00\n", ""))


def test_the_same_case_gives_the_same_ids() -> None:
    one, other = designed(), designed()
    assert [a.proposal.id for a in one.proposals] == [a.proposal.id for a in other.proposals]


def test_an_accepted_proposal_is_the_program_that_was_reviewed() -> None:
    best = designed().proposals[-1].proposal
    lines = [line.text for line in best.lines()]
    assert accept(best, best.id, lines) == replace(best.program)


THERAPY_DOSE = THERAPY.events[-1].program.daily_dose  # type: ignore[attr-defined]
assert REFUSED == "refused"


@pytest.mark.parametrize("dose", ["150 ug/d", "2 mg/d"])
def test_what_the_review_refuses_is_not_offered(dose: str) -> None:
    # The clinician's own limits let an hour run at 80 mg a day of morphine.
    pain = read_therapy_file(EXAMPLES / "pain_two_drugs.toml")
    start = CASE.index("[program-design.running]")
    end = CASE.index("[[program-design.diary]]")
    text = (CASE[:start] + CASE[end:]).replace("2026-03-09T09:00:00", "2026-07-20T09:00:00")
    text = text.replace('"3 ug/h"', '"0.02 mg/h"').replace('"12 ug/h"', '"5 mg/h"')
    found = designed(text, pain)
    refused = [one.text for one in found.advice.reasons if "the review refuses it" in one.text]
    kinds = [one.proposal.kind for one in found.proposals]
    assert len(refused) + len(kinds) == 3
    for kind in kinds:
        assert kind in found.advice.results
    assert dose
