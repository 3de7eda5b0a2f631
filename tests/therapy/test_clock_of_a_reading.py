"""A clock read at an interrogation is in the pump's offset, whatever the event's time is in."""

from __future__ import annotations

from datetime import datetime

import pytest

from builders import MORPHINE, Chart
from thecal.therapy.review import review_therapy


@pytest.mark.req("K34")
@pytest.mark.parametrize(("clock", "said"), [("15:00", False), ("15:06", True), ("09:00", True)])
def test_a_pump_clock_without_offset_is_read_in_the_offset_of_the_pump(
    clock: str, said: bool
) -> None:
    chart = Chart("pain").fill(0, "09:00", MORPHINE).add("prime", 0, "09:05")
    chart = chart.run(0, "10:00", "morphine", "0.4 mg/d")
    read = datetime.fromisoformat(f"2026-03-04T{clock}:00")
    chart = chart.add("interrogate", 2, "09:00", offset="-05:00", pump_clock=read)
    found = review_therapy(chart.therapy()).findings
    told = [one for one in found if one.check == "K34" and "min off" in one.message]
    assert bool(told) is said
