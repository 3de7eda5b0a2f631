"""`thecal advise outcomes`: the course of the scores, visits due, what was not asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from thecal.care.advice import Advice, Weight
from thecal.care.case_file import read_case_file, read_case_table
from thecal.care.outcomes.advise import advise
from thecal.errors import BadFileError

EXAMPLES = Path(__file__).resolve().parents[3] / "examples" / "cases"
HEAD = 'schema = "thecal.case/1"\n[outcomes]\n'
PAIN = 'pathway = "non-cancer"\non = 2026-11-20\nstart = 2026-01-10\n'


def ask(text: str) -> Advice:
    return advise(read_case_table((HEAD + text).encode(), "case.toml", "outcomes"))


def visits(before: str, now: str, more: str = "") -> str:
    return (
        f'visits = [ {{ visit = "baseline", date = 2026-01-08, scores = {{ {before} }} }},'
        f' {{ visit = "month-6", date = 2026-07-10, scores = {{ {now} }}{more} }} ]\n'
    )


def texts(advice: Advice, rule: str) -> list[str]:
    return [one.text for one in advice.reasons if one.rule == rule]


@pytest.mark.inventory("S0.R1", "S0.R6")
@pytest.mark.parametrize(
    ("now", "verdict"),
    [
        ("4", "responder"),
        ("4.1", "partial-responder"),
        ("5.6", "partial-responder"),
        ("5.7", "non-responder"),
        ("9", "non-responder"),
    ],
)
def test_relief_at_the_last_visit_gives_the_verdict(now: str, verdict: str) -> None:
    assert ask(PAIN + visits("nrs = 8", f'nrs = "{now}"')).verdict == verdict


@pytest.mark.inventory("S0.R1")
def test_the_published_course_of_hamza_is_relief_of_more_than_half() -> None:
    advice = ask(PAIN + visits('nrs = "8.91"', 'nrs = "4.02"'))
    assert advice.verdict == "responder"
    assert "54.9 %" in texts(advice, "responder")[0]


def test_without_a_baseline_nothing_is_compared() -> None:
    text = 'visits = [ { visit = "month-6", date = 2026-07-10, scores = { nrs = 4 } } ]\n'
    advice = ask(PAIN + text)
    assert advice.verdict == "not-known"
    assert any(one.weight is Weight.MISSING for one in advice.reasons)


@pytest.mark.inventory("S0.7", "S0.R4", "S0.R11")
def test_spasticity_improves_by_a_step_of_the_ashworth_scale() -> None:
    head = 'pathway = "spasticity"\non = 2026-11-20\n'
    before = 'ashworth = ["3", "3", "3", "3"], gas = [{ weight = 2, attained = -1 }]'
    better = ask(
        head
        + visits(before, 'ashworth = ["2", "2", "2", "2"], gas = [{ weight = 2, attained = 1 }]')
    )
    assert better.verdict == "improved"
    assert "only remembered" in texts(better, "primary")[0]
    less = ask(head + visits(before, 'ashworth = ["3", "2", "2", "3"]'))
    assert less.verdict == "not-improved"
    answers = [one.fact.value for d in less.disagreements for one in d.answers]
    assert len(answers) == 2


@pytest.mark.inventory("T32", "S0.R2")
def test_in_cancer_the_rule_of_smith_is_said_beside() -> None:
    head = 'pathway = "cancer"\non = 2026-11-20\n'
    advice = ask(head + visits("vas = 60, toxicity = 10", "vas = 60, toxicity = 8"))
    assert texts(advice, "smith") == ["success by the rule of Smith: pain 0 %, toxicity -20 %"]
    assert texts(ask(PAIN + visits("vas = 60", "vas = 30")), "smith") == []


@pytest.mark.inventory("S3.11")
def test_side_effects_are_compared_and_what_was_not_asked_is_missing() -> None:
    more = ', side_effects = { nausea = "severe" }'
    advice = ask(PAIN + visits("nrs = 8", "nrs = 4", more))
    assert "nausea or vomiting: severe, baseline not asked" in texts(advice, "side-effect")
    assert "not asked: drowsiness" in texts(advice, "side-effect")


@pytest.mark.inventory("W33", "S1.R4")
def test_systemic_opioid_is_shown_in_mg_and_mcg() -> None:
    advice = ask(PAIN + visits('mme = "120 mg/d"', 'mme = "20 mg/d"'))
    (shown,) = (one.replace("\u00a0", " ") for one in texts(advice, "score-mme"))
    assert "20 mg/day (20,000 mcg/day)" in shown


def test_a_visit_that_is_over_and_was_not_held_is_named() -> None:
    advice = ask(PAIN + visits("nrs = 8", "nrs = 4"))
    assert advice.results["overdue"] == ("week-2-6", "month-3")
    assert advice.results["next_visit"] == "month-12 2027-01-10"


@pytest.mark.inventory("S0.23")
def test_the_example_computes_the_four_figures_from_the_file_beside_it() -> None:
    advice = advise(read_case_file(EXAMPLES / "outcomes.toml", "outcomes"))
    for figure in ("would_recommend", "opioid_reduction", "choose_again", "satisfaction"):
        assert "n = " in str(advice.results[figure])
    assert advice.verdict == "responder"
    assert any("published: satisfied" in one for one in texts(advice, "published"))


@pytest.mark.parametrize(
    ("scores", "named"),
    [
        ("nrs = 11", "nrs"),
        ("nrs = true", "nrs"),
        ("nrs = 4.5", "nrs"),
        ("odi = [1, 2, 3]", "odi"),
        ("odi = [6, 1, 1, 1, 1, 1, 1, 1, 1, 1]", "odi"),
        ('ashworth = ["5"]', "ashworth"),
        ("ashworth = [1, 2]", "ashworth"),
        ('poss = "5"', "poss"),
        ("penn = { frequency = 2 }", "penn"),
        ('eq_5d = "9"', "eq_5d"),
        ('mme = "120"', "mme"),
        ("gas = [{ weight = 1, attained = 3 }]", "gas"),
        ("pain = 3", "pain"),
    ],
)
def test_a_score_outside_its_range_is_refused_by_its_key(scores: str, named: str) -> None:
    with pytest.raises(BadFileError, match=rf"visits 1: scores: {named}"):
        ask(PAIN + visits("nrs = 8", scores))


@pytest.mark.parametrize(
    "text",
    [
        PAIN.replace("2026-01-10", "2027-01-10"),
        PAIN + 'cohort = "cohort.csv"\n',
        PAIN + visits("nrs = 8", "nrs = 4").replace("2026-07-10", "2026-01-07"),
        PAIN + visits("nrs = 8", "nrs = 4").replace("2026-07-10", "2026-12-07"),
        PAIN + visits("nrs = 8", "nrs = 4").replace("month-6", "baseline"),
    ],
)
def test_a_case_that_contradicts_itself_is_refused(text: str) -> None:
    with pytest.raises(BadFileError):
        ask(text)


def test_a_file_outside_the_folder_of_the_case_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "case.toml"
    for name in ("../cohort.csv", "nowhere.csv"):
        file.write_text(HEAD + PAIN + f'cohort = "{name}"\n')
        with pytest.raises(BadFileError, match="cohort"):
            advise(read_case_file(file, "outcomes"))
