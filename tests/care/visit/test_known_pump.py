"""What the replay says of the pump before a visit: the same figures that the review judges by."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from visit_cases import changed, knowing, mixture, ml

from builders import BACLOFEN, MORPHINE, Chart
from thecal.care.visit import KnownPump, discrepancy, known_pump
from thecal.program.program import Mode
from thecal.therapy.file_reader import read_therapy
from thecal.therapy.simulation import start_replay


def known(chart: Chart, day: int) -> KnownPump:
    """Return what is known at 09:00 of a day."""
    therapy = read_therapy(chart.text().encode(), "chart")
    replay = start_replay(therapy)
    for index, _ in enumerate(therapy.events):
        replay.apply(index)
    replay.advance_to(replay.start + timedelta(days=day) // timedelta(seconds=1))
    return known_pump(replay)


def test_a_running_pump_is_known_with_its_fill_its_program_and_what_is_expected() -> None:
    chart = Chart(pump_table={"implanted": date(2026, 3, 2)}).start(MORPHINE, "morphine", "4 mg/d")
    pump = known(chart, 20)
    assert pump.serial == "NGV1"
    assert pump.model.id == "synchromed-ii-40"
    assert pump.implanted == date(2026, 3, 2)
    assert pump.last_fill == mixture(morphine="10 mg/mL")
    assert pump.mode is Mode.CONTINUOUS
    assert {name: one.in_unit("mg/d") for name, one in pump.daily_doses.items()} == {"morphine": 4}
    assert pump.empty_since is None
    assert pump.earlier == ()
    assert pump.filled is not None
    assert pump.expected is not None


@pytest.mark.req("K2")
@pytest.mark.parametrize("aspirated", ["8 mL", "10 mL", "14 mL", "4 mL"])
def test_a_visit_and_the_review_of_the_same_aspirate_agree(aspirated: str) -> None:
    chart = Chart().start(MORPHINE, "morphine", "4 mg/d")
    before = known(chart, 20)
    chart.fill(20, "09:00", MORPHINE, aspirated=aspirated)
    after = known(chart, 20)
    visit = changed("aspirate", volume=ml(aspirated.split()[0]))
    fields = {key: getattr(before, key) for key in ("filled", "expected", "earlier")}
    advice = discrepancy(visit, knowing(**fields))
    assert advice is not None
    found = after.earlier[-1]
    assert advice.assessed == found


def test_a_stopped_pump_keeps_the_doses_that_it_gave_before() -> None:
    chart = Chart("spinal").start(BACLOFEN, "baclofen", "300 ug/d")
    pump = known(chart.add("stop", 5, reason="surgery"), 6)
    assert pump.mode is Mode.STOPPED
    assert pump.daily_doses["baclofen"].in_unit("ug/d") == 300


def test_a_dry_pump_is_known_to_be_empty_since_it_ran_dry() -> None:
    chart = Chart().start(MORPHINE, "morphine", "20 mg/d")
    pump = known(chart, 60)
    assert pump.empty_since is not None
    assert pump.empty_since.date() < date(2026, 3, 2) + timedelta(days=15)
    assert pump.expected == ml("0")


def test_a_pump_without_a_fill_has_nothing_expected() -> None:
    chart = Chart().add("interrogate", 0)
    pump = known(chart, 1)
    assert (pump.last_fill, pump.filled, pump.expected, pump.mode) == (None, None, None, None)
    assert pump.daily_doses == {}
