"""The fifteen steps of 2.R, and how few screens they need where nothing changes."""

from __future__ import annotations

from thecal.care.visit import refill_only_screens, steps
from thecal.care.visit.visit import RECORDS


def test_there_are_the_fifteen_steps_in_the_order_of_the_records() -> None:
    assert [one.number for one in steps()] == list(range(1, 16))
    assert [one.key for one in steps()] == list(RECORDS)
    assert all(one.recorded for one in steps())
    assert all(one.title.source == "workflow.md 2.R" for one in steps())


def test_only_the_dose_decision_and_the_waste_may_be_left_out() -> None:
    assert [one.key for one in steps() if not one.safety] == ["decide", "waste"]


def test_a_plain_refill_takes_seven_screens_and_leaves_out_no_safety_step() -> None:
    screens = refill_only_screens()
    assert [name for name, _ in screens] == [
        *("arrive", "drug", "needle", "fill"),
        *("account", "watch", "leave"),
    ]
    asked = [one.key for _, several in screens for one in several]
    assert asked == [one.key for one in steps() if one.key != "decide"]
