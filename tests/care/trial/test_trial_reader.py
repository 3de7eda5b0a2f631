"""Reading `[trial]`: whatever is unknown, out of order or contradicts itself is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from thecal.care.case_file import read_case_table
from thecal.care.trial.advise import advise
from thecal.care.trial.reader import read_trial
from thecal.errors import BadFileError

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "cases" / "trial.toml"
HEAD = 'schema = "thecal.case/1"\n[trial]\n'


def read(text: str) -> object:
    return read_trial(read_case_table((HEAD + text).encode(), "case.toml", "trial"))


@pytest.mark.inventory("S3.6")
def test_the_example_passes_with_its_second_bolus() -> None:
    advice = advise(read_case_table(EXAMPLE.read_bytes(), "trial.toml", "trial"))
    assert advice.verdict == "passed"
    assert advice.results["hand_over_missing"] == ("anticoagulant-plan",)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('method = "guess"\ntherapy = "pain"', "method"),
        ('method = "single-bolus"\ntherapy = "pain"', "drug"),
        ('method = "single-bolus"\ntherapy = "pain"\ndrug = "aspirin"', "drug"),
        (
            'method = "single-bolus"\ntherapy = "pain"\ndrug = "morphine"\n'
            'boluses = [{time = 2026-03-02T09:00:00, dose = "50"}]',
            "boluses 0: dose",
        ),
        (
            'method = "single-bolus"\ntherapy = "pain"\ndrug = "morphine"\n'
            'boluses = [{time = 2026-03-02T09:00:00+01:00, dose = "0.5 mg"}]',
            "boluses 0: time",
        ),
        (
            'method = "single-bolus"\ntherapy = "pain"\ndrug = "morphine"\n'
            "scores = [{time = 2026-03-02T09:00:00, nrs = 11}]",
            "scores 0: nrs",
        ),
        (
            'method = "single-bolus"\ntherapy = "pain"\ndrug = "morphine"\n'
            "scores = [{time = 2026-03-02T09:00:00, nrs = 4.1}]",
            "scores 0: nrs",
        ),
        (
            'method = "single-bolus"\ntherapy = "pain"\ndrug = "morphine"\n'
            'scores = [{time = 2026-03-02T09:00:00, ashworth = {knee = "2+"}}]',
            "ashworth: knee",
        ),
        (
            'method = "single-bolus"\ntherapy = "pain"\ndrug = "morphine"\n'
            "scores = [{time = 2026-03-02T10:00:00}, {time = 2026-03-02T09:00:00}]",
            "scores",
        ),
        (
            'method = "catheter"\ntherapy = "pain"\ndrug = "morphine"\n'
            'planned = {time = 2026-03-02T09:00:00, dose = "0.5 mg"}',
            "boluses",
        ),
        (
            'method = "single-bolus"\ntherapy = "pain"\ndrug = "morphine"\n'
            'infusion = {time = 2026-03-02T09:00:00, daily_dose = "1 mg/d"}',
            "infusion",
        ),
        (
            'method = "catheter"\ntherapy = "pain"\ndrug = "morphine"\n'
            'infusion = {time = 2026-03-02T09:00:00, daily_dose = "1 mg/d",'
            " ended = 2026-03-02T08:00:00}",
            "ended",
        ),
        (
            'method = "repeated-bolus"\ntherapy = "pain"\ndrug = "morphine"\n'
            'boluses = [{time = 2026-03-02T09:00:00, dose = "0.5 mg"}]\n'
            'planned = {time = 2026-03-01T09:00:00, dose = "0.5 mg"}',
            "planned",
        ),
        ('method = "none"\ntherapy = "pain"\nscores = [{time = 2026-03-02T09:00:00}]', "method"),
    ],
)
def test_what_cannot_be_a_trial_is_refused_by_key(text: str, key: str) -> None:
    with pytest.raises(BadFileError) as caught:
        read(text)
    assert key in str(caught.value)
