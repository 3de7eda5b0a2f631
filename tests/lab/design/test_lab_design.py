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
from thecal.lab.design.optimised import OtherDelay
from thecal.lab.design.response import other_delays
from thecal.safety.finding import Verdict, verdict_of
from thecal.therapy.events import Program, Therapy
from thecal.therapy.file_reader import read_therapy, read_therapy_file
from thecal.therapy.file_writer import write_therapy
from thecal.therapy.review import review_therapy
from thecal.units import MassRate

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
    assert best.proposal.total <= MassRate.of(150, "ug/d")
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
        last_one = len(therapy.events) - 1
        assert tuple(f for f in answer.findings if f.event == last_one) == one.findings


@pytest.mark.parametrize(
    ("lowest", "highest", "within"),
    [("6.2", "6.3", True), ("5.9", "6.6", True), ("3", "12", False)],
)
def test_a_schedule_that_hardly_moves_the_effect_site_is_said_to_gain_nothing(
    lowest: str, highest: str, within: bool
) -> None:
    text = CASE.replace('lowest = "3 ug/h"', f'lowest = "{lowest} ug/h"')
    found = designed(text.replace('highest = "12 ug/h"', f'highest = "{highest} ug/h"'))
    assert found.advice.verdict == (WITHIN_BAND if within else GAIN)
    said = [one.text for one in found.advice.reasons if one.rule == "band"]
    assert len(said) == 2  # beside the even rate and beside the plain steps
    assert any("within the band" in text for text in said) is within


def test_without_the_body_only_the_plain_ones_follow() -> None:
    found = designed(body=False)
    assert [one.proposal.kind for one in found.proposals] == ["continuous", "flex"]
    assert "effect_site" not in found.advice.results


def test_a_pump_that_stands_dry_runs_nothing_to_design_for() -> None:
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


def test_what_the_review_refuses_is_not_offered() -> None:
    # Boluses on record with which a day could hold 40 mg of morphine, and a wish for a little more.
    text = (EXAMPLES / "pain_two_drugs.toml").read_text(encoding="utf-8")
    bolus = '{ dose = "2 mg", duration = "5 min", lockout = "1 h", max_per_day = 20 }'
    much = read_therapy(f"{text}patient_bolus = {bolus}\n".encode(), "much.toml")
    start, end = CASE.index("[program-design.running]"), CASE.index("[[program-design.diary]]")
    asked = (CASE[:start] + CASE[end:]).replace("2026-03-09", "2026-07-20")
    asked = asked.replace('"3 ug/h"', '"0.02 mg/h"').replace('"12 ug/h"', '"0.05 mg/h"')
    found = designed(asked.replace("lowest", 'daily_dose = "0.7 mg/d"\nlowest'), much)
    assert found.advice.verdict == REFUSED
    assert found.proposals == ()
    assert verdict_of(found.advice.findings) is Verdict.REFUSED
    assert "continuous" not in found.advice.results
    assert sum("the review refuses it" in one.text for one in found.advice.reasons) == 3


def pain_design() -> Design:
    """Return the example of pain with the diary of the example, within one step either way."""
    start, end = CASE.index("[program-design.running]"), CASE.index("[[program-design.diary]]")
    asked = (CASE[:start] + CASE[end:]).replace("2026-03-09", "2026-07-20")
    asked = asked.replace('lowest = "3 ug/h"\n', "").replace('highest = "12 ug/h"\n', "")
    return designed(asked, read_therapy_file(EXAMPLES / "pain_two_drugs.toml"))


def test_another_source_for_the_delay_is_shown_and_what_it_leaves_of_the_gain() -> None:
    advice = pain_design().advice
    differ = advice.disagreements[-1]
    assert [one.fact.unit for one in differ.answers] == ["h", "h"]
    (told,) = [one.text for one in advice.reasons if one.rule == "delay"]
    assert "4.4" in told
    assert "optimised" in told
    assert any("stands in" in one.text for one in advice.reasons)
    assert any("bupivacaine" in one for one in advice.not_checked)


def test_a_gain_that_another_delay_would_take_away_is_none() -> None:
    (fact,) = other_delays("morphine", "pain")
    assert OtherDelay(fact, {"continuous": 0.2, "flex": 0.1, "optimised": 0.1}).turns_round
    assert not OtherDelay(fact, {"continuous": 0.2, "flex": 0.1, "optimised": 0.09}).turns_round
    assert other_delays("baclofen", "spasticity") == ()


def test_every_proposal_keeps_a_bolus_slow_enough_for_its_own_busiest_hour() -> None:
    for one in pain_design().proposals:
        assert one.proposal.program.patient_bolus is not None
        assert one.verdict is Verdict.ACCEPTED


def test_a_pump_whose_number_of_steps_is_unknown_gets_the_even_rate_and_says_why() -> None:
    start, end = CASE.index("[program-design.running]"), CASE.index("[[program-design.diary]]")
    asked = (CASE[:start] + CASE[end:]).replace("2026-03-09", "2026-03-18")
    asked = asked.replace('lowest = "3 ug/h"\n', "").replace('highest = "12 ug/h"\n', "")
    found = designed(asked, read_therapy_file(EXAMPLES / "external_pump.toml"))
    assert [one.proposal.kind for one in found.proposals] == ["continuous"]
    assert found.advice.verdict == "no-steps"
    assert any("shows a pattern" in one for one in found.advice.not_checked)
