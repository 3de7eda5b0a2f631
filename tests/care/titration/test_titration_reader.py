"""The table `[titration]`: what is read, and what is refused by name."""

from __future__ import annotations

import pytest

from thecal.care.case_file import read_case_table
from thecal.care.titration.advise import advise
from thecal.care.titration.reader import read_titration
from thecal.errors import BadFileError

HEAD = 'schema = "thecal.case/1"\n[titration]\n'
MORPHINE = 'drug = "morphine"\nnow = 2026-03-20T10:00:00\n'
HISTORY = 'history = [ { time = 2026-03-02T10:00:00, dose = "1 mg/d" } ]\n'


def table(body: str) -> object:
    return read_case_table((HEAD + body).encode(), "case.toml", "titration")


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ('drug = "morfine"\nnow = 2026-03-20T10:00:00\n', "drug"),
        (MORPHINE + 'history = [ { time = 2026-03-02T10:00:00, dose = "1 mg" } ]\n', "history"),
        (MORPHINE + 'history = [ { time = 2026-04-02T10:00:00, dose = "1 mg/d" } ]\n', "now"),
        (MORPHINE + HISTORY + 'scheme = "label-us"\n', "scheme"),
        (MORPHINE + HISTORY + 'sedation = "5"\n', "sedation"),
        (MORPHINE + HISTORY + 'screening_bolus = "50 ug"\n', "screening_bolus"),
        (MORPHINE + HISTORY + 'mixed_with = { morphine = "1 mg/d" }\n', "mixed_with"),
        (MORPHINE + HISTORY + 'mixed_with = { aspirin = "1 mg/d" }\n', "mixed_with"),
        (MORPHINE + HISTORY + "colour = 3\n", "colour"),
        (
            MORPHINE
            + "history = [ { time = 2026-03-02T10:00:00, dose = '1 mg/d' },"
            + " { time = 2026-03-01T10:00:00, dose = '2 mg/d' } ]\n",
            "history",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_key(body: str, named: str) -> None:
    with pytest.raises(BadFileError) as caught:
        read_titration(table(body))
    assert named in f"{caught.value} {caught.value.place}"


def test_a_case_with_the_least_is_answered_with_what_is_missing() -> None:
    advice = advise(table(MORPHINE + HISTORY))
    assert advice.verdict == "ask-first"
    assert advice.not_checked
    assert [one for one in advice.reasons if one.weight.value == "missing"]
