"""C02: a clock is set for a reason, and what its steps then do is said before."""

from __future__ import annotations

import pytest

from builders import MORPHINE, Chart
from thecal.therapy.file_reader import read_therapy
from thecal.therapy.file_writer import write_therapy

STEPS = [{"days": "daily", "start": "11:00", "duration": "1 h", "dose": "0.1 mg"}]


def chart(pump_clock: str, reason: str | None = "summer time", steps: object = STEPS) -> Chart:
    """Return a pump whose clock was reset to `pump_clock` at noon of its second day, and set."""
    more = {} if steps is None else {"steps": steps}
    made = Chart().start(MORPHINE, "morphine", "0.5 mg/d", **more)
    made = made.add("fault", 1, "12:30", kind="clock-reset", pump_clock=pump_clock)
    return made.add("set-clock", 1, "12:30", reason=reason)


def write_clock(clock: str) -> str:
    return f"2026-03-03T{clock}:00"


def found(pump_clock: str, **more: object) -> list[tuple[str, str]]:
    text = chart(write_clock(pump_clock), **more).text()
    text = text.replace(f'"{write_clock(pump_clock)}"', write_clock(pump_clock))
    from thecal.therapy.review import review_therapy

    review = review_therapy(read_therapy(text.encode(), "test.toml"))
    return [(str(one.severity), one.message) for one in review.findings if one.check == "C02"]


@pytest.mark.req("C02")
def test_a_clock_that_goes_back_over_a_step_gives_it_again_and_asks() -> None:
    ((severity, message),) = found("14:00")
    assert severity == "soft"
    assert "back by 90" in message
    assert "is given again" in message


@pytest.mark.req("C02")
def test_a_clock_that_goes_on_over_a_step_leaves_it_out_and_warns() -> None:
    ((severity, message),) = found("10:00")
    assert severity == "warn"
    assert "is left out" in message


@pytest.mark.req("C02")
def test_a_program_without_steps_and_a_right_clock_need_nothing_said() -> None:
    assert found("14:00", steps=None) == []
    assert found("12:30") == []


@pytest.mark.req("C02")
def test_a_clock_set_without_a_reason_asks_for_one() -> None:
    assert ("soft", "the clock is set without a reason: write one") in found("10:00", reason=None)


@pytest.mark.req("C02")
def test_the_event_is_written_as_it_is_read() -> None:
    text = Chart().fill(0, "09:00", MORPHINE).add("set-clock", 1, reason="summer time").text()
    therapy = read_therapy(text.encode(), "test.toml")
    assert read_therapy(write_therapy(therapy).encode(), "again.toml").events == therapy.events
