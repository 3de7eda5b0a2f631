"""Low-dose protocols: each step only after six recorded opioid-free weeks."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.care.case_file import read_case_table
from thecal.care.weaning.microdose import (
    GRIDER,
    HAMZA,
    INADEQUATE,
    DoseGiven,
    History,
    next_step,
    protocol_steps,
)
from thecal.care.weaning.microdose_advice import advise
from thecal.errors import BadFileError
from thecal.units import Mass

LAST = date(2026, 3, 20)
FREE = date(2026, 5, 1)
DOSES = (25, 50, 100, 200, 400)


def history(given_so_far: tuple[int, ...] = (), **changed) -> History:
    values = {
        "today": FREE,
        "last_systemic": LAST,
        "recorded_until": FREE,
        "given": tuple(DoseGiven(FREE, Mass.of(one, "ug")) for one in given_so_far),
        "response": INADEQUATE if given_so_far else None,
    }
    return History(**{**values, **changed})


def ask(text: str):
    whole = f'schema = "thecal.case/1"\n[microdose]\n{text}'
    return advise(read_case_table(whole.encode(), "case.toml", "microdose"))


BASE = (
    'protocol = "grider-2011"\ntoday = 2026-05-01\nlast_systemic_opioid = 2026-03-20\n'
    "recorded_until = 2026-05-01\n"
)


@pytest.mark.inventory("T39")
def test_t39_the_steps_are_25_50_100_200_400_mcg() -> None:
    assert [one.in_unit("ug") for one in protocol_steps(GRIDER)] == list(DOSES)


@pytest.mark.inventory("T39")
@pytest.mark.parametrize("reached", range(5))
def test_t39_each_step_is_allowed_after_six_recorded_weeks_and_not_a_day_before(
    reached: int,
) -> None:
    before = DOSES[:reached]
    allowed = next_step(GRIDER, history(before))
    assert allowed.allowed
    assert allowed.dose == Mass.of(DOSES[reached], "ug")
    early = next_step(GRIDER, history(before, today=FREE - timedelta(days=1)))
    assert not early.allowed
    assert early.allowed_from == FREE


@pytest.mark.inventory("T39")
@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ({"last_systemic": None}, "is not recorded"),
        ({"recorded_until": None}, "has to be recorded"),
        ({"recorded_until": FREE - timedelta(days=1)}, "has to be recorded"),
    ],
)
def test_what_is_not_recorded_is_never_assumed(missing: dict, words: str) -> None:
    step = next_step(GRIDER, history((25,), **missing))
    assert not step.allowed
    assert words in step.why


def test_an_opioid_taken_in_between_starts_the_weeks_again() -> None:
    step = next_step(GRIDER, history((25,), last_systemic=date(2026, 4, 30)))
    assert not step.allowed
    assert step.allowed_from == date(2026, 6, 11)


def test_a_skipped_step_an_unknown_response_and_the_end_refuse() -> None:
    assert "in order" in next_step(GRIDER, history((25, 100))).why
    assert next_step(GRIDER, history((25, 25))).dose == Mass.of(50, "ug")
    unknown = next_step(GRIDER, history((25,), response=None))
    assert not unknown.allowed
    assert "response" in unknown.why
    assert next_step(GRIDER, history((25,), response="adequate")).dose is None
    assert next_step(GRIDER, history(DOSES)).dose is None


@pytest.mark.inventory("T39")
def test_the_topic_refuses_with_the_date_and_allows_with_the_dose() -> None:
    early = ask(BASE.replace("2026-05-01", "2026-04-30"))
    assert early.verdict == "refused"
    assert early.results["allowed_from"] == "1 May 2026"
    assert early.results["next_dose"] is None
    assert [one.severity.value for one in early.findings] == ["hard"]
    allowed = ask(BASE)
    assert allowed.verdict == "allowed"
    assert allowed.results["next_dose"].quantity == Mass.of(25, "ug")


@pytest.mark.parametrize(
    ("place", "asked"),
    [('place = "inpatient"\n', 0), ('place = "outpatient"\n', 1), ("", 1)],
    ids=["inpatient", "outpatient", "unknown"],
)
def test_above_150_mcg_somebody_without_opioids_belongs_in_a_hospital(
    place: str, asked: int
) -> None:
    given_so_far = ", ".join(f'{{ day = 2026-05-01, dose = "{one} ug" }}' for one in DOSES[:3])
    advice = ask(f'{BASE}{place}given = [{given_so_far}]\nresponse = "inadequate"\n')
    assert advice.results["next_dose"].quantity == Mass.of(200, "ug")
    assert len([one for one in advice.findings if one.severity.value == "soft"]) == asked


def test_hamza_asks_for_the_cut_and_starts_at_half_to_the_whole_trial_dose() -> None:
    base = 'protocol = "hamza-2012"\ntoday = 2026-05-01\nsystemic_before = "100 mg/d"\n'
    assert ask(base + 'systemic_now = "50 mg/d"\n').results["next_dose"].quantity == Mass.of(
        200, "ug"
    )
    assert ask(base + 'systemic_now = "51 mg/d"\n').verdict == "refused"
    assert next_step(HAMZA, History(today=FREE)).allowed is False
    trial = 'given = [{ day = 2026-05-01, dose = "200 ug" }]\nresponse = "adequate"\n'
    found = ask(base + 'systemic_now = "0 mg/d"\n' + trial)
    start = [one.quantity.in_unit("ug/d") for one in found.results["daily_start"]]
    assert start == [100, 200]
    assert any("steps after the first" in one for one in found.not_checked)


@pytest.mark.parametrize("key", ["last_systemic_opioid", "recorded_until"])
def test_a_day_that_has_not_come_is_refused(key: str) -> None:
    lines = [one for one in BASE.splitlines() if not one.startswith(key)]
    with pytest.raises(BadFileError, match="after today"):
        ask("\n".join([*lines, f"{key} = 2026-05-02"]))


@given(days=st.integers(0, 100), recorded=st.integers(0, 100), reached=st.integers(0, 4))
def test_no_step_before_42_recorded_days_ever(days: int, recorded: int, reached: int) -> None:
    step = next_step(
        GRIDER,
        history(
            DOSES[:reached],
            today=LAST + timedelta(days=days),
            recorded_until=LAST + timedelta(days=min(days, recorded)),
        ),
    )
    assert step.allowed == (min(days, recorded) >= 42)
