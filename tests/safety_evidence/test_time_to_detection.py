"""Each fault that gives more than the pump may: how late it is found is stated, and holds."""

from __future__ import annotations

from fractions import Fraction

import pytest

from builders import Chart
from thecal.device import FaultKind, fault_kinds, pump_model
from thecal.device.faults import found_at_latest
from thecal.therapy.simulation import Simulation, simulate

MORPHINE = {"morphine": "10 mg/mL"}
GIVEN: dict[str, dict[str, object]] = {
    "wrong-drug": {"mixture": {"hydromorphone": "2 mg/mL"}},
    "wrong-tubing-constant": {"volume": "0.199 mL"},
    "catheter-occlusion": {"volume": "0.1 mL", "duration": "20 d"},
}
PUMPS = {"roller": "synchromed-ii-20", "valve-gated": "prometra-20"}
DAY = 86400
LONGEST = 180
"""Days between two refills of these pumps (pumps.csv, maximum-refill-interval)."""
BOUNDED = (
    *("over-infusion", "valve-stuck-open", "access-port-injection"),
    "wrong-tubing-constant",
)
SILENT = ("wrong-drug", "wrong-concentration")


def pump_of(kind: FaultKind) -> str:
    return PUMPS["roller" if "roller" in kind.pumps else "valve-gated"]


def course(pump: str, kind: str | None, days: int = LONGEST, daily: str = "0.5 mg/d") -> Simulation:
    """A refill at the last allowed day finds what befell the pump in the first hour."""
    chart = Chart(pump=pump)
    if kind is not None and kind in {one.id for one in fault_kinds() if one.part == "fill"}:
        chart.add("fault", 0, "08:59", kind=kind, **GIVEN.get(kind, {}))
    chart.fill(0, "09:00", MORPHINE).run(0, "09:05", "morphine", daily)
    if kind is not None and not chart.events[0][1].get("kind"):
        chart.add("fault", 0, "10:00", kind=kind, **GIVEN.get(kind, {}))
    chart.add("prime", 0, "10:10")
    chart.add("interrogate", LONGEST, "08:50").fill(LONGEST, "09:00", MORPHINE)
    therapy = chart.therapy()
    return simulate(
        therapy, until=therapy.instant(therapy.events[-1].time) - (LONGEST - days) * DAY
    )


def beyond_its_limits(broken: Simulation, sound: Simulation) -> bool:
    """Whether more of a drug left the tip than the model's accuracy allows."""
    accuracy = broken.model.accuracy
    assert accuracy is not None
    most = 1 + accuracy.value
    for drug, books in broken.balance.items():
        ordered = sound.balance[drug].delivered.base if drug in sound.balance else Fraction(0)
        if books.delivered.base > most * ordered:
            return True
    return False


@pytest.mark.req("A05")
@pytest.mark.parametrize("kind", fault_kinds(), ids=lambda kind: kind.id)
def test_what_gives_too_much_is_found_within_the_time_that_is_stated(kind: FaultKind) -> None:
    pump = pump_of(kind)
    broken = course(pump, kind.id)
    too_much = any(
        beyond_its_limits(course(pump, kind.id, days), course(pump, None, days))
        for days in (2, 30, LONGEST)
    )
    assert too_much == (kind.id in BOUNDED + SILENT)
    if not too_much:
        return
    latest = found_at_latest(kind, pump_model(pump))
    (record,) = broken.faults
    if kind.id in SILENT:
        assert latest is None
        assert record.detected is None
        assert kind.time_to_detection.startswith("never by the pump nor by a refill")
        return
    assert latest is not None
    assert record.detected is not None
    assert record.detected - record.start <= latest.base


@pytest.mark.req("A05")
@pytest.mark.parametrize("id", ["over-infusion", "valve-stuck-open"])
@pytest.mark.parametrize(("daily", "found"), [("0.95 mg/d", True), ("1 mg/d", False)])
def test_a_pump_that_ran_out_shows_where_a_millilitre_should_have_been_left(
    id: str,
    daily: str,
    found: bool,
) -> None:
    """What ran out cannot be over-delivered any more (devices.md B11): its ratio stays near 1."""
    pump = PUMPS["roller" if id == "over-infusion" else "valve-gated"]
    broken = course(pump, id, daily=daily)
    assert beyond_its_limits(course(pump, id, 30, daily), course(pump, None, 30, daily))
    assert (broken.faults[0].detected is not None) is found


@pytest.mark.req("A05")
@pytest.mark.parametrize("kind", fault_kinds(), ids=lambda kind: kind.id)
def test_every_fault_states_when_it_is_found(kind: FaultKind) -> None:
    latest = found_at_latest(kind, pump_model(pump_of(kind)))
    assert kind.time_to_detection
    assert (latest is None) == (kind.detected_by == "imaging")
    if kind.detected_by == "imaging":
        assert "never" in kind.time_to_detection or "symptoms" in kind.time_to_detection
