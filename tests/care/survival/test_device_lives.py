"""The lives of pumps and catheters: when they begin, what ends them, which failure is whose."""

from __future__ import annotations

from datetime import date

import pytest

from short_therapies import NEXT_PUMP, PUMP, exchange, explant, fill, on, revise, therapy
from thecal.care.complications.recorded import Recorded, read_recorded
from thecal.care.survival import DeviceLife, End, device_lives


def noted(number: int, kind: str, day: int) -> Recorded:
    body = {"complication": kind, "began": on(day).isoformat(), "grade": "3", "cause": "device"}
    return read_recorded(number, body)


def of(device: str, lives: tuple[DeviceLife, ...]) -> list[tuple[int, End]]:
    return [(one.days, one.end) for one in lives if one.device == device]


def test_an_exchange_ends_one_pump_and_begins_another_and_leaves_the_catheter() -> None:
    lives = device_lives(therapy(fill(0), exchange(400), fill(400)), (), on(700))
    assert of("pump", lives) == [(400, End.REMOVED), (300, End.RUNNING)]
    assert of("catheter", lives) == [(700, End.RUNNING)]
    assert [one.model for one in lives if one.device == "pump"] == [PUMP, NEXT_PUMP]


@pytest.mark.inventory("S3.19")
def test_the_first_failure_ends_the_survival_and_not_the_time_in_the_body() -> None:
    broken = (noted(1, "catheter-fracture", 200), noted(2, "catheter-obstruction", 100))
    lives = device_lives(therapy(fill(0), revise(250)), broken, on(700))
    assert of("catheter", lives) == [(100, End.FAILURE), (450, End.RUNNING)]
    assert next(one.gone for one in lives if one.device == "catheter") == on(250)
    assert of("pump", lives) == [(700, End.RUNNING)]


def test_a_failure_on_the_day_of_the_exchange_is_the_old_pump_s_alone() -> None:
    lives = device_lives(
        therapy(fill(0), exchange(400), fill(400)), (noted(1, "pump-failure", 400),), on(700)
    )
    assert of("pump", lives) == [(400, End.FAILURE), (300, End.RUNNING)]


@pytest.mark.parametrize("end", [End.DEATH, End.TRANSFERRED, End.CEASED])
def test_what_ended_the_observation_ends_every_life(end: End) -> None:
    lives = device_lives(therapy(fill(0), fill(100)), (noted(1, "infection", 50),), on(300), end)
    assert {(one.days, one.end) for one in lives} == {(300, end)}


def test_an_explant_ends_both_and_nothing_lives_after_it() -> None:
    lives = device_lives(therapy(fill(0), explant(90)), (noted(1, "pump-failure", 95),), on(300))
    assert {(one.device, one.days, one.end) for one in lives} == {
        ("pump", 90, End.REMOVED),
        ("catheter", 90, End.REMOVED),
    }


def test_who_came_with_a_pump_is_not_seen_from_its_implant() -> None:
    lives = device_lives(therapy(fill(0), exchange(400), implanted=date(2015, 1, 1)), (), on(700))
    whole = [(one.device, one.from_implant) for one in lives]
    assert whole == [("pump", False), ("pump", True), ("catheter", False)]


def test_an_external_pump_has_no_life_here() -> None:
    assert device_lives(therapy(fill(0), model="external-port"), (), on(300)) == ()


def test_a_pump_that_was_taken_out_after_a_death_was_ended_by_the_death() -> None:
    lives = device_lives(therapy(fill(0), explant(90)), (), on(90), End.DEATH)
    assert {one.end for one in lives} == {End.DEATH}
    before = device_lives(therapy(fill(0), explant(60)), (), on(90), End.DEATH)
    assert {(one.end, one.days) for one in before} == {(End.REMOVED, 60)}
