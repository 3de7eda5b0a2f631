"""The summary names a follow-up only where one is due, and who arranges it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from paper_cases import PROGRAM, event, field, lines, record, said, therapy

from thecal.care.papers import patient_summary
from thecal.therapy.events import Therapy

REFILL = event(
    "2026-04-01T10:00:00", "fill", 'volume = "18 mL"\nmixture = { morphine = "10 mg/mL" }'
)
AGAIN = PROGRAM.format(time="2026-04-01T10:10:00", drug="morphine", dose="1 mg/d")
MORE = PROGRAM.format(time="2026-04-01T10:10:00", drug="morphine", dose="1.1 mg/d")
BOLUS = """
[events.patient_bolus]
dose = "0.05 mg"
duration = "5 min"
lockout = "2 h"
max_per_day = 4
"""


def booked(one: Therapy, day: str) -> Therapy:
    return replace(one, next_visit=date.fromisoformat(day))


def names_one(one: Therapy, at: str | None = None) -> bool:
    return "Follow-up" in lines(patient_summary(record(one, at)))


def test_a_refill_with_the_dose_unchanged_has_none() -> None:
    for more in (REFILL, REFILL + AGAIN):
        one = therapy(more=more)
        assert not names_one(one)
        assert not names_one(booked(one, "2026-07-01"))
        assert "30 days" not in said(patient_summary(record(one)), "de")
        assert not any("F7" in line for line in lines(patient_summary(record(one))))


@pytest.mark.parametrize("more", [REFILL + MORE, REFILL + AGAIN + BOLUS, MORE])
def test_a_changed_dose_or_bolus_has_one_and_says_who_arranges_it(more: str) -> None:
    one = booked(therapy(more=more), "2026-07-01")
    shown = field(patient_summary(record(one)), "Follow-up")
    assert shown.startswith("about 2026-05-01 (30 days after the start or change): not booked yet.")
    assert "Your clinic gives you day and time" in shown


def test_a_start_has_one_counted_from_the_day_of_the_start() -> None:
    shown = field(patient_summary(record(therapy(), "2026-01-20T10:00:00")), "Follow-up")
    assert shown.startswith("about 2026-02-11 ")


def test_a_visit_that_is_booked_by_then_is_the_follow_up() -> None:
    changed = therapy(more=REFILL + MORE)
    assert not names_one(booked(changed, "2026-05-01"))
    assert names_one(booked(changed, "2026-05-02"))


def test_one_whose_day_has_passed_is_not_told() -> None:
    assert names_one(therapy(), "2026-02-11T10:00:00")
    assert not names_one(therapy(), "2026-02-12T10:00:00")
