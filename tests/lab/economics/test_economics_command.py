"""`thecal advise economics`: currency, year and perspective beside every figure."""

from __future__ import annotations

import pytest

from thecal.care.advice import Advice
from thecal.care.case_file import read_case_table
from thecal.errors import BadFileError
from thecal.lab.economics.advise import advise

HEAD = 'schema = "thecal.case/1"\n[economics]\n'
FRAME = 'perspective = "payer"\ncurrency = "CAD"\nyear = "2002"\nhorizon_months = 60\n'
KUMAR = 'implant = "7516.25"\nother_monthly = "364.9"\nconventional_monthly = "633.34"\n'


def ask(text: str) -> Advice:
    return advise(read_case_table((HEAD + text).encode(), "case.toml", "economics"))


def shown(advice: Advice, title: str) -> str:
    return str([one.rows for one in advice.listings if one.title.startswith(title)])


@pytest.mark.inventory("W31")
def test_the_figures_of_kumar_2002_break_even_at_28_months() -> None:
    advice = ask(FRAME + KUMAR)
    assert advice.verdict == "breaks-even"
    assert "month 28" in advice.summary
    assert "CAD (2002)" in advice.summary
    assert "perspective: payer" in advice.summary
    assert [advice.results[key] for key in ("perspective", "currency", "year")] == [
        "payer",
        "CAD",
        "2002",
    ]


@pytest.mark.inventory("W31")
def test_what_can_and_cannot_be_reproduced_stands_in_every_answer() -> None:
    advice = ask(FRAME + KUMAR)
    assert "DIFFERS" not in shown(advice, "Published figures computed anew")
    assert "paywall" in shown(advice, "Published figures that cannot")


def test_what_is_left_out_is_named_and_counts_as_nothing() -> None:
    left_out = ask(FRAME + KUMAR).not_checked
    assert "trial: left out, counts as nothing" in left_out
    assert "trial_success: left out, every trial counts as a success" in left_out
    assert "replacement_years: left out, no pump is replaced" in left_out


def test_without_a_saving_there_is_no_break_even() -> None:
    advice = ask(FRAME + KUMAR.replace("633.34", "300"))
    assert advice.verdict == "no-break-even"
    assert advice.results["break_even_month"] is None


def test_how_long_a_pump_lasts_stays_disputed_and_is_never_assumed() -> None:
    (question,) = ask(FRAME + KUMAR).disagreements
    assert not question.used
    assert len(question.answers) == 4


def test_uncertainty_is_drawn_from_the_seed_of_the_case() -> None:
    text = FRAME + KUMAR + 'errors = { implant = "500" }\ndraws = 500\nseed = 4\n'
    assert shown(ask(text), "Probabilistic") == shown(ask(text), "Probabilistic")
    assert shown(ask(text), "Probabilistic") != shown(
        ask(text.replace("seed = 4", "seed = 5")), "Probabilistic"
    )


@pytest.mark.parametrize("key", ["perspective", "currency", "year", "horizon_months"])
def test_no_figure_of_money_without_perspective_currency_year_and_horizon(key: str) -> None:
    lines = [one for one in FRAME.splitlines() if not one.startswith(key)]
    with pytest.raises(BadFileError, match=key):
        ask("\n".join(lines) + "\n" + KUMAR)


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ('trial_success = "62 of 61"', "trial_success"),
        ('trial_success = "1 of 0"', "trial_success"),
        ('trial_success = "101 %"', "trial_success"),
        ('discount = "5"', "discount"),
        ('inflation = "0.02"', "inflation"),
        ("trial = 100", "trial"),
        ('trial = "-5"', "trial"),
        ('replacement = "9000"', "replacement"),
        ('replacement = "9000"\nreplacement_years = "0"', "replacement_years"),
        ('utility_pump = "0.6"', "utilities"),
        ('willingness = ["20000"]', "willingness"),
        ('ranges = { implant = ["9000", "9500"] }', "implant"),
        ('ranges = { implant = ["7000"] }', "implant"),
        ('ranges = { trial = ["0", "9"] }', "trial"),
        ('errors = { implant = "100" }', "seed"),
        ('errors = { implant = "0" }\ndraws = 10\nseed = 1', "implant"),
        ('errors = { implant = "1" }\ndraws = 1000000\nseed = 1', "draws"),
        ('errors = { discount = "1 %" }\ndraws = 10\nseed = 1', "discount"),
        ('pump = "1"', "pump"),
    ],
)
def test_an_input_that_cannot_be_is_refused_by_its_key(line: str, named: str) -> None:
    with pytest.raises(BadFileError, match=named):
        ask(FRAME + KUMAR + line + "\n")


def test_an_error_that_fits_no_distribution_names_its_input() -> None:
    text = 'trial_success = "50 %"\nerrors = { trial_success = "0.6" }\ndraws = 10\nseed = 1\n'
    with pytest.raises(BadFileError, match=r"case.toml: economics: .*trial_success"):
        ask(FRAME + KUMAR + text)
